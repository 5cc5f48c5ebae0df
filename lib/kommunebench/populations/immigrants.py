"""Immigrants who may be in a spell without work and education in the window (fact sheet, section
5)."""

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.populations.origin import EARLIER_ARRIVAL, remarks
from kommunebench.settings import AnalysisSettings
from kommunebench.spells.ages import completed_years
from kommunebench.spells.arrivals import (
    came_before_migrations,
    first_arrival,
    first_crossings,
    migrations_begin,
    was_abroad_when_migrations_begin,
)
from kommunebench.spells.iso_weeks import last_whole_week, monday_of, weeks_between
from kommunebench.spells.population import earliest_permits
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
# Permits are delivered by the year of the immigration, since then.
_PERMITS_BEGIN = date(1997, 1, 1)
ARRIVED_WITHOUT_PERMIT = "arrived_since_1997_without_permit"
UNMAPPED_PERMIT = "permit_codes_not_in_list"
# What is worth counting of those who are followed; drops nobody.
REMARKS = (EARLIER_ARRIVAL, ARRIVED_WITHOUT_PERMIT, UNMAPPED_PERMIT)


def find_immigrants(registers: RegisterFrames, settings: AnalysisSettings) -> "DataFrame":
    """Rows of silver.immigrants without the analysis: immigrants who stand in the population
    register shortly before the window or in it, with the rule that keeps them out (null: none).

    origin_monday: Monday of the week that following begins in, the window's first or that of the
    first immigration. arrival_date: the first immigration of VNDS, else FOERSTE_INDVANDRING, which
    also counts where it lies before VNDS as delivered begins (arrivals.first_arrival); where
    neither is known the first snapshot the person stands in, and arrival_is_known is false.
    remarks: which of REMARKS hold.
    """
    window = settings.population
    persons = _seen_persons(registers.population_snapshots, settings)
    persons = persons.join(first_crossings(registers.migrations), "person_id", "left")
    persons = persons.join(earliest_permits(registers, settings), "person_id", "left")
    countries = registers.countries.select(
        F.col("country_code").alias("country_of_origin"), "western", "origin", "continent"
    ).dropDuplicates(["country_of_origin"])
    persons = persons.join(F.broadcast(countries), "country_of_origin", "left")
    begin = migrations_begin(registers.migrations)
    known = first_arrival(begin)
    # Who came back after VNDS begins, and was not here when it does, is here from the return.
    returned = F.when(was_abroad_when_migrations_begin(begin), F.col("first_immigration"))
    opening = F.lit(window.window_start)
    dated = (
        persons.withColumns(
            {"arrival_is_known": known.isNotNull(), "arrival_date": F.coalesce(known, "first_seen")}
        )
        .withColumn("here_since", F.coalesce(returned, "arrival_date"))
        .withColumns(
            {
                "lived_here_at_opening": F.col("here_since") < opening,
                "origin_date": F.greatest(opening, F.col("here_since")),
            }
        )
    )
    other = F.when(F.col("western"), F.lit("western")).otherwise(F.lit("other"))
    return dated.withColumns(
        {
            "origin_monday": monday_of(F.col("origin_date")),
            "last_followed_week": _last_followed(settings),
            "origin": F.coalesce("origin", other),
            "continent": F.coalesce("continent", F.lit(UNKNOWN_CONTINENT)),
            "residence_basis": _residence_basis(),
            "reason": _first_broken_rule(settings),
            "remarks": remarks(_flags(begin)),
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


def _residence_basis() -> "Column":
    """The basis of the earliest permit; of another kind of permit OTHER_PERMIT. NO_PERMIT where
    there is none, and of who came before the files of permits begin: by KATEGORI 9999, whatever
    permit came later, and by the date of a permit of another kind."""
    before = F.coalesce(F.col("permit_date") < F.lit(_PERMITS_BEGIN), F.lit(False))
    return (
        F.when(~_has_permit() | F.col("came_before_permits"), F.lit(NO_PERMIT))
        .when(F.col("residence_basis").isNotNull(), F.col("residence_basis"))
        .when(before, F.lit(NO_PERMIT))
        .otherwise(F.lit(OTHER_PERMIT))
    )


def _has_permit() -> "Column":
    """Whether a person has a row in the register of permits."""
    return F.col("came_before_permits").isNotNull()


def _flags(begin: date | None) -> "dict[str, Column]":
    """Which of REMARKS hold; ``begin``: what migrations_begin says."""
    arrived_since = F.col("arrival_is_known") & (F.col("arrival_date") >= F.lit(_PERMITS_BEGIN))
    unmapped = _has_permit() & ~F.col("came_before_permits") & F.col("mapped").isNull()
    return {
        EARLIER_ARRIVAL: came_before_migrations(begin),
        ARRIVED_WITHOUT_PERMIT: arrived_since & ~_has_permit(),
        UNMAPPED_PERMIT: F.coalesce(unmapped, F.lit(False)),
    }


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
