"""The observed side: Kaplan-Meier's area per unit, and the censoring-robust one (method, section
5)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.expected import GroupModel, area_under
from kommunebench.benchmark.spell_arrays import Flags, Floats, Indices, SpellArrays
from kommunebench.survival.baseline import kalbfleisch_prentice


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """Per unit and week 1 … H (K, H): at risk just before the week, events in it. Spells longer
    than H are at risk to H."""

    at_risk: Floats
    events: Floats

    @property
    def survival(self) -> Floats:
        """Kaplan-Meier after 0, 1 … H - 1 weeks (K, H)."""
        stay = np.divide(
            self.at_risk - self.events,
            self.at_risk,
            out=np.ones_like(self.at_risk),
            where=self.at_risk > 0,
        )
        return np.concatenate([np.ones((len(stay), 1)), np.cumprod(stay, axis=1)[:, :-1]], axis=1)

    @property
    def pooled(self) -> "UnitCounts":
        """The counts of all units together (1, H)."""
        return UnitCounts(
            self.at_risk.sum(axis=0, keepdims=True), self.events.sum(axis=0, keepdims=True)
        )


@dataclass(frozen=True, slots=True)
class ObservedDurations:
    """Per unit (K,): area under Kaplan-Meier, its standard error, whether the tail was carried
    forward flat, last week with somebody at risk."""

    value: Floats
    se: Floats
    tail_extended: Flags
    support: Indices


def count_by_unit(arrays: SpellArrays, weights: Floats | None = None) -> UnitCounts:
    """Risk sets and events of every unit and week."""
    weight = np.ones(len(arrays.duration)) if weights is None else weights
    at_risk = risk_set_sums(arrays, arrays.unit, arrays.units, weight)
    events = event_sums(arrays, arrays.unit, arrays.units, weight)
    return UnitCounts(at_risk, events)


def risk_set_sums(arrays: SpellArrays, cell: Indices, cells: int, values: Floats) -> Floats:
    """Sum of the values over those of each cell (unit, or unit and group) still at risk, by week
    (cells, H)."""
    size = arrays.horizon
    last = np.minimum(arrays.duration, size) - 1
    ending = np.bincount(cell * size + last, values, cells * size).reshape(cells, size)
    return np.asarray(np.cumsum(ending[:, ::-1], axis=1)[:, ::-1], dtype=float)


def event_sums(arrays: SpellArrays, cell: Indices, cells: int, values: Floats) -> Floats:
    """Sum of the values over the spells of each cell that end in an event, by week (cells, H);
    events after H do not count."""
    size = arrays.horizon
    seen = arrays.event & (arrays.duration <= size)
    position = cell[seen] * size + arrays.duration[seen] - 1
    return np.asarray(
        np.bincount(position, values[seen], cells * size).reshape(cells, size), dtype=float
    )


def observed_durations(arrays: SpellArrays, counts: UnitCounts) -> ObservedDurations:
    """Areas under Kaplan-Meier of spells in memory."""
    longest = np.zeros(arrays.units, np.intp)
    np.maximum.at(longest, arrays.unit, arrays.duration)
    return observed_from_counts(counts, longest)


def observed_from_counts(counts: UnitCounts, longest: Indices) -> ObservedDurations:
    """Areas under Kaplan-Meier with the standard error of the area (SurvivalCurve.restricted_mean
    says which).

    ``longest`` (K,): the longest duration of each unit.
    """
    survival = counts.survival
    horizon = survival.shape[1]
    right = np.cumsum(survival[:, ::-1], axis=1)[:, ::-1][:, 1:]
    at_risk, events = counts.at_risk[:, :-1], counts.events[:, :-1]
    staying = at_risk - events
    term = np.divide(
        events, at_risk * staying, out=np.zeros_like(events), where=(staying > 0) & (at_risk > 0)
    )
    se = np.sqrt(np.sum(right**2 * term, axis=1))
    # After the longest duration the curve is flat; that is an extension unless the curve had
    # reached zero.
    closed = (
        np.take_along_axis(survival, np.minimum(longest, horizon - 1)[:, None], axis=1)[:, 0] == 0
    )
    extended = (longest < horizon) & ~closed
    return ObservedDurations(survival.sum(axis=1), se, extended, np.minimum(longest, horizon))


@dataclass(frozen=True, slots=True)
class RobustDurations:
    """The conditional Kaplan-Meier estimate. ``value`` (K,), ``by_spell`` (n,); ``multiplier`` phi
    (K, H), 0 without events, infinite where all at risk succeed, 1 once nobody is at risk;
    ``risk_in_cell`` (K, G, H): exp(x beta) summed over those at risk."""

    value: Floats
    by_spell: Floats
    multiplier: Floats
    risk_in_cell: Floats


def robust_durations(
    arrays: SpellArrays,
    models: Sequence[GroupModel],
    counts: UnitCounts,
    weights: Floats | None = None,
) -> RobustDurations:
    """Observed duration that is valid under any censoring independent given the covariates (method,
    section 5).

    In unit K and week t the multiplier solves sum over events of a / (1 - exp(-phi a)) = sum over
    the risk set of a, with a = -r l_g(t): the Kalbfleisch-Prentice equation with a in the place of
    the risk.
    """
    weight = np.ones(len(arrays.duration)) if weights is None else weights
    size, groups = arrays.horizon, len(models)
    risk, factors = np.empty(len(weight)), np.empty((groups, size))
    for number, model in enumerate(models):
        risk[model.rows], factors[number] = model.risk, model.log_factors
    cell = arrays.unit * groups + arrays.group
    in_cell = risk_set_sums(arrays, cell, arrays.units * groups, weight * risk).reshape(
        arrays.units, groups, size
    )
    # Weeks in which a whole group nationally succeeds have an infinite factor: they are beyond
    # anyone's risk set afterwards.
    finite = np.where(np.isneginf(factors), -1e3, factors)
    right_side = -np.einsum("kgh,gh->kh", in_cell, finite)
    multiplier = _multipliers(arrays, counts, risk, weight, finite, right_side)
    by_spell = np.empty(len(weight))
    for number, model in enumerate(models):
        curves = unit_log_survival(multiplier, finite[number])
        by_spell[model.rows] = _areas(curves, arrays.unit[model.rows], model.risk)
    total = arrays.unit_sums(weight)
    value = np.divide(
        arrays.unit_sums(weight * by_spell),
        total,
        out=np.full(arrays.units, np.nan),
        where=total > 0,
    )
    return RobustDurations(value, by_spell, multiplier, in_cell)


def unit_log_survival(multiplier: Floats, factors: Floats) -> Floats:
    """log S of risk 1 in each unit after 0, 1 … H - 1 weeks (K, H), for one group's factors (H,)."""
    with np.errstate(invalid="ignore"):
        steps = np.where(factors[None, :] == 0, 0.0, multiplier * factors[None, :])
    return np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)[:, :-1]], axis=1)


