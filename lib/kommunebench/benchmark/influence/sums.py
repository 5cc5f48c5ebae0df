"""The sums the influence functions are made of, over blocks of spells (method, section 7)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kommunebench.benchmark.blocks.block import (
    FieldSums,
    Flags,
    Floats,
    GroupSpells,
    Indices,
    SpellBlock,
    backwards,
    grouping,
)
from kommunebench.benchmark.durations.measure import (
    Measure,
    log_survival_of,
    row_chunks,
    survival_of,
)
from kommunebench.benchmark.durations.multipliers import UnitCurves
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.benchmark.model.national import ModelChoice, NationalModel


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSums(FieldSums):
    """One group's sums over its spells, by unit or by week; S is a spell's survival, r its risk.

    ``expected_area``, ``robust_area`` (K, H + 1): r S(k), under the national and under the unit's
    own curve, for the weeks k that the measure weighs; ``expected_slope``, ``robust_slope`` (K, p):
    x sum over k of c_k S log S; ``risk`` (K, H): r of those at risk; ``curvature`` (H,),
    ``event_x`` (H, u + p), ``leaving_x`` (H, u + p): what the baseline's derivative in the
    coefficients of the fit is made of, columns of the units' effects first.
    """

    expected_area: Floats
    robust_area: Floats
    expected_slope: Floats
    robust_slope: Floats
    risk: Floats
    curvature: Floats
    event_x: Floats
    leaving_x: Floats


@dataclass(frozen=True, slots=True)
class InfluenceSums:
    """All groups' sums, and ``multiplier_slope`` (K, H): h, the derivative of the multipliers'
    equation."""

    groups: tuple[GroupSums, ...]
    multiplier_slope: Floats

    def merge(self, other: "InfluenceSums") -> "InfluenceSums":
        """The sums of both sets of spells."""
        groups = tuple(one.merge(two) for one, two in zip(self.groups, other.groups, strict=True))
        return InfluenceSums(groups, self.multiplier_slope + other.multiplier_slope)


@dataclass(frozen=True, slots=True)
class EventTerms:
    """Per spell (n_g,) what its event adds to its group's baseline equation: the term itself, its
    curvature, and the derivative of the equation's left side in log risk; all zero where no event
    is seen or the group ends in that week."""

    term: Floats
    curvature: Floats
    bracket: Floats


def event_terms(
    block: SpellBlock, group: GroupSpells, hazard: GroupHazards, choice: ModelChoice, risk: Floats
) -> EventTerms:
    """The spells' terms in the Kalbfleisch-Prentice equation, or in that of Breslow's hazard and of
    one that is constant within intervals. ``risk`` (n_g,): that of the fit."""
    factor = hazard.finite_factors[block.exit_week[group.rows], 0]
    counted = block.seen[group.rows] & (factor < 0)
    factor = np.where(counted, factor, -1.0)
    if choice.baseline != "kalbfleisch_prentice":
        # -l = deaths / R, of a week or an interval: the equation deaths / -l = R, whose events add
        # -1/l and whose slope is deaths / l^2.
        zero = np.zeros(len(risk))
        return EventTerms(
            np.where(counted, -1.0 / factor, 0.0), np.where(counted, 1.0 / factor**2, 0.0), zero
        )
    event_risk = np.where(counted, risk, 1.0)
    log_survival_step = event_risk * factor
    gap = -np.expm1(log_survival_step)
    curvature = event_risk**2 * np.exp(log_survival_step) / gap**2
    bracket = event_risk / gap + factor * curvature
    return EventTerms(
        np.where(counted, event_risk / gap, 0.0),
        np.where(counted, curvature, 0.0),
        np.where(counted, bracket, 0.0),
    )


def influence_sums(
    block: SpellBlock, models: Sequence[NationalModel], curves: UnitCurves, measure: Measure
) -> InfluenceSums:
    """First sums of a block, given models and multipliers."""
    slope, groups = np.zeros((block.n_units, block.horizon)), []
    for g, (model, group) in enumerate(zip(models, block.groups, strict=True)):
        hazard = model.hazards
        groups.append(_group_sums(block, group, model, curves.log_survival(hazard, g), measure))
        slope -= _multiplier_slope(block, group, hazard, curves)
    return InfluenceSums(tuple(groups), slope)


def _group_sums(
    block: SpellBlock,
    group: GroupSpells,
    model: NationalModel,
    unit_log_survival: Floats,
    measure: Measure,
) -> GroupSums:
    hazard, unit, week = model.hazards, block.unit[group.rows], block.exit_week[group.rows]
    risk, fit_risk = hazard.risk(group)[:, 0], hazard.fit_risk(group)[:, 0]
    by_unit = grouping(unit, block.n_units)
    national = log_survival_of(hazard.log_factors[:, 0])[None, :]
    expected = _curve_sums(unit, block.n_units, national, risk, measure)
    robust = _curve_sums(unit, block.n_units, unit_log_survival, risk, measure)
    terms = event_terms(block, group, hazard, model.choice, fit_risk)
    leaving = np.bincount(unit * block.horizon + week, risk, block.n_units * block.horizon)
    return GroupSums(
        expected_area=expected[0],
        robust_area=robust[0],
        expected_slope=by_unit @ (group.x * expected[1][:, None]),
        robust_slope=by_unit @ (group.x * robust[1][:, None]),
        risk=backwards(leaving.reshape(block.n_units, block.horizon).astype(float), 1),
        curvature=np.bincount(week, terms.curvature, block.horizon).astype(float),
        event_x=_fit_sums(block, group, model, terms.bracket),
        leaving_x=_fit_sums(block, group, model, fit_risk),
    )


def _fit_sums(
    block: SpellBlock, group: GroupSpells, model: NationalModel, weight: Floats
) -> Floats:
    """The columns of the fit, weighted and summed by exit week (H, u + p)."""
    week, effects = block.exit_week[group.rows], model.unit_effects
    of_design = _weighted(week, block.horizon, weight, group.x)
    if effects is None:
        return of_design
    cells = np.bincount(week * block.n_units + group.unit, weight, block.horizon * block.n_units)
    by_unit = cells.reshape(block.horizon, block.n_units).astype(float)
    of_design[:, effects.constant.positions] = 0.0
    return np.concatenate([effects.columns_of_sums(by_unit), of_design], axis=1)


def _multiplier_slope(
    block: SpellBlock, group: GroupSpells, hazard: GroupHazards, curves: UnitCurves
) -> Floats:
    """sum over the events of a^2 exp(-phi a) / (1 - exp(-phi a))^2 by unit and week (K, H)."""
    unit, week = block.unit[group.rows], block.exit_week[group.rows]
    a = -hazard.risk(group)[:, 0] * hazard.finite_factors[week, 0]
    phi = curves.multiplier[unit, week, 0]
    counted = block.seen[group.rows] & np.isfinite(phi) & (a > 0) & (phi > 0)
    product = np.where(counted, np.where(counted, phi, 1.0) * a, 1.0)
    term = np.where(counted, a**2 * np.exp(-product) / np.expm1(-product) ** 2, 0.0)
    cell = unit * block.horizon + week
    total = np.bincount(cell, term, block.n_units * block.horizon).astype(float)
    return total.reshape(block.n_units, block.horizon)


@dataclass(frozen=True, slots=True)
class MultiplierEffects:
    """Per group, through the multipliers: ``event_sum`` (K, H), the event spells' derivative in the
    factors; ``beta`` (K, p), the derivative of the summed robust measure in the coefficients."""

    event_sum: tuple[Floats, ...]
    beta: tuple[Floats, ...]

    def merge(self, other: "MultiplierEffects") -> "MultiplierEffects":
        """The sums of both sets of spells."""
        return MultiplierEffects(
            tuple(a + b for a, b in zip(self.event_sum, other.event_sum, strict=True)),
            tuple(a + b for a, b in zip(self.beta, other.beta, strict=True)),
        )


def multiplier_effects(
    block: SpellBlock, models: Sequence[NationalModel], curves: UnitCurves, ratio: Floats
) -> MultiplierEffects:
    """Second sums of a block, given ``ratio`` (K, H) = G / h of every unit and week."""
    units, horizon = block.n_units, block.horizon
    event_sum, beta = [], []
    for model, group in zip(models, block.groups, strict=True):
        hazard, unit, week = model.hazards, block.unit[group.rows], block.exit_week[group.rows]
        risk, factors = hazard.risk(group)[:, 0], hazard.finite_factors[:, 0]
        counted = counted_events(block, group, hazard, ratio)
        product = np.where(counted, curves.finite[unit, week, 0] * -risk * factors[week], 1.0)
        gap = -np.expm1(-product)
        # (G/h) [1/(1-e) - phi a e/(1-e)^2]; times r it is the derivative in the factor.
        by_spell = np.where(
            counted, ratio[unit, week] * (1.0 / gap - product * np.exp(-product) / gap**2), 0.0
        )
        by_cell = np.bincount(unit * horizon + week, risk * by_spell, units * horizon)
        event_sum.append(by_cell.reshape(units, horizon).astype(float))
        # da = a x dbeta: per spell the sum over weeks of (dR/da) a.
        running = np.cumsum(ratio * factors[None, :], axis=1)
        through_a = risk * running[unit, week] - by_spell * risk * factors[week]
        beta.append(_weighted(unit, units, through_a, group.x))
    return MultiplierEffects(tuple(event_sum), tuple(beta))


def counted_events(
    block: SpellBlock, group: GroupSpells, hazard: GroupHazards, ratio: Floats
) -> Flags:
    """Spells (n_g,) whose event is in the multiplier's equation where the multiplier depends on the
    weights: not in a week in which the group ends."""
    unit, week = block.unit[group.rows], block.exit_week[group.rows]
    factor = hazard.finite_factors[week, 0]
    return block.seen[group.rows] & (ratio[unit, week] != 0) & (factor < 0)


def _curve_sums(
    unit: Indices, n_units: int, log_survival: Floats, risk: Floats, measure: Measure
) -> tuple[Floats, Floats]:
    """By unit the sums of r S(k) (K, H + 1), and per spell the sum over k of c_k S log S (n,); log
    S of the units (K, H + 1), or one for all (1, H + 1)."""
    weeks = measure.weeks
    log, weights = log_survival[:, weeks], measure.weights[weeks]
    finite = np.where(np.isneginf(log), 0.0, log) * weights
    area = np.zeros((n_units, log_survival.shape[1]))
    slope = np.empty(len(risk))
    for rows in row_chunks(len(risk)):
        # One curve is not written out for every row.
        curve = slice(0, 1) if len(log) == 1 else unit[rows]
        survival = survival_of(log[curve], risk[rows])
        # S log S = S r log S0, and 0 where S is.
        slope[rows] = np.sum(survival * finite[curve], axis=1)
        area[:, weeks] += _weighted(unit[rows], n_units, risk[rows], survival)
    return area, slope * risk


def _weighted(position: Indices, size: int, weight: Floats, x: Floats) -> Floats:
    """Weighted covariates summed by position (size, p)."""
    places = position, np.arange(len(position))
    return sparse.csr_matrix((weight, places), (size, len(position))) @ x
