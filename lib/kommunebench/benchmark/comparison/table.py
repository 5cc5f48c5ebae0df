"""The table of indicators: one row per unit, from estimates to verdicts, and its summary."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.comparison.fifths import fifth_means, fifths_from_highest
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.variance_reduction import variance_reduction
from kommunebench.benchmark.comparison.verdicts import Verdicts, judge
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.durations.measure import MeasureName
from kommunebench.benchmark.influence.covariance import PerformanceCovariance
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


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """What is known of every unit without any estimate (K,): name, persons, events at any time, and
    the share of spells followed for less than the horizon (NaN where unknown)."""

    names: tuple[str, ...]
    persons: Floats
    events_ever: Floats
    short_follow_up: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Units compared under one choice of indicator. ``table``: one row per unit; ``plain`` and
    ``robust`` performances (K,)."""

    table: pd.DataFrame
    indicator: Indicator
    plain: Floats
    robust: Floats


def compare(
    facts: UnitFacts, chain: ChainEstimate, indicator: Indicator, min_spells: int
) -> Comparison:
    """The indicators without their uncertainty; fifths are of the plain one.

    Units with fewer than ``min_spells`` spells are left out of the comparison (``included``).
    """
    plain = indicator.performance(chain.expected, chain.observed.value)
    robust = indicator.performance(chain.expected, chain.robust)
    table = pd.DataFrame(
        {
            "municipality_code": list(facts.names),
            "spells": chain.n_spells.astype(int),
            "persons": facts.persons.astype(int),
            "events": chain.counts.events.sum(axis=1).astype(int),
            "observed": chain.observed.value,
            "observed_se": chain.observed.se,
            "observed_robust": chain.robust,
            "expected": chain.expected,
        }
    )
    difference = Indicator("difference", indicator.measure)
    table["difference"] = difference.printed(
        difference.performance(chain.expected, chain.observed.value)
    )
    table["difference_robust"] = difference.printed(
        difference.performance(chain.expected, chain.robust)
    )
    table["indicator"] = indicator.printed(plain)
    table["indicator_robust"] = indicator.printed(robust)
    nation = np.array([chain.nation_expected])
    table["indicator_direct"] = indicator.printed(indicator.performance(nation, chain.direct))
    table["included"] = table["spells"] >= min_spells
    table["quintile"] = np.nan
    compared = table["included"].to_numpy()
    table.loc[compared, "quintile"] = fifths_from_highest(plain[compared])
    table["tail_extended"] = chain.observed.tail_extended
    table["support_week"] = chain.observed.support
    table["share_short_follow_up"] = facts.short_follow_up
    return Comparison(table=table, indicator=indicator, plain=plain, robust=robust)


def with_verdicts(
    comparison: Comparison, covariance: PerformanceCovariance, horizon: int, rules: VerdictRules
) -> tuple[Comparison, Verdicts]:
    """The comparison with analytic standard errors, plain against robust, and verdicts on the
    indicator of the rules."""
    table = comparison.table.copy()
    table["indicator_se"] = np.sqrt(np.diag(covariance.plain))
    table["indicator_robust_se"] = np.sqrt(np.diag(covariance.robust))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (comparison.plain - comparison.robust) / np.sqrt(
            np.maximum(covariance.difference_variance, 0.0)
        )
    table["robust_z"] = np.where(np.isfinite(z), z, np.nan)
    is_robust = rules.verdict_indicator == "robust"
    performance = comparison.robust if is_robust else comparison.plain
    se = table["indicator_robust_se" if is_robust else "indicator_se"].to_numpy()
    # A ratio of zero has no logarithm, whatever its standard error.
    se = np.where(np.isfinite(performance), se, np.nan)
    verdicts = judge(
        table,
        performance,
        se,
        slope=covariance.slope,
        indicator=comparison.indicator,
        horizon=horizon,
        rules=rules,
    )
    judged = Comparison(
        table=pd.concat([table, verdicts.columns], axis=1),
        indicator=comparison.indicator,
        plain=comparison.plain,
        robust=comparison.robust,
    )
    return judged, verdicts


def with_bootstrap(comparison: Comparison, se: Floats) -> Comparison:
    """The comparison with the bootstrap's standard errors (K, 2), plain and robust."""
    table = comparison.table.assign(se_bootstrap=se[:, 0], se_bootstrap_robust=se[:, 1])
    return Comparison(
        table=table,
        indicator=comparison.indicator,
        plain=comparison.plain,
        robust=comparison.robust,
    )


def median_bootstrap_ratio(comparison: Comparison, rules: VerdictRules) -> float:
    """Median over units with a verdict of bootstrap over analytic standard error, of the indicator
    that carries the verdicts."""
    table = comparison.table
    judged = table["no_verdict_reason"].isna()
    suffix = "_robust" if rules.verdict_indicator == "robust" else ""
    ratio = table[f"se_bootstrap{suffix}"] / table[f"indicator{suffix}_se"]
    return float(ratio[judged].median())


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


def summarise(
    comparison: Comparison,
    chain: ChainEstimate,
    covariance: PerformanceCovariance,
    verdicts: Verdicts,
) -> pd.Series:
    """The one row of gold.benchmark_summary."""
    table = comparison.table
    compared = np.flatnonzero(table["included"])
    difference = (comparison.plain - comparison.robust)[compared]
    pooled = float(chain.measure.of_survival(chain.counts.pooled.survival, 1)[0])
    values: dict[str, object] = {
        "units_compared": len(compared),
        "units_with_verdict": int(verdicts.columns["no_verdict_reason"].isna().sum()),
        "mean_log_plain_to_robust": float(difference.mean()) if len(compared) else np.nan,
        "mean_log_plain_to_robust_se": covariance.mean_difference_se(compared)
        if len(compared)
        else np.nan,
        f"pooled_observed_{_measured(comparison)}": pooled,
        f"pooled_expected_{_measured(comparison)}": chain.nation_expected,
    }
    for suffix, column in (("", "assessment"), ("_fdr", "assessment_fdr")):
        for name in ("better", "as_expected", "worse"):
            values[f"{name}{suffix}"] = int((verdicts.columns[column] == name).sum())
    if verdicts.spread is not None and verdicts.tiers is not None:
        spread, tiers = verdicts.spread, verdicts.tiers
        values |= {
            "tau": spread.tau,
            "tau_low": spread.tau_low,
            "tau_high": spread.tau_high,
            "mean_pace": spread.mean,
            "chance_share": spread.chance_share,
            "tiers": int(tiers.tier.max()),
            "tier_error_rate": tiers.error_rate,
            "tier_discordance": tiers.discordance,
            "share_pairs_apart": tiers.share_apart,
        }
    return pd.Series(values, dtype=object)


def _measured(comparison: Comparison) -> str:
    names: dict[MeasureName, str] = {"restricted_mean": "duration", "share": "share"}
    return names[comparison.indicator.measure]
