"""The stages benchmark and uncertainty: models, durations, indicators; standard errors, verdicts, bootstrap."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kommunebench.benchmark.bootstrap import bootstrap_se, prepare_bootstrap
from kommunebench.benchmark.chain import add_uncertainty, estimate_chain, indicator_table, summarise
from kommunebench.benchmark.expected import baseline_table, coefficient_table
from kommunebench.benchmark.fifths import quintile_means, variance_reduction
from kommunebench.benchmark.influence import ChainEstimates, influence_covariance
from kommunebench.benchmark.resampling import person_keys
from kommunebench.benchmark.spell_arrays import Floats, SpellArrays, spell_arrays
from kommunebench.benchmark.verdicts import VerdictRules
from kommunebench.gold import (
    BENCHMARK_INDICATORS,
    BENCHMARK_SUMMARY,
    COX_BASELINE,
    COX_COEFFICIENTS,
    EXPECTED_DURATIONS,
    QUINTILE_MEANS,
    VARIANCE_REDUCTION,
)
from kommunebench.reference import read_reference
from kommunebench.settings.analysis import UncertaintySettings
from kommunebench.stages.model_spells import collect_spells, covariate_specs
from kommunebench.stages.replicates import run_replicates
from kommunebench.stages.stage import Stage, StageInputs, StageOutput

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def _arrays(inputs: StageInputs, spells: pd.DataFrame) -> SpellArrays:
    follow_up = "potential_follow_up" if spells["potential_follow_up"].notna().all() else None
    return spell_arrays(
        spells,
        unit="municipality_code",
        duration="duration",
        event="event",
        person="person_id",
        group="model_group",
        follow_up=follow_up,
        horizon=inputs.settings.observation.horizon_weeks,
    )


def _chain(inputs: StageInputs) -> tuple[pd.DataFrame, SpellArrays, ChainEstimates]:
    spells = collect_spells(inputs)
    arrays = _arrays(inputs, spells)
    return spells, arrays, estimate_chain(arrays, spells, covariate_specs(inputs), inputs.settings.model.ties)


def _benchmark(inputs: StageInputs) -> StageOutput:
    spells, arrays, chain = _chain(inputs)
    table = with_names(indicator_table(arrays, chain, inputs.settings.model.min_spells), inputs)
    compared = table[table["included"]]
    reduction = variance_reduction(compared["observed_duration"].to_numpy(), compared["expected_duration"].to_numpy())
    frames = {
        BENCHMARK_INDICATORS: inputs.frame(BENCHMARK_INDICATORS, table),
        COX_COEFFICIENTS: inputs.frame(COX_COEFFICIENTS, coefficient_table(chain.models)),
        COX_BASELINE: inputs.frame(COX_BASELINE, baseline_table(chain.models)),
        VARIANCE_REDUCTION: inputs.frame(VARIANCE_REDUCTION, reduction),
        QUINTILE_MEANS: inputs.frame(QUINTILE_MEANS, quintile_means(table)),
        EXPECTED_DURATIONS: inputs.own(EXPECTED_DURATIONS, _expected_frame(inputs, spells, chain)),
    }
    metrics = {
        "spells": float(len(spells)),
        "events": float(arrays.event.sum()),
        "success_share": float(arrays.event.mean()),
        "units_compared": float(len(compared)),
        "variance_reduction": float(reduction["variance_reduction"].iloc[1]),
        "observed_duration_mean": float(compared["observed_duration"].mean()),
        "expected_duration_mean": float(compared["expected_duration"].mean()),
    }
    return StageOutput(frames, metrics)


def _expected_frame(inputs: StageInputs, spells: pd.DataFrame, chain: ChainEstimates) -> "DataFrame":
    predictor = np.empty(len(spells))
    for model in chain.models:
        with np.errstate(divide="ignore"):
            predictor[model.rows] = np.log(model.risk)
    rows = spells[["spell_id", "municipality_code"]].assign(
        linear_predictor=predictor, expected_duration=chain.expected_by_spell
    )
    return inputs.spark.createDataFrame(rows)


def with_names(table: pd.DataFrame, inputs: StageInputs) -> pd.DataFrame:
    """The indicator table with the units' names: Danish municipalities by code, other units under their own."""
    if inputs.settings.starts_from == "spells":
        return table.assign(municipality=table["municipality_code"])
    names = read_reference("municipalities").set_index("municipality_code")["municipality"]
    return table.assign(municipality=table["municipality_code"].map(names).fillna(table["municipality_code"]))


