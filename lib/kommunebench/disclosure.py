"""The rules a table passes before it leaves the secure environment: applied last, to everything
that is published."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.gold import COMPOSITION_SHARES, EXPECTED_DURATIONS
from kommunebench.settings.analysis import DisclosureSettings
from kommunebench.tables import Table

# Count columns on which the other figures of a row rest, by table.
_BASES: dict[str, tuple[str, ...]] = {
    "benchmark_indicators": ("persons", "spells"),
    "share_indicators": ("persons", "cases"),
    "spell_outcomes": ("spells",),
    "population_flow": ("persons", "spells"),
    "unit_costs": ("full_year_persons",),
    "cost_indicators": ("full_year_persons",),
    "cost_sensitivity": ("full_year_persons",),
    "calibration": ("observed_events",),
    "pupils_without_marks": ("pupils", "all_pupils"),
}
# Columns that are published of a row without its figures.
_KEPT = ("municipality", "included", "value", "reason", "end", "week")
# Columns of a share that give away its count of events, alone or with the expected share.
_OF_THE_SHARE = (
    "events",
    "observed_share",
    "observed_se",
    "observed_share_robust",
    "difference",
    "difference_plain",
    "indicator",
    "indicator_plain",
)
_NEVER_SHOWN = {"spell_id", "person_id"}


@dataclass(frozen=True, slots=True)
class Published:
    """A table as it may leave, and how many of its rows lost their figures."""

    rows: pd.DataFrame
    suppressed: int


def publish(table: Table, rows: pd.DataFrame, settings: DisclosureSettings) -> Published:
    """The table with every figure removed that rests on fewer persons than the setting (counts of 0
    stand).

    The row keeps its key and loses everything else. Survival curves of single municipalities lose
    their weekly counts, which are single persons, and the weeks with fewer at risk. Raises
    ValueError for a table of persons or spells.
    """
    if table is EXPECTED_DURATIONS or _NEVER_SHOWN & set(table.columns):
        raise ValueError(
            f"{table.qualified_name} has rows of persons or spells and is never published."
        )
    minimum = settings.min_persons
    if table.name == "km_curves":
        return _publish_curves(rows, minimum)
    if table.name == "cumulative_incidence":
        return _publish_incidence(table, rows, minimum)
    small = pd.Series(False, index=rows.index)
    for base in _BASES.get(table.name, ()):
        small |= rows[base].notna() & (rows[base] > 0) & (rows[base] < minimum)
    shown = _without_figures(table, rows, small)
    shown = _hide_small_events(table, shown, minimum)
    shown = _hide_small_shares(table, shown, minimum)
    shown = _hide_differences(table, shown, minimum)
    return Published(shown, int(small.sum()))


def withhold(table: Table, rows: pd.DataFrame, codes: set[str]) -> Published:
    """The table without the figures of the units whose indicators may not leave.

    For tables by unit that hold no count of persons of their own (``codes``: units suppressed in
    the table of indicators).
    """
    if "municipality_code" not in rows or table.name in _BASES or table.name == "km_curves":
        return Published(rows, 0)
    small = rows["municipality_code"].isin(codes)
    return Published(_without_figures(table, rows, small), int(small.sum()))


def _without_figures(table: Table, rows: pd.DataFrame, small: pd.Series) -> pd.DataFrame:
    """The rows with everything but their key blanked where they are small."""
    if not small.any():
        return rows.copy()
    kept = {*table.key, *_KEPT}
    shown = rows.copy()
    for name in shown.columns.difference(list(kept)):
        shown[name] = shown[name].astype(object).where(~small, np.nan)
    return shown


def _hide_small_events(table: Table, rows: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """A count of events below the limit is hidden on its own: the interval beside it rests on all
    spells.

    A share of persons gives its count away, and so does the rest without the event: there the
    share goes as well, with what it can be worked out from.
    """
    if table.name == "benchmark_indicators":
        return _blanked(rows, _few(rows["events"], minimum), ("events",))
    if table.name == "share_indicators":
        without_event = pd.to_numeric(rows["cases"]) - pd.to_numeric(rows["events"])
        few = _few(rows["events"], minimum) | _few(without_event, minimum)
        return _blanked(rows, few, _OF_THE_SHARE)
    return rows


def _few(count: pd.Series, minimum: int) -> pd.Series:
    known_count = pd.to_numeric(count)
    return known_count.notna() & (known_count > 0) & (known_count < minimum)


def _blanked(rows: pd.DataFrame, small: pd.Series, columns: tuple[str, ...]) -> pd.DataFrame:
    present = [name for name in columns if name in rows]
    return rows.assign(
        **{name: rows[name].astype(object).where(~small, np.nan) for name in present}
    )


def _hide_small_shares(table: Table, rows: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """A share that is that of a few persons (or of all but a few) tells of them: it is hidden on
    its own."""
    if table.name != "unit_costs":
        return rows
    persons = pd.to_numeric(rows["full_year_persons"])
    shown = rows.copy()
    for name in COMPOSITION_SHARES:
        with_trait = persons * pd.to_numeric(rows[name])
        without_trait = persons - with_trait
        few = _few(with_trait, minimum) | ((without_trait > 1e-9) & (without_trait < minimum))
        shown[name] = rows[name].astype(object).where(~few, np.nan)
    return shown


def _hide_differences(table: Table, rows: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Counts of pupils without marks that a subtraction would give away: where one reason of a
    municipality is hidden and the total is not, the smallest other reason is hidden as well; and a
    total that leaves few pupils with marks."""
    if table.name != "pupils_without_marks":
        return rows
    few_left = _few(pd.to_numeric(rows["all_pupils"]) - pd.to_numeric(rows["pupils"]), minimum)
    shown = _blanked(rows, few_left, ("pupils",))
    hidden = shown["pupils"].isna() & (shown["kind"] != "total")
    lonely = hidden.groupby(shown["municipality_code"]).transform("sum") == 1
    others = shown[lonely & ~hidden & (shown["kind"] != "total") & (shown["pupils"] != 0)]
    sizes = pd.to_numeric(others["pupils"])
    smallest = sizes.groupby(others["municipality_code"]).idxmin()
    return _blanked(shown, pd.Series(shown.index.isin(smallest), shown.index), ("pupils",))


