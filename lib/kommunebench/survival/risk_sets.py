"""Rows laid out over the event times they are at risk at: the one preparation every Cox computation
shares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kommunebench.survival.curves import Floats

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class EventGrid:
    """The m event times of a model: rising within a stratum, strata (0, 1, 2 …) one after another.

    ``time`` (m,), ``stratum`` (m,), and ``bounds``: stratum s has the event times bounds[s] to
    bounds[s + 1] - 1.
    """

    time: Floats
    stratum: Indices
    bounds: Indices

    def backwards(self, sums: Floats) -> Floats:
        """Running sums (m, …) from the last event time of each stratum back to its first."""
        result = np.empty_like(sums)
        for low, high in zip(self.bounds[:-1], self.bounds[1:], strict=True):
            result[low:high] = np.cumsum(sums[low:high][::-1], axis=0)[::-1]
        return result


def event_grid(duration: Floats, event: NDArray[np.bool_], stratum: Indices) -> EventGrid:
    """The distinct times of the rows with an event, by stratum; strata without events keep an empty
    range."""
    times = [
        np.unique(duration[event & (stratum == number)])
        for number in range(int(stratum.max(initial=-1)) + 1)
    ]
    sizes = np.array([len(own) for own in times], np.intp)
    joined = np.concatenate(times) if times else np.empty(0)
    return EventGrid(
        joined,
        np.repeat(np.arange(len(times)), sizes),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp),
    )


@dataclass(frozen=True, slots=True)
class Grouping:
    """Rows by group 0 … ``size`` - 1: ``position`` (n,) is a row's group, ``size`` where it has
    none."""

    position: NDArray[np.int32]
    size: int


@dataclass(frozen=True, slots=True)
class RiskSets:
    """n rows over the m event times of a grid.

    Row i is at risk at event times ``first[i]`` to ``last[i] - 1``; where ``event[i]``, its own is
    ``last[i] - 1``. ``ends`` groups rows by the last event time they are at risk at, ``starts`` by
    the one before the first (delayed entry only), ``tied`` the rows with an event by their event
    time.
    """

    grid: EventGrid
    first: Indices
    last: Indices
    event: NDArray[np.bool_]
    ends: Grouping
    starts: Grouping | None
    tied: Grouping

    def part(self, rows: slice) -> "RiskSets":
        """Some consecutive rows, nothing copied."""
        ends, starts, tied = (
            None if groups is None else Grouping(groups.position[rows], groups.size)
            for groups in (self.ends, self.starts, self.tied)
        )
        assert ends is not None and tied is not None
        return RiskSets(
            self.grid, self.first[rows], self.last[rows], self.event[rows], ends, starts, tied
        )

    def leaving(self, row_weight: Floats, x: Floats | None = None) -> Floats:
        """Weights (m,), or weighted covariates (m, p), of the rows by the time they leave, less
        those entering after it.

        Summed backwards over the grid they are the sums over the risk sets.
        """
        total = weighted_sum(self.ends, row_weight, x)
        return total if self.starts is None else total - weighted_sum(self.starts, row_weight, x)

    def over_risk_sets(self, row_weight: Floats) -> Floats:
        """Sum of the rows' weights over the risk set of each event time (m,)."""
        return self.grid.backwards(self.leaving(row_weight))

    def over_rows(self, values: Floats) -> Floats:
        """Sum of the event times' values over the times each row is at risk at: (n,) or (n, k)."""
        running = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
        return running[self.last] - running[self.first]


def totals(position: Indices | NDArray[np.int32], values: Floats, size: int) -> Floats:
    """Sum of the values by position 0 … size - 1 (size,)."""
    return np.bincount(position, values, size).astype(float)


def weighted_sum(groups: Grouping, row_weight: Floats, x: Floats | None = None) -> Floats:
    """Weights (size,), or covariates times weights (size, p), summed by group, without a weighted
    copy of the covariates."""
    if x is None:
        return totals(groups.position, row_weight, groups.size + 1)[:-1]
    n, counted = len(groups.position), groups.position < groups.size
    # By columns, so that the covariates are read in the order they lie in; rows without a group are
    # stepped over.
    starts = np.concatenate([[0], np.cumsum(counted)]).astype(np.int32)
    weighing = sparse.csc_matrix(
        (row_weight[counted], groups.position[counted], starts), (groups.size, n)
    )
    return np.asarray(weighing @ x)


def lay_out(
    duration: Floats,
    event: NDArray[np.bool_],
    entry: Floats,
    stratum: Indices,
    grid: EventGrid | None = None,
) -> RiskSets:
    """Risk sets of rows; ``stratum`` is 0, 1, 2 …  A row leaves after its duration and is at risk
    at t: entry < t <= duration.

    The grid is that of the rows unless given: blocks of one data set are laid out over the grid of
    the whole.
    """
    grid = event_grid(duration, event, stratum) if grid is None else grid
    first, last = np.empty(len(duration), np.intp), np.empty(len(duration), np.intp)
    for number, (low, high) in enumerate(zip(grid.bounds[:-1], grid.bounds[1:], strict=True)):
        rows = stratum == number
        own = grid.time[low:high]
        first[rows] = low + np.searchsorted(own, entry[rows], side="right")
        last[rows] = low + np.searchsorted(own, duration[rows], side="right")
    start = grid.bounds[stratum]
    m = len(grid.time)
    delayed = first > start
    return RiskSets(
        grid, first, last, event,
        _grouping(last - 1, last > start, m),
        _grouping(first - 1, delayed, m) if delayed.any() else None,
        _grouping(last - 1, event, m),
    )  # fmt: skip


def _grouping(position: Indices, counted: NDArray[np.bool_], m: int) -> Grouping:
    return Grouping(np.where(counted, position, m).astype(np.int32), m)
