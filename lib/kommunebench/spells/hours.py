"""Hours worked by week, from monthly rows of jobs (method, section 2)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings.analysis import EmploymentSettings
from kommunebench.spells.iso_weeks import monday_of

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# Weekly hours an ATP band stands for: none, one third, two thirds, full contribution (appendix 2 of the report).
ATP_BAND_HOURS = {"0": 0.0, "1": 9.0, "2": 18.0, "3": 27.0}


def weekly_hours(employment_months: "DataFrame", persons: "DataFrame", settings: EmploymentSettings) -> "DataFrame":
    """Hours by person and week (its Monday): person_id, monday, hours (above zero only).

    A row's hours are spread evenly over the days of its interval within its month. Rows of one person and month are summed
    with their sign, a month at or below zero has no hours, and a week is never below zero.
    """
    own = employment_months.join(persons.select("person_id"), "person_id", "left_semi")
    rows = own.select(
        "person_id",
        F.trunc("job_end", "month").alias("month"),
        F.greatest("job_start", F.trunc("job_end", "month")).alias("first_day"),
        F.col("job_end").alias("last_day"),
        _hours(settings).alias("hours"),
    ).where(F.col("hours") != 0)
    # Few rows per person and month: collected, so that the month's total is known without a second shuffle.
    row = F.struct("first_day", "last_day", "hours")
    months = rows.groupBy("person_id", "month").agg(F.sum("hours").alias("total"), F.collect_list(row).alias("rows"))
    pieces = months.where(F.col("total") > 0).select("person_id", F.explode("rows").alias("row")).select("person_id", "row.*")
    weeks = pieces.withColumn(
        "monday", F.explode(F.sequence(monday_of(F.col("first_day")), monday_of(F.col("last_day")), F.expr("INTERVAL 7 DAYS")))
    )
    by_week = weeks.groupBy("person_id", "monday").agg(F.sum(_share_of_week()).alias("hours"))
    return by_week.where(F.col("hours") > 0)


def _hours(settings: EmploymentSettings) -> "Column":
    """Hours of a row: as delivered, or the weekly hours of its ATP band times the weeks of its interval."""
    if settings.hours_source == "hours":
        return F.coalesce(F.col("hours"), F.lit(0.0))
    bands = F.create_map(*[F.lit(part) for pair in ATP_BAND_HOURS.items() for part in pair])
    first_day = F.greatest("job_start", F.trunc("job_end", "month"))
    days = F.datediff("job_end", first_day) + 1
    return F.coalesce(F.try_element_at(bands, F.col("atp_band")), F.lit(0.0)) * days / 7


def _share_of_week() -> "Column":
    """Hours of a row that fall into the week: its days in the week over all its days."""
    days = F.datediff("last_day", "first_day") + 1
    sunday = F.date_add("monday", 6)
    inside = F.datediff(F.least("last_day", sunday), F.greatest("first_day", "monday")) + 1
    return F.col("hours") * inside / days
