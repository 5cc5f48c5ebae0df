"""Sums over the risk sets of groups and of units, weighted or not, for one or many versions of the
hazards at once (method, sections 5 and 6)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from scipy import sparse

from kommunebench.benchmark.blocks.block import (
    Flags,
    Floats,
    GroupSpells,
    Indices,
    SpellBlock,
    backwards,
    grouping,
)
from kommunebench.benchmark.model.hazards import GroupHazards


class Weights(Protocol):
    """Case weights of R versions."""

    @property
    def count(self) -> int:
        """R."""
        ...

    def of(self, block: SpellBlock) -> Floats:
        """The weights (n, R) of a block's spells."""
        ...


@dataclass(frozen=True, slots=True)
class UnitWeights:
    """Every spell counts once: R = 1."""

    @property
    def count(self) -> int:
        """One version."""
        return 1

    def of(self, block: SpellBlock) -> Floats:
        """Ones (n, 1)."""
        return np.ones((len(block.duration), 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRiskSets:
    """Per group and week (G, H, R): risk at risk (``risk``) of the fit; weight, number of rows and
    risk of the events. ``low`` and ``high`` (G, R): smallest and largest log risk of predictions.
    """

    leaving: Floats
    event_risk: Floats
    event_weight: Floats
    n_events: Floats
    low: Floats
    high: Floats

    @property
    def risk(self) -> Floats:
        """Risk of those at risk (G, H, R)."""
        return backwards(self.leaving, 1)

    def merge(self, other: "GroupRiskSets") -> "GroupRiskSets":
        """The sums of both sets of spells."""
        return GroupRiskSets(
            leaving=self.leaving + other.leaving,
            event_risk=self.event_risk + other.event_risk,
            event_weight=self.event_weight + other.event_weight,
            n_events=self.n_events + other.n_events,
            low=np.minimum(self.low, other.low),
            high=np.maximum(self.high, other.high),
        )


def group_risk_sets(
    block: SpellBlock, hazards: Sequence[GroupHazards], weights: Weights
) -> GroupRiskSets:
    """The groups' risk sets of a block."""
    shape = (len(hazards), block.horizon, weights.count)
    leaving, event_risk, event_weight, n_events = (np.zeros(shape) for _ in range(4))
    low, high = np.full(shape[::2], np.inf), np.full(shape[::2], -np.inf)
    all_weights = weights.of(block)
    for g, (hazard, group) in enumerate(zip(hazards, block.groups, strict=True)):
        weight, week = all_weights[group.rows], block.exit_week[group.rows]
        low[g], high[g] = _log_risk_range(hazard, group, weight)
        weighted = hazard.fit_risk(group) * weight
        leaving[g] = by_week(week, weighted, block.horizon)
        events = np.flatnonzero(block.seen[group.rows])
        event_risk[g] = by_week(week[events], weighted[events], block.horizon)
        event_weight[g] = by_week(week[events], weight[events], block.horizon)
        n_events[g] = by_week(week[events], (weight[events] > 0).astype(float), block.horizon)
    return GroupRiskSets(
        leaving=leaving,
        event_risk=event_risk,
        event_weight=event_weight,
        n_events=n_events,
        low=low,
        high=high,
    )


@dataclass(frozen=True, slots=True)
class RiskRange:
    """Smallest and largest log risk of predictions by group and version, each (G, R)."""

    low: Floats
    high: Floats

    def merge(self, other: "RiskRange") -> "RiskRange":
        """The range over both sets of spells."""
        return RiskRange(np.minimum(self.low, other.low), np.maximum(self.high, other.high))


def risk_range(block: SpellBlock, hazards: Sequence[GroupHazards], weights: Weights) -> RiskRange:
    """The range of a block's log risks."""
    all_weights = weights.of(block)
    ranges = [
        _log_risk_range(hazard, group, all_weights[group.rows])
        for hazard, group in zip(hazards, block.groups, strict=True)
    ]
    return RiskRange(np.stack([low for low, _ in ranges]), np.stack([high for _, high in ranges]))


def _log_risk_range(
    hazard: GroupHazards, group: GroupSpells, weight: Floats
) -> tuple[Floats, Floats]:
    """Smallest and largest log risk (R,) of a group's spells that have a weight and a hazard."""
    drawn = (weight > 0) & ~group.zero_hazard[:, None]
    with np.errstate(divide="ignore"):
        log_risk = np.log(hazard.risk(group))
    low = np.min(log_risk, axis=0, initial=np.inf, where=drawn)
    high = np.max(log_risk, axis=0, initial=-np.inf, where=drawn)
    return low, high


def by_week(week: Indices, values: Floats, horizon: int) -> Floats:
    """Rows (n, R), in order of their week, summed by week (H, R)."""
    result = np.zeros((horizon, values.shape[1]))
    if len(week):
        starts = np.flatnonzero(np.diff(week, prepend=-1))
        result[week[starts]] = np.add.reduceat(values, starts, axis=0)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRiskSets:
    """Per unit, week and version (K, H, R), with a = -risk x log factor of the spell's group.

    ``leaving``: weights by the week in which they leave; ``event_weight``: weights of events. Of
    groups that do not end in the week: ``n_open_events`` rows, ``open_event_weight`` and
    ``event_hazard`` (a) of events, ``hazard`` (a) of those at risk. ``ending`` (G, K, H, R):
    whether a unit has events of a group in a week in which the group ends. ``longest`` (K,):
    longest duration.
    """

    leaving: Floats
    event_weight: Floats
    n_open_events: Floats
    open_event_weight: Floats
    event_hazard: Floats
    hazard: Floats
    ending: Flags
    longest: Indices

    @property
    def at_risk(self) -> Floats:
        """Weights at risk (K, H, R)."""
        return backwards(self.leaving, 1)

    def merge(self, other: "UnitRiskSets") -> "UnitRiskSets":
        """The sums of both sets of spells."""
        sums = {
            f.name: getattr(self, f.name) + getattr(other, f.name)
            for f in fields(self)
            if f.name not in ("ending", "longest")
        }
        return UnitRiskSets(
            **sums,
            ending=self.ending | other.ending,
            longest=np.maximum(self.longest, other.longest),
        )


def unit_risk_sets(
    block: SpellBlock, hazards: Sequence[GroupHazards], weights: Weights
) -> UnitRiskSets:
    """The units' risk sets of a block, given the groups' baselines."""
    shape = (block.n_units, block.horizon, weights.count)
    leaving, event_weight, n_open, open_weight, event_hazard, hazard_sum = (
        np.zeros(shape) for _ in range(6)
    )
    ending = np.zeros((len(hazards), *shape), bool)
    all_weights = weights.of(block)
    for g, (hazard, group) in enumerate(zip(hazards, block.groups, strict=True)):
        weight, week = all_weights[group.rows], block.exit_week[group.rows]
        risk = hazard.risk(group)
        risk *= weight
        cell = block.unit[group.rows] * block.horizon + week
        events = np.flatnonzero(block.seen[group.rows])
        at_exit, at_event = _by_cell(cell, shape), _by_cell(cell[events], shape)
        factors = hazard.finite_factors
        ends = hazard.group_ends
        leaving += _summed(at_exit, weight, shape)
        n_events = _summed(at_event, weight[events] > 0, shape)
        here = _summed(at_event, weight[events], shape)
        event_weight += here
        if ends.any():
            ending[g] = ends & (here > 0)
            n_events[:, ends], here[:, ends] = 0.0, 0.0
        n_open += n_events
        open_weight += here
        hazard_sum -= backwards(_summed(at_exit, risk, shape), 1) * factors
        event_hazard -= _summed(at_event, risk[events], shape) * factors
    longest = np.zeros(block.n_units, np.intp)
    np.maximum.at(longest, block.unit, block.duration)
    return UnitRiskSets(
        leaving=leaving,
        event_weight=event_weight,
        n_open_events=n_open,
        open_event_weight=open_weight,
        event_hazard=event_hazard,
        hazard=hazard_sum,
        ending=ending,
        longest=longest,
    )


def _by_cell(cell: Indices, shape: tuple[int, ...]) -> sparse.csr_matrix:
    return grouping(cell, shape[0] * shape[1])


def _summed(cells: sparse.csr_matrix, values: Floats | Flags, shape: tuple[int, ...]) -> Floats:
    return np.asarray(cells @ values.astype(float)).reshape(shape)
