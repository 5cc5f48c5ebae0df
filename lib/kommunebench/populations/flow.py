"""From everyone looked at to cases in the comparison: every rule with whom it drops, and what is
worth counting of those who stay (gold.population_flow); pupils without marks."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.populations.case_registers import HEALTH_KINDS
from kommunebench.populations.origin import EARLIER_ARRIVAL
from kommunebench.populations.siblings import MOTHER_OF_MANY

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

IN_POPULATION = "in_population"
TOO_SMALL = "in_municipalities_too_small"
COMPARED = "in_comparison"
NATION, TOTAL = "all", "total"
REMARKS = (
    "origin_not_in_country_list",
    EARLIER_ARRIVAL,
    "own_parent",
    MOTHER_OF_MANY,
    "no_mother_id",
    "no_father_id",
    "mother_not_in_population_register",
    "father_not_in_population_register",
    "parent_without_udda",
    "parents_education_not_in_list",
    "parents_education_completed_before_birth",
    *(f"parents_{kind}_not_delivered" for kind in HEALTH_KINDS),
    "not_in_udda",
    "no_education_known",
    "education_completed_before_birth",
    "education_not_in_list",
)


def count_case_flow(
    candidates: "DataFrame",
    cases: "DataFrame",
    *,
    start: str,
    reasons: tuple[str, ...],
    min_cases: int,
) -> "DataFrame":
    """step, reason, persons, spells (always null): one row per rule in order, rules that drop
    nobody included.

    ``start``: the name of the first row, everyone looked at; it is the sum of those dropped, by
    ``reasons``, and of in_population. The rows of ``REMARKS`` count persons of the population and
    drop nobody; the last two rows divide it.
    """
    dropped = candidates.groupBy(F.coalesce("lost", F.lit(IN_POPULATION)).alias("reason")).agg(
        F.count(F.lit(1)).alias("persons")
    )
    everyone = dropped.agg(F.coalesce(F.sum("persons"), F.lit(0)).alias("persons"))
    sizes = cases.groupBy("municipality_code").agg(F.count(F.lit(1)).alias("cases"))
    place = F.when(F.col("cases") >= min_cases, F.lit(COMPARED)).otherwise(F.lit(TOO_SMALL))
    by_size = sizes.groupBy(place.alias("reason")).agg(F.sum("cases").alias("persons"))
    noted = cases.select(F.explode("remarks").alias("reason"))
    counted = (
        dropped.unionByName(everyone.select(F.lit(start).alias("reason"), "persons"))
        .unionByName(by_size)
        .unionByName(noted.groupBy("reason").agg(F.count(F.lit(1)).alias("persons")))
    )
    order = (start, *reasons, IN_POPULATION, *REMARKS, TOO_SMALL, COMPARED)
    names = F.array(*(F.lit(name) for name in order))
    steps = candidates.sparkSession.range(1).select(F.posexplode(names).alias("step", "reason"))
    return steps.join(F.broadcast(counted), "reason", "left").select(
        (F.col("step") + 1).alias("step"),
        "reason",
        F.coalesce("persons", F.lit(0)).alias("persons"),
        F.lit(None).cast("long").alias("spells"),
    )


def count_without_marks(candidates: "DataFrame", reasons: tuple[str, ...]) -> "DataFrame":
    """municipality_code, kind, reason, pupils, all_pupils: pupils of the population's origin
    without enough marks, by municipality and KARAKTERAARSAG (not_given: none stands there).

    ``reasons``: the rules whose pupils are counted although they are left out for having no marks;
    all_pupils is the number of pupils with and without marks in the municipality. Kind and reason
    "total" are all pupils without marks, municipality_code "all" is the nation.
    """
    pupils = candidates.where(F.col("lost").isNull() | F.col("lost").isin(*reasons)).select(
        F.explode(F.array("municipality_code", F.lit(NATION))).alias("municipality_code"),
        F.col("without_marks").alias("kind"),
        F.coalesce("no_mark_reason", F.lit("not_given")).alias("reason"),
    )
    totals = pupils.groupBy("municipality_code").agg(
        F.count("kind").alias("pupils"), F.count(F.lit(1)).alias("all_pupils")
    )
    by_reason = (
        pupils.where(F.col("kind").isNotNull())
        .groupBy("municipality_code", "kind", "reason")
        .agg(F.count(F.lit(1)).alias("pupils"))
        .join(F.broadcast(totals.select("municipality_code", "all_pupils")), "municipality_code")
    )
    in_total = {name: F.lit(TOTAL) for name in ("kind", "reason")}
    return by_reason.unionByName(totals.withColumns(in_total))
