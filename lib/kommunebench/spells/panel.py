"""The weekly panel: one row per person and ISO week since the origin (method, section 2)."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.absence import ABROAD, DEAD, is_abroad, stays_abroad
from kommunebench.spells.benefits import DEAD_CODE, is_transfer, state_of
from kommunebench.spells.employment import add_employment
from kommunebench.spells.hours import weekly_hours
from kommunebench.spells.iso_weeks import iso_week_label, last_whole_week
from kommunebench.spells.registers import RegisterFrames
from kommunebench.spells.residence import municipality_on, residence_histories

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Full-year persons are counted over three years from the origin, with or without a spell (method, section 8.1).
COST_WEEKS = 156


def build_weekly_panel(population: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings) -> "DataFrame":
    """Rows of silver.weekly_panel (without the analysis): week 0 to the last week any rule needs, within the observation."""
    histories = _with_histories(population, registers)
    weeks = _explode_weeks(histories, settings)
    hours = weekly_hours(registers.need("employment_months", "the success of a spell"), population, settings.employment)
    weeks = weeks.join(hours, ["person_id", "monday"], "left")
    return add_employment(_with_states(weeks, settings), settings)


def _with_histories(population: "DataFrame", registers: RegisterFrames) -> "DataFrame":
    """Each person with residences, stays abroad, death and benefit codes as arrays and dates: nothing is per week yet."""
    persons = population.select("person_id", "origin_monday", "last_followed_week", "arrival_date")
    frame = persons.join(residence_histories(registers, persons), "person_id", "left")
    frame = frame.join(stays_abroad(registers.migrations, persons), "person_id", "left")
    deaths = registers.deaths.join(persons.select("person_id"), "person_id", "left_semi")
    frame = frame.join(deaths.groupBy("person_id").agg(F.min("death_date").alias("death_date")), "person_id", "left")
    if registers.benefit_weeks is None:
        return frame.withColumn("codes", F.lit(None).cast("array<string>")).withColumn("first_monday", F.lit(None).cast("date"))
    return frame.join(registers.benefit_weeks.select("person_id", "first_monday", "codes"), "person_id", "left")


def _explode_weeks(histories: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """One row per person and week, with municipality and code picked from the histories."""
    window = settings.employment.weeks - 1
    last_needed = F.greatest(F.col("last_followed_week") + window, F.lit(COST_WEEKS - 1))
    last_monday = F.lit(last_whole_week(settings.observation.observation_end))
    last_observed = F.floor(F.datediff(last_monday, F.col("origin_monday")) / F.lit(7)).cast("int")
    last_week = F.least(last_needed, last_observed)
    rows = histories.where(last_week >= 0).withColumn("week", F.explode(F.sequence(F.lit(0), last_week)))
    monday = F.date_add("origin_monday", F.col("week") * 7)
    rows = rows.withColumn("monday", monday)
    position = (F.datediff(F.col("monday"), F.col("first_monday")) / F.lit(7)).cast("int")
    return rows.select(
        "person_id",
        "week",
        "monday",
        "death_date",
        municipality_on(F.col("residences"), F.col("monday")).alias("municipality_code"),
        F.when(position >= 0, F.get("codes", position)).alias("dream_code"),
        is_abroad(F.col("abroad"), F.col("monday")).alias("is_abroad"),
    )


def _with_states(weeks: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """State, hours, absence and whether the week is transfer-free.

    Death is dated by DOD, without it by the first 999. The week of death is judged by its code and hours.
    """
    person = Window.partitionBy("person_id")
    first_dead_code = F.min(F.when(F.col("dream_code") == DEAD_CODE, F.col("monday"))).over(person)
    death_monday = F.coalesce(F.date_trunc("week", "death_date").cast("date"), first_dead_code)
    marked = weeks.withColumn("death_monday", death_monday)
    dead = F.coalesce(F.col("monday") >= F.col("death_monday"), F.lit(False))
    after_death = F.coalesce(F.col("monday") > F.col("death_monday"), F.lit(False))
    transfer = is_transfer(F.col("dream_code"), settings.observation.holiday_codes_transfer_free)
    return marked.select(
        "person_id",
        "week",
        iso_week_label(F.col("monday")).alias("iso_week"),
        "municipality_code",
        "dream_code",
        state_of(F.col("dream_code")).alias("state"),
        F.coalesce("hours", F.lit(0.0)).alias("hours"),
        (~transfer & ~after_death & ~F.col("is_abroad")).alias("is_transfer_free"),
        F.when(dead, F.lit(DEAD)).when(F.col("is_abroad"), F.lit(ABROAD)).alias("absence"),
    )
