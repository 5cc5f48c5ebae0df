"""School and education of minors, who have no education grant yet (fact sheet, section 5)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.spells.ages import anniversary
from kommunebench.spells.iso_weeks import monday_of
from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

GROWN_UP = 18
# A count of 1 October tells of the school year it lies in, from August to July.
_SCHOOL_YEAR_FROM, _SCHOOL_YEAR_TO = (8, 1), (7, 31)


def schooling_of_minors(registers: RegisterFrames, persons: "DataFrame") -> "DataFrame | None":
    """One row per person who was in education before the 18th birthday: ``schooling``, an array of
    (first_monday, last_monday), the weeks touched; None where neither KOTRE nor UDDA is delivered.

    KOTRE has the spells of education themselves; where it is not delivered, somebody who is in an
    education on 1 October by UDDA is in it for the school year, from the day it began.
    """
    if registers.education_spells is not None:
        spells = registers.education_spells.select(
            "person_id", "from_date", F.coalesce("to_date", F.lit("2100-12-31").cast("date"))
        ).toDF("person_id", "from_date", "to_date")
    elif registers.educations is not None:
        spells = _school_years(registers.educations)
    else:
        return None
    born = persons.select("person_id", anniversary(F.col("birth_date"), GROWN_UP).alias("birthday"))
    minors = spells.join(born, "person_id", "inner").where(F.col("from_date") < F.col("birthday"))
    last = F.least(F.col("to_date"), F.date_sub("birthday", 1))
    stay = F.struct(
        monday_of(F.col("from_date")).alias("first_monday"), monday_of(last).alias("last_monday")
    )
    whole = minors.where(F.col("from_date") <= last)
    return whole.groupBy("person_id").agg(F.collect_list(stay).alias("schooling"))


def is_in_school(schooling: "Column", monday: "Column") -> "Column":
    """Whether a week, by its Monday, is touched by school or education before the 18th birthday."""

    def covers(stay: "Column") -> "Column":
        return (stay["first_monday"] <= monday) & (monday <= stay["last_monday"])

    return F.coalesce(F.exists(schooling, covers), F.lit(False))


def _school_years(educations: "DataFrame") -> "DataFrame":
    year = F.year("reference_date")
    begins = F.make_date(year, *map(F.lit, _SCHOOL_YEAR_FROM))
    ends = F.make_date(year + 1, *map(F.lit, _SCHOOL_YEAR_TO))
    in_education = educations.where(F.col("current_education").isNotNull())
    return in_education.select(
        "person_id",
        F.greatest(begins, F.col("current_since")).alias("from_date"),
        ends.alias("to_date"),
    )
