"""Who is in the population, and every rule that keeps a person out (method, section 1)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.ages import completed_years
from kommunebench.spells.covariates import add_covariates_measured_once
from kommunebench.spells.iso_weeks import (
    iso_week_label,
    last_whole_week,
    monday_of,
    weeks_between,
)
from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# In this order a person who fails several rules is counted under the first.
NO_PERMIT_DATE = "no_permit_date"
UNMAPPED = "permit_codes_unmapped"
OUTSIDE = "permit_outside_population"
DROP_REASONS = (
    NO_PERMIT_DATE,
    UNMAPPED,
    OUTSIDE,
    "never_in_population_register",
    "no_arrival_date",
    "arrival_outside_window",
    "selection_date_outside_window",
    "age_outside_limits",
    "western_origin",
)
UNLISTED_ORIGIN = "origin_not_in_country_list"
# What select_population knows of a person.
SELECTED = (
    "person_id",
    "sex",
    "birth_date",
    "selection_date",
    "origin_date",
    "origin_week",
    "origin_monday",
    "permit_date",
    "arrival_date",
    "last_followed_week",
    "residence_basis",
    "western",
    "origin",
    "continent",
)


@dataclass(frozen=True, slots=True)
class PopulationBuild:
    """``population``: columns of silver.population without the analysis.

    ``dropped``: one row per reason (null: in the population): reason, persons. One more row,
    UNLISTED_ORIGIN, counts those in the population whose country the list does not hold; they count
    as non-Western.
    """

    population: "DataFrame"
    dropped: "DataFrame"


def build_population(registers: RegisterFrames, settings: AnalysisSettings) -> PopulationBuild:
    """Persons with a qualifying earliest permit, first arrival and selection date in the window,
    age and origin as set."""
    selected = select_population(registers, settings)
    return PopulationBuild(
        measure_population(selected.population, registers, settings), selected.dropped
    )


def select_population(registers: RegisterFrames, settings: AnalysisSettings) -> PopulationBuild:
    """Who is in the population, with dates and origin but without the covariates measure_population
    adds.

    Every covariate looks these persons up: a caller that stores them in between has the registers
    behind them read once.
    """
    candidates = _candidates(registers, settings)
    unlisted = F.col("reason").isNull() & F.col("western").isNull()
    reasons = F.when(unlisted, F.array("reason", F.lit(UNLISTED_ORIGIN))).otherwise(
        F.array("reason")
    )
    dropped = (
        candidates.select(F.explode(reasons).alias("reason"))
        .groupBy("reason")
        .agg(F.count(F.lit(1)).alias("persons"))
    )
    kept = candidates.where(F.col("reason").isNull())
    return PopulationBuild(_with_origin(kept, settings).select(*SELECTED), dropped)


def measure_population(
    selected: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings
) -> "DataFrame":
    """Columns of silver.population without the analysis, for the persons of select_population."""
    return add_covariates_measured_once(selected, registers, settings)


def count_unmapped_permits(registers: RegisterFrames) -> "DataFrame":
    """Combinations of permit codes the table of residence bases does not hold: category, ground,
    explanation, permits."""
    keys = ["category", "ground", "explanation"]
    known = F.broadcast(registers.residence_basis_codes.select(*keys).distinct())
    return (
        registers.permits.join(known, keys, "left_anti")
        .groupBy(*keys)
        .agg(F.count(F.lit(1)).alias("permits"))
    )


def _candidates(registers: RegisterFrames, settings: AnalysisSettings) -> "DataFrame":
    """One row per person with a permit, with the first rule broken as ``reason``."""
    permits = _earliest_permits(registers, settings)
    persons = permits.join(
        _person_facts(registers.population_snapshots, permits), "person_id", "left"
    )
    persons = persons.join(_first_immigrations(registers.migrations, permits), "person_id", "left")
    countries = registers.countries.select(
        F.col("country_code").alias("country_of_origin"), "western", "origin", "continent"
    ).dropDuplicates(["country_of_origin"])
    persons = persons.join(F.broadcast(countries), "country_of_origin", "left")
    arrival = F.coalesce("first_immigration", "first_immigration_date", "immigration_date")
    persons = persons.withColumn("arrival_date", arrival).withColumn(
        "selection_date", F.when(arrival.isNotNull(), F.greatest("permit_date", arrival))
    )
    return persons.withColumn("reason", _first_broken_rule(settings))


def _earliest_permits(registers: RegisterFrames, settings: AnalysisSettings) -> "DataFrame":
    """The permit that decides for each person: the earliest of any kind; of several on a date one
    that qualifies."""
    keys = ["category", "ground", "explanation"]
    codes = registers.residence_basis_codes.select(*keys, "residence_basis").dropDuplicates(keys)
    permits = registers.permits.join(
        F.broadcast(codes.withColumn("mapped", F.lit(True))), keys, "left"
    )
    qualifies = F.coalesce(
        F.col("residence_basis").isin(*settings.population.residence_bases), F.lit(False)
    )
    dated = F.coalesce("permit_date", F.lit("9999-12-31").cast("date"))
    # After date and qualification the order only makes the choice the same in every run.
    order = F.struct(
        dated.alias("d"),
        (~qualifies).alias("q"),
        F.coalesce("residence_basis", F.lit("~")).alias("b"),
        *keys,
    )
    chosen = F.struct("permit_date", "residence_basis", "mapped", qualifies.alias("qualifies"))
    earliest = permits.groupBy("person_id").agg(
        F.min_by(chosen, order).alias("permit"), F.min("immigration_date").alias("immigration_date")
    )
    return earliest.select("person_id", "permit.*", "immigration_date")


def _person_facts(snapshots: "DataFrame", persons: "DataFrame") -> "DataFrame":
    """Sex, birth date, origin from a person's newest snapshot, and the first immigration any
    snapshot knows of."""
    facts = F.struct("snapshot_date", "sex", "birth_date", "country_of_origin")
    own = snapshots.join(persons.select("person_id"), "person_id", "left_semi")
    newest = own.groupBy("person_id").agg(
        F.max(facts).alias("facts"), F.min("first_immigration_date").alias("first_immigration_date")
    )
    return newest.select(
        "person_id",
        "facts.sex",
        "facts.birth_date",
        "facts.country_of_origin",
        "first_immigration_date",
    )


def _first_immigrations(migrations: "DataFrame", persons: "DataFrame") -> "DataFrame":
    arrivals = migrations.where(F.col("event") == "immigration").join(
        persons.select("person_id"), "person_id", "left_semi"
    )
    return arrivals.groupBy("person_id").agg(F.min("event_date").alias("first_immigration"))


def _first_broken_rule(settings: AnalysisSettings) -> "Column":
    """The first of DROP_REASONS that holds for a person, null for a member of the population."""
    rules = settings.population
    low, high = F.lit(rules.window_start), F.lit(rules.window_end)
    age = completed_years(F.col("birth_date"), F.col("selection_date"))
    broken = {
        NO_PERMIT_DATE: F.col("permit_date").isNull(),
        UNMAPPED: F.col("mapped").isNull(),
        OUTSIDE: ~F.col("qualifies"),
        "never_in_population_register": F.col("sex").isNull() | F.col("birth_date").isNull(),
        "no_arrival_date": F.col("arrival_date").isNull(),
        "arrival_outside_window": ~F.col("arrival_date").between(low, high),
        "selection_date_outside_window": ~F.col("selection_date").between(low, high),
        "age_outside_limits": ~age.between(rules.age_min, rules.age_max),
    }
    if rules.non_western_only:
        broken["western_origin"] = F.coalesce(F.col("western"), F.lit(False))
    reason = F.lit(None).cast("string")
    for name in reversed(DROP_REASONS):
        if name in broken:
            reason = F.when(broken[name], F.lit(name)).otherwise(reason)
    return reason


def _with_origin(persons: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """Time origin and the weeks a person is followed.

    A permit older than the arrival: the Monday after the arrival. The last followed week is the
    horizon or the last week whose success window still ends within the observation.
    """
    observed = settings.observation
    after_arrival = F.next_day("arrival_date", "Mon")
    origin = F.when(F.col("permit_date") < F.col("arrival_date"), after_arrival).otherwise(
        F.col("permit_date")
    )
    lookahead = settings.employment.weeks - 1 if observed.follow_only_establishable_weeks else 0
    last_observed = weeks_between(
        F.col("origin_monday"), F.lit(last_whole_week(observed.observation_end))
    )
    return (
        persons.withColumn("origin_date", origin)
        .withColumn("origin_monday", monday_of(F.col("origin_date")))
        .withColumn("origin_week", iso_week_label(F.col("origin_date")))
        .withColumn(
            "last_followed_week",
            F.least(F.lit(observed.horizon_weeks), last_observed - F.lit(lookahead)),
        )
    )
