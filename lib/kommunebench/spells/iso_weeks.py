"""Dates as ISO weeks, in column expressions. A week is named by its Monday."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column


def monday_of(day: "Column") -> "Column":
    """Monday of the ISO week that holds a date."""
    # Half the time of date_trunc, which goes by way of a timestamp.
    return F.date_sub(day, F.weekday(day))


def weeks_between(monday: "Column", later_monday: "Column") -> "Column":
    """Whole weeks from one Monday to another, as int; negative where the second is earlier."""
    # Both are Mondays: the division leaves no remainder, so the cast cuts nothing.
    return (F.datediff(later_monday, monday) / F.lit(7)).cast("int")


def first_week_from(day: "Column", origin_monday: "Column") -> "Column":
    """The first week, counted from the origin's, whose Monday is not before a date."""
    return F.ceil(F.datediff(day, origin_monday) / F.lit(7)).cast("int")


def monday_of_week(origin_monday: "Column", week: "Column") -> "Column":
    """Monday of a week counted from the origin's."""
    return F.date_add(origin_monday, week * 7)


def iso_week_label(day: "Column") -> "Column":
    """ISO year and week, ``2009-W53``. (date_format refuses week patterns.)"""
    year = F.extract(F.lit("YEAROFWEEK"), day).cast("string")
    return F.concat(year, F.lit("-W"), F.lpad(F.weekofyear(day).cast("string"), 2, "0"))


def iso_week_label_between(monday: "Column", first: date, last: date) -> "Column":
    """The label of a Monday, looked up in a list between the weeks of two dates, which
    takes a tenth of the time of iso_week_label; worked out elsewhere."""
    first_monday = first - timedelta(days=first.weekday())
    mondays = range(first_monday.toordinal(), last.toordinal() + 1, 7)
    labels = ("{}-W{:02d}".format(*date.fromordinal(day).isocalendar()) for day in mondays)
    listed = F.split(F.lit(" ".join(labels)), " ")
    place = weeks_between(F.lit(first_monday), monday)
    return F.coalesce(F.when(place >= 0, F.get(listed, place)), iso_week_label(monday))


def last_whole_week(observation_end: date) -> date:
    """Monday of the last ISO week that lies wholly before or on a date (2016-08-31: 22 August
    2016)."""
    sunday_or_earlier = observation_end - timedelta(days=6)
    return sunday_or_earlier - timedelta(days=sunday_or_earlier.weekday())
