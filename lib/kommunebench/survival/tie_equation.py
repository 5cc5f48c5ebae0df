"""The equation of Kalbfleisch and Prentice's baseline for tied events, solved from sums that rows
in many blocks add up to.

At each event time (or cell: an event time of a unit) the log factor g < 0 solves sum over events of
w r / (1 - exp(g r)) = R, the risk of the risk set. The left side is a sum over rows, so that the
rows may lie anywhere; as a function of -1/g it is nearly a straight line, which Newton's method
follows in three or four passes where the factor itself would take twice as many.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kommunebench.errors import ConvergenceError
from kommunebench.survival.curves import Floats
from kommunebench.survival.risk_sets import Indices, totals

_ITERATIONS = 200
# Newton's step squares the error: what is left after a step of this size is below rounding.
_SETTLED = 1e-9
# The two sides are sums of that many digits. Where hardly anybody is left at risk, steps of this
# size move the factor by more.
_ROUNDING = 1e-14


@dataclass(frozen=True, slots=True)
class TieSums:
    """``left`` (m,): sum over the events of each cell of w r / (1 - exp(g r)); ``slope`` (m,): its
    derivative in g."""

    left: Floats
    slope: Floats

    @staticmethod
    def zero(m: int) -> "TieSums":
        """The sums of no rows over m cells."""
        return TieSums(np.zeros(m), np.zeros(m))

    def merge(self, other: "TieSums") -> "TieSums":
        """The sums of both sets of rows."""
        return TieSums(self.left + other.left, self.slope + other.slope)


def tie_sums(position: Indices, weight: Floats, risk: Floats, factor: Floats) -> TieSums:
    """Sums of some event rows at the log factors ``factor`` (m,), ``position`` being each row's
    cell."""
    scaled = factor[position] * risk
    # 1 - exp(g r) without cancellation.
    gap = -np.expm1(scaled)
    weighted = weight * risk / gap
    return TieSums(
        totals(position, weighted, len(factor)),
        totals(position, weighted * risk * np.exp(scaled) / gap, len(factor)),
    )


def solve_ties(
    sums: Callable[[Floats], TieSums], deaths: Floats, own: Floats, at_risk: Floats
) -> Floats:
    """Log factors (m,) of cells in which several rows, not all at risk, have the event.

    ``sums``: TieSums of all event rows at given factors; ``deaths``, ``own`` and ``at_risk`` (m,):
    sums of w, and of w r, over the events, and of w r over the risk set. Raises ConvergenceError if
    Newton's method, safeguarded by bisection, does not settle.
    """
    m = len(at_risk)
    # The left side rises with the factor, from the events' own sum (minus infinity) to infinity
    # (0).
    low, high = np.full(m, -np.inf), np.zeros(m)
    guess = -deaths / (at_risk - 0.5 * own)
    for _ in range(_ITERATIONS):
        found = sums(guess)
        excess = found.left - at_risk
        high = np.where(excess > 0, guess, high)
        low = np.where(excess < 0, guess, low)
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = np.where(
                excess == 0, guess, -1.0 / (-1.0 / guess - excess / (found.slope * guess**2))
            )
        balanced = np.abs(excess) <= _ROUNDING * at_risk
        small = np.abs(newton - guess) <= _SETTLED * np.abs(guess)
        halfway = np.where(np.isinf(low), 2.0 * guess, 0.5 * (low + high))
        inside = (newton < high) & (newton > low)
        guess = np.where(small | inside, newton, np.where(balanced, guess, halfway))
        settled = balanced | small
        if settled.all():
            return guess
    raise ConvergenceError(
        f"baseline: the Kalbfleisch-Prentice equation did not settle at {int((~settled).sum())}"
        " event times."
    )


def solve_cells(
    sums: Callable[[Floats], TieSums], number: Indices, deaths: Floats, own: Floats, at_risk: Floats
) -> Floats:
    """Log factor of every cell (m,): 0 without events, minus infinity where all at risk have the
    event, else the solution.

    ``number`` (m,): events; the others as solve_ties, whose errors are raised. ``sums`` is asked at
    factors of all m cells; those of cells that are settled without it are -1 and its answers there
    are ignored.
    """
    factors = np.zeros(len(at_risk))
    # A risk set may be a difference of running sums: exact to rounding only.
    everyone = (own > 0) & (own >= at_risk * (1 - 1e-12))
    factors[everyone] = -np.inf
    alone = (number == 1) & (own > 0) & ~everyone
    # A single event has a closed form: in small municipalities that is most weeks.
    factors[alone] = np.log1p(-own[alone] / at_risk[alone]) * deaths[alone] / own[alone]
    tied = np.flatnonzero((number > 1) & (own > 0) & ~everyone)

    def of_tied(guess: Floats) -> TieSums:
        full = np.full(len(at_risk), -1.0)
        full[tied] = guess
        found = sums(full)
        return TieSums(found.left[tied], found.slope[tied])

    if len(tied):
        factors[tied] = solve_ties(of_tied, deaths[tied], own[tied], at_risk[tied])
    return factors
