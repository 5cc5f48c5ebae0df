"""Family in December of the selection year (method, section 6)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.spells.ages import completed_years

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

UNKNOWN = "unknown"
_CHILD = 3
_DANISH_ORIGIN = 1
# FAMILIE_TYPE; from December 2015 married couples are 7 and 8, persons alone 9 and 10 (registers,
# section 5).
_FAMILY_TYPES = {"married": (1, 2, 7, 8), "cohabiting": (3, 4), "single": (5, 9, 10)}
_COUNTS = (
    "has_partner",
    "danish_partner",
    "children_0_2",
    "children_3_6",
    "children_0_17",
    "child_at_home",
)


def add_family(persons: "DataFrame", snapshots: "DataFrame") -> "DataFrame":
    """Persons with family_type, has_partner, danish_partner, children_0_2, children_3_6,
    children_0_17, child_at_home.

    Read in the December snapshot of the selection year; a person who is not in it is read at the
    next one that holds them. Children are those of the family in that snapshot by completed years;
    family_type is the family's, also for a grown child who lives at home (child_at_home). A person
    in no snapshot has family type unknown and no family members.
    """
    own = _snapshot_of_each(persons, snapshots)
    # No part is longer than the population: broadcast, a dozen of them need no sorting side by side
    # in every task.
    parts = (
        own.drop("snapshot_date", "family_id", "partner_id"),
        _children(own, snapshots),
        _partners(own, snapshots),
    )
    joined = persons
    for part in parts:
        joined = joined.join(F.broadcast(part), "person_id", "left")
    filled = joined.withColumns({name: F.coalesce(F.col(name), F.lit(0)) for name in _COUNTS})
    return filled.withColumn("family_type", F.coalesce("family_type", F.lit(UNKNOWN)))


def _snapshot_of_each(persons: "DataFrame", snapshots: "DataFrame") -> "DataFrame":
    """Each person's own row: family, position, partner, in the snapshot that counts."""
    december = F.make_date(F.year("selection_date"), F.lit(12), F.lit(1))
    wanted = persons.select("person_id", december.alias("from_date"))
    rows = snapshots.join(F.broadcast(wanted), "person_id", "inner").where(
        F.col("snapshot_date") >= F.col("from_date")
    )
    row = F.struct("snapshot_date", "family_id", "family_position", "family_type", "partner_id")
    chosen = rows.groupBy("person_id").agg(F.min(row).alias("own")).select("person_id", "own.*")
    return chosen.select(
        "person_id",
        "snapshot_date",
        "family_id",
        "partner_id",
        _family_type(F.col("family_type")).alias("family_type"),
        F.col("partner_id").isNotNull().cast("int").alias("has_partner"),
        F.coalesce((F.col("family_position") == _CHILD).cast("int"), F.lit(0)).alias(
            "child_at_home"
        ),
    )


def _family_type(code: "Column") -> "Column":
    name = F.lit(UNKNOWN)
    for family_type, codes in _FAMILY_TYPES.items():
        name = F.when(code.isin(*codes), F.lit(family_type)).otherwise(name)
    return name


def _children(own: "DataFrame", snapshots: "DataFrame") -> "DataFrame":
    """Children by age in each person's family, the person not among them."""
    keys = ["snapshot_date", "family_id"]
    families = own.select("person_id", *keys)
    children = snapshots.where(F.col("family_position") == _CHILD).select(
        *keys,
        F.col("person_id").alias("child_id"),
        completed_years(F.col("birth_date"), F.col("snapshot_date")).alias("age"),
    )
    pairs = children.join(F.broadcast(families), keys, "inner").where(
        F.col("child_id") != F.col("person_id")
    )
    classes = {"children_0_2": (0, 2), "children_3_6": (3, 6), "children_0_17": (0, 17)}
    return pairs.groupBy("person_id").agg(
        *(
            F.count_if(F.col("age").between(*ages)).cast("int").alias(name)
            for name, ages in classes.items()
        )
    )


def _partners(own: "DataFrame", snapshots: "DataFrame") -> "DataFrame":
    """Whether each person's partner, in the same snapshot, is of Danish origin; the partner may be
    in another family."""
    wanted = own.where(F.col("partner_id").isNotNull()).select(
        "person_id", "snapshot_date", "partner_id"
    )
    partners = snapshots.select(
        "snapshot_date", F.col("person_id").alias("partner_id"), "origin_type"
    )
    pairs = partners.join(F.broadcast(wanted), ["snapshot_date", "partner_id"], "inner")
    danish = (F.col("origin_type") == _DANISH_ORIGIN).cast("int")
    return pairs.groupBy("person_id").agg(
        F.coalesce(F.max(danish), F.lit(0)).alias("danish_partner")
    )
