"""The pooled model and the one within units over the same spells, and what is said of the units
from both (method, section 6): what a notebook and the stages do once the models are fitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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
from kommunebench.benchmark.model.national import NationalModel
from kommunebench.verdict_rules import VerdictModel, VerdictRules

Models = tuple[NationalModel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelResults:
    """``pooled`` model and the one ``carrying`` the verdicts (the same where that is pooled);
    ``comparison`` with verdicts; ``summary``: gold.benchmark_summary; ``model_verdicts``:
    gold.model_verdicts (no rows under the pooled model)."""

    pooled: ModelOutcome
    carrying: ModelOutcome
    comparison: Comparison
    summary: pd.Series
    model_verdicts: pd.DataFrame


def models_for(verdict_model: VerdictModel) -> tuple[str, ...]:
    """Names of the models that are fitted: the pooled one always."""
    return (POOLED, WITHIN) if verdict_model == WITHIN else (POOLED,)


def judge_models(
    blocks: Blocks,
    facts: UnitFacts,
    models: Mapping[str, Models],
    *,
    measure: Measure,
    indicator: Indicator,
    min_spells: int,
    rules: VerdictRules,
) -> ModelResults:
    """Everything after the fit, from the models with their baselines by name: ``pooled``, and
    ``within`` where that carries the verdicts. Their passes over the spells are shared."""
    outcomes = _outcomes(blocks, _with_unadjusted(models), measure, indicator)
    pooled, carrying = outcomes[POOLED], outcomes[rules.verdict_model]
    horizon = len(measure.weights) - 1
    comparison = compare(
        facts, pooled.chain, carrying.chain, indicator=indicator, min_spells=min_spells
    )
    comparison, verdicts = with_verdicts(
        comparison, pooled.covariance, carrying.covariance, horizon=horizon, rules=rules
    )
    summary = summarise(comparison, pooled.chain, pooled.covariance, verdicts)
    changes = pd.DataFrame()
    if rules.verdict_model == WITHIN:
        others = {name: outcome for name, outcome in outcomes.items() if name != WITHIN}
        changes = model_verdicts(comparison, others, horizon=horizon, rules=rules)
        comparison = replace(comparison, table=with_pooled(comparison, changes))
    return ModelResults(
        pooled=pooled,
        carrying=carrying,
        comparison=comparison,
        summary=summary,
        model_verdicts=changes,
    )


def has_second_stage(models: Sequence[NationalModel]) -> bool:
    """Whether any group's model predicts with columns that are constant within units."""
    return any(
        model.second_stage is not None and np.any(~model.second_stage.omitted) for model in models
    )


def _with_unadjusted(models: Mapping[str, Models]) -> dict[str, Models]:
    """The models, and those within units without their second stage where they have one."""
    named = dict(models)
    if has_second_stage(models.get(WITHIN, ())):
        named[UNADJUSTED] = tuple(model.without_second_stage() for model in models[WITHIN])
    return named


def _outcomes(
    blocks: Blocks, models: Mapping[str, Models], measure: Measure, indicator: Indicator
) -> dict[str, ModelOutcome]:
    names = list(models)

    def outcome(position: int, seat: Blocks) -> ModelOutcome:
        chain = estimate_chain(seat, models[names[position]], measure)
        return ModelOutcome(chain, performance_covariance(seat, chain, indicator))

    return dict(zip(names, side_by_side(blocks, outcome, len(names)), strict=True))
