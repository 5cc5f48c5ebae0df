"""From weeks to spells (method, section 4).

Weeks without employment form gaps between stretches of employment. A gap holds at most one spell: it starts in the gap's first week
in which no censoring state holds, and ends in success in the week after the gap, or is censored inside it.
"""

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.absence import ABROAD, DEAD
from kommunebench.spells.benefits import end_reason_of

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

AFTER_CENSORING = "after_a_censoring"
NO_WEEK_LEFT = "start_in_or_after_last_followed_week"
STARTED_LATE = "start_after_last_start_date"
NO_MUNICIPALITY = "no_municipality"
LOST_REASONS = (NO_MUNICIPALITY, AFTER_CENSORING, NO_WEEK_LEFT, STARTED_LATE)
# Moves this close to the start of a spell are counted in every run, whatever the grace period is.
EARLY_MOVE_WEEKS = 8


def find_spells(panel: "DataFrame", population: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """One row per spell candidate: person_id, municipality_code, start_week, end_week, event, end_reason, early_move, lost."""
    weeks = _followed_weeks(panel, population, settings)
    candidates = _one_per_gap(_mark_starts(weeks, settings), settings)
    return _mark_lost(candidates, settings)


def _followed_weeks(panel: "DataFrame", population: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """Weeks 0 to the last followed week, numbered by gap, each with the censoring state that holds in it."""
    persons = population.select("person_id", "origin_monday", "last_followed_week", "birth_date")
    weeks = panel.select("person_id", "week", "municipality_code", "dream_code", "absence", "is_employed")
    weeks = weeks.join(persons, "person_id", "inner").where(F.col("week") <= F.col("last_followed_week"))
    order = Window.partitionBy("person_id").orderBy("week")
    return (
        weeks.withColumn("gap", F.sum(F.col("is_employed").cast("int")).over(order))
        .withColumn("state_reason", _censoring_state(settings))
        .withColumn("next_employed", F.lead("is_employed").over(order))
    )


def _censoring_state(settings: AnalysisSettings) -> "Column":
    """The censoring reason that holds in a week, in the order in which ties are decided; a move is not a state."""
    reasons = settings.spells.censoring_reasons
    birthday_year = F.year("birth_date") + settings.observation.age_limit_year
    limit = F.date_trunc("week", F.make_date(birthday_year, F.lit(1), F.lit(1))).cast("date")
    monday = F.date_add("origin_monday", F.col("week") * 7)
    reason = F.when(monday >= limit, F.lit("age_limit"))
    reason = F.coalesce(end_reason_of(F.col("dream_code"), reasons), reason)
    if "emigration" in reasons:
        reason = F.when(F.col("absence") == ABROAD, F.lit("emigration")).otherwise(reason)
    return F.when(F.col("absence") == DEAD, F.lit("death")).otherwise(reason)


def _mark_starts(weeks: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """Weeks of gaps from each gap's spell start on, with the municipality the spell belongs to."""
    gap = Window.partitionBy("person_id", "gap")
    grace = settings.spells.placement_grace_weeks
    idle = weeks.where(~F.col("is_employed"))
    start = F.min(F.when(F.col("state_reason").isNull(), F.col("week"))).over(gap)
    started = idle.withColumn("start_week", start).where(F.col("week") >= F.col("start_week"))
    placed = F.max_by("municipality_code", F.when(F.col("week") <= F.col("start_week") + grace, F.col("week"))).over(gap)
    first = F.min_by("municipality_code", "week").over(gap)
    return started.withColumn("spell_municipality", placed).withColumn("first_municipality", first)


def _one_per_gap(started: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """Each gap's spell with its end: the first censoring week, else success in the week after the gap, else the end of follow-up."""
    after_grace = F.col("week") > F.col("start_week") + settings.spells.placement_grace_weeks
    moved = after_grace & (F.col("municipality_code") != F.col("spell_municipality"))
    reason = F.col("state_reason")
    if "moved_municipality" in settings.spells.censoring_reasons:
        # A move ranks after death and emigration and before every other reason.
        reason = F.when(
            moved & ~F.coalesce(reason.isin("death", "emigration"), F.lit(False)), F.lit("moved_municipality")
        ).otherwise(reason)
    follow_up_ends = F.when(F.col("last_followed_week") == settings.observation.horizon_weeks, F.lit("end_of_follow_up"))
    last = F.when(F.col("week") == F.col("last_followed_week"), F.coalesce(follow_up_ends, F.lit("end_of_data")))
    censored_week = F.when((F.col("week") > F.col("start_week")) & reason.isNotNull(), F.col("week"))
    last_week = F.when(last.isNotNull() & (F.col("week") > F.col("start_week")), F.col("week"))
    ended = started.withColumn("reason", F.coalesce(reason, last)).withColumn("stop", F.coalesce(censored_week, last_week))
    moved_early = (F.col("week") <= F.col("start_week") + EARLY_MOVE_WEEKS) & (
        F.col("municipality_code") != F.col("first_municipality")
    )
    spells = ended.groupBy("person_id", "gap").agg(
        F.first("spell_municipality").alias("municipality_code"),
        F.first("start_week").alias("start_week"),
        F.first("last_followed_week").alias("last_followed_week"),
        F.first("origin_monday").alias("origin_monday"),
        F.min("stop").alias("stop"),
        F.min_by("reason", "stop").alias("stop_reason"),
        F.max("week").alias("last_gap_week"),
        F.max_by("next_employed", "week").alias("work_follows"),
        F.coalesce(F.bool_or(moved_early), F.lit(False)).alias("early_move"),
    )
    success = F.col("stop").isNull() & F.coalesce(F.col("work_follows"), F.lit(False))
    return spells.select(
        "person_id",
        "municipality_code",
        "start_week",
        "last_followed_week",
        "origin_monday",
        "early_move",
        F.when(success, F.col("last_gap_week") + 1).otherwise(F.col("stop")).alias("end_week"),
        success.cast("int").alias("event"),
        F.when(success, F.lit("success")).otherwise(F.col("stop_reason")).alias("end_reason"),
    )


def _mark_lost(candidates: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """Why a candidate does not count: an earlier spell was censored, no followed week is left, or it starts too late."""
    earlier = Window.partitionBy("person_id").orderBy("start_week").rowsBetween(Window.unboundedPreceding, -1)
    censored_before = F.coalesce(F.bool_or(F.col("event") == 0).over(earlier), F.lit(False))
    start_monday = F.date_add("origin_monday", F.col("start_week") * 7)
    lost = (
        F.when(F.col("municipality_code").isNull(), F.lit(NO_MUNICIPALITY))
        .when(censored_before, F.lit(AFTER_CENSORING))
        .when(F.col("start_week") >= F.col("last_followed_week"), F.lit(NO_WEEK_LEFT))
        .when(start_monday > F.lit(settings.spells.last_start_date), F.lit(STARTED_LATE))
    )
    return candidates.withColumn("lost", lost).withColumn("start_monday", start_monday)
