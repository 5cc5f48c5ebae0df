"""Limited-memory BFGS for many replicates at once (Nocedal 1980; Nocedal and Wright, Numerical
Optimization, 2nd edition, algorithm 7.4)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.blocks.block import Floats

# Steps that are remembered: a fit takes some ten, and each holds two arrays (p, R).
_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class _Secant:
    """What one step of the replicates taught: how far the coefficients moved and by how much the
    gradient fell (p, R), and one over their product (R,), 0 where a replicate did not move."""

    moved: Floats
    fallen: Floats
    inverse_product: Floats


class Secants:
    """The last steps of R replicates that climb their log likelihoods of p coefficients, each by
    itself. They correct an inverse information that serves all replicates to the curvature each of
    them has met on its way."""

    def __init__(self) -> None:
        self._secants: list[_Secant] = []

    def add(self, moved: Floats, fallen: Floats) -> None:
        """Remember a step (p, R) and how far the gradient fell by it (p, R); zeros for replicates
        that did not move."""
        product = np.einsum("pr,pr->r", moved, fallen)
        inverse = np.divide(1.0, product, out=np.zeros_like(product), where=product > 0)
        self._secants = [*self._secants[1 - _REMEMBERED :], _Secant(moved, fallen, inverse)]

    def step(self, gradient: Floats, inverse_information: Callable[[Floats], Floats]) -> Floats:
        """The next step (p, R) at a gradient (p, R), from ``inverse_information``, which multiplies
        a gradient by what is known of the curvature beforehand."""
        remaining = gradient.copy()
        shares = []
        for secant in reversed(self._secants):
            share = secant.inverse_product * np.einsum("pr,pr->r", secant.moved, remaining)
            remaining -= share * secant.fallen
            shares.append(share)
        step = inverse_information(remaining)
        for secant, share in zip(self._secants, reversed(shares), strict=True):
            known = secant.inverse_product * np.einsum("pr,pr->r", secant.fallen, step)
            step += (share - known) * secant.moved
        return step
