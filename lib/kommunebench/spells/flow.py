"""From permits to spells in the comparison: every rule with whom it drops (gold.population_flow)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.spells.gaps import LOST_REASONS
from kommunebench.spells.population import DROP_REASONS

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
ORDER = (
    "with_permit",
    *DROP_REASONS,
    IN_POPULATION,
    *WITHOUT_SPELL,
    WITH_SPELLS,
    *(f"lost_{r}" for r in LOST_REASONS),
    "touched_by_placement_grace",
    "in_municipalities_too_small",
    "in_comparison",
)


def count_flow(
    dropped: "DataFrame", population: "DataFrame", candidates: "DataFrame", min_spells: int, age_limit_year: int
) -> "DataFrame":
    """step, reason, persons, spells; one row per rule in order, rules that drop nobody included.

    ``dropped``: PopulationBuild.dropped; ``candidates``: SpellBuild.candidates. One aggregation each.
    """
    rows = [
        dropped.select(
            F.coalesce("reason", F.lit(IN_POPULATION)).alias("reason"), "persons", F.lit(None).cast("long").alias("spells")
        ),
        dropped.agg(F.sum("persons").alias("persons")).select(
            F.lit("with_permit").alias("reason"), "persons", F.lit(None).cast("long").alias("spells")
        ),
        _without_spells(population, candidates, age_limit_year),
        _of_candidates(candidates, min_spells),
    ]
    counted = rows[0]
    for part in rows[1:]:
        counted = counted.unionByName(part)
    return _in_order(counted)


def _without_spells(population: "DataFrame", candidates: "DataFrame", age_limit_year: int) -> "DataFrame":
    """Persons of the population with and without spells, the latter by reason."""
    own = candidates.groupBy("person_id").agg(F.bool_or(F.col("lost").isNull()).alias("has_spell"))
    limit = F.make_date(F.year("birth_date") + age_limit_year, F.lit(1), F.lit(1))
    past_limit = F.col("origin_monday") >= F.date_trunc("week", limit).cast("date")
    reason = (
        F.when(F.col("has_spell"), F.lit(WITH_SPELLS))
        .when(past_limit, F.lit(AGE_LIMIT))
        .when(F.col("last_followed_week") < 1, F.lit(NO_WEEKS))
        .when(F.col("has_spell").isNotNull(), F.lit(ONLY_LOST))
        .otherwise(F.lit(NEVER_AT_RISK))
    )
    joined = population.select("person_id", "birth_date", "origin_monday", "last_followed_week").join(own, "person_id", "left")
    return joined.groupBy(reason.alias("reason")).agg(
        F.count(F.lit(1)).alias("persons"), F.lit(None).cast("long").alias("spells")
    )


def _of_candidates(candidates: "DataFrame", min_spells: int) -> "DataFrame":
    """Spells lost by reason, and the kept ones by whether their municipality is compared."""
    kept = F.col("lost").isNull()
    sizes = candidates.where(kept).groupBy("municipality_code").agg(F.count(F.lit(1)).alias("size"))
    joined = candidates.join(F.broadcast(sizes), "municipality_code", "left")
    compared = F.when(F.col("size") >= min_spells, F.lit("in_comparison")).otherwise(F.lit("in_municipalities_too_small"))
    place = F.when(kept, compared).otherwise(F.concat(F.lit("lost_"), F.col("lost")))
    touched = F.when(kept & F.col("early_move"), F.lit("touched_by_placement_grace"))
    reasons = F.array_compact(F.array(place, touched))
    rows = joined.select("person_id", F.explode(reasons).alias("reason"))
    return rows.groupBy("reason").agg(F.countDistinct("person_id").alias("persons"), F.count(F.lit(1)).alias("spells"))


def _in_order(counted: "DataFrame") -> "DataFrame":
    """All rules in order, with 0 where a rule dropped nobody."""
    names = F.array(*(F.lit(name) for name in ORDER))
    everything = counted.sparkSession.range(1).select(F.posexplode(names).alias("step", "reason"))
    joined = everything.join(counted, "reason", "left")
    spells = F.when(F.col("step") >= ORDER.index(f"lost_{LOST_REASONS[0]}"), F.coalesce("spells", F.lit(0)))
    return joined.select(
        (F.col("step") + 1).alias("step"), "reason", F.coalesce("persons", F.lit(0)).alias("persons"), spells.alias("spells")
    )
