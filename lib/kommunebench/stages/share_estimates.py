"""The stages benchmark and uncertainty of analyses of cases: the share model, observed and expected
shares, indicators; standard errors, verdicts, bootstrap."""

from functools import partial

import numpy as np
import pandas as pd

from kommunebench.benchmark.bootstrap.replicates import bootstrap_se
from kommunebench.benchmark.comparison.models import POOLED, WITHIN
from kommunebench.benchmark.comparison.published import (
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
from kommunebench.benchmark.model.concordance import concordance_over_blocks
from kommunebench.benchmark.model.tables import second_stage_table
from kommunebench.benchmark.shares.chain import estimate_shares
from kommunebench.benchmark.shares.judgement import fit_share_models, judge_share_models
from kommunebench.benchmark.shares.model import log_odds, share_coefficients
from kommunebench.benchmark.shares.published import published_case_columns
from kommunebench.benchmark.verdict_models import fit_both, models_for
from kommunebench.gold import (
    BENCHMARK_SUMMARY,
    EXPECTED_DURATIONS,
    LOGIT_COEFFICIENTS,
    MODEL_VERDICTS,
    NATIONAL_MODELS,
    POTENTIALS,
    QUINTILE_MEANS,
    SECOND_STAGE,
    SHARE_INDICATORS,
    TEN_BEST,
    VARIANCE_REDUCTION,
)
from kommunebench.settings import AnalysisSettings
from kommunebench.silver import MODEL_LAYOUT, MODEL_PERSONS, MODEL_UNITS
from kommunebench.stages.estimates import verdict_rules
from kommunebench.stages.estimation import choose_engine, read_packed
from kommunebench.stages.indicator_rows import (
    benchmark_metrics,
    indicator_frame,
    list_frames,
    model_note,
)
from kommunebench.stages.share_models import read_share_models, share_model_rows
from kommunebench.stages.share_tasks import expected_by_case, run_share_replicates
from kommunebench.stages.stage import Stage, StageInputs, StageOutput
from kommunebench.stages.stored_models import models_of_run

_PACKED = (MODEL_PERSONS, MODEL_UNITS, MODEL_LAYOUT)


def _benchmark(inputs: StageInputs) -> StageOutput:
    settings, cases = inputs.settings, read_packed(inputs)
    engine = choose_engine(inputs, cases)
    fit = partial(fit_share_models, engine.blocks, cases.layout)
    by_name, why_alone = fit_both(fit, settings.verdict_model)
    models, carrying = by_name[POOLED], by_name[settings.verdict_model]
    chain = estimate_shares(engine.blocks, models)
    comparison = compare(
        cases.facts,
        chain,
        chain if carrying is models else estimate_shares(engine.blocks, carrying),
        indicator=cases.indicator,
        min_spells=settings.model.min_spells,
    )
    coefficients = share_coefficients(models)
    expected = expected_by_case(cases.packed, cases.layout, models)
    rows = pd.concat([share_model_rows(name, fitted) for name, fitted in by_name.items()])
    frames = {
        SHARE_INDICATORS: _indicators(inputs, comparison),
        LOGIT_COEFFICIENTS: inputs.frame(LOGIT_COEFFICIENTS, coefficients),
        NATIONAL_MODELS: inputs.frame(NATIONAL_MODELS, rows),
        VARIANCE_REDUCTION: inputs.frame(
            VARIANCE_REDUCTION, published_variance_reduction(comparison)
        ),
        QUINTILE_MEANS: inputs.frame(QUINTILE_MEANS, published_fifth_means(comparison)),
        EXPECTED_DURATIONS: inputs.of_run(EXPECTED_DURATIONS, expected),
    }
    if settings.verdict_model == WITHIN:
        frames[SECOND_STAGE] = inputs.frame(SECOND_STAGE, second_stage_table(carrying))
    metrics = benchmark_metrics(
        rows="cases",
        n_rows=chain.n_spells.sum(),
        n_events=cases.facts.events_ever.sum(),
        log_likelihood=sum(model.log_likelihood for model in models),
        concordance=concordance_over_blocks(engine.blocks, partial(log_odds, models=models)),
    )
    return StageOutput(frames, metrics, model_note(coefficients, by_name, why_alone))


def _indicators(inputs: StageInputs, comparison: Comparison):  # type: ignore[no-untyped-def]
    return indicator_frame(
        inputs, published_case_columns(comparison, verdict_rules(inputs.settings))
    )


def _uncertainty(inputs: StageInputs) -> StageOutput:
    settings, cases, rules = inputs.settings, read_packed(inputs), verdict_rules(inputs.settings)
    engine = choose_engine(inputs, cases)
    names = models_of_run(inputs, models_for(rules.verdict_model))
    models = read_share_models(inputs, cases.layout, names)
    results = judge_share_models(
        engine.blocks,
        cases.facts,
        models,
        indicator=cases.indicator,
        min_cases=settings.model.min_spells,
        rules=rules,
    )
    comparison, summary = results.comparison, results.summary
    summary["replicates"] = replicates = settings.uncertainty.replicates
    if replicates:
        carrying = models[rules.verdict_model]
        drawn = run_share_replicates(engine, carrying, replicates, settings.uncertainty.seed)
        comparison = with_bootstrap(comparison, bootstrap_se(drawn), rules)
        summary["replicates"] = int(np.isfinite(drawn).any(axis=(1, 2)).sum())
        for name, value in summarise_bootstrap(comparison.table).items():
            summary[name] = value
    frames = {
        SHARE_INDICATORS: _indicators(inputs, comparison),
        BENCHMARK_SUMMARY: inputs.frame(BENCHMARK_SUMMARY, pd.DataFrame([summary])),
        MODEL_VERDICTS: inputs.frame(MODEL_VERDICTS, results.model_verdicts),
        **list_frames(inputs, comparison, results.pooled.covariance, rules),
    }
    return StageOutput(frames, note=bootstrap_note(summary))


def share_benchmark_stage(settings: AnalysisSettings) -> Stage:
    """Share models, expected and observed shares, indicators."""
    writes = (
        SHARE_INDICATORS,
        LOGIT_COEFFICIENTS,
        NATIONAL_MODELS,
        VARIANCE_REDUCTION,
        QUINTILE_MEANS,
        EXPECTED_DURATIONS,
        *((SECOND_STAGE,) if settings.verdict_model == WITHIN else ()),
    )
    return Stage(
        name="benchmark",
        verb="benchmark",
        reads=_PACKED,
        writes=writes,
        sections=("name", "model", "measure", "indicator"),
        build=_benchmark,
        after=("model_cases",),
    )


def share_uncertainty_stage(settings: AnalysisSettings) -> Stage:
    """Standard errors, verdicts, ranks, tiers, bootstrap; verdicts of the other models beside those
    of the one that carries them."""
    writes = (
        SHARE_INDICATORS,
        BENCHMARK_SUMMARY,
        POTENTIALS,
        TEN_BEST,
        MODEL_VERDICTS,
    )
    return Stage(
        name="uncertainty",
        verb="uncertainty",
        reads=(*_PACKED, NATIONAL_MODELS),
        writes=writes,
        sections=("name", "model", "measure", "indicator", "uncertainty"),
        build=_uncertainty,
        after=("benchmark",),
    )
