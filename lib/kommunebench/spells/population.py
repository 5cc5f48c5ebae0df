"""Who is in the population, and every rule that keeps a person out (method, section 1)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.silver import PERMIT_HOLDERS
from kommunebench.spells.ages import completed_years
from kommunebench.spells.covariates import add_covariates_measured_once
from kommunebench.spells.family import FAMILY_SNAPSHOT, snapshot_of_family
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
# KATEGORI of who came before 1997, when the files of permits begin.
CAME_BEFORE_PERMITS = 9999
# The columns of silver.permit_holders and silver.population without the analysis.
_HOLDERS = tuple(name for name in PERMIT_HOLDERS.columns if name != "analysis")


def find_permit_holders(registers: RegisterFrames, settings: AnalysisSettings) -> "DataFrame":
    """Everybody with a residence permit, in the columns of silver.permit_holders without the
    analysis.

    ``reason`` is the first rule of DROP_REASONS that keeps the person out of the population, null
    for its members. The family columns are those of the snapshot that counts (snapshot_of_family),
    null for a person in no such snapshot.
    """
    permits = earliest_permits(registers, settings)
    # The snapshots and migrations of everybody else are left out before anything is moved between
    # tasks; the persons are read from the permits once more for it, which is one column.
    ids = registers.permits.select("person_id")
    persons = permits.join(_person_facts(registers.population_snapshots, ids), "person_id", "left")
    persons = persons.join(first_immigrations(registers.migrations, ids), "person_id", "left")
    countries = registers.countries.select(
        F.col("country_code").alias("country_of_origin"), "western", "origin", "continent"
    ).dropDuplicates(["country_of_origin"])
    # The list of countries has a few hundred rows.
    persons = persons.join(F.broadcast(countries), "country_of_origin", "left")
    arrival = F.coalesce("first_immigration", "first_immigration_date", "immigration_date")
    persons = persons.withColumn("arrival_date", arrival).withColumn(
        "selection_date", F.when(arrival.isNotNull(), F.greatest("permit_date", arrival))
    )
    family = snapshot_of_family(F.col("snapshots"), F.col("selection_date"))
    persons = persons.withColumn("family", family).withColumn(
        "reason", _first_broken_rule(settings)
    )
    return persons.select("*", "family.*").select(*_HOLDERS)


def count_drops(holders: "DataFrame") -> "DataFrame":
    """reason, persons: permit holders by the rule that keeps them out (null: in the population).

    One more row, UNLISTED_ORIGIN, counts those in the population whose country the list does not
    hold; they count as non-Western. ``holders``: rows of silver.permit_holders.
    """
    unlisted = F.col("reason").isNull() & F.col("western").isNull()
    reasons = F.when(unlisted, F.array("reason", F.lit(UNLISTED_ORIGIN))).otherwise(
        F.array("reason")
    )
    counted = holders.select(F.explode(reasons).alias("reason")).groupBy("reason")
    return counted.agg(F.count(F.lit(1)).alias("persons"))


def select_population(holders: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """The permit holders who are in the population, with origin_date, origin_monday, origin_week
    and last_followed_week; ``holders``: rows of silver.permit_holders."""
    return _with_origin(holders.where(F.col("reason").isNull()).drop("reason"), settings)


def build_population(
    holders: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings
) -> "DataFrame":
    """The population with everything measured once of each person, in the columns of
    silver.population without the analysis; ``holders``: rows of silver.permit_holders."""
    return add_covariates_measured_once(select_population(holders, settings), registers, settings)


def earliest_permits(registers: RegisterFrames, settings: AnalysisSettings) -> "DataFrame":
    """The permit that decides for each person: the earliest of any kind; of several on a date one
    that qualifies. ``came_before_permits``: whether any row says that the person came before the
    files of permits begin (KATEGORI 9999)."""
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
        F.min_by(chosen, order).alias("permit"),
        F.min("immigration_date").alias("immigration_date"),
        F.max(F.coalesce(F.col("category") == CAME_BEFORE_PERMITS, F.lit(False))).alias(
            "came_before_permits"
        ),
    )
    return earliest.select("person_id", "permit.*", "immigration_date", "came_before_permits")


def _person_facts(snapshots: "DataFrame", ids: "DataFrame") -> "DataFrame":
    """Of each person: sex, birth_date and country_of_origin in the newest snapshot, the first
    immigration any snapshot knows of, and ``snapshots``, the family in every snapshot."""
    newest = F.max(F.struct("snapshot_date", "sex", "birth_date", "country_of_origin"))
    grouped = snapshots.join(ids, "person_id", "left_semi").groupBy("person_id")
    facts = grouped.agg(
        newest.alias("newest"),
        F.min("first_immigration_date").alias("first_immigration_date"),
        F.collect_list(F.struct(*FAMILY_SNAPSHOT)).alias("snapshots"),
    )
    return facts.select("person_id", "newest.*", "first_immigration_date", "snapshots").drop(
        "snapshot_date"
    )


def first_immigrations(migrations: "DataFrame", ids: "DataFrame | None" = None) -> "DataFrame":
    """person_id, first_immigration: the first arrival VNDS knows of each of these persons, or of
    everybody: the register is read faster than ``ids`` that need work are made a second time."""
    arrivals = migrations.where(F.col("event") == "immigration")
    if ids is not None:
        arrivals = arrivals.join(ids, "person_id", "left_semi")
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