def verdict_rules(settings: UncertaintySettings) -> VerdictRules:
    """The settings as the benchmark's functions take them."""
    return VerdictRules(
        settings.confidence_level,
        settings.min_events,
        settings.support_share,
        settings.fdr_level,
        settings.tiers.error_rate,
        settings.posterior_draws,
        settings.seed,
    )


def _uncertainty(inputs: StageInputs) -> StageOutput:
    settings = inputs.settings.uncertainty
    spells, arrays, chain = _chain(inputs)
    table = with_names(indicator_table(arrays, chain, inputs.settings.model.min_spells), inputs)
    covariance = influence_covariance(arrays, chain)
    table, verdicts = add_uncertainty(table, covariance, arrays.horizon, settings.verdict_indicator, verdict_rules(settings))
    summary = summarise(arrays, chain, table, covariance, verdicts)
    summary["replicates"] = settings.replicates
    if settings.replicates:
        se, used = _bootstrap(inputs, spells, arrays, chain)
        summary["replicates"] = used
        table["se_bootstrap"], table["se_bootstrap_robust"] = se[:, 0], se[:, 1]
        judged = table["no_verdict_reason"].isna()
        robust = settings.verdict_indicator == "robust"
        ratio = (
            table["se_bootstrap_robust"] / table["indicator_robust_se"]
            if robust
            else table["se_bootstrap"] / table["indicator_se"]
        )
        summary["median_bootstrap_ratio"] = float(ratio[judged].median())
    frames = {
        BENCHMARK_INDICATORS: inputs.frame(BENCHMARK_INDICATORS, table),
        BENCHMARK_SUMMARY: inputs.frame(BENCHMARK_SUMMARY, pd.DataFrame([summary])),
    }
    numbers = {str(name): float(value) for name, value in summary.items() if value is not None and np.isfinite(float(value))}
    return StageOutput(frames, numbers)


def _bootstrap(inputs: StageInputs, spells: pd.DataFrame, arrays: SpellArrays, chain: ChainEstimates) -> tuple[Floats, int]:
    """Standard deviations (K, 2) of the log indicators over the replicates, run as Spark tasks; and how many replicates settled."""
    settings = inputs.settings.uncertainty
    prepared = prepare_bootstrap(arrays, chain.models, person_keys(spells["person_id"]))
    drawn = run_replicates(inputs, prepared, settings.replicates, settings.seed)
    return bootstrap_se(drawn), int(np.isfinite(drawn).any(axis=(1, 2)).sum())


def benchmark_stage(after: tuple[str, ...]) -> Stage:
    """Models, expected and observed durations, indicators."""
    writes = (
        BENCHMARK_INDICATORS,
        COX_COEFFICIENTS,
        COX_BASELINE,
        VARIANCE_REDUCTION,
        QUINTILE_MEANS,
        EXPECTED_DURATIONS,
    )
    return Stage("benchmark", "benchmark", (), writes, ("name", "observation", "model"), _benchmark, after=after)


def uncertainty_stage() -> Stage:
    """Standard errors, verdicts, ranks, tiers, bootstrap."""
    return Stage(
        "uncertainty",
        "uncertainty",
        (),
        (BENCHMARK_INDICATORS, BENCHMARK_SUMMARY),
        ("name", "observation", "model", "uncertainty"),
        _uncertainty,
        after=("benchmark",),
    )
