"""Pupils without marks that may be published: neither a reason nor a total can be computed from the
others."""

import pandas as pd

from kommunebench.disclosure.differences import Addition, also_hidden_with_totals, is_few

_TOTAL, _NATION = "total", "all"


def pupils_given_away(rows: pd.DataFrame, small: pd.Series, minimum: int) -> pd.Series:
    """Further rows of gold.pupils_without_marks to hide: totals that leave few pupils with marks;
    reasons that add up to a municipality's total; and municipalities that add up to the nation's
    pupils, in all or of one reason."""
    cells = rows[["municipality_code", "kind", "reason"]].reset_index(drop=True)
    pupils, everyone = (
        pd.to_numeric(rows[name]).fillna(0).reset_index(drop=True)
        for name in ("pupils", "all_pupils")
    )
    few_left = is_few(everyone - pupils, minimum)
    hidden = few_left | small.reset_index(drop=True)
    further = also_hidden_with_totals(pupils, hidden, _additions(cells), minimum)
    return pd.Series((few_left | further).to_numpy(bool), rows.index)


def _additions(cells: pd.DataFrame) -> list[Addition]:
    """Reasons that add up to a municipality's total, and municipalities that add up to the
    nation."""
    by_municipality = [line for _, line in cells.groupby("municipality_code")]
    of_nation = cells["municipality_code"] == _NATION
    by_reason = [column for _, column in cells.groupby(["kind", "reason"])]
    return [
        *(Addition.of(line.index, line["kind"] == _TOTAL) for line in by_municipality),
        *(
            Addition.of(column.index, of_nation[column.index])
            for column in by_reason
            if of_nation[column.index].any()
        ),
    ]
