"""Death and absence abroad (method, section 2)."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.spells.iso_weeks import monday_of

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

DEAD, ABROAD = "dead", "abroad"


def stays_abroad(migrations: "DataFrame", persons: "DataFrame") -> "DataFrame":
    """One row per person who left: ``abroad``, an array of (first_monday, return_monday or null),
    in order of date.

    A stay is from the week of the departure to the week before the return's. On one date an
    emigration comes before an immigration; an emigration before the first arrival is ignored; of
    several emigrations without a return the first counts.
    """
    crossings = migrations.join(
        persons.select("person_id", "arrival_date"), "person_id", "inner"
    ).where(F.col("event_date") >= F.col("arrival_date"))
    order = Window.partitionBy("person_id").orderBy(
        "event_date", (F.col("event") == "immigration").cast("int")
    )
    previous = F.lag("event").over(order)
    runs = crossings.withColumn(
        "first_of_run", previous.isNull() | (previous != F.col("event"))
    ).where("first_of_run")
    left = runs.withColumn("returned_date", F.lead("event_date").over(order)).where(
        F.col("event") == "emigration"
    )
    stay = F.struct(
        monday_of(F.col("event_date")).alias("first_monday"),
        monday_of(F.col("returned_date")).alias("return_monday"),
    )
    return left.groupBy("person_id").agg(F.array_sort(F.collect_list(stay)).alias("abroad"))


def is_abroad(abroad: "Column", monday: "Column") -> "Column":
    """Whether a week, by its Monday, lies in a stay abroad."""

    def covers(stay: "Column") -> "Column":
        return (stay["first_monday"] <= monday) & F.coalesce(
            stay["return_monday"] > monday, F.lit(True)
        )

    return F.coalesce(F.exists(abroad, covers), F.lit(False))


def death_mondays(deaths: "DataFrame", persons: "DataFrame") -> "DataFrame":
    """One row per person in DOD: ``death_monday``, the Monday of the week of death."""
    dead = deaths.join(persons.select("person_id"), "person_id", "left_semi")
    return dead.groupBy("person_id").agg(monday_of(F.min("death_date")).alias("death_monday"))
