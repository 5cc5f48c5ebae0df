"""Versions of a register end in the same columns: VNDS in one file or apart, LPR2 and LPR3, DREAM
before and after its codes changed."""

from datetime import date

import pandas as pd
import pytest
from small_delivery import (
    OVERRIDES,
    File,
    SmallDelivery,
    read_only,
    sentences,
    small_analysis,
    small_delivery,
)

from kommunebench.errors import RegisterError
from kommunebench.registers import content_fingerprints, find_delivery, read_delivery
from kommunebench.registers.dream import version_of
from kommunebench.registers.inspection import inspect_files
from kommunebench.registers.preparations import table_of
from kommunebench.registers.validation import validate_delivery
from kommunebench.settings import load_analysis

ANALYSIS = small_analysis()
HOSPITAL = load_analysis(
    "integration_employment",
    (
        "model.covariates=[{column: hospital_4_days_plus, kind: indicator}]",
        "population.window_start=2015-01-01",
        "population.window_end=2015-12-31",
        "observation.observation_end=2016-01-03",
    ),
)


def table(spark, folder, name, settings=ANALYSIS):
    delivery = find_delivery(folder, settings)
    registers = [register for register in delivery.files if table_of(register).name == name]
    read = read_only(spark, delivery, settings, *registers)
    frame = next(result.frame for result in read.results if result.table.name == name)
    return frame.drop("delivered_from").toPandas()


@pytest.mark.long
def test_arrivals_and_departures_in_one_file_or_apart_are_the_same_events(spark, tmp_path):
    events = [
        ["p1", "I", "2004-05-01"],
        ["p1", "U", "2015-02-03"],
        ["p2", "I", "2015-06-07"],
        ["p1", "I", "2016-01-02"],
        ["p2", "U", "2016-01-03"],
    ]
    one = small_delivery("parquet")
    one.files["vnds/vnds2016"].rows = events
    apart = small_delivery("parquet")
    del apart.files["vnds/vnds2016"]
    apart.files["VNDS_HIST2004"] = File(["pnr", "indud_kode", "haend_dato"], events[:1])
    for who, event, day in events[1:]:
        stem = "vnds_ind" if event == "I" else "vnds_ud"
        apart.files[f"{stem}/{stem}{day[:4]}"] = File(["PNR", "HAEND_DATO"], [[who, day]])
    first, second = (
        table(spark, d.write(tmp_path / str(n)), "migrations")
        .sort_values(["person_id", "event_date"])
        .values.tolist()
        for n, d in enumerate((one, apart))
    )
    assert first == second
    for year in (2015, 2016):
        del apart.files[f"vnds_ud/vnds_ud{year}"]
    said = sentences(validate_delivery(spark, apart.write(tmp_path / "x"), ANALYSIS))
    assert "register VNDS_UD: no file in" in said


@pytest.mark.long
def test_the_third_edition_of_the_patient_register_ends_in_the_same_columns(spark, tmp_path):
    delivery = small_delivery("parquet")
    contacts = [
        ["p1", "77", "0", "2015-03-01T10:00:00", "2015-03-05T08:00:00", "DF329"],
        ["p2", "78", "2", "2015-03-02", "", "DM540"],
    ]
    delivery.files["lpr_a_kontakt/lpr_a_kontakt2015"] = File(
        [
            "PNR",
            "DW_EK_KONTAKT",
            "KONT_PATIENT_TYPE",
            "KONT_STARTTIDSPUNKT",
            "KONT_SLUTTIDSPUNKT",
            "ADIAG",
        ],
        contacts,
    )
    diagnoses = [["77", "DF329", "A", ""], ["77", "DI109", "B", "Ja"], ["78", "DM540", "A", "Nej"]]
    delivery.files["lpr_a_diagnose/lpr_a_diagnose2015"] = File(
        ["DW_EK_KONTAKT", "DIAG_KODE", "DIAG_KODE_TYPE", "SENERE_AFKRAEFTET"], diagnoses
    )
    folder = delivery.write(tmp_path)
    rows = table(spark, folder, "hospital_contacts", HOSPITAL).set_index("contact_id")
    assert rows.loc["77", ["source", "patient_type", "bed_days", "admission_date"]].tolist() == [
        "lpr3",
        "0",
        4,
        date(2015, 3, 1),
    ]
    kept = table(spark, folder, "hospital_diagnoses", HOSPITAL)
    assert sorted(zip(kept["contact_id"], kept["diagnosis"], strict=True)) == [
        ("77", "DF329"),
        ("78", "DM540"),
    ]


def dream(period: str, codes: list[str], numeric: bool = False) -> SmallDelivery:
    """One person's codes in the last weeks of 2015, nothing before; the file has the next week,
    which is kept for other analyses, one after a gap, which is not, and further columns."""
    delivery = small_delivery("parquet")
    file = delivery.files.pop("dream/dream201609")
    row = ["p1", *([""] * (53 - len(codes))), *codes]
    file.header, file.rows = (
        [*file.header, "Y_1601", "Y_1603", "BRANCHE_2015_01", "MATCH_1KV2015"],
        [[*row, "652", "999", "x", "2"]],
    )
    delivery.files[f"dream/dream{period}"] = file
    return delivery


