"""The rules a table passes before it leaves the secure environment: applied last, to everything
that is published."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.gold import (
    BENCHMARK_INDICATORS,
    COMPOSITION_SHARES,
    COST_INDICATORS,
    COST_SENSITIVITY,
    EXPECTED_DURATIONS,
    KM_CURVES,
    POPULATION_FLOW,
    SPELL_OUTCOMES,
    UNIT_COSTS,
)
from kommunebench.settings.analysis import DisclosureSettings
from kommunebench.tables import Table

# Count columns on which the other figures of a row rest.
_BASES: dict[Table, tuple[str, ...]] = {
    BENCHMARK_INDICATORS: ("persons", "spells"),
    SPELL_OUTCOMES: ("spells",),
    POPULATION_FLOW: ("persons", "spells"),
    UNIT_COSTS: ("full_year_persons",),
    COST_INDICATORS: ("full_year_persons",),
    COST_SENSITIVITY: ("full_year_persons",),
}
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
    if table is KM_CURVES:
        return _publish_curves(rows, settings.min_persons)
    shown = rows.copy()
    bases = _BASES.get(table, ())
    small = pd.Series(False, index=shown.index)
    for base in bases:
        small |= shown[base].notna() & (shown[base] > 0) & (shown[base] < settings.min_persons)
    kept = {*table.key, "municipality", "included", "value", "reason"}
    for name in shown.columns.difference(list(kept)):
        shown[name] = (
            shown[name].astype(object).where(~small, np.nan) if small.any() else shown[name]
        )
    shown = _hide_small_events(table, shown, settings.min_persons)
    shown = _hide_small_shares(table, shown, settings.min_persons)
    return Published(shown, int(small.sum()))


def _hide_small_events(table: Table, rows: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """A count of successes below the limit is hidden on its own: the interval beside it rests on
    all spells."""
    if table is not BENCHMARK_INDICATORS:
        return rows
    count = pd.to_numeric(rows["events"])
    small = count.notna() & (count > 0) & (count < minimum)
    return rows.assign(events=rows["events"].astype(object).where(~small, np.nan))


def _hide_small_shares(table: Table, rows: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """A share that is that of a few persons (or of all but a few) tells of them: it is hidden on
    its own."""
    if table is not UNIT_COSTS:
        return rows
    persons = pd.to_numeric(rows["full_year_persons"])
    shown = rows.copy()
    for name in COMPOSITION_SHARES:
        part = persons * pd.to_numeric(rows[name])
        few = ((part > 0) & (part < minimum)) | (
            (persons - part > 1e-9) & (persons - part < minimum)
        )
        shown[name] = rows[name].astype(object).where(~few, np.nan)
    return shown


def _publish_curves(rows: pd.DataFrame, minimum: int) -> Published:
    """National curve whole; a municipality's curve without weekly counts and only while enough are
    at risk."""
    national = rows["municipality_code"].isna()
    enough = national | (rows["at_risk"] >= minimum)
    shown = rows[enough].copy()
    for name in ("events", "censored"):
        shown[name] = shown[name].astype("Int64").where(shown["municipality_code"].isna())
    return Published(shown, int((~enough).sum()))
