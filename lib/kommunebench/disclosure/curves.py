"""Curves as they may leave: every step rests on enough persons."""

import numpy as np
import pandas as pd

from kommunebench.disclosure.differences import is_few


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
    """Of the weeks of one curve, in order: whether ``minimum`` events have happened since the last
    week that is kept."""
    kept, since = [], 0
    for count in events:
        since += int(count)
        kept.append(since >= minimum)
        since = 0 if since >= minimum else since
    return pd.Series(kept, events.index)


def publishable_incidence(rows: pd.DataFrame, minimum: int) -> pd.Series:
    """Which rows of gold.cumulative_incidence are hidden: curves that rest on few ends, whole.

    The table holds no counts: how many ends a share rests on is read from its standard error
    (share · (1 − share) / se² is the number of independent spells it is as good as).
    """
    share, error = pd.to_numeric(rows["share"]), pd.to_numeric(rows["se"])
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = share**2 * (1 - share) / error**2
    curve = [rows[name].fillna("all") for name in ("breakdown", "value", "end")]
    most = ends.where(error > 0).groupby(curve).transform("max")
    return (most < minimum) & (share.groupby(curve).transform("max") > 0)
