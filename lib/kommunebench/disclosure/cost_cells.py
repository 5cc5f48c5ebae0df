"""Means of cost by result that may be published: over municipalities that are all shown."""

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from kommunebench.disclosure.differences import blanked, is_few
from kommunebench.disclosure.hidden import Hidden

_TOTAL = "total"
_MEANS = ("mean_unit_cost", "mean_indicator")


def without_hidden_units(
    cells: pd.DataFrame,
    indicators: pd.DataFrame,
    costs: pd.DataFrame,
    hidden: Hidden,
    minimum: int,
) -> pd.DataFrame:
    """Rows of gold.cost_by_result (table 5.3) without the means that include a municipality whose
    indicator or cost is hidden, because its value could be computed from the mean and the other
    municipalities.

    ``indicators`` and ``costs`` say in which cell every municipality is, and are the run's before
    the rules.
    """
    few_persons = costs["municipality_code"][is_few(costs["full_year_persons"], minimum)]
    secret_codes = hidden.indicators.union(few_persons)
    of_result = indicators.set_index("municipality_code")["assessment"].rename("result_class")
    of_cost = costs.set_index("municipality_code")["assessment"].rename("cost_class")
    classes = pd.concat([of_result, of_cost], axis=1).dropna()
    counts_secret = pd.Series(False, cells.index)
    for _, unit in classes[classes.index.isin(secret_codes)].iterrows():
        in_row = cells["result_class"].isin([unit["result_class"], _TOTAL])
        counts_secret |= in_row & cells["cost_class"].isin([unit["cost_class"], _TOTAL])
    return blanked(cells, counts_secret, _MEANS)


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
