"""Covariates at the time the model measures them (method, section 6): of the person on the selection date, of each spell at its start."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.family import add_family
from kommunebench.spells.health import add_health
from kommunebench.spells.labour_market import local_labour_market
from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

UNKNOWN = "unknown"
_AGE_GROUPS = (
    (20, "18_19"),
    (25, "20_24"),
    (30, "25_29"),
    (35, "30_34"),
    (40, "35_39"),
    (45, "40_44"),
    (50, "45_49"),
    (55, "50_54"),
    (60, "55_59"),
    (200, "60_64"),
)
# Match groups 2 and 3 against 1 and none (table 6.1).
_NOT_JOB_READY = ("2", "3")


def add_covariates_measured_once(persons: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings) -> "DataFrame":
    """Persons with age, basis, origin, permit year, family, health and Danish course."""
    age = (
        F.year("selection_date")
        - F.year("birth_date")
        - (F.date_format("selection_date", "MMdd") < F.date_format("birth_date", "MMdd")).cast("int")
    )
    window = settings.population
    measured = (
        persons.withColumn("age_group", age_group(age))
        .withColumn("origin", F.coalesce("origin", F.lit("other")))
        .withColumn("continent", F.coalesce("continent", F.lit(UNKNOWN)))
        .withColumn("permit_year", F.greatest(F.year("permit_date"), F.lit(window.window_start.year)).cast("string"))
    )
    measured = add_family(measured, registers.population_snapshots)
    measured = add_health(measured, registers, settings)
    return _add_danish_course(measured, registers)


def age_group(age: "Column") -> "Column":
    """Age class of table 6.1 from completed years."""
    group = F.lit(None).cast("string")
    for upper, name in reversed(_AGE_GROUPS):
        group = F.when(age < upper, F.lit(name)).otherwise(group)
    return group


def _add_danish_course(persons: "DataFrame", registers: RegisterFrames) -> "DataFrame":
    """The first placement; without one, or without the register, unknown."""
    if registers.danish_courses is None:
        return persons.withColumn("danish_education", F.lit(UNKNOWN))
    own = registers.danish_courses.where(F.col("danish_education").isNotNull()).join(
        persons.select("person_id"), "person_id", "left_semi"
    )
    order = F.struct(F.coalesce("start_date", F.lit("9999-12-31").cast("date")), "danish_education")
    first = own.groupBy("person_id").agg(F.min_by("danish_education", order).alias("danish_education"))
    joined = persons.join(first, "person_id", "left")
    return joined.withColumn("danish_education", F.coalesce("danish_education", F.lit(UNKNOWN)))


def add_covariates_of_spells(
    spells: "DataFrame", population: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings
) -> "DataFrame":
    """Spells with everything measured once of their person, and what is measured at their start or over them."""
    persons = population.drop("origin_monday", "last_followed_week")
    joined = spells.join(persons, "person_id", "inner")
    joined = joined.withColumn("start_year", F.year(F.greatest("start_monday", "origin_date")).cast("string")).withColumn(
        "weeks_since_permit", F.col("start_week")
    )
    joined = _add_match_group(joined, registers, settings)
    return _add_local_labour_market(joined, registers)


def _add_match_group(spells: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings) -> "DataFrame":
    """The first match group seen in the spell, among the quarters it touches (or those of its first weeks, where limited)."""
    if registers.benefit_weeks is None:
        return spells.withColumn("match_group", F.lit("other"))
    quarters = registers.benefit_weeks.select("person_id", "first_quarter", "match_groups")
    joined = spells.join(quarters, "person_id", "left")
    limit = settings.measurement.match_group_weeks
    last_week = F.col("end_week") - 1 if limit is None else F.least(F.col("end_week") - 1, F.col("start_week") + limit - 1)
    last_day = F.date_add("origin_monday", last_week * 7 + 6)
    first = quarter_index(F.col("start_monday"), F.col("first_quarter"))
    last = quarter_index(last_day, F.col("first_quarter"))
    begin = F.greatest(first, F.lit(0))
    length = F.greatest(last - begin + 1, F.lit(0))
    seen = F.filter(F.slice("match_groups", begin + 1, length), lambda group: group.isNotNull())
    group = F.when(F.try_element_at(seen, F.lit(1)).isin(*_NOT_JOB_READY), F.lit("2_3")).otherwise(F.lit("other"))
    return joined.withColumn("match_group", group).drop("first_quarter", "match_groups")


def quarter_index(day: "Column", first_quarter: "Column") -> "Column":
    """Quarters from the first one of an array to the one that holds a day."""
    return (F.year(day) - F.year(first_quarter)) * 4 + F.quarter(day) - F.quarter(first_quarter)


def _add_local_labour_market(spells: "DataFrame", registers: RegisterFrames) -> "DataFrame":
    """The local labour market of the spell's municipality in the selection year."""
    joined = spells.withColumn("selection_year", F.year("selection_date"))
    market = local_labour_market(registers)
    if market is None:
        names = ("local_unemployment_percent", "local_jobs_per_18_64", "local_jobs_skilled")
        return joined.select("*", *(F.lit(None).cast("double").alias(name) for name in names))
    market = market.withColumnRenamed("year", "selection_year")
    return joined.join(F.broadcast(market), ["municipality_code", "selection_year"], "left")
