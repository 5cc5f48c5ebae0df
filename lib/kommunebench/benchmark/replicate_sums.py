"""The sums a bootstrap replicate is made of, for many replicates at once over blocks of spells
(method, section 7).

A person's weight comes from seed, replicate and person alone, so that any block draws it; nothing
is kept between passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy import sparse

from kommunebench.benchmark.resampling import poisson_weights
from kommunebench.benchmark.spell_arrays import Flags, Floats, Indices
from kommunebench.benchmark.spell_blocks import GroupRows, SpellBlock
from kommunebench.survival.risk_sets import EventGrid
from kommunebench.survival.tie_equation import TieSums, tie_sums


@dataclass(frozen=True, slots=True)
class Draw:
    """Which replicates: their weights are Poisson(1) by seed, replicate and person; all 1 where
    ``replicates`` is empty (R = 1)."""

    seed: int
    replicates: tuple[int, ...]

    @property
    def count(self) -> int:
        """Number of columns of the weights."""
        return max(len(self.replicates), 1)

    def weights(self, person: np.ndarray) -> Floats:
        """Weights (n, R) of persons' keys."""
        if not self.replicates:
            return np.ones((len(person), 1))
        return poisson_weights(
            person.view(np.uint64), np.array(self.replicates, np.intp), self.seed
        )

    def some(self, chosen: Flags) -> "Draw":
        """The chosen replicates."""
        return Draw(self.seed, tuple(np.array(self.replicates)[chosen].tolist()))


@dataclass(frozen=True, slots=True)
class ReplicateScores:
    """First-order sums of one group at coefficients (p, R), by event time (m): ``value`` (R,) and
    ``event_x`` (p, R) of the events; ``events`` (m, R); ``leaving0`` (m, R), ``leaving1`` and
    ``leaving2`` (m, p, R): risk, risk times covariates, and times their squares (one empty row
    where they were not asked for) of the spells by the time they leave."""

    value: Floats
    event_x: Floats
    events: Floats
    leaving0: Floats
    leaving1: Floats
    leaving2: Floats

    def merge(self, other: "ReplicateScores") -> "ReplicateScores":
        """The sums of both sets of spells."""
        return ReplicateScores(
            *(getattr(self, f.name) + getattr(other, f.name) for f in fields(self))
        )


def replicate_scores(
    block: SpellBlock,
    number: int,
    grid: EventGrid,
    beta: Floats,
    centre: float,
    draw: Draw,
    squares: bool,
) -> ReplicateScores:
    """Sums of a block's informative spells of one group."""
    group = block.groups[number]
    rows, x = group.rows, group.x
    if group.left_out.any():
        rows, x = rows[~group.left_out], x[~group.left_out]
    # Rows in order of the time they leave: sums by time are products of consecutive rows.
    last = np.searchsorted(grid.time, block.duration[rows], side="right") - 1
    order = np.argsort(last, kind="stable")
    order = order[np.searchsorted(last[order], 0) :]
    rows, x, last = rows[order], x[order], last[order]
    weights = draw.weights(block.person[rows])
    predictor = x @ beta - centre
    m, p, count = len(grid.time), x.shape[1], weights.shape[1]
    happened = weights * block.event[rows][:, None]
    value, event_x = np.einsum("nr,nr->r", happened, predictor), x.T @ happened
    weighted = np.exp(predictor, out=predictor)
    weighted *= weights
    by_time = sparse.csr_matrix((np.ones(len(last)), (last, np.arange(len(last)))), (m, len(last)))
    first, second = np.zeros((m, p, count)), np.zeros((m if squares else 0, p, count))
    times, starts = np.unique(last, return_index=True)
    for time, low, high in zip(times, starts, np.append(starts, len(last))[1:], strict=True):
        first[time] = x[low:high].T @ weighted[low:high]
        if squares:
            second[time] = (x[low:high] ** 2).T @ weighted[low:high]
    return ReplicateScores(value, event_x, by_time @ happened, by_time @ weighted, first, second)


