"""What is removed from a table before it is published, by table."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from kommunebench.disclosure.composition import without_small_shares
from kommunebench.disclosure.cost_cells import means_given_away
from kommunebench.disclosure.curves import publishable_baseline, publishable_curves
from kommunebench.disclosure.differences import also_hidden, blanked, is_few
from kommunebench.disclosure.hidden import Hidden
from kommunebench.disclosure.incidence import publishable_incidence
from kommunebench.disclosure.judged import ranked_among_shown
from kommunebench.disclosure.outcomes import outcomes_given_away, without_shares_of_hidden
from kommunebench.disclosure.pupils import pupils_given_away
from kommunebench.disclosure.thin_terms import terms_of_few, without_errors
from kommunebench.disclosure.withheld import SIZES, withheld_units
from kommunebench.gold import EXPECTED_DURATIONS
from kommunebench.gold.spells import COUNTED_AND_KEPT
from kommunebench.settings.analysis import DisclosureSettings
from kommunebench.tables import Table

# Count columns on which the other figures of a row rest, by table.
_BASES: dict[str, tuple[str, ...]] = {
    "spell_outcomes": ("spells",),
    "population_flow": ("persons", "spells"),
    "unit_costs": ("full_year_persons",),
    "cost_indicators": ("full_year_persons",),
    "cost_sensitivity": ("full_year_persons",),
    "calibration": ("observed_events",),
    "pupils_without_marks": ("pupils", "all_pupils"),
}
COEFFICIENT_TABLES = ("cox_coefficients", "logit_coefficients")
# Tables with one row a municipality, whose events are few where their indicator may not be shown:
# what they hide decides what other tables may show.
INDICATOR_TABLES = ("benchmark_indicators", "share_indicators")
# Tables that say why a municipality has no figure, and hold none of persons.
_REASONS = ("cost_exclusions", "efficiency_notes")
# Columns that are published of a row without its figures: what it is about.
_KEPT = (
    "municipality_code",
    "municipality",
    "included",
    "value",
    "reason",
    "end",
    "week",
)
_NEVER_SHOWN = {"spell_id", "person_id"}
# The steps of gold.population_flow, beside the first, that count who is still there: the steps
# between two of them are those who left, and add up to their difference.
_STILL_THERE = ("in_population", "with_spells", "in_comparison")

# A mean over municipalities is of so many at least; how many there are is no secret.
_LEAST_UNITS = 2
_COUNTS_OF_UNITS = ("units",)
_NOTHING = Hidden()


@dataclass(frozen=True, slots=True)
class Published:
    """A table that may be published, how many of its rows lost figures, and, of a table of
    indicators, which municipalities are hidden."""

    rows: pd.DataFrame
    suppressed: int
    hidden: Hidden = _NOTHING


def publish(
    table: Table, rows: pd.DataFrame, settings: DisclosureSettings, hidden: Hidden = _NOTHING
) -> Published:
    """The table without any figure that rests on fewer persons than the setting (counts of 0 stay),
    and without figures that could be computed by subtraction from a published total. A row keeps
    its key and loses everything else.

    A municipality in which fewer persons have had the event keeps its number of persons and nothing
    else, as does one from whose events those of the former could be computed. Curves lose the weeks
    from which it could be seen when single persons had the event. ``hidden``: what the run's tables
    of indicators hide; tables by municipality without counts of persons hide the same
    municipalities. Raises ValueError for a table of persons or spells.
    """
    if table is EXPECTED_DURATIONS or _NEVER_SHOWN & set(table.columns):
        raise ValueError(
            f"{table.qualified_name} has rows of persons or spells and is never published."
        )
    minimum = settings.min_persons
    if table.name in INDICATOR_TABLES:
        return _publish_indicators(table, rows, minimum)
    if table.name in COEFFICIENT_TABLES:
        few = terms_of_few(rows, minimum)
        return Published(without_errors(rows, few), int(few.sum()))
    if table.name == "km_curves":
        kept = rows[~_follows(table, rows, hidden)]
        shown = publishable_curves(kept, minimum)
        return Published(shown, len(rows) - len(shown))
    if table.name == "cumulative_incidence":
        shown = publishable_incidence(rows, minimum)
        # Curves of one end have weeks in common, at which not all of them had a row.
        return Published(shown, max(len(rows) - len(shown), 0))
    if table.name == "cox_baseline":
        shown = publishable_baseline(rows, minimum)
        return Published(shown, len(rows) - len(shown))
    small = _follows(table, rows, hidden)
    for base in _BASES.get(table.name, ()):
        small |= is_few(rows[base], minimum)
    if table.name == "calibration":
        small |= hidden.in_provinces(rows)
    if table.name == "ten_best":
        # The key says on which side a municipality stands: the row goes whole.
        return Published(rows[~small].copy(), int(small.sum()))
    if table.name == "cost_by_result":
        small |= is_few(rows["units"], _LEAST_UNITS)
        small |= means_given_away(rows, small)
    small |= _given_away(table, rows, small, minimum)
    shown = _without_figures(table, rows, small, _COUNTS_OF_UNITS)
    if table.name == "unit_costs":
        shown = without_small_shares(shown, minimum)
    if table.name == "spell_outcomes":
        shown = without_shares_of_hidden(shown)
    return Published(shown, int(small.sum()))


def _follows(table: Table, rows: pd.DataFrame, hidden: Hidden) -> pd.Series:
    """Rows of hidden units in tables by unit that have no counts of persons themselves."""
    if "municipality_code" not in rows or table.name in _BASES or table.name in _REASONS:
        return pd.Series(False, rows.index)
    return rows["municipality_code"].isin(hidden.indicators)


def _without_figures(
    table: Table, rows: pd.DataFrame, small: pd.Series, kept: tuple[str, ...] = ()
) -> pd.DataFrame:
    """The rows, with everything but their key (and ``kept``) left empty where they rest on few
    persons."""
    if not small.any():
        return rows.copy()
    names = rows.columns.difference([*table.key, *_KEPT, *kept])
    return blanked(rows, small, list(names))


def _publish_indicators(table: Table, rows: pd.DataFrame, minimum: int) -> Published:
    """One row a municipality: those whose size may not be told keep their name, those whose events
    may not (of a share also who had none) the number of persons too."""
    withheld = withheld_units(rows, minimum)
    sizes, figures = withheld.sizes, withheld.figures
    shown = _without_figures(table, rows, figures & ~sizes, (*SIZES, "no_verdict_reason"))
    shown = _without_figures(table, shown, sizes)
    shown = ranked_among_shown(shown, rows[figures])
    return Published(shown, int(figures.sum()), Hidden.of_rows(rows, figures))


def _given_away(table: Table, rows: pd.DataFrame, small: pd.Series, minimum: int) -> pd.Series:
    """Further rows to hide, because the hidden ones could be computed from a published total and
    the others."""
    if table.name == "pupils_without_marks":
        return pupils_given_away(rows, small, minimum)
    if table.name == "population_flow":
        return _given_away_steps(rows, small, minimum)
    if table.name == "spell_outcomes":
        return outcomes_given_away(rows, small, minimum)
    everyone = pd.Series(True, rows.index)
    if table.name == "calibration":
        groups, count = [("breakdown",)], "observed_events"
        return _inside(rows, small, everyone, groups=groups, count=count, minimum=minimum)
    return ~everyone


def _given_away_steps(rows: pd.DataFrame, small: pd.Series, minimum: int) -> pd.Series:
    """Of the flow: steps whose count could be computed from the persons still there before and
    after them."""
    by_step = rows.sort_values("step")
    is_first = by_step["step"] == by_step["step"].min()
    still_there = by_step["reason"].isin(_STILL_THERE) | is_first
    staged = rows.assign(between=still_there.cumsum())
    # Rows that count some of those who stay add up to nothing, and protect none that leave.
    leaving = ~still_there.reindex(rows.index) & ~rows["reason"].isin(COUNTED_AND_KEPT)
    groups = [("between",)]
    return _inside(staged, small, leaving, groups=groups, count="persons", minimum=minimum)


def _inside(
    rows: pd.DataFrame,
    small: pd.Series,
    inner: pd.Series,
    *,
    groups: Sequence[tuple[str, ...]],
    count: str,
    minimum: int,
) -> pd.Series:
    """`also_hidden` among the inner rows of a table, by the columns of each kind of total."""
    chosen = rows[inner]
    groupings = [chosen.groupby(list(names), dropna=False).ngroup() for names in groups]
    counts = pd.to_numeric(chosen[count]).fillna(0)
    further = also_hidden(counts, small[inner], groupings, minimum)
    return further.reindex(rows.index, fill_value=False)
