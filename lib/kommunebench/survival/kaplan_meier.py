"""Kaplan-Meier: the product-limit estimate with Greenwood's standard error."""

import numpy as np
from numpy.typing import ArrayLike

from kommunebench.survival import checks
from kommunebench.survival.curves import Floats, SurvivalCurve


def kaplan_meier(
    duration: ArrayLike, event: ArrayLike, *, entry: ArrayLike | None = None, weights: ArrayLike | None = None
) -> SurvivalCurve:
    """Survival function of durations, some of them right-censored (Kaplan and Meier 1958).

    ``event`` 1 where the end was seen, 0 where censored; ``entry`` for delayed entry (at risk at t: entry < t <= duration);
    ``weights`` count a row several times. Raises InputError naming argument and first rows.
    """
    time, happened, start, weight = checks.durations(duration, event, entry, weights)
    times, position = np.unique(time, return_inverse=True)
    events = np.bincount(position, weight * happened, len(times))
    censored = np.bincount(position, weight * ~happened, len(times))
    leaving = np.cumsum((events + censored)[::-1])[::-1]
    # Rows not yet entered just before a time are not at risk at it.
    waiting = np.bincount(np.searchsorted(times, start, side="right"), weight, len(times) + 1)[:-1]
    entered_later = np.concatenate([np.cumsum(waiting[::-1])[::-1][1:], [0.0]])
    return kaplan_meier_from_counts(times, leaving - entered_later, events, censored)


def kaplan_meier_from_counts(time: Floats, at_risk: Floats, events: Floats, censored: Floats) -> SurvivalCurve:
    """The same from counts per distinct time in rising order: at risk just before it, events and censored at it."""
    at_risk, events = np.asarray(at_risk, float), np.asarray(events, float)
    staying = at_risk - events
    # An empty risk set (delayed entry) has no events and leaves the curve as it is.
    stay = np.divide(staying, at_risk, out=np.ones_like(at_risk), where=at_risk > 0)
    survival = np.cumprod(stay)
    # Greenwood's term divides by zero where everyone has the event; the curve is 0 from there on, and so is its error.
    term = np.divide(events, at_risk * staying, out=np.zeros_like(events), where=staying > 0)
    se = survival * np.sqrt(np.cumsum(term))
    return SurvivalCurve(np.asarray(time, float), at_risk, events, np.asarray(censored, float), survival, se)
