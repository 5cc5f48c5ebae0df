"""Outcomes that fall short of a quadratic, for the tests of numbers far from zero."""

import numpy as np
import pandas as pd

ROWS = 60


def quadratic(x: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"constant": 1.0, "x": x, "x_squared": x**2})


def sample(seed: int = 1, rows: int = ROWS) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Regressor of mean zero and spread one, outcome short of a quadratic, weights."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=rows)
    short = 0.6 * np.abs(rng.normal(size=rows))
    y = 3.0 + 0.5 * z - 0.1 * z**2 - short + 0.2 * rng.normal(size=rows)
    return z, y, rng.uniform(0.5, 3.0, rows)
