"""Rows laid out over the event times they are at risk at: the one preparation every Cox computation shares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kommunebench.survival.curves import Floats

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class RiskSets:
    """n rows over m event times (per stratum, rising, strata one after another).

    Row i is at risk at event times ``first[i]`` to ``last[i] - 1``; where ``event[i]``, its own is ``last[i] - 1``. ``ends`` (m x n)
    sums rows by the last event time they are at risk at, ``starts`` by the one before the first (delayed entry only).
    """

    time: Floats
    stratum: Indices
    first: Indices
    last: Indices
    event: NDArray[np.bool_]
    bounds: Indices
    ends: sparse.csr_matrix
    starts: sparse.csr_matrix | None

    def over_risk_sets(self, values: Floats) -> Floats:
        """Sum of the rows' values over the risk set of each event time: (m,) or (m, k)."""
        total = self._backwards(self.ends @ values)
        if self.starts is not None:
            total = total - self._backwards(self.starts @ values)
        return total

    def _backwards(self, sums: Floats) -> Floats:
        """Running sums from the last event time of each stratum back to its first."""
        result = np.empty_like(sums)
        for low, high in zip(self.bounds[:-1], self.bounds[1:], strict=True):
            result[low:high] = np.cumsum(sums[low:high][::-1], axis=0)[::-1]
        return result

    def at_events(self, values: Floats) -> Floats:
        """Sum of the event rows' values at each event time: (m,) or (m, k)."""
        rows = np.flatnonzero(self.event)
        position = self.last[rows] - 1
        if values.ndim == 1:
            return np.bincount(position, values[rows], len(self.time))
        grouping = sparse.csr_matrix((np.ones(len(rows)), (position, np.arange(len(rows)))), (len(self.time), len(rows)))
        return grouping @ values[rows]

    def over_rows(self, values: Floats) -> Floats:
        """Sum of the event times' values over the times each row is at risk at: (n,) or (n, k)."""
        running = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
        return running[self.last] - running[self.first]


def lay_out(duration: Floats, event: NDArray[np.bool_], entry: Floats, stratum: Indices) -> RiskSets:
    """Risk sets of rows; ``stratum`` is 0, 1, 2 …  A row leaves after its duration and is at risk at t: entry < t <= duration."""
    times, strata, bounds = [], [], [0]
    first, last = np.empty(len(duration), np.intp), np.empty(len(duration), np.intp)
    for number in range(int(stratum.max()) + 1 if len(stratum) else 0):
        rows = stratum == number
        own = np.unique(duration[rows & event])
        first[rows] = bounds[-1] + np.searchsorted(own, entry[rows], side="right")
        last[rows] = bounds[-1] + np.searchsorted(own, duration[rows], side="right")
        times.append(own)
        strata.append(np.full(len(own), number))
        bounds.append(bounds[-1] + len(own))
    m, limits = bounds[-1], np.array(bounds)
    low = limits[stratum]
    delayed = first > low
    return RiskSets(
        np.concatenate(times) if times else np.empty(0),
        np.concatenate(strata) if strata else np.empty(0, np.intp),
        first,
        last,
        event,
        limits,
        _grouping(last - 1, last > low, m),
        _grouping(first - 1, delayed, m) if delayed.any() else None,
    )


def _grouping(position: Indices, counted: NDArray[np.bool_], m: int) -> sparse.csr_matrix:
    rows = np.flatnonzero(counted)
    return sparse.csr_matrix((np.ones(len(rows)), (position[rows], rows)), (m, len(position)))
