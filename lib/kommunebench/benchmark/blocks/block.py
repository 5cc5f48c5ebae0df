"""Blocks of spells: what every step of the benchmark is a function of.

A block is a set of spells that holds all spells of each of its persons. Every step is a function of
a block and of numbers whose size is that of units, weeks and terms; its results add up (``merge``).
Blocks lie in memory or are made inside Spark tasks, and the functions are the same.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import reduce
from typing import Any, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kommunebench.survival.threads import block_threads

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]

# Spells of a block: enough that sums by unit and week cost little beside the spells, and few enough
# that a pass of the fit, which writes the columns of the units out and holds three to four copies
# of spells times columns, needs some 300 MB a task however many units there are.
BLOCK_SPELLS = 50_000
BLOCK_CELLS = 10_000_000


def spells_of_block(n_columns: int) -> int:
    """How many spells make a block where the widest model has so many columns."""
    return max(1, min(BLOCK_SPELLS, BLOCK_CELLS // max(n_columns, 1)))


class Sums(Protocol):
    """What blocks give: results that add up."""

    def merge(self, other: Self) -> Self:
        """The sums of both sets of spells."""
        ...


S = TypeVar("S", bound=Sums)


@dataclass(frozen=True, slots=True)
class FieldSums:
    """Sums each of whose fields is a number or an array that adds up."""

    def merge(self, other: Self) -> Self:
        """The sums of both sets of spells."""
        return type(self)(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )


@dataclass(frozen=True, slots=True)
class GroupSpells:
    """A block's spells of one group, in the order of the week in which they leave the risk sets.

    ``rows``: their rows in the block; ``x`` (n_g, p): covariates, numbers centred; ``unit`` (n_g,):
    their units; ``zero_hazard`` (n_g,): spells in a level without events.
    """

    rows: slice
    x: Floats
    unit: Indices
    zero_hazard: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class SpellBlock:
    """n spells in K units over a horizon of H weeks, ordered by group and exit week.

    ``exit_week`` (n,) is the position (0 … H - 1) of the week in which a spell leaves the risk
    sets, ``seen`` whether it does so by an event within the horizon. ``person`` is any number that
    is the same for a person's spells; ``position`` where each spell stood in what the block was
    made of. ``memo`` keeps what is costly to make and asked for again (see ``remember``).
    """

    duration: Indices
    event: Flags
    unit: Indices
    person: np.ndarray
    exit_week: Indices
    seen: Flags
    position: Indices
    groups: Sequence[GroupSpells]
    n_units: int
    horizon: int
    memo: dict[str, tuple[Hashable, Any]] = field(default_factory=dict, compare=False, repr=False)

    def remember(self, name: str, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value of ``make()``, computed again only if the key differs from the last one under
        this name. A block in memory is asked for the same value many times, one in a task once."""
        known = self.memo.get(name)
        if known is None or known[0] != key:
            known = (key, make())
            self.memo[name] = known
        return known[1]

    def unit_sums(self, values: Floats) -> Floats:
        """Sum of the spells' values (n,) by unit (K,)."""
        return np.bincount(self.unit, values, self.n_units).astype(float)


class Blocks(Protocol):
    """Spells in blocks, wherever they are: the sum of a function over them."""

    def total(self, part: Callable[[SpellBlock], S]) -> S:
        """The merged results of ``part`` over all blocks."""
        ...


@dataclass(frozen=True, slots=True)
class MemoryBlocks:
    """Blocks held in memory, worked on by as many threads as the linear algebra may use.

    ``group_x``: the covariates of all spells of a group, of which the blocks hold parts.
    """

    blocks: Sequence[SpellBlock]
    group_x: Sequence[Floats]

    def total(self, part: Callable[[SpellBlock], S]) -> S:
        """The results of all blocks, added up in their order, whichever thread was first."""
        with block_threads(len(self.blocks)) as threads:
            return merged(threads.map(part, self.blocks))

    def by_spell(self, values: Callable[[SpellBlock], Floats]) -> Floats:
        """Values of all spells (n, …), in the order of what the blocks were made of."""
        with block_threads(len(self.blocks)) as threads:
            results = list(threads.map(values, self.blocks))
        position = np.concatenate([block.position for block in self.blocks])
        joined = np.concatenate(results)
        ordered = np.empty_like(joined)
        ordered[position] = joined
        return ordered

    def of_group(self, group: int, values: Callable[[SpellBlock], np.ndarray]) -> np.ndarray:
        """Values of a group's spells (n_g, …), in the order of ``group_x``."""
        return np.concatenate([values(block)[block.groups[group].rows] for block in self.blocks])


def merged(results: Iterable[S]) -> S:
    """The sum of one or more results, in order."""
    return reduce(lambda one, other: one.merge(other), results)


def grouping(position: Indices, size: int) -> sparse.csr_matrix:
    """The matrix (size, n) whose product with rows (n, …) sums them by position."""
    n = len(position)
    return sparse.csr_matrix((np.ones(n), (position, np.arange(n))), (size, n))


def backwards(values: Floats, axis: int) -> Floats:
    """Running sums from the last week back to the first, along the axis of the weeks."""
    return np.flip(np.cumsum(np.flip(values, axis), axis), axis)
