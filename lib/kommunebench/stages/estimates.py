"""The stages benchmark and uncertainty: models, durations, indicators; standard errors, verdicts,
bootstrap."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.bootstrap import bootstrap_se
from kommunebench.benchmark.chain import add_uncertainty, indicator_table, summarise
from kommunebench.benchmark.expected import baseline_table, coefficient_table
from kommunebench.benchmark.fifths import quintile_means, variance_reduction
from kommunebench.benchmark.verdicts import VerdictRules
from kommunebench.gold import (
    BENCHMARK_INDICATORS,
    BENCHMARK_SUMMARY,
    COX_BASELINE,
    COX_COEFFICIENTS,
    EXPECTED_DURATIONS,
    PROPORTIONALITY,
    QUINTILE_MEANS,
    VARIANCE_REDUCTION,
)
from kommunebench.reference import read_reference
from kommunebench.settings.analysis import UncertaintySettings
from kommunebench.stages.estimation import estimate
from kommunebench.stages.model_spells import SPELL_TABLES
from kommunebench.stages.stage import Stage, StageInputs, StageOutput


def _benchmark(inputs: StageInputs) -> StageOutput:
    found = estimate(inputs)
    units = found.units
    table = with_names(indicator_table(units, inputs.settings.model.min_spells), inputs)
    compared = table[table["included"]]
    reduction = variance_reduction(
        compared["observed_duration"].to_numpy(), compared["expected_duration"].to_numpy()
    )
    frames = {
        BENCHMARK_INDICATORS: inputs.frame(BENCHMARK_INDICATORS, table),
        COX_COEFFICIENTS: inputs.frame(COX_COEFFICIENTS, coefficient_table(found.models)),
        COX_BASELINE: inputs.frame(COX_BASELINE, baseline_table(found.models)),
        VARIANCE_REDUCTION: inputs.frame(VARIANCE_REDUCTION, reduction),
        QUINTILE_MEANS: inputs.frame(QUINTILE_MEANS, quintile_means(table)),
        EXPECTED_DURATIONS: inputs.own(EXPECTED_DURATIONS, found.expected_durations()),
    }
    if inputs.settings.model.proportionality_test:
        frames[PROPORTIONALITY] = inputs.frame(PROPORTIONALITY, found.proportionality())
    metrics = {
        "spells": float(units.spells.sum()),
        "events": float(units.ever.sum()),
        "success_share": float(units.ever.sum() / units.spells.sum()),
        "units_compared": float(len(compared)),
        "variance_reduction": float(reduction["variance_reduction"].iloc[1]),
        "observed_duration_mean": float(compared["observed_duration"].mean()),
        "expected_duration_mean": float(compared["expected_duration"].mean()),
    }
    return StageOutput(frames, metrics)


def with_names(table: pd.DataFrame, inputs: StageInputs) -> pd.DataFrame:
    """The indicator table with the units' names: Danish municipalities by code, other units under
    their own."""
    if inputs.settings.starts_from == "spells":
        return table.assign(municipality=table["municipality_code"])
    names = read_reference("municipalities").set_index("municipality_code")["municipality"]
    return table.assign(
        municipality=table["municipality_code"].map(names).fillna(table["municipality_code"])
    )


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
    found = estimate(inputs)
    units = found.units
    table = with_names(indicator_table(units, inputs.settings.model.min_spells), inputs)
    covariance = found.covariance()
    horizon = inputs.settings.observation.horizon_weeks
    table, verdicts = add_uncertainty(
        table, covariance, horizon, settings.verdict_indicator, verdict_rules(settings)
    )
    summary = summarise(units, table, covariance, verdicts)
    summary["replicates"] = settings.replicates
    if settings.replicates:
        drawn = found.bootstrap(settings.replicates, settings.seed)
        se = bootstrap_se(drawn)
        summary["replicates"] = int(np.isfinite(drawn).any(axis=(1, 2)).sum())
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
    numbers = {
        str(name): float(value)
        for name, value in summary.items()
        if value is not None and np.isfinite(float(value))
    }
    return StageOutput(frames, numbers)


def benchmark_stage(after: tuple[str, ...], proportionality: bool = False) -> Stage:
    """Models, expected and observed durations, indicators; the test of proportional hazards where
    it is asked for."""
    writes = (
        BENCHMARK_INDICATORS,
        COX_COEFFICIENTS,
        COX_BASELINE,
        VARIANCE_REDUCTION,
        QUINTILE_MEANS,
        EXPECTED_DURATIONS,
        *((PROPORTIONALITY,) if proportionality else ()),
    )
    return Stage(
        "benchmark",
        "benchmark",
        SPELL_TABLES,
        writes,
        ("name", "observation", "model"),
        _benchmark,
        after=after,
    )


def uncertainty_stage() -> Stage:
    """Standard errors, verdicts, ranks, tiers, bootstrap."""
    return Stage(
        "uncertainty",
        "uncertainty",
        SPELL_TABLES,
        (BENCHMARK_INDICATORS, BENCHMARK_SUMMARY),
        ("name", "observation", "model", "uncertainty"),
        _uncertainty,
        after=("benchmark",),
    )
