"""The whole benchmark of a frame of cases, one row a person with an outcome that happened or not:
what a notebook calls. The stages of a run compose the same pieces."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from kommunebench.benchmark.bootstrap.replicates import bootstrap_se
from kommunebench.benchmark.comparison.indicator import Indicator, IndicatorName
from kommunebench.benchmark.comparison.models import POOLED
from kommunebench.benchmark.comparison.published import (
    published_fifth_means,
    published_variance_reduction,
)
from kommunebench.benchmark.comparison.table import with_bootstrap
from kommunebench.benchmark.covariates.specification import infer_specs, usable_covariates
from kommunebench.benchmark.model.tables import second_stage_table
from kommunebench.benchmark.shares.bootstrap import bootstrap_shares
from kommunebench.benchmark.shares.in_memory import case_columns, lay_out_cases
from kommunebench.benchmark.shares.judgement import fit_share_models, judge_share_models
from kommunebench.benchmark.shares.model import probabilities, share_coefficients
from kommunebench.benchmark.shares.published import published_case_columns
from kommunebench.benchmark.spells import (
    Benchmark,
    check_choices,
    check_model,
    covariate_names,
    refuse_outcomes,
)
from kommunebench.benchmark.verdict_models import models_for
from kommunebench.survival.arguments import as_frame, column_names
from kommunebench.survival.checks import whole_number
from kommunebench.verdict_rules import VerdictModel, VerdictRules


def benchmark_cases(
    cases: pd.DataFrame,
    *,
    unit: str,
    outcome: str,
    covariates: Sequence[str],
    cluster: str | None = None,
    group: str | None = None,
    min_cases: int,
    replicates: int = 0,
    seed: int | None = None,
    indicator: IndicatorName = "difference",
    model: VerdictModel = "within",
) -> Benchmark:
    """The whole benchmark of units on their cases: the share in which the outcome happened against
    the share a logistic model over all units expects, with its uncertainty.

    ``cases``: one row per case; ``outcome`` 0 or 1; ``covariates``: text and category columns are
    dummy coded, numbers are linear; ``cluster``: cases of one value are not independent (siblings);
    ``group``: a model for each of its values; ``replicates``: bootstrap over clusters as a check on
    the analytic errors. ``indicator``: ``difference``, observed less expected share in percentage
    points, or a ratio (Indicator); ``model``: the model that carries the verdicts, ``within`` with
    effects of the units or ``pooled`` without.

    Returns a Benchmark: ``indicators`` in the columns of gold.share_indicators, ``coefficients`` in
    those of gold.logit_coefficients, an empty ``baseline``, ``expected`` the probability of each
    case. Raises InputError naming column and first rows; ConvergenceError naming the terms.
    """
    frame = as_frame("cases", cases)
    frame = frame.set_axis(column_names("cases", frame), axis=1).reset_index(drop=True)
    names = covariate_names(covariates, frame)
    refuse_outcomes(names, {str(outcome): "the outcome"})
    frame = usable_covariates(frame, names)
    check_choices(replicates, seed, "share", indicator)
    whole_number("min_cases", min_cases, least=1)
    check_model(model)
    columns = case_columns(
        frame,
        unit=str(unit),
        outcome=str(outcome),
        cluster=None if cluster is None else str(cluster),
        group=None if group is None else str(group),
    )
    specs, within = infer_specs(frame, names), model == "within"
    laid_out = lay_out_cases(frame, columns, specs, unit_effects=within)
    chosen, rules = Indicator(indicator, "share"), VerdictRules(verdict_model=model)
    rules = rules if seed is None else replace(rules, seed=seed)
    models = fit_share_models(laid_out.blocks, laid_out.layout, models_for(model))
    results = judge_share_models(
        laid_out.blocks,
        laid_out.facts,
        models,
        indicator=chosen,
        min_cases=min_cases,
        rules=rules,
    )
    comparison, pooled, carrying = results.comparison, models[POOLED], models[model]
    if replicates:
        drawn = bootstrap_shares(
            laid_out.blocks, carrying, chosen, replicates=range(replicates), seed=seed or 0
        )
        comparison = with_bootstrap(comparison, bootstrap_se(drawn), rules)
    return Benchmark(
        indicators=published_case_columns(comparison, rules),
        variance_reduction=published_variance_reduction(comparison),
        quintile_means=published_fifth_means(comparison),
        coefficients=share_coefficients(pooled),
        baseline=pd.DataFrame(),
        summary=results.summary,
        expected=laid_out.blocks.by_spell(lambda block: probabilities(block, pooled)),
        model_verdicts=results.model_verdicts,
        second_stage=second_stage_table(carrying),
    )
