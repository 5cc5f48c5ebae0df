"""The sums Cox's partial likelihood is made of, for rows that may lie in many blocks.

One Newton step takes two passes over the rows, and between them only numbers per event time travel:

1. each block sums risks and risk-weighted covariates by event time (``block_sums``); sums of blocks
   add up (``CoxSums.merge``), and ``score`` turns the total into value, gradient, and denominators;
2. given the denominators, the sum over event times of S2/S0 is one weighted Gram matrix of the
   rows, the weight of a row being its own cumulative hazard (``block_information``); those matrices
   add up too, and ``information`` completes them.

A block sends m (p + 2) and then p^2 numbers, where one pass with a p x p matrix per event time
would send m p^2 (6 MB at 156 weeks and 70 covariates). The order in which blocks are added changes
results by rounding only.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kommunebench.survival.curves import Floats
from kommunebench.survival.risk_sets import EventGrid, RiskSets, totals, weighted_sum

Ties = Literal["breslow", "efron"]
_ROWS = 4096


@dataclass(frozen=True, slots=True)
class CoxRows:
    """A block of n rows laid out over the event times of the whole: covariates ``x`` (n, p), case
    ``weights``, ``offset`` (n,).

    With a ``scale`` (p,) the covariates are (x - ``centre``) / scale, here and in all sums, and
    never written out as a whole.
    """

    risk: RiskSets
    x: Floats
    weights: Floats
    offset: Floats
    centre: Floats | None = None
    scale: Floats | None = None

    def predictor(self, beta: Floats) -> Floats:
        """Covariates times beta, plus the offset (n,)."""
        if self.scale is None or self.centre is None:
            return self.x @ beta + self.offset
        raw = beta / self.scale
        return self.x @ raw + (self.offset - self.centre @ raw)

    def standardised(self, sums: Floats, weight: Floats | float) -> Floats:
        """Sums of x (…, p) whose weights add up to ``weight`` (…), turned into sums of the
        covariates."""
        if self.scale is None or self.centre is None:
            return sums
        return (sums - np.multiply.outer(weight, self.centre)) / self.scale

    def weighted(self, root: Floats, rows: slice) -> Floats:
        """Some rows of the covariates, each times its entry of ``root``."""
        if self.scale is None or self.centre is None:
            return self.x[rows] * root[:, None]
        part = self.x[rows] - self.centre
        part *= root[:, None]
        return part

    def blocks(self, size: int) -> list["CoxRows"]:
        """Consecutive blocks of at most ``size`` rows, nothing copied: what is computed of a block
        stays in the processor's cache."""
        cuts = [slice(start, start + size) for start in range(0, max(len(self.weights), 1), size)]
        return [
            CoxRows(
                self.risk.part(own),
                self.x[own],
                self.weights[own],
                self.offset[own],
                self.centre,
                self.scale,
            )
            for own in cuts
        ]


@dataclass(frozen=True, slots=True)
class EventSums:
    """The sums of a block that do not depend on the coefficients: ``x`` (p,), ``deaths`` (m,) and
    ``tied`` (m,) as in CoxSums."""

    x: Floats
    deaths: Floats
    tied: Floats


