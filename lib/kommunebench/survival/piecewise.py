"""A hazard that is constant within intervals of time, from the same sums as Cox's partial
likelihood.

With a hazard h_j exp(x beta) in interval j the log likelihood is that of a Poisson regression of
events on time at risk (Holford 1980; Friedman 1982). At given coefficients its maximum has h_j =
D_j / R_j: events over risk times time at risk in the interval. Put in, the gradient in beta is
Cox's with the means over risk sets taken over an interval instead of at one time, and so is minus
the Hessian, whose inverse is the covariance of beta in the regression. On a grid of equal steps R_j
is the sum of the risk sets' risks over the steps of the interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kommunebench.survival.cox_sums import CoxSums, Score, quotient
from kommunebench.survival.cox_terms import Terms
from kommunebench.survival.curves import Floats
from kommunebench.survival.risk_sets import EventGrid, Indices


@dataclass(frozen=True, slots=True)
class Intervals:
    """Times 1 … m in consecutive intervals: ``position`` (m,) is the interval of each, 0, 1, 2 …,
    and ``starts`` where each begins."""

    position: Indices
    starts: Indices

    @staticmethod
    def between(cuts: Sequence[int], last: int) -> "Intervals":
        """The intervals of times 1 … ``last``, each of which ends with one of the cuts; cuts after
        the last time are not used."""
        inside = sorted({cut for cut in cuts if 0 < cut < last})
        position = np.searchsorted(np.array(inside, int), np.arange(1, last + 1), side="left")
        return Intervals(position.astype(np.intp), np.array([0, *inside], np.intp))

    def totals(self, values: Floats, axis: int = 0) -> Floats:
        """At each time the sum of the values over its interval: of the same shape, times along an
        axis."""
        return np.take(np.add.reduceat(values, self.starts, axis=axis), self.position, axis=axis)


def piecewise_score(sums: CoxSums, grid: EventGrid, intervals: Intervals) -> Score:
    """Log likelihood at the best hazards, its gradient (p,), and terms with one entry a time at
    which anybody is at risk, from the sums of all rows; ``grid``: times 1 … m of one stratum.

    A term has the interval's mean of the covariates, and the events that are expected at its time
    as its weight, so that a row's score residual is computed from terms as it is for Cox's model.
    """
    s0, s1 = grid.backwards(sums.leaving_risk), grid.backwards(sums.leaving_x)
    risk_time, events = intervals.totals(s0), intervals.totals(sums.event_weight)
    hazard = np.divide(events, risk_time, out=np.zeros_like(s0), where=events > 0)
    average = quotient(intervals.totals(s1), risk_time)
    at = np.flatnonzero(s0 > 0)
    terms = Terms(
        at=at,
        weight=hazard[at] * s0[at],
        excluded=np.zeros(len(at)),
        denominator=s0[at],
        ratio=np.ones(len(at)),
        average=average,
        tied_average=np.zeros((0, s1.shape[1])),
        hazard=hazard,
        excluded_hazard=np.zeros(len(hazard)),
        event_weight=sums.event_weight,
        shift=sums.shift,
    )
    counted = sums.event_weight > 0
    log_hazard = np.log(hazard[counted]) - sums.shift
    # The expected events add up to those that happened.
    value = sums.event_predictor + float(sums.event_weight[counted] @ (log_hazard - 1.0))
    gradient = sums.event_x - sums.event_weight @ average
    return Score(value, gradient, terms)
