"""The stages benchmark and uncertainty: models, durations, indicators; standard errors, verdicts,
bootstrap."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from kommunebench.benchmark.bootstrap.replicates import bootstrap_se
from kommunebench.benchmark.comparison.models import POOLED, WITHIN
from kommunebench.benchmark.comparison.published import (
    published_columns,
    published_fifth_means,
    published_variance_reduction,
)
from kommunebench.benchmark.comparison.table import (
    Comparison,
    bootstrap_note,
    compare,
    summarise_bootstrap,
    with_bootstrap,
)
from kommunebench.benchmark.durations.chain import estimate_chain
from kommunebench.benchmark.model.concordance import concordance_over_blocks, log_risk_of
from kommunebench.benchmark.model.tables import (
    baseline_table,
    coefficient_table,
    proportionality_table,
    second_stage_table,
)
from kommunebench.benchmark.verdict_models import fit_both, judge_models, models_for
from kommunebench.gold import (
    BENCHMARK_SUMMARY,
    COX_BASELINE,
    COX_COEFFICIENTS,
    EXPECTED_DURATIONS,
    MODEL_VERDICTS,
    NATIONAL_MODELS,
    POTENTIALS,
    PROPORTIONALITY,
    QUINTILE_MEANS,
    SECOND_STAGE,
    TEN_BEST,
    VARIANCE_REDUCTION,
)
from kommunebench.settings import AnalysisSettings
from kommunebench.silver import MODEL_LAYOUT, MODEL_PERSONS, MODEL_UNITS
from kommunebench.stages.blocks import expected_by_spell
from kommunebench.stages.estimation import choose_engine, read_packed
from kommunebench.stages.indicator_rows import (
    benchmark_metrics,
    has_potentials,
    indicator_frame,
    indicator_table,
    list_frames,
    model_note,
)
from kommunebench.stages.stage import Stage, StageInputs, StageOutput
from kommunebench.stages.stored_models import model_rows, models_of_run, read_models
from kommunebench.verdict_rules import VerdictRules

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_PACKED = (MODEL_PERSONS, MODEL_UNITS, MODEL_LAYOUT)


def _benchmark(inputs: StageInputs) -> StageOutput:
    settings, spells = inputs.settings, read_packed(inputs)
    engine = choose_engine(inputs, spells)
    by_name, why_alone = fit_both(engine.fit, settings.verdict_model)
    models, carrying = by_name[POOLED], by_name[settings.verdict_model]
    chain = estimate_chain(engine.blocks, models, spells.measure)
    carrying_chain = (
        chain if carrying is models else estimate_chain(engine.blocks, carrying, spells.measure)
    )
    comparison = compare(
        spells.facts,
        chain,
        carrying_chain,
        indicator=spells.indicator,
        min_spells=settings.model.min_spells,
    )
    coefficients = coefficient_table(models)
    expected = expected_by_spell(spells.packed, spells.layout, models, spells.measure)
    frames = {
        indicator_table(settings): _indicators(inputs, comparison),
        COX_COEFFICIENTS: inputs.frame(COX_COEFFICIENTS, coefficients),
        COX_BASELINE: inputs.frame(COX_BASELINE, baseline_table(models)),
        NATIONAL_MODELS: inputs.frame(
            NATIONAL_MODELS,
            pd.concat([model_rows(name, fitted) for name, fitted in by_name.items()]),
        ),
        VARIANCE_REDUCTION: inputs.frame(
            VARIANCE_REDUCTION, published_variance_reduction(comparison)
        ),
        QUINTILE_MEANS: inputs.frame(QUINTILE_MEANS, published_fifth_means(comparison)),
        EXPECTED_DURATIONS: inputs.of_run(EXPECTED_DURATIONS, _expected_columns(inputs, expected)),
    }
    if settings.verdict_model == WITHIN:
        frames[SECOND_STAGE] = inputs.frame(SECOND_STAGE, second_stage_table(carrying))
    if settings.model.proportionality_test:
        tested = proportionality_table(engine.blocks, models)
        frames[PROPORTIONALITY] = inputs.frame(PROPORTIONALITY, tested)
    metrics = benchmark_metrics(
        rows="spells",
        n_rows=chain.n_spells.sum(),
        n_events=spells.facts.events_ever.sum(),
        log_likelihood=sum(model.estimate.log_likelihood for model in models),
        concordance=concordance_over_blocks(engine.blocks, partial(log_risk_of, models=models)),
    )
    return StageOutput(frames, metrics, model_note(coefficients, by_name, why_alone))


def _expected_columns(inputs: StageInputs, expected: "DataFrame") -> "DataFrame":
    """The expected values under the name of the measure; the other one is missing."""
    from pyspark.sql import functions as F

    is_share = inputs.settings.measure == "share"
    return expected.select(
        "spell_id",
        "municipality_code",
        "linear_predictor",
        (F.lit(None) if is_share else F.col("expected")).cast("double").alias("expected_duration"),
        (F.col("expected") if is_share else F.lit(None)).cast("double").alias("expected_share"),
    )


def _indicators(inputs: StageInputs, comparison: Comparison) -> pa.Table:
    """The rows of the table of indicators."""
    return indicator_frame(inputs, published_columns(comparison, verdict_rules(inputs.settings)))


def verdict_rules(settings: AnalysisSettings) -> VerdictRules:
    """The settings as the benchmark's functions take them."""
    uncertainty = settings.uncertainty
    return VerdictRules(
        verdict_model=settings.verdict_model,
        verdict_indicator=uncertainty.verdict_indicator,
        pace=uncertainty.pace,
        pace_error=uncertainty.pace_error,
        confidence_level=uncertainty.confidence_level,
        min_events=uncertainty.min_events,
        min_non_events=uncertainty.min_non_events,
        support_share=uncertainty.support_share,
        min_verdicts=uncertainty.min_verdicts,
        fdr_level=uncertainty.fdr_level,
        tier_error_rate=uncertainty.tiers.error_rate,
        draws=uncertainty.posterior_draws,
        seed=uncertainty.seed,
    )


