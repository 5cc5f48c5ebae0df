"""The likelihood of many bootstrap replicates at once: sums over blocks of spells."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import (
    Blocks,
    FieldSums,
    Floats,
    SpellBlock,
    backwards,
    grouping,
)
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.durations.risk_sets import Weights, by_week
from kommunebench.benchmark.model.national import NationalModel
from kommunebench.survival.risk_sets import EventGrid

# An effect this far below all others takes a unit without events out of a replicate: its risk is
# lost among the others' rounding. Of shares, one as far above takes a unit without failures out.
FAR_OUT = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicateSums(FieldSums):
    """Sums of one group at coefficients, by event time (m): ``log_risk`` (R,) and ``event_x``
    (p, R) of the events; ``events`` (m, R); ``leaving`` (m, R), ``leaving_x`` and ``leaving_x2``
    (m, p, R): risk, risk times the design's columns, and times their squares (no rows where they
    were not asked for) of the spells by the last event time at which they are at risk.
    ``leaving_unit`` (m, K, R) and ``event_unit`` (K, R): risk and events by unit (no units where
    the model has no effects of them)."""

    log_risk: Floats
    event_x: Floats
    events: Floats
    leaving: Floats
    leaving_x: Floats
    leaving_x2: Floats
    leaving_unit: Floats
    event_unit: Floats

    @property
    def at_risk(self) -> Floats:
        """Risk of those at risk at each event time (m, R)."""
        return backwards(self.leaving, 0)

    def expected_by_unit(self, cumulative: Floats) -> Floats:
        """Events that each unit expects (K, R) at a cumulative baseline hazard (m, R)."""
        return np.einsum("mkr,mr->kr", self.leaving_unit, cumulative)


@dataclass(frozen=True, slots=True)
class ReplicateScore:
    """Log likelihood (R,), gradient, and the risk sets' sums of squares (empty where they were not
    asked for), which stand for the curvature by term, each (K + p, R); ties are Breslow's."""

    value: Floats
    gradient: Floats
    squares: Floats


@dataclass(frozen=True, slots=True)
class ReplicateLikelihood:
    """The likelihoods of one group in many replicates of its national model, partial or of a hazard
    that is constant within intervals, as functions of the effects of the K units, where the model
    has any (K is 0 where not), and of the design's p coefficients.

    A number added to all effects changes nothing, so that no unit is singled out as a reference
    here.
    """

    blocks: Blocks
    group: int
    model: NationalModel

    @property
    def effects(self) -> UnitEffects | None:
        """Which units are in the fit."""
        return self.model.unit_effects

    @property
    def n_units(self) -> int:
        """K."""
        return 0 if self.effects is None else len(self.effects.with_events)

    def score(self, beta: Floats, weights: Weights, *, squares: bool = False) -> ReplicateScore:
        """Value, gradient and sums of squares at coefficients (K + p, R), by one pass over the
        blocks."""
        sums = self._sums(beta, weights, squares=squares)
        cumulative, at_risk = self._cumulative_hazard(sums), self._over_intervals(sums.at_risk)
        log_at_risk = np.log(at_risk, out=np.zeros_like(at_risk), where=sums.events > 0)
        value = sums.log_risk - (sums.events * log_at_risk).sum(axis=0)
        expected = sums.expected_by_unit(cumulative)
        gradient = sums.event_x - np.einsum("mpr,mr->pr", sums.leaving_x, cumulative)
        gradient = np.concatenate([sums.event_unit - expected, gradient])
        curvature = np.zeros((0, len(value)))
        if squares:
            of_design = np.einsum("mpr,mr->pr", sums.leaving_x2, cumulative)
            curvature = np.concatenate([expected, of_design])
        return ReplicateScore(value, gradient, curvature)

    def matched(self, beta: Floats, weights: Weights, *, held: bool = False) -> Floats:
        """The coefficients (K + p, R) with the units' effects moved so that each unit expects as
        many events as it has in the replicate, at the baseline as it was; a unit without events is
        taken out by an effect far below all others, or stays where it is if priors have it
        ``held``."""
        if self.effects is None:
            return beta
        sums = self._sums(beta, weights, squares=False)
        has_events = self.effects.with_events[:, None] & (sums.event_unit > 0)
        ratio = np.divide(
            sums.event_unit,
            sums.expected_by_unit(self._cumulative_hazard(sums)),
            out=np.ones_like(sums.event_unit),
            where=has_events,
        )
        known = beta[: self.n_units]
        effects = np.where(has_events, known + np.log(ratio), known if held else -FAR_OUT)
        return np.concatenate([effects, beta[self.n_units :]])

    def _over_intervals(self, values: Floats) -> Floats:
        """Values by time (m, R), or at each time their total over its interval."""
        intervals = self.model.intervals
        return values if intervals is None else intervals.totals(values)

    def _cumulative_hazard(self, sums: ReplicateSums) -> Floats:
        """Cumulative baseline hazard at each time (m, R): events over risk at risk, Breslow's of a
        partial likelihood."""
        events, at_risk = self._over_intervals(sums.events), self._over_intervals(sums.at_risk)
        hazard = np.divide(events, at_risk, out=np.zeros_like(at_risk), where=at_risk > 0)
        return np.cumsum(hazard, axis=0)

    def _sums(self, beta: Floats, weights: Weights, *, squares: bool) -> ReplicateSums:
        unit_effects = None
        if self.effects is not None:
            inside = self.effects.with_events[:, None]
            unit_effects = np.where(inside, beta[: self.n_units], -np.inf)
        sums_of_block = partial(
            replicate_sums,
            group=self.group,
            grid=self.model.grid,
            beta=beta[self.n_units :],
            unit_effects=unit_effects,
            weights=weights,
            squares=squares,
        )
        return self.blocks.total(sums_of_block)


