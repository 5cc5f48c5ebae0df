"""The partial likelihood of one group's spells in blocks, and other sums over its risk sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Floats, SpellBlock
from kommunebench.benchmark.model.national import NationalModel
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
from kommunebench.survival.partial_likelihood import Ties, block_score_residuals
from kommunebench.survival.risk_sets import EventGrid, lay_out, weighted_sum


@dataclass(frozen=True, slots=True)
class Scaling:
    """Columns are centred and divided by their spread while a model is fitted, which keeps the sums
    small; coefficients are put back afterwards."""

    centre: Floats
    scale: Floats

    @staticmethod
    def none(n_columns: int) -> "Scaling":
        """Columns as they are."""
        return Scaling(np.zeros(n_columns), np.ones(n_columns))


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """Moments of the covariates of a group's spells in the fit, and the distinct durations that
    ended in an event."""

    moments: ColumnMoments
    event_times: Floats

    def merge(self, other: "GroupFacts") -> "GroupFacts":
        """The facts of both sets of spells."""
        return GroupFacts(
            self.moments.merge(other.moments), np.union1d(self.event_times, other.event_times)
        )


@dataclass(frozen=True, slots=True)
class Matrices:
    """One matrix of sums per group."""

    totals: tuple[Floats, ...]

    def merge(self, other: "Matrices") -> "Matrices":
        """The sums of both."""
        return Matrices(tuple(a + b for a, b in zip(self.totals, other.totals, strict=True)))


def group_facts(block: SpellBlock, group: int) -> GroupFacts:
    """Facts of a block's spells of one group."""
    spells = block.groups[group]
    in_fit = ~spells.outside_fit
    events = block.event[spells.rows] & in_fit
    return GroupFacts(
        column_moments(spells.x[in_fit]),
        np.unique(block.duration[spells.rows][events]).astype(float),
    )


def cox_rows(block: SpellBlock, group: int, grid: EventGrid, scaling: Scaling) -> CoxRows:
    """A block's spells of one group in the fit, over the event times of the whole."""
    spells = block.groups[group]
    duration, event, x = block.duration[spells.rows], block.event[spells.rows], spells.x
    if spells.outside_fit.any():
        in_fit = ~spells.outside_fit
        duration, event, x = duration[in_fit], event[in_fit], x[in_fit]
    n = len(duration)
    layout = lay_out(duration.astype(float), event, np.zeros(n), np.zeros(n, np.intp), grid)
    return CoxRows(layout, (x - scaling.centre) / scaling.scale, np.ones(n), np.zeros(n))


def score_residuals(block: SpellBlock, group: int, model: NationalModel) -> Floats:
    """Score residuals (n_g, p) of a block's spells of one group; zero outside the fit."""
    spells = block.groups[group]
    rows = cox_rows(block, group, model.grid, Scaling.none(len(model.estimate.beta)))
    residuals = np.zeros(spells.x.shape)
    residuals[~spells.outside_fit] = block_score_residuals(rows, model.estimate.beta, model.terms)
    return residuals


def event_covariates(block: SpellBlock, models: Sequence[NationalModel]) -> Matrices:
    """Per group the covariates of the events summed by event time (m, p)."""
    matrices = []
    for group, model in enumerate(models):
        rows = cox_rows(block, group, model.grid, Scaling.none(len(model.estimate.beta)))
        matrices.append(weighted_sum(rows.risk.tied, rows.weights, rows.x))
    return Matrices(tuple(matrices))


@dataclass(frozen=True, slots=True)
class BlockLikelihood:
    """The partial likelihood of one group's spells in blocks: what newton.maximise maximises. A
    pass over the blocks gives one sum."""

    blocks: Blocks
    group: int
    grid: EventGrid
    scaling: Scaling
    ties: Ties

    def score(self, beta: Floats) -> Score:
        """First pass: value, gradient and terms."""
        sums_of_block = partial(_score_sums, likelihood=self._travelling, beta=beta)
        return score(self.blocks.total(sums_of_block), self.grid, self.ties)

    def information(self, beta: Floats, terms: Terms) -> Floats:
        """Second pass: minus the Hessian (p, p)."""
        sums_of_block = partial(_gram, likelihood=self._travelling, beta=beta, terms=terms)
        return information(self.blocks.total(sums_of_block).totals[0], terms)

    @property
    def _travelling(self) -> "_Travelling":
        return _Travelling(self.group, self.grid, self.scaling, self.ties)


@dataclass(frozen=True, slots=True)
class _Travelling:
    """What of a likelihood goes to the blocks."""

    group: int
    grid: EventGrid
    scaling: Scaling
    ties: Ties

    def rows(self, block: SpellBlock) -> CoxRows:
        return cox_rows(block, self.group, self.grid, self.scaling)


def _score_sums(block: SpellBlock, likelihood: _Travelling, beta: Floats) -> CoxSums:
    return block_sums(likelihood.rows(block), beta, likelihood.ties)


def _gram(block: SpellBlock, likelihood: _Travelling, beta: Floats, terms: Terms) -> Matrices:
    return Matrices((block_information(likelihood.rows(block), beta, terms),))
