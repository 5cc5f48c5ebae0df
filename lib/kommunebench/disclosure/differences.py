"""Counts that could be computed by subtraction: a total minus the counts that are shown is the sum
of the hidden ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True)
class Addition:
    """A published total and what adds up to it: labels of the ``terms``, and of the ``total``,
    which is None where only another table holds it."""

    terms: pd.Index
    total: int | None

    @staticmethod
    def of(labels: pd.Index, is_total: pd.Series) -> "Addition":
        """From the labels of the terms and of their total, where it is among them."""
        total = labels[is_total]
        return Addition(labels[~is_total], int(total[0]) if len(total) else None)


def also_hidden(
    counts: pd.Series, hidden: pd.Series, groupings: Sequence[pd.Series], minimum: int
) -> pd.Series:
    """Which further counts have to be hidden, as flags by row.

    ``counts``: of every row, without totals; ``hidden``: rows that are hidden already;
    ``groupings``: for each published kind of total the group of every row, whose counts add up to
    that total. In a group with hidden counts at least two have to be hidden, and to add up to
    ``minimum`` or more; the smallest counts that are shown are hidden for that. Zeros are counts of
    nobody and protect nobody.
    """
    taken = hidden.copy()
    changed = True
    # A row taken for one kind of total may stand alone in its group of another kind.
    while changed:
        changed = False
        for grouping in groupings:
            for labels in counts.groupby(grouping, dropna=False).groups.values():
                further = _to_take(counts[labels], taken[labels], minimum)
                taken |= taken.index.isin(further)
                changed = changed or bool(further)
    return taken & ~hidden


def also_hidden_with_totals(
    counts: pd.Series, hidden: pd.Series, additions: Sequence[Addition], minimum: int
) -> pd.Series:
    """Like `also_hidden`, for counts that include the totals, so that a total may be hidden too: a
    total is hidden if it is the sum of a single hidden count, and of a hidden total at least one
    term is hidden."""
    taken = hidden.copy()
    before = -1
    while int(taken.sum()) > before:
        before = int(taken.sum())
        for addition in additions:
            taken |= taken.index.isin(_to_take_of_addition(counts, taken, addition, minimum))
    return taken & ~hidden


def _to_take_of_addition(
    counts: pd.Series, hidden: pd.Series, addition: Addition, minimum: int
) -> list[object]:
    terms, total = counts[addition.terms], addition.total
    hidden_terms = hidden[addition.terms]
    if total is not None and hidden[total]:
        # Terms that are all shown add up to the hidden total.
        smallest = terms[terms > 0].sort_values(kind="stable").index[:1]
        return [] if hidden_terms.any() else list(smallest)
    taken = _to_take(terms, hidden_terms, minimum)
    if total is not None and int(hidden_terms.sum()) + len(taken) == 1:
        taken.append(total)
    return taken


def _to_take(counts: pd.Series, hidden: pd.Series, minimum: int) -> list[object]:
    """Labels of the smallest counts of a group that have to be hidden to protect the hidden
    ones."""
    n_hidden, hidden_sum = int(hidden.sum()), float(counts[hidden].sum())
    taken: list[object] = []
    if not n_hidden:
        return taken
    shown = counts[~hidden & (counts > 0)].sort_values(kind="stable")
    for label, count in shown.items():
        if n_hidden > 1 and hidden_sum >= minimum:
            break
        taken.append(label)
        n_hidden, hidden_sum = n_hidden + 1, hidden_sum + float(count)
    return taken


def is_few(counts: pd.Series, minimum: int) -> pd.Series:
    """Whether a count is above 0 but below ``minimum``."""
    numbers = pd.to_numeric(counts).astype(float)
    return numbers.notna() & (numbers > 0) & (numbers < minimum)


def blanked(rows: pd.DataFrame, hidden: pd.Series, columns: Sequence[str]) -> pd.DataFrame:
    """The rows with the named columns, if they exist, left empty where the rows are hidden."""
    if not hidden.any():
        return rows
    present = [name for name in columns if name in rows]
    return rows.assign(
        **{name: rows[name].astype(object).where(~hidden, np.nan) for name in present}
    )
