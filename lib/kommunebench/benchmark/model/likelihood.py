"""The likelihood of one group's spells in blocks, and other sums over its risk sets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from kommunebench.benchmark.blocks.block import (
    Blocks,
    Flags,
    Floats,
    GroupSpells,
    Indices,
    SpellBlock,
    grouping,
)
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.model.national import ModelChoice, NationalModel
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
from kommunebench.survival.piecewise import piecewise_score
from kommunebench.survival.risk_sets import EventGrid, lay_out, weighted_sum

Model = TypeVar("Model")


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


def fit_columns(x: Floats, unit: Indices, effects: UnitEffects | None) -> Floats:
    """The columns (n, u + p) of a fit from those of the design (n, p): before them the effects of
    the units; columns that are constant within units are 0, so that the fit omits them."""
    if effects is None:
        return x
    columns = np.concatenate([effects.matrix(unit), x], axis=1)
    columns[:, len(effects.units) + effects.constant.positions] = 0.0
    return columns


def in_fit(spells: GroupSpells, effects: UnitEffects | None) -> Flags:
    """Spells (n_g,) whose hazard in the fit is not zero: neither in a level nor in a unit without
    events."""
    if effects is None:
        return ~spells.zero_hazard
    return ~spells.zero_hazard & effects.with_events[spells.unit]


def group_facts(block: SpellBlock, group: int, effects: UnitEffects | None = None) -> GroupFacts:
    """Facts of a block's spells of one group."""
    spells = block.groups[group]
    inside = in_fit(spells, effects)
    events = block.event[spells.rows] & inside
    return GroupFacts(
        column_moments(fit_columns(spells.x[inside], spells.unit[inside], effects)),
        np.unique(block.duration[spells.rows][events]).astype(float),
    )


def cox_rows(
    block: SpellBlock,
    group: int,
    grid: EventGrid,
    scaling: Scaling,
    effects: UnitEffects | None,
) -> CoxRows:
    """A block's spells of one group in the fit, over the event times of the whole."""
    spells = block.groups[group]
    inside = in_fit(spells, effects)
    duration, event = block.duration[spells.rows][inside], block.event[spells.rows][inside]
    x = fit_columns(spells.x[inside], spells.unit[inside], effects)
    n = len(duration)
    layout = lay_out(duration.astype(float), event, np.zeros(n), np.zeros(n, np.intp), grid)
    return CoxRows(layout, (x - scaling.centre) / scaling.scale, np.ones(n), np.zeros(n))


def score_residuals(block: SpellBlock, group: int, model: NationalModel) -> Floats:
    """Score residuals (n_g, u + p) of a block's spells of one group; zero outside the fit."""
    spells, beta, effects = block.groups[group], model.estimate.beta, model.unit_effects
    rows = cox_rows(block, group, model.grid, Scaling.none(len(beta)), effects)
    residuals = np.zeros((len(spells.x), len(beta)))
    residuals[in_fit(spells, effects)] = block_score_residuals(rows, beta, model.terms)
    return residuals


def squared_scores(
    blocks: Blocks,
    models: Sequence[Model],
    scores: Callable[[SpellBlock, int, Model], Floats],
) -> tuple[Floats, ...]:
    """Per group the outer products (p, p) of the scores of its spells (n_g, p) summed by person,
    added up over persons, from one pass."""
    squares = partial(_squared_scores, models=tuple(models), scores=scores)
    return blocks.total(squares).totals


def _squared_scores(
    block: SpellBlock,
    models: Sequence[Model],
    scores: Callable[[SpellBlock, int, Model], Floats],
) -> Matrices:
    matrices = []
    for group, model in enumerate(models):
        _, code = np.unique(block.person[block.groups[group].rows], return_inverse=True)
        by_person = grouping(code, int(code.max(initial=-1)) + 1) @ scores(block, group, model)
        matrices.append(by_person.T @ by_person)
    return Matrices(tuple(matrices))


def event_covariates(block: SpellBlock, models: Sequence[NationalModel]) -> Matrices:
    """Per group the columns of the events summed by event time (m, u + p)."""
    matrices = []
    for group, model in enumerate(models):
        scaling = Scaling.none(len(model.estimate.beta))
        rows = cox_rows(block, group, model.grid, scaling, model.unit_effects)
        matrices.append(weighted_sum(rows.risk.tied, rows.weights, rows.x))
    return Matrices(tuple(matrices))


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockLikelihood:
    """The partial likelihood of one group's spells in blocks, or the likelihood of a hazard that is
    constant within intervals: what newton.maximise maximises. A pass over the blocks gives one
    sum."""

    blocks: Blocks
    group: int
    grid: EventGrid
    scaling: Scaling
    choice: ModelChoice
    effects: UnitEffects | None = None

    def score(self, beta: Floats) -> Score:
        """First pass: value, gradient and terms."""
        sums_of_block = partial(_score_sums, likelihood=self._travelling, beta=beta)
        sums = self.blocks.total(sums_of_block)
        intervals = self.choice.intervals(len(self.grid.time))
        if intervals is not None:
            return piecewise_score(sums, self.grid, intervals)
        return score(sums, self.grid, self.choice.ties)

    def information(self, beta: Floats, terms: Terms) -> Floats:
        """Second pass: minus the Hessian (p, p)."""
        sums_of_block = partial(_gram, likelihood=self._travelling, beta=beta, terms=terms)
        return information(self.blocks.total(sums_of_block).totals[0], terms)

    @property
    def _travelling(self) -> "_Travelling":
        return _Travelling(self.group, self.grid, self.scaling, self.choice.ties, self.effects)


@dataclass(frozen=True, slots=True)
class _Travelling:
    """What of a likelihood goes to the blocks."""

    group: int
    grid: EventGrid
    scaling: Scaling
    ties: Ties
    effects: UnitEffects | None

    def rows(self, block: SpellBlock) -> CoxRows:
        return cox_rows(block, self.group, self.grid, self.scaling, self.effects)


def _score_sums(block: SpellBlock, likelihood: _Travelling, beta: Floats) -> CoxSums:
    return block_sums(likelihood.rows(block), beta, likelihood.ties)


def _gram(block: SpellBlock, likelihood: _Travelling, beta: Floats, terms: Terms) -> Matrices:
    return Matrices((block_information(likelihood.rows(block), beta, terms),))
