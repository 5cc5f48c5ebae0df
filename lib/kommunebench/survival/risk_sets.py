"""Rows laid out over the event times they are at risk at, as every computation of a Cox model needs
them."""

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
    strata = range(int(stratum.max(initial=-1)) + 1)
    times = [np.unique(duration[event & (stratum == code)]) for code in strata]
    sizes = np.array([len(distinct) for distinct in times], np.intp)
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

    def take(self, rows: slice) -> "Grouping":
        """Some consecutive rows, nothing copied."""
        return Grouping(self.position[rows], self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskSets:
    """n rows over the m event times of a grid.

    Row i is at risk at event times ``first[i]`` to ``last[i] - 1``; where ``event[i]``, its event
    is at ``last[i] - 1``. ``ends`` groups rows by the last event time they are at risk at,
    ``starts`` by the one before the first (None unless some row enters late), ``tied`` the rows
    with an event by their event time.
    """

    grid: EventGrid
    first: Indices
    last: Indices
    event: NDArray[np.bool_]
    ends: Grouping
    starts: Grouping | None
    tied: Grouping

    def take(self, rows: slice) -> "RiskSets":
        """Some consecutive rows, nothing copied."""
        return RiskSets(
            grid=self.grid,
            first=self.first[rows],
            last=self.last[rows],
            event=self.event[rows],
            ends=self.ends.take(rows),
            starts=None if self.starts is None else self.starts.take(rows),
            tied=self.tied.take(rows),
        )

    def leaving(self, row_weight: Floats, x: Floats | None = None) -> Floats:
        """Sums of the rows' weights (m,), or weighted covariates (m, p), by the last event time
        they are at risk at, less the sums of the rows that enter after it.

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
    # A matrix compressed by columns, one a row of x: x is read in the order it lies in memory, and
    # rows without a group are skipped.
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
    for code, (low, high) in enumerate(zip(grid.bounds[:-1], grid.bounds[1:], strict=True)):
        rows, times = stratum == code, grid.time[low:high]
        first[rows] = low + np.searchsorted(times, entry[rows], side="right")
        last[rows] = low + np.searchsorted(times, duration[rows], side="right")
    start = grid.bounds[stratum]
    m = len(grid.time)
    delayed = first > start
    return RiskSets(
        grid=grid,
        first=first,
        last=last,
        event=event,
        ends=_grouping(last - 1, last > start, m),
        starts=_grouping(first - 1, delayed, m) if delayed.any() else None,
        tied=_grouping(last - 1, event, m),
    )


def _grouping(position: Indices, counted: NDArray[np.bool_], m: int) -> Grouping:
    return Grouping(np.where(counted, position, m).astype(np.int32), m)
