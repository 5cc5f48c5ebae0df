"""The weekly panel: one row per person and ISO week since the origin (method, section 2)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.absence import ABROAD, DEAD, death_mondays, is_abroad, stays_abroad
from kommunebench.spells.benefits import first_dead_monday, is_transfer, state_of
from kommunebench.spells.employment import add_employment
from kommunebench.spells.hours import weekly_hours
from kommunebench.spells.iso_weeks import iso_week_label, last_whole_week, monday_of_week, weeks_between
from kommunebench.spells.partitions import by_person
from kommunebench.spells.registers import RegisterFrames
from kommunebench.spells.residence import municipality_on, residence_histories

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def build_weekly_panel(population: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings) -> "DataFrame":
    """Rows of silver.weekly_panel (without the analysis).

    From week 0 to the last week any rule needs: the last followed week and the weeks of a success after it, and at least the
    weeks before the horizon, for full-year persons; no week outside the observation.

    Raises RegisterError when benefits or employment are not in the store.
    """
    weeks = _explode_weeks(_with_histories(population, registers, settings), settings)
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


def _with_histories(population: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings) -> "DataFrame":
    """Each person with residences, stays abroad, death, benefit codes and hours as arrays and dates: nothing is per week yet."""
    persons = population.select("person_id", "origin_monday", "last_followed_week", "arrival_date")
    benefits = registers.need("benefit_weeks", "the weekly panel").select("person_id", "first_monday", "codes")
    jobs = registers.need("employment_months", "the weekly panel")
    parts = (
        residence_histories(registers, persons),
        stays_abroad(registers.migrations, persons),
        death_mondays(registers.deaths, persons),
        benefits.join(persons.select("person_id"), "person_id", "left_semi"),
        weekly_hours(jobs, persons, settings.employment),
    )
    # Spread before the weeks are exploded: everything after this line happens inside one task per group of persons.
    frame = by_person(persons)
    for part in parts:
        frame = frame.join(part, "person_id", "left")
    # DOD dates death; where it has none, the first week coded dead does.
    death_monday = F.coalesce("death_monday", first_dead_monday(F.col("codes"), F.col("first_monday")))
    return frame.withColumn("death_monday", death_monday)


def _explode_weeks(histories: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """One row per person and week, with municipality, code and hours picked from the histories."""
    observed = settings.observation
    last_needed = F.greatest(F.col("last_followed_week") + (settings.employment.weeks - 1), F.lit(observed.horizon_weeks - 1))
    last_observed = weeks_between(F.col("origin_monday"), F.lit(last_whole_week(observed.observation_end)))
    last_week = F.least(last_needed, last_observed)
    # The code's place in the array of week 0: one subtraction a week instead of two dates.
    offset = weeks_between(F.col("first_monday"), F.col("origin_monday"))
    persons = histories.where(last_week >= 0).withColumn("offset", offset)
    rows = persons.withColumn("week", F.explode(F.sequence(F.lit(0), last_week)))
    rows = rows.withColumn("monday", monday_of_week(F.col("origin_monday"), F.col("week")))
    municipality = F.coalesce("only_municipality", municipality_on(F.col("residences"), F.col("monday")))
    return rows.select(
        "person_id",
        "week",
        "monday",
        "death_monday",
        municipality.alias("municipality_code"),
        F.get("codes", F.col("offset") + F.col("week")).alias("dream_code"),
        F.coalesce(F.get("hours", F.col("week")), F.lit(0.0)).alias("hours"),
        is_abroad(F.col("abroad"), F.col("monday")).alias("is_abroad"),
    )


def _with_presence(weeks: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """The weeks with absence and whether they are transfer-free; the week of death itself is judged by its code."""
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
