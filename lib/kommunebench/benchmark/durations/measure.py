"""What of a survival curve is compared: restricted mean, or share with the event within the
horizon.

Every measure is linear in the curve: m(S) = c_0 + sum over k = 0 … H of c_k S(k) (the fact sheet's
page of the specification, section 2).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kommunebench.benchmark.blocks.block import Floats, Indices

MeasureName = Literal["restricted_mean", "share"]


# Curves of this many spells are computed at a time: one number a spell and week.
_CURVES = 16_384


@dataclass(frozen=True, slots=True)
class Measure:
    """``constant`` c_0 and ``weights`` c_k (H + 1,) of the survival after 0, 1 … H weeks;
    ``weeks``: the k whose survival counts. All others need not be computed."""

    name: MeasureName
    constant: float
    weights: Floats
    weeks: Indices

    @staticmethod
    def named(name: MeasureName, horizon: int) -> "Measure":
        """The restricted mean (weeks, 0 to H) or the share with the event within H weeks (0 to
        1)."""
        weights = np.zeros(horizon + 1)
        if name == "restricted_mean":
            weights[:-1] = 1.0
            return Measure(name, 0.0, weights, np.flatnonzero(weights))
        weights[-1] = -1.0
        return Measure(name, 1.0, weights, np.flatnonzero(weights))

    @property
    def without_hazard(self) -> float:
        """The measure of a curve that stays at 1."""
        return self.constant + float(self.weights.sum())

    def of_survival(self, survival: Floats, axis: int) -> Floats:
        """The measure of curves given after 0 … H weeks along an axis."""
        return self.constant + np.tensordot(survival, self.weights, (axis, 0))

    def of_risks(self, log_survival: Floats, risk: Floats) -> Floats:
        """The measure of curves exp(risk log S), one a row (n,), with log S after 0 … H weeks
        (H + 1,) the same for all."""
        curve = np.zeros(len(risk), np.intp)
        return self.of_curves(log_survival[None, :], curve, risk)

    def derivatives_of_risks(self, log_survival: Floats, risk: Floats) -> tuple[Floats, Floats]:
        """The first and the second derivative of ``of_risks`` in the log of the risk, each (n,):
        the sums over k of c_k S log S and of c_k S log S (1 + log S), with S the row's curve."""
        log, weights = log_survival[None, self.weeks], self.weights[self.weeks]
        # S log S is 0 where S is.
        finite = np.where(np.isneginf(log), 0.0, log)[0]
        first, second = np.empty(len(risk)), np.empty(len(risk))
        for rows in row_chunks(len(risk)):
            survival, r = survival_of(log, risk[rows]), risk[rows]
            first[rows] = r * (survival @ (weights * finite))
            second[rows] = first[rows] + r**2 * (survival @ (weights * finite**2))
        return first, second

    def of_curves(self, log_survival: Floats, curve: Indices, risk: Floats) -> Floats:
        """The measure of curves exp(risk log S), one a row (n,): ``curve`` (n,) says which of the
        C curves log S (C, H + 1) a row has."""
        log, weights = log_survival[:, self.weeks], self.weights[self.weeks]
        result = np.empty(len(risk))
        for rows in row_chunks(len(risk)):
            row_log = log if len(log) == 1 else log[curve[rows]]
            result[rows] = survival_of(row_log, risk[rows]) @ weights
        return self.constant + result

    def on_grid(self, log_survival: Floats, risks: Floats) -> Floats:
        """The measure of all of C curves log S (C, H + 1) at each of J positive risks (C, J)."""
        log, weights = log_survival[:, self.weeks], self.weights[self.weeks]
        survival, result = np.empty_like(log), np.empty((len(log), len(risks)))
        for node, risk in enumerate(risks):
            np.multiply(log, risk, out=survival)
            result[:, node] = np.exp(survival, out=survival) @ weights
        return self.constant + result

    def to_the_right(self, survival: Floats) -> Floats:
        """Sums over k >= s of c_k S(k) for weeks s = 1 … H (…, H): what a change of the hazard in
        week s reaches; weeks are the last axis, given after 0 … H weeks."""
        weighted = survival * self.weights
        return np.cumsum(weighted[..., ::-1], axis=-1)[..., ::-1][..., 1:]


def row_chunks(n_rows: int) -> Iterator[slice]:
    """Consecutive rows whose curves are computed at a time."""
    for start in range(0, n_rows, _CURVES):
        yield slice(start, start + _CURVES)


def survival_of(log_survival: Floats, risk: Floats) -> Floats:
    """exp(risk log S) (n, weeks); 1 where the risk is 0, whatever the curve."""
    with np.errstate(invalid="ignore"):
        exponent = risk[:, None] * log_survival
    if np.isneginf(log_survival).any():
        exponent = np.where(risk[:, None] == 0, 0.0, exponent)
    return np.exp(exponent)


def survival_after(survival: Floats, week: Indices) -> Floats:
    """Survival curves (n, H + 1) given to be without the event in a week of each (n,): 1 up to that
    week; 0 after it where the curve is 0 there."""
    later = np.arange(survival.shape[1])[None, :] > week[:, None]
    at_week = np.take_along_axis(survival, week[:, None], axis=1)
    conditional = np.divide(survival, at_week, out=np.zeros_like(survival), where=at_week > 0)
    return np.where(later, conditional, 1.0)


def log_survival_of(log_factors: Floats, axis: int = 0) -> Floats:
    """log S after 0, 1 … H weeks from the log factors of weeks 1 … H along an axis."""
    first = np.zeros_like(np.take(log_factors, [0], axis))
    return np.concatenate([first, np.cumsum(log_factors, axis)], axis)
