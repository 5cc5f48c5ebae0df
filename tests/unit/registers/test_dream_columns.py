"""Which week columns of DREAM an analysis needs and keeps, told by their Mondays."""

from datetime import date, timedelta

import pytest

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import DREAM
from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.dream_columns import first_monday_kept, week_columns
from kommunebench.registers.file_columns import FileColumns
from kommunebench.settings import load_analysis


def extract(first: date, last: date) -> FileColumns:
    """Week columns of an extract for the Mondays from ``first`` to ``last``."""
    mondays = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    weeks = [day.isocalendar() for day in mondays]
    names = [f"Y_{week.year % 100:02d}{week.week:02d}" for week in weeks]
    return FileColumns(
        types=dict.fromkeys(names, "string"), names={name.lower(): name for name in names}, rows=1
    )


def kept(window_start: str, columns: FileColumns) -> list[date]:
    settings = load_analysis(
        "integration_employment",
        (f"population.window_start={window_start}", "observation.observation_end=2016-08-31"),
    )
    file = DeliveredFile(DREAM, "dream201609.csv", "201609")
    days = list(week_columns(file, columns, settings))
    assert days[0] >= first_monday_kept(settings)
    return days


LAST = date(2016, 8, 29)


def test_the_week_that_holds_the_first_day_of_the_window_is_kept_though_it_is_of_the_year_before():
    """1 January 2005 was a Saturday, of week 53 of 2004."""
    days = kept("2005-01-01", extract(date(2004, 11, 1), LAST))
    assert days[0] == date(2004, 12, 27) and days[-1] == LAST


def test_an_extract_without_that_week_is_refused():
    with pytest.raises(RegisterError, match=r"lacks 1 week columns .* \['Y_0453'\]"):
        kept("2005-01-01", extract(date(2005, 1, 3), LAST))


def test_the_main_analysis_needs_the_weeks_from_that_of_its_first_day():
    """1 January 2008 was a Tuesday, of week 1; weeks from 2007 on are kept for others."""
    assert kept("2008-01-01", extract(date(2007, 12, 31), LAST))[0] == date(2007, 12, 31)
    assert kept("2008-01-01", extract(date(2004, 11, 1), LAST))[0] == date(2007, 1, 1)