def _areas(curves: Floats, unit: Indices, risk: Floats) -> Floats:
    result = np.empty(len(unit))
    for start in range(0, len(unit), 20_000):
        part = slice(start, start + 20_000)
        result[part] = area_under(curves[unit[part]], risk[part])
    return result


def _multipliers(
    arrays: SpellArrays,
    counts: UnitCounts,
    risk: Floats,
    weight: Floats,
    factors: Floats,
    right_side: Floats,
) -> Floats:
    size = arrays.horizon
    rows = np.flatnonzero(arrays.event & (arrays.duration <= size) & (weight > 0))
    week = arrays.duration[rows] - 1
    hazard = -risk[rows] * factors[arrays.group[rows], week]
    solved = -kalbfleisch_prentice(
        arrays.unit[rows] * size + week, weight[rows], hazard, right_side.ravel()
    ).reshape(right_side.shape)
    return np.where(counts.at_risk > 0, np.abs(solved), 1.0)


def second_opinion(arrays: SpellArrays, models: Sequence[GroupModel]) -> Floats:
    """A second robust indicator per unit (K,), without standard error (method, section 5); NaN
    where follow-up is not known.

    Expected weeks within each spell's potential follow-up over the weeks seen (plus those expected
    after an earlier censoring).
    """
    if arrays.follow_up is None:
        return np.full(arrays.units, np.nan)
    ceiling = np.minimum(arrays.follow_up, arrays.horizon)
    within, seen = np.empty(len(ceiling)), np.empty(len(ceiling))
    for model in models:
        own = model.rows
        running = np.empty((0,))
        for start in range(0, len(own), 20_000):
            rows = own[start : start + 20_000]
            curve = np.exp(
                model.risk[start : start + 20_000][:, None] * model.log_survival[None, :]
            )
            running = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(curve, axis=1)], axis=1)
            at_ceiling = running[np.arange(len(rows)), ceiling[rows]]
            duration = np.minimum(arrays.duration[rows], ceiling[rows])
            at_end = running[np.arange(len(rows)), duration]
            left = np.concatenate([curve, curve[:, -1:]], axis=1)[np.arange(len(rows)), duration]
            later = np.where(arrays.event[rows], 0.0, (at_ceiling - at_end) / left)
            within[rows], seen[rows] = at_ceiling, duration + later
    return arrays.unit_sums(within) / arrays.unit_sums(seen)
