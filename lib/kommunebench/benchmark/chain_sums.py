"""The chain's sums over blocks of spells: risk sets, tied events, expected and robust durations
(method, sections 5 and 6)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.expected import area_under
from kommunebench.benchmark.observed import unit_log_survival
from kommunebench.benchmark.spell_arrays import Floats, Indices
from kommunebench.benchmark.spell_blocks import NationalModel, SpellBlock
from kommunebench.survival.tie_equation import TieSums, tie_sums


@dataclass(frozen=True, slots=True)
class RiskSums:
    """Per group, unit and week (G, K, H): spells that leave the risk sets in it (``ended``), those
    of them by an event (``events``), and the same weighted with exp(x beta) (``ended_risk``,
    ``event_risk``). Per group and week (G, H) the same weighted with the risks of the fit
    (``ended_fit``, ``event_fit``). ``longest`` (K,): longest duration of each unit."""

    ended: Floats
    events: Floats
    ended_risk: Floats
    event_risk: Floats
    ended_fit: Floats
    event_fit: Floats
    longest: Indices

    def merge(self, other: "RiskSums") -> "RiskSums":
        """The sums of both sets of spells."""
        return RiskSums(
            self.ended + other.ended,
            self.events + other.events,
            self.ended_risk + other.ended_risk,
            self.event_risk + other.event_risk,
            self.ended_fit + other.ended_fit,
            self.event_fit + other.event_fit,
            np.maximum(self.longest, other.longest),
        )

    @property
    def at_risk(self) -> Floats:
        """Spells at risk (K, H)."""
        return backwards(self.ended.sum(axis=0))

    @property
    def risk(self) -> Floats:
        """exp(x beta) summed over those at risk (G, K, H)."""
        return backwards(self.ended_risk)


def backwards(values: Floats) -> Floats:
    """Running sums from the last week back to the first, weeks being the last axis."""
    return np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]


def risk_sums(block: SpellBlock, models: Sequence[NationalModel]) -> RiskSums:
    """Risk sets of a block, plain and weighted with each group's risks."""
    units, size = block.units, block.horizon
    shape = (len(models), units, size)
    ended, events, ended_risk, event_risk = (np.zeros(shape) for _ in range(4))
    ended_fit, event_fit = np.zeros((len(models), size)), np.zeros((len(models), size))
    for number, (model, group) in enumerate(zip(models, block.groups, strict=True)):
        cell = block.unit[group.rows] * size + block.last[group.rows]
        risk, seen = model.risk(group), block.seen[group.rows]
        for target, weight in (
            (ended, None),
            (events, seen),
            (ended_risk, risk),
            (event_risk, risk * seen),
        ):
            target[number] = np.bincount(cell, weight, units * size).reshape(units, size)
        in_fit, last = model.fit_risk(group), block.last[group.rows]
        ended_fit[number] = np.bincount(last, in_fit, size)
        event_fit[number] = np.bincount(last, in_fit * seen, size)
    longest = np.zeros(units, np.intp)
    np.maximum.at(longest, block.unit, block.duration)
    return RiskSums(ended, events, ended_risk, event_risk, ended_fit, event_fit, longest)


def baseline_ties(block: SpellBlock, models: Sequence[NationalModel], factor: Floats) -> TieSums:
    """Sums of a block's events by group and week, cells of the baseline equation, at log factors (G
    H,)."""
    total = TieSums.zero(len(factor))
    for number, (model, group) in enumerate(zip(models, block.groups, strict=True)):
        own = np.flatnonzero(block.seen[group.rows])
        cell = number * block.horizon + block.last[group.rows[own]]
        total = total.merge(tie_sums(cell, np.ones(len(own)), model.fit_risk(group)[own], factor))
    return total


def multiplier_ties(block: SpellBlock, models: Sequence[NationalModel], factor: Floats) -> TieSums:
    """Sums of a block's events by unit and week, cells of the robust duration's equation, at minus
    the multipliers (K H,)."""
    total = TieSums.zero(len(factor))
    for model, group in zip(models, block.groups, strict=True):
        own = np.flatnonzero(block.seen[group.rows])
        week = block.last[group.rows[own]]
        hazard = -model.risk(group)[own] * model.finite_factors[week]
        cell = block.unit[group.rows[own]] * block.horizon + week
        total = total.merge(tie_sums(cell, np.ones(len(own)), hazard, factor))
    return total


@dataclass(frozen=True, slots=True)
class DurationSums:
    """Expected and robust durations summed by unit, each (K,)."""

    expected: Floats
    robust: Floats

    def merge(self, other: "DurationSums") -> "DurationSums":
        """The sums of both sets of spells."""
        return DurationSums(self.expected + other.expected, self.robust + other.robust)


def spell_durations(
    block: SpellBlock, models: Sequence[NationalModel], multiplier: Floats
) -> tuple[Floats, Floats]:
    """Expected duration of each spell, and the area under its curve in its own unit, each (n,)."""
    if block.durations is not None:
        return block.durations
    robust = np.empty(len(block.duration))
    for model, group in zip(models, block.groups, strict=True):
        curves = unit_log_survival(multiplier, model.finite_factors)
        robust[group.rows] = area_under(curves[block.unit[group.rows]], model.risk(group))
    return expected_durations(block, models), robust


def expected_durations(block: SpellBlock, models: Sequence[NationalModel]) -> Floats:
    """Expected duration of each spell (n,)."""
    expected = np.empty(len(block.duration))
    for model, group in zip(models, block.groups, strict=True):
        expected[group.rows] = area_under(model.log_survival, model.risk(group))
    return expected


def duration_sums(
    block: SpellBlock, models: Sequence[NationalModel], multiplier: Floats
) -> DurationSums:
    """The durations of a block's spells, summed by unit."""
    expected, robust = spell_durations(block, models, multiplier)
    return DurationSums(
        np.bincount(block.unit, expected, block.units).astype(float),
        np.bincount(block.unit, robust, block.units).astype(float),
    )
