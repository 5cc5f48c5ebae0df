"""Tables 2.1 and 2.2: spells by outcome, sex and residence basis; and the weekly counts behind Kaplan-Meier."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TOTAL = "total"


def keep_compared(spells: "DataFrame", min_spells: int) -> "DataFrame":
    """Spells of the municipalities that have enough of them to be compared."""
    sizes = spells.groupBy("municipality_code").agg(F.count(F.lit(1)).alias("n")).where(F.col("n") >= min_spells)
    return spells.join(F.broadcast(sizes.select("municipality_code")), "municipality_code", "left_semi")


def count_outcomes(spells: "DataFrame") -> "DataFrame":
    """breakdown, value, outcome, spells, share, mean_weeks. Share is of the value's spells; outcome total is all of them."""
    rows = _by_place(spells).select("place.*", F.explode(F.array("outcome", F.lit(TOTAL))).alias("outcome"), "duration")
    counted = rows.groupBy("breakdown", "value", "outcome").agg(
        F.count(F.lit(1)).alias("spells"), F.avg("duration").alias("mean_weeks")
    )
    totals = counted.where(F.col("outcome") == TOTAL).select("breakdown", "value", F.col("spells").alias("all_spells"))
    shares = counted.join(totals, ["breakdown", "value"], "inner")
    return shares.withColumn("share", F.col("spells") / F.col("all_spells")).drop("all_spells")


def count_by_place(spells: "DataFrame") -> "DataFrame":
    """breakdown, value, week, events, censored: the weekly counts behind each value's pooled curve."""
    rows = _by_place(spells).select("place.*", "duration", "event")
    return rows.groupBy("breakdown", "value", F.col("duration").alias("week")).agg(
        F.sum("event").alias("events"), F.sum(1 - F.col("event")).alias("censored")
    )


def _by_place(spells: "DataFrame") -> "DataFrame":
    """Each spell once per cell it counts in: its sex, its residence basis, and the total of both breakdowns."""
    basis = F.when(F.col("residence_basis").startswith("family"), F.lit("family_reunified")).otherwise(F.lit("refugee"))
    cells = (("sex", F.col("sex")), ("sex", F.lit(TOTAL)), ("residence_basis", basis), ("residence_basis", F.lit(TOTAL)))
    places = F.array(*(F.struct(F.lit(name).alias("breakdown"), value.alias("value")) for name, value in cells))
    return spells.select(F.explode(places).alias("place"), "outcome", "duration", "event")


def count_risk_sets(spells: "DataFrame") -> "DataFrame":
    """municipality_code (null: all), week, events, censored in that week, and at_risk just before it; weeks with neither left out."""
    counted = spells.groupBy("municipality_code", F.col("duration").alias("week")).agg(
        F.sum("event").alias("events"), F.sum(1 - F.col("event")).alias("censored")
    )
    everyone = counted.groupBy("week").agg(F.sum("events").alias("events"), F.sum("censored").alias("censored"))
    together = counted.unionByName(everyone.withColumn("municipality_code", F.lit(None).cast("string")))
    later = Window.partitionBy("municipality_code").orderBy("week").rowsBetween(Window.currentRow, Window.unboundedFollowing)
    return together.withColumn("at_risk", F.sum(F.col("events") + F.col("censored")).over(later))
