"""Hours worked by week, from monthly rows of jobs (method, section 2)."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.settings.analysis import EmploymentSettings
from kommunebench.spells.iso_weeks import monday_of, monday_of_week, weeks_between
from kommunebench.spells.partitions import by_person

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# Weekly hours an ATP band stands for: none, one third, two thirds, full contribution (appendix 2 of
# the report).
ATP_BAND_HOURS = {"0": 0.0, "1": 9.0, "2": 18.0, "3": 27.0}
# Sums of shares of hours differ in the last digits with the order of rows; a millionth of an hour
# is none.
DIGITS = 6


def weekly_hours(
    employment_months: "DataFrame",
    persons: "DataFrame",
    settings: EmploymentSettings,
    n_tasks: int,
) -> "DataFrame":
    """One row per person who worked: ``hours``, an array of hours by week from the origin's week
    (0) to the last with any.

    A row's hours are spread evenly over the days of its interval within its month. Rows of one
    person and month are summed with their sign, a month at or below zero has no hours, and a week
    is never below zero. ``persons`` needs origin_monday and last_week, the last week wanted;
    ``n_tasks``: in how many tasks the rows of a person are put together.
    """
    months = _rows_of_paid_months(employment_months, persons, settings, n_tasks)
    first, last = (_week_of(F.col(day)) for day in ("first_day", "last_day"))
    weeks = months.withColumn("week", F.explode(F.sequence(first, last)))
    by_week = weeks.groupBy("person_id", "week").agg(
        F.round(F.sum(_share_of_week()), DIGITS).alias("hours")
    )
    worked = by_week.where((F.col("hours") > 0) & (F.col("week") >= 0))
    entries = worked.groupBy("person_id").agg(
        F.array_sort(F.collect_list(F.struct("week", "hours"))).alias("entries")
    )
    return entries.select("person_id", _by_position(F.col("entries")).alias("hours"))


def _week_of(day: "Column") -> "Column":
    return weeks_between(F.col("origin_monday"), monday_of(day))


def _rows_of_paid_months(
    employment_months: "DataFrame",
    persons: "DataFrame",
    settings: EmploymentSettings,
    n_tasks: int,
) -> "DataFrame":
    """Rows of the months whose sum is above zero: person_id, origin_monday, first_day, last_day,
    hours; those of a person in one of ``n_tasks`` partitions."""
    jobs = employment_months.join(
        persons.select("person_id", "origin_monday", "last_week"), "person_id", "inner"
    )
    # A row belongs to the month its job interval ends in; without an end to the month it starts in.
    last_day = F.coalesce("job_end", F.last_day("job_start"))
    month = F.trunc(last_day, "month")
    first_day = F.least(F.greatest("job_start", month), last_day)
    # Whole months only: a month's hours depend on all its rows.
    after_last_week = monday_of_week(F.col("origin_monday"), F.col("last_week") + 1)
    wanted = (F.last_day(last_day) >= F.col("origin_monday")) & (month < after_last_week)
    rows = jobs.where(wanted).select(
        "person_id",
        "origin_monday",
        month.alias("month"),
        first_day.alias("first_day"),
        last_day.alias("last_day"),
        _hours(settings, F.datediff(last_day, first_day) + 1).alias("hours"),
    )
    total = F.sum("hours").over(Window.partitionBy("person_id", "month"))
    summed = by_person(rows.where(F.col("hours") != 0), n_tasks).withColumn(
        "total", F.round(total, DIGITS)
    )
    return summed.where(F.col("total") > 0).drop("month", "total")


def _hours(settings: EmploymentSettings, days: "Column") -> "Column":
    """Hours of a row: as delivered, or the weekly hours of its ATP band times the weeks of its
    interval."""
    if settings.hours_source == "hours":
        return F.coalesce(F.col("hours"), F.lit(0.0))
    bands = F.create_map(*[F.lit(item) for pair in ATP_BAND_HOURS.items() for item in pair])
    return F.coalesce(F.try_element_at(bands, F.col("atp_band")), F.lit(0.0)) * days / 7


def _share_of_week() -> "Column":
    """Hours of a row that fall into the week: its days in the week over all its days."""
    days = F.datediff("last_day", "first_day") + 1
    monday = monday_of_week(F.col("origin_monday"), F.col("week"))
    sunday = F.date_add(monday, 6)
    inside = F.datediff(F.least("last_day", sunday), F.greatest("first_day", monday)) + 1
    return F.col("hours") * inside / days


def _by_position(entries: "Column") -> "Column":
    """Hours by position from (week, hours) in order of week: weeks between them are filled with
    zeros."""

    def with_gap_before(entry: "Column", index: "Column") -> "Column":
        previous = F.coalesce(F.get(entries, index - 1)["week"], F.lit(-1))
        gap, hours = entry["week"] - previous - 1, F.array(entry["hours"])
        return F.when(gap == 0, hours).otherwise(F.concat(F.array_repeat(F.lit(0.0), gap), hours))

    return F.flatten(F.transform(entries, with_gap_before))
