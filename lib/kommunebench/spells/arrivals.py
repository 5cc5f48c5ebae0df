"""When a person first came to Denmark, where the register of migrations does not reach back to
it."""

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# VNDS holds migrations since then. A delivery that reaches back to this year is whole.
MIGRATIONS_SINCE = 1973
# Years with less than this share of the busiest year's events hold single late or wrong dates.
_LEAST_SHARE = 0.01


def migrations_begin(migrations: "DataFrame") -> date | None:
    """The first day of the years for which migrations were delivered without a gap up to the last
    ones; None where they reach back to 1973, or where there are none.

    Years are told by their events, of which a year needs a hundredth of the busiest year's: a
    delivery that begins in 2005 may hold an event of 1987 that was registered late.
    """
    counted = migrations.groupBy(F.year("event_date").alias("year")).count().collect()
    events = {row["year"]: row["count"] for row in counted if row["year"] is not None}
    least = _LEAST_SHARE * max(events.values(), default=0)
    delivered = {year for year, n_events in events.items() if n_events >= least}
    if not delivered:
        return None
    first = max(delivered)
    while first - 1 in delivered:
        first -= 1
    return date(first, 1, 1) if first > MIGRATIONS_SINCE else None


def first_crossings(migrations: "DataFrame") -> "DataFrame":
    """person_id, first_immigration, first_emigration: the first arrival and the first departure
    VNDS knows of each person, null where it knows of none."""

    def first(event: str) -> "Column":
        day = F.when(F.col("event") == event, F.col("event_date"))
        return F.min(day).alias(f"first_{event}")

    return migrations.groupBy("person_id").agg(first("immigration"), first("emigration"))


def came_before_migrations(begin: date | None) -> "Column":
    """Whether BEF knows of an immigration before the first one of VNDS, on a day before VNDS as
    delivered begins: the person came back, and the first arrival is the one that BEF knows of.

    Of rows with first_immigration (VNDS) and first_immigration_date (FOERSTE_INDVANDRING);
    ``begin``: what migrations_begin says.
    """
    if begin is None:
        return F.lit(False)
    given = F.col("first_immigration_date")
    return F.coalesce((given < F.col("first_immigration")) & (given < F.lit(begin)), F.lit(False))


def first_arrival(begin: date | None) -> "Column":
    """The first immigration of VNDS, else FOERSTE_INDVANDRING, which also counts where
    came_before_migrations holds; null where neither is known."""
    first, given = F.col("first_immigration"), F.col("first_immigration_date")
    return F.when(came_before_migrations(begin), given).otherwise(F.coalesce(first, given))


def was_abroad_when_migrations_begin(begin: date | None) -> "Column":
    """Whether somebody who came before VNDS begins was abroad then: the first thing VNDS knows of
    the person is the return. On one date a departure comes before an arrival. Of rows of
    first_crossings with first_immigration_date."""
    left_before = F.coalesce(F.col("first_emigration") <= F.col("first_immigration"), F.lit(False))
    return came_before_migrations(begin) & ~left_before
