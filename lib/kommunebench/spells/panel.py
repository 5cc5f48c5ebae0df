"""The weekly panel: one row per person and ISO week since the origin (method, section 2).

Everything is first put together per person, in arrays over the person's weeks; only then does each
week become a row.
"""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.absence import ABROAD, DEAD, death_mondays, is_abroad, stays_abroad
from kommunebench.spells.benefits import first_dead_monday, state_of
from kommunebench.spells.hours import weekly_hours
from kommunebench.spells.iso_weeks import (
    first_week_from,
    iso_week_label_between,
    last_whole_week,
    weeks_between,
)
from kommunebench.spells.partitions import by_person, tasks_for
from kommunebench.spells.registers import RegisterFrames
from kommunebench.spells.residence import municipality_on, residence_histories
from kommunebench.spells.schooling import schooling_of_minors
from kommunebench.spells.week_arrays import from_week_0, stepwise
from kommunebench.spells.weeks_employed import (
    is_transfer_free_week,
    own_monday,
    with_weeks_employed,
)

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
    persons = _with_weeks(_with_histories(population, registers, settings), settings)
    weeks = _explode_weeks(with_weeks_employed(persons, settings))
    monday, code, abroad = F.col("monday"), F.col("dream_code"), F.col("is_abroad")
    first, last = settings.population.window_start, settings.observation.observation_end
    dead = F.coalesce(monday >= F.col("death_monday"), F.lit(False))
    return weeks.select(
        "person_id",
        "week",
        iso_week_label_between(monday, first, last).alias("iso_week"),
        "municipality_code",
        "dream_code",
        state_of(code).alias("state"),
        "hours",
        is_transfer_free_week(code, monday, abroad, settings).alias("is_transfer_free"),
        "is_employed",
        F.when(dead, F.lit(DEAD)).when(abroad, F.lit(ABROAD)).alias("absence"),
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
    n_tasks = tasks_for(persons)
    histories = [
        residence_histories(registers, persons),
        stays_abroad(registers.migrations, persons),
        death_mondays(registers.deaths, persons),
        benefits.join(persons.select("person_id"), "person_id", "left_semi"),
        weekly_hours(jobs, persons, settings.employment, n_tasks),
    ]
    if settings.immigrants is not None:
        schooling = schooling_of_minors(registers, population)
        histories += [schooling] if schooling is not None else []
    # Everything after this line happens inside one task per group of persons.
    frame = by_person(persons, n_tasks)
    for history in histories:
        frame = frame.join(history, "person_id", "left")
    # DOD dates death; where it has none, the first week coded dead does.
    death_monday = F.coalesce(
        "death_monday", first_dead_monday(F.col("codes"), F.col("first_monday"))
    )
    if "schooling" not in frame.columns:
        nothing = F.lit(None).cast("array<struct<first_monday:date,last_monday:date>>")
        frame = frame.withColumn("schooling", nothing)
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


def _with_weeks(histories: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """Each person with arrays over the weeks of the panel, week 0 first: ``dream_code``, ``hours``,
    ``municipality_codes`` (null for who lived in one only) and ``weeks_abroad`` (null for who never
    was)."""
    length = F.col("last_week") + 1
    codes = from_week_0(
        F.col("codes"), weeks_between(F.col("first_monday"), F.col("origin_monday")), length
    )

    def municipality(week: "Column") -> "Column":
        return municipality_on(F.col("residences"), own_monday(week))

    def abroad(week: "Column") -> "Column":
        return is_abroad(F.col("abroad"), own_monday(week))

    moves = F.concat(
        F.transform("residences.from_date", _first_week_from),
        F.transform("residences.to_date", lambda day: _first_week_from(F.date_add(day, 1))),
    )
    crossings = F.transform(
        F.concat("abroad.first_monday", "abroad.return_monday"), _first_week_from
    )
    moved = F.col("only_municipality").isNull() & F.col("residences").isNotNull()
    return histories.withColumns(
        {
            "dream_code": F.coalesce(codes, F.array().cast("array<string>")),
            "hours": F.slice(
                F.coalesce(F.col("hours"), F.array().cast("array<double>")), F.lit(1), length
            ),
            "municipality_codes": F.when(moved, stepwise(municipality, moves, length)),
            "weeks_abroad": F.when(
                F.col("abroad").isNotNull(), stepwise(abroad, crossings, length)
            ),
        }
    )


def _first_week_from(day: "Column") -> "Column":
    return first_week_from(day, F.col("origin_monday"))


def _explode_weeks(persons: "DataFrame") -> "DataFrame":
    """One row per person and week: person_id, week, monday, death_monday, municipality_code,
    dream_code, hours, is_abroad, is_employed."""
    # Arrays exploded side by side: looked up by position in each week instead, the whole arrays
    # would be copied into every row.
    arrays = {
        "week": F.sequence(F.lit(0), F.col("last_week")),
        "dream_code": F.col("dream_code"),
        "hours": F.col("hours"),
        "municipality_in_week": F.col("municipality_codes"),
        "is_abroad": F.col("weeks_abroad"),
        "is_employed": F.col("weeks_employed"),
    }
    empty = {"municipality_in_week": "string", "is_abroad": "boolean", "is_employed": "boolean"}
    filled = persons.select(
        "person_id",
        "origin_monday",
        "death_monday",
        "only_municipality",
        *(
            F.coalesce(array, F.array().cast(f"array<{empty[name]}>")).alias(name)
            if name in empty
            else array.alias(name)
            for name, array in arrays.items()
        ),
    )
    rows = filled.select(
        "person_id",
        "origin_monday",
        "death_monday",
        "only_municipality",
        F.inline(F.arrays_zip(*arrays)),
    )
    return rows.select(
        "person_id",
        "week",
        own_monday(F.col("week")).alias("monday"),
        "death_monday",
        F.coalesce("only_municipality", "municipality_in_week").alias("municipality_code"),
        "dream_code",
        F.coalesce("hours", F.lit(0.0)).alias("hours"),
        F.coalesce("is_abroad", F.lit(False)).alias("is_abroad"),
        F.coalesce("is_employed", F.lit(False)).alias("is_employed"),
    )
