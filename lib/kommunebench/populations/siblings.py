"""Who belongs together: children of one mother are a cluster (fact sheet, section 1)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# A mother has not more children than this among the pupils of some exam years, or the residents of
# some years of birth. An id that more of them share stands for mothers who are not known.
MOST_CHILDREN = 30
MOTHER_OF_MANY = "mother_id_of_many"


def part_children_of_many(cases: "DataFrame", counted: "DataFrame") -> "DataFrame":
    """Cases in which each child of a mother with more than MOST_CHILDREN of them is a cluster
    alone, as one without a mother is, and is remarked on. ``counted``: the same cases before
    anything was joined to them, whose children are counted."""
    children = counted.groupBy("mother_id").agg(F.count(F.lit(1)).alias("children"))
    fillers = children.where(
        F.col("mother_id").isNotNull() & (F.col("children") > MOST_CHILDREN)
    ).select("mother_id", F.lit(True).alias("is_filler"))
    marked = cases.join(F.broadcast(fillers), "mother_id", "left")
    filler = F.col("is_filler").isNotNull()
    remark = F.array_compact(F.array(F.when(filler, F.lit(MOTHER_OF_MANY))))
    return marked.withColumns(
        {
            "cluster_id": F.when(filler, F.col("person_id")).otherwise(F.col("cluster_id")),
            "remarks": F.concat("remarks", remark),
        }
    ).drop("is_filler")
