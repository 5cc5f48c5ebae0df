"""Rows that are delivered twice count once, and contradicting ones not at all, whichever file they
stand in and whether or not a column of their key is empty."""

import pandas as pd
from small_delivery import (
    OVERRIDES,
    File,
    SmallDelivery,
    person,
    read_only,
    small_analysis,
    small_delivery,
)

from kommunebench.registers import content_fingerprints, find_delivery, read_delivery
from kommunebench.registers.ingestion import ReadDelivery
from kommunebench.settings import AnalysisSettings, load_analysis

ANALYSIS = small_analysis()
HOSPITAL = load_analysis(
    "integration_employment",
    ("model.covariates=[{column: hospital_4_days_plus, kind: indicator}]", *OVERRIDES[1:]),
)
LABOUR_MARKET = load_analysis(
    "integration_employment",
    ("model.covariates=[{column: local_unemployment_percent, kind: number}]", *OVERRIDES[1:]),
)


def read(spark, folder, settings: AnalysisSettings, *registers: str) -> ReadDelivery:
    return read_only(spark, find_delivery(folder, settings), settings, *registers)


def table(read: ReadDelivery, name: str) -> pd.DataFrame:
    (result,) = (result for result in read.results if result.table.name == name)
    return result.frame.toPandas()


def counted(read: ReadDelivery, register: str) -> set[tuple[str, int, bool]]:
    return {
        (reason, rows, aside)
        for file in read.files
        if file.register == register
        for _, reason, rows, aside in file.counts()
    }


def accounts(rows: list[tuple[str, str]], cells: int = 2000) -> SmallDelivery:
    """The accounts without owners: municipality and amount of each row, and cells of others."""
    delivery = small_delivery("parquet")
    file = delivery.files["municipal/regk100"]
    others = [(f"{n:05d}", "1") for n in range(cells)]
    file.rows = [["101", "54660", "001", "", "1", kind, "2015", amount] for kind, amount in rows]
    file.rows += [["860", code, "001", "", "1", "UE", "2015", one] for code, one in others]
    return delivery


def test_accounts_without_owner_that_are_there_twice_count_once(spark, tmp_path):
    delivered = read(
        spark, accounts([("UE", "70"), ("UE", "70")]).write(tmp_path), ANALYSIS, "REGK100"
    )
    cells = table(delivered, "municipal_accounts").query("municipality_code == '101'")
    assert cells["amount_thousand_dkk"].tolist() == [70.0]
    assert counted(delivered, "REGK100") == {("row_repeated", 1, False)}


def test_accounts_without_owner_that_contradict_each_other_are_not_used(spark, tmp_path):
    two = [("UE", "70"), ("UE", "80"), ("77", "5")]
    delivered = read(spark, accounts(two).write(tmp_path), ANALYSIS, "REGK100")
    cells = table(delivered, "municipal_accounts").query("municipality_code == '101'")
    assert cells[["kind", "amount_thousand_dkk"]].values.tolist() == [["77", 5.0]]
    assert counted(delivered, "REGK100") == {("key_with_different_rows", 2, True)}


def hospital(**more: list[list[str]]) -> SmallDelivery:
    """The delivery with contacts by year: person, contact, days admitted."""
    delivery = small_delivery("parquet")
    for year in (2014, 2015, 2016):
        contacts = more.get(f"in_{year}") or [[person(0), f"9{year}", "1"]]
        delivery.files[f"lpr_adm/lpr_adm{year}"] = File(
            ["PNR", "RECNUM", "C_PATTYPE", "C_ADIAG", "V_SENGDAGE", "D_INDDTO"],
            [[who, contact, "0", "DF329", days, "2015-02-03"] for who, contact, days in contacts],
            "parquet",
        )
        delivery.files[f"lpr_diag/lpr_diag{year}"] = File(
            ["RECNUM", "C_DIAG", "C_DIAGTYPE"],
            [[contact, "DF329", "A"] for _, contact, _ in contacts],
            "parquet",
        )
    return delivery


def days(frame: pd.DataFrame) -> dict[str, list[int]]:
    return frame.groupby("contact_id")["bed_days"].apply(list).to_dict()


def test_an_admission_in_the_files_of_two_years_counts_once_whatever_was_read_first(
    spark, tmp_path
):
    """Also where the second year is delivered later: the contacts are then all read again."""
    twice = [person(1), "77", "5"]
    delivery = hospital(in_2014=[twice], in_2015=[twice, [person(2), "78", "3"]])
    both = read(spark, delivery.write(tmp_path / "a"), HOSPITAL, "LPR_ADM")
    expected = {"77": [5], "78": [3], "92016": [1]}
    assert days(table(both, "hospital_contacts")) == expected
    assert counted(both, "LPR_ADM") == {("row_repeated", 1, False)}
    folder = hospital(in_2014=[twice]).write(tmp_path / "b")
    first = read(spark, folder, HOSPITAL, "LPR_ADM")
    found = find_delivery(delivery.write(folder), HOSPITAL)
    contents = content_fingerprints(found)
    then = read_delivery(spark, found, contents, HOSPITAL, stored=first.files)
    assert days(table(then, "hospital_contacts")) == expected
    (result,) = (r for r in then.results if r.table.name == "hospital_contacts")
    assert result.units == ("LPR_ADM 2014", "LPR_ADM 2015", "LPR_ADM 2016")
    assert "LPR_DIAG 2014" not in {unit for r in then.results for unit in r.units}


def test_unemployment_that_is_there_twice_is_summed_once(spark, tmp_path):
    """Only all benefits together are given, by sex; 30 and 20 are 50, not 100."""
    delivery = small_delivery("parquet")
    rows = [["101", "TOT", "", "", sex, "2015", n] for sex, n in (("M", "30"), ("K", "20"))]
    delivery.files["municipal/aul01"] = File(
        ["OMRÅDE", "YDELSESTYPE", "AKASSE", "ALDER", "KØN", "TID", "INDHOLD"], rows * 2
    )
    delivery.files["municipal/jobs"] = File(
        ["municipality_code", "year", "jobs", "jobs_skilled"], [["101", "2015", "9", "5"]]
    )
    delivery.files["municipal/commuting_areas"] = File(
        ["municipality_code", "commuting_area"], [["101", "1"]]
    )
    delivered = read(spark, delivery.write(tmp_path), LABOUR_MARKET, "AUL01")
    frame = table(delivered, "unemployment")
    assert frame["full_time_unemployed"].tolist() == [50.0]
    assert counted(delivered, "AUL01") == {("row_repeated", 2, False)}


def test_files_of_one_name_have_each_their_own_counts(spark, tmp_path):
    """Two files of one unit in different folders; one of them has a row that cannot be used."""
    delivery = small_delivery("parquet")
    file = delivery.files.pop("vnds/vnds2016")
    for folder in ("older", "newer"):
        rows = [list(row) for row in file.rows]
        delivery.files[f"{folder}/vnds2016"] = File(file.header, rows, "parquet")
    delivery.files["newer/vnds2016"].rows[0][1] = "X"
    delivered = read(spark, delivery.write(tmp_path), ANALYSIS, "VNDS")
    counts = {
        record.file: record.counts() for record in delivered.files if record.register == "VNDS"
    }
    assert counts == {
        "newer/vnds2016.parquet": [("INDUD_KODE", "unknown_code", 1, True)],
        "older/vnds2016.parquet": [],
    }
