"""Blocks of spells, and what of the models travels to them: the pieces both engines run the same
sums over.

A block is the whole data in memory, or a batch of persons inside a Spark task. Every step of the
chain is a function of a block and of numbers of the size of units, weeks and terms; its results add
up (``merge``), so that nothing the driver holds grows with spells.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol, Self, TypeVar

import numpy as np

from kommunebench.benchmark.design import UnitColumns
from kommunebench.benchmark.expected import GroupModel, log_survival_of
from kommunebench.benchmark.spell_arrays import Flags, Floats, Indices, SpellArrays
from kommunebench.survival.baseline import BaselineMethod
from kommunebench.survival.cox_sums import Terms
from kommunebench.survival.partial_likelihood import PartialLikelihood, Ties
from kommunebench.survival.risk_sets import EventGrid


class Sums(Protocol):
    """What blocks give: results that add up."""

    def merge(self, other: Self) -> Self:
        """The sums of both sets of spells."""
        ...


S = TypeVar("S", bound=Sums)


@dataclass(frozen=True, slots=True)
class GroupRows:
    """A block's spells of one group: ``rows`` of the block, rising; covariates ``x`` (n_g, p);
    ``certain``: in a level without events; ``left_out``: not in the fit, being certain or in a unit
    without events whose effect the model has."""

    rows: Indices
    x: Floats
    certain: Flags
    left_out: Flags


@dataclass(frozen=True, slots=True)
class SpellBlock:
    """n spells in K units over H weeks; ``person`` is any number that is the same for a person's
    spells, which lie all in one block.

    ``durations``: expected and robust duration of each spell, where they are known already.
    """

    duration: Indices
    event: Flags
    unit: Indices
    person: np.ndarray
    groups: Sequence[GroupRows]
    units: int
    horizon: int
    durations: tuple[Floats, Floats] | None = None

    @property
    def last(self) -> Indices:
        """Position of the week (0 … H - 1) in which each spell leaves the risk sets (n,)."""
        return np.minimum(self.duration, self.horizon) - 1

    @property
    def seen(self) -> Flags:
        """Spells that end in an event within the horizon (n,)."""
        return self.event & (self.duration <= self.horizon)

    def take(self, rows: Indices) -> "SpellBlock":
        """Some of the spells, in the order given."""
        groups = []
        for group in self.groups:
            place = np.full(len(self.duration), -1, np.intp)
            place[group.rows] = np.arange(len(group.rows))
            position = place[rows]
            own = np.flatnonzero(position >= 0)
            groups.append(
                GroupRows(
                    own,
                    group.x[position[own]],
                    group.certain[position[own]],
                    group.left_out[position[own]],
                )
            )
        known = (
            None if self.durations is None else (self.durations[0][rows], self.durations[1][rows])
        )
        return SpellBlock(
            self.duration[rows],
            self.event[rows],
            self.unit[rows],
            self.person[rows],
            tuple(groups),
            self.units,
            self.horizon,
            known,
        )


class Blocks(Protocol):
    """Spells in blocks, wherever they are: the sum of a function over them."""

    def total(self, part: Callable[[SpellBlock], S]) -> S:
        """The merged results of ``part`` over all blocks."""
        ...


@dataclass(frozen=True, slots=True)
class MemoryBlocks:
    """Blocks held in memory."""

    blocks: Sequence[SpellBlock]

    def total(self, part: Callable[[SpellBlock], S]) -> S:
        """Added up in the order given."""
        return merged(part(block) for block in self.blocks)


def merged(parts: Iterable[S]) -> S:
    """The sum of one or more results, in order."""
    return reduce(lambda one, other: one.merge(other), parts)


@dataclass(frozen=True, slots=True)
class NationalModel:
    """One group's model as it travels: ``beta`` and ``covariance`` over p terms, the likelihood's
    ``terms`` at beta over the event times of ``grid``, and the log baseline factors of weeks 1 … H
    (empty before they are known). ``shared``: number of terms expected durations have; those after
    them are effects of the units."""

    beta: Floats
    covariance: Floats
    grid: EventGrid
    terms: Terms
    ties: Ties
    log_factors: Floats
    baseline: BaselineMethod
    shared: int
    units: UnitColumns | None = None

    @property
    def log_survival(self) -> Floats:
        """log S0 after 0, 1 … H - 1 weeks (H,)."""
        return log_survival_of(self.log_factors)

    @property
    def finite_factors(self) -> Floats:
        """Factors with a large number for minus infinity: where a whole group nationally succeeds
        in a week nobody is left."""
        return np.where(np.isneginf(self.log_factors), -1e3, self.log_factors)

    def risk(self, group: GroupRows) -> Floats:
        """exp(x beta) of a block's spells (n_g,) in a unit of average effect, 0 in a level without
        events."""
        return np.where(
            group.certain, 0.0, np.exp(group.x[:, : self.shared] @ self.beta[: self.shared])
        )

    def fit_risk(self, group: GroupRows) -> Floats:
        """The same with the effect of the spell's unit (n_g,): what baselines are estimated with."""
        return (
            self.risk(group)
            if self.units is None
            else np.where(group.left_out, 0.0, np.exp(group.x @ self.beta))
        )


def block_of(
    arrays: SpellArrays,
    models: Sequence[GroupModel],
    durations: tuple[Floats, Floats] | None = None,
) -> SpellBlock:
    """All spells of an analysis as one block."""
    groups = []
    for model in models:
        left_out = model.design.certain
        if model.units is not None:
            left_out = left_out | ~model.units.kept[arrays.unit[model.rows]]
        groups.append(GroupRows(model.rows, model.x, model.design.certain, left_out))
    return SpellBlock(
        arrays.duration,
        arrays.event,
        arrays.unit,
        arrays.person,
        tuple(groups),
        arrays.units,
        arrays.horizon,
        durations,
    )


def national(model: GroupModel) -> NationalModel:
    """What travels of a model fitted in memory."""
    assert model.fit is not None
    data = model.fit.data
    beta = model.fit.coefficients.to_numpy()
    terms = PartialLikelihood([data.rows], data.ties).score(beta).terms
    return NationalModel(
        beta,
        model.fit.covariance.to_numpy(),
        data.rows.risk.grid,
        terms,
        data.ties,
        model.log_factors,
        model.baseline,
        len(model.design.terms),
        model.units,
    )
