"""The whole benchmark on arrays: expected, observed, indicators, uncertainty, verdicts. The stages
compose the same pieces."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.benchmark.bootstrap import (
    bootstrap_log_indicators,
    bootstrap_se,
    prepare_bootstrap,
)
from kommunebench.benchmark.design import CovariateSpec, infer_specs
from kommunebench.benchmark.expected import (
    baseline_table,
    coefficient_table,
    expected_by_spell,
    fit_group_models,
)
from kommunebench.benchmark.fifths import fifths_from_highest, quintile_means, variance_reduction
from kommunebench.benchmark.influence import (
    ChainEstimates,
    LogIndicatorCovariance,
    influence_covariance,
)
from kommunebench.benchmark.observed import (
    ObservedDurations,
    UnitCounts,
    count_by_unit,
    observed_durations,
    robust_durations,
)
from kommunebench.benchmark.resampling import person_keys
from kommunebench.benchmark.spell_arrays import Floats, SpellArrays, spell_arrays
from kommunebench.benchmark.verdicts import VerdictRules, Verdicts, judge
from kommunebench.errors import InputError
from kommunebench.survival.baseline import BaselineMethod
from kommunebench.survival.partial_likelihood import Ties


@dataclass(frozen=True, slots=True)
class Benchmark:
    """``indicators``: columns of gold.benchmark_indicators as far as they apply;
    ``variance_reduction``: table 3.1; ``quintile_means``: table 3.2; ``coefficients``:
    gold.cox_coefficients; ``baseline``: gold.cox_baseline; ``summary``: gold.benchmark_summary (one
    entry each); ``expected_durations``: one per spell, in the order given."""

    indicators: pd.DataFrame
    variance_reduction: pd.DataFrame
    quintile_means: pd.DataFrame
    coefficients: pd.DataFrame
    baseline: pd.DataFrame
    summary: pd.Series
    expected_durations: Floats


@dataclass(frozen=True, slots=True)
class UnitEstimates:
    """What every unit comes to, whichever engine made it.

    Per unit (K,): name, ``spells``, ``persons``, ``ever`` (events at any time), ``short`` (share of
    spells followed for less than the horizon, NaN where unknown), ``expected`` and ``robust``
    duration; counts and the observed side.
    """

    names: tuple[str, ...]
    spells: Floats
    persons: Floats
    ever: Floats
    short: Floats
    counts: UnitCounts
    observed: ObservedDurations
    expected: Floats
    robust: Floats

    @property
    def events(self) -> Floats:
        """Events within the horizon (K,)."""
        return np.asarray(self.counts.events.sum(axis=1))


def estimate_chain(
    arrays: SpellArrays,
    spells: pd.DataFrame,
    specs: Sequence[CovariateSpec],
    ties: Ties = "breslow",
    baseline: BaselineMethod = "kalbfleisch_prentice",
    unit_effects: bool = False,
) -> ChainEstimates:
    """Models, expected and observed durations of every unit. Raises InputError and ConvergenceError
    as fit_group_models."""
    models = fit_group_models(arrays, spells, specs, ties, baseline, unit_effects)
    expected = expected_by_spell(arrays, models)
    counts = count_by_unit(arrays)
    size = arrays.unit_sums(np.ones(len(expected)))
    return ChainEstimates(
        models,
        counts,
        expected,
        arrays.unit_sums(expected) / size,
        observed_durations(arrays, counts),
        robust_durations(arrays, models, counts),
    )


def unit_estimates(arrays: SpellArrays, chain: ChainEstimates) -> UnitEstimates:
    """The units of a chain estimated in memory."""
    size = arrays.unit_sums(np.ones(len(arrays.duration)))
    pairs = np.unique(np.stack([arrays.unit, arrays.person]), axis=1)
    short = np.full(arrays.units, np.nan)
    if arrays.follow_up is not None:
        short = arrays.unit_sums((arrays.follow_up < arrays.horizon).astype(float)) / size
    return UnitEstimates(
        arrays.unit_names,
        size,
        np.bincount(pairs[0], minlength=arrays.units).astype(float),
        arrays.unit_sums(arrays.event.astype(float)),
        short,
        chain.counts,
        chain.observed,
        chain.expected,
        chain.robust.value,
    )


def indicator_table(units: UnitEstimates, min_spells: int) -> pd.DataFrame:
    """The indicators without their uncertainty: one row per unit, columns of
    gold.benchmark_indicators; fifths are of the plain one."""
    table = pd.DataFrame(
        {
            "municipality_code": list(units.names),
            "spells": units.spells.astype(int),
            "persons": units.persons.astype(int),
            "events": units.events.astype(int),
            "observed_duration": units.observed.value,
            "observed_se": units.observed.se,
            "observed_duration_robust": units.robust,
            "expected_duration": units.expected,
        }
    )
    table["difference"] = table["observed_duration"] - table["expected_duration"]
    table["indicator"] = table["expected_duration"] / table["observed_duration"]
    table["indicator_robust"] = table["expected_duration"] / table["observed_duration_robust"]
    table["included"] = table["spells"] >= min_spells
    table["quintile"] = np.nan
    compared = table["included"].to_numpy()
    table.loc[compared, "quintile"] = fifths_from_highest(
        table.loc[compared, "indicator"].to_numpy()
    )
    table["tail_extended"] = units.observed.tail_extended
    table["support_week"] = units.observed.support
    table["share_short_follow_up"] = units.short
    return table


def add_uncertainty(
    table: pd.DataFrame,
    covariance: LogIndicatorCovariance,
    horizon: int,
    verdict_indicator: str,
    rules: VerdictRules,
) -> tuple[pd.DataFrame, Verdicts]:
    """The indicator table with analytic standard errors, plain against robust, and verdicts on the
    chosen indicator."""
    if verdict_indicator not in ("robust", "plain"):
        raise InputError(f"verdict_indicator: '{verdict_indicator}' is neither robust nor plain.")
    result = table.copy()
    result["indicator_se"] = np.sqrt(np.diag(covariance.plain))
    result["indicator_robust_se"] = np.sqrt(np.diag(covariance.robust))
    difference = np.log(result["indicator"]) - np.log(result["indicator_robust"])
    with np.errstate(divide="ignore", invalid="ignore"):
        result["robust_z"] = difference / np.sqrt(np.maximum(covariance.difference_variance, 0.0))
    result["robust_z"] = result["robust_z"].where(np.isfinite(result["robust_z"]))
    robust = verdict_indicator == "robust"
    log_indicator = np.log(result["indicator_robust" if robust else "indicator"].to_numpy())
    se = result["indicator_robust_se" if robust else "indicator_se"].to_numpy()
    verdicts = judge(result, log_indicator, se, horizon, rules)
    return pd.concat([result, verdicts.columns], axis=1), verdicts


def summarise(
    units: UnitEstimates,
    table: pd.DataFrame,
    covariance: LogIndicatorCovariance,
    verdicts: Verdicts,
) -> pd.Series:
    """The one row of gold.benchmark_summary."""
    compared = np.flatnonzero(table["included"])
    difference = (np.log(table["indicator"]) - np.log(table["indicator_robust"])).to_numpy()[
        compared
    ]
    values: dict[str, object] = {
        "units_compared": len(compared),
        "units_with_verdict": int(verdicts.columns["no_verdict_reason"].isna().sum()),
        "mean_log_plain_to_robust": float(difference.mean()) if len(compared) else np.nan,
        "mean_log_plain_to_robust_se": covariance.mean_difference_se(compared)
        if len(compared)
        else np.nan,
        "pooled_observed_duration": float(units.counts.pooled.survival.sum()),
        "pooled_expected_duration": float(units.spells @ units.expected / units.spells.sum()),
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
            "mean_log_indicator": spread.mean,
            "chance_share": spread.chance_share,
            "tiers": int(tiers.tier.max()),
            "tier_error_rate": tiers.error_rate,
            "tier_discordance": tiers.discordance,
            "share_pairs_apart": tiers.share_apart,
        }
    return pd.Series(values, dtype=object)


def benchmark_spells(
    spells: pd.DataFrame,
    *,
    unit: str,
    duration: str,
    event: str,
    covariates: Sequence[str],
    person: str | None = None,
    group: str | None = None,
    horizon: int,
    min_spells: int,
    replicates: int = 0,
    seed: int | None = None,
) -> Benchmark:
    """The whole benchmark of units on their spells, observed against expected, with its
    uncertainty.

    ``spells``: one row per spell; ``duration`` whole numbers of 1 or more, ``event`` 0 or 1;
    ``covariates``: text and category columns are dummy coded, numbers are linear; ``group``: a
    model for each of its values; ``replicates``: bootstrap as a check on the analytic errors.
    Raises InputError naming column and first rows; ConvergenceError naming the terms.
    """
    absent = [name for name in covariates if name not in spells]
    if absent:
        raise InputError(f"covariates: columns {absent} missing; found {list(spells.columns)}.")
    if replicates < 0 or min_spells < 1:
        raise InputError(
            f"replicates ({replicates}) must be 0 or more and min_spells ({min_spells}) 1 or more."
        )
    arrays = spell_arrays(
        spells,
        unit=unit,
        duration=duration,
        event=event,
        horizon=horizon,
        person=person,
        group=group,
    )
    chain = estimate_chain(arrays, spells, infer_specs(spells, covariates))
    units = unit_estimates(arrays, chain)
    table = indicator_table(units, min_spells)
    covariance = influence_covariance(arrays, chain)
    rules = VerdictRules() if seed is None else VerdictRules(seed=seed)
    table, verdicts = add_uncertainty(table, covariance, arrays.horizon, "robust", rules)
    summary = summarise(units, table, covariance, verdicts)
    if replicates:
        keys = person_keys(spells[person] if person else pd.Series(np.arange(len(spells))))
        drawn = bootstrap_log_indicators(
            prepare_bootstrap(arrays, chain.models, keys), range(replicates), seed or 0
        )
        table[["se_bootstrap", "se_bootstrap_robust"]] = bootstrap_se(drawn)
    included = table[table["included"]]
    reduction = variance_reduction(
        included["observed_duration"].to_numpy(), included["expected_duration"].to_numpy()
    )
    return Benchmark(
        table,
        reduction,
        quintile_means(table),
        coefficient_table(chain.models),
        baseline_table(chain.models),
        summary,
        chain.expected_by_spell,
    )