def _uncertainty(inputs: StageInputs) -> StageOutput:
    settings, spells = inputs.settings, read_packed(inputs)
    rules = verdict_rules(settings)
    engine = choose_engine(inputs, spells)
    names = models_of_run(inputs, models_for(rules.verdict_model))
    models = read_models(inputs, engine.blocks, spells.layout, spells.choice, names)
    results = judge_models(
        engine.blocks,
        spells.facts,
        models,
        measure=spells.measure,
        indicator=spells.indicator,
        min_spells=settings.model.min_spells,
        rules=rules,
    )
    comparison, summary = results.comparison, results.summary
    summary["replicates"] = replicates = settings.uncertainty.replicates
    if replicates:
        drawn = engine.bootstrap(results.carrying.chain, replicates, settings.uncertainty.seed)
        comparison = with_bootstrap(comparison, bootstrap_se(drawn), rules)
        summary["replicates"] = int(np.isfinite(drawn).any(axis=(1, 2)).sum())
        for name, value in summarise_bootstrap(comparison.table).items():
            summary[name] = value
    frames = {
        indicator_table(settings): _indicators(inputs, comparison),
        BENCHMARK_SUMMARY: inputs.frame(BENCHMARK_SUMMARY, pd.DataFrame([summary])),
        MODEL_VERDICTS: inputs.frame(MODEL_VERDICTS, results.model_verdicts),
    }
    if has_potentials(settings):
        frames |= list_frames(inputs, comparison, results.pooled.covariance, rules)
    return StageOutput(frames, note=bootstrap_note(summary))


def benchmark_stage(settings: AnalysisSettings) -> Stage:
    """Models, expected and observed durations, indicators; the test of proportional hazards where
    the settings ask for it."""
    writes = (
        indicator_table(settings),
        COX_COEFFICIENTS,
        COX_BASELINE,
        NATIONAL_MODELS,
        VARIANCE_REDUCTION,
        QUINTILE_MEANS,
        EXPECTED_DURATIONS,
        *((SECOND_STAGE,) if settings.verdict_model == WITHIN else ()),
        *((PROPORTIONALITY,) if settings.model.proportionality_test else ()),
    )
    return Stage(
        name="benchmark",
        verb="benchmark",
        reads=_PACKED,
        writes=writes,
        sections=("name", "observation", "model", "measure", "indicator"),
        build=_benchmark,
        after=("model_spells",),
    )


def uncertainty_stage(settings: AnalysisSettings) -> Stage:
    """Standard errors, verdicts, ranks, tiers, bootstrap; verdicts of the other models beside those
    of the one that carries them."""
    writes = (
        indicator_table(settings),
        BENCHMARK_SUMMARY,
        MODEL_VERDICTS,
        *((POTENTIALS, TEN_BEST) if has_potentials(settings) else ()),
    )
    return Stage(
        name="uncertainty",
        verb="uncertainty",
        reads=(*_PACKED, NATIONAL_MODELS),
        writes=writes,
        sections=("name", "observation", "model", "measure", "indicator", "uncertainty"),
        build=_uncertainty,
        after=("benchmark",),
    )
