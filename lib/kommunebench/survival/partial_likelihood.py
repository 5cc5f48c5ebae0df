"""Cox's partial likelihood with tied events: its value, gradient and Hessian from sums per event time.

With S0 and S1 per event time known, the sum over event times of S2/S0 is one weighted Gram matrix of the rows, the weight of a row
being its own cumulative hazard: two passes over the covariates a step, however many event times there are.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kommunebench.survival.curves import Floats
from kommunebench.survival.risk_sets import RiskSets

Ties = Literal["breslow", "efron"]


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Log partial likelihood (a number), gradient (p,) and information, minus the Hessian (p, p)."""

    value: float
    gradient: Floats
    information: Floats


@dataclass(frozen=True, slots=True)
class Terms:
    """The denominators of the likelihood, one entry per term: one an event time (Breslow), one a tied event (Efron).

    Term q belongs to event time ``at[q]``, has weight ``weight[q]``, and leaves out the share ``out[q]`` of the tied events:
    ``denominator`` = S0 - out T0, ``mean`` = (S1 - out T1) / denominator.
    """

    at: np.ndarray
    weight: Floats
    out: Floats
    denominator: Floats
    mean: Floats


def terms(risk: RiskSets, x: Floats, weighted_risk: Floats, weights: Floats, ties: Ties) -> Terms:
    """Denominators and means of all terms at the current coefficients (Breslow 1974; Efron 1977)."""
    s0, s1 = risk.over_risk_sets(weighted_risk), risk.over_risk_sets(weighted_risk[:, None] * x)
    total = risk.at_events(weights)
    if ties == "breslow":
        at = np.flatnonzero(total > 0)
        zero = np.zeros(len(at))
        return Terms(at, total[at], zero, s0[at], s1[at] / s0[at, None])
    counted = weights > 0
    number = risk.at_events(counted.astype(float)).astype(int)
    at = np.repeat(np.arange(len(number)), number)
    rank = np.arange(len(at)) - np.repeat(np.cumsum(number) - number, number)
    out = rank / number[at]
    t0, t1 = risk.at_events(weighted_risk), risk.at_events(weighted_risk[:, None] * x)
    denominator = s0[at] - out * t0[at]
    mean = (s1[at] - out[:, None] * t1[at]) / denominator[:, None]
    return Terms(at, total[at] / number[at], out, denominator, mean)


def likelihood(risk: RiskSets, x: Floats, predictor: Floats, weights: Floats, ties: Ties) -> Likelihood:
    """Value, gradient and information at a linear predictor (offset included)."""
    # Any constant cancels; subtracting the largest keeps exp() in range.
    shift = float(predictor.max()) if len(predictor) else 0.0
    weighted_risk = weights * np.exp(predictor - shift)
    t = terms(risk, x, weighted_risk, weights, ties)
    happened = weights * risk.event
    value = float(happened @ (predictor - shift) - t.weight @ np.log(t.denominator))
    gradient = happened @ x - t.weight @ t.mean
    row_weight = weighted_risk * row_hazard(risk, t)
    information = x.T @ (x * row_weight[:, None]) - t.mean.T @ (t.mean * t.weight[:, None])
    return Likelihood(value, gradient, information)


def row_hazard(risk: RiskSets, t: Terms) -> Floats:
    """Cumulative hazard of each row at risk 1; under Efron the event rows' own time counts in part."""
    m = len(risk.time)
    hazard = risk.over_rows(np.bincount(t.at, t.weight / t.denominator, m))
    if t.out.any():
        left_out = np.bincount(t.at, t.out * t.weight / t.denominator, m)
        own = np.flatnonzero(risk.event)
        hazard[own] -= left_out[risk.last[own] - 1]
    return hazard


def score_residuals(risk: RiskSets, x: Floats, predictor: Floats, weights: Floats, ties: Ties) -> Floats:
    """Score residuals (n, p), unweighted: each row's derivative of the gradient in its case weight (Therneau and Grambsch 2000, 4.6)."""
    shift = float(predictor.max()) if len(predictor) else 0.0
    r = np.exp(predictor - shift)
    t = terms(risk, x, weights * r, weights, ties)
    m, p = len(risk.time), x.shape[1]
    step = t.weight / t.denominator

    def by_time(values: Floats) -> Floats:
        summed = np.zeros((m, p))
        np.add.at(summed, t.at, values)
        return summed

    expected = x * row_hazard(risk, t)[:, None] - risk.over_rows(by_time(t.mean * step[:, None]))
    own = np.flatnonzero(risk.event)
    position = risk.last[own] - 1
    if t.out.any():
        expected[own] += by_time(t.mean * (step * t.out)[:, None])[position]
    residual = -r[:, None] * expected
    terms_at = np.maximum(np.bincount(t.at, minlength=m), 1)
    residual[own] += x[own] - (by_time(t.mean) / terms_at[:, None])[position]
    return residual
