"""The tables of a comparison under the names of the gold tables."""

import pandas as pd

from kommunebench.benchmark.comparison.fifths import fifth_means
from kommunebench.benchmark.comparison.table import Comparison
from kommunebench.benchmark.comparison.variance_reduction import variance_reduction
from kommunebench.verdict_rules import VerdictRules

# Columns that a table of durations names otherwise than this module does.
_DURATION_NAMES = {
    "observed": "observed_duration",
    "observed_robust": "observed_duration_robust",
    "expected": "expected_duration",
}
_SHARE_NAMES = {
    "spells": "cases",
    "observed": "observed_share",
    "observed_robust": "observed_share_robust",
    "expected": "expected_share",
}


def published_columns(comparison: Comparison, rules: VerdictRules) -> pd.DataFrame:
    """The table under the names of gold.benchmark_indicators (restricted mean) or
    gold.share_indicators (share)."""
    table = comparison.table
    if comparison.indicator.measure == "restricted_mean":
        return table.rename(columns=_DURATION_NAMES)
    is_robust = rules.verdict_indicator == "robust"
    verdict = "_robust" if is_robust else ""
    chosen = {
        "difference": table[f"difference{verdict}"],
        "difference_plain": table["difference"],
        "indicator": table[f"indicator{verdict}"],
        "indicator_plain": table["indicator"],
    }
    if f"indicator{verdict}_se" in table:
        chosen["indicator_se"] = table[f"indicator{verdict}_se"]
        if not comparison.indicator.is_logarithmic:
            chosen["difference_se"] = chosen["indicator_se"]
            chosen |= {
                f"difference_{name}": table[column]
                for name, column in (("shrunk", "indicator_shrunk"),)
                if column in table
            }
    if f"se_bootstrap{verdict}" in table:
        chosen["se_bootstrap_plain"] = table["se_bootstrap"]
        chosen["se_bootstrap"] = table[f"se_bootstrap{verdict}"]
    return table.rename(columns=_SHARE_NAMES).assign(**chosen)


def published_fifth_means(comparison: Comparison) -> pd.DataFrame:
    """Table 3.2 under the names of gold.quintile_means."""
    means = fifth_means(comparison.table, ["indicator", "observed", "expected", "difference"])
    is_share = comparison.indicator.measure == "share"
    return means.rename(columns=_SHARE_NAMES if is_share else _DURATION_NAMES)


def published_variance_reduction(comparison: Comparison) -> pd.DataFrame:
    """Table 3.1 under the names of gold.variance_reduction."""
    compared = comparison.table[comparison.table["included"]]
    return variance_reduction(
        compared["observed"].to_numpy(),
        compared["expected"].to_numpy(),
        "share" if comparison.indicator.measure == "share" else "weeks",
    )
