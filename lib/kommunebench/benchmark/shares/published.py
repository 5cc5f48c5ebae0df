"""The comparison of shares of cases under the names of the gold tables."""

from dataclasses import replace

import numpy as np
import pandas as pd

from kommunebench.benchmark.comparison.models import WITHIN
from kommunebench.benchmark.comparison.published import published_columns
from kommunebench.benchmark.comparison.table import Comparison
from kommunebench.verdict_rules import VerdictIndicator, VerdictRules

# Columns that say something of spells only: nobody is censored, and a case lasts no time.
_OF_SPELLS = (
    "observed_share_robust",
    "robust_z",
    "support_week",
    "share_short_follow_up",
)


def rules_of_cases(rules: VerdictRules) -> VerdictRules:
    """The rules for cases, whose observed share is the plain one. In the table of indicators the
    robust indicator is that of the model that carries the verdicts, the plain one that of the
    pooled model."""
    indicator: VerdictIndicator = "robust" if rules.verdict_model == WITHIN else "plain"
    return replace(rules, verdict_indicator=indicator)


def published_case_columns(comparison: Comparison, rules: VerdictRules) -> pd.DataFrame:
    """The table under the names of gold.share_indicators, without what only spells have."""
    table = published_columns(comparison, rules)
    return table.assign(**dict.fromkeys(_OF_SPELLS, np.nan))
