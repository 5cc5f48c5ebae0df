"""Identifiers as numbers or cut texts in one register and as text in another: refused where lost
zeros would keep the rows of one person apart, and only there."""

from pathlib import Path

import pandas as pd
import pytest
from small_delivery import SmallDelivery, read_only, sentences, small_analysis, small_delivery

from kommunebench.errors import RegisterError
from kommunebench.registers import content_fingerprints, find_delivery, read_delivery
from kommunebench.registers.inspection import inspect_files
from kommunebench.registers.validation import ValidationReport

ANALYSIS = small_analysis()
STEMS = ("ophg", "bef", "bfl", "vnds", "dod", "dream", "danskudd")


def delivery_of(first_digit: str) -> SmallDelivery:
    """The small delivery with persons of ten digits that begin with the given one."""
    delivery = small_delivery()
    for name in (name for stem in STEMS for name in delivery.of(stem)):
        for row in delivery.files[name].rows:
            row[0] = f"{first_digit}1018{row[0][-5:]}"
    return delivery


def with_numbers(delivery: SmallDelivery, folder: Path, name: str) -> Path:
    """Written with the persons of one file as numbers, as SAS and Parquet may have them."""
    file = delivery.files.pop(name)
    delivery.write(folder)
    frame = pd.DataFrame(file.rows, columns=file.header).astype({"PNR": "float64"})
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(folder / f"{name}.parquet")
    return folder


def validated(spark, folder: Path) -> ValidationReport:
    """What validate says of three registers with persons, one with each of the traps below."""
    found = find_delivery(folder, ANALYSIS)
    files = [file for register in ("BEF", "BFL", "DREAM") for file in found.files[register]]
    inspection = inspect_files(spark, found, files, ANALYSIS, examples=True)
    return ValidationReport(inspection.problems, inspection.findings, ())


@pytest.mark.parametrize(
    "name", ["bef/bef201512", pytest.param("dream/dream201609", marks=pytest.mark.long)]
)
def test_numbers_in_one_file_and_leading_zeros_in_others_stop_the_run(name, spark, tmp_path):
    report = validated(spark, with_numbers(delivery_of("0"), tmp_path, name))
    (problem,) = report.problems
    assert problem.startswith(f"identifiers of persons: numbers in {name.split('/')[1]}.parquet, ")
    assert "text with leading zeros in bef201412.csv" in problem and "deliver" in problem
    assert "1018" not in sentences(report)


def test_numbers_without_zeros_to_lose_are_joined_with_text(spark, tmp_path):
    report = validated(spark, with_numbers(delivery_of("3"), tmp_path, "bef/bef201512"))
    assert report.usable, report.problems


def without_zeros(delivery: SmallDelivery, stem: str) -> SmallDelivery:
    """As an export writes it that takes identifiers for numbers."""
    for name in delivery.of(stem):
        for row in delivery.files[name].rows:
            row[0] = row[0].lstrip("0")
    return delivery


def test_texts_that_lost_their_zeros_in_an_export_stop_the_run(spark, tmp_path):
    delivery = delivery_of("0")
    for number, row in enumerate(delivery.files[delivery.of("bfl")[0]].rows):
        # As of most persons the first digit of some is no zero; theirs are whole.
        row[0] = f"{number % 2}{row[0][1:]}"
    without_zeros(delivery, "bfl").write(tmp_path)
    report = validated(spark, tmp_path)
    (problem,) = report.problems
    assert problem.startswith("identifiers of persons: of 10 digits in ")
    assert "bfl2016" in problem and "some have 9 digits and none begins with a zero" in problem
    assert "write the identifiers as text" in problem and "1018" not in sentences(report)


def test_identifiers_without_zeros_anywhere_may_have_any_length(spark, tmp_path):
    delivery = delivery_of("0")
    for stem in STEMS:
        without_zeros(delivery, stem)
    for name in delivery.of("bfl"):
        for row in delivery.files[name].rows:
            row[0] = row[0][1:]
    delivery.write(tmp_path)
    assert validated(spark, tmp_path).usable


def test_a_later_delivery_is_compared_with_what_is_stored(spark, tmp_path):
    delivery = delivery_of("0")

    delivery.write(tmp_path)
    stored = read_only(spark, find_delivery(tmp_path, ANALYSIS), ANALYSIS, "BEF").files
    (tmp_path / "bef" / "bef201612.csv").unlink()
    with_numbers(delivery, tmp_path, "bef/bef201612")
    with pytest.raises(RegisterError, match=r"persons: numbers in bef201612\.parquet, text with"):
        found = find_delivery(tmp_path, ANALYSIS)
        read_delivery(spark, found, content_fingerprints(found), ANALYSIS, stored=stored)
