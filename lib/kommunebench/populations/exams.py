"""The marks of each pupil's 9th-grade final exams (fact sheet, section 3)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings.populations import PupilsSettings

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# Deliveries may cut GRUNDSKOLENIVEAU to four characters.
_LEVEL_LENGTH = 4


def exam_results(school_marks: "DataFrame", settings: PupilsSettings) -> "DataFrame":
    """One row per pupil who stands in the 9th-grade exams of one of the exam years.

    person_id; exam_year: the first year with marks, of a pupil without any the first of the exam
    years; marks: how many count; mark_sum; no_mark_reason: of a pupil without marks the reason
    given most often, null where none is given. Years after the last exam year are not looked at:
    the data end with it.
    """
    first, last = min(settings.exam_years), max(settings.exam_years)
    rows = school_marks.where(_is_ninth_grade(settings) & (F.col("exam_year") <= last))
    counts = _counts(settings)
    # A subject and discipline that was sat twice counts once, with the higher mark.
    subjects = rows.groupBy("person_id", "exam_year", "subject", "discipline").agg(
        F.max(F.when(counts, F.col("mark"))).alias("mark"),
        F.max(F.when(counts & F.col("mark").isNull(), F.col("no_mark_reason"))).alias("reason"),
    )
    years = subjects.groupBy("person_id", "exam_year").agg(
        F.count("mark").cast("int").alias("marks"),
        F.coalesce(F.sum("mark"), F.lit(0)).cast("int").alias("mark_sum"),
        F.mode("reason", True).alias("no_mark_reason"),
    )
    has_marks, asked_for = F.col("marks") > 0, F.col("exam_year").isin(*settings.exam_years)
    order = F.struct(
        (~has_marks).alias("without"), (~has_marks & ~asked_for).alias("other"), "exam_year"
    )
    chosen = F.struct("exam_year", "marks", "mark_sum", "no_mark_reason")
    pupils = years.groupBy("person_id").agg(
        F.min_by(chosen, order).alias("chosen"),
        F.max(F.col("exam_year").between(first, last) & asked_for).alias("stands_in_exams"),
    )
    return pupils.where("stands_in_exams").select("person_id", "chosen.*")


def passed(settings: PupilsSettings) -> "Column":
    """1 where the mean of a pupil's marks is high enough, else 0; without a division, so that a
    mean of exactly the limit is one."""
    limit = F.lit(settings.pass_mean) * F.col("marks")
    return (F.col("mark_sum") >= limit).cast("int")


def _is_ninth_grade(settings: PupilsSettings) -> "Column":
    levels = sorted({_cut(level) for level in settings.levels})
    level = F.trim(F.substring(F.lower(F.trim("level")), 1, _LEVEL_LENGTH))
    return (F.col("grade") == settings.grade) & level.isin(*levels)


def _cut(level: str) -> str:
    return level.strip().lower()[:_LEVEL_LENGTH].strip()


def _counts(settings: PupilsSettings) -> "Column":
    """Whether a row is of an exam whose mark counts; null forms and subjects do not."""
    forms = [*settings.exam_forms["compulsory"]]
    if settings.marks == "all_exams":
        forms += settings.exam_forms["drawn"]
    counts = _is_one_of("exam_form", forms)
    if settings.marks == "danish_and_mathematics":
        counts = counts & _is_one_of(
            "subject", [t for texts in settings.subjects.values() for t in texts]
        )
    return counts


def _is_one_of(column: str, texts: list[str]) -> "Column":
    written = F.lower(F.trim(column)).isin(*sorted({text.strip().lower() for text in texts}))
    return F.coalesce(written, F.lit(False))
