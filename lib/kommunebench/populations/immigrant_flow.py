"""From immigrants to spells in the comparison: every rule with whom it drops
(gold.population_flow)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.populations.immigrant_spells import IMMIGRANT_LOST_REASONS, SPELL_REMARKS
from kommunebench.populations.immigrants import (
    REASONS,
    REMARKS,
    UNKNOWN_CONTINENT,
    UNKNOWN_ORIGIN,
)
from kommunebench.spells.flow import COMPARED, TOO_SMALL, TOUCHED, count_candidates

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

START, FOLLOWED = "immigrants_seen", "in_population"
WITHOUT_SPELL, ONLY_LOST, WITH_SPELLS = (
    "never_without_work_or_state",
    "only_lost_spells",
    "with_spells",
)
_LOST = tuple(f"lost_{reason}" for reason in IMMIGRANT_LOST_REASONS)
ORDER = (
    START,
    *REASONS,
    FOLLOWED,
    UNKNOWN_ORIGIN,
    *REMARKS,
    WITHOUT_SPELL,
    ONLY_LOST,
    WITH_SPELLS,
    *SPELL_REMARKS,
    *_LOST,
    TOUCHED,
    TOO_SMALL,
    COMPARED,
)


def count_immigrant_flow(
    immigrants: "DataFrame", candidates: "DataFrame", spells: "DataFrame", min_spells: int
) -> "DataFrame":
    """step, reason, persons, spells: one row per rule in order, rules that drop nobody included;
    from rows of silver.immigrants, silver.spell_candidates and silver.spells.

    Immigrants seen are the sum of those dropped and those in the population; these are the sum of
    those never at risk, those with lost spells only, and those with spells that count. Nobody is
    dropped by the rows origin_unknown (of whom not in the list of countries, or there without a
    continent: they count as non-Western), touched_by_placement_grace, and those of REMARKS and
    SPELL_REMARKS, which are worth counting of the persons followed and of the spells that count.
    """
    no_spells = F.lit(None).cast("long").alias("spells")
    counted = F.count(F.lit(1)).alias("persons")
    by_rule = immigrants.groupBy(F.coalesce("reason", F.lit(FOLLOWED)).alias("reason")).agg(counted)
    everyone = immigrants.agg(counted).select(F.lit(START).alias("reason"), "persons", no_spells)
    unknown = immigrants.where(F.col("reason").isNull() & (F.col("continent") == UNKNOWN_CONTINENT))
    of_whom = unknown.agg(counted).select(F.lit(UNKNOWN_ORIGIN).alias("reason"), "persons")
    rows = (
        by_rule.select("reason", "persons", no_spells)
        .unionByName(of_whom.withColumn("spells", no_spells))
        .unionByName(everyone)
        .unionByName(_remarks_of_persons(immigrants).withColumn("spells", no_spells))
        .unionByName(_remarks_of_spells(spells))
        .unionByName(_persons_by_spells(immigrants, candidates))
        .unionByName(count_candidates(candidates, min_spells))
    )
    names = F.array(*(F.lit(name) for name in ORDER))
    steps = immigrants.sparkSession.range(1).select(F.posexplode(names).alias("step", "reason"))
    about_spells = F.col("step") >= ORDER.index(WITH_SPELLS)
    zero = F.when(about_spells, F.lit(0)).cast("long")
    return steps.join(F.broadcast(rows), "reason", "left").select(
        (F.col("step") + 1).alias("step"),
        "reason",
        F.coalesce("persons", F.lit(0)).alias("persons"),
        F.coalesce("spells", zero).alias("spells"),
    )


def _remarks_of_persons(immigrants: "DataFrame") -> "DataFrame":
    """Persons followed, by what is worth counting of them."""
    followed = immigrants.where(F.col("reason").isNull())
    noted = followed.select(F.explode("remarks").alias("reason"))
    return noted.groupBy("reason").agg(F.count(F.lit(1)).alias("persons"))


def _remarks_of_spells(spells: "DataFrame") -> "DataFrame":
    """Spells that count and their persons, by what is worth counting of them."""
    noted = spells.select("person_id", F.explode("remarks").alias("reason"))
    return noted.groupBy("reason").agg(
        F.countDistinct("person_id").alias("persons"), F.count(F.lit(1)).alias("spells")
    )


def _persons_by_spells(immigrants: "DataFrame", candidates: "DataFrame") -> "DataFrame":
    """Persons followed, by whether they have spells that count."""
    spells = candidates.groupBy("person_id").agg(
        F.count_if(F.col("lost").isNull()).alias("n_spells")
    )
    persons = immigrants.where(F.col("reason").isNull()).join(spells, "person_id", "left")
    reason = (
        F.when(F.col("n_spells").isNull(), F.lit(WITHOUT_SPELL))
        .when(F.col("n_spells") == 0, F.lit(ONLY_LOST))
        .otherwise(F.lit(WITH_SPELLS))
    )
    counted = persons.groupBy(reason.alias("reason")).agg(
        F.count(F.lit(1)).alias("persons"), F.sum("n_spells").alias("n_spells")
    )
    spells_that_count = F.when(F.col("reason") == WITH_SPELLS, F.col("n_spells"))
    return counted.select("reason", "persons", spells_that_count.alias("spells"))
