"""Kaplan-Meier: the product-limit estimate with Greenwood's standard error."""

import numpy as np

from kommunebench.errors import InputError
from kommunebench.survival import checks
from kommunebench.survival.arguments import Column, refuse_misaligned
from kommunebench.survival.curves import Floats, SurvivalCurve, greenwood_terms, remaining
from kommunebench.survival.risk_sets import totals


def kaplan_meier(
    duration: Column,
    event: Column,
    *,
    entry: Column | None = None,
    weights: Column | None = None,
) -> SurvivalCurve:
    """Survival function of durations, some of them right-censored (Kaplan and Meier 1958).

    ``event`` 1 where the end was seen, 0 where censored; ``entry`` for delayed entry (at risk at t:
    entry < t <= duration); ``weights`` count a row several times. Times that differ by rounding
    only are one; pandas arguments must agree in their row labels. Raises InputError naming argument
    and first rows.
    """
    refuse_misaligned({"duration": duration, "event": event, "entry": entry, "weights": weights})
    time, happened, start, weight = checks.durations(duration, event, entry, weights)
    times, position = np.unique(time, return_inverse=True)
    events = totals(position, weight * happened, len(times))
    censored = totals(position, weight * ~happened, len(times))
    leaving = np.cumsum((events + censored)[::-1])[::-1]
    # Rows not yet entered just before a time are not at risk at it.
    waiting = totals(np.searchsorted(times, start, side="right"), weight, len(times) + 1)[:-1]
    entered_later = np.concatenate([np.cumsum(waiting[::-1])[::-1][1:], [0.0]])
    return _curve(times, leaving - entered_later, events, censored)


def kaplan_meier_from_counts(
    time: Column, at_risk: Column, events: Column, censored: Column
) -> SurvivalCurve:
    """The same from counts per time: at risk just before it, events and censored at it.

    Raises InputError for times that do not rise by more than rounding, negative counts, and more
    events than rows at risk.
    """
    refuse_misaligned({"time": time, "at_risk": at_risk, "events": events, "censored": censored})
    times = checks.numbers("time", time)
    risk = checks.numbers("at_risk", at_risk, len(times))
    happened = checks.numbers("events", events, len(times))
    left = checks.numbers("censored", censored, len(times))
    if len(times) == 0:
        raise InputError("time: no rows.")
    rises = np.diff(checks.one_time(times), prepend=0.0) > 0
    checks.refuse("time", ~rises | (times <= 0), "not positive and rising")
    checks.refuse("events", happened < 0, "negative")
    checks.refuse("censored", left < 0, "negative")
    checks.refuse("events", happened > risk * (1 + 1e-9), "more than at risk")
    return _curve(times, risk, happened, left)


def _curve(time: Floats, at_risk: Floats, events: Floats, censored: Floats) -> SurvivalCurve:
    # An empty risk set (delayed entry) has no events and leaves the curve as it is.
    stay = np.divide(
        remaining(at_risk, events), at_risk, out=np.ones_like(at_risk), where=events > 0
    )
    survival: Floats = np.cumprod(stay).astype(float)
    se: Floats = survival * np.sqrt(np.cumsum(greenwood_terms(at_risk, events)))
    with_rows = time[at_risk > 0]
    return SurvivalCurve(
        time=time,
        at_risk=at_risk,
        events=events,
        censored=censored,
        survival=survival,
        survival_se=se,
        observed_to=float(with_rows[-1]) if len(with_rows) else 0.0,
    )
