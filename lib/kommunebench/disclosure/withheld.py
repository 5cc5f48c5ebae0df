"""Which municipalities of a table of indicators are withheld: those with few persons or events, and
those that would give them away."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from kommunebench.disclosure.differences import also_hidden, is_few

SIZES = ("persons", "spells", "cases")


@dataclass(frozen=True, slots=True)
class Withheld:
    """Flags of the rows of a table of indicators: those without any figure, and those without any
    but their ``sizes``, the former among them (``figures``)."""

    sizes: pd.Series
    figures: pd.Series


def withheld_units(rows: pd.DataFrame, minimum: int) -> Withheld:
    """The municipalities with fewer persons, spells or cases than ``minimum``, those with fewer
    events (of a share also fewer cases without), and those that a nation's total less the others
    would need to give one of these away.

    The latter lose as much as the former: a share and one of its two counts are the other count, an
    interval and its standard error are the degrees of freedom, which are the events less one, and
    as many persons as cases are the cases.
    """
    counts = {name: pd.to_numeric(rows[name]).fillna(0) for name in SIZES if name in rows}
    sizes = pd.Series(False, rows.index)
    for of_size in counts.values():
        sizes |= is_few(of_size, minimum)
    sizes = _with_others(list(counts.values()), sizes, minimum)
    happened = [pd.to_numeric(rows["events"]).fillna(0)]
    if "cases" in counts:
        happened.append(counts["cases"] - happened[0])
    figures = sizes.copy()
    for of_event in happened:
        figures |= is_few(of_event, minimum)
    return Withheld(sizes, _with_others(happened, figures, minimum))


def _with_others(counts: Sequence[pd.Series], hidden: pd.Series, minimum: int) -> pd.Series:
    """The hidden rows and those that have to be hidden with them, so that none of the counts can be
    worked out: one that is hidden for one count is hidden for all."""
    nation = [pd.Series("nation", hidden.index)]
    taken, before = hidden.copy(), -1
    while int(taken.sum()) > before:
        before = int(taken.sum())
        for count in counts:
            taken |= also_hidden(count, taken, nation, minimum)
    return taken