def _publish_curves(rows: pd.DataFrame, minimum: int) -> Published:
    """National curve whole; a municipality's curve without weekly counts and only while enough are
    at risk, its median only where that lies within what is shown."""
    national = rows["municipality_code"].isna()
    enough = national | (rows["at_risk"] >= minimum)
    shown = rows[enough].copy()
    last_shown = shown.groupby("municipality_code", dropna=False)["week"].transform("max")
    shown["median_duration"] = shown["median_duration"].where(
        shown["median_duration"] <= last_shown
    )
    for name in ("events", "censored"):
        shown[name] = shown[name].astype("Int64").where(shown["municipality_code"].isna())
    return Published(shown, int((~enough).sum()))


def _publish_incidence(table: Table, rows: pd.DataFrame, minimum: int) -> Published:
    """Shares by end of spell; a curve that rests on few ends is hidden whole.

    The table holds no counts: how many ends a share rests on is read from its standard error
    (share · (1 − share) / se² is the number of independent spells it is as good as).
    """
    share, error = pd.to_numeric(rows["share"]), pd.to_numeric(rows["se"])
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = share**2 * (1 - share) / error**2
    curve = [rows[name].fillna("all") for name in ("breakdown", "value", "end")]
    most = ends.where(error > 0).groupby(curve).transform("max")
    small = (most < minimum) & (share.groupby(curve).transform("max") > 0)
    return Published(_without_figures(table, rows, small), int(small.sum()))
