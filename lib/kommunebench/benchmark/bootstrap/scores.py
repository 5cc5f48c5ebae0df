"""The partial likelihood of many bootstrap replicates at once: sums over blocks of spells."""

from dataclasses import dataclass, fields
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Floats, SpellBlock
from kommunebench.benchmark.durations.risk_sets import Weights
from kommunebench.survival.risk_sets import EventGrid


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicateSums:
    """Sums of one group at coefficients (p, R), by event time (m): ``log_risk`` (R,) and
    ``event_x`` (p, R) of the events; ``events`` (m, R); ``leaving`` (m, R), ``leaving_x`` and
    ``leaving_x2`` (m, p, R): risk, risk times covariates, and times their squares (no rows where
    they were not asked for) of the spells by the last event time at which they are at risk."""

    log_risk: Floats
    event_x: Floats
    events: Floats
    leaving: Floats
    leaving_x: Floats
    leaving_x2: Floats

    def merge(self, other: "ReplicateSums") -> "ReplicateSums":
        """The sums of both sets of spells."""
        return ReplicateSums(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )


@dataclass(frozen=True, slots=True)
class ReplicateScore:
    """Log likelihood (R,), gradient (p, R), and the risk sets' sums of squares (p, R), which stand
    for the curvature by term (empty where they were not asked for); ties are Breslow's."""

    value: Floats
    gradient: Floats
    squares: Floats


@dataclass(frozen=True, slots=True)
class ReplicateLikelihood:
    """The partial likelihoods of one group in many replicates."""

    blocks: Blocks
    group: int
    grid: EventGrid

    def score(self, beta: Floats, weights: Weights, *, squares: bool = False) -> ReplicateScore:
        """Value, gradient and sums of squares at coefficients (p, R), by one pass over the
        blocks."""
        sums_of_block = partial(
            replicate_sums,
            group=self.group,
            grid=self.grid,
            beta=beta,
            weights=weights,
            squares=squares,
        )
        sums = self.blocks.total(sums_of_block)
        at_risk = np.cumsum(sums.leaving[::-1], axis=0)[::-1]
        hazard = np.divide(sums.events, at_risk, out=np.zeros_like(at_risk), where=at_risk > 0)
        log_at_risk = np.log(at_risk, out=np.zeros_like(at_risk), where=sums.events > 0)
        cumulative = np.cumsum(hazard, axis=0)
        value = sums.log_risk - (sums.events * log_at_risk).sum(axis=0)
        gradient = sums.event_x - np.einsum("mpr,mr->pr", sums.leaving_x, cumulative)
        curvature = np.zeros((0, len(value)))
        if squares:
            curvature = np.einsum("mpr,mr->pr", sums.leaving_x2, cumulative)
        return ReplicateScore(value, gradient, curvature)


def replicate_sums(
    block: SpellBlock,
    *,
    group: int,
    grid: EventGrid,
    beta: Floats,
    weights: Weights,
    squares: bool,
) -> ReplicateSums:
    """Sums of a block's spells of one group in the fit."""
    spells = block.groups[group]
    duration, event, x = block.duration[spells.rows], block.event[spells.rows], spells.x
    weight = weights.of(block)[spells.rows]
    if spells.outside_fit.any():
        in_fit = ~spells.outside_fit
        duration, event, x, weight = duration[in_fit], event[in_fit], x[in_fit], weight[in_fit]
    # Rows come in order of their duration, so that those of one event time lie together.
    last_time = np.searchsorted(grid.time, duration, side="right") - 1
    first = int(np.searchsorted(last_time, 0))
    x, weight, event, last_time = x[first:], weight[first:], event[first:], last_time[first:]
    predictor = x @ beta
    event_weight, event_x = weight[event], x[event]
    log_risk = np.einsum("nr,nr->r", event_weight, predictor[event])
    weighted = np.exp(predictor, out=predictor)
    weighted *= weight
    m, (p, count) = len(grid.time), beta.shape
    leaving, events = np.zeros((m, count)), np.zeros((m, count))
    leaving_x, leaving_x2 = np.zeros((m, p, count)), np.zeros((m if squares else 0, p, count))
    starts = np.flatnonzero(np.diff(last_time, prepend=-1))
    if len(starts):
        leaving[last_time[starts]] = np.add.reduceat(weighted, starts, axis=0)
    for start, stop in zip(starts, np.append(starts, len(last_time))[1:], strict=True):
        time = last_time[start]
        leaving_x[time] = x[start:stop].T @ weighted[start:stop]
        if squares:
            leaving_x2[time] = (x[start:stop] ** 2).T @ weighted[start:stop]
    at_event = last_time[event]
    starts = np.flatnonzero(np.diff(at_event, prepend=-1))
    if len(starts):
        events[at_event[starts]] = np.add.reduceat(event_weight, starts, axis=0)
    return ReplicateSums(
        log_risk=log_risk,
        event_x=event_x.T @ event_weight,
        events=events,
        leaving=leaving,
        leaving_x=leaving_x,
        leaving_x2=leaving_x2,
    )
