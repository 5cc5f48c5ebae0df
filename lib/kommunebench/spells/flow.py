"""From permits to compared spells: how many persons and spells each rule keeps out
(gold.population_flow)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.spells.ages import age_limit_monday
from kommunebench.spells.lost_spells import LOST_REASONS
from kommunebench.spells.outcomes import compared_municipalities
from kommunebench.spells.population import DROP_REASONS, UNLISTED_ORIGIN

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Persons of the population without any spell, by the first reason that holds.
AGE_LIMIT = "age_limit_before_origin"
NO_WEEKS = "origin_after_observation"
ONLY_LOST = "only_lost_spells"
NEVER_AT_RISK = "never_without_work_or_state"
WITHOUT_SPELL = (AGE_LIMIT, NO_WEEKS, ONLY_LOST, NEVER_AT_RISK)

IN_POPULATION = "in_population"
WITH_SPELLS = "with_spells"
TOUCHED = "touched_by_placement_grace"
TOO_SMALL = "in_municipalities_too_small"
COMPARED = "in_comparison"
_FIRST_OF_SPELLS = f"lost_{LOST_REASONS[0]}"
ORDER = (
    "with_permit",
    *DROP_REASONS,
    IN_POPULATION,
    UNLISTED_ORIGIN,
    *WITHOUT_SPELL,
    WITH_SPELLS,
    *(f"lost_{reason}" for reason in LOST_REASONS),
    TOUCHED,
    TOO_SMALL,
    COMPARED,
)


def count_flow(
    dropped: "DataFrame",
    population: "DataFrame",
    candidates: "DataFrame",
    min_spells: int,
    age_limit_year: int,
) -> "DataFrame":
    """step, reason, persons, spells: one row per rule in order, rules that drop nobody included.

    ``dropped``: rows of count_drops; ``candidates``: rows of find_spell_candidates. Persons
    with a permit are the sum of those dropped and those in the population; these are the sum of
    those without a spell, by reason, and those with. Rows named lost_* count spells that would
    have started; origin_not_in_country_list and touched_by_placement_grace drop nobody.
    """
    no_spells = F.lit(None).cast("long").alias("spells")
    by_rule = dropped.select(
        F.coalesce("reason", F.lit(IN_POPULATION)).alias("reason"), "persons", no_spells
    )
    everyone = dropped.where(~F.col("reason").eqNullSafe(UNLISTED_ORIGIN)).agg(
        F.sum("persons").alias("persons")
    )
    further = (
        everyone.select(F.lit("with_permit").alias("reason"), "persons", no_spells),
        _by_spell(population, candidates, age_limit_year),
        count_candidates(candidates, min_spells),
    )
    counted = by_rule
    for rows in further:
        counted = counted.unionByName(rows)
    return _in_order(counted)


def _by_spell(population: "DataFrame", candidates: "DataFrame", age_limit_year: int) -> "DataFrame":
    """Persons of the population with and without spells, the latter by reason."""
    spells = candidates.groupBy("person_id").agg(
        F.count_if(F.col("lost").isNull()).alias("n_spells")
    )
    persons = population.select(
        "person_id", "birth_date", "origin_monday", "last_followed_week"
    ).join(spells, "person_id", "left")
    past_limit = F.col("origin_monday") >= age_limit_monday(F.col("birth_date"), age_limit_year)
    reason = (
        F.when(F.col("n_spells") > 0, F.lit(WITH_SPELLS))
        .when(past_limit, F.lit(AGE_LIMIT))
        .when(F.col("last_followed_week") < 1, F.lit(NO_WEEKS))
        .when(F.col("n_spells").isNotNull(), F.lit(ONLY_LOST))
        .otherwise(F.lit(NEVER_AT_RISK))
    )
    counted = persons.groupBy(reason.alias("reason")).agg(
        F.count(F.lit(1)).alias("persons"), F.sum("n_spells").alias("spells")
    )
    return counted.withColumn("spells", F.when(F.col("reason") == WITH_SPELLS, F.col("spells")))


def count_candidates(candidates: "DataFrame", min_spells: int) -> "DataFrame":
    """Spells lost by reason, and the kept ones by whether their municipality is compared."""
    kept = F.col("lost").isNull()
    compared = compared_municipalities(candidates.where(kept), min_spells).withColumn(
        "compared", F.lit(True)
    )
    joined = candidates.join(F.broadcast(compared), "municipality_code", "left")
    place = F.when(F.col("compared"), F.lit(COMPARED)).otherwise(F.lit(TOO_SMALL))
    reason = F.when(kept, place).otherwise(F.concat(F.lit("lost_"), F.col("lost")))
    touched = F.when(kept & F.col("early_move"), F.lit(TOUCHED))
    rows = joined.select(
        "person_id", F.explode(F.array_compact(F.array(reason, touched))).alias("reason")
    )
    return rows.groupBy("reason").agg(
        F.countDistinct("person_id").alias("persons"), F.count(F.lit(1)).alias("spells")
    )


def _in_order(counted: "DataFrame") -> "DataFrame":
    """All rules in order, with 0 where a rule dropped nobody; rules about persons alone have no
    number of spells."""
    names = F.array(*(F.lit(name) for name in ORDER))
    everything = counted.sparkSession.range(1).select(F.posexplode(names).alias("step", "reason"))
    about_spells = F.col("step") >= ORDER.index(_FIRST_OF_SPELLS)
    joined = everything.join(F.broadcast(counted), "reason", "left")
    return joined.select(
        (F.col("step") + 1).alias("step"),
        "reason",
        F.coalesce("persons", F.lit(0)).alias("persons"),
        F.when(about_spells, F.coalesce("spells", F.lit(0)))
        .otherwise(F.col("spells"))
        .alias("spells"),
    )
