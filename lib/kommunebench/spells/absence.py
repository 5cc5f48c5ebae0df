"""Death and absence abroad (method, section 2)."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

DEAD, ABROAD = "dead", "abroad"


def stays_abroad(migrations: "DataFrame", persons: "DataFrame") -> "DataFrame":
    """One row per person who left: ``abroad``, an array of (left_date, returned_date or null), in order of date.

    On one date an emigration comes before an immigration; an emigration before the first arrival is ignored; of several
    emigrations without a return the first counts.
    """
    own = migrations.join(persons.select("person_id", "arrival_date"), "person_id", "inner").where(
        F.col("event_date") >= F.col("arrival_date")
    )
    order = Window.partitionBy("person_id").orderBy("event_date", (F.col("event") == "immigration").cast("int"))
    first_of_run = F.lag("event").over(order).isNull() | (F.lag("event").over(order) != F.col("event"))
    runs = own.withColumn("first_of_run", first_of_run).where("first_of_run")
    left = runs.withColumn("returned_date", F.lead("event_date").over(order)).where(F.col("event") == "emigration")
    stay = F.struct(F.col("event_date").alias("left_date"), "returned_date")
    return left.groupBy("person_id").agg(F.array_sort(F.collect_list(stay)).alias("abroad"))


def is_abroad(abroad: "Column", monday: "Column") -> "Column":
    """Whether a week counts as abroad: from the week of the departure to the week before the return's."""

    def covers(stay: "Column") -> "Column":
        left = F.date_trunc("week", stay["left_date"]).cast("date")
        returned = F.date_trunc("week", stay["returned_date"]).cast("date")
        return (left <= monday) & F.coalesce(returned > monday, F.lit(True))

    return F.coalesce(F.exists(abroad, covers), F.lit(False))
