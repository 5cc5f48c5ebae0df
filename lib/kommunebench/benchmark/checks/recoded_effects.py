"""Effects of the units in models of recoded spells, whose groups have other spells than the
layout's."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Floats, SpellBlock
from kommunebench.benchmark.covariates.unit_effects import ConstantColumns, UnitEffects


@dataclass(frozen=True, slots=True)
class _GroupOfUnits:
    """Of one group's spells by unit: number and events (K,), smallest and largest value of the
    design's columns (K, p), infinite where a unit has no spells."""

    n_spells: Floats
    n_events: Floats
    low: Floats
    high: Floats

    def merge(self, other: "_GroupOfUnits") -> "_GroupOfUnits":
        return _GroupOfUnits(
            self.n_spells + other.n_spells,
            self.n_events + other.n_events,
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
        )

    def effects(self, unit_names: Sequence[str]) -> UnitEffects:
        """The effects, with the columns that are constant within every unit and not the same in
        all of them (those the fit omits by itself)."""
        known = self.n_spells > 0
        within = (self.low == self.high)[known].all(axis=0)
        same = self.low[known].min(axis=0, initial=np.inf) == self.high[known].max(
            axis=0, initial=-np.inf
        )
        positions = np.flatnonzero(within & ~same)
        values = np.where(known[:, None], self.low[:, positions], 0.0)
        constant = ConstantColumns(positions, values)
        return UnitEffects.of_counts(self.n_spells, self.n_events, unit_names, constant)


@dataclass(frozen=True, slots=True)
class _Groups:
    groups: tuple[_GroupOfUnits, ...]

    def merge(self, other: "_Groups") -> "_Groups":
        pairs = zip(self.groups, other.groups, strict=True)
        return _Groups(tuple(one.merge(two) for one, two in pairs))


def recoded_effects(blocks: Blocks, unit_names: Sequence[str]) -> tuple[UnitEffects, ...]:
    """The effects of the units in the model of every group of the blocks."""
    return tuple(group.effects(unit_names) for group in blocks.total(_count).groups)


def _count(block: SpellBlock) -> _Groups:
    groups = []
    for group in block.groups:
        shape = (block.n_units, group.x.shape[1])
        low, high = np.full(shape, np.inf), np.full(shape, -np.inf)
        np.minimum.at(low, group.unit, group.x)
        np.maximum.at(high, group.unit, group.x)
        n_spells = np.bincount(group.unit, minlength=block.n_units).astype(float)
        n_events = np.bincount(group.unit, block.event[group.rows], block.n_units).astype(float)
        groups.append(_GroupOfUnits(n_spells, n_events, low, high))
    return _Groups(tuple(groups))
