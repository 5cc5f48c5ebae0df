"""The equation of Kalbfleisch and Prentice's baseline for tied events, solved from sums that rows
in many blocks add up to.

At each event time (or cell: an event time of a unit) the log factor g < 0 solves sum over events of
w r / (1 - exp(g r)) = R, the risk of the risk set. The left side is a sum over rows, which may lie
in many blocks. As a function of -1/g it is nearly a straight line, so that Newton's method in -1/g
needs three or four passes over the rows, and in g about twice as many.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kommunebench.errors import ConvergenceError
from kommunebench.survival.curves import Floats
from kommunebench.survival.risk_sets import Indices, totals

_ITERATIONS = 200
# After a relative step this small the remaining error, about its square, is below rounding.
_SETTLED = 1e-9
# The two sides are equal to rounding. Where hardly anybody is left at risk, that is reached while
# Newton's steps are still larger than _SETTLED.
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
    """Sums of event rows at the log factors ``factor`` (m,); ``position``, ``weight`` and ``risk``
    are each row's cell, case weight w and risk r."""
    scaled = factor[position] * risk
    # 1 - exp(g r) without cancellation.
    gap = -np.expm1(scaled)
    weighted = weight * risk / gap
    return TieSums(
        totals(position, weighted, len(factor)),
        totals(position, weighted * risk * np.exp(scaled) / gap, len(factor)),
    )


def solve_ties(
    sums: Callable[[Floats], TieSums], event_weight: Floats, event_risk: Floats, at_risk: Floats
) -> Floats:
    """Log factors (m,) of cells in which several rows, not all at risk, have the event.

    ``sums``: TieSums of all event rows at given factors; (m,): sums of w (``event_weight``) and of
    w r (``event_risk``) over the events, and of w r over the risk set (``at_risk``). Raises
    ConvergenceError if Newton's method, safeguarded by bisection, does not settle.
    """
    m = len(at_risk)
    # The left side rises with the factor, from event_risk (at minus infinity) to infinity (at 0).
    low, high = np.full(m, -np.inf), np.zeros(m)
    guess = -event_weight / (at_risk - 0.5 * event_risk)
    for _ in range(_ITERATIONS):
        at_guess = sums(guess)
        excess = at_guess.left - at_risk
        high = np.where(excess > 0, guess, high)
        low = np.where(excess < 0, guess, low)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = excess / (at_guess.slope * guess**2)
            newton = np.where(excess == 0, guess, -1.0 / (-1.0 / guess - step))
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
    sums: Callable[[Floats], TieSums],
    n_events: Indices,
    event_weight: Floats,
    event_risk: Floats,
    at_risk: Floats,
) -> Floats:
    """Log factor of every cell (m,): 0 without events, minus infinity where all at risk have the
    event, else the solution.

    ``n_events`` (m,): number of events; the others as in solve_ties, whose errors are raised.
    ``sums`` is called with factors of all m cells. Cells with at most one event, or all events, are
    solved without it: their factors are given as -1, and what it returns for them is not used.
    """
    factors = np.zeros(len(at_risk))
    happened = event_risk > 0
    # A risk set may be a difference of running sums: exact to rounding only.
    everyone = happened & (event_risk >= at_risk * (1 - 1e-12))
    factors[everyone] = -np.inf
    # A single event has a closed form: in small municipalities that is most weeks.
    alone = (n_events == 1) & happened & ~everyone
    share = event_risk[alone] / at_risk[alone]
    factors[alone] = np.log1p(-share) * event_weight[alone] / event_risk[alone]
    tied = np.flatnonzero((n_events > 1) & happened & ~everyone)

    def of_tied(guess: Floats) -> TieSums:
        every_cell = np.full(len(at_risk), -1.0)
        every_cell[tied] = guess
        at_guess = sums(every_cell)
        return TieSums(at_guess.left[tied], at_guess.slope[tied])

    if len(tied):
        factors[tied] = solve_ties(of_tied, event_weight[tied], event_risk[tied], at_risk[tied])
    return factors
