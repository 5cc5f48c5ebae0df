"""Pupils with 9th-grade exams, and which of them passed (fact sheet, section 3)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.populations.case_registers import CaseRegisters
from kommunebench.populations.exams import exam_results, passed
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
from kommunebench.settings.populations import PupilsSettings
from kommunebench.spells.ages import completed_years

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

NO_MARKS, TOO_FEW_MARKS = "no_exam_marks", "too_few_marks"
REASONS = (
    "first_marks_in_another_year",
    "not_in_population_register",
    *ORIGIN_REASONS,
    "exam_below_age",
    NO_MUNICIPALITY,
    NO_MARKS,
    TOO_FEW_MARKS,
)
_DECEMBER = 12


def select_pupils(registers: CaseRegisters, settings: AnalysisSettings) -> "DataFrame":
    """One row per pupil of the exams, in the population or not: columns of silver.case_candidates
    without the analysis.

    Residence, parents and birth date are read in the snapshot of 31 December within the school
    year. Raises RegisterError where the marks are not in the store.
    """
    pupils = settings.pupils
    if pupils is None:
        raise RegisterError(f"{settings.name}: no section pupils in the settings.")
    results = exam_results(registers.need("school_marks", "the exams"), pupils)
    results = results.withColumn("residence_year", F.col("exam_year") - 1)
    persons = results.join(
        _december_rows(registers.population_snapshots, pupils),
        ["person_id", "residence_year"],
        "left",
    )
    with_origin = add_origin(persons, registers).withColumn(
        "measured_on", F.make_date("exam_year", F.lit(pupils.age_month), F.lit(1))
    )
    age = completed_years(F.col("birth_date"), F.col("measured_on"))
    ready = with_origin.withColumn("exam_age", age).withColumn("without_marks", _without(pupils))
    return ready.withColumns(
        {
            "lost": first_broken(_rules(pupils)),
            "remarks": remarks(origin_flags()),
            "outcome": F.when(F.col("without_marks").isNotNull(), F.lit(0)).otherwise(
                passed(pupils)
            ),
            "age": _age_class(F.col("exam_age")),
            "years_in_denmark": years_in_denmark(F.col("measured_on")),
            "own_health_year": F.col("residence_year"),
            "parents_year": F.col("residence_year"),
            "exam_year": F.col("exam_year").cast("string"),
            "current_municipality_code": F.lit(None).cast("string"),
            **parent_ids(),
        }
    )


def _december_rows(snapshots: "DataFrame", pupils: PupilsSettings) -> "DataFrame":
    """Residents in December of the years before the exams."""
    years = sorted(year - 1 for year in pupils.exam_years)
    december = snapshots.where(
        (F.month("snapshot_date") == _DECEMBER) & F.year("snapshot_date").isin(*years)
    )
    return december.select(
        "person_id",
        F.year("snapshot_date").alias("residence_year"),
        "sex",
        "birth_date",
        "country_of_origin",
        "origin_type",
        "municipality_code",
        "mother_id",
        "father_id",
        "first_immigration_date",
    )


def _without(pupils: PupilsSettings) -> "Column":
    """Why a pupil has no mean of marks, null for who has one."""
    marks = F.col("marks")
    return F.when(marks == 0, F.lit(NO_MARKS)).when(marks < pupils.min_marks, F.lit(TOO_FEW_MARKS))


def _rules(pupils: PupilsSettings) -> "dict[str, Column]":
    """Rules that keep a pupil out, by reason, in the order in which they are tested."""
    rules = {
        "first_marks_in_another_year": ~F.col("exam_year").isin(*pupils.exam_years),
        "not_in_population_register": F.col("birth_date").isNull(),
        **origin_rules(pupils.origin),
        "exam_below_age": F.col("exam_age") < pupils.age_min,
        NO_MUNICIPALITY: is_no_municipality(),
    }
    if pupils.without_marks == "left_out":
        for reason in (NO_MARKS, TOO_FEW_MARKS):
            rules[reason] = F.coalesce(F.col("without_marks") == reason, F.lit(False))
    return rules


def _age_class(age: "Column") -> "Column":
    return F.when(age <= 15, F.lit("15_or_less")).when(age == 16, F.lit("16")).otherwise("17_plus")
