"""Residents of an age, and which of them completed an education (fact sheet, section 4)."""

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.populations.case_registers import CaseRegisters
from kommunebench.populations.education import add_education
from kommunebench.populations.origin import (
    NO_MUNICIPALITY,
    ORIGIN_REASONS,
    add_origin,
    first_broken,
    is_no_municipality,
    origin_flags,
    origin_rules,
    parent_ids,
    remarks,
    years_in_denmark,
)
from kommunebench.settings import AnalysisSettings
from kommunebench.settings.populations import ResidentsSettings
from kommunebench.spells.ages import completed_years

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

NOT_HERE_AT_AGE = "not_in_population_register_at_age"
REASONS = (*ORIGIN_REASONS, NOT_HERE_AT_AGE, NO_MUNICIPALITY)
# Neither has completed an education as far as anybody knows, which counts as none: the flow says of
# how many that is, so that a register with holes is seen.
NOT_IN_UDDA, NO_EDUCATION = "not_in_udda", "no_education_known"
_DECEMBER = 12


def select_residents(registers: CaseRegisters, settings: AnalysisSettings) -> "DataFrame":
    """One row per resident of the age, in the population or not: columns of
    silver.case_candidates without the analysis.

    Raises RegisterError where completed education is not in the store.
    """
    residents = settings.residents
    if residents is None:
        raise RegisterError(f"{settings.name}: no section residents in the settings.")
    persons = _residents(registers.population_snapshots, residents)
    now, reference = residents.reference_date.year, F.lit(residents.reference_date)
    turned = F.year("birth_date") + residents.residence_age
    at_age = residents.residence == "at_age"
    educated = add_education(
        add_origin(persons, registers).withColumn("reference_year", F.lit(now)),
        registers,
        person="person_id",
        year="reference_year",
        birth="birth_date",
    )
    flags = origin_flags() | {
        NOT_IN_UDDA: ~F.col("in_udda"),
        NO_EDUCATION: F.col("has_no_education"),
        "education_completed_before_birth": F.col("impossible_education"),
        "education_not_in_list": F.col("unlisted_education"),
    }
    return educated.withColumn("parents_year", turned).withColumns(
        {
            "lost": first_broken(_rules(residents)),
            "remarks": remarks(flags),
            "outcome": _completed(residents),
            "age": completed_years(F.col("birth_date"), reference).cast("string"),
            "years_in_denmark": years_in_denmark(
                F.make_date("parents_year", F.lit(_DECEMBER), F.lit(31))
            ),
            "residence_year": F.col("parents_year") if at_age else F.lit(now),
            "own_health_year": F.lit(now - 1),
            "exam_year": F.lit(None).cast("string"),
            "without_marks": F.lit(None).cast("string"),
            "no_mark_reason": F.lit(None).cast("string"),
            **parent_ids(),
        }
    )


def _residents(snapshots: "DataFrame", residents: ResidentsSettings) -> "DataFrame":
    """Residents of the age in December of the reference year, with where they lived in December of
    the year they turned residence_age; one pass over the snapshots."""
    now, day = residents.reference_date.year, residents.reference_date
    # Nobody of the age was born before this day; the exact age is looked at below.
    first = date(now - residents.age_max - 1, day.month, min(day.day, 28))
    december = snapshots.where(
        (F.month("snapshot_date") == _DECEMBER)
        & (F.col("birth_date") >= F.lit(first))
        & (F.year("snapshot_date") <= now)
    )
    is_now = F.year("snapshot_date") == now
    is_then = F.year("snapshot_date") - F.year("birth_date") == residents.residence_age
    facts = F.struct(
        "sex",
        "birth_date",
        "country_of_origin",
        "origin_type",
        "first_immigration_date",
        "municipality_code",
        "mother_id",
        "father_id",
    )
    place = F.struct("municipality_code", "mother_id", "father_id")
    persons = (
        december.where(is_now | is_then)
        .groupBy("person_id")
        .agg(
            F.max(F.when(is_now, facts)).alias("now"),
            F.max(F.when(is_then, place)).alias("then"),
        )
        .where(F.col("now").isNotNull())
    )
    age = completed_years(F.col("now.birth_date"), F.lit(day))
    chosen = "then" if residents.residence == "at_age" else "now"
    return persons.where(age.between(residents.age_min, residents.age_max)).select(
        "person_id",
        F.col("then").isNotNull().alias("here_at_age"),
        *(f"now.{name}" for name in _OF_THE_PERSON),
        F.col(f"{chosen}.municipality_code").alias("municipality_code"),
        F.col("now.municipality_code").alias("current_municipality_code"),
        *(F.coalesce(f"then.{name}", f"now.{name}").alias(name) for name in _PARENTS),
    )


_OF_THE_PERSON = (
    "sex",
    "birth_date",
    "country_of_origin",
    "origin_type",
    "first_immigration_date",
)
_PARENTS = ("mother_id", "father_id")


def _rules(residents: ResidentsSettings) -> "dict[str, Column]":
    """Rules that keep a resident out, by reason, in the order in which they are tested."""
    rules = origin_rules(residents.origin)
    if residents.residence == "at_age":
        rules[NOT_HERE_AT_AGE] = ~F.col("here_at_age")
    return rules | {NO_MUNICIPALITY: is_no_municipality()}


def _completed(residents: ResidentsSettings) -> "Column":
    """1 where the highest education, completed by the reference date, is of a level that counts."""
    success = F.col("level").isin(*residents.success_levels)
    late = F.coalesce(F.col("completed_date") > F.lit(residents.reference_date), F.lit(False))
    counts = success & ~late
    if residents.danish_only:
        foreign = F.coalesce(F.col("source").isin(*residents.foreign_sources), F.lit(False))
        counts = counts & ~foreign
    return F.coalesce(counts, F.lit(False)).cast("int")
