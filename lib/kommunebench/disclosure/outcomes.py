"""Spells by outcome that may be published: neither a cell nor a total can be computed from the
others."""

import numpy as np
import pandas as pd

from kommunebench.disclosure.differences import Addition, also_hidden_with_totals

_TOTAL = "total"
_LINE = ["breakdown", "value"]


def outcomes_given_away(rows: pd.DataFrame, small: pd.Series, minimum: int) -> pd.Series:
    """Further rows of gold.spell_outcomes to hide: cells, totals of a value over the outcomes, and
    totals of an outcome over the values, which add up to each other and to all spells. The totals
    over the values count the same spells in every breakdown and are hidden in all breakdowns or in
    none."""
    cell = _cells(rows)
    by_cell = rows.assign(cell=cell, small=small).groupby("cell")
    cells = by_cell[[*_LINE, "outcome"]].first()
    counts = pd.to_numeric(by_cell["spells"].first()).fillna(0)
    hidden = by_cell["small"].any()
    further = also_hidden_with_totals(counts, hidden, _additions(cells), minimum)
    return cell.map(further | hidden) & ~small


def without_shares_of_hidden(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that may be published, without the shares from which a hidden total could be
    computed: a count divided by its share is the number of spells of the value."""
    is_total = rows["outcome"] == _TOTAL
    hidden_totals = rows[is_total & pd.to_numeric(rows["spells"]).isna()]
    of_hidden = pd.MultiIndex.from_frame(rows[_LINE]).isin(
        pd.MultiIndex.from_frame(hidden_totals[_LINE])
    )
    return rows.assign(share=rows["share"].astype(object).where(~of_hidden, np.nan))


def _cells(rows: pd.DataFrame) -> pd.Series:
    """The same label for rows that count the same spells."""
    breakdown = rows["breakdown"].where(rows["value"] != _TOTAL, _TOTAL)
    return rows.assign(breakdown=breakdown).groupby([*_LINE, "outcome"], dropna=False).ngroup()


def _additions(cells: pd.DataFrame) -> list[Addition]:
    """Outcomes that add up to those of a value, and values that add up to an outcome."""
    of_all = cells["value"] == _TOTAL
    lines = [
        line for _, line in cells.groupby([cells["breakdown"].where(~of_all, _TOTAL), "value"])
    ]
    additions = [Addition.of(line.index, line["outcome"] == _TOTAL) for line in lines]
    for _, of_outcome in cells.groupby("outcome"):
        totals = of_outcome[of_outcome["value"] == _TOTAL]
        for _, of_breakdown in of_outcome.drop(totals.index).groupby("breakdown"):
            column = pd.concat([of_breakdown, totals])
            additions.append(Addition.of(column.index, column["value"] == _TOTAL))
    return additions
