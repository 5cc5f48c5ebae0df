"""The share models that a comparison needs, and what is said of the units from them."""

from collections.abc import Mapping, Sequence

from kommunebench.benchmark.blocks.block import Blocks
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.blocks.shared_passes import side_by_side
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.models import POOLED, WITHIN, ModelOutcome
from kommunebench.benchmark.comparison.table import UnitFacts
from kommunebench.benchmark.shares.chain import PERIODS, estimate_shares
from kommunebench.benchmark.shares.fit import fit_shares
from kommunebench.benchmark.shares.influence import share_covariance
from kommunebench.benchmark.shares.model import ShareModel, share_coefficients
from kommunebench.benchmark.verdict_models import (
    ModelResults,
    judge_outcomes,
    outcomes_by_model,
    with_thin_data,
)
from kommunebench.verdict_rules import VerdictRules

ShareModels = tuple[ShareModel, ...]


def fit_share_models(
    blocks: Blocks, layout: RecordLayout, names: Sequence[str]
) -> dict[str, ShareModels]:
    """The models of these names (``pooled``, ``within``); their passes over the cases are shared.
    Raises ConvergenceError as fit_shares."""

    def fit(position: int, seat: Blocks) -> ShareModels:
        return fit_shares(seat, layout, unit_effects=names[position] == WITHIN)

    return dict(zip(names, side_by_side(blocks, fit, len(names)), strict=True))


def judge_share_models(
    blocks: Blocks,
    facts: UnitFacts,
    models: Mapping[str, ShareModels],
    *,
    indicator: Indicator,
    min_cases: int,
    rules: VerdictRules,
) -> ModelResults:
    """Everything after the fit of shares, from the models by name: ``pooled``, and ``within`` where
    that carries the verdicts or is set beside it."""

    def outcome(seat: Blocks, chosen: ShareModels) -> ModelOutcome:
        chain = estimate_shares(seat, chosen)
        return ModelOutcome(chain, share_covariance(seat, chosen, chain, indicator))

    results = judge_outcomes(
        outcomes_by_model(blocks, models, outcome, rules.verdict_model),
        facts,
        horizon=PERIODS,
        indicator=indicator,
        min_spells=min_cases,
        rules=rules,
    )
    return with_thin_data(results, share_coefficients(models[POOLED]), models[rules.verdict_model])
