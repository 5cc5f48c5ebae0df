"""Spells with facts beside them that the model does not see, and blocks with spells recoded by
them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

import numpy as np

from kommunebench.benchmark.blocks.block import (
    Blocks,
    Floats,
    GroupSpells,
    Indices,
    MemoryBlocks,
    SpellBlock,
    Sums,
)

Facts = Mapping[str, Indices]
S = TypeVar("S", bound=Sums)
# A spell of which a fact is not known has this code.
UNKNOWN = -1
# The columns of a block that hold one value a spell.
BY_SPELL = ("duration", "event", "unit", "person", "exit_week", "seen", "position")


class FactBlocks(Protocol):
    """Blocks of spells, each with the facts (codes, one a spell in the block's order)."""

    def total_with_facts(self, sums_of: Callable[[SpellBlock, Facts], S]) -> S:
        """The merged results of a function of a block and its facts over all blocks."""
        ...

    def recoded(self, recode: Callable[[SpellBlock, Facts], SpellBlock]) -> Blocks:
        """The same spells with other units, groups or durations."""
        ...


@dataclass(frozen=True, slots=True)
class MemoryFacts:
    """Blocks in memory; ``facts``: codes (n,) in the order of what the blocks were made of."""

    blocks: MemoryBlocks
    facts: Facts

    def total_with_facts(self, sums_of: Callable[[SpellBlock, Facts], S]) -> S:
        """As FactBlocks."""
        return self.blocks.total(lambda block: sums_of(block, self._of_block(block)))

    def recoded(self, recode: Callable[[SpellBlock, Facts], SpellBlock]) -> MemoryBlocks:
        """As FactBlocks, made once."""
        blocks = tuple(recode(block, self._of_block(block)) for block in self.blocks.blocks)
        n_groups = len(blocks[0].groups)
        group_x = tuple(
            np.concatenate([block.groups[group].x for block in blocks]) for group in range(n_groups)
        )
        return MemoryBlocks(blocks, group_x)

    def _of_block(self, block: SpellBlock) -> Facts:
        return {name: codes[block.position] for name, codes in self.facts.items()}


@dataclass(frozen=True, slots=True)
class Recoded:
    """Blocks whose spells are recoded whenever a sum over them is asked for."""

    blocks: FactBlocks
    recode: Callable[[SpellBlock, Facts], SpellBlock]

    def total(self, part: Callable[[SpellBlock], S]) -> S:
        """The merged results of ``part`` over the recoded blocks."""
        return self.blocks.total_with_facts(
            partial(_sums_of_recoded, sums_of=part, recode=self.recode)
        )


def _sums_of_recoded(
    block: SpellBlock,
    facts: Facts,
    sums_of: Callable[[SpellBlock], S],
    recode: Callable[[SpellBlock, Facts], SpellBlock],
) -> S:
    return sums_of(recode(block, facts))


def as_it_is(block: SpellBlock, facts: Facts) -> SpellBlock:
    """The block itself."""
    return block


def with_units(block: SpellBlock, unit: Indices, n_units: int) -> SpellBlock:
    """The block with its spells in other units (n,)."""
    groups = tuple(replace(group, unit=unit[group.rows]) for group in block.groups)
    return replace(block, unit=unit, n_units=n_units, groups=groups, memo={})


def taken(block: SpellBlock, kept: Indices, lengths: tuple[int, ...]) -> SpellBlock:
    """The spells at the given places of a block, in that order; ``lengths``: how many of them
    belong to each of the block's groups, which stay as they are."""
    bounds = np.cumsum([0, *lengths])
    groups = []
    for start, stop, group in zip(bounds[:-1], bounds[1:], block.groups, strict=True):
        places = kept[start:stop] - group.rows.start
        groups.append(
            GroupSpells(
                slice(int(start), int(stop)),
                group.x[places],
                group.unit[places],
                group.zero_hazard[places],
            )
        )
    return replace(
        block,
        **{name: getattr(block, name)[kept] for name in BY_SPELL},
        groups=tuple(groups),
        memo={},
    )


@dataclass(frozen=True, slots=True)
class UnitSums:
    """Values summed by unit, or by cell of a table (…)."""

    values: Floats

    def merge(self, other: "UnitSums") -> "UnitSums":
        """The sums of both sets of spells."""
        return UnitSums(self.values + other.values)
