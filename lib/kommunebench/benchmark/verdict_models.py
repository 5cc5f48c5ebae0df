"""The pooled model and the one within units over the same spells, and what is said of the units
from both (method, section 6): what a notebook and the stages do once the models are fitted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Blocks
from kommunebench.benchmark.blocks.shared_passes import side_by_side
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.models import (
    POOLED,
    UNADJUSTED,
    WITHIN,
    ModelOutcome,
    model_verdicts,
    with_pooled,
)
from kommunebench.benchmark.comparison.table import (
    Comparison,
    UnitFacts,
    compare,
    summarise,
    with_verdicts,
)
from kommunebench.benchmark.durations.chain import estimate_chain
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.influence.covariance import performance_covariance
from kommunebench.benchmark.model.group_model import GroupModel
from kommunebench.benchmark.model.national import NationalModel
from kommunebench.benchmark.model.tables import coefficient_table, thin_data
from kommunebench.errors import ConvergenceError, InputError
from kommunebench.verdict_rules import VerdictModel, VerdictRules

M = TypeVar("M", bound=GroupModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelResults:
    """``pooled`` model and the one ``carrying`` the verdicts (the same where that is pooled);
    ``comparison`` with verdicts; ``summary``: gold.benchmark_summary; ``model_verdicts``:
    gold.model_verdicts (no rows where there is one model only)."""

    pooled: ModelOutcome
    carrying: ModelOutcome
    comparison: Comparison
    summary: pd.Series
    model_verdicts: pd.DataFrame


def models_for(verdict_model: VerdictModel) -> tuple[str, ...]:
    """Names of the models that verdicts and tables rest on: the pooled one always."""
    return (POOLED, WITHIN) if verdict_model == WITHIN else (POOLED,)


def fit_both(
    fit: Callable[[Sequence[str]], dict[str, tuple[M, ...]]], verdict_model: VerdictModel
) -> tuple[dict[str, tuple[M, ...]], str]:
    """The pooled model and the one within units by name, from ``fit`` of their names; where the
    pooled one carries the verdicts and the other cannot be fitted, the pooled one alone, and why.

    Raises InputError and ConvergenceError as ``fit`` for a model that the verdicts rest on.
    """
    try:
        return fit((POOLED, WITHIN)), ""
    except (ConvergenceError, InputError) as error:
        if verdict_model == WITHIN:
            raise
        reason = str(error).rstrip(".")
    return fit((POOLED,)), reason


def judge_models(
    blocks: Blocks,
    facts: UnitFacts,
    models: Mapping[str, tuple[NationalModel, ...]],
    *,
    measure: Measure,
    indicator: Indicator,
    min_spells: int,
    rules: VerdictRules,
) -> ModelResults:
    """Everything after the fit of durations, from the models with their baselines by name:
    ``pooled``, and ``within`` where that carries the verdicts or is set beside it. Their passes
    over the spells are shared."""

    def outcome(seat: Blocks, chosen: tuple[NationalModel, ...]) -> ModelOutcome:
        chain = estimate_chain(seat, chosen, measure)
        return ModelOutcome(chain, performance_covariance(seat, chain, indicator))

    results = judge_outcomes(
        outcomes_by_model(blocks, models, outcome, rules.verdict_model),
        facts,
        horizon=len(measure.weights) - 1,
        indicator=indicator,
        min_spells=min_spells,
        rules=rules,
    )
    return with_thin_data(results, coefficient_table(models[POOLED]), models[rules.verdict_model])


def judge_outcomes(
    outcomes: Mapping[str, ModelOutcome],
    facts: UnitFacts,
    *,
    horizon: int,
    indicator: Indicator,
    min_spells: int,
    rules: VerdictRules,
) -> ModelResults:
    """Comparison and verdicts from what every model gave, by its name."""
    pooled, carrying = outcomes[POOLED], outcomes[rules.verdict_model]
    comparison = compare(
        facts, pooled.chain, carrying.chain, indicator=indicator, min_spells=min_spells
    )
    comparison, verdicts = with_verdicts(
        comparison, pooled.covariance, carrying.covariance, horizon=horizon, rules=rules
    )
    summary = summarise(comparison, pooled.chain, pooled.covariance, verdicts)
    changes = pd.DataFrame()
    others = {name: one for name, one in outcomes.items() if name != rules.verdict_model}
    if others:
        changes = model_verdicts(comparison, others, horizon=horizon, rules=rules)
    if rules.verdict_model == WITHIN:
        comparison = replace(comparison, table=with_pooled(comparison, changes))
    return ModelResults(
        pooled=pooled,
        carrying=carrying,
        comparison=comparison,
        summary=summary,
        model_verdicts=changes,
    )


def with_thin_data(
    results: ModelResults, coefficients: pd.DataFrame, carrying: Sequence[GroupModel]
) -> ModelResults:
    """The results whose summary says how far the data carry the models: marked terms of the pooled
    one's ``coefficients``, and which groups' models that carry the verdicts are held."""
    thin = thin_data(coefficients, [model.name for model in carrying if model.is_held])
    summary = pd.concat([results.summary, pd.Series(thin, dtype=object)])
    return replace(results, summary=summary)


def outcomes_by_model(
    blocks: Blocks,
    models: Mapping[str, tuple[M, ...]],
    outcome: Callable[[Blocks, tuple[M, ...]], ModelOutcome],
    verdict_model: VerdictModel,
) -> dict[str, ModelOutcome]:
    """What every model gives by ``outcome``, and the one within units without its second stage
    where it has one and carries the verdicts; their passes over the spells are shared."""
    named = _with_unadjusted(models) if verdict_model == WITHIN else dict(models)
    names = list(named)

    def of_model(position: int, seat: Blocks) -> ModelOutcome:
        return outcome(seat, named[names[position]])

    return dict(zip(names, side_by_side(blocks, of_model, len(names)), strict=True))


def has_second_stage(models: Sequence[GroupModel]) -> bool:
    """Whether any group's model predicts with columns that are constant within units."""
    return any(
        model.second_stage is not None and np.any(~model.second_stage.omitted) for model in models
    )


def _with_unadjusted(models: Mapping[str, tuple[M, ...]]) -> dict[str, tuple[M, ...]]:
    """The models, and those within units without their second stage where they have one."""
    named = dict(models)
    if has_second_stage(models.get(WITHIN, ())):
        named[UNADJUSTED] = tuple(model.without_second_stage() for model in models[WITHIN])
    return named
