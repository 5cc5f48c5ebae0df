"""Deliveries damaged in one place each: what is said names register, column, count and what to do."""

import shutil
from pathlib import Path

import pytest

from kommunebench.registers import validate_delivery
from kommunebench.settings import load_analysis

pytestmark = pytest.mark.delta
FEW = ("model.covariates=[{column: weeks_since_permit, kind: number}]",)


def rows(*lines: str) -> str:
    return "\n".join(["PNR;DODDATO", *lines, ""])


CASES = {
    "missing register": (None, "register DOD: no file in"),
    "missing column": ("PNR;DATO\n1;2012-01-01\n", "lacks the required columns ['DODDATO']; found DATO, PNR"),
    "wrong type": (rows(*["1;soon"] * 5), "column DODDATO: is not of the declared type in 5 of 5 rows"),
    "empty register": ("PNR;DODDATO\n", "register DOD: no rows in dod2016.csv"),
    "empty file": ("", "empty; expected a header line"),
    "duplicate key": (rows("1;2012-01-01", "1;2012-02-01"), "column PNR: identifies rows that differ in 2 of 2 rows"),
    "dates out of range": (rows(*["1;1850-01-01"] * 3), "column DODDATO: is outside 1900-2100 in 3 of 3 rows"),
    "no identifier": (rows(*[";2012-01-01"] * 4), "column PNR: is empty in 4 of 4 rows"),
    "not text": (b"PNR;DODDATO\n1;\x81\x8d\n", "neither UTF-8 nor windows-1252"),
    "columns in both cases": ("PNR;pnr;DODDATO\n1;1;2012-01-01\n", "differ in case only"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_damaged_register_is_explained_and_the_run_would_stop(case, small_run, spark, tmp_path):
    content, said = CASES[case]
    broken = tmp_path / "registers"
    shutil.copytree(small_run.registers, broken)
    shutil.rmtree(broken / "dod")
    if content is not None:
        (broken / "dod").mkdir()
        file = broken / "dod" / "dod2016.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    report = validate_delivery(spark, broken, load_analysis("integration_employment", FEW))
    assert not report.usable
    everything = [*report.problems, *(finding.message for finding in report.findings)]
    assert any(said in sentence for sentence in everything), everything


def test_an_unknown_code_in_most_rows_stops_and_in_single_rows_is_counted(small_run, spark, tmp_path):
    settings = load_analysis("integration_employment", FEW)
    for share, usable in ((1, False), (50, True)):
        broken = tmp_path / f"registers{share}"
        shutil.copytree(small_run.registers, broken)
        shutil.rmtree(broken / "vnds")
        (broken / "vnds").mkdir()
        lines = [f"{n};{'X' if n % share == 0 else 'I'};2012-01-0{1 + n % 9}" for n in range(100)]
        Path(broken / "vnds" / "vnds2016.csv").write_text("PNR;INDUD_KODE;HAEND_DATO\n" + "\n".join(lines) + "\n", encoding="utf-8")
        report = validate_delivery(spark, broken, settings)
        assert report.usable is usable
        finding = next(f for f in report.findings if f.column == "INDUD_KODE")
        assert (finding.reason, finding.rows, finding.set_aside) == ("unknown_code", 100 // share, True)
