"""The commands on damaged deliveries: status 1, nothing written, no stack trace, no identifier;
validate changes nothing."""

import json
from pathlib import Path

import pytest
from small_delivery import OVERRIDES, person, small_delivery

from kommunebench.cli import main

pytestmark = pytest.mark.delta
SETTINGS = [part for override in OVERRIDES for part in ("--set", override)]


def dates_are_identifiers(delivery):
    for number, row in enumerate(delivery.files["dod/dod2016"].rows):
        row[1] = person(number)


def accounts_hold_garbage(delivery):
    for row in delivery.files["municipal/regk100"].rows:
        row[-1] = "SECRET99"


def parquet_is_cut_off(delivery):
    delivery.files["bfl/bfl2015"].format = "parquet"
    delivery.files["bfl/bfl2015"].raw = b"PAR1 SECRET000001"


def sas_file_is_text(delivery):
    delivery.files["bef/bef201512"].format = "sas7bdat"
    delivery.files["bef/bef201512"].raw = b"SECRET000001;1;1970-01-01" * 100


def everything_at_once(delivery):
    for one in (dates_are_identifiers, accounts_hold_garbage, parquet_is_cut_off, sas_file_is_text):
        one(delivery)
    del delivery.files["ophg/ophg2015"]


# One fault alone, and all of them: each is named, none hides another.
SAID = {
    dates_are_identifiers: [
        "register DOD, column DODDATO: is not of the declared type in 30 of 30 rows (100 %, in"
        " dod2016.parquet)"
    ],
    everything_at_once: [
        "register DOD, column DODDATO: is not of the declared type in 30 of 30 rows (100 %, in"
        " dod2016.parquet)",
        "register REGK100, column INDHOLD: is not of the declared type in 4 of 4 rows",
        "bfl2015.parquet: register BFL: not a whole Parquet file (17 bytes, ArrowInvalid)",
        "bef201512.sas7bdat: not a whole SAS7BDAT file",
        "register OPHG: year 2015 is missing",
    ],
}
SHORT = ["column DODDATO", "column INDHOLD", "bfl2015.parquet", "bef201512.sas7bdat", "OPHG: year"]


def files_of(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.mark.parametrize("damage", SAID, ids=lambda damage: damage.__name__)
def test_ingest_stops_with_status_1_and_writes_nothing(damage, spark, tmp_path, capsys):
    delivery = small_delivery("parquet")
    damage(delivery)
    folder, store = delivery.write(tmp_path / "delivery"), tmp_path / "store"
    before = files_of(folder)
    assert (
        main(["ingest", "--registers", str(folder), "--store", str(store), *SETTINGS, "--quiet"])
        == 1
    )
    shown = capsys.readouterr()
    for words in SAID[damage]:
        assert words in shown.err
    assert "SECRET" not in shown.err + shown.out
    assert "Traceback" not in shown.err
    # Who holds the store's delivery is written down while it is read; nothing else is.
    assert not [file for file in store.rglob("*.parquet") if "meta" not in file.parts]
    assert files_of(folder) == before


def test_validate_lists_everything_on_screen_and_as_json(spark, tmp_path, capsys):
    delivery = small_delivery("parquet")
    everything_at_once(delivery)
    delivery.files["notes/readme2015"] = delivery.files["ophg/ophg2014"]
    folder, target = delivery.write(tmp_path / "delivery"), tmp_path / "problems.json"
    before = files_of(folder)
    assert main(["validate", "--registers", str(folder), "--json", str(target), "--quiet"]) == 1
    shown, report = capsys.readouterr().out, json.loads(target.read_text(encoding="utf-8"))
    assert files_of(folder) == before
    assert not report["usable"] and report["unknown_files"] == ["notes/readme2015.parquet"]
    said = "\n".join([*report["problems"], *(finding["message"] for finding in report["findings"])])
    for words in SAID[everything_at_once]:
        assert words in said
    for words in SHORT:
        assert words in shown.replace("\n", " ") or words.split()[-1] in shown
    # The analysis needs more than this delivery has, and each register it lacks is named.
    for register in (
        "LPR_ADM with LPR_DIAG with PSYK_ADM with PSYK_DIAG or LPR_A_KONTAKT",
        "SSSY or SSKO",
        "LMDB",
        "AUL01",
    ):
        assert f"register {register}" in said
    dod = next(finding for finding in report["findings"] if finding["register"] == "DOD")
    assert (dod["rows"], dod["of_rows"], dod["fatal"], dod["files"][0]["file"]) == (
        30,
        30,
        True,
        "dod2016.parquet",
    )
    assert "SECRET" not in shown + target.read_text(encoding="utf-8")


def test_a_mapping_that_is_wrong_is_an_error_of_the_call(spark, tmp_path, capsys):
    folder, mapping = small_delivery("parquet").write(tmp_path / "delivery"), tmp_path / "mine.yaml"
    for content, said in (
        ("name: mine\nregisters: [{name: BEF, file: x.csv}]", "registers.0.file: unknown key"),
        (
            "name: mine\nregisters: [{name: BEFF, files: x.csv}]",
            "register 'BEFF' is unknown; known: OPHG, BEF",
        ),
        (
            "name: mine\nregisters: [{name: BEF, files: x.csv, columns: {PRN: ID}}]",
            "register BEF has no columns ['PRN']; known: PNR, KOEN",
        ),
        ("name: mine\nregisters: [{name: BEF, pattern: '(x'}]", "is not a regular expression"),
        ("name: mine\nregisters: [{name: BEF}]", "give either files or pattern"),
    ):
        mapping.write_text(content, encoding="utf-8")
        assert (
            main(["validate", "--registers", str(folder), "--mapping", str(mapping), "--quiet"])
            == 2
        )
        assert said in capsys.readouterr().err
