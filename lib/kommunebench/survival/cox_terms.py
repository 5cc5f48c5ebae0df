"""The terms of Cox's partial likelihood: one denominator per event time, or per tied event; and
those of a hazard that is constant within intervals."""

from dataclasses import dataclass

import numpy as np

from kommunebench.survival.curves import Floats
from kommunebench.survival.risk_sets import totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The denominators of the likelihood, one entry per term: one an event time (Breslow), one a
    tied event (Efron).

    Term q belongs to event time ``at[q]``, has weight ``weight[q]``, and excludes the share
    ``excluded[q]`` of the tied events from its risk set: ``denominator`` = S0 - excluded T0
    (divided by exp(``shift``)); ``ratio`` = S0 / denominator. By event time (m, p): ``average`` =
    S1 / S0 and ``tied_average`` = T1 / S0 (no rows unless ties are Efron's); (m,): ``hazard``, the
    sum of weight / denominator, ``excluded_hazard``, that of excluded weight / denominator, and
    ``event_weight``, the weights of the events.
    Nothing of the size of terms times covariates is held.

    Of a hazard that is constant within intervals (survival/piecewise.py) there is a term for every
    time at which anybody is at risk, ``weight`` is the number of events expected at it, and
    ``average`` the mean over the risk sets of its interval.
    """

    at: np.ndarray
    weight: Floats
    excluded: Floats
    denominator: Floats
    ratio: Floats
    average: Floats
    tied_average: Floats
    hazard: Floats
    excluded_hazard: Floats
    event_weight: Floats
    shift: float

    @property
    def mean(self) -> Floats:
        """(S1 - excluded T1) / denominator of every term (q, p)."""
        mean = self.average[self.at] * self.ratio[:, None]
        if not len(self.tied_average):
            return mean
        return mean - self.tied_average[self.at] * (self.ratio * self.excluded)[:, None]

    @property
    def mean_by_time(self) -> Floats:
        """The unweighted average of the terms' means at each event time (m, p), zero where there is
        no term."""
        if not len(self.tied_average):
            return self._at_times(self.mean)
        return self.summed(self.mean) / np.maximum(self.count, 1)[:, None]

    @property
    def count(self) -> np.ndarray:
        """Number of terms by event time (m,)."""
        return np.bincount(self.at, minlength=len(self.average))

    def by_time(self, values: Floats) -> Floats:
        """Sum of the terms' values by event time (m,)."""
        return totals(self.at, values, len(self.average))

    def summed(self, table: Floats) -> Floats:
        """Sum of the terms' rows (q, p) by event time (m, p)."""
        if not len(self.tied_average):
            return self._at_times(table)
        sums = np.zeros((len(self.average), table.shape[1]))
        np.add.at(sums, self.at, table)
        return sums

    def _at_times(self, table: Floats) -> Floats:
        """Rows (q, p) put to their event times (m, p), where no two have the same one."""
        placed = np.zeros((len(self.average), table.shape[1]))
        placed[self.at] = table
        return placed