def replicate_sums(
    block: SpellBlock,
    *,
    group: int,
    grid: EventGrid,
    beta: Floats,
    unit_effects: Floats | None,
    weights: Weights,
    squares: bool,
) -> ReplicateSums:
    """Sums of a block's spells of one group in the fit, at coefficients (p, R) of the design and
    effects (K, R) of the units."""
    spells = block.groups[group]
    duration, event, x = block.duration[spells.rows], block.event[spells.rows], spells.x
    weight, unit = weights.of(block)[spells.rows], spells.unit
    outside = spells.zero_hazard
    if unit_effects is not None:
        outside = outside | np.isneginf(unit_effects[unit, 0])
    if outside.any():
        inside = ~outside
        duration, event, x = duration[inside], event[inside], x[inside]
        weight, unit = weight[inside], unit[inside]
    # Rows come in order of their duration, so that those of one event time lie together.
    last_time = np.searchsorted(grid.time, duration, side="right") - 1
    first = int(np.searchsorted(last_time, 0))
    x, weight, event, last_time = x[first:], weight[first:], event[first:], last_time[first:]
    unit = unit[first:]
    predictor = x @ beta
    if unit_effects is not None:
        predictor += unit_effects[unit]
    event_weight, event_x = weight[event], x[event]
    log_risk = np.einsum("nr,nr->r", event_weight, predictor[event])
    weighted = np.exp(predictor, out=predictor)
    weighted *= weight
    m, (p, count) = len(grid.time), beta.shape
    leaving_x, leaving_x2 = np.zeros((m, p, count)), np.zeros((m if squares else 0, p, count))
    starts = np.flatnonzero(np.diff(last_time, prepend=-1))
    for start, stop in zip(starts, np.append(starts, len(last_time))[1:], strict=True):
        time = last_time[start]
        leaving_x[time] = x[start:stop].T @ weighted[start:stop]
        if squares:
            leaving_x2[time] = (x[start:stop] ** 2).T @ weighted[start:stop]
    n_units = 0 if unit_effects is None else block.n_units
    leaving_unit, event_unit = np.zeros((m, n_units, count)), np.zeros((n_units, count))
    if n_units:
        cells = grouping(last_time * n_units + unit, m * n_units)
        leaving_unit = np.asarray(cells @ weighted).reshape(leaving_unit.shape)
        event_unit = np.asarray(grouping(unit[event], n_units) @ event_weight)
    return ReplicateSums(
        log_risk=log_risk,
        event_x=event_x.T @ event_weight,
        events=by_week(last_time[event], event_weight, m),
        leaving=by_week(last_time, weighted, m),
        leaving_x=leaving_x,
        leaving_x2=leaving_x2,
        leaving_unit=leaving_unit,
        event_unit=event_unit,
    )
