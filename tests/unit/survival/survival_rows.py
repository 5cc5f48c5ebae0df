"""Small random spells in whole weeks, with ties everywhere."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Rows:
    duration: np.ndarray
    event: np.ndarray
    x: pd.DataFrame
    entry: np.ndarray
    weights: np.ndarray
    strata: np.ndarray


def random_rows(seed: int = 0, n: int = 240, weeks: int = 12) -> Rows:
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 3, n)
    x = pd.DataFrame(
        {"age": rng.normal(40, 10, n), "b": (group == 1) * 1.0, "c": (group == 2) * 1.0}
    )
    hazard = 0.08 * np.exp(0.03 * (x["age"] - 40) + 0.5 * x["b"] - 0.4 * x["c"]).to_numpy()
    latent = np.ceil(rng.exponential(1 / hazard)).clip(1)
    censor = rng.integers(2, weeks + 1, n)
    duration = np.minimum(latent, censor)
    entry = np.minimum(rng.integers(0, 4, n), duration - 1)
    return Rows(
        duration,
        (latent <= censor).astype(int),
        x,
        entry,
        rng.integers(1, 4, n).astype(float),
        rng.integers(0, 2, n),
    )
