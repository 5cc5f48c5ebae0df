"""Dates as ISO weeks, in column expressions. A week is named by its Monday."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column


def monday_of(day: "Column") -> "Column":
    """Monday of the ISO week that holds a date."""
    return F.date_trunc("week", day).cast("date")


def weeks_between(monday: "Column", later_monday: "Column") -> "Column":
    """Whole weeks from one Monday to another, as int; negative where the second is earlier."""
    # Both are Mondays: the division leaves no remainder, so the cast cuts nothing.
    return (F.datediff(later_monday, monday) / F.lit(7)).cast("int")


def monday_of_week(origin_monday: "Column", week: "Column") -> "Column":
    """Monday of a week counted from the origin's."""
    return F.date_add(origin_monday, week * 7)


def iso_week_label(day: "Column") -> "Column":
    """ISO year and week, ``2009-W53``. (date_format refuses week patterns.)"""
    year = F.extract(F.lit("YEAROFWEEK"), day).cast("string")
    return F.concat(year, F.lit("-W"), F.lpad(F.weekofyear(day).cast("string"), 2, "0"))


def last_whole_week(observation_end: date) -> date:
    """Monday of the last ISO week that lies wholly before or on a date (2016-08-31: 22 August
    2016)."""
    sunday_or_earlier = observation_end - timedelta(days=6)
    return sunday_or_earlier - timedelta(days=sunday_or_earlier.weekday())
