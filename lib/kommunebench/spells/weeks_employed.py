"""The weeks in which a person of the weekly panel is employed, from the person's other weeks as
arrays (method, sections 2 and 3)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.benefits import EDUCATION_CODES, is_transfer
from kommunebench.spells.employment import WeekFacts, employment_runs
from kommunebench.spells.iso_weeks import monday_of_week
from kommunebench.spells.schooling import is_in_school
from kommunebench.spells.week_arrays import stepwise

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def with_weeks_employed(persons: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """Persons with ``weeks_employed``, an array over their weeks, null for those who are never
    employed.

    ``persons`` has arrays over the weeks, week 0 first (dream_code, hours, weeks_abroad),
    schooling, death_monday, origin_monday and last_week.
    """
    rules = settings.employment

    def abroad(week: "Column") -> "Column":
        return F.coalesce(F.get("weeks_abroad", week), F.lit(False))

    def in_school(week: "Column") -> "Column":
        return is_in_school(F.col("schooling"), own_monday(week))

    facts = WeekFacts(
        code=lambda week: F.get("dream_code", week),
        hours=lambda week: F.coalesce(F.get("hours", week), F.lit(0.0)),
        is_transfer_free=lambda week: is_transfer_free_week(
            F.get("dream_code", week), own_monday(week), abroad(week), settings
        ),
        is_in_education=lambda week: (
            (
                F.coalesce(F.get("dream_code", week).isin(*EDUCATION_CODES), F.lit(False))
                | in_school(week)
            )
            & ~abroad(week)
            & ~F.coalesce(own_monday(week) >= F.col("death_monday"), F.lit(False))
        ),
    )
    # Many persons never work or study: their weeks need not be gone through.
    may_work = F.size("hours") > 0
    if rules.education_counts:
        codes = F.array(*map(F.lit, EDUCATION_CODES))
        studied = F.coalesce(F.arrays_overlap("dream_code", codes), F.lit(False))
        may_work = may_work | F.col("schooling").isNotNull() | studied
    runs = F.when(may_work, employment_runs(facts, F.col("last_week"), rules))

    def employed(week: "Column") -> "Column":
        return F.exists("runs", lambda run: (run["first"] <= week) & (week < run["until"]))

    changes = F.concat("runs.first", "runs.until")
    weeks_employed = stepwise(employed, changes, F.col("last_week") + 1)
    return persons.withColumn("runs", runs).withColumn(
        "weeks_employed", F.when(F.size("runs") > 0, weeks_employed)
    )


def is_transfer_free_week(
    code: "Column", monday: "Column", abroad: "Column", settings: AnalysisSettings
) -> "Column":
    """Whether a week is transfer-free: no transfer, alive and in the country; the week of death
    itself is judged by its code."""
    after_death = F.coalesce(monday > F.col("death_monday"), F.lit(False))
    transfer = is_transfer(code, settings.observation.holiday_codes_transfer_free)
    return ~transfer & ~after_death & ~abroad


def own_monday(week: "Column") -> "Column":
    """Monday of a week of the person in the row."""
    return monday_of_week(F.col("origin_monday"), week)
