"""Effects of the units in models of recoded spells, whose groups have other spells than the
layout's."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import (
    Blocks,
    Floats,
    GroupSpells,
    SpellBlock,
    grouping,
)
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.covariates.constant import within_share
from kommunebench.benchmark.covariates.unit_effects import ConstantColumns, UnitEffects


@dataclass(frozen=True, slots=True, kw_only=True)
class _GroupOfUnits:
    """Of one group's spells by unit: number and events (K,); of the design's columns the sums, the
    sums of squares, and the smallest and largest value (K, p), infinite where a unit has no
    spells."""

    n_spells: Floats
    n_events: Floats
    sums: Floats
    squares: Floats
    low: Floats
    high: Floats

    def merge(self, other: "_GroupOfUnits") -> "_GroupOfUnits":
        return _GroupOfUnits(
            n_spells=self.n_spells + other.n_spells,
            n_events=self.n_events + other.n_events,
            sums=self.sums + other.sums,
            squares=self.squares + other.squares,
            low=np.minimum(self.low, other.low),
            high=np.maximum(self.high, other.high),
        )

    def effects(self, layout: RecordLayout, of_outcomes: bool) -> UnitEffects:
        """The effects, with the columns that hardly vary within units and are not the same in all
        of them (those the fit omits by itself)."""
        known = self.n_spells > 0
        low, high = self.low[known], self.high[known]
        exact = (low == high).all(axis=0)
        same = low.min(axis=0, initial=np.inf) == high.max(axis=0, initial=-np.inf)
        # Of the limits where they are one value, which a mean is up to rounding.
        mean = self.sums / np.maximum(self.n_spells, 1.0)[:, None]
        mean = np.where(self.low == self.high, np.where(known[:, None], self.low, 0.0), mean)
        deviations = np.maximum(self.squares - self.n_spells[:, None] * mean**2, 0.0)
        nearly = within_share(self.n_spells, mean, deviations) <= layout.constant_share
        positions = np.flatnonzero((exact | nearly) & ~same)
        constant = ConstantColumns(positions, mean[:, positions])
        made = UnitEffects.of_outcomes if of_outcomes else UnitEffects.of_counts
        return made(self.n_spells, self.n_events, layout.unit_names, constant)


@dataclass(frozen=True, slots=True)
class _Groups:
    groups: tuple[_GroupOfUnits, ...]

    def merge(self, other: "_Groups") -> "_Groups":
        pairs = zip(self.groups, other.groups, strict=True)
        return _Groups(tuple(one.merge(two) for one, two in pairs))


def recoded_effects(
    blocks: Blocks, layout: RecordLayout, *, of_outcomes: bool = False
) -> tuple[UnitEffects, ...]:
    """The effects of the units in the model of every group of the blocks; ``layout``: of the
    recoded groups. ``of_outcomes``: they are effects on the log odds, of the cases in no level in
    which all or none succeed."""
    counted = blocks.total(partial(_count, of_outcomes=of_outcomes))
    return tuple(group.effects(layout, of_outcomes) for group in counted.groups)


def _count(block: SpellBlock, of_outcomes: bool) -> _Groups:
    return _Groups(tuple(_count_group(block, group, of_outcomes) for group in block.groups))


def _count_group(block: SpellBlock, group: GroupSpells, of_outcomes: bool) -> _GroupOfUnits:
    event, x, unit = block.event[group.rows], group.x, group.unit
    if of_outcomes:
        inside = ~group.zero_hazard
        event, x, unit = event[inside], x[inside], unit[inside]
    shape = (block.n_units, x.shape[1])
    low, high = np.full(shape, np.inf), np.full(shape, -np.inf)
    np.minimum.at(low, unit, x)
    np.maximum.at(high, unit, x)
    by_unit = grouping(unit, block.n_units)
    return _GroupOfUnits(
        n_spells=np.bincount(unit, minlength=block.n_units).astype(float),
        n_events=np.bincount(unit, event, block.n_units).astype(float),
        sums=by_unit @ x,
        squares=by_unit @ x**2,
        low=low,
        high=high,
    )
