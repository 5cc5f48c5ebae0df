"""How much units truly differ: the variance between them, its interval, and the share of the
variation that is chance."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from kommunebench.benchmark.blocks.block import Floats


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard deviation of the true paces (Paule-Mandel) with its interval by the Q-profile,
    weighted mean, chance share."""

    tau: float
    tau_low: float
    tau_high: float
    mean: float
    chance_share: float


def estimate_spread(y: Floats, s: Floats, confidence_level: float) -> Spread:
    """Spread of paces y with standard errors s (Paule and Mandel 1982; Viechtbauer 2007).
    At least two units."""
    degrees, tail = len(y) - 1, (1 - confidence_level) / 2
    tau_squared = _solve(y, s, float(degrees))
    low = _solve(y, s, float(stats.chi2.ppf(1 - tail, degrees)))
    high = _solve(y, s, float(stats.chi2.ppf(tail, degrees)))
    noise = float(np.mean(s**2))
    share = noise / (noise + tau_squared)
    return Spread(
        np.sqrt(tau_squared), np.sqrt(low), np.sqrt(high), weighted_mean(y, s, tau_squared), share
    )


def weighted_mean(y: Floats, s: Floats, tau_squared: float) -> float:
    """Mean of y, weighted by the inverse of its total variance."""
    weight = 1.0 / (s**2 + tau_squared)
    return float(weight @ y / weight.sum())


def heterogeneity(y: Floats, s: Floats, tau_squared: float) -> float:
    """Sum of squared deviations from the weighted mean in units of the total variance; falls in tau
    squared."""
    return float(np.sum((y - weighted_mean(y, s, tau_squared)) ** 2 / (s**2 + tau_squared)))


def _solve(y: Floats, s: Floats, target: float) -> float:
    """The tau squared at which the heterogeneity equals the target, 0 where it is below it
    already."""
    if heterogeneity(y, s, 0.0) <= target:
        return 0.0
    high = float(np.var(y) + np.max(s) ** 2)
    while heterogeneity(y, s, high) > target:
        high *= 4.0
    return float(
        optimize.brentq(
            lambda t: heterogeneity(y, s, t) - target, 0.0, high, xtol=1e-14, rtol=1e-12
        )
    )
