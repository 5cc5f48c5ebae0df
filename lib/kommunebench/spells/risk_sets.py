"""The weekly counts behind Kaplan-Meier, of every municipality and of all together."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def count_risk_sets(spells: "DataFrame") -> "DataFrame":
    """municipality_code (null: all), week, at_risk, events, censored; weeks in which no spell ends
    are left out.

    A spell is at risk in weeks 1 to its duration: ``at_risk`` counts those under observation just
    before the week's end, the ones that end in it among them.
    """
    ended = F.col("duration").alias("week")
    counted = spells.groupBy("municipality_code", ended).agg(
        F.sum("event").cast("long").alias("events"),
        F.sum(1 - F.col("event")).cast("long").alias("censored"),
    )
    everyone = counted.groupBy("week").agg(
        F.sum("events").alias("events"), F.sum("censored").alias("censored")
    )
    together = counted.unionByName(
        everyone.withColumn("municipality_code", F.lit(None).cast("string"))
    )
    later = (
        Window.partitionBy("municipality_code")
        .orderBy("week")
        .rowsBetween(Window.currentRow, Window.unboundedFollowing)
    )
    at_risk = F.sum(F.col("events") + F.col("censored")).over(later)
    return together.select(
        "municipality_code", "week", at_risk.alias("at_risk"), "events", "censored"
    )
