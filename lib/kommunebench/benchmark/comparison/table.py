"""The table of indicators: one row per unit, from estimates to verdicts, and its summary."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.comparison.fifths import fifths_from_highest
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.verdicts import Verdicts, count_verdicts, judge
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.durations.measure import MeasureName
from kommunebench.benchmark.influence.covariance import PerformanceCovariance
from kommunebench.verdict_rules import VerdictRules

# Where a verdict is given, the bootstrap's error over the analytic one should lie between these
# (method, section 7).
BOOTSTRAP_RATIOS = (0.9, 1.1)


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
    """Units compared under one choice of indicator. ``table``: one row per unit; performances
    (K,): ``plain`` and ``pooled_robust`` of the pooled model, ``robust`` of the model that carries
    the verdicts."""

    table: pd.DataFrame
    indicator: Indicator
    plain: Floats
    pooled_robust: Floats
    robust: Floats


def compare(
    facts: UnitFacts,
    chain: ChainEstimate,
    verdict_chain: ChainEstimate,
    *,
    indicator: Indicator,
    min_spells: int,
) -> Comparison:
    """The indicators without their uncertainty. ``chain``: of the pooled model, to which expected
    measure, plain indicator and fifths belong; ``verdict_chain``: of the model that carries the
    verdicts, to which the robust indicator belongs (the same one where that is the pooled model).

    Units with fewer than ``min_spells`` spells are left out of the comparison (``included``).
    """
    plain = indicator.performance(chain.expected, chain.observed.value)
    robust = indicator.performance(verdict_chain.expected, verdict_chain.robust)
    table = pd.DataFrame(
        {
            "municipality_code": list(facts.names),
            "spells": chain.n_spells.astype(int),
            "persons": facts.persons.astype(int),
            "events": chain.counts.events.sum(axis=1).astype(int),
            "observed": chain.observed.value,
            "observed_se": chain.observed.se,
            "observed_robust": verdict_chain.robust,
            "expected": chain.expected,
        }
    )
    difference = Indicator("difference", indicator.measure)
    table["difference"] = difference.printed(
        difference.performance(chain.expected, chain.observed.value)
    )
    table["difference_robust"] = difference.printed(
        difference.performance(verdict_chain.expected, verdict_chain.robust)
    )
    table["indicator"] = indicator.printed(plain)
    table["indicator_robust"] = indicator.printed(robust)
    nation = np.array([verdict_chain.nation_expected])
    direct = indicator.performance(nation, verdict_chain.direct)
    table["indicator_direct"] = indicator.printed(direct)
    table["included"] = table["spells"] >= min_spells
    table["quintile"] = np.nan
    compared = table["included"].to_numpy()
    table.loc[compared, "quintile"] = fifths_from_highest(plain[compared])
    table["tail_extended"] = chain.observed.tail_extended
    table["support_week"] = chain.observed.support
    table["share_short_follow_up"] = facts.short_follow_up
    return Comparison(
        table=table,
        indicator=indicator,
        plain=plain,
        pooled_robust=indicator.performance(chain.expected, chain.robust),
        robust=robust,
    )


def with_verdicts(
    comparison: Comparison,
    covariance: PerformanceCovariance,
    verdict_covariance: PerformanceCovariance,
    *,
    horizon: int,
    rules: VerdictRules,
) -> tuple[Comparison, Verdicts]:
    """The comparison with analytic standard errors, plain against robust (both of the pooled model,
    so that they differ by what censoring does and nothing else), and verdicts on the indicator of
    the rules. Covariances are of the pooled model and of the model that carries the verdicts."""
    table = comparison.table.copy()
    table["indicator_se"] = np.sqrt(np.diag(covariance.plain))
    table["indicator_robust_se"] = np.sqrt(np.diag(verdict_covariance.robust))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (comparison.plain - comparison.pooled_robust) / np.sqrt(
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
        scale=verdict_covariance.pace_scale,
        indicator=comparison.indicator,
        horizon=horizon,
        rules=rules,
    )
    judged = replace(comparison, table=pd.concat([table, verdicts.columns], axis=1))
    return judged, verdicts


def with_bootstrap(comparison: Comparison, se: Floats, rules: VerdictRules) -> Comparison:
    """The comparison with the bootstrap's standard errors (K, 2), plain and robust, and the ratio
    of bootstrap to analytic error of the indicator that carries the verdicts.

    Replicates are of the model that carries the verdicts. Where that is not the pooled one, the
    plain indicator, which is pooled, has none.
    """
    plain = np.nan if rules.verdict_model == "within" else se[:, 0]
    table = comparison.table.assign(se_bootstrap=plain, se_bootstrap_robust=se[:, 1])
    suffix = "_robust" if rules.verdict_indicator == "robust" else ""
    drawn, analytic = table[f"se_bootstrap{suffix}"], table[f"indicator{suffix}_se"]
    # An error of zero up to rounding is a reason for no verdict, and no measure of another one.
    table["bootstrap_ratio"] = drawn / analytic.where(analytic > 0)
    return replace(comparison, table=table)


def summarise_bootstrap(table: pd.DataFrame) -> dict[str, float]:
    """The bootstrap in gold.benchmark_summary: median, smallest and largest ratio over the units of
    a table of indicators that have a verdict, and how many lie outside ``BOOTSTRAP_RATIOS``;
    missing where no ratio is known."""
    ratios = pd.to_numeric(table.loc[table["assessment"].notna(), "bootstrap_ratio"]).dropna()
    least, most = BOOTSTRAP_RATIOS
    outside = (ratios < least) | (ratios > most)
    return {
        "median_bootstrap_ratio": float(ratios.median()),
        "smallest_bootstrap_ratio": float(ratios.min()),
        "largest_bootstrap_ratio": float(ratios.max()),
        "bootstrap_ratios_outside": float(outside.sum()) if len(ratios) else np.nan,
    }


def bootstrap_note(summary: pd.Series) -> str:
    """What the terminal is told of the bootstrap from gold.benchmark_summary; empty without any
    ratio."""
    ratios = [summary.get(f"{name}_bootstrap_ratio", np.nan) for name in ("smallest", "largest")]
    if not np.isfinite(ratios).all():
        return ""
    least, most = BOOTSTRAP_RATIOS
    return (
        f"bootstrap over analytic error {ratios[0]:.2f} to {ratios[1]:.2f},"
        f" {summary['bootstrap_ratios_outside']:.0f} of {summary['units_with_verdict']:.0f} outside"
        f" {least}–{most}"
    )


def summarise(
    comparison: Comparison,
    chain: ChainEstimate,
    covariance: PerformanceCovariance,
    verdicts: Verdicts,
) -> pd.Series:
    """The one row of gold.benchmark_summary; chain and covariance are of the pooled model."""
    table = comparison.table
    compared = np.flatnonzero(table["included"])
    # A unit without events has no logarithm of its ratios, and no verdict.
    judged = np.flatnonzero(verdicts.columns["no_verdict_reason"].isna())
    difference = comparison.plain[judged] - comparison.pooled_robust[judged]
    pooled = float(chain.measure.of_survival(chain.counts.pooled.survival, 1)[0])
    values: dict[str, object] = {
        "units_compared": len(compared),
        "units_with_verdict": len(judged),
        "mean_log_plain_to_robust": float(difference.mean()) if len(judged) else np.nan,
        "mean_log_plain_to_robust_se": covariance.mean_difference_se(judged)
        if len(judged)
        else np.nan,
        f"pooled_observed_{_measured(comparison)}": pooled,
        f"pooled_expected_{_measured(comparison)}": chain.nation_expected,
    }
    values |= count_verdicts(verdicts.columns)
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
