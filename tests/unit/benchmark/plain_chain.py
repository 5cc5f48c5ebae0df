"""A second implementation of the chain, plain and slow: equations solved one at a time by
bisection, curves one spell at a time. Only the coefficients come from a library: Cox's from ours,
whose fit is tested against R elsewhere, those of a hazard that is constant within intervals from
the Poisson regression of statsmodels."""

from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import optimize

from kommunebench.survival import fit_cox


@dataclass
class PlainChain:
    """Expected, plain observed and robust measure by unit, in the order of the units' names."""

    expected: np.ndarray
    observed: np.ndarray
    robust: np.ndarray

    def performance(self, measure="restricted_mean", indicator="ratio"):
        """Plain and robust performance (2, K): more is better."""
        sides = [(self.expected, self.observed), (self.expected, self.robust)]
        if indicator == "difference":
            unit = 100.0 if measure == "share" else 1.0
            values = [unit * (e - o) for e, o in sides]
        else:
            values = [np.log(e / o) for e, o in sides]
        return np.array(values) * (-1.0 if measure == "share" else 1.0)


@dataclass
class PlainSecondStage:
    """Names of columns that are constant within units, and by group the weights of the regression
    of the units' effects on them (units with events in order), made by the first chain that is run
    and kept by those after it. ``deviation`` (K,): added to the effects before the regression, in
    standard deviations."""

    constant: list
    deviation: np.ndarray
    weights: dict = field(default_factory=dict)
    tau: dict = field(default_factory=dict)

    def coefficients(self, group, z, effects, covariance, units):
        """Coefficients of the columns z (J, q) of the J units with events."""
        x = np.column_stack([np.ones(len(z)), z])
        if group not in self.weights:
            first = np.diag(1 / np.diag(covariance))
            middle = np.linalg.inv(x.T @ first @ x)
            p = first - first @ x @ middle @ x.T @ first
            excess = effects @ p @ effects - (len(z) - x.shape[1])
            tau_squared = max(0.0, excess / np.trace(p))
            self.tau[group] = np.sqrt(tau_squared)
            self.weights[group] = 1 / (np.diag(covariance) + tau_squared)
        weights = self.weights[group]
        shifted = effects + self.tau[group] * self.deviation[units]
        root = np.sqrt(weights)
        return np.linalg.lstsq(x * root[:, None], shifted * root, rcond=None)[0][1:]


def covariate_matrix(spells, names=("x", "c")):
    """Numbers as they are, texts as dummies against their first level."""
    columns = {}
    for name in names:
        if pd.api.types.is_numeric_dtype(spells[name]):
            columns[name] = spells[name].to_numpy(float)
            continue
        for level in sorted(spells[name].unique())[1:]:
            columns[f"{name}_{level}"] = (spells[name] == level).to_numpy(float)
    return pd.DataFrame(columns, index=range(len(spells)))


def solve_product_limit(weight, risk, at_risk):
    """log factor g < 0 of sum w r / (1 - exp(g r)) = at_risk; 0 without events."""
    weight, risk = weight[weight > 0], risk[weight > 0]
    if not len(weight):
        return 0.0
    if weight @ risk >= at_risk * (1 - 1e-13):
        return -np.inf

    def excess(log_hazard):
        return np.sum(weight * risk / -np.expm1(-np.exp(log_hazard) * risk)) / at_risk - 1.0

    root = optimize.brentq(excess, -40.0, 20.0, xtol=1e-15, rtol=4 * np.finfo(float).eps)
    return -np.exp(root)


def cox_regression(duration, event, x, weights):
    """Coefficients (p,) and their covariance (p, p)."""
    fit = fit_cox(duration, event, x, weights=weights)
    return fit.coefficients.to_numpy(), fit.covariance.to_numpy()


