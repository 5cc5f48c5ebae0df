"""Exact influence functions of the whole chain, persons as clusters (method, section 7).

The influence of spell i on log I_K is d log I_K / d w_i. It has a part of its own unit (the spell's own expected and observed duration,
the risk sets of the unit) and a part through its group's coefficients and baseline, which reaches every unit. The latter has rank
p + H, so it is a product of (n, p + H) and (p + H, K) and never stored: blocks of spells are multiplied and summed by person.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kommunebench.benchmark.expected import GroupModel, survival_matrix
from kommunebench.benchmark.group_derivatives import GroupDerivatives, group_derivatives
from kommunebench.benchmark.observed import ObservedDurations, RobustDurations, UnitCounts, event_sums, unit_log_survival
from kommunebench.benchmark.spell_arrays import Floats, Indices, SpellArrays

_BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class ChainEstimates:
    """Everything the chain estimated on unweighted spells: what the influence functions are taken at."""

    models: tuple[GroupModel, ...]
    counts: UnitCounts
    expected_by_spell: Floats
    expected: Floats
    observed: ObservedDurations
    robust: RobustDurations


@dataclass(frozen=True, slots=True)
class LogIndicatorCovariance:
    """Covariance of the log indicators over units: plain, robust, and between the two, each (K, K)."""

    plain: Floats
    robust: Floats
    between: Floats

    @property
    def difference_variance(self) -> Floats:
        """Variance of log plain - log robust by unit (K,)."""
        return np.diag(self.plain) + np.diag(self.robust) - 2 * np.diag(self.between)

    def mean_difference_se(self, units: Indices) -> float:
        """Standard error of the mean of log plain - log robust over the given units."""
        inside = np.ix_(units, units)
        total = self.plain[inside].sum() + self.robust[inside].sum() - 2 * self.between[inside].sum()
        return float(np.sqrt(max(total, 0.0)) / len(units))


@dataclass(frozen=True, slots=True)
class _OwnParts:
    """Own-unit parts of the influences by spell (n,): of log E - log O, and of log E - log R."""

    plain: Floats
    robust: Floats


def influence_covariance(arrays: SpellArrays, chain: ChainEstimates) -> LogIndicatorCovariance:
    """Covariance of the log indicators: the influences summed by person, multiplied with themselves."""
    units = arrays.units
    shared = [_shared_coefficients(arrays, chain, number) for number in range(len(chain.models))]
    own = _own_parts(arrays, chain)
    total = np.zeros((2 * units, 2 * units))
    order = np.argsort(arrays.person, kind="stable")
    for rows in _blocks_of_persons(arrays.person[order], order):
        influence = np.zeros((len(rows), 2 * units))
        for number, (derivative, effect_beta, effect_factor) in enumerate(shared):
            inside = np.flatnonzero(arrays.group[rows] == number)
            if len(inside):
                position = np.searchsorted(chain.models[number].rows, rows[inside])
                influence[inside] = derivative.spell_effects(position, effect_beta, effect_factor)
        place = np.arange(len(rows))
        influence[place, arrays.unit[rows]] += own.plain[rows]
        influence[place, units + arrays.unit[rows]] += own.robust[rows]
        _, person = np.unique(arrays.person[rows], return_inverse=True)
        by_person = sparse.csr_matrix((np.ones(len(rows)), (person, place))) @ influence
        total += by_person.T @ by_person
    return LogIndicatorCovariance(total[:units, :units], total[units:, units:], total[:units, units:])


def influences(arrays: SpellArrays, chain: ChainEstimates) -> tuple[Floats, Floats]:
    """The influences themselves, plain and robust, each (n, K): for tests and small data."""
    units = arrays.units
    own = _own_parts(arrays, chain)
    result = np.zeros((len(arrays.duration), 2 * units))
    for number, model in enumerate(chain.models):
        derivative, effect_beta, effect_factor = _shared_coefficients(arrays, chain, number)
        result[model.rows] = derivative.spell_effects(np.arange(len(model.rows)), effect_beta, effect_factor)
    place = np.arange(len(result))
    result[place, arrays.unit] += own.plain
    result[place, units + arrays.unit] += own.robust
    return result[:, :units], result[:, units:]


def _blocks_of_persons(person: Indices, order: Indices) -> list[Indices]:
    """The rows in order of person, cut into blocks that no person straddles."""
    starts = np.flatnonzero(np.concatenate([[True], person[1:] != person[:-1]]))
    cuts = [0]
    for start in starts:
        if start - cuts[-1] >= _BLOCK:
            cuts.append(int(start))
    return [order[low:high] for low, high in zip(cuts, [*cuts[1:], len(order)], strict=True)]


def _own_parts(arrays: SpellArrays, chain: ChainEstimates) -> _OwnParts:
    size = arrays.unit_sums(np.ones(len(arrays.duration)))[arrays.unit]
    unit = arrays.unit
    expected = (chain.expected_by_spell - chain.expected[unit]) / (size * chain.expected[unit])
    observed = _kaplan_meier_part(arrays, chain.counts) / chain.observed.value[unit]
    robust = (chain.robust.by_spell - chain.robust.value[unit]) / size + _multiplier_part(arrays, chain)
    return _OwnParts(expected - observed, expected - robust / chain.robust.value[unit])


def _kaplan_meier_part(arrays: SpellArrays, counts: UnitCounts) -> Floats:
    """d O_K / d w_i of the Kaplan-Meier area, own unit (n,)."""
    survival = counts.survival
    right = np.concatenate([np.cumsum(survival[:, ::-1], axis=1)[:, ::-1][:, 1:], np.zeros((len(survival), 1))], axis=1)
    at_risk, events = counts.at_risk, counts.events
    staying = at_risk - events
    per_event = np.divide(right, staying, out=np.zeros_like(right), where=staying > 0)
    per_week = per_event * np.divide(events, at_risk, out=np.zeros_like(right), where=at_risk > 0)
    return _walk(arrays, arrays.unit, np.cumsum(per_week, axis=1), per_event)


def _walk(arrays: SpellArrays, cell: Indices, running: Floats, at_event: Floats) -> Floats:
    """Running sums up to each spell's end, less the value at its end where it is an event."""
    last = np.minimum(arrays.duration, arrays.horizon) - 1
    seen = arrays.event & (arrays.duration <= arrays.horizon)
    return running[cell, last] - np.where(seen, at_event[cell, last], 0.0)


