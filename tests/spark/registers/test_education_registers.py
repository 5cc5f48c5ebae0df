"""Registers of the analyses of shares, each damaged in one place: one message with what to do, and
nothing lost in silence."""

from collections.abc import Callable
from pathlib import Path

import pytest
from small_delivery import File, SmallDelivery, person, sentences

from kommunebench.reference import read_reference
from kommunebench.registers import find_delivery
from kommunebench.registers.inspection import inspect_files
from kommunebench.registers.validation import ValidationReport
from kommunebench.settings import load_analysis

ANALYSIS = load_analysis(
    "school_exams",
    (
        "pupils.exam_years=[2011, 2012]",
        "model.covariates=[{column: mother_education, kind: category, reference: basic},"
        " {column: urban_share, kind: number}]",
    ),
)
PUPILS = 30
MUNICIPALITIES = list(read_reference("municipalities")["municipality_code"])
UDFK, UDDA, LEVELS = "udfk/udfk2012", "udda/udda2011", "codes/education_levels"
URBAN = "municipal/urban_share"
MARKS = ("02", "00", "-3", "4", "7", "10", "12")


def small_delivery() -> SmallDelivery:
    files: dict[str, File] = {}
    residents = [
        [person(n), "1", "1995-05-17", "5172", "3", "101", person(n + PUPILS), ""]
        for n in range(PUPILS)
    ]
    for year in (2010, 2011):
        files[f"bef/bef{year}12"] = File(
            ["PNR", "KOEN", "FOED_DAG", "OPR_LAND", "IE_TYPE", "KOM", "MOR_ID", "FAR_ID"],
            [list(row) for row in residents],
        )
        files[f"udda/udda{year}"] = File(
            ["PNR", "HFAUDD", "HF_VFRA", "HF_KILDE"],
            [[person(n + PUPILS), "900", "1985-06-30", "03"] for n in range(PUPILS)],
        )
    files["vnds/vnds2016"] = File(
        ["PNR", "INDUD_KODE", "HAEND_DATO"], [[person(0), "I", "1974-03-01"]]
    )
    files["udfk/udfk2012"] = File(
        [
            "PNR",
            "SKOLEAAR",
            "KLTRIN",
            "GRUNDSKOLENIVEAU",
            "GRUNDSKOLEFAG",
            "FAGDISCIPLIN",
            "PROEVEFORM",
            "GRUNDSKOLEKARAKTER",
            "KARAKTERAARSAG",
        ],
        [
            [person(n), f"{2010 + n % 2}/{2011 + n % 2}", "9", "FSA", "Dansk", f"d{k}",
             "Bundne prøvefag", mark, ""]
            for n in range(PUPILS)
            for k, mark in enumerate(MARKS)
        ],
    )  # fmt: skip
    files["codes/education_levels"] = File(
        ["audd", "level", "classification"],
        [["900", "10", "DISCED-15"], ["4080", "30", "DISCED-15"], ["5199", "35", "disced15"]],
    )
    files["municipal/urban_share"] = File(
        ["municipality_code", "year", "urban_share"],
        [[code, "2010", "0,85"] for code in MUNICIPALITIES],
    )
    # What is checked here is the same in every format; Parquet is opened most quickly.
    for name, file in files.items():
        if name not in (LEVELS, URBAN):
            file.format = "parquet"
    return SmallDelivery(files)


def inspected(spark, delivery: SmallDelivery, folder: Path, register: str | None = None):
    """What validate says, with only the files of one register opened (none: all)."""
    found = find_delivery(delivery.write(folder), ANALYSIS)
    chosen = [
        file
        for name, own in found.files.items()
        for file in own
        if register is None or name == register
    ]
    inspection = inspect_files(spark, found, chosen, ANALYSIS, examples=True)
    return ValidationReport(inspection.problems, inspection.findings, ())


def fill(name: str, column: str, value: Callable[[int], str]):
    def damage(delivery: SmallDelivery) -> None:
        file = delivery.files[name]
        for number, row in enumerate(file.rows):
            row[file.column(column)] = value(number)

    return damage


def drop_column(name: str, column: str):
    def damage(delivery: SmallDelivery) -> None:
        file = delivery.files[name]
        number = file.column(column)
        file.header.pop(number)
        for row in file.rows:
            row.pop(number)

    return damage


def drop_files(*names: str):
    def damage(delivery: SmallDelivery) -> None:
        for name in names:
            del delivery.files[name]

    return damage


def add_rows(name: str, *rows: list[str]):
    return lambda delivery: delivery.files[name].rows.extend(list(row) for row in rows)


