"""A second implementation of the chain, plain and slow: equations solved one at a time by
bisection, curves one spell at a time. Only the Cox coefficients come from the library, whose fit
is tested against R elsewhere."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
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


def plain_chain(
    spells,
    covariates,
    weights,
    horizon,
    *,
    group="group",
    measure="restricted_mean",
    baseline="kalbfleisch_prentice",
    unit_effects=False,
):
    """The weighted chain of spells with columns unit, duration, event and group."""
    units = sorted(spells["unit"].unique())
    unit = np.searchsorted(units, spells["unit"])
    duration, event = spells["duration"].to_numpy(), spells["event"].to_numpy(bool)
    week = np.minimum(duration, horizon)
    seen = event & (duration <= horizon)
    risk, factors = np.empty(len(spells)), np.zeros((len(spells), horizon))
    for value in sorted(spells[group].unique()) if group else ["all"]:
        rows = np.flatnonzero(spells[group] == value) if group else np.arange(len(spells))
        x = covariates.iloc[rows].loc[:, lambda d: d.max() > d.min()]
        risk[rows], fit_risk = _risks(
            x, duration[rows], event[rows], unit[rows], weights[rows], unit_effects
        )
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


def _risks(x, duration, event, unit, weights, unit_effects):
    """exp(x beta) of predictions, and of the fit, in one group."""
    if not unit_effects:
        if not x.shape[1]:
            return np.ones(len(x)), np.ones(len(x))
        beta = fit_cox(duration, event, x, weights=weights).coefficients.to_numpy()
        risk = np.exp(x.to_numpy() @ beta)
        return risk, risk
    n_events = np.bincount(unit, weights * event)
    inside = n_events[unit] > 0
    dummies = {k: (unit == k).astype(float) for k in np.flatnonzero(n_events > 0)[1:]}
    total = weights[inside].sum()
    columns = {k: d - weights @ d / total for k, d in dummies.items()}
    full = x.reset_index(drop=True).assign(**{f"unit{k}": d for k, d in columns.items()})
    fit = fit_cox(duration[inside], event[inside], full[inside], weights=weights[inside])
    beta, p = fit.coefficients.to_numpy(), x.shape[1]
    return (
        np.exp(x.to_numpy() @ beta[:p]),
        np.where(inside, np.exp(full.to_numpy() @ beta), 0.0),
    )


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
