"""Checks that one register alone needs: marks of the right scale, exams of the years asked for, a
named classification of education, an urban share for every municipality."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.reference import read_reference
from kommunebench.registers.catalogue import EDUCATION_LEVELS, UDFK, URBAN_SHARE
from kommunebench.registers.catalogue_education import MARKS, OLD_SCALE_MARKS
from kommunebench.registers.checks import CheckedRegister
from kommunebench.registers.conversion import NOT_CONVERTIBLE, UNKNOWN_CODE
from kommunebench.registers.education import classification_name, exam_year, level_in_disced15
from kommunebench.registers.findings import STRUCTURAL_SHARE, Finding, count_of, percent
from kommunebench.registers.listing import first_names
from kommunebench.registers.reading import UNREADABLE, text_column
from kommunebench.settings import AnalysisSettings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_NAMED = 8
# School years and forms are few; a column that holds something else shall not fill the memory.
_MOST_GROUPS = 5_000
_CLASSIFICATIONS = (
    "write DISCED-15 (vocational education is level 30) or DST-2013 (vocational education is level"
    " 35)"
)


def further_check(checked: CheckedRegister, settings: AnalysisSettings) -> CheckedRegister:
    """The register with the problems and findings that its own rules add."""
    check = _CHECKS.get(checked.rows.register.name)
    return check(checked, settings) if check is not None else checked


def _readable(checked: CheckedRegister) -> "DataFrame":
    return checked.rows.frame.where(F.col(UNREADABLE).isNull())


def _with(
    checked: CheckedRegister, problems: list[str], findings: list[Finding]
) -> CheckedRegister:
    return replace(
        checked,
        problems=(*checked.problems, *problems),
        findings=(*checked.findings, *findings),
    )


def _finding(checked: CheckedRegister, column: str, reason: str, rows: int) -> Finding:
    """Rows of a register that are set aside; more than a tenth of them stop an analysis."""
    total = sum(checked.rows_of.values())
    first = checked.rows.files[0]
    return Finding(
        register=checked.rows.register.name,
        column=column,
        reason=reason,
        rows=rows,
        of_rows=total,
        set_aside=True,
        fatal=rows > STRUCTURAL_SHARE * total,
        files=(count_of(first, rows, total),),
    )


def _check_marks(checked: CheckedRegister, settings: AnalysisSettings) -> CheckedRegister:
    """UDFK by its few combinations of school year and form: scale of the marks, years, forms."""
    given = F.col(text_column("mark")).try_cast("int")
    groups = (
        _readable(checked)
        .groupBy(
            "school_year",
            exam_year(F.col("school_year")).alias("exam_year"),
            F.lower("exam_form").alias("exam_form"),
        )
        .agg(
            F.count(F.lit(1)).alias("rows"),
            F.count_if(given.isin(*MARKS, *OLD_SCALE_MARKS)).alias("marks"),
            F.count_if(given.isin(*OLD_SCALE_MARKS)).alias("old_marks"),
        )
        .orderBy(F.desc("rows"))
        .limit(_MOST_GROUPS)
        .collect()
    )
    problems, findings = [], []
    marks, old = (sum(row[name] for row in groups) for name in ("marks", "old_marks"))
    if old > STRUCTURAL_SHARE * marks:
        problems.append(
            f"register UDFK, column GRUNDSKOLEKARAKTER: {old} of {marks} marks"
            f" ({percent(old, marks)}) are of the old 13-point scale"
            f" ({', '.join(map(str, OLD_SCALE_MARKS))}); deliver marks as Statistics Denmark"
            " converts them (-3, 0, 2, 4, 7, 10, 12)."
        )
    no_year = sum(row["rows"] for row in groups if row["school_year"] and row["exam_year"] is None)
    if no_year:
        findings.append(_finding(checked, "SKOLEAAR", NOT_CONVERTIBLE, no_year))
    by_form: dict[str | None, int] = {}
    by_year: dict[int | None, int] = {}
    for row in groups:
        by_form[row["exam_form"]] = by_form.get(row["exam_form"], 0) + row["rows"]
        by_year[row["exam_year"]] = by_year.get(row["exam_year"], 0) + row["rows"]
    problems += exam_problems(by_form, by_year, settings)
    return _with(checked, problems, findings)


def exam_problems(
    by_form: Mapping[str | None, int],
    by_year: Mapping[int | None, int],
    settings: AnalysisSettings,
) -> list[str]:
    """What keeps an analysis of pupils from its exams, one sentence each. Rows by form (in lower
    case) and by exam year."""
    pupils = settings.pupils
    if pupils is None:
        return []
    problems = []
    known = {text.strip().lower() for form in pupils.exam_forms.values() for text in form}
    compulsory = {text.strip().lower() for text in pupils.exam_forms["compulsory"]}
    named = sorted(form for form in by_form if form is not None)
    if not compulsory & set(named):
        shown = ", ".join(map(_shown, named[:_NAMED])) or "no form at all"
        problems.append(
            f"register UDFK, column PROEVEFORM: no row has the form"
            f" {' or '.join(sorted(compulsory))}; found {shown}. Say in pupils.exam_forms which"
            " texts or numbers are compulsory exams."
        )
    unlisted = sorted(set(named) - known)
    rows = sum(by_form[form] for form in unlisted)
    if rows > STRUCTURAL_SHARE * sum(by_form.values()) and compulsory & set(named):
        problems.append(
            f"register UDFK, column PROEVEFORM: {rows} rows have forms no setting names"
            f" ({', '.join(map(_shown, unlisted[:_NAMED]))}); put them into pupils.exam_forms."
        )
    absent = [str(year) for year in sorted(pupils.exam_years) if not by_year.get(year)]
    if absent:
        there = [str(year) for year in sorted(year for year in by_year if year is not None)]
        problems.append(
            f"register UDFK: no rows of the exam years {', '.join(absent)}; found"
            f" {', '.join(there) or 'none'}. Deliver them, or take them out of pupils.exam_years."
        )
    return problems


def _shown(form: str) -> str:
    """A form in quotation marks where it can be no identifier; of others the length."""
    is_harmless = len(form) <= 4 or not any(letter.isdigit() for letter in form)
    return f"'{form}'" if is_harmless else f"{len(form)} characters"


def _check_levels(checked: CheckedRegister, settings: AnalysisSettings) -> CheckedRegister:
    """The list of levels: every row names its classification, and the level is one of it."""
    name, level = classification_name(F.col("classification")), F.col("level")
    groups = (
        _readable(checked)
        .groupBy(
            F.col(text_column("classification")).alias("written"),
            name.isNotNull().alias("is_named"),
            (name.isNotNull() & level_in_disced15(F.col("classification"), level).isNull()).alias(
                "is_unknown"
            ),
        )
        .agg(F.count(F.lit(1)).alias("rows"))
        .collect()
    )
    unnamed = sorted({row["written"] or "nothing" for row in groups if not row["is_named"]})
    rows = sum(row["rows"] for row in groups if not row["is_named"])
    problems = []
    if unnamed:
        problems.append(
            f"register EDUCATION_LEVELS, column CLASSIFICATION: {rows} of"
            f" {sum(checked.rows_of.values())} rows name no classification known (found"
            f" {', '.join(unnamed[:_NAMED])}); {_CLASSIFICATIONS}."
        )
    unknown = sum(row["rows"] for row in groups if row["is_unknown"])
    findings = [_finding(checked, "LEVEL", UNKNOWN_CODE, unknown)] if unknown else []
    return _with(checked, problems, findings)


def _check_urban_share(checked: CheckedRegister, settings: AnalysisSettings) -> CheckedRegister:
    """Every municipality has a usable share in some year."""
    usable = _readable(checked).where(F.col("urban_share").between(0, 1))
    there = {row[0] for row in usable.select("municipality_code").distinct().collect()}
    absent = sorted(set(read_reference("municipalities")["municipality_code"]) - there)
    if not absent:
        return checked
    problem = (
        "register URBAN_SHARE: no share between 0 and 1 in any year for the municipalities"
        f" {first_names(absent, _NAMED)}; complete municipal/urban_share.csv."
    )
    return _with(checked, [problem], [])


_CHECKS: dict[str, Callable[[CheckedRegister, AnalysisSettings], CheckedRegister]] = {
    UDFK.name: _check_marks,
    EDUCATION_LEVELS.name: _check_levels,
    URBAN_SHARE.name: _check_urban_share,
}