@pytest.mark.parametrize(
    ("period", "delivered", "prepared"),
    [
        ("201609", ["112", "700", "710"], ["112", "700", "710"]),
        ("202001", ["115", "700", "715"], ["115", "700", "715"]),
        ("202512", ["115", "710", "715"], ["115", "700", "705"]),
    ],
)
def test_dream_codes_of_every_version_mean_the_same(period, delivered, prepared, spark, tmp_path):
    rows = table(spark, dream(period, delivered).write(tmp_path), "benefit_weeks")
    assert list(rows["codes"][0]) == [*[None] * 50, *prepared, "652"]
    assert rows["first_monday"][0] == date(2014, 12, 29)
    assert list(rows["match_groups"][0]) == ["2"]


def test_assistance_before_integration_benefit_keeps_its_code_in_new_extracts(spark, tmp_path):
    codes = ["713"] * 53
    rows = table(spark, dream("202512", codes).write(tmp_path), "benefit_weeks")
    listed = list(rows["codes"][0])
    # Week 36 of 2015 began on 31 August, integration benefit on 1 September.
    assert listed[:35] == ["713"] * 35 and listed[35:53] == ["703"] * 18


def test_a_code_that_an_extract_no_longer_has_is_counted(spark, tmp_path):
    found = find_delivery(dream("202001", ["112"]).write(tmp_path), ANALYSIS)
    counted = inspect_files(spark, found, found.files["DREAM"], ANALYSIS, examples=True)
    said = "\n".join(finding.message for finding in counted.findings)
    assert (
        "register DREAM, column Y_YYWW: holds a code outside the list in 1 of 1 rows" in said
        and "'112'" in said
    )


@pytest.mark.parametrize(
    "kind", ["double", "text", *(pytest.param(k, marks=pytest.mark.long) for k in ("int", "csv"))]
)
def test_codes_are_normalised_alike_in_every_format_and_never_cut(kind, spark, tmp_path):
    """9999 and 7811 cut to three digits would be death and disability pension; 23 is no match
    group 2. Text in Parquet may have lost its zeros, or write a missing value as SAS does."""
    delivery = small_delivery("parquet")
    file = delivery.files.pop("dream/dream201609")
    last = ["9999", "7811", "10", "710"]
    gaps = ["", "."] if kind in ("text", "csv") else [None, None]
    codes = [*["621"] * (53 - 6), *gaps, *last]
    names = [*file.header[1:], "MATCH_1KV2015"]
    others = [["621"] * len(codes) + ["2"]] * 19
    frame = pd.DataFrame([[*codes, "23"], *others], columns=names)
    if kind in ("double", "int"):
        frame = frame.astype("float64" if kind == "double" else "Int64")
    frame.insert(0, "PNR", [f"p{n:02d}" for n in range(20)])
    folder = delivery.write(tmp_path)
    path = folder / "dream" / "dream201609"
    path.parent.mkdir()
    if kind == "csv":
        frame.to_csv(f"{path}.csv", sep=";", index=False)
    else:
        frame.to_parquet(f"{path}.parquet")
    rows = table(spark, folder, "benefit_weeks").sort_values("person_id", ignore_index=True)
    assert list(rows["codes"][0])[-7:] == ["621", None, None, "9999", "7811", "010", "710"]
    assert list(rows["match_groups"][0]) == ["23"]
    found = find_delivery(folder, ANALYSIS)
    counted = inspect_files(spark, found, found.files["DREAM"], ANALYSIS, examples=True)
    (finding,) = counted.findings
    assert (finding.reason, finding.rows, finding.set_aside) == ("unknown_code", 1, False)
    assert finding.examples == ("9999",)


def test_an_analysis_of_more_weeks_refuses_the_extract_another_one_has_stored(spark, tmp_path):
    """The extract begins in week 2 of 2015; it is in the store, and need not be read again."""
    delivery = small_delivery("parquet")
    file = delivery.files["dream/dream201609"]
    first = file.column("Y_1501")
    file.header.pop(first)
    for row in file.rows:
        row.pop(first)
    later = load_analysis(
        "integration_employment", (*OVERRIDES, "population.window_start=2015-01-05")
    )
    found = find_delivery(delivery.write(tmp_path), later)
    contents = content_fingerprints(found)
    stored = read_delivery(spark, found, contents, later).files
    with pytest.raises(RegisterError, match=r"lacks 1 week columns .* \['Y_1501'\]"):
        read_delivery(spark, found, contents, ANALYSIS, stored=stored)


def test_versions_go_by_the_month_of_the_extract():
    assert [
        version_of(period).first_extract
        for period in ("201802", "201803", "2018", "202508", "202509", "")
    ] == [
        "",
        "201803",
        "201803",
        "201803",
        "202509",
        "",
    ]
