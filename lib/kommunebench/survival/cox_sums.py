"""The sums Cox's partial likelihood is made of, for rows that may lie in many blocks.

One Newton step takes two passes over the rows, and between them only numbers per event time travel:

1. each block sums risks and risk-weighted covariates by event time (``block_sums``); sums of blocks
   add up (``CoxSums.merge``), and ``score`` turns the total into value, gradient, and denominators;
2. given the denominators, the sum over event times of S2/S0 is one weighted Gram matrix of the
   rows, the weight of a row being its cumulative hazard (``block_information``); those matrices add
   up too, and ``information`` completes them.

A block sends m (p + 2) and then p^2 numbers, where one pass with a p x p matrix per event time
would send m p^2 (6 MB at 156 weeks and 70 covariates). The order in which blocks are added changes
results by rounding only.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kommunebench.survival.cox_rows import CoxRows
from kommunebench.survival.cox_terms import Terms
from kommunebench.survival.curves import Floats
from kommunebench.survival.risk_sets import EventGrid, RiskSets, totals, weighted_sum

Ties = Literal["breslow", "efron"]
_ROWS = 4096


@dataclass(frozen=True, slots=True)
class EventSums:
    """The sums of a block that do not depend on the coefficients: ``x`` (p,), ``weight`` (m,) and
    ``count`` (m,) of the events, as in CoxSums."""

    x: Floats
    weight: Floats
    count: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class CoxSums:
    """First-phase sums at given coefficients; risks are divided by exp(``shift``), so that they
    stay in range.

    Of the events: ``event_predictor``, the sum of their weighted linear predictors, ``event_x``
    (p,) of their weighted covariates, and by event time (m,) ``event_weight`` of their weights and
    ``event_count`` of their number. By the time rows leave: ``leaving_risk`` (m,) of weighted
    risks, ``leaving_x`` (m, p) of weighted risks times covariates. ``tied_risk`` and ``tied_x``:
    the same of the events by event time (zero unless ties are Efron's).
    """

    shift: float
    event_predictor: float
    event_x: Floats
    event_weight: Floats
    event_count: Floats
    leaving_risk: Floats
    leaving_x: Floats
    tied_risk: Floats
    tied_x: Floats

    @staticmethod
    def zero(m: int, p: int) -> "CoxSums":
        """The sums of no rows over m event times and p covariates."""
        by_time, table = np.zeros(m), np.zeros((m, p))
        return CoxSums(
            shift=-np.inf,
            event_predictor=0.0,
            event_x=np.zeros(p),
            event_weight=by_time,
            event_count=by_time,
            leaving_risk=by_time,
            leaving_x=table,
            tied_risk=by_time,
            tied_x=table,
        )

    def merge(self, other: "CoxSums") -> "CoxSums":
        """The sums of both sets of rows."""
        shift = max(self.shift, other.shift)
        a = 1.0 if self.shift == shift else float(np.exp(self.shift - shift))
        b = 1.0 if other.shift == shift else float(np.exp(other.shift - shift))
        return CoxSums(
            shift=shift,
            event_predictor=self.event_predictor + other.event_predictor,
            event_x=self.event_x + other.event_x,
            event_weight=self.event_weight + other.event_weight,
            event_count=self.event_count + other.event_count,
            leaving_risk=a * self.leaving_risk + b * other.leaving_risk,
            leaving_x=a * self.leaving_x + b * other.leaving_x,
            tied_risk=a * self.tied_risk + b * other.tied_risk,
            tied_x=a * self.tied_x + b * other.tied_x,
        )


@dataclass(frozen=True, slots=True)
class Score:
    """Log likelihood, which is Cox's partial one unless the hazard is constant within intervals,
    its gradient (p,), and the terms it was made of."""

    value: float
    gradient: Floats
    terms: Terms

    @property
    def is_finite(self) -> bool:
        """Whether value, gradient and hazards are finite numbers."""
        with np.errstate(over="ignore", invalid="ignore"):
            sums = (self.value, self.gradient, np.sum(self.terms.hazard))
        return all(bool(np.isfinite(values).all()) for values in sums)


@dataclass(frozen=True, slots=True)
class _Denominators:
    """Event time, weight, excluded share of tied events and denominator of each term (q,)."""

    at: np.ndarray
    weight: Floats
    excluded: Floats
    denominator: Floats


def event_sums(rows: CoxRows) -> EventSums:
    """The sums of a block's events that no coefficient changes."""
    weight, tied = rows.weights * rows.risk.event, rows.risk.tied
    return EventSums(
        rows.scaled_sums(weight @ rows.x, float(weight.sum())),
        weighted_sum(tied, rows.weights),
        weighted_sum(tied, (rows.weights > 0).astype(float)),
    )


def block_sums(rows: CoxRows, beta: Floats, ties: Ties, events: EventSums | None = None) -> CoxSums:
    """First phase: the sums of one block at the coefficients ``beta`` (p,); ``events`` where they
    are known already."""
    predictor, risk = rows.predictor(beta), rows.risk
    m, p = len(risk.grid.time), len(beta)
    counted = rows.weights > 0
    if not counted.any():
        return CoxSums.zero(m, p)
    events = event_sums(rows) if events is None else events
    shift = float(predictor[counted].max())
    weighted_risk = rows.weights * np.exp(np.where(counted, predictor - shift, -np.inf))
    leaving_risk = risk.leaving(weighted_risk)
    tied_risk, tied_x = np.zeros(m), np.zeros((m, p))
    if ties == "efron":
        tied_risk = weighted_sum(risk.tied, weighted_risk)
        tied_x = rows.scaled_sums(weighted_sum(risk.tied, weighted_risk, rows.x), tied_risk)
    return CoxSums(
        shift=shift,
        event_predictor=float((rows.weights * risk.event) @ predictor),
        event_x=events.x,
        event_weight=events.weight,
        event_count=events.count,
        leaving_risk=leaving_risk,
        leaving_x=rows.scaled_sums(risk.leaving(weighted_risk, rows.x), leaving_risk),
        tied_risk=tied_risk,
        tied_x=tied_x,
    )


def score(sums: CoxSums, grid: EventGrid, ties: Ties) -> Score:
    """Value and gradient of the log partial likelihood from the sums of all rows (Breslow 1974;
    Efron 1977)."""
    terms = _terms(sums, grid, ties)
    with np.errstate(divide="ignore"):
        log_denominator = np.log(terms.denominator) + sums.shift
    value = sums.event_predictor - float(terms.weight @ log_denominator)
    weighted_ratio = terms.weight * terms.ratio
    expected = terms.by_time(weighted_ratio) @ terms.average
    if len(terms.tied_average):
        expected = expected - terms.by_time(weighted_ratio * terms.excluded) @ terms.tied_average
    return Score(value, sums.event_x - expected, terms)


def _breslow_denominators(sums: CoxSums, s0: Floats) -> _Denominators:
    # Times whose events all have weight zero add nothing, but score residuals of those rows need
    # their mean.
    at = np.flatnonzero((sums.event_weight > 0) | (s0 > 0))
    return _Denominators(at, sums.event_weight[at], np.zeros(len(at)), s0[at])


def _efron_denominators(sums: CoxSums, s0: Floats) -> _Denominators:
    count = sums.event_count.astype(int)
    at = np.repeat(np.arange(len(count)), count)
    first = np.repeat(np.cumsum(count) - count, count)
    excluded = (np.arange(len(at)) - first) / count[at]
    weight = sums.event_weight[at] / count[at]
    return _Denominators(at, weight, excluded, s0[at] - excluded * sums.tied_risk[at])


def _terms(sums: CoxSums, grid: EventGrid, ties: Ties) -> Terms:
    s0, s1 = grid.backwards(sums.leaving_risk), grid.backwards(sums.leaving_x)
    if ties == "breslow":
        parts, tied_average = _breslow_denominators(sums, s0), np.zeros((0, s1.shape[1]))
    else:
        parts, tied_average = _efron_denominators(sums, s0), quotient(sums.tied_x, s0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio, step = s0[parts.at] / parts.denominator, parts.weight / parts.denominator
    return Terms(
        at=parts.at,
        weight=parts.weight,
        excluded=parts.excluded,
        denominator=parts.denominator,
        ratio=ratio,
        average=quotient(s1, s0),
        tied_average=tied_average,
        hazard=totals(parts.at, step, len(s0)),
        excluded_hazard=totals(parts.at, step * parts.excluded, len(s0)),
        event_weight=sums.event_weight,
        shift=sums.shift,
    )


def quotient(table: Floats, by: Floats) -> Floats:
    """Rows (m, p) divided by a number each (m,); zero where that is zero."""
    return np.divide(table, by[:, None], out=np.zeros_like(table), where=by[:, None] > 0)


def row_hazard(risk: RiskSets, terms: Terms) -> Floats:
    """Cumulative hazard of each row at risk exp(shift) (n,); under Efron rows with an event are
    exposed to a share of the hazard of their last time only."""
    hazard = risk.over_rows(terms.hazard)
    if len(terms.tied_average):
        events = np.flatnonzero(risk.event)
        hazard[events] -= terms.excluded_hazard[risk.last[events] - 1]
    # Differences of running sums may end a rounding error below zero.
    return np.maximum(hazard, 0.0)


def block_information(rows: CoxRows, beta: Floats, terms: Terms) -> Floats:
    """Second phase: Gram matrix (p, p) of one block, each row weighted by case weight, risk and
    cumulative hazard."""
    counted = rows.weights > 0
    risk = np.exp(np.where(counted, rows.predictor(beta) - terms.shift, -np.inf))
    return rows.gram(rows.weights * risk * row_hazard(rows.risk, terms), _ROWS)


def information(gram: Floats, terms: Terms) -> Floats:
    """Minus the Hessian (p, p) from the Gram matrices of all blocks."""
    weight = terms.weight * terms.ratio**2
    outer = terms.average.T @ (terms.average * terms.by_time(weight)[:, None])
    if len(terms.tied_average):
        tied, excluded = terms.tied_average, terms.by_time(weight * terms.excluded)
        crossed = terms.average.T @ (tied * excluded[:, None])
        squared = terms.by_time(weight * terms.excluded**2)
        outer += tied.T @ (tied * squared[:, None]) - crossed - crossed.T
    return gram - outer
