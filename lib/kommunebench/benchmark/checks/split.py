"""Coefficients that change over time: a model of each period of a spell, and the chain through all
of them (method, section 7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from kommunebench.benchmark.blocks.block import Floats, SpellBlock
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.checks.facts import FactBlocks, Facts, UnitSums, taken
from kommunebench.benchmark.checks.redesign import LevelsWithoutEvents, fit_recoded
from kommunebench.benchmark.durations.measure import (
    Measure,
    log_survival_of,
    row_chunks,
    survival_of,
)
from kommunebench.benchmark.durations.multipliers import UnitCurves, unit_curves
from kommunebench.benchmark.durations.risk_sets import UnitWeights, unit_risk_sets
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.benchmark.model.national import ModelChoice


@dataclass(frozen=True, slots=True)
class Period:
    """Weeks ``start`` + 1 … ``end`` of spells, as spells of their own that begin after ``start``;
    the last period also holds what comes after the horizon."""

    start: int
    end: int
    is_last: bool

    def cut(self, block: SpellBlock, facts: Facts) -> SpellBlock:
        """The spells that reach the period, cut to it."""
        kept = np.flatnonzero(block.duration > self.start)
        lengths = tuple(
            int((block.duration[group.rows] > self.start).sum()) for group in block.groups
        )
        reached, horizon = taken(block, kept, lengths), self.end - self.start
        duration, event = reached.duration - self.start, reached.event
        if not self.is_last:
            event = event & (duration <= horizon)
            duration = np.minimum(duration, horizon)
        return replace(
            reached,
            duration=duration,
            event=event,
            seen=event & (duration <= horizon),
            exit_week=np.minimum(duration, horizon) - 1,
            horizon=horizon,
        )


@dataclass(frozen=True, slots=True)
class PeriodCurves:
    """Hazards of every group, levels whose hazard is zero, and multipliers of every unit in one
    period."""

    hazards: tuple[GroupHazards, ...]
    without_events: LevelsWithoutEvents
    curves: UnitCurves


def periods_of(splits: Sequence[int], horizon: int) -> tuple[Period, ...]:
    """The periods between the splits that lie within the horizon."""
    inside = sorted({split for split in splits if 0 < split < horizon})
    edges = [0, *inside, horizon]
    return tuple(Period(start, end, end == horizon) for start, end in pairwise(edges))


def measures_of_periods(
    blocks: FactBlocks,
    layout: RecordLayout,
    choice: ModelChoice,
    measure: Measure,
    periods: Sequence[Period],
    *,
    least_events: int = 1,
    unit_effects: bool = False,
) -> tuple[Floats, Floats]:
    """Expected and robust measure of every unit, each (K,), with separate coefficients in every
    period (and separate effects of the units, or none): the likelihood over all weeks is the
    product of those of the periods. A hazard that is constant within intervals may also change
    between two periods, where no interval ends.

    Raises InputError if a group has fewer than ``least_events`` events in a period, and InputError
    and ConvergenceError as the fit does.
    """
    estimate = partial(
        _estimate, blocks, layout, choice, least_events=least_events, unit_effects=unit_effects
    )
    estimated = tuple(estimate(period) for period in periods)
    sums = blocks.total_with_facts(partial(_measures, periods=estimated, measure=measure)).values
    return sums[0] / sums[2], sums[1] / sums[2]


def _estimate(
    blocks: FactBlocks,
    layout: RecordLayout,
    choice: ModelChoice,
    period: Period,
    *,
    least_events: int,
    unit_effects: bool,
) -> PeriodCurves:
    of_period = replace(layout, horizon=period.end - period.start)
    # Weeks of a period are counted from its start.
    cuts = tuple(cut - period.start for cut in choice.cuts if cut > period.start)
    fitted = fit_recoded(
        blocks,
        period.cut,
        of_period,
        choice._replace(cuts=cuts),
        least_events=least_events,
        unit_effects=unit_effects,
    )
    hazards, weights = fitted.hazards, UnitWeights()
    sets = fitted.blocks.total(partial(unit_risk_sets, hazards=hazards, weights=weights))
    curves = unit_curves(fitted.blocks, hazards, sets, weights)
    return PeriodCurves(hazards, fitted.without_events, curves)


def _measures(
    block: SpellBlock, facts: Facts, periods: Sequence[PeriodCurves], measure: Measure
) -> UnitSums:
    """Expected and robust measure summed by unit, and the number of spells (3, K)."""
    expected, robust = np.empty(len(block.duration)), np.empty(len(block.duration))
    # A level without events in a period has no hazard there, whatever it has in the others.
    marked = [period.without_events.marked(block) for period in periods]
    for g, group in enumerate(block.groups):
        unit = block.unit[group.rows]
        steps = [
            (
                period.hazards[g].risk(of_period.groups[g])[:, 0],
                log_survival_of(period.hazards[g].log_factors[:, 0])[None, :],
                period.curves.log_survival(period.hazards[g], g),
            )
            for period, of_period in zip(periods, marked, strict=True)
        ]
        values = np.empty((2, len(unit)))
        for rows in row_chunks(len(unit)):
            none = np.zeros(len(unit[rows]), np.intp)
            for place, curve in enumerate((none, unit[rows])):
                survival = _joined([(s[0][rows], s[1 + place][curve]) for s in steps])
                values[place, rows] = measure.of_survival(survival, 1)
        expected[group.rows], robust[group.rows] = values
    totals = (block.unit_sums(expected), block.unit_sums(robust))
    return UnitSums(np.stack([*totals, block.unit_sums(np.ones(len(expected)))]))


def _joined(steps: Sequence[tuple[Floats, Floats]]) -> Floats:
    """Curves (n, H + 1) from risks (n,) and log survivals (n, weeks + 1) within each period."""
    survival = np.ones((len(steps[0][0]), 1))
    for risk, log_survival in steps:
        within = survival_of(log_survival, risk)
        survival = np.concatenate([survival, survival[:, -1:] * within[:, 1:]], axis=1)
    return survival
