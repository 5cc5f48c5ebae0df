"""Survival curves as step functions, and the area under them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kommunebench.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Area under a survival curve up to a horizon, in the curve's unit of time, and its standard error.

    ``tail_extended``: the last observed time lies before the horizon and nobody's event closed the curve there, so that it was
    carried forward flat.
    """

    value: float
    se: float
    tail_extended: bool


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """An estimated survival function, one entry per distinct observed time, in rising order; S is 1 before the first.

    ``at_risk`` just before each time, ``events`` and ``censored`` at it (sums of weights), ``survival`` after it,
    ``survival_se`` its standard error.
    """

    time: Floats
    at_risk: Floats
    events: Floats
    censored: Floats
    survival: Floats
    survival_se: Floats

    def at(self, times: Floats) -> Floats:
        """S(t) at the given times."""
        position = np.searchsorted(self.time, times, side="right")
        return np.concatenate([[1.0], self.survival])[position]

    def restricted_mean(self, horizon: float) -> RestrictedMean:
        """Area under the curve from 0 to the horizon, exact for the step function.

        The standard error is that of the area: the root of the sum over event times before the horizon of (area to the
        right)^2 d / (Y (Y - d)), with Greenwood's term (Klein and Moeschberger 2003, 4.5.2). Raises InputError for a horizon
        that is not positive.
        """
        if not horizon > 0:
            raise InputError(f"horizon: must be positive, got {horizon}.")
        inside = self.time < horizon
        edges = np.concatenate([[0.0], self.time[inside], [horizon]])
        heights = np.concatenate([[1.0], self.survival[inside]])
        pieces = heights * np.diff(edges)
        right = np.cumsum(pieces[::-1])[::-1][1:]
        at_risk, events = self.at_risk[inside], self.events[inside]
        staying = at_risk - events
        # Where everyone at risk has the event the curve is zero from there on: no area, no contribution.
        term = np.divide(events, at_risk * staying, out=np.zeros_like(events), where=staying > 0)
        last = self.time[-1] if len(self.time) else 0.0
        extended = bool(last < horizon and (len(self.time) == 0 or self.survival[-1] > 0))
        return RestrictedMean(float(pieces.sum()), float(np.sqrt(np.sum(right**2 * term))), extended)