@dataclass(frozen=True, slots=True)
class ReplicateModel:
    """One group's models in R replicates as they travel: ``beta`` (p, R), relative to a predictor
    of ``centre``; ``log_factors`` (H, R)."""

    beta: Floats
    centre: float
    log_factors: Floats

    def risk(self, group: GroupRows, own: Indices | None = None) -> Floats:
        """exp(x beta) (n_g, R) of a block's spells, or some of them; 0 in a level without events."""
        x, certain = (group.x, group.certain) if own is None else (group.x[own], group.certain[own])
        risk = x @ self.beta
        risk -= self.centre
        np.exp(risk, out=risk)
        risk[certain] = 0.0
        return risk


@dataclass(frozen=True, slots=True)
class ReplicateRisks:
    """Per group and week (G, H, R): ``ended`` risk of the spells that leave; ``own`` risk,
    ``deaths`` weights and ``number`` of the events drawn; ``low`` and ``high`` (G, R): smallest and
    largest log risk drawn."""

    ended: Floats
    own: Floats
    deaths: Floats
    number: Floats
    low: Floats
    high: Floats

    def merge(self, other: "ReplicateRisks") -> "ReplicateRisks":
        """The sums of both sets of spells."""
        return ReplicateRisks(
            self.ended + other.ended,
            self.own + other.own,
            self.deaths + other.deaths,
            self.number + other.number,
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
        )


def replicate_risks(
    block: SpellBlock, models: Sequence[ReplicateModel], draw: Draw
) -> ReplicateRisks:
    """Sums the baselines need."""
    size, count = block.horizon, draw.count
    ended, own, deaths, number = (np.zeros((len(models), size, count)) for _ in range(4))
    low, high = np.full((len(models), count), np.inf), np.full((len(models), count), -np.inf)
    for g, (model, group) in enumerate(zip(models, block.groups, strict=True)):
        weights, risk = draw.weights(block.person[group.rows]), model.risk(group)
        with np.errstate(divide="ignore"):
            log = np.log(risk)
        drawn = (weights > 0) & ~group.certain[:, None]
        low[g] = np.min(log, axis=0, initial=np.inf, where=drawn)
        high[g] = np.max(log, axis=0, initial=-np.inf, where=drawn)
        risk *= weights
        last, seen = block.last[group.rows], np.flatnonzero(block.seen[group.rows])
        ended[g] = grouping(last, size) @ risk
        at_event = grouping(last[seen], size)
        own[g], deaths[g] = at_event @ risk[seen], at_event @ weights[seen]
        number[g] = at_event @ (weights[seen] > 0).astype(float)
    return ReplicateRisks(ended, own, deaths, number, low, high)


def replicate_baseline_ties(
    block: SpellBlock, models: Sequence[ReplicateModel], draw: Draw, factor: Floats
) -> TieSums:
    """Tied-event sums by group, week and replicate at log factors (G H R,)."""
    size, count, total = block.horizon, draw.count, TieSums.zero(len(factor))
    for g, (model, group) in enumerate(zip(models, block.groups, strict=True)):
        own = np.flatnonzero(block.seen[group.rows])
        weights = draw.weights(block.person[group.rows[own]])
        risk = model.risk(group, own)
        cell = ((g * size + block.last[group.rows[own]]) * count)[:, None] + np.arange(count)
        drawn = weights > 0
        total = total.merge(tie_sums(cell[drawn], weights[drawn], risk[drawn], factor))
    return total


def replicate_multiplier_ties(
    block: SpellBlock, models: Sequence[ReplicateModel], draw: Draw, factor: Floats
) -> TieSums:
    """Tied-event sums by unit, week and replicate at minus the multipliers (K H R,)."""
    size, count, total = block.horizon, draw.count, TieSums.zero(len(factor))
    for model, group in zip(models, block.groups, strict=True):
        own = np.flatnonzero(block.seen[group.rows])
        rows = group.rows[own]
        weights = draw.weights(block.person[rows])
        hazard = -model.risk(group, own) * model.log_factors[block.last[rows]]
        cell = ((block.unit[rows] * size + block.last[rows]) * count)[:, None] + np.arange(count)
        drawn = weights > 0
        total = total.merge(tie_sums(cell[drawn], weights[drawn], hazard[drawn], factor))
    return total


def grouping(position: Indices, size: int) -> sparse.csr_matrix:
    """Matrix (size, n) that sums rows by position."""
    n = len(position)
    return sparse.csr_matrix((np.ones(n), (position, np.arange(n))), (size, n))
