"""The same rows as Parquet, CSV and SAS7BDAT, in every layout a delivery may have, end as the same
bronze rows."""

from datetime import date

import pandas as pd
import pytest
from sas_files import write_sas
from small_delivery import SmallDelivery, read_only, sentences, small_analysis, small_delivery

from kommunebench.errors import RegisterError
from kommunebench.registers import find_delivery
from kommunebench.registers.preparations import table_of
from kommunebench.registers.staging import Staging
from kommunebench.registers.validation import validate_delivery
from kommunebench.settings import DeliveryMapping, load_mapping

ANALYSIS = small_analysis()
SAS_DAY = date(1960, 1, 1)


def bronze(spark, folder, *names, mapping=None, staging=None) -> dict[str, pd.DataFrame]:
    """Bronze rows by table (the named ones, else all), sorted."""
    delivery = find_delivery(folder, ANALYSIS, mapping)
    read = [name for name in delivery.files if not names or table_of(name).name in names]
    frames = {}
    for result in read_only(spark, delivery, ANALYSIS, *read, staging=staging).results:
        rows = result.frame.select(*result.table.column_names).toPandas()
        frames[result.table.name] = rows.sort_values(
            [*rows.columns], key=lambda c: c.astype(str), ignore_index=True
        )
    return frames


@pytest.fixture(scope="module")
def expected(spark, tmp_path_factory):
    return bronze(spark, small_delivery("csv").write(tmp_path_factory.mktemp("csv")))


@pytest.mark.parametrize("format", ["parquet", "sas7bdat"])
def test_formats_give_the_same_rows(format, expected, spark, tmp_path):
    found = bronze(spark, small_delivery(format).write(tmp_path))
    assert set(found) == set(expected)
    for name in (
        "permits",
        "population_snapshots",
        "migrations",
        "deaths",
        "employment_months",
        "municipal_accounts",
    ):
        pd.testing.assert_frame_equal(found[name], expected[name])
    assert [list(c) for c in found["benefit_weeks"]["codes"]] == [
        list(c) for c in expected["benefit_weeks"]["codes"]
    ]


def test_values_are_what_was_delivered(expected):
    jobs, people, cells = (
        expected[n] for n in ("employment_months", "population_snapshots", "municipal_accounts")
    )
    assert jobs["hours"].min() == 100.5  # decimal comma
    assert set(people["municipality_code"]) == {"101", "860"}
    assert set(people["snapshot_date"]) == {date(y, 12, 31) for y in (2014, 2015, 2016)}
    assert set(cells["amount_thousand_dkk"]) == {1234.5}
    assert set(expected["benefit_weeks"]["codes"][0]) == {"710"}


def test_commas_latin_letters_lower_case_numeric_codes_and_hive_folders(expected, spark, tmp_path):
    """The layouts of several years at once: each year of BEF under another one."""
    delivery = small_delivery("csv")
    accounts = delivery.files["municipal/regk100"]
    accounts.encoding = "latin-1"  # OMRÅDE
    first, second, third = (delivery.files.pop(f"bef/bef{year}12") for year in (2014, 2015, 2016))
    delivery.write(tmp_path)
    first.separator, first.header = ",", [name.lower() for name in first.header]
    SmallDelivery({"BEF201412": first}).write(tmp_path)
    numeric = pd.DataFrame(second.rows, columns=second.header).astype(
        {"KOM": float, "KOEN": "int16", "OPR_LAND": "int64"}
    )
    numeric["FOED_DAG"] = pd.to_datetime(numeric["FOED_DAG"])
    (tmp_path / "BEF" / "year=2015").mkdir(parents=True)
    half = len(numeric) // 2
    numeric[:half].to_parquet(tmp_path / "BEF" / "year=2015" / "part-0.parquet")
    numeric[half:].to_parquet(tmp_path / "BEF" / "year=2015" / "part-1.parquet")
    third.rows = [[*row[:2], row[2].replace("-", ""), *row[3:]] for row in third.rows]  # YYYYMMDD
    SmallDelivery({"people/bef201612": third}).write(tmp_path)
    found = bronze(spark, tmp_path, "population_snapshots", "municipal_accounts")
    pd.testing.assert_frame_equal(found["population_snapshots"], expected["population_snapshots"])
    pd.testing.assert_frame_equal(found["municipal_accounts"], expected["municipal_accounts"])


