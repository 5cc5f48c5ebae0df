"""ISO weeks as column expressions. A week is named by its Monday."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column


def monday_of(day: "Column") -> "Column":
    """Monday of the ISO week that holds a date."""
    return F.date_trunc("week", day).cast("date")


def week_index(day: "Column", origin_monday: "Column") -> "Column":
    """Whole weeks from the origin's week to the week that holds a date; negative before it."""
    return F.floor(F.datediff(monday_of(day), origin_monday) / F.lit(7)).cast("int")


def iso_week_label(day: "Column") -> "Column":
    """ISO year and week, ``2009-W53``. (date_format refuses week patterns.)"""
    year = F.extract(F.lit("YEAROFWEEK"), day).cast("string")
    return F.concat(year, F.lit("-W"), F.lpad(F.weekofyear(day).cast("string"), 2, "0"))


def last_whole_week(observation_end: date) -> date:
    """Monday of the last ISO week that lies wholly before or on a date (2016-08-31: 22 August 2016)."""
    sunday_or_earlier = observation_end - timedelta(days=6)
    return sunday_or_earlier - timedelta(days=sunday_or_earlier.weekday())