def _multiplier_part(arrays: SpellArrays, chain: ChainEstimates) -> Floats:
    """d R_K / d w_i through the own unit's multipliers (n,)."""
    ratio = multiplier_ratios(arrays, chain)
    result = np.empty(len(arrays.duration))
    last = np.minimum(arrays.duration, arrays.horizon) - 1
    for model in chain.models:
        rows = model.rows
        # -G dphi/dw = (G / h) [dN a / (1 - exp(-phi a)) - Y a], with a = -r l.
        running = np.cumsum(ratio * -model.log_factors[None, :], axis=1)
        at_risk = model.risk * running[arrays.unit[rows], last[rows]]
        own_a = -model.risk * model.log_factors[last[rows]]
        phi = _finite(chain.robust.multiplier)[arrays.unit[rows], last[rows]]
        seen = arrays.event[rows] & (arrays.duration[rows] <= arrays.horizon) & (ratio[arrays.unit[rows], last[rows]] != 0)
        gap = -np.expm1(-np.where(seen, phi * own_a, 1.0))
        at_event = np.where(seen, ratio[arrays.unit[rows], last[rows]] * own_a / gap, 0.0)
        result[rows] = at_event - at_risk
    return result


def multiplier_ratios(arrays: SpellArrays, chain: ChainEstimates) -> Floats:
    """G_s / h_s per unit and week (K, H); 0 where the multiplier does not depend on the weights (no events, all succeed)."""
    shape = chain.robust.multiplier.shape
    slope, area = np.zeros(shape), np.zeros(shape)
    hazard, phi = np.zeros(len(arrays.duration)), np.zeros(len(arrays.duration))
    last = np.minimum(arrays.duration, arrays.horizon) - 1
    for model in chain.models:
        hazard[model.rows] = -model.risk * model.log_factors[last[model.rows]]
        area += weighted_areas(arrays, chain, model) * -model.log_factors[None, :]
    phi = chain.robust.multiplier[arrays.unit, last]
    with np.errstate(invalid="ignore", over="ignore"):
        counted = arrays.event & np.isfinite(phi) & (hazard > 0) & (phi > 0)
        product = np.where(counted, phi * hazard, 1.0)
        term = hazard**2 * np.exp(-product) / np.expm1(-product) ** 2
    slope = -event_sums(arrays, arrays.unit, arrays.units, np.where(counted, term, 0.0))
    size = arrays.unit_sums(np.ones(len(arrays.duration)))[:, None]
    usable = (slope < 0) & np.isfinite(chain.robust.multiplier)
    return np.divide(area / size, slope, out=np.zeros(shape), where=usable)


