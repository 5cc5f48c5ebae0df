"""Family in December of the selection year (method, section 6)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_CHILD = 3
_DANISH_ORIGIN = 1
# FAMILIE_TYPE; from December 2015 married couples are 7 and 8, persons alone 9 and 10 (registers, section 5).
_FAMILY_TYPES = {"married": (1, 2, 7, 8), "cohabiting": (3, 4), "single": (5, 9, 10)}


def add_family(persons: "DataFrame", snapshots: "DataFrame") -> "DataFrame":
    """Persons with family_type, has_partner, danish_partner, children_0_2, children_3_6, children_0_17, child_at_home.

    Read in the December snapshot of the selection year; a person who is not in it is read at the next one that holds them.
    A person in none has family type unknown and no family members.
    """
    own = _snapshot_of_each(persons, snapshots)
    members = _members(own, snapshots)
    joined = persons.join(
        own.join(members, "person_id", "left").drop("snapshot_date", "family_id", "partner_id"), "person_id", "left"
    )
    counts = ("has_partner", "danish_partner", "children_0_2", "children_3_6", "children_0_17", "child_at_home")
    filled = joined.withColumns({name: F.coalesce(F.col(name), F.lit(0)) for name in counts})
    return filled.withColumn("family_type", F.coalesce("family_type", F.lit("unknown")))


def _snapshot_of_each(persons: "DataFrame", snapshots: "DataFrame") -> "DataFrame":
    """Each person's own row: family, position, partner, in the snapshot that counts."""
    wanted = persons.select("person_id", F.make_date(F.year("selection_date"), F.lit(12), F.lit(1)).alias("from_date"))
    rows = snapshots.join(wanted, "person_id", "inner").where(F.col("snapshot_date") >= F.col("from_date"))
    own = F.struct("snapshot_date", "family_id", "family_position", "family_type", "partner_id")
    chosen = rows.groupBy("person_id").agg(F.min_by(own, "snapshot_date").alias("own")).select("person_id", "own.*")
    return chosen.select(
        "person_id",
        "snapshot_date",
        "family_id",
        "partner_id",
        _family_type(F.col("family_type")).alias("family_type"),
        F.col("partner_id").isNotNull().cast("int").alias("has_partner"),
        F.coalesce((F.col("family_position") == _CHILD).cast("int"), F.lit(0)).alias("child_at_home"),
    )


def _family_type(code: "Column") -> "Column":
    name = F.lit("unknown")
    for family_type, codes in _FAMILY_TYPES.items():
        name = F.when(code.isin(*codes), F.lit(family_type)).otherwise(name)
    return name


def _members(own: "DataFrame", snapshots: "DataFrame") -> "DataFrame":
    """Children by age in the person's family, and whether the partner is of Danish origin, in the same snapshot."""
    families = own.where(F.col("family_id").isNotNull()).select("person_id", "snapshot_date", "family_id", "partner_id")
    keys = ["snapshot_date", "family_id"]
    others = snapshots.join(F.broadcast(families.select(*keys).distinct()), keys, "left_semi").select(
        *keys, F.col("person_id").alias("member_id"), "birth_date", "family_position", "origin_type"
    )
    pairs = families.join(others, keys, "inner").where(F.col("member_id") != F.col("person_id"))
    age = F.floor(F.months_between("snapshot_date", "birth_date") / 12)
    child = F.col("family_position") == _CHILD
    return pairs.groupBy("person_id").agg(
        F.count_if(child & age.between(0, 2)).cast("int").alias("children_0_2"),
        F.count_if(child & age.between(3, 6)).cast("int").alias("children_3_6"),
        F.count_if(child & age.between(0, 17)).cast("int").alias("children_0_17"),
        F.max(((F.col("member_id") == F.col("partner_id")) & (F.col("origin_type") == _DANISH_ORIGIN)).cast("int")).alias(
            "danish_partner"
        ),
    )
