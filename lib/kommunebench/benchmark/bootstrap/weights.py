"""Case weights of the person bootstrap: Poisson(1), the same for a person in whatever order or
partition the spells come."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from kommunebench.benchmark.blocks.block import Flags, Floats, Indices, SpellBlock
from kommunebench.benchmark.blocks.person_keys import Keys

_CUMULATIVE = stats.poisson.cdf(np.arange(20), 1.0)
# The weight by the first 16 of a number's bits; _UNSURE where it takes the rest to tell.
_UNSURE = 255


def _table() -> NDArray[np.uint8]:
    low = np.arange(2**16) / 2.0**16
    first = np.searchsorted(_CUMULATIVE, low, side="right")
    last = np.searchsorted(_CUMULATIVE, np.nextafter(low + 2.0**-16, 0.0), side="right")
    return np.where(first == last, first, _UNSURE).astype(np.uint8)


_WEIGHTS = _table()


def poisson_weights(keys: Keys, replicates: Indices, seed: int) -> NDArray[np.uint8]:
    """Weights (n, R): each of seed, replicate and person gives one Poisson(1) number for all spells
    of the person."""
    start = np.uint64((seed * 0x9E3779B97F4A7C15 + 1) % 2**64)
    with np.errstate(over="ignore"):
        streams = _mix(np.asarray(replicates, np.uint64) + start)
    bits = _mix(keys[:, None] ^ streams[None, :])
    weights = _WEIGHTS[bits >> np.uint64(48)]
    unsure = np.nonzero(weights == _UNSURE)
    weights[unsure] = poisson_quantile(bits[unsure])
    return weights


def poisson_quantile(bits: Keys) -> Indices:
    """The Poisson(1) number whose share of [0, 1) holds the uniform number of these bits."""
    return np.searchsorted(
        _CUMULATIVE, (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53, side="right"
    )


def _mix(value: Keys) -> Keys:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014): neighbouring numbers become
    unrelated ones."""
    with np.errstate(over="ignore"):
        value = value + np.uint64(0x9E3779B97F4A7C15)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return value ^ (value >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Draw:
    """A batch of replicates: weights are Poisson(1) by seed, replicate and person.

    ``kept``: the positions among ``replicates`` that are still wanted; None for all of them.
    """

    seed: int
    replicates: tuple[int, ...]
    kept: tuple[int, ...] | None = None

    @property
    def count(self) -> int:
        """R, the number of columns of the weights."""
        return len(self.replicates if self.kept is None else self.kept)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the replicates that are wanted (R,)."""
        if self.kept is None:
            return self.replicates
        return tuple(self.replicates[position] for position in self.kept)

    def of(self, block: SpellBlock) -> Floats:
        """The weights (n, R) of a block's spells, whose ``person`` must be keys of persons."""
        key = self.seed, self.replicates
        small = block.remember("weights", key, lambda: self._all(block.person))
        return (small if self.kept is None else small[:, list(self.kept)]).astype(float)

    def only(self, chosen: Flags) -> "Draw":
        """The chosen ones of all replicates."""
        return replace(self, kept=tuple(np.flatnonzero(chosen).tolist()))

    def _all(self, person: np.ndarray) -> NDArray[np.uint8]:
        keys = np.ascontiguousarray(person).view(np.uint64)
        return poisson_weights(keys, np.array(self.replicates, np.intp), self.seed)
