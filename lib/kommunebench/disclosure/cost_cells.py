"""Means of cost by result (table 5.3) from which a hidden mean could be computed."""

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

_TOTAL = "total"
_MEANS = ("mean_unit_cost", "mean_indicator")


def means_given_away(cells: pd.DataFrame, hidden: pd.Series) -> pd.Series:
    """Which further rows of table 5.3 lose their means, as flags by row: as few as will do, and of
    these the ones with the fewest municipalities.

    ``hidden``: rows without means already, beside those of which they are missing. The numbers of
    municipalities are published, so that of every row and column of the table the means times
    numbers add up to those of its total: where a single one of them is hidden, it follows from the
    others. Cells without municipalities are nobody's and protect nobody.
    """
    units = pd.to_numeric(cells["units"]).fillna(0)
    before = (hidden | cells[list(_MEANS)].isna().any(axis=1)) & (units > 0)
    lines = [
        line.index
        for side, other in (("cost_class", "result_class"), ("result_class", "cost_class"))
        for _, line in cells.groupby(side)
        if (line[other] == _TOTAL).any()
    ]
    candidates = cells.index[~before & (units > 0)]
    for count in range(len(candidates) + 1):
        protecting = [
            chosen
            for chosen in combinations(candidates, count)
            if _none_alone(before | before.index.isin(chosen), lines)
        ]
        if protecting:
            fewest = min(protecting, key=lambda chosen: float(units[list(chosen)].sum()))
            return pd.Series(cells.index.isin(fewest), cells.index)
    return pd.Series(False, cells.index)


def _none_alone(hidden: pd.Series, lines: Sequence[pd.Index]) -> bool:
    """Whether no line of a table has exactly one hidden cell, its total among them."""
    return all(int(hidden[line].sum()) != 1 for line in lines)
