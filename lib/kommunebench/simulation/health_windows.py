"""The days on which health shows in the simulated registers: those that some analysis measures,
and all the other days of a life."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.simulation.chance import chance, present_on

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# The years rows of life are delivered for.
YEARS = (2008, 2016)
# Young people and parents have only rows that some analysis measures: the own health from 2007 to
# 2011, the parents' from 1997 on, health care outside hospital from the year it is delivered for.
_FAMILIES = ("youth", "parent")
_NEWCOMERS = ("newcomer", "outsider", "earlier")
# Of these there are rows only where an analysis measures health.
_WITHOUT_LIFE = (*_FAMILIES, "earlier")
_OWN_HEALTH_FROM, _LAST_HEALTH_YEAR, FIRST_YEAR_OF_CARE = 2007, 2011, 2006


def window(persons: "DataFrame", first_year: int = 1997) -> "DataFrame":
    """Whose health some analysis measures, with the day it is seen from (begin), the last day and
    the days between: newcomers and outsiders until the end of their selection year; young people
    and their parents in every calendar year from ``first_year`` on that they are in Denmark."""
    begin = F.coalesce("arrival", F.make_date(F.year("selection_date"), F.lit(1), F.lit(1)))
    newcomers = persons.where(F.col("role").isin(*_NEWCOMERS)).select(
        "*", begin.alias("begin"), _window_end().alias("last")
    )
    since = F.when(F.col("role") == "youth", F.lit(max(first_year, _OWN_HEALTH_FROM))).otherwise(
        F.lit(first_year)
    )
    years = F.explode(F.sequence(since, F.lit(_LAST_HEALTH_YEAR))).alias("in_year")
    families = persons.where(F.col("role").isin(*_FAMILIES)).select("*", years)
    dated = families.select(
        "*",
        F.make_date("in_year", F.lit(1), F.lit(1)).alias("begin"),
        F.make_date("in_year", F.lit(12), F.lit(31)).alias("last"),
    ).drop("in_year")
    here = (
        F.coalesce(F.year("arrival") < F.year("begin"), F.lit(True))
        & F.coalesce(F.col("death_date") > F.col("last"), F.lit(True))
        & ~(
            F.coalesce(F.col("left_date") <= F.col("last"), F.lit(False))
            & F.coalesce(F.col("back_date") > F.col("begin"), F.lit(True))
        )
    )
    both = newcomers.unionByName(dated.where(here & (F.col("birth_date") < F.col("begin"))))
    return both.withColumn("days", F.datediff("last", "begin"))


def _window_end() -> "Column":
    return F.make_date(F.year("selection_date"), F.lit(12), F.lit(31))


def some_day(seed: int, *more: str) -> "Column":
    """A day of the window, the same in every register for the same seed."""
    return F.date_add(
        "begin",
        F.floor(chance(seed, "person_id", *more) * F.greatest(F.col("days"), F.lit(1))).cast("int"),
    )


def days_of_life(persons: "DataFrame", seed: int, a_year: float) -> "DataFrame":
    """person_id, n, day, u and whether the day is within the window, for so many days a year on
    average that a person is in Denmark."""
    years = F.explode(F.sequence(F.lit(YEARS[0]), F.lit(YEARS[1]))).alias("year")
    alive = (
        F.coalesce(F.year("arrival") <= F.col("year"), F.lit(True))
        & (F.year("birth_date") <= F.col("year"))
        & F.coalesce(F.year("death_date") >= F.col("year"), F.lit(True))
    )
    rows = persons.where(~F.col("role").isin(*_WITHOUT_LIFE)).select(
        "person_id",
        "birth_date",
        "arrival",
        "selection_date",
        "death_date",
        "left_date",
        "back_date",
        years,
    )
    # Evenly spread from 0 to twice the mean; or 0 and 1 where the mean is below a half.
    u_number = chance(seed, "person_id", "year")
    n_days = (
        (u_number < a_year).cast("int")
        if a_year < 0.5
        else F.floor(u_number * (2 * a_year + 1)).cast("int")
    )
    listed = rows.where(alive).select("*", n_days.alias("number")).where(F.col("number") > 0)
    listed = listed.select("*", F.explode(F.sequence(F.lit(1), F.col("number"))).alias("n"))
    u = chance(seed + 1, "person_id", "year", "n")
    day = F.date_add(F.make_date("year", F.lit(1), F.lit(1)), F.floor(u * 365).cast("int"))
    # Visits start a week after arrival, so that the fee's week is one of the stay.
    settled = F.coalesce(F.datediff(day, "arrival") >= 7, F.lit(True))
    kept = listed.select("*", day.alias("day"), F.pmod(u * 365_000, F.lit(1.0)).alias("u")).where(
        settled & present_on(day)
    )
    return kept.select(
        "person_id", "year", "n", "day", "u", (F.col("day") <= _window_end()).alias("measured")
    )
