"""Fifths of units, and the two tables made of them (method, section 7; tables 3.1 and 3.2)."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.spell_arrays import Floats, Indices

FIFTHS = 5


def fifths_from_highest(value: Floats) -> Indices:
    """Group 1 … 5 of each value, 1 for the highest; contiguous by rank, the larger groups at the
    high end of the value."""
    count = len(value)
    size = np.full(FIFTHS, count // FIFTHS)
    size[: count % FIFTHS] += 1
    group = np.empty(count, np.intp)
    group[np.argsort(-value, kind="stable")] = np.repeat(np.arange(1, FIFTHS + 1), size)
    return group


def variance_reduction(observed: Floats, expected: Floats) -> pd.DataFrame:
    """Table 3.1 over units, unweighted: mean, standard deviation, sample variance of observed and
    of observed - expected; share removed."""
    difference = observed - expected
    rows = []
    for name, value in (("observed", observed), ("unexplained", difference)):
        variance = float(np.var(value, ddof=1)) if len(value) > 1 else np.nan
        rows.append(
            {
                "component": name,
                "mean_weeks": float(value.mean()),
                "sd_weeks": float(np.sqrt(variance)),
                "variance": variance,
            }
        )
    table = pd.DataFrame(rows)
    table["variance_reduction"] = [np.nan, 1.0 - table["variance"][1] / table["variance"][0]]
    return table


def quintile_means(indicators: pd.DataFrame) -> pd.DataFrame:
    """Table 3.2: unweighted means by fifth of the units compared; columns of gold.quintile_means."""
    compared = indicators[indicators["included"]]
    grouped = compared.groupby(compared["quintile"].astype(int))
    table = grouped[["indicator", "observed_duration", "expected_duration", "difference"]].mean()
    table.insert(0, "units", grouped.size())
    return table.reset_index()
