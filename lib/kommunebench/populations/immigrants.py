"""Immigrants who may be in a spell without work and education in the window (fact sheet, section
5)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.ages import completed_years
from kommunebench.spells.iso_weeks import last_whole_week, monday_of, weeks_between
from kommunebench.spells.population import earliest_permits, first_immigrations
from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

IMMIGRANT = 2
# In this order a person who fails several rules is counted under the first.
REASONS = (
    "no_birth_date",
    "western_origin",
    "never_of_the_age_in_the_window",
    "never_of_the_years_in_the_window",
)
# Drops nobody: of these the list of countries gives no continent, or they are not in it.
UNKNOWN_ORIGIN = "origin_unknown"
UNKNOWN_CONTINENT = "unknown"
NO_PERMIT, OTHER_PERMIT = "none_known", "other"


def find_immigrants(registers: RegisterFrames, settings: AnalysisSettings) -> "DataFrame":
    """Rows of silver.immigrants without the analysis: immigrants who stand in the population
    register shortly before the window or in it, with the rule that keeps them out (null: none).

    origin_monday: Monday of the week that following begins in, the window's first or that of the
    first immigration. arrival_date: the first immigration of VNDS, else FOERSTE_INDVANDRING; where
    neither is known the first snapshot the person stands in, and arrival_is_known is false.
    """
    window = settings.population
    persons = _seen_persons(registers.population_snapshots, settings)
    persons = persons.join(first_immigrations(registers.migrations), "person_id", "left")
    persons = persons.join(earliest_permits(registers, settings), "person_id", "left")
    countries = registers.countries.select(
        F.col("country_code").alias("country_of_origin"), "western", "origin", "continent"
    ).dropDuplicates(["country_of_origin"])
    persons = persons.join(F.broadcast(countries), "country_of_origin", "left")
    known = F.coalesce("first_immigration", "first_immigration_date")
    opening = F.lit(window.window_start)
    dated = persons.withColumns(
        {"arrival_is_known": known.isNotNull(), "arrival_date": F.coalesce(known, "first_seen")}
    ).withColumns(
        {
            "lived_here_at_opening": F.col("arrival_date") < opening,
            "origin_date": F.greatest(opening, F.col("arrival_date")),
        }
    )
    other = F.when(F.col("western"), F.lit("western")).otherwise(F.lit("other"))
    return dated.withColumns(
        {
            "origin_monday": monday_of(F.col("origin_date")),
            "last_followed_week": _last_followed(settings),
            "origin": F.coalesce("origin", other),
            "continent": F.coalesce("continent", F.lit(UNKNOWN_CONTINENT)),
            "residence_basis": F.coalesce("residence_basis", _without_basis()),
            "reason": _first_broken_rule(settings),
        }
    )


def _seen_persons(snapshots: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """Immigrants of the snapshots from the December before the window to its end: facts of the
    newest of these, and the first snapshot of all."""
    window = settings.population
    # Thirteen months before the window there is a December whatever day it opens on.
    since = F.add_months(F.lit(window.window_start), -13)
    newest = F.struct("snapshot_date", "sex", "birth_date", "country_of_origin")
    in_window = F.col("snapshot_date").between(since, F.lit(window.window_end))
    grouped = snapshots.where(F.col("origin_type") == IMMIGRANT).groupBy("person_id")
    persons = grouped.agg(
        F.max(F.when(in_window, newest)).alias("newest"),
        F.min("snapshot_date").alias("first_seen"),
        F.min("first_immigration_date").alias("first_immigration_date"),
    )
    return persons.where(F.col("newest").isNotNull()).select(
        "person_id",
        "first_seen",
        "first_immigration_date",
        "newest.sex",
        "newest.birth_date",
        "newest.country_of_origin",
    )


def _last_followed(settings: AnalysisSettings) -> "Column":
    """The last week in which a success can still be established within the observation."""
    observed = settings.observation
    lookahead = settings.employment.weeks - 1 if observed.follow_only_establishable_weeks else 0
    last = F.lit(last_whole_week(observed.observation_end))
    return weeks_between(monday_of(F.col("origin_date")), last) - F.lit(lookahead)


def _without_basis() -> "Column":
    """The residence basis of who has a permit of another kind, or none since 1997."""
    return F.when(
        F.col("mapped").isNull() & F.col("permit_date").isNull(), F.lit(NO_PERMIT)
    ).otherwise(F.lit(OTHER_PERMIT))


def _first_broken_rule(settings: AnalysisSettings) -> "Column":
    rules = settings.population
    youngest = completed_years(F.col("birth_date"), F.lit(rules.window_end))
    oldest = completed_years(F.col("birth_date"), F.lit(rules.window_start))
    broken = {
        "no_birth_date": F.col("birth_date").isNull(),
        "western_origin": F.coalesce(F.col("western"), F.lit(False)),
        "never_of_the_age_in_the_window": (youngest < rules.age_min) | (oldest > rules.age_max),
        "never_of_the_years_in_the_window": _never_of_the_years(settings),
    }
    if not rules.non_western_only:
        del broken["western_origin"]
    reasons = (F.when(holds, F.lit(reason)) for reason, holds in broken.items())
    return F.coalesce(*reasons, F.lit(None).cast("string"))


def _never_of_the_years(settings: AnalysisSettings) -> "Column":
    """Whether no spell of the window can begin in the years in Denmark that the analysis is about,
    so that nobody's weeks are put together in vain."""
    chosen = settings.immigrants
    assert chosen is not None
    if chosen.years_in_denmark == "up_to":
        return is_over_years(F.lit(settings.population.window_start), chosen.years_limit)
    last_start = F.lit(settings.spells.last_start_date)
    # Whose arrival is not known is lost for that, and counted so.
    return F.col("arrival_is_known") & ~is_over_years(last_start, chosen.years_limit)


def is_over_years(day: "Column", limit: int) -> "Column":
    """Whether a person has been in Denmark for more than so many completed years on a day; whose
    arrival is not known, by the day the population register first has them, which is no earlier."""
    return completed_years(F.col("arrival_date"), day) > limit
