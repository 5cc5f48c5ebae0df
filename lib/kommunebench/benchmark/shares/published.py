"""The comparison of shares of cases under the names of the gold tables."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.comparison.published import published_columns
from kommunebench.benchmark.comparison.table import Comparison
from kommunebench.verdict_rules import VerdictRules

# Columns that say something of spells only: nobody is censored, and a case lasts no time.
_OF_SPELLS = (
    "observed_share_robust",
    "robust_z",
    "support_week",
    "share_short_follow_up",
)


def published_case_columns(comparison: Comparison, rules: VerdictRules) -> pd.DataFrame:
    """The table under the names of gold.share_indicators, without what only spells have.

    Verdicts are on the columns that end in ``_robust`` in the comparison. Nobody is censored, so
    that the observed share is the same in all columns; these are of the model that carries the
    verdicts (``rules.verdict_model``), the others of the pooled one.
    """
    table = published_columns(comparison, rules)
    return table.assign(**dict.fromkeys(_OF_SPELLS, np.nan))