def poisson_rows(duration, event, x, *, cuts, horizon):
    """A row for each spell and interval in which it is at risk: whether its event is seen, its
    columns, the log of its weeks at risk, its interval, and which spell it is of."""
    parts = []
    for j, (start, end) in enumerate(pairwise([0, *cuts, horizon])):
        spell = np.flatnonzero(duration > start)
        seen = event[spell] & (duration[spell] <= end)
        weeks = np.minimum(duration[spell], end) - start
        parts.append((seen, x[spell], np.log(weeks), np.full(len(spell), j), spell))
    return tuple(np.concatenate(columns) for columns in zip(*parts, strict=True))


def poisson_regression(duration, event, x, weights, *, cuts, horizon):
    """The same of a hazard that is constant between the cuts and the horizon: events on weeks at
    risk, with a term for every interval with events."""
    rows = poisson_rows(duration, event, x.to_numpy(float), cuts=cuts, horizon=horizon)
    seen, columns, offset, interval, spell = rows
    with_events = np.flatnonzero(np.bincount(interval, weights[spell] * seen) > 0)
    kept = np.isin(interval, with_events) & (weights[spell] > 0)
    levels = (interval[kept, None] == with_events).astype(float)
    fit = sm.GLM(
        seen[kept].astype(float),
        np.concatenate([columns[kept], levels], axis=1),
        family=sm.families.Poisson(),
        offset=offset[kept],
        freq_weights=weights[spell[kept]],
    ).fit(tol=1e-14, maxiter=200)
    p = x.shape[1]
    return fit.params[:p], fit.cov_params()[:p, :p]


def plain_chain(
    spells,
    covariates,
    weights,
    horizon,
    *,
    group="group",
    measure="restricted_mean",
    baseline="kalbfleisch_prentice",
    cuts=(),
    unit_effects=False,
    second_stage=None,
):
    """The weighted chain of spells with columns unit, duration, event and group; ``second_stage``:
    a PlainSecondStage, where covariates are constant within units."""
    units = sorted(spells["unit"].unique())
    unit = np.searchsorted(units, spells["unit"])
    duration, event = spells["duration"].to_numpy(), spells["event"].to_numpy(bool)
    week = np.minimum(duration, horizon)
    seen = event & (duration <= horizon)
    risk, factors = np.empty(len(spells)), np.zeros((len(spells), horizon))
    regression = cox_regression
    if baseline == "piecewise":
        regression = partial(poisson_regression, cuts=cuts, horizon=horizon)
    for value in sorted(spells[group].unique()) if group else ["all"]:
        rows = np.flatnonzero(spells[group] == value) if group else np.arange(len(spells))
        x = covariates.iloc[rows].loc[:, lambda d: d.max() > d.min()]
        spells_of_group = (x, duration[rows], event[rows], unit[rows], weights[rows])
        if unit_effects:
            risk[rows], fit_risk = _within_risks(*spells_of_group, second_stage, value, regression)
        else:
            risk[rows], fit_risk = _pooled_risks(*spells_of_group, regression)
        if baseline == "piecewise":
            weights_of, week_of, seen_of = weights[rows], week[rows], seen[rows]
            for start, end in pairwise([0, *cuts, horizon]):
                weeks = np.clip(week_of, start, end) - start
                n_events = weights_of @ (seen_of & (week_of > start) & (week_of <= end))
                step = -n_events / (weights_of @ (fit_risk * weeks))
                factors[np.ix_(rows, range(start, end))] = step
            continue
        for k in range(1, horizon + 1):
            at_risk = week[rows] >= k
            events = rows[at_risk & seen[rows] & (week[rows] == k)]
            place = np.searchsorted(rows, events)
            total = weights[rows][at_risk] @ fit_risk[at_risk]
            if baseline == "breslow":
                factors[rows, k - 1] = -weights[events].sum() / total if len(events) else 0.0
            else:
                factors[rows, k - 1] = solve_product_limit(weights[events], fit_risk[place], total)
    return _measures(weights, unit, len(units), week, seen, risk, factors, horizon, measure)


