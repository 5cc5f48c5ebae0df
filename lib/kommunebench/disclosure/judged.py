"""Counts and ranks of the verdicts that are shown: one that is missing among them would be that of
a municipality hidden to protect another."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.comparison.table import summarise_bootstrap
from kommunebench.benchmark.comparison.verdicts import count_verdicts

_RANKS = ("rank", "rank_low", "rank_high")
# Means over the municipalities with a verdict.
_OVER_JUDGED = ("mean_log_plain_to_robust", "mean_log_plain_to_robust_se")


def ranked_among_shown(shown: pd.DataFrame, withheld: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of indicators that are ``shown``, their ranks and the limits of these
    counted without the municipalities ``withheld`` (their rows before the rules). The limits are
    lowered by the number of withheld ranks below them, which is not the quantile of a rank among
    the shown: the draws of ranks are not kept. The report calls them approximate."""
    if "rank" not in shown:
        return shown
    gone = np.sort(pd.to_numeric(withheld["rank"]).dropna().to_numpy(float))
    if not len(gone):
        return shown
    ranks = {}
    for name in _RANKS:
        of_all = pd.to_numeric(shown[name]).astype(float)
        ranks[name] = of_all - np.searchsorted(gone, of_all.to_numpy(), side="left")
    return shown.assign(**ranks)


def summary_of_shown(rows: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """The row of gold.benchmark_summary with verdicts and ratios of the bootstrap counted among the
    ``indicators`` that are shown, and without the means over all that have a verdict."""
    n_judged = int(indicators["assessment"].notna().sum())
    counted: dict[str, float] = {"units_with_verdict": n_judged}
    counted |= count_verdicts(indicators) | summarise_bootstrap(indicators)
    return rows.assign(**counted, **dict.fromkeys(_OVER_JUDGED, np.nan))[list(rows.columns)]
