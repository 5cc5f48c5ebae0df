"""Covariates at the time the model measures them (method, section 6): of the person on the
selection date, of each spell at its start."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.silver import POPULATION, SPELLS
from kommunebench.spells.ages import class_of_years, completed_years
from kommunebench.spells.family import add_family
from kommunebench.spells.health import add_health
from kommunebench.spells.iso_weeks import monday_of_week
from kommunebench.spells.joins import are_few
from kommunebench.spells.labour_market import MARKET_COLUMNS, local_labour_market
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
_YEARS_IN_DENMARK = ((3, "0_2"), (6, "3_5"), (11, "6_10"), (16, "11_15"), (200, "16_plus"))
DANISH_COURSES = ("1", "2", "3")
_COLUMNS = tuple(name for name in POPULATION.columns if name != "analysis")
# Match groups 2 and 3 against 1 and none (table 6.1).
_NOT_JOB_READY = ("2", "3")


def add_covariates_measured_once(
    persons: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings
) -> "DataFrame":
    """Persons in the columns of silver.population without the analysis: age, basis, origin, permit
    year, family, health and Danish course; ``persons``: rows of select_population."""
    age = completed_years(F.col("birth_date"), F.col("selection_date"))
    first_year = settings.population.window_start.year
    # Persons whose country the list does not hold are non-Western; Western ones have no term of
    # their own in the list.
    other = F.when(F.col("western"), F.lit("western")).otherwise(F.lit("other"))
    measured = persons.withColumns(
        {
            "age_group": age_group(age),
            "origin": F.coalesce(F.col("origin"), other),
            "continent": F.coalesce(F.col("continent"), F.lit(UNKNOWN)),
            "permit_year": F.greatest(F.year("permit_date"), F.lit(first_year)).cast("string"),
        }
    )
    few = are_few(persons)
    measured = add_health(measured, registers, settings, few=few)
    measured = add_family(
        measured,
        registers.population_snapshots,
        child_at_home=settings.measurement.child_at_home,
        few=few,
    )
    return add_danish_course(measured, registers).select(*_COLUMNS)


def age_group(age: "Column") -> "Column":
    """Age class of table 6.1 from completed years."""
    return class_of_years(age, _AGE_GROUPS)


def years_in_denmark(arrival: "Column", day: "Column") -> "Column":
    """Class of completed years since the arrival on a day (appendix 1.1)."""
    return class_of_years(completed_years(arrival, day), _YEARS_IN_DENMARK)


def add_danish_course(
    persons: "DataFrame", registers: RegisterFrames, *, of: "DataFrame | None" = None
) -> "DataFrame":
    """The first placement on Danish course 1, 2 or 3, else unknown; null where the register is not
    delivered. ``of``: the same persons as a frame that is cheaply made, where ``persons`` is not.
    """
    if registers.danish_courses is None:
        return persons.withColumn("danish_education", F.lit(None).cast("string"))
    placements = registers.danish_courses.where(F.col("danish_education").isin(*DANISH_COURSES))
    ids = (persons if of is None else of).select("person_id")
    placements = placements.join(ids, "person_id", "left_semi")
    # A placement without a date counts only where there is no other.
    order = F.struct(F.coalesce("start_date", F.lit("9999-12-31").cast("date")), "danish_education")
    first = placements.groupBy("person_id").agg(
        F.min_by("danish_education", order).alias("danish_education")
    )
    joined = persons.join(first, "person_id", "left")
    return joined.withColumn("danish_education", F.coalesce("danish_education", F.lit(UNKNOWN)))


def add_covariates_of_spells(
    spells: "DataFrame",
    population: "DataFrame",
    registers: RegisterFrames,
    settings: AnalysisSettings,
) -> "DataFrame":
    """Spells with everything measured once of their person, and what is measured at their start or
    over them.

    ``spells`` has person_id, municipality_code, start_week, end_week, start_monday, origin_monday.
    A spell that begins in the week of the origin begins on the origin's day: that week's Monday may
    lie in the year before.
    """
    wanted = [name for name in SPELLS.columns if name in POPULATION.columns and name != "analysis"]
    persons = population.select(*wanted, "origin_date", "selection_date", "arrival_date")
    joined = spells.join(persons, "person_id", "inner")
    day = F.greatest("start_monday", "origin_date")
    joined = joined.withColumns(
        {
            "start_year": F.year(day).cast("string"),
            "weeks_since_permit": F.col("start_week"),
            "years_in_denmark": years_in_denmark(F.col("arrival_date"), day),
        }
    )
    return add_local_labour_market(
        add_match_group(joined, registers, settings), registers, settings
    )


def add_match_group(
    spells: "DataFrame",
    registers: RegisterFrames,
    settings: AnalysisSettings,
    *,
    of: "DataFrame | None" = None,
) -> "DataFrame":
    """The first match group seen in the spell, among the quarters its weeks touch (or those of its
    first weeks, where limited). ``of``: as for add_danish_course."""
    benefits = registers.need("benefit_weeks", "the match group")
    ids = (spells if of is None else of).select("person_id")
    quarters = benefits.select("person_id", "first_quarter", "match_groups").join(
        ids, "person_id", "left_semi"
    )
    joined = spells.join(quarters, "person_id", "left")
    limit = settings.measurement.match_group_weeks
    last_week = F.col("end_week") - 1
    if limit is not None:
        last_week = F.least(last_week, F.col("start_week") + (limit - 1))
    last_day = F.date_add(monday_of_week(F.col("origin_monday"), last_week), 6)
    first = F.greatest(quarter_index(F.col("start_monday"), F.col("first_quarter")), F.lit(0))
    quarters_touched = F.greatest(
        quarter_index(last_day, F.col("first_quarter")) - first + 1, F.lit(0)
    )
    seen = F.filter(
        F.slice("match_groups", first + 1, quarters_touched), lambda group: group.isNotNull()
    )
    not_ready = F.try_element_at(seen, F.lit(1)).isin(*_NOT_JOB_READY)
    group = F.when(not_ready, F.lit("2_3")).otherwise(F.lit("other"))
    return joined.withColumn("match_group", group).drop("first_quarter", "match_groups")


def quarter_index(day: "Column", first_quarter: "Column") -> "Column":
    """Quarters from the first one of an array to the one that holds a day."""
    return (F.year(day) - F.year(first_quarter)) * 4 + F.quarter(day) - F.quarter(first_quarter)


def add_local_labour_market(
    spells: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings
) -> "DataFrame":
    """The local labour market of the spell's municipality in the selection year; null where its
    tables are not delivered."""
    joined = spells.withColumn("selection_year", F.year("selection_date"))
    market = local_labour_market(registers, settings)
    if market is None:
        return joined.select(
            "*", *(F.lit(None).cast("double").alias(name) for name in MARKET_COLUMNS)
        )
    market = market.withColumnRenamed("year", "selection_year").select(
        "municipality_code", "selection_year", *MARKET_COLUMNS
    )
    return joined.join(F.broadcast(market), ["municipality_code", "selection_year"], "left")