def _finite(multiplier: Floats) -> Floats:
    """Multipliers with 0 in the weeks in which all at risk succeed: the curve is 0 afterwards, whatever the weights."""
    return np.where(np.isfinite(multiplier), multiplier, 0.0)


def weighted_areas(arrays: SpellArrays, chain: ChainEstimates, model: GroupModel) -> Floats:
    """Sum over a unit's spells of the group of r_i times the area under its robust curve from week s on (K, H)."""
    finite = np.where(np.isneginf(model.log_factors), -1e3, model.log_factors)
    curves = unit_log_survival(chain.robust.multiplier, finite)
    return _summed_areas(arrays, model, curves)


def _summed_areas(arrays: SpellArrays, model: GroupModel, curves: Floats) -> Floats:
    """Sum by unit of r_i sum over k >= s of S_i(k), S_i from curves (K, H) or one curve (1, H)."""
    total = np.zeros((arrays.units, arrays.horizon))
    for start in range(0, len(model.rows), _BLOCK):
        rows, risk = model.rows[start : start + _BLOCK], model.risk[start : start + _BLOCK]
        unit = arrays.unit[rows]
        survival = survival_matrix(curves if len(curves) == 1 else curves[unit], risk)
        grouping = sparse.csr_matrix((risk, (unit, np.arange(len(rows)))), (arrays.units, len(rows)))
        total += grouping @ survival
    # Week s (column s - 1) starts after s weeks: the area from k = s on.
    right = np.cumsum(total[:, ::-1], axis=1)[:, ::-1]
    return np.concatenate([right[:, 1:], np.zeros((len(right), 1))], axis=1)


def _shared_coefficients(arrays: SpellArrays, chain: ChainEstimates, number: int) -> tuple[GroupDerivatives, Floats, Floats]:
    """Derivatives of the 2 K log indicators (plain, then robust) in a group's coefficients (p, 2K) and log factors (H, 2K)."""
    model = chain.models[number]
    derivative = group_derivatives(arrays, model)
    size = arrays.unit_sums(np.ones(len(arrays.duration)))
    scale = 1.0 / (size * chain.expected)
    on_factor = _summed_areas(arrays, model, model.log_survival[None, :]) * scale[:, None]
    on_beta = _expected_on_beta(arrays, model) * scale[:, None]
    robust_factor, robust_beta = _robust_effects(arrays, chain, model)
    robust_scale = 1.0 / chain.robust.value
    factor = np.concatenate([on_factor, on_factor - robust_factor * robust_scale[:, None]]).T
    beta = np.concatenate([on_beta, on_beta - robust_beta * robust_scale[:, None]]).T
    # Through the factors as well: they depend on the coefficients.
    return derivative, beta + derivative.factor_on_beta.T @ factor, factor


