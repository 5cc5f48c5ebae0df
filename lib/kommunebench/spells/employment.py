"""Employment that counts as success (method, section 3)."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.benefits import EDUCATION_CODES, HOLIDAY_FROM_WORK

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_NEVER = 2**31 - 1
_RUNS = "struct<until:int,runs:array<struct<first:int,until:int>>>"


def add_employment(weeks: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """The weeks with ``is_employed``: in a stretch of employment that began with a success.

    A week that starts a success begins a stretch unless it lies in the one before. The stretch
    lasts at least the weeks of the success, then to the first week that is not transfer-free or
    starts a run of weeks without hours. Weeks near the end of the panel are decided by what the
    panel holds; it reaches twelve weeks beyond the last week followed.
    """
    flagged = weeks.withColumn("starts_success", _starts_success(settings)).withColumn(
        "ends_work", _ends_work(settings)
    )
    rest = [name for name in flagged.columns if name not in ("person_id", "week")]
    row = F.struct("week", *rest)
    persons = flagged.groupBy("person_id").agg(F.array_sort(F.collect_list(row)).alias("weeks"))
    persons = persons.withColumn("runs", employment_runs(F.col("weeks"), settings.employment.weeks))
    rows = persons.select("person_id", "runs", F.inline("weeks"))
    week = F.col("week")
    employed = F.exists("runs", lambda run: (run["first"] <= week) & (week < run["until"]))
    return rows.withColumn("is_employed", employed).drop("runs", "starts_success", "ends_work")


def employment_runs(weeks: "Column", success_weeks: int) -> "Column":
    """Stretches of employment of one person, (first, until), from its weeks in order, by going
    through them once."""
    ends = F.transform(F.filter(weeks, lambda w: w["ends_work"]), lambda w: w["week"])

    def take(state: "Column", start: "Column") -> "Column":
        last_possible = start["week"] + success_weeks
        until = F.coalesce(
            F.array_min(F.filter(ends, lambda end: end >= last_possible)), F.lit(_NEVER)
        )
        run = F.struct(start["week"].alias("first"), until.alias("until"))
        begun = F.struct(until.alias("until"), F.concat(state["runs"], F.array(run)).alias("runs"))
        return F.when(start["week"] >= state["until"], begun).otherwise(state)

    nothing = F.struct(F.lit(0).alias("until"), F.array().alias("runs")).cast(_RUNS)
    return F.aggregate(F.filter(weeks, lambda w: w["starts_success"]), nothing, take)["runs"]


def _starts_success(settings: AnalysisSettings) -> "Column":
    """Whether a week starts a success: it has hours, and 13 whole weeks from it are transfer-free
    with enough hours on average."""
    rules = settings.employment
    free, hours = _occupation(settings)
    window = Window.partitionBy("person_id").orderBy("week").rowsBetween(0, rules.weeks - 1)
    all_free = F.sum(free.cast("int")).over(window) == rules.weeks
    # Weekly hours are rounded to a millionth: a sum may fall short of its bound by as much.
    needed = (rules.hours_per_week - rules.hours_tolerance) * rules.weeks - 1e-5
    return free & (hours > 0) & all_free & (F.sum(hours).over(window) >= needed)


def _ends_work(settings: AnalysisSettings) -> "Column":
    """Whether a week ends work: not transfer-free, or the first of four weeks in a row without
    hours (holiday allowance aside)."""
    length = settings.employment.zero_hours_weeks_to_end
    free, hours = _occupation(settings)
    holiday = F.coalesce(F.col("dream_code").isin(*HOLIDAY_FROM_WORK), F.lit(False))
    idle = (hours == 0) & ~holiday
    following = Window.partitionBy("person_id").orderBy("week").rowsBetween(0, length - 1)
    return ~free | (F.sum(idle.cast("int")).over(following) == length)


def _occupation(settings: AnalysisSettings) -> "tuple[Column, Column]":
    """Whether a week may be part of a success, and the hours it counts with.

    Where education is success, too, a week in it counts with the hours asked for, whether or not
    there is paid work beside it.
    """
    free, hours = F.col("is_transfer_free"), F.col("hours")
    if not settings.employment.education_counts:
        return free, hours
    education = (
        F.coalesce(F.col("dream_code").isin(*EDUCATION_CODES), F.lit(False))
        & F.col("absence").isNull()
    )
    return free | education, F.when(
        education, F.greatest(hours, F.lit(settings.employment.hours_per_week))
    ).otherwise(hours)