def test_sas_dates_times_missing_values_and_danish_letters(spark, tmp_path):
    delivery = small_delivery("parquet")
    delivery.files.pop("vnds/vnds2016")
    delivery.files.pop("dod/dod2016")
    delivery.write(tmp_path)
    days = [float((date(2015, 3, day) - SAS_DAY).days) for day in (1, 2, 3)]
    write_sas(
        tmp_path / "VNDS2016.sas7bdat",
        {
            "PNR": ["a", "b", "ø"],
            "INDUD_KODE": ["I", "U", "I"],
            "HAEND_DATO": [86400.0 * d + 3600 for d in days],
        },
        {"HAEND_DATO": "DATETIME"},
    )
    # No format at all: days since 1960, as text of eight digits, and a missing value.
    write_sas(
        tmp_path / "dod2016.sas7bdat",
        {"PNR": ["a", "b", "c"] * 10, "DODDATO": [days[0], 20150302.0, days[2]] * 10},
    )
    found = bronze(spark, tmp_path, "migrations", "deaths")
    assert list(found["migrations"]["event_date"]) == [date(2015, 3, day) for day in (1, 2, 3)]
    assert list(found["migrations"]["person_id"]) == ["a", "b", "ø"]
    assert dict(found["deaths"].values) == {
        "a": date(2015, 3, 1),
        "b": date(2015, 3, 2),
        "c": date(2015, 3, 3),
    }


def test_sas_files_are_staged_once_and_read_from_there(expected, spark, tmp_path):
    delivery, in_sas = small_delivery("parquet"), small_delivery("sas7bdat")
    delivery.files |= {name: in_sas.files[name] for name in delivery.of("bef")}
    # A writer of Spark takes a location as it is, a reader takes [1] for a pattern.
    folder, staging = delivery.write(tmp_path / "delivery"), Staging(tmp_path / "lager æøå [1]")
    for _ in range(2):
        found = bronze(spark, folder, "population_snapshots", staging=staging)
        pd.testing.assert_frame_equal(
            found["population_snapshots"], expected["population_snapshots"]
        )
        assert len(list(staging.folder.glob("*/_SUCCESS"))) == 1
    staging.remove()
    assert not staging.folder.exists()


MAPPING = {
    "name": "test",
    "registers": [
        {
            "name": "BEF",
            "pattern": r"people/Befolkning_(?P<year>\d{4})_(?P<month>\d{2})\.csv",
            "columns": {"PNR": "ID_NR", "KOEN": "sex"},
        },
        {"name": "BFL", "files": "jobs/*.csv", "period_column": "AAR"},
    ],
}


def mapped_delivery(folder):
    """BEF under other names, BFL in one file with a column of years."""
    delivery = small_delivery("csv")
    jobs = delivery.files["bfl/bfl2014"]
    for year in (2014, 2015, 2016):
        population = delivery.files.pop(f"bef/bef{year}12")
        population.header = ["ID_NR", "SEX", *population.header[2:]]
        delivery.files[f"people/befolkning_{year}_12"] = population
        own = delivery.files.pop(f"bfl/bfl{year}")
        if own is not jobs:
            jobs.rows += own.rows
    jobs.header, jobs.rows = [*jobs.header, "AAR"], [[*row, row[1][:4]] for row in jobs.rows]
    delivery.files["jobs/all"] = jobs
    return delivery.write(folder)


def test_a_mapping_finds_files_renames_columns_and_takes_periods(expected, spark, tmp_path):
    found = bronze(
        spark,
        mapped_delivery(tmp_path),
        "population_snapshots",
        "employment_months",
        mapping=DeliveryMapping.model_validate(MAPPING),
    )
    pd.testing.assert_frame_equal(found["population_snapshots"], expected["population_snapshots"])
    pd.testing.assert_frame_equal(found["employment_months"], expected["employment_months"])


def test_a_mapping_that_matches_nothing_or_names_absent_columns_says_so(spark, tmp_path):
    folder = mapped_delivery(tmp_path)
    wrong = {"name": "wrong", "registers": [
        {"name": "BEF", "files": "people/*.csv", "period": "201512", "columns": {"PNR": "NUMMER"}},
        {"name": "OPHG", "files": "nowhere/*.sas7bdat"},
    ]}  # fmt: skip
    said = sentences(
        validate_delivery(spark, folder, ANALYSIS, DeliveryMapping.model_validate(wrong))
    )
    assert "the mapping names columns ['NUMMER'] the file does not have; found" in said
    assert "register OPHG: the mapping's files 'nowhere/*.sas7bdat' matches no file" in said
    assert "SECRET" not in said


def test_the_example_mapping_travels_and_is_valid():
    assert {entry.name for entry in load_mapping("example_delivery").registers} == {
        "BEF",
        "BFL",
        "OPHG",
        "DREAM",
    }


def test_a_folder_that_does_not_exist_is_named(spark, tmp_path):
    with pytest.raises(RegisterError, match="no such folder"):
        validate_delivery(spark, tmp_path / "none", ANALYSIS)
