"""School and education of minors, who have no education grant yet (fact sheet, section 5)."""

from datetime import date
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.spells.ages import anniversary
from kommunebench.spells.iso_weeks import monday_of
from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

GROWN_UP = 18
# A count of 1 October tells of the school year it lies in, from August to July.
_SCHOOL_YEAR_FROM, _COUNTED_ON, _SCHOOL_YEAR_TO = (8, 1), (10, 1), (7, 31)
_NO_END = date(2100, 12, 31)


def schooling_of_minors(registers: RegisterFrames, persons: "DataFrame") -> "DataFrame | None":
    """One row per person who was in education before the 18th birthday, of those who were minors in
    their first week: ``schooling``, an array of (first_monday, last_monday), the weeks touched;
    None where neither KOTRE nor UDDA is delivered.

    KOTRE has the spells of education themselves. Somebody who is in an education on 1 October by
    UDDA is in it for the school year, from the day it began, unless a spell of KOTRE holds that
    day: when that education began and ended is then known. ``persons`` has person_id, birth_date
    and origin_monday.
    """
    frames = ((_spells, registers.education_spells), (_school_years, registers.educations))
    delivered = [stays_of(frame) for stays_of, frame in frames if frame is not None]
    if not delivered:
        return None
    grown_up = anniversary(F.col("birth_date"), GROWN_UP)
    minors = persons.select("person_id", grown_up.alias("birthday"), "origin_monday").where(
        F.col("birthday") > F.col("origin_monday")
    )
    of_minors = (
        reduce(lambda a, b: a.unionByName(b), delivered)
        .join(minors.drop("origin_monday"), "person_id", "inner")
        .where(F.col("from_date") <= F.col("to_date"))
        .where(F.col("from_date") < F.col("birthday"))
    )
    stay = F.struct("from_date", "to_date", "counted_on")
    collected = of_minors.groupBy("person_id", "birthday").agg(F.collect_list(stay).alias("stays"))
    return collected.select("person_id", _weeks_touched(F.col("stays")).alias("schooling"))


def _weeks_touched(stays: "Column") -> "Column":
    """The stays before the birthday as weeks, without the counts that a spell of KOTRE explains."""

    def is_told(count: "Column") -> "Column":
        day = count["counted_on"]
        return F.exists(
            stays,
            lambda spell: (
                spell["counted_on"].isNull()
                & (spell["from_date"] <= day)
                & (day <= spell["to_date"])
            ),
        )

    kept = F.filter(stays, lambda stay: stay["counted_on"].isNull() | ~is_told(stay))
    return F.transform(
        kept,
        lambda stay: F.struct(
            monday_of(stay["from_date"]).alias("first_monday"),
            monday_of(F.least(stay["to_date"], F.date_sub("birthday", 1))).alias("last_monday"),
        ),
    )


def is_in_school(schooling: "Column", monday: "Column") -> "Column":
    """Whether a week, by its Monday, is touched by school or education before the 18th birthday."""

    def covers(stay: "Column") -> "Column":
        return (stay["first_monday"] <= monday) & (monday <= stay["last_monday"])

    return F.coalesce(F.exists(schooling, covers), F.lit(False))


def years_of_unknown_schooling(
    registers: RegisterFrames, first_day: date, last_day: date
) -> tuple[int, ...]:
    """The years whose count of 1 October would have to tell which minors are in education between
    two days, and does not: neither is KOTRE delivered, nor does UDDA of the year have anybody in an
    education (UDD is not among its columns, or its file is not delivered)."""
    if registers.education_spells is not None:
        return ()
    first = first_day.year - ((first_day.month, first_day.day) < _SCHOOL_YEAR_FROM)
    last = last_day.year - ((last_day.month, last_day.day) < _COUNTED_ON)
    needed = range(first, last + 1)
    if registers.educations is None:
        return tuple(needed)
    told = registers.educations.where(F.col("current_education").isNotNull())
    rows = told.select(F.year("reference_date").alias("year")).distinct().collect()
    years = {row["year"] for row in rows}
    return tuple(year for year in needed if year not in years)


def _spells(education_spells: "DataFrame") -> "DataFrame":
    """Spells of KOTRE; one that goes on has no last day."""
    return education_spells.select(
        "person_id",
        "from_date",
        F.coalesce("to_date", F.lit(_NO_END)).alias("to_date"),
        F.lit(None).cast("date").alias("counted_on"),
    )


def _school_years(educations: "DataFrame") -> "DataFrame":
    """The school years of those whom a count of UDDA has in an education."""
    year = F.year("reference_date")
    begins = F.make_date(year, *map(F.lit, _SCHOOL_YEAR_FROM))
    ends = F.make_date(year + 1, *map(F.lit, _SCHOOL_YEAR_TO))
    in_education = educations.where(F.col("current_education").isNotNull())
    return in_education.select(
        "person_id",
        F.greatest(begins, F.col("current_since")).alias("from_date"),
        ends.alias("to_date"),
        F.col("reference_date").alias("counted_on"),
    )