def _expected_on_beta(arrays: SpellArrays, model: GroupModel) -> Floats:
    """Sum by unit of x_i sum over k of S log S, the factors held (K, p)."""
    slope = np.empty(len(model.rows))
    for start in range(0, len(model.rows), _BLOCK):
        part = slice(start, start + _BLOCK)
        survival = survival_matrix(model.log_survival[None, :], model.risk[part])
        log = np.where(survival > 0, np.log(np.where(survival > 0, survival, 1.0)), 0.0)
        slope[part] = (survival * log).sum(axis=1)
    grouping = sparse.csr_matrix(
        (slope, (arrays.unit[model.rows], np.arange(len(model.rows)))), (arrays.units, len(model.rows))
    )
    return grouping @ model.x


def _robust_effects(arrays: SpellArrays, chain: ChainEstimates, model: GroupModel) -> tuple[Floats, Floats]:
    """Derivatives of the robust durations in a group's log factors (K, H) and coefficients (K, p), the other held."""
    size = arrays.unit_sums(np.ones(len(arrays.duration)))[:, None]
    number = int(arrays.group[model.rows[0]])
    phi = _finite(chain.robust.multiplier)
    ratio = multiplier_ratios(arrays, chain)
    areas = weighted_areas(arrays, chain, model) * phi / size
    event_slope, event_by_spell = _event_slopes(arrays, chain, model, ratio)
    # dR/da = -phi A / n - (G/h) Y + event term; da = -r dl at fixed coefficients.
    on_factor = areas + ratio * chain.robust.risk_in_cell[:, number] - event_slope
    # da = a x dbeta: per spell the sum over weeks of (dR/da) a.
    last = np.minimum(arrays.duration[model.rows], arrays.horizon) - 1
    unit = arrays.unit[model.rows]
    factors = np.where(np.isneginf(model.log_factors), 0.0, model.log_factors)
    running = np.cumsum(ratio * factors[None, :], axis=1)
    through_risk = model.risk * running[unit, last]
    through_event = event_by_spell * -model.risk * factors[last]
    through_area = _area_slopes(arrays, chain, model) / size[unit, 0]
    total = through_risk + through_event + through_area
    grouping = sparse.csr_matrix((total, (unit, np.arange(len(unit)))), (arrays.units, len(unit)))
    return on_factor, grouping @ model.x


def _event_slopes(arrays: SpellArrays, chain: ChainEstimates, model: GroupModel, ratio: Floats) -> tuple[Floats, Floats]:
    """(G/h) [1/(1-e) - phi a e/(1-e)^2] of the group's event spells: times r summed by unit and week (K, H), and by spell (n_g,)."""
    rows = model.rows
    last = np.minimum(arrays.duration[rows], arrays.horizon) - 1
    unit = arrays.unit[rows]
    seen = arrays.event[rows] & (arrays.duration[rows] <= arrays.horizon) & (ratio[unit, last] != 0)
    product = np.where(seen, _finite(chain.robust.multiplier)[unit, last] * -model.risk * model.log_factors[last], 1.0)
    gap = -np.expm1(-product)
    bracket = 1.0 / gap - product * np.exp(-product) / gap**2
    by_spell = np.where(seen, ratio[unit, last] * bracket, 0.0)
    summed = np.zeros((arrays.units, arrays.horizon))
    np.add.at(summed, (unit[seen], last[seen]), (model.risk * by_spell)[seen])
    return summed, by_spell


def _area_slopes(arrays: SpellArrays, chain: ChainEstimates, model: GroupModel) -> Floats:
    """Per spell the sum over k of S log S of its robust curve: the derivative of its area in log risk."""
    finite = np.where(np.isneginf(model.log_factors), -1e3, model.log_factors)
    curves = unit_log_survival(chain.robust.multiplier, finite)
    result = np.empty(len(model.rows))
    for start in range(0, len(model.rows), _BLOCK):
        part = slice(start, start + _BLOCK)
        survival = survival_matrix(curves[arrays.unit[model.rows[part]]], model.risk[part])
        log = np.where(survival > 0, np.log(np.where(survival > 0, survival, 1.0)), 0.0)
        result[part] = (survival * log).sum(axis=1)
    return result
