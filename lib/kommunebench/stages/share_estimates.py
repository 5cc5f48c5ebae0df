"""The stages benchmark and uncertainty of analyses of cases: the share model, observed and expected
shares, indicators; standard errors, verdicts, bootstrap."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.bootstrap.replicates import bootstrap_se
from kommunebench.benchmark.comparison.published import (
    published_fifth_means,
    published_variance_reduction,
)
from kommunebench.benchmark.comparison.table import (
    Comparison,
    compare,
    median_bootstrap_ratio,
    summarise,
    with_bootstrap,
    with_verdicts,
)
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.shares.chain import PERIODS, estimate_shares
from kommunebench.benchmark.shares.influence import share_covariance
from kommunebench.benchmark.shares.model import fit_shares, share_coefficients
from kommunebench.benchmark.shares.published import published_case_columns, rules_of_cases
from kommunebench.gold import (
    BENCHMARK_SUMMARY,
    EXPECTED_DURATIONS,
    LOGIT_COEFFICIENTS,
    NATIONAL_MODELS,
    POTENTIALS,
    QUINTILE_MEANS,
    SHARE_INDICATORS,
    TEN_BEST,
    VARIANCE_REDUCTION,
)
from kommunebench.silver import MODEL_LAYOUT, MODEL_PERSONS, MODEL_UNITS
from kommunebench.stages.estimates import verdict_rules
from kommunebench.stages.estimation import PackedSpells, choose_engine, read_packed
from kommunebench.stages.indicator_rows import (
    benchmark_metrics,
    finite_metrics,
    indicator_frame,
    list_frames,
)
from kommunebench.stages.share_models import read_share_models, share_model_rows
from kommunebench.stages.share_tasks import expected_by_case, run_share_replicates
from kommunebench.stages.stage import Stage, StageInputs, StageOutput
from kommunebench.verdict_rules import VerdictRules

_PACKED = (MODEL_PERSONS, MODEL_UNITS, MODEL_LAYOUT)


def _benchmark(inputs: StageInputs) -> StageOutput:
    cases = read_packed(inputs)
    engine = choose_engine(inputs, cases)
    models = fit_shares(engine.blocks, cases.layout)
    chain = estimate_shares(engine.blocks, models)
    comparison = _compare(inputs, cases, chain)
    reduction = published_variance_reduction(comparison)
    expected = expected_by_case(cases.packed, cases.layout, models)
    frames = {
        SHARE_INDICATORS: _indicators(inputs, comparison),
        LOGIT_COEFFICIENTS: inputs.frame(LOGIT_COEFFICIENTS, share_coefficients(models)),
        NATIONAL_MODELS: inputs.frame(NATIONAL_MODELS, share_model_rows(models)),
        VARIANCE_REDUCTION: inputs.frame(VARIANCE_REDUCTION, reduction),
        QUINTILE_MEANS: inputs.frame(QUINTILE_MEANS, published_fifth_means(comparison)),
        EXPECTED_DURATIONS: inputs.of_run(EXPECTED_DURATIONS, expected),
    }
    metrics = benchmark_metrics(
        comparison,
        reduction,
        rows="cases",
        n_rows=chain.n_spells.sum(),
        n_events=cases.facts.events_ever.sum(),
        measured="share",
        log_likelihood=sum(model.log_likelihood for model in models),
    )
    return StageOutput(frames, metrics)


def _compare(inputs: StageInputs, cases: PackedSpells, chain: ChainEstimate) -> Comparison:
    return compare(
        cases.facts,
        chain,
        chain,
        indicator=cases.indicator,
        min_spells=inputs.settings.model.min_spells,
    )


def _case_rules(inputs: StageInputs) -> VerdictRules:
    return rules_of_cases(verdict_rules(inputs.settings))


def _indicators(inputs: StageInputs, comparison: Comparison):  # type: ignore[no-untyped-def]
    return indicator_frame(inputs, published_case_columns(comparison, _case_rules(inputs)))


def _uncertainty(inputs: StageInputs) -> StageOutput:
    settings, cases, rules = inputs.settings, read_packed(inputs), _case_rules(inputs)
    engine = choose_engine(inputs, cases)
    models = read_share_models(inputs, cases.layout)
    chain = estimate_shares(engine.blocks, models)
    comparison = _compare(inputs, cases, chain)
    covariance = share_covariance(engine.blocks, models, chain, cases.indicator)
    comparison, verdicts = with_verdicts(
        comparison, covariance, covariance, horizon=PERIODS, rules=rules
    )
    summary = summarise(comparison, chain, covariance, verdicts)
    summary["replicates"] = replicates = settings.uncertainty.replicates
    if replicates:
        drawn = run_share_replicates(engine, models, replicates, settings.uncertainty.seed)
        comparison = with_bootstrap(comparison, bootstrap_se(drawn), rules)
        summary["replicates"] = int(np.isfinite(drawn).any(axis=(1, 2)).sum())
        summary["median_bootstrap_ratio"] = median_bootstrap_ratio(comparison, rules)
    frames = {
        SHARE_INDICATORS: _indicators(inputs, comparison),
        BENCHMARK_SUMMARY: inputs.frame(BENCHMARK_SUMMARY, pd.DataFrame([summary])),
        **list_frames(inputs, comparison, covariance, rules),
    }
    return StageOutput(frames, finite_metrics(summary))


SHARE_BENCHMARK_STAGE = Stage(
    name="benchmark",
    verb="benchmark",
    reads=_PACKED,
    writes=(
        SHARE_INDICATORS,
        LOGIT_COEFFICIENTS,
        NATIONAL_MODELS,
        VARIANCE_REDUCTION,
        QUINTILE_MEANS,
        EXPECTED_DURATIONS,
    ),
    sections=("name", "model", "measure", "indicator"),
    build=_benchmark,
    after=("model_cases",),
)
SHARE_UNCERTAINTY_STAGE = Stage(
    name="uncertainty",
    verb="uncertainty",
    reads=(*_PACKED, NATIONAL_MODELS),
    writes=(SHARE_INDICATORS, BENCHMARK_SUMMARY, POTENTIALS, TEN_BEST),
    sections=("name", "model", "measure", "indicator", "uncertainty"),
    build=_uncertainty,
    after=("benchmark",),
)
