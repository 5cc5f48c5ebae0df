"""Family in December of the selection year (method, section 6)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.spells.ages import completed_years
from kommunebench.spells.joins import small_side

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

UNKNOWN, CHILD_AT_HOME = "unknown", "child_at_home"
# The key of a person's row while its relatives are looked for.
_ROW = "row_looked_for"
_CHILD = 3
_DANISH_ORIGIN = 1
# FAMILIE_TYPE; from December 2015 married couples are 7 and 8, persons alone 9 and 10 (registers,
# section 5).
_FAMILY_TYPES = {"married": (1, 2, 7, 8), "cohabiting": (3, 4), "single": (5, 9, 10)}
_CHILDREN = {"children_0_2": (0, 2), "children_3_6": (3, 6), "children_0_17": (0, 17)}
# What the snapshot that counts says of a person's own family; ordered by date first.
FAMILY_SNAPSHOT = ("snapshot_date", "family_id", "family_position", "family_type", "partner_id")


def snapshot_of_family(snapshots: "Column", selection_date: "Column") -> "Column":
    """The snapshot in which a person's family is read, as a struct of FAMILY_SNAPSHOT: that of
    December of the selection year, else the next one that holds the person; null for none.

    ``snapshots``: an array of such structs.
    """
    december = F.make_date(F.year(selection_date), F.lit(12), F.lit(1))
    return F.array_min(F.filter(snapshots, lambda one: one["snapshot_date"] >= december))


def add_family(
    persons: "DataFrame",
    snapshots: "DataFrame",
    *,
    key: str = "person_id",
    child_at_home: bool = False,
    few: bool = False,
) -> "DataFrame":
    """Persons with family_type, has_partner, danish_partner, children_0_2, children_3_6,
    children_0_17, child_at_home; ``persons`` has the columns of FAMILY_SNAPSHOT, which go.

    Children are those of the family in that snapshot by completed years; family_type is the
    family's, also for a grown child who lives at home, who has a level of its own where
    ``child_at_home`` asks for it (measurement.child_at_home). A person in no snapshot has family
    type unknown and no family members.

    ``key``: the column that tells rows apart, where one person has several. ``few``: the persons
    are few (joins.are_few), and looked up in the snapshots without moving these.
    """
    relatives = _relatives(persons, snapshots, key, few)
    joined = persons.join(relatives, key, "left")
    counts = {name: F.coalesce(F.col(name), F.lit(0)) for name in (*_CHILDREN, "danish_partner")}
    at_home = F.coalesce(F.col("family_position") == _CHILD, F.lit(False))
    family_type = _family_type(F.col("family_type"))
    if child_at_home:
        family_type = F.when(at_home, F.lit(CHILD_AT_HOME)).otherwise(family_type)
    return joined.withColumns(
        {
            **counts,
            "has_partner": F.col("partner_id").isNotNull().cast("int"),
            CHILD_AT_HOME: at_home.cast("int"),
            "family_type": family_type,
        }
    ).drop("snapshot_date", "family_id", "family_position", "partner_id")


def _family_type(code: "Column") -> "Column":
    name = F.lit(UNKNOWN)
    for family_type, codes in _FAMILY_TYPES.items():
        name = F.when(code.isin(*codes), F.lit(family_type)).otherwise(name)
    return name


def _relatives(persons: "DataFrame", snapshots: "DataFrame", key: str, few: bool) -> "DataFrame":
    """One row per key with a relative in the snapshot: children by age in the family, the person
    not among them, and whether the partner, who may be in another family, is of Danish origin.

    One pass over the snapshots finds both: a row is looked up as a child of its family and as
    somebody's partner.
    """
    wanted = persons.select(
        F.col(key).alias(_ROW),
        F.col("person_id").alias("own_id"),
        "snapshot_date",
        _lookups(F.col("family_id"), F.col("partner_id")),
    )
    is_child = F.col("family_position") == _CHILD
    rows = snapshots.select(
        "snapshot_date",
        F.col("person_id").alias("relative_id"),
        completed_years(F.col("birth_date"), F.col("snapshot_date")).alias("age"),
        (F.col("origin_type") == _DANISH_ORIGIN).cast("int").alias("is_danish"),
        _lookups(F.when(is_child, F.col("family_id")), F.col("person_id")),
    )
    pairs = rows.join(small_side(wanted, few), ["snapshot_date", "role", "id"], "inner")
    other_child = (F.col("role") == "child") & (F.col("relative_id") != F.col("own_id"))
    children = (
        F.count_if(other_child & F.col("age").between(*ages)).cast("int").alias(name)
        for name, ages in _CHILDREN.items()
    )
    partner = F.max(F.when(F.col("role") == "partner", F.col("is_danish"))).alias("danish_partner")
    return pairs.groupBy(F.col(_ROW).alias(key)).agg(*children, partner)


def _lookups(family_id: "Column", partner_id: "Column") -> "Column":
    """Two rows, one for each id: role (child or partner) and id. A join drops those without id."""
    by_family = F.struct(F.lit("child").alias("role"), family_id.alias("id"))
    by_person = F.struct(F.lit("partner").alias("role"), partner_id.alias("id"))
    return F.inline(F.array(by_family, by_person))
