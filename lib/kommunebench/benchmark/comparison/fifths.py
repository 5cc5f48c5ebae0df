"""Fifths of units, and their means (method, section 7; table 3.2)."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Floats, Indices

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


def fifth_means(indicators: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Unweighted means of columns by fifth of the units compared, and the number of units (table
    3.2)."""
    compared = indicators[indicators["included"]]
    grouped = compared.groupby(compared["quintile"].astype(int))
    table = grouped[columns].mean()
    table.insert(0, "units", grouped.size())
    return table.reset_index()
