"""Units of a few spells beside those compared: what they do to the model within units.

Countries in which no unit has an effect: 10 units of 150 spells are compared, beside many tiny
ones. Expected is what the model expects in a unit of average effect, the average being over the
spells of units with events. A tiny unit without events is outside the fit, and the effect of one
with an event or two is estimated far out, so that the average is off where tiny units hold many of
the spells. ``python -m benchmarks.tiny_units`` prints by how many standard errors the robust log
indicators of the compared units are shifted against those of the pooled model.
"""

import argparse
from itertools import product

import numpy as np
import pandas as pd

from benchmarks.markdown import row, table
from kommunebench.benchmark import benchmark_spells

HORIZON, COMPARED, SPELLS = 156, 10, 150
# Tiny units: how many, and of how many spells.
TINY = ((0, 0), (150, 5), (80, 20), (40, 50))
# Weekly hazards: at the first a fifth of the spells end in an event, at the second two fifths.
HAZARDS = (0.002, 0.005)


def country(rng: np.random.Generator, tiny: int, size: int, level: float) -> pd.DataFrame:
    """Spells of units that do not differ, with two covariates."""
    sizes = [SPELLS] * COMPARED + [size] * tiny
    unit = np.repeat(np.arange(len(sizes)), sizes)
    n = len(unit)
    x, basis = rng.normal(size=n), rng.choice(["refugee", "family"], n)
    hazard = level * np.exp(0.4 * x + 0.3 * (basis == "family"))
    time = np.ceil(rng.exponential(1 / hazard)).astype(int)
    seen = rng.integers(40, HORIZON + 1, n)
    return pd.DataFrame(
        {
            "unit": [f"{k:03d}" for k in unit],
            "x": x,
            "basis": basis,
            "duration": np.minimum(time, seen),
            "event": (time <= seen).astype(int),
        }
    )


def shift(spells: pd.DataFrame) -> float:
    """Mean over the units compared of the log indicator within units less the pooled one, in
    standard errors."""
    results = benchmark_spells(
        spells,
        unit="unit",
        duration="duration",
        event="event",
        covariates=["x", "basis"],
        horizon=HORIZON,
        min_spells=100,
    )
    verdicts = results.model_verdicts
    pooled = verdicts[verdicts["model"] == "pooled"]
    return -float(pooled["difference_in_se"].mean())


def main() -> None:
    """Print the shift by number and size of the tiny units."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--countries", type=int, default=10)
    arguments = parser.parse_args()
    table(
        f"Tiny units beside {COMPARED} of {SPELLS} spells, no effects",
        *("tiny units", "spells each", "events, share", "countries"),
        *("mean shift, standard errors", "from", "to"),
    )
    for (tiny, size), level in product(TINY, HAZARDS):
        drawn = [
            country(np.random.default_rng([seed, tiny, size]), tiny, size, level)
            for seed in range(arguments.countries)
        ]
        events = float(np.mean([spells["event"].mean() for spells in drawn]))
        shifts = [shift(spells) for spells in drawn]
        figures = (np.mean(shifts), np.min(shifts), np.max(shifts))
        row(
            *(tiny, size, f"{events:.2f}", len(drawn)),
            *(f"{figure:+.2f}" for figure in figures),
        )


if __name__ == "__main__":
    main()
