"""Means of cost by result that may be published: over municipalities that are all shown."""

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
