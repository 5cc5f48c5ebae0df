"""Spells that do not count, each with the reason (method, section 4)."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.iso_weeks import monday_of_week

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

NO_MUNICIPALITY = "no_municipality"
AFTER_CENSORING = "after_a_censoring"
NO_WEEK_LEFT = "start_in_or_after_last_followed_week"
STARTED_LATE = "start_after_last_start_date"
LATER_SPELL = "later_spell_of_the_person"
# A spell that would be lost for several reasons is counted under the first.
LOST_REASONS = (NO_MUNICIPALITY, AFTER_CENSORING, NO_WEEK_LEFT, STARTED_LATE, LATER_SPELL)


def with_outcome(spells: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """Spells with event, and why those that do not count are lost."""
    start_monday = monday_of_week(F.col("origin_monday"), F.col("start_week"))
    lost = (
        F.when(F.col("municipality_code").isNull(), F.lit(NO_MUNICIPALITY))
        .when(F.col("after_censoring"), F.lit(AFTER_CENSORING))
        .when(F.col("start_week") >= F.col("last_followed_week"), F.lit(NO_WEEK_LEFT))
        .when(start_monday > F.lit(settings.spells.last_start_date), F.lit(STARTED_LATE))
    )
    event = F.coalesce((F.col("end_reason") == "success").cast("int"), F.lit(0))
    return spells.withColumns({"event": event, "lost": lost, "start_monday": start_monday}).drop(
        "after_censoring"
    )


def lose_later_spells(spells: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """The spells with the reason of those that come after the first one that counts, where only
    that one shall (spells.first_spell_only; fact sheet, section 6)."""
    if not settings.spells.first_spell_only:
        return spells
    counts = F.col("lost").isNull()
    first = F.min(F.when(counts, F.col("start_week"))).over(Window.partitionBy("person_id"))
    later = counts & (F.col("start_week") > first)
    return spells.withColumn("lost", F.when(later, F.lit(LATER_SPELL)).otherwise(F.col("lost")))
