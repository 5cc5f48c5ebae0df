"""The person bootstrap of the whole chain, a batch of replicates at a time (method, section 7)."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Flags, Floats
from kommunebench.benchmark.blocks.shared_passes import Several, several, side_by_side
from kommunebench.benchmark.bootstrap.fit import (
    ReplicateStart,
    fit_replicates,
    replicate_start,
)
from kommunebench.benchmark.bootstrap.weights import Draw
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.durations.baseline import baseline_factors
from kommunebench.benchmark.durations.measure import Measure, log_survival_of
from kommunebench.benchmark.durations.multipliers import UnitCurves, unit_curves
from kommunebench.benchmark.durations.observed import kaplan_meier
from kommunebench.benchmark.durations.risk_grid import (
    REPLICATE_STEP,
    GatheredWeights,
    RiskGrid,
    gather_weights,
)
from kommunebench.benchmark.durations.risk_sets import (
    UnitRiskSets,
    group_risk_sets,
    unit_risk_sets,
)
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.benchmark.model.national import NationalModel

BATCH = 64


def bootstrap_performance(
    blocks: Blocks,
    models: Sequence[NationalModel],
    measure: Measure,
    indicator: Indicator,
    *,
    replicates: Sequence[int],
    seed: int,
) -> Floats:
    """Performances (R, K, 2), plain and robust, of the replicates of these numbers; NaN where a
    unit has no spells in one, or where the replicate's model did not settle.

    A replicate depends on the seed, its number and the persons alone: not on the blocks, nor on
    which replicates are made together. The blocks' ``person`` must be keys of persons.
    """

    def start(group: int, seat: Blocks) -> ReplicateStart:
        return replicate_start(seat, group, models[group])

    starts = side_by_side(blocks, start, len(models))
    batches = [replicates[first : first + BATCH] for first in range(0, len(replicates), BATCH)]
    return np.concatenate(
        [_batch(blocks, starts, measure, indicator, Draw(seed, tuple(batch))) for batch in batches]
    )


def bootstrap_se(performance: Floats) -> Floats:
    """Standard deviation over replicates of the performances (K, 2); NaN for a unit with spells in
    fewer than two replicates."""
    finite = np.where(np.isfinite(performance), performance, np.nan)
    enough = np.isfinite(finite).sum(axis=0) > 1
    result = np.full(finite.shape[1:], np.nan)
    result[enough] = np.nanstd(finite[:, enough], axis=0, ddof=1)
    return result


def _batch(
    blocks: Blocks,
    starts: Sequence[ReplicateStart],
    measure: Measure,
    indicator: Indicator,
    draw: Draw,
) -> Floats:
    def fit(group: int, seat: Blocks) -> tuple[GroupHazards, Flags]:
        return fit_replicates(seat, group, starts[group], draw)

    fits = side_by_side(blocks, fit, len(starts))
    hazards = tuple(hazard for hazard, _ in fits)
    settled = np.logical_and.reduce([flags for _, flags in fits])
    groups = blocks.total(partial(group_risk_sets, hazards=hazards, weights=draw))
    factors = baseline_factors(blocks, hazards, groups, draw, starts[0].model.choice)
    hazards = tuple(h.with_factors(f) for h, f in zip(hazards, factors, strict=True))
    grid = RiskGrid.between(groups.low, groups.high, REPLICATE_STEP)
    sums: Several = blocks.total(
        partial(
            several,
            functions=(
                partial(unit_risk_sets, hazards=hazards, weights=draw),
                partial(gather_weights, hazards=hazards, weights=draw, grid=grid),
            ),
        )
    )
    sets: UnitRiskSets = sums.results[0]
    gathered: GatheredWeights = sums.results[1]
    curves = unit_curves(blocks, hazards, sets, draw)
    expected, robust = _means(sets, gathered, grid, curves=curves, hazards=hazards, measure=measure)
    observed = measure.of_survival(kaplan_meier(sets.at_risk, sets.event_weight), 1)
    performance = np.stack(
        [indicator.performance(expected, observed), indicator.performance(expected, robust)], -1
    )
    # A replicate whose model did not settle counts for no unit; bootstrap_se leaves it out.
    performance[:, ~settled] = np.nan
    return performance.transpose(1, 0, 2)


def _means(
    sets: UnitRiskSets,
    gathered: GatheredWeights,
    grid: RiskGrid,
    *,
    curves: UnitCurves,
    hazards: Sequence[GroupHazards],
    measure: Measure,
) -> tuple[Floats, Floats]:
    """Expected and robust measure of every unit in every replicate (K, R), NaN without spells."""
    total = sets.leaving.sum(axis=1)
    expected = measure.without_hazard * gathered.without_hazard
    robust = expected.copy()
    for g, hazard in enumerate(hazards):
        national = log_survival_of(hazard.log_factors)
        for replicate in range(total.shape[1]):
            risks = grid.risks(g, replicate)
            weight = gathered.on_grid[g, :, :, replicate]
            everywhere = measure.on_grid(national[None, :, replicate], risks)[0]
            expected[:, replicate] += weight @ everywhere
            in_unit = measure.on_grid(curves.log_survival(hazard, g, replicate), risks)
            robust[:, replicate] += np.sum(weight * in_unit, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return expected / total, robust / total
