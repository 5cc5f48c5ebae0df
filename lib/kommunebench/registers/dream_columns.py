"""The columns of DREAM by time: one a week (Y_YYWW), one a quarter for the match group."""

import re
from collections.abc import Collection
from datetime import date, timedelta
from itertools import pairwise

from kommunebench.errors import RegisterError
from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.file_columns import FileColumns
from kommunebench.settings import AnalysisSettings

# Monday of the first week any analysis of the fact sheet begins in.
_STORED_FROM = date(2007, 1, 1)
_WEEK = re.compile(r"^y_(\d{2})(\d{2})$")
_QUARTER = re.compile(r"^match_([1-4])kv(\d{4})$")


def first_monday_kept(settings: AnalysisSettings) -> date:
    """Monday of the first week that is kept: the one that holds the first day of the window, which
    may be a week of the year before, or an earlier one that other analyses need."""
    return min(_monday_of(settings.population.window_start), _STORED_FROM)


def week_columns(
    file: DeliveredFile, columns: FileColumns, settings: AnalysisSettings
) -> dict[date, str]:
    """Delivered column by Monday for every ISO week that is kept: those of the observation, and the
    weeks before and after them without a gap, from first_monday_kept on. Raises RegisterError where
    a week of the observation is missing.

    More weeks than one analysis needs are kept, so that another analysis with another window finds
    its weeks in the store and the register is read once.
    """
    first, last = settings.population.window_start, settings.observation.observation_end
    kept_from = first_monday_kept(settings)
    columns_by_day: dict[date, str] = {}
    for lowered, name in columns.names.items():
        if matched := _WEEK.match(lowered):
            short, week = int(matched.group(1)), int(matched.group(2))
            year = 1900 + short if short >= 91 else 2000 + short
            try:
                monday = date.fromisocalendar(year, week, 1)
            except ValueError:
                continue  # a week 53 of a year that has 52
            if kept_from <= monday:
                columns_by_day[monday] = name
    wanted = _mondays(_monday_of(first), last)
    missing = [
        f"Y_{m.isocalendar().year % 100:02d}{m.isocalendar().week:02d}"
        for m in wanted
        if m not in columns_by_day
    ]
    if missing:
        raise RegisterError(
            f"{file.path}: register DREAM lacks {len(missing)} week columns of the observation"
            f" ({first} to {last}), first {missing[:3]}. Deliver a later extract, or set"
            " observation.observation_end to what it covers."
        )
    return {monday: columns_by_day[monday] for monday in _without_gap(wanted, columns_by_day)}


def check_extract(file: DeliveredFile, columns: FileColumns, settings: AnalysisSettings) -> None:
    """Raise RegisterError where an extract lacks a week of the observation, or every match group
    although the analysis needs them."""
    week_columns(file, columns, settings)
    quarter_columns(file, columns, settings)


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _without_gap(wanted: list[date], delivered: Collection[date]) -> list[date]:
    """The Mondays wanted, and those delivered before and after them without a gap."""
    first, last, week = wanted[0], wanted[-1], timedelta(weeks=1)
    while first - week in delivered:
        first -= week
    while last + week in delivered:
        last += week
    return _mondays(first, last + timedelta(days=6))


def _mondays(first: date, last: date) -> list[date]:
    return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() - 5, 7)]


def quarter_columns(
    file: DeliveredFile, columns: FileColumns, settings: AnalysisSettings
) -> dict[date, str]:
    """Delivered match group column by first day of the quarter, without gaps."""
    columns_by_day: dict[date, str] = {}
    for lowered, name in columns.names.items():
        if matched := _QUARTER.match(lowered):
            columns_by_day[date(int(matched.group(2)), 3 * int(matched.group(1)) - 2, 1)] = name
    if not columns_by_day and "match_group" in settings.covariate_columns:
        raise RegisterError(
            f"{file.path}: register DREAM lacks the columns MATCH_QKVYYYY, and the covariate"
            " match_group needs them."
        )
    ordered = dict(sorted(columns_by_day.items()))
    days = list(ordered)
    for before, after in pairwise(days):
        if (after.year - before.year) * 12 + after.month - before.month != 3:
            raise RegisterError(
                f"{file.path}: register DREAM has match groups for {before} and {after} but none"
                " between; deliver them."
            )
    return ordered
