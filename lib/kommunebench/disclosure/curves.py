"""Curves as they may be published: every step rests on enough persons."""

import numpy as np
import pandas as pd

from kommunebench.disclosure.differences import is_few
from kommunebench.survival.curves import Floats


def publishable_curves(rows: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Survival curves, the nation's (no municipality) and the municipalities', without the weeks
    that would show when single persons had the event.

    A week stays where enough are at risk and at least ``minimum`` events lie between it and the
    week shown before it. A municipality's rows have no numbers of persons at all, the nation's only
    weekly counts of enough persons. A median is shown where it lies within the weeks shown.
    """
    curve = rows["municipality_code"].fillna("")
    ordered = rows.assign(curve=curve).sort_values(["curve", "week"])
    enough = (curve == "") | (rows["at_risk"] >= minimum)
    spaced = [
        _spaced(events, minimum) for _, events in ordered.groupby("curve", sort=False)["events"]
    ]
    is_shown = pd.concat(spaced).reindex(rows.index) & enough if spaced else enough
    shown = rows[is_shown].copy()
    of_municipality = shown["municipality_code"].notna()
    last_shown = shown.groupby("municipality_code", dropna=False)["week"].transform("max")
    shown["median_duration"] = shown["median_duration"].where(
        shown["median_duration"] <= last_shown
    )
    for name in ("at_risk", "events", "censored"):
        hidden = of_municipality | is_few(shown[name], minimum)
        shown[name] = shown[name].astype("Int64").where(~hidden)
    return shown


def _spaced(events: pd.Series, minimum: int) -> pd.Series:
    """Which weeks of one curve (its ``events`` by week, in order) are kept: those by which
    ``minimum`` events have happened since the last kept week."""
    kept, since = [], 0
    for count in events:
        since += int(count)
        kept.append(since >= minimum)
        since = 0 if since >= minimum else since
    return pd.Series(kept, events.index)


def publishable_baseline(rows: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """The rows of gold.cox_baseline that may be published: of each group the weeks between which
    enough persons had the event, the last week among them. A group with fewer events has no rows;
    numbers of events are left empty."""
    shown = [rows.head(0)]
    for _, of_group in rows.groupby("group"):
        events = of_group.set_index("week")[["events"]].sort_index()
        shown.append(of_group[of_group["week"].isin(shared_weeks(events, minimum))])
    return pd.concat(shown).assign(events=None)


def shared_weeks(counts: pd.DataFrame, minimum: int) -> list[int]:
    """The weeks that several curves can show together (``counts``: events by week, a column each).

    Between two of them every curve has either no event or at least ``minimum``, and the last week
    is one of them. Empty if one of the curves has fewer than ``minimum`` events in all.
    """
    cumulative = counts.to_numpy(float).cumsum(axis=0)
    kept: list[int] = []

    def since_kept(position: int) -> Floats:
        before = cumulative[kept[-1]] if kept else 0.0
        return np.asarray(cumulative[position] - before)

    for position in range(len(counts)):
        events = since_kept(position)
        if events.any() and _may_be_told(events, minimum):
            kept.append(position)
    last = len(counts) - 1
    while last >= 0 and not _may_be_told(since_kept(last), minimum):
        if not kept:
            return []
        kept.pop()
    return [int(counts.index[position]) for position in sorted({*kept, last}) if position >= 0]


def _may_be_told(events: Floats, minimum: int) -> bool:
    return bool(((events == 0) | (events >= minimum)).all())