def _pooled_risks(x, duration, event, unit, weights, regression):
    """exp(x beta) of predictions, and of the fit, in one group."""
    if not x.shape[1]:
        return np.ones(len(x)), np.ones(len(x))
    beta, _ = regression(duration, event, x, weights)
    risk = np.exp(x.to_numpy() @ beta)
    return risk, risk


def _within_risks(x, duration, event, unit, weights, second_stage, group, regression):
    """The same with effects of the units: a dummy for each but the first with events, and their
    mean over the spells taken out afterwards."""
    n_events = np.bincount(unit, weights * event)
    inside = n_events[unit] > 0
    constant = [] if second_stage is None else second_stage.constant
    first_stage = x.reset_index(drop=True).drop(columns=constant)
    units = np.flatnonzero(n_events > 0)
    dummies = {f"unit{k}": (unit == k).astype(float) for k in units[1:]}
    full = first_stage.assign(**dummies)
    beta, fit_covariance = regression(
        duration[inside], event[inside], full[inside], weights[inside]
    )
    p = first_stage.shape[1]
    share = np.bincount(unit, weights)[units] / weights[inside].sum()
    centring = np.eye(len(units))[:, 1:] - share[1:]
    effects = centring @ beta[p:]
    by_unit = np.full(len(n_events), -np.inf)
    by_unit[units] = effects
    predictor = first_stage.to_numpy() @ beta[:p]
    fit_risk = np.exp(predictor + by_unit[unit])
    if constant:
        z = x[constant].to_numpy()
        of_unit = np.array([z[unit == k][0] for k in units])
        covariance = centring @ fit_covariance[p:, p:] @ centring.T
        gamma = second_stage.coefficients(group, of_unit, effects, covariance, units)
        predictor = predictor + (z - share @ of_unit) @ gamma
    return np.exp(predictor), fit_risk


def _measures(weights, unit, n_units, week, seen, risk, factors, horizon, measure):
    a = -risk[:, None] * factors
    multiplier = np.zeros((n_units, horizon))
    survival = np.ones((n_units, horizon + 1))
    for j in range(n_units):
        in_unit = unit == j
        for k in range(1, horizon + 1):
            at_risk = in_unit & (week >= k)
            events = in_unit & seen & (week == k)
            total, n_events = weights[at_risk].sum(), weights[events].sum()
            survival[j, k] = survival[j, k - 1] * (1 - n_events / total if total else 1.0)
            hazard = weights[at_risk] @ a[at_risk, k - 1]
            solved = -solve_product_limit(weights[events], a[events, k - 1], hazard)
            multiplier[j, k - 1] = solved if weights[at_risk].any() else 1.0
    expected = np.exp(-np.cumsum(a, axis=1))
    with np.errstate(invalid="ignore"):
        steps = np.where(a == 0, 0.0, multiplier[unit] * a)
    robust = np.exp(-np.cumsum(steps, axis=1))
    first = np.ones((len(unit), 1))
    curves = [np.concatenate([first, curve], axis=1) for curve in (expected, robust)]
    values = [_measure(curve, measure) for curve in curves]
    size = np.bincount(unit, weights, n_units)
    means = [np.bincount(unit, weights * value, n_units) / size for value in values]
    return PlainChain(means[0], _measure(survival, measure), means[1])


def _measure(survival, measure):
    """Restricted mean, or share with the event, of curves after 0 … H weeks."""
    return survival[:, :-1].sum(axis=1) if measure == "restricted_mean" else 1 - survival[:, -1]


def derivative(performance, count, row, step=5e-3):
    """Derivatives of ``performance(weights)`` in one weight: central differences of fourth
    order."""

    def central(h):
        sides = []
        for sign in (1, -1):
            weights = np.ones(count)
            weights[row] += sign * h
            sides.append(performance(weights))
        return (sides[0] - sides[1]) / (2 * h)

    return (4 * central(step) - central(2 * step)) / 3
