"""The baseline of a Cox model: Kalbfleisch-Prentice's product limit, or Breslow's cumulative hazard."""

import numpy as np

from kommunebench.errors import ConvergenceError
from kommunebench.survival.curves import Floats

_ITERATIONS = 200


def kalbfleisch_prentice(event_position: np.ndarray, weight: Floats, risk: Floats, at_risk: Floats) -> Floats:
    """Log factor of the baseline survival at each event time, 0 or less; minus infinity where all at risk have the event.

    With alpha = exp(log factor), solves sum over events of w r / (1 - alpha^r) = sum over the risk set of w r (Kalbfleisch and
    Prentice 1973). Without covariates alpha is Kaplan-Meier's factor. ``event_position``, ``weight`` and ``risk`` are the
    event rows' event time (0 … m - 1), case weight and exp(x beta); ``at_risk`` (m,) the right hand side. Raises
    ConvergenceError if Newton's method, safeguarded by bisection, does not settle.
    """
    m = len(at_risk)
    total = np.bincount(event_position, weight * risk, m)
    everyone = total >= at_risk * (1 - 1e-13)
    open_ = (total > 0) & ~everyone
    factor = np.where(everyone & (total > 0), -np.inf, 0.0)
    # Bracket: the left side falls from infinity (factor 0) to the events' own sum (factor minus infinity).
    weighted = np.bincount(event_position, weight, m)
    guess = np.where(open_, -weighted / np.where(at_risk > 0, at_risk, 1.0), -1.0)
    low, high = np.full(m, -np.inf), np.zeros(m)
    for _ in range(_ITERATIONS):
        lr = guess[event_position] * risk
        # 1 - exp(lr) without cancellation; the slope's factor exp(lr) / (1 - exp(lr))^2.
        gap = -np.expm1(lr)
        excess = np.bincount(event_position, weight * risk / gap, m) - at_risk
        slope = np.bincount(event_position, weight * risk**2 * np.exp(lr) / gap**2, m)
        high = np.where(excess > 0, guess, high)
        low = np.where(excess < 0, guess, low)
        proposal = guess - np.divide(excess, slope, out=np.zeros(m), where=slope > 0)
        outside = (proposal >= high) | (proposal <= low) | (slope <= 0)
        halfway = np.where(np.isinf(low), 2.0 * guess, 0.5 * (low + high))
        proposal = np.where(outside & (excess != 0), halfway, proposal)
        moved = np.abs(proposal - guess) > 1e-14 * np.abs(guess)
        guess = np.where(open_, proposal, -1.0)
        if not np.any(moved & open_):
            break
    else:
        if np.any(np.abs(excess[open_]) > 1e-9 * at_risk[open_]):
            raise ConvergenceError(
                f"baseline: the Kalbfleisch-Prentice equation did not settle at {int(np.sum(moved & open_))} event times."
            )
    return np.where(open_, guess, factor)


def kalbfleisch_prentice_log_factors(
    duration: np.ndarray, event: np.ndarray, risk: Floats, weights: Floats, horizon: int
) -> Floats:
    """Log factors for weeks 1 … horizon (entry 0 is week 1) from whole-week durations; 0 in weeks without events."""
    week = np.asarray(duration, dtype=np.intp)
    size = max(int(week.max(initial=0)), horizon) + 1
    at_risk = np.cumsum(np.bincount(week, weights * risk, size)[::-1])[::-1]
    rows = np.flatnonzero(np.asarray(event, bool) & (weights > 0))
    factors = kalbfleisch_prentice(week[rows], weights[rows], risk[rows], at_risk)
    return factors[1 : horizon + 1]
