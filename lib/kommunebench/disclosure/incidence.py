"""Shares of spells by the way they end that may be published: every step rests on enough spells."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from kommunebench.disclosure.curves import shared_weeks
from kommunebench.disclosure.differences import also_hidden, is_few

_GROUP = ["breakdown", "value"]
_OPEN = "open"


def publishable_incidence(rows: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Rows of gold.cumulative_incidence without the weeks from which it could be seen when single
    spells ended.

    Curves of one breakdown and end show the same weeks, because all spells minus those of one value
    are those of the other: between two weeks each curve, and those that are hidden together, has no
    end or at least ``minimum`` ends. A value with fewer ends in all has no curve, and the value
    with the next smallest number has none either. The share still open is one minus the others: it
    is shown at the weeks at which all of them are.
    """
    if rows.empty:
        return rows
    counted = rows.assign(ended=spells_that_ended(rows))
    is_open = rows["end"] == _OPEN
    ending = counted[~is_open]
    curves = [
        curve
        for _, of_end in ending.groupby(["breakdown", "end"])
        for curve in _curves(of_end, minimum)
    ]
    shown = pd.concat([ending.head(0), *curves])
    ends_shown = shown.groupby([*_GROUP, "week"])["end"].nunique()
    all_ends = ending.groupby(_GROUP)["end"].nunique()
    for group, of_open in counted[is_open].groupby(_GROUP):
        in_group = ends_shown.index.droplevel("week").isin([group])
        at_all_ends = ends_shown[in_group & (ends_shown == all_ends.get(group, 0))]
        curves.append(_at_weeks(of_open, list(at_all_ends.index.get_level_values("week"))))
    return pd.concat([rows.head(0), *curves], ignore_index=True)[list(rows.columns)]


def _curves(of_end: pd.DataFrame, minimum: int) -> Iterator[pd.DataFrame]:
    """The curves of one breakdown and end that are shown, at the weeks they have in common."""
    counts = of_end.pivot_table(
        index="week", columns="value", values="ended", aggfunc="sum", fill_value=0
    )
    totals = counts.sum()
    few = is_few(totals, minimum)
    hidden = few | also_hidden(totals, few, [pd.Series("all", totals.index)], minimum)
    hidden_together = counts.loc[:, hidden].sum(axis=1).rename("")
    weeks = shared_weeks(pd.concat([counts.loc[:, ~hidden], hidden_together], axis=1), minimum)
    for value in totals.index[~hidden]:
        yield _at_weeks(of_end[of_end["value"] == value], weeks)


def _at_weeks(curve: pd.DataFrame, weeks: Sequence[int]) -> pd.DataFrame:
    """A curve at other weeks than its own; between its own weeks it is constant."""
    ordered = curve.sort_values("week")
    last_before = np.searchsorted(ordered["week"].to_numpy(), np.asarray(weeks), "right") - 1
    at_weeks = ordered.iloc[np.maximum(last_before, 0)].assign(week=weeks)
    begun, at_start = last_before >= 0, float(ordered["end"].iloc[0] == _OPEN)
    return at_weeks.assign(
        share=at_weeks["share"].where(begun, at_start), se=at_weeks["se"].where(begun, 0.0)
    )


def spells_that_ended(rows: pd.DataFrame) -> pd.Series:
    """How many spells ended in the way and week of each row of gold.cumulative_incidence.

    The table holds no counts, but the variance of the share still open is Greenwood's, whose steps
    hold the number at risk. It cannot be read back where nobody is left: such a step counts as one
    spell, which is shown with others only.
    """
    opened = rows[rows["end"] == _OPEN].sort_values("week")
    relative_variance = (opened["se"] / opened["share"]) ** 2
    by_group = [opened[name] for name in _GROUP]
    before = opened["share"].groupby(by_group).shift(fill_value=1.0)
    growth = relative_variance - relative_variance.groupby(by_group).shift(fill_value=0.0)
    staying = opened["share"] / before
    at_risk = (1 - staying) / (staying * growth)
    spells = opened[[*_GROUP, "week"]].assign(spells_per_share=at_risk / before)
    joined = rows[[*_GROUP, "week"]].merge(spells, "left")["spells_per_share"].set_axis(rows.index)
    ordered = rows.sort_values("week")
    step = ordered.groupby([*_GROUP, "end"])["share"].diff().fillna(ordered["share"])
    ended = (step.reindex(rows.index) * joined).round()
    known = np.isfinite(ended) & (ended >= 1)
    return ended.where(known, 1.0).where(step.reindex(rows.index) > 0, 0.0)
