"""Survival curves as step functions, and the area under them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kommunebench.errors import InputError
from kommunebench.survival.arguments import Column, as_numbers, as_positive_number, refuse

Floats = NDArray[np.float64]

OPEN_CURVE = (
    "horizon: infinite, but the survival curve does not come down to zero, so that its area is not"
    " known; give a finite horizon."
)


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Area under a survival curve up to a horizon, in the curve's unit of time, and its standard
    error.

    ``tail_extended``: the last observed time lies before the horizon and no event closed the curve
    there, so that it was carried forward flat.
    """

    value: float
    se: float
    tail_extended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalCurve:
    """An estimated survival function, one entry per distinct time, in rising order; S is 1 before
    the first.

    ``at_risk`` just before each time, ``events`` and ``censored`` at it (sums of weights),
    ``survival`` after it, ``survival_se`` its standard error. Kaplan-Meier's has an entry per
    observed time; the baseline of a model (``is_baseline``: at covariates zero) one per event time,
    and ``observed_to`` says how far its rows were followed.
    """

    time: Floats
    at_risk: Floats
    events: Floats
    censored: Floats
    survival: Floats
    survival_se: Floats
    observed_to: float
    is_baseline: bool = False

    def at(self, times: Column) -> Floats:
        """S(t) at the given times; flat after the last. Raises InputError for missing times and
        what is not a number."""
        given = as_numbers("times", times)
        refuse("times", np.isnan(given), "missing")
        position = np.searchsorted(self.time, given, side="right")
        return np.concatenate([[1.0], self.survival])[position]

    def restricted_mean(self, horizon: float) -> RestrictedMean:
        """Area under the curve from 0 to the horizon, exact for the step function.

        The standard error is that of the area: the root of the sum over event times before the
        horizon of (area to the right)^2 d / (Y (Y - d)), with Greenwood's term (Klein and
        Moeschberger 2003, 4.5.2). A model's baseline has none: NaN. An infinite horizon gives the
        mean of a curve that ends at zero. Raises InputError for a horizon that is not a positive
        number, or is infinite where the curve stays above zero.
        """
        horizon = as_positive_number("horizon", horizon)
        closed = len(self.survival) > 0 and self.survival[-1] == 0
        tail_extended = bool(self.observed_to < horizon and not closed)
        if np.isinf(horizon):
            if not closed:
                raise InputError(OPEN_CURVE)
            horizon = float(self.time[-1])
        inside = self.time < horizon
        edges = np.concatenate([[0.0], self.time[inside], [horizon]])
        heights = np.concatenate([[1.0], self.survival[inside]])
        pieces = heights * np.diff(edges)
        right = np.cumsum(pieces[::-1])[::-1][1:]
        term = greenwood_terms(self.at_risk[inside], self.events[inside])
        se = np.nan if self.is_baseline else float(np.sqrt(np.sum(right**2 * term)))
        return RestrictedMean(float(pieces.sum()), se, tail_extended)


def greenwood_terms(at_risk: Floats, events: Floats) -> Floats:
    """d / (Y (Y - d)) per time (Greenwood 1926).

    Where everyone at risk has the event the curve is zero from there on, without error: the term is
    0, not infinite.
    """
    staying = remaining(at_risk, events)
    return np.divide(events, at_risk * staying, out=np.zeros_like(events), where=staying > 0)


def remaining(at_risk: Floats, events: Floats) -> Floats:
    """Y - d per time; exactly 0 where everyone has the event, also with weights that do not add up
    exactly."""
    staying = at_risk - events
    return np.where(staying > 1e-12 * at_risk, staying, 0.0)
