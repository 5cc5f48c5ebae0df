"""The weekly panel: one row per person and ISO week since the origin (method, section 2)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.absence import ABROAD, DEAD, death_mondays, is_abroad, stays_abroad
from kommunebench.spells.benefits import first_dead_monday, is_transfer, state_of
from kommunebench.spells.employment import add_employment
from kommunebench.spells.hours import weekly_hours
from kommunebench.spells.iso_weeks import (
    iso_week_label,
    last_whole_week,
    monday_of_week,
    weeks_between,
)
from kommunebench.spells.partitions import by_person
from kommunebench.spells.registers import RegisterFrames
from kommunebench.spells.residence import municipality_on, residence_histories

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def build_weekly_panel(
    population: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings
) -> "DataFrame":
    """Rows of silver.weekly_panel (without the analysis).

    From week 0 to the last week any rule needs: the last followed week and the weeks of a success
    after it, and at least the weeks before the horizon, for full-year persons; no week outside the
    observation.

    Raises RegisterError when benefits or employment are not in the store.
    """
    weeks = _explode_weeks(_with_histories(population, registers, settings))
    employed = add_employment(_with_presence(weeks, settings), settings)
    return employed.select(
        "person_id",
        "week",
        iso_week_label(F.col("monday")).alias("iso_week"),
        "municipality_code",
        "dream_code",
        state_of(F.col("dream_code")).alias("state"),
        "hours",
        "is_transfer_free",
        "is_employed",
        "absence",
    )


def _with_histories(
    population: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings
) -> "DataFrame":
    """Each person with residences, stays abroad, death, benefit codes and hours as arrays and
    dates: nothing is per week yet."""
    persons = _with_last_week(
        population.select("person_id", "origin_monday", "last_followed_week", "arrival_date"),
        settings,
    )
    benefits = registers.need("benefit_weeks", "the weekly panel").select(
        "person_id", "first_monday", "codes"
    )
    jobs = registers.need("employment_months", "the weekly panel")
    parts = (
        residence_histories(registers, persons),
        stays_abroad(registers.migrations, persons),
        death_mondays(registers.deaths, persons),
        benefits.join(persons.select("person_id"), "person_id", "left_semi"),
        weekly_hours(jobs, persons, settings.employment),
    )
    # Spread before the weeks are exploded: everything after this line happens inside one task per
    # group of persons.
    frame = by_person(persons)
    for part in parts:
        frame = frame.join(part, "person_id", "left")
    # DOD dates death; where it has none, the first week coded dead does.
    death_monday = F.coalesce(
        "death_monday", first_dead_monday(F.col("codes"), F.col("first_monday"))
    )
    return frame.withColumn("death_monday", death_monday)


def _with_last_week(persons: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """Persons who have any week in the panel, with their ``last_week`` in it."""
    observed = settings.observation
    last_needed = F.greatest(
        F.col("last_followed_week") + (settings.employment.weeks - 1),
        F.lit(observed.horizon_weeks - 1),
    )
    last_observed = weeks_between(
        F.col("origin_monday"), F.lit(last_whole_week(observed.observation_end))
    )
    return persons.withColumn("last_week", F.least(last_needed, last_observed)).where(
        F.col("last_week") >= 0
    )


def _explode_weeks(histories: "DataFrame") -> "DataFrame":
    """One row per person and week, with municipality, code and hours of the week."""
    # The arrays are cut to the weeks of the panel and exploded side by side: looked up by position
    # in each week instead, the whole arrays would be copied into every row.
    length = F.col("last_week") + 1
    codes = from_week_0(
        F.col("codes"), weeks_between(F.col("first_monday"), F.col("origin_monday")), length
    )
    persons = histories.withColumns(
        {
            "week": F.sequence(F.lit(0), F.col("last_week")),
            "dream_code": F.coalesce(codes, F.array().cast("array<string>")),
            "hours": F.slice(
                F.coalesce(F.col("hours"), F.array().cast("array<double>")), F.lit(1), length
            ),
        }
    )
    kept = (
        "person_id",
        "origin_monday",
        "death_monday",
        "residences",
        "only_municipality",
        "abroad",
    )
    rows = persons.select(*kept, F.inline(F.arrays_zip("week", "dream_code", "hours")))
    rows = rows.withColumn("monday", monday_of_week(F.col("origin_monday"), F.col("week")))
    municipality = F.coalesce(
        "only_municipality", municipality_on(F.col("residences"), F.col("monday"))
    )
    return rows.select(
        "person_id",
        "week",
        "monday",
        "death_monday",
        municipality.alias("municipality_code"),
        "dream_code",
        F.coalesce("hours", F.lit(0.0)).alias("hours"),
        is_abroad(F.col("abroad"), F.col("monday")).alias("is_abroad"),
    )


def from_week_0(values: "Column", offset: "Column", length: "Column") -> "Column":
    """Values of weeks 0 to length - 1 from an array whose place ``offset`` is week 0; null before
    its first."""
    padded = F.concat(F.array_repeat(F.lit(None).cast("string"), -offset), values)
    return F.when(offset < 0, F.slice(padded, F.lit(1), length)).otherwise(
        F.slice(values, offset + 1, length)
    )


def _with_presence(weeks: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """The weeks with absence and whether they are transfer-free; the week of death itself is judged
    by its code."""
    dead = F.coalesce(F.col("monday") >= F.col("death_monday"), F.lit(False))
    after_death = F.coalesce(F.col("monday") > F.col("death_monday"), F.lit(False))
    transfer = is_transfer(F.col("dream_code"), settings.observation.holiday_codes_transfer_free)
    return weeks.select(
        "person_id",
        "week",
        "monday",
        "municipality_code",
        "dream_code",
        "hours",
        (~transfer & ~after_death & ~F.col("is_abroad")).alias("is_transfer_free"),
        F.when(dead, F.lit(DEAD)).when(F.col("is_abroad"), F.lit(ABROAD)).alias("absence"),
    )
