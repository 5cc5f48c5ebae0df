"""Employment that counts as success (method, section 3)."""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def add_employment(weeks: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """The weeks with ``is_employed``: in a stretch that begins with a week that starts a success.

    Employment from a success at week k lasts at least through week k + 12, then to the first week that is not transfer-free or
    that starts four weeks in a row without hours.
    """
    rules = settings.employment
    order = Window.partitionBy("person_id").orderBy("week")
    flagged = weeks.withColumn("starts_success", starts_success(settings)).withColumn("ends_work", _ends_work(settings))
    ending = F.when(F.col("ends_work"), F.col("week"))
    # The first ending week that lies after the success' own window.
    end = F.min(ending).over(order.rowsBetween(rules.weeks, Window.unboundedFollowing))
    flagged = flagged.withColumn("employment_end", F.when(F.col("starts_success"), F.coalesce(end, F.lit(2**31 - 1))))
    latest_end = F.max("employment_end").over(order.rowsBetween(Window.unboundedPreceding, Window.currentRow))
    employed = F.coalesce(latest_end > F.col("week"), F.lit(False))
    return flagged.withColumn("is_employed", employed).drop("starts_success", "ends_work", "employment_end")


def starts_success(settings: AnalysisSettings) -> "Column":
    """Whether a week starts a success: it has hours, and 13 whole weeks from it are transfer-free with enough hours on average."""
    rules = settings.employment
    window = Window.partitionBy("person_id").orderBy("week").rowsBetween(0, rules.weeks - 1)
    all_free = F.sum(F.col("is_transfer_free").cast("int")).over(window) == rules.weeks
    # The allowance is for sums of sevenths that fall short of a whole number in the last digit.
    needed = (rules.hours_per_week - rules.hours_tolerance) * rules.weeks - 1e-9
    enough = F.sum("hours").over(window) >= needed
    return F.col("is_transfer_free") & (F.col("hours") > 0) & all_free & enough


def _ends_work(settings: AnalysisSettings) -> "Column":
    """Whether a week ends work: not transfer-free, or the first of four weeks in a row without hours (holiday allowance aside)."""
    length = settings.employment.zero_hours_weeks_to_end
    following = Window.partitionBy("person_id").orderBy("week").rowsBetween(0, length - 1)
    holiday = F.coalesce(F.col("dream_code").isin(*settings.observation.holiday_codes_transfer_free), F.lit(False))
    idle = (F.col("hours") == 0) & ~holiday
    idle_run = F.sum(idle.cast("int")).over(following) == length
    return ~F.col("is_transfer_free") | idle_run