# Register, damage, what is said of it, whether the analysis could still go on.
DAMAGES = {
    "marks_outside_the_scale": (
        "UDFK",
        fill(UDFK, "GRUNDSKOLEKARAKTER", lambda n: "14" if n % 20 == 0 else "4"),
        ("GRUNDSKOLEKARAKTER: holds a code outside the list in 11 of 210 rows", "such as '14'"),
        True,
    ),
    "marks_of_the_old_scale": (
        "UDFK",
        fill(UDFK, "GRUNDSKOLEKARAKTER", lambda n: ("08", "09", "7", "11", "06")[n % 5]),
        ("168 of 210 marks (80 %) are of the old 13-point scale", "as Statistics Denmark converts"),
        False,
    ),
    "no_exam_form_column": (
        "UDFK",
        drop_column(UDFK, "PROEVEFORM"),
        ("register UDFK 2012 lacks the required columns ['PROEVEFORM']", "map their names"),
        False,
    ),
    "no_exam_forms": (
        "UDFK",
        fill(UDFK, "PROEVEFORM", lambda n: ""),
        ("column PROEVEFORM: no row has the form bundne prøvefag; found no form at all",),
        False,
    ),
    "exam_forms_as_numbers": (
        "UDFK",
        fill(UDFK, "PROEVEFORM", lambda n: str(1 + n % 2)),
        ("no row has the form bundne prøvefag; found '1', '2'. Say in pupils.exam_forms",),
        False,
    ),
    "unlisted_exam_forms": (
        "UDFK",
        fill(UDFK, "PROEVEFORM", lambda n: "Bundne prøvefag" if n % 2 else "Terminsprøve"),
        ("105 rows have forms no setting names ('terminsprøve'); put them into",),
        False,
    ),
    "identifiers_as_exam_forms": (
        "UDFK",
        fill(UDFK, "PROEVEFORM", person),
        ("no row has the form bundne prøvefag; found 12 characters",),
        False,
    ),
    "one_year_only": (
        "UDFK",
        fill(UDFK, "SKOLEAAR", lambda n: "2010/2011"),
        ("no rows of the exam years 2012; found 2011. Deliver them, or take them out",),
        False,
    ),
    "school_years_of_another_form": (
        "UDFK",
        fill(UDFK, "SKOLEAAR", lambda n: "11/12" if n % 2 else "2010/2011"),
        ("column SKOLEAAR: is not of the declared type in 105 of 210 rows",),
        False,
    ),
    "classification_column_missing": (
        "EDUCATION_LEVELS",
        drop_column(LEVELS, "classification"),
        ("lacks the required columns ['CLASSIFICATION']",),
        False,
    ),
    "classification_not_named": (
        "EDUCATION_LEVELS",
        fill(LEVELS, "classification", lambda n: "ISCED" if n == 1 else ""),
        ("3 of 3 rows name no classification known (found ISCED, nothing)", "write DISCED-15"),
        False,
    ),
    "levels_unknown": (
        "EDUCATION_LEVELS",
        add_rows(LEVELS, *[[str(1000 + n), "33" if n == 0 else "20", "2013"] for n in range(20)]),
        ("column LEVEL: holds a code outside the list in 1 of 23 rows", "These rows are not used"),
        True,
    ),
    "a_person_twice_in_a_year": (
        "UDDA",
        add_rows(UDDA, [person(PUPILS), "4080", "1985-06-30", "15"]),
        ("column PNR, REFERENCETID: identifies rows that differ in 2 of 61 rows",),
        False,
    ),
    "a_row_twice_in_a_year": (
        "UDDA",
        add_rows(UDDA, [person(PUPILS), "900", "1985-06-30", "03"]),
        ("the row is there more than once in 1 of 61 rows", "One of each is kept"),
        True,
    ),
    "parents_not_delivered": (
        "BEF",
        drop_column("bef/bef201112", "MOR_ID"),
        ("register BEF 201112 lacks the required columns ['MOR_ID']",),
        False,
    ),
    "a_year_of_education_missing": (
        "UDDA",
        drop_files(UDDA),
        ("register UDDA: no file of 2011", "the parents' education needs it"),
        False,
    ),
    "a_december_missing": (
        "BEF",
        drop_files("bef/bef201012"),
        ("register BEF: no file of 2010", "the pupils' residence needs it"),
        False,
    ),
    "no_marks_delivered": (
        "UDFK",
        drop_files(UDFK),
        ("register UDFK: no file in", "the marks of the exams needs it"),
        False,
    ),
    "urban_share_of_a_municipality_missing": (
        "URBAN_SHARE",
        fill(URBAN, "municipality_code", lambda n: MUNICIPALITIES[min(n, 95)]),
        ("for the municipalities 851, 860; complete municipal/urban_share.csv",),
        False,
    ),
    "urban_share_above_1": (
        "URBAN_SHARE",
        fill(URBAN, "urban_share", lambda n: "1,02" if n == 3 else "0,9"),
        (
            "column URBAN_SHARE: is no share between 0 and 1 in 1 of 98 rows",
            "in any year for the municipalities 153",
        ),
        False,
    ),
    "urban_share_in_percent": (
        "URBAN_SHARE",
        fill(URBAN, "urban_share", lambda n: "85,2"),
        ("is no share between 0 and 1 in 98 of 98 rows (100 %", "Deliver shares, not percentages"),
        False,
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damage_is_named_with_what_to_do(spark, tmp_path, name):
    register, damage, words, usable = DAMAGES[name]
    delivery = small_delivery()
    damage(delivery)
    report = inspected(spark, delivery, tmp_path, register)
    everything = sentences(report)
    for said in words:
        assert said in everything, everything
    assert report.usable is usable, everything
    assert "SECRET" not in everything and "Traceback" not in everything


def test_an_undamaged_delivery_is_usable(spark, tmp_path):
    report = inspected(spark, small_delivery(), tmp_path)
    assert report.usable and not report.findings, sentences(report)