@dataclass(frozen=True, slots=True)
class CoxSums:
    """First-phase sums at given coefficients; risks are divided by exp(``shift``), so that they
    stay in range.

    ``value``: weighted predictors of the events; ``event_x`` (p,): their weighted covariates;
    ``deaths`` (m,): weights of the events; ``tied`` (m,): their number; ``leaving0`` (m,) and
    ``leaving1`` (m, p): weighted risk, and risk times covariates, by the time rows leave;
    ``tied0``, ``tied1``: the same of the events (zero unless ties are Efron's).
    """

    shift: float
    value: float
    event_x: Floats
    deaths: Floats
    tied: Floats
    leaving0: Floats
    leaving1: Floats
    tied0: Floats
    tied1: Floats

    @staticmethod
    def zero(m: int, p: int) -> "CoxSums":
        """The sums of no rows over m event times and p covariates."""
        times, table = np.zeros(m), np.zeros((m, p))
        return CoxSums(-np.inf, 0.0, np.zeros(p), times, times, times, table, times, table)

    def merge(self, other: "CoxSums") -> "CoxSums":
        """The sums of both sets of rows."""
        shift = max(self.shift, other.shift)
        a = 1.0 if self.shift == shift else float(np.exp(self.shift - shift))
        b = 1.0 if other.shift == shift else float(np.exp(other.shift - shift))
        return CoxSums(
            shift,
            self.value + other.value,
            self.event_x + other.event_x,
            self.deaths + other.deaths,
            self.tied + other.tied,
            a * self.leaving0 + b * other.leaving0,
            a * self.leaving1 + b * other.leaving1,
            a * self.tied0 + b * other.tied0,
            a * self.tied1 + b * other.tied1,
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """The denominators of the likelihood, one entry per term: one an event time (Breslow), one a
    tied event (Efron).

    Term q belongs to event time ``at[q]``, has weight ``weight[q]``, and leaves out the share
    ``out[q]`` of the tied events: ``denominator`` = S0 - out T0 (divided by exp(``shift``));
    ``ratio`` = S0 / denominator. By event time (m, p): ``average`` = S1 / S0 and ``tied`` = T1 / S0
    (no rows unless ties are Efron's); (m,): ``hazard``, the sum of weight / denominator, and
    ``left_out``, that of out weight / denominator. Nothing of the size of terms times covariates is
    held.
    """

    at: np.ndarray
    weight: Floats
    out: Floats
    denominator: Floats
    ratio: Floats
    average: Floats
    tied: Floats
    hazard: Floats
    left_out: Floats
    shift: float

    @property
    def mean(self) -> Floats:
        """(S1 - out T1) / denominator of every term (q, p)."""
        mean = self.average[self.at] * self.ratio[:, None]
        return (
            mean - self.tied[self.at] * (self.ratio * self.out)[:, None] if len(self.tied) else mean
        )

    def by_time(self, values: Floats) -> Floats:
        """Sum of the terms' values by event time (m,)."""
        return totals(self.at, values, len(self.average))


@dataclass(frozen=True, slots=True)
class Score:
    """Log partial likelihood, its gradient (p,), and the terms it was made of."""

    value: float
    gradient: Floats
    terms: Terms


def event_sums(rows: CoxRows) -> EventSums:
    """What the events of a block add up to, whatever the coefficients."""
    happened, tied = rows.weights * rows.risk.event, rows.risk.tied
    number = weighted_sum(tied, (rows.weights > 0).astype(float))
    return EventSums(
        rows.standardised(happened @ rows.x, float(happened.sum())),
        weighted_sum(tied, rows.weights),
        number,
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
    leaving0 = risk.leaving(weighted_risk)
    tied0, tied1 = np.zeros(m), np.zeros((m, p))
    if ties == "efron":
        tied0 = weighted_sum(risk.tied, weighted_risk)
        tied1 = rows.standardised(weighted_sum(risk.tied, weighted_risk, rows.x), tied0)
    return CoxSums(
        shift,
        float((rows.weights * risk.event) @ predictor),
        events.x,
        events.deaths,
        events.tied,
        leaving0,
        rows.standardised(risk.leaving(weighted_risk, rows.x), leaving0),
        tied0,
        tied1,
    )


def score(sums: CoxSums, grid: EventGrid, ties: Ties) -> Score:
    """Value and gradient of the log partial likelihood from the sums of all rows (Breslow 1974;
    Efron 1977)."""
    s0, s1 = grid.backwards(sums.leaving0), grid.backwards(sums.leaving1)
    if ties == "breslow":
        # Times whose events all have weight zero add nothing, but score residuals of those rows
        # need their mean.
        at = np.flatnonzero((sums.deaths > 0) | (s0 > 0))
        weight, out, tied = sums.deaths[at], np.zeros(len(at)), np.zeros((0, s1.shape[1]))
        denominator = s0[at]
    else:
        number = sums.tied.astype(int)
        at = np.repeat(np.arange(len(number)), number)
        out = (np.arange(len(at)) - np.repeat(np.cumsum(number) - number, number)) / number[at]
        weight = sums.deaths[at] / number[at]
        denominator, tied = s0[at] - out * sums.tied0[at], _quotient(sums.tied1, s0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = s0[at] / denominator
        value = sums.value - float(weight @ (np.log(denominator) + sums.shift))
        step = weight / denominator
    hazard, left_out = totals(at, step, len(s0)), totals(at, step * out, len(s0))
    terms = Terms(
        at, weight, out, denominator, ratio, _quotient(s1, s0), tied, hazard, left_out, sums.shift
    )
    expected = terms.by_time(weight * ratio) @ terms.average
    if len(tied):
        expected = expected - terms.by_time(weight * ratio * out) @ tied
    return Score(value, sums.event_x - expected, terms)


def _quotient(table: Floats, by: Floats) -> Floats:
    return np.divide(table, by[:, None], out=np.zeros_like(table), where=by[:, None] > 0)


def row_hazard(risk: RiskSets, terms: Terms) -> Floats:
    """Cumulative hazard of each row at risk exp(shift) (n,); under Efron the event rows' own time
    counts in part."""
    hazard = risk.over_rows(terms.hazard)
    if len(terms.tied):
        own = np.flatnonzero(risk.event)
        hazard[own] -= terms.left_out[risk.last[own] - 1]
    # Differences of running sums may end a rounding error below zero.
    return np.maximum(hazard, 0.0)


def block_information(rows: CoxRows, beta: Floats, terms: Terms) -> Floats:
    """Second phase: Gram matrix (p, p) of one block, each row weighted by case weight, risk and
    cumulative hazard."""
    counted = rows.weights > 0
    risk = np.exp(np.where(counted, rows.predictor(beta) - terms.shift, -np.inf))
    root = np.sqrt(rows.weights * risk * row_hazard(rows.risk, terms))
    gram = np.zeros((len(beta), len(beta)))
    for start in range(0, len(root), _ROWS):
        part = rows.weighted(root[start : start + _ROWS], slice(start, start + _ROWS))
        gram += part.T @ part
    return gram if rows.scale is None else gram / np.outer(rows.scale, rows.scale)


def information(gram: Floats, terms: Terms) -> Floats:
    """Minus the Hessian (p, p) from the Gram matrices of all blocks."""
    weight = terms.weight * terms.ratio**2
    outer = terms.average.T @ (terms.average * terms.by_time(weight)[:, None])
    if len(terms.tied):
        crossed = terms.average.T @ (terms.tied * terms.by_time(weight * terms.out)[:, None])
        outer += (
            terms.tied.T @ (terms.tied * terms.by_time(weight * terms.out**2)[:, None])
            - crossed
            - crossed.T
        )
    return gram - outer
