"""Baselines of the groups: the Kalbfleisch-Prentice product limit, Breslow's, or a hazard that is
constant within intervals (method, section 6)."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Floats, SpellBlock
from kommunebench.benchmark.durations.risk_sets import GroupRiskSets, Weights
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.survival.tie_equation import TieSums, solve_cells, tie_sums


def baseline_factors(
    blocks: Blocks,
    hazards: Sequence[GroupHazards],
    risk_sets: GroupRiskSets,
    weights: Weights,
    choice: ModelChoice,
) -> Floats:
    """Log factors by group, week and version (G, H, R): 0 without events, minus infinity where all
    at risk have the event. Raises ConvergenceError as tie_equation.solve_cells."""
    at_risk, events = risk_sets.risk, risk_sets.event_weight
    intervals = choice.intervals(events.shape[1])
    if intervals is not None:
        at_risk, events = intervals.totals(at_risk, 1), intervals.totals(events, 1)
    if choice.baseline != "kalbfleisch_prentice":
        return -np.divide(events, at_risk, out=np.zeros_like(events), where=events > 0)
    solved = solve_cells(
        lambda factors: blocks.total(
            partial(_tied_events, hazards=tuple(hazards), weights=weights, factors=factors)
        ),
        risk_sets.n_events.ravel().astype(np.intp),
        events.ravel(),
        risk_sets.event_risk.ravel(),
        at_risk.ravel(),
    )
    return solved.reshape(events.shape)


def _tied_events(
    block: SpellBlock, hazards: Sequence[GroupHazards], weights: Weights, factors: Floats
) -> TieSums:
    """Sums of a block's events by group, week and version at log factors (G H R,)."""
    total, count = TieSums.zero(len(factors)), weights.count
    all_weights = weights.of(block)
    for g, (hazard, group) in enumerate(zip(hazards, block.groups, strict=True)):
        events = np.flatnonzero(block.seen[group.rows])
        weight = all_weights[group.rows][events]
        week = g * block.horizon + block.exit_week[group.rows][events]
        cell = week[:, None] * count + np.arange(count)
        risk = hazard.fit_risk(group, events)
        drawn = (weight > 0) & (risk > 0)
        total = total.merge(tie_sums(cell[drawn], weight[drawn], risk[drawn], factors))
    return total
