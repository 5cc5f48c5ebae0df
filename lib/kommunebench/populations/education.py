"""Highest completed education on 1 October of a year, by level of DISCED-15."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.populations.case_registers import CaseRegisters
from kommunebench.spells.joins import only_those_of
from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

NONE_OR_UNKNOWN = "none_or_unknown"


def add_education(
    persons: "DataFrame",
    registers: CaseRegisters | RegisterFrames,
    *,
    person: str,
    year: str,
    birth: str,
    looked_for: "DataFrame | None" = None,
) -> "DataFrame":
    """Persons with what UDDA holds of them: in_udda, has_no_education (they stand there without a
    highest education), level, completed_date, source.

    ``person``, ``year``, ``birth``: the columns of ``persons`` with whose education, of which year
    and whose birth date. level is null where UDDA has no education, where the list of levels does
    not hold it (unlisted_education is true), and where it was completed before the birth
    (impossible_education is true). ``looked_for``: the persons and years of ``persons``, where they
    are few and cheaply made (joins.are_few). Raises RegisterError where UDDA or the list is not in
    the store.
    """
    educations = registers.need("educations", "completed education")
    levels = registers.need("education_levels", "completed education")
    rows = educations.select(
        F.col("person_id").alias(person),
        F.year("reference_date").alias(year),
        F.lit(True).alias("in_udda"),
        F.col("highest_education").alias("education"),
        "completed_date",
        "source",
    )
    if looked_for is not None:
        rows = only_those_of(rows, looked_for.select(person, year), few=True)
    joined = persons.join(rows, [person, year], "left").join(
        F.broadcast(levels.select("education", F.col("level").alias("listed_level"))),
        "education",
        "left",
    )
    impossible = F.coalesce(F.col("completed_date") < F.col(birth), F.lit(False))
    return joined.withColumns(
        {
            "in_udda": F.coalesce("in_udda", F.lit(False)),
            "has_no_education": F.col("in_udda").isNotNull() & F.col("education").isNull(),
            "unlisted_education": F.col("education").isNotNull() & F.col("listed_level").isNull(),
            "impossible_education": impossible,
            "level": F.when(~impossible, F.col("listed_level")),
        }
    ).drop("listed_level", "education")


def group_of_level(education_groups: Mapping[str, tuple[int, ...]]) -> "Column":
    """The group of the column level; null for a level in none."""
    group = F.lit(None).cast("string")
    for name, levels in education_groups.items():
        group = F.when(F.col("level").isin(*levels), F.lit(name)).otherwise(group)
    return group
