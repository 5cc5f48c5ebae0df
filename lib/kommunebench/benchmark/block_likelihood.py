"""The partial likelihood of one group's spells in blocks: the sums of survival.cox_sums, one pass
over the blocks each."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from kommunebench.benchmark.spell_arrays import Floats
from kommunebench.benchmark.spell_blocks import Blocks, SpellBlock
from kommunebench.survival.column_moments import ColumnMoments, column_moments
from kommunebench.survival.cox_sums import (
    CoxRows,
    CoxSums,
    Score,
    Terms,
    block_information,
    block_sums,
    information,
    score,
)
from kommunebench.survival.partial_likelihood import Ties
from kommunebench.survival.risk_sets import EventGrid, lay_out


@dataclass(frozen=True, slots=True)
class Scaling:
    """Columns are centred and divided by their spread, which keeps the sums small; coefficients are
    put back afterwards."""

    centre: Floats
    scale: Floats


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """Moments of a group's informative spells, and the distinct durations that ended in an event."""

    moments: ColumnMoments
    event_times: Floats

    def merge(self, other: "GroupFacts") -> "GroupFacts":
        """The facts of both sets of spells."""
        return GroupFacts(
            self.moments.merge(other.moments), np.union1d(self.event_times, other.event_times)
        )


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix of sums."""

    total: Floats

    def merge(self, other: "Matrix") -> "Matrix":
        """The sum of both."""
        return Matrix(self.total + other.total)


@dataclass(frozen=True, slots=True)
class Matrices:
    """One matrix of sums per group."""

    totals: tuple[Floats, ...]

    def merge(self, other: "Matrices") -> "Matrices":
        """The sums of both."""
        return Matrices(tuple(a + b for a, b in zip(self.totals, other.totals, strict=True)))


def group_facts(block: SpellBlock, number: int) -> GroupFacts:
    """Facts of a block's spells of one group."""
    group = block.groups[number]
    rows = group.rows[~group.left_out]
    return GroupFacts(
        column_moments(group.x[~group.left_out]),
        np.unique(block.duration[rows[block.event[rows]]]).astype(float),
    )


def block_cox_sums(
    block: SpellBlock, number: int, grid: EventGrid, scaling: Scaling, beta: Floats, ties: Ties
) -> CoxSums:
    """First phase of a Newton step over a block's spells of one group."""
    return block_sums(cox_rows(block, number, grid, scaling), beta, ties)


def block_cox_information(
    block: SpellBlock, number: int, grid: EventGrid, scaling: Scaling, beta: Floats, terms: Terms
) -> Matrix:
    """Second phase of a Newton step over a block's spells of one group."""
    return Matrix(block_information(cox_rows(block, number, grid, scaling), beta, terms))


def cox_rows(block: SpellBlock, number: int, grid: EventGrid, scaling: Scaling) -> CoxRows:
    """A block's informative spells of one group over the event times of the whole."""
    group = block.groups[number]
    rows, x = group.rows, group.x
    if group.left_out.any():
        rows, x = rows[~group.left_out], x[~group.left_out]
    n = len(rows)
    layout = lay_out(
        block.duration[rows].astype(float),
        block.event[rows],
        np.zeros(n),
        np.zeros(n, np.intp),
        grid,
    )
    return CoxRows(layout, (x - scaling.centre) / scaling.scale, np.ones(n), np.zeros(n))


@dataclass(frozen=True, slots=True)
class BlockLikelihood:
    """The partial likelihood of one group's spells in blocks: what newton.maximise maximises, one
    sum over the blocks a pass."""

    blocks: Blocks
    number: int
    grid: EventGrid
    scaling: Scaling
    ties: Ties

    def score(self, beta: Floats) -> Score:
        """First pass: value, gradient and terms."""
        part = partial(
            block_cox_sums,
            number=self.number,
            grid=self.grid,
            scaling=self.scaling,
            beta=beta,
            ties=self.ties,
        )
        return score(self.blocks.total(part), self.grid, self.ties)

    def information(self, beta: Floats, terms: Terms) -> Floats:
        """Second pass: minus the Hessian (p, p)."""
        part = partial(
            block_cox_information,
            number=self.number,
            grid=self.grid,
            scaling=self.scaling,
            beta=beta,
            terms=terms,
        )
        return information(self.blocks.total(part).total, terms)
