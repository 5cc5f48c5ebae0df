"""The sums the influence functions are made of, over blocks of spells (method, section 7)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kommunebench.benchmark.expected import survival_matrix
from kommunebench.benchmark.observed import unit_log_survival
from kommunebench.benchmark.spell_arrays import Floats, Indices
from kommunebench.benchmark.spell_blocks import GroupRows, NationalModel, SpellBlock

_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class GroupSums:
    """One group's sums, over its spells by unit or by week; S is a spell's survival, r its risk.

    ``expected_area``, ``robust_area`` (K, H): r S(k); ``expected_slope``, ``robust_slope`` (K, p):
    x sum over k of S log S, under the national and under the unit's own curve; ``curvature`` (H,),
    ``event_x`` (H, p), ``ended_x`` (H, p): what the baseline's derivative in the coefficients is
    made of.
    """

    expected_area: Floats
    robust_area: Floats
    expected_slope: Floats
    robust_slope: Floats
    curvature: Floats
    event_x: Floats
    ended_x: Floats

    def merge(self, other: "GroupSums") -> "GroupSums":
        """The sums of both sets of spells."""
        return GroupSums(
            *(getattr(self, name) + getattr(other, name) for name in GroupSums.__slots__)
        )


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
    """Per spell (n_g,) what its own event adds to its group's baseline equation: the term itself,
    its curvature, and the derivative of the equation's left side in log risk; all zero where no
    event is seen. ``counted``: where one is, and the factor is finite."""

    counted: np.ndarray
    term: Floats
    curvature: Floats
    bracket: Floats


def event_terms(
    block: SpellBlock, group: GroupRows, model: NationalModel, risk: Floats
) -> EventTerms:
    """The spells' terms in the Kalbfleisch-Prentice equation; in Breslow's, deaths over hazard, an
    event adds 1 / hazard. ``risk``: that of the fit (n_g,)."""
    factor = model.log_factors[block.last[group.rows]]
    counted = block.seen[group.rows] & np.isfinite(factor) & (factor < 0)
    factor = np.where(counted, factor, -1.0)
    if model.baseline == "breslow":
        # -l = deaths / R: the equation deaths / -l = R, whose events add -1/l and whose slope is
        # deaths / l^2.
        zero = np.zeros(len(risk))
        return EventTerms(
            counted,
            np.where(counted, -1.0 / factor, 0.0),
            np.where(counted, 1.0 / factor**2, 0.0),
            zero,
        )
    own = np.where(counted, risk, 1.0)
    lr = own * factor
    gap = -np.expm1(lr)
    curvature = own**2 * np.exp(lr) / gap**2
    bracket = own / gap + factor * curvature
    return EventTerms(
        counted,
        np.where(counted, own / gap, 0.0),
        np.where(counted, curvature, 0.0),
        np.where(counted, bracket, 0.0),
    )


def influence_sums(
    block: SpellBlock, models: Sequence[NationalModel], multiplier: Floats
) -> InfluenceSums:
    """First sums of a block, given models and multipliers (K, H)."""
    units, size = block.units, block.horizon
    slope = np.zeros(units * size)
    groups = []
    for model, group in zip(models, block.groups, strict=True):
        risk, unit, last = model.risk(group), block.unit[group.rows], block.last[group.rows]
        national = _areas(unit, units, model.log_survival[None, :], risk, group.x)
        own = _areas(
            unit, units, unit_log_survival(multiplier, model.finite_factors), risk, group.x
        )
        in_fit = model.fit_risk(group)
        terms = event_terms(block, group, model, in_fit)
        groups.append(
            GroupSums(
                national[0],
                own[0],
                national[1],
                own[1],
                np.bincount(last, terms.curvature, size).astype(float),
                _by(last, size, terms.bracket, group.x),
                _by(last, size, in_fit, group.x),
            )
        )
        hazard, phi = -risk * model.finite_factors[last], multiplier[unit, last]
        with np.errstate(invalid="ignore", over="ignore"):
            counted = (
                block.event[group.rows]
                & np.isfinite(phi)
                & (hazard > 0)
                & (phi > 0)
                & block.seen[group.rows]
            )
            product = np.where(counted, phi * hazard, 1.0)
            term = np.where(counted, hazard**2 * np.exp(-product) / np.expm1(-product) ** 2, 0.0)
        slope -= np.bincount(unit * size + last, term, units * size)
    return InfluenceSums(tuple(groups), slope.reshape(units, size))


@dataclass(frozen=True, slots=True)
class MultiplierEffects:
    """Per group, through the multipliers: ``event_sum`` (K, H), the event spells' derivative in the
    factors; ``beta`` (K, p), the derivative of the summed robust durations in the coefficients."""

    event_sum: tuple[Floats, ...]
    beta: tuple[Floats, ...]

    def merge(self, other: "MultiplierEffects") -> "MultiplierEffects":
        """The sums of both sets of spells."""
        return MultiplierEffects(
            tuple(a + b for a, b in zip(self.event_sum, other.event_sum, strict=True)),
            tuple(a + b for a, b in zip(self.beta, other.beta, strict=True)),
        )


def multiplier_effects(
    block: SpellBlock, models: Sequence[NationalModel], multiplier: Floats, ratio: Floats
) -> MultiplierEffects:
    """Second sums of a block, given ``ratio`` (K, H) = G / h of every unit and week."""
    units, size = block.units, block.horizon
    event_sum, beta = [], []
    for model, group in zip(models, block.groups, strict=True):
        risk, unit, last = model.risk(group), block.unit[group.rows], block.last[group.rows]
        factors = np.where(np.isneginf(model.log_factors), 0.0, model.log_factors)
        seen = block.seen[group.rows] & (ratio[unit, last] != 0)
        product = np.where(
            seen, finite_multiplier(multiplier)[unit, last] * -risk * factors[last], 1.0
        )
        gap = -np.expm1(-product)
        # (G/h) [1/(1-e) - phi a e/(1-e)^2]; times r it is the derivative in the factor.
        by_spell = np.where(
            seen, ratio[unit, last] * (1.0 / gap - product * np.exp(-product) / gap**2), 0.0
        )
        event_sum.append(
            np.bincount(unit * size + last, risk * by_spell, units * size)
            .reshape(units, size)
            .astype(float)
        )
        # da = a x dbeta: per spell the sum over weeks of (dR/da) a.
        running = np.cumsum(ratio * factors[None, :], axis=1)
        beta.append(
            _by(unit, units, risk * running[unit, last] - by_spell * risk * factors[last], group.x)
        )
    return MultiplierEffects(tuple(event_sum), tuple(beta))


def finite_multiplier(multiplier: Floats) -> Floats:
    """Multipliers with 0 in the weeks in which all at risk succeed: the curve is 0 afterwards,
    whatever the weights."""
    return np.where(np.isfinite(multiplier), multiplier, 0.0)


def _areas(
    unit: Indices, units: int, curves: Floats, risk: Floats, x: Floats
) -> tuple[Floats, Floats]:
    """By unit: sum of r S(k) (K, H), and of x sum over k of S log S (K, p); curves (K, H) of the
    units, or one (1, H)."""
    area, slope = np.zeros((units, curves.shape[1])), np.empty(len(risk))
    for start in range(0, len(risk), _ROWS):
        part = slice(start, start + _ROWS)
        own, log = unit[part], curves if len(curves) == 1 else curves[unit[part]]
        survival = survival_matrix(log, risk[part])
        grouping = sparse.csr_matrix((risk[part], (own, np.arange(len(own)))), (units, len(own)))
        area += grouping @ survival
        # S log S = S r log S0, and 0 where S is.
        finite = np.where(np.isneginf(log), 0.0, log)
        slope[part] = risk[part] * (
            survival @ finite[0] if len(log) == 1 else np.einsum("nk,nk->n", survival, finite)
        )
    return area, _by(unit, units, slope, x)


def _by(position: Indices, size: int, weight: Floats, x: Floats) -> Floats:
    """Weighted covariates summed by position (size, p)."""
    return (
        sparse.csr_matrix((weight, (position, np.arange(len(position)))), (size, len(position))) @ x
    )
