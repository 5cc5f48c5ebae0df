"""Samples of the report's kind for the study of frontiers.

Municipalities with the report's numbers of spells as weights, a quadratic frontier of the benchmark
indicator over the cost indicator, outcomes in levels.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kommunebench.costs import FrontierFit, IntervalKind, IntervalSettings, fit_frontier
from kommunebench.errors import ConvergenceError
from kommunebench.reference import read_reference

NOISE = 0.05
LEVEL, SLOPE, CURVE = 0.95, 0.12, -0.03  # of the frontier in the cost indicator
# Each with mean one, to be multiplied by the mean inefficiency.
DRAW = {
    "half_normal": lambda rng, n: np.abs(rng.normal(size=n)) * np.sqrt(np.pi / 2),
    "exponential": lambda rng, n: rng.exponential(size=n),
    "truncated_normal": lambda rng, n: (
        _truncated(rng, n) / _truncated(np.random.default_rng(0), 400_000).mean()
    ),
    "gamma": lambda rng, n: rng.gamma(1.7, 1 / 1.7, n),
}


def _truncated(rng: np.random.Generator, n: int) -> np.ndarray:
    """Normal with mean 1.5 and standard deviation 1, cut off at zero."""
    draws = rng.normal(1.5, 1.0, 3 * n + 50)
    return draws[draws > 0][:n]


def report_weights() -> np.ndarray:
    """Spells of the municipalities in the comparison, from appendix table 5.1."""
    spells = pd.to_numeric(read_reference("appendix_5_1_municipalities")["corrected_spells"])
    return spells[spells >= 100].to_numpy(float)


def samples(
    count: int, weights: np.ndarray, kind: str, mean: float, seed: int
) -> Iterator[tuple[np.ndarray, pd.DataFrame, np.ndarray]]:
    """Outcome, design and true inefficiency of independent samples."""
    n = len(weights)
    for sample in range(count):
        rng = np.random.default_rng([seed, sample])
        x = np.exp(rng.normal(0.0, 0.25, n))
        u = mean * DRAW[kind](rng, n)
        frontier = LEVEL + SLOPE * x + CURVE * x**2
        design = pd.DataFrame({"constant": 1.0, "x": x, "x_squared": x**2})
        yield frontier - u + NOISE * rng.normal(size=n), design, u


def fitted(
    y: np.ndarray,
    X: pd.DataFrame,
    kind: str,
    weights: np.ndarray,
    interval: IntervalKind = "parameters_known",
) -> FrontierFit | None:
    """The frontier, or None where its likelihood has no interior maximum or its intervals cannot be
    drawn."""
    try:
        fit = fit_frontier(
            y,
            X,
            side="production",
            distribution=kind,  # type: ignore[arg-type]
            weights=weights,
            intervals=IntervalSettings(kind=interval),
        )
    except ConvergenceError:
        return None
    return None if fit.interval_fault else fit
