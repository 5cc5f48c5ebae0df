"""Dates as weeks and ages, in column expressions. A week is named by its Monday."""

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


def completed_years(birth: "Column", day: "Column") -> "Column":
    """Age in completed years on a day; a birthday on 29 February comes on 1 March in other years."""
    before_birthday = F.month(day) * 100 + F.dayofmonth(day) < F.month(birth) * 100 + F.dayofmonth(
        birth
    )
    return F.year(day) - F.year(birth) - before_birthday.cast("int")


def age_limit_monday(birth: "Column", age_limit_year: int) -> "Column":
    """Monday of the week that holds 1 January of the year a person turns the age that ends the
    analysis."""
    return monday_of(F.make_date(F.year(birth) + age_limit_year, F.lit(1), F.lit(1)))


def last_whole_week(observation_end: date) -> date:
    """Monday of the last ISO week that lies wholly before or on a date (2016-08-31: 22 August
    2016)."""
    sunday_or_earlier = observation_end - timedelta(days=6)
    return sunday_or_earlier - timedelta(days=sunday_or_earlier.weekday())
