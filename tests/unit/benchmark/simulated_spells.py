"""Small data sets of spells with a known law, for the tests of the benchmark."""

import numpy as np
import pandas as pd


def simulate_spells(count: int, seed: int, horizon: int = 30, effect: float = 0.0) -> pd.DataFrame:
    """Spells of persons (some with several) in four units and two groups; ``effect``: log hazard of
    unit d against the others."""
    rng = np.random.default_rng(seed)
    spells = pd.DataFrame(
        {
            "unit": rng.choice(list("abcd"), count),
            "person": rng.integers(0, max(count * 2 // 3, 1), count).astype(str),
            "x": rng.normal(size=count),
            "c": rng.choice(["A", "B", "C"], count),
        }
    )
    spells["group"] = np.where(spells["person"].astype(int) % 2 == 0, "m", "w")
    hazard = 0.05 * np.exp(
        0.5 * spells["x"] + 0.3 * (spells["c"] == "B") + effect * (spells["unit"] == "d")
    )
    time = np.ceil(rng.exponential(1 / hazard)).astype(int)
    ceiling = rng.integers(5, horizon + 1, count)
    spells["follow_up"] = ceiling
    spells["duration"] = np.minimum(time, ceiling)
    spells["event"] = (time <= ceiling).astype(int)
    return spells
