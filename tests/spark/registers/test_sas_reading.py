"""SAS7BDAT files are read in one pass, in chunks, and another reader finds the same in them."""

import math

import pyarrow as pa
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sas_files import write_sas
from tests.drawn import examples

from kommunebench.errors import RegisterError
from kommunebench.registers import sas_files
from kommunebench.registers.locations import SparkPath, list_files
from kommunebench.registers.sas_files import (
    TRUNCATED,
    UNDECODABLE,
    SasPart,
    local_path,
    part_rows,
    sas_columns,
)
from kommunebench.registers.sas_formats import kind_of_format


def rows_of(path, encoding=None) -> dict[str, list]:
    """Every column of a file, and what is said of it."""
    types, _ = sas_columns(list_files(path), encoding)
    kinds = {name: "string" if kind == "string" else "double" for name, kind in types.items()}
    batches = list(part_rows(SasPart(str(path), 0, encoding), list(kinds), kinds))
    return pa.Table.from_batches(batches).to_pydict()


def by_other_reader(path) -> dict[str, list]:
    frame, _ = pyreadstat.read_sas7bdat(str(path), disable_datetime_conversion=True)
    return {
        name: [
            None if value == "" or (isinstance(value, float) and math.isnan(value)) else value
            for value in frame[name]
        ]
        for name in frame
    }


CELLS = st.one_of(st.none(), st.text("abø 1", max_size=12).map(str.rstrip).map(lambda t: t or None))


@examples(25)
@given(
    rows=st.lists(st.tuples(CELLS, st.one_of(st.none(), st.floats(-1e9, 1e9))), min_size=1),
    compressed=st.booleans(),
    encoding=st.sampled_from(["utf-8", "latin-1", "windows-1252"]),
    cells=st.sampled_from([1, 6, 1000]),
)
def test_both_readers_find_the_same_values(tmp_path, rows, compressed, encoding, cells):
    columns = {
        "PNR": [f"p{n}" for n in range(len(rows))],
        "OMRÅDE": [text for text, _ in rows],
        "LØN": [number for _, number in rows],
        "DATO": [20455.0, 99999999.0][: len(rows)] + [None] * (len(rows) - 2),
    }
    if not any(columns["OMRÅDE"]):
        columns["OMRÅDE"][0] = "x"
    path = write_sas(
        tmp_path / "x.sas7bdat", columns, {"DATO": "DATE"}, encoding, compressed=compressed
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sas_files, "CHUNK_CELLS", cells)
        found = rows_of(path)
    for name, values in by_other_reader(path).items():
        assert found[name] == values == columns[name]
    assert found["row_number"] == list(range(1, len(rows) + 1))
    assert found["unreadable"] == [None] * len(rows)


@pytest.mark.parametrize("rows", [1, 2, 1000])
def test_a_row_count_that_is_saturated_is_not_believed(rows, tmp_path, monkeypatch):
    monkeypatch.setattr(sas_files, "CHUNK_CELLS", 64)
    path = write_sas(
        tmp_path / "x.sas7bdat", {"PNR": [f"p{n}" for n in range(rows)]}, header_rows=2**32 - 1
    )
    assert sas_columns(list_files(path), None) == ({"PNR": "string"}, None)
    assert rows_of(path)["PNR"] == [f"p{n}" for n in range(rows)]


def test_a_file_that_ends_before_its_last_row_says_so(tmp_path):
    path = write_sas(tmp_path / "x.sas7bdat", {"PNR": ["a", "b"]}, header_rows=3)
    assert rows_of(path)["unreadable"][-1] == TRUNCATED
    whole = write_sas(tmp_path / "y.sas7bdat", {"PNR": ["a" * 100] * 9000})
    whole.write_bytes(whole.read_bytes()[:-1000])
    assert rows_of(whole)["unreadable"][-1] == TRUNCATED


def test_text_that_its_encoding_does_not_have_is_found_out(tmp_path):
    path = write_sas(tmp_path / "x.sas7bdat", {"PNR": ["ø"]}, encoding="windows-1252")
    assert rows_of(path, "utf-8")["unreadable"] == [UNDECODABLE]
    assert rows_of(path, "windows-1252")["PNR"] == ["ø"]


@pytest.mark.parametrize(
    ("written_as", "kind"),
    [
        ("DATE", "sas_date"), ("DATE9.", "sas_date"), ("YYMMDDN8", "sas_date"),
        ("E8601DA", "sas_date"), ("B8601DA8.", "sas_date"), ("EURDFDD10.", "sas_date"),
        ("E8601DN", "sas_datetime"), ("B8601DN10.", "sas_datetime"), ("IS8601DN", "sas_datetime"),
        ("E8601DT19.", "sas_datetime"), ("DATETIME20.", "sas_datetime"),
        ("E8601DZ", "sas_datetime"),
        ("DTDATE9.", "sas_datetime"), ("NLDATMAP", "sas_datetime"), ("NLDATE", "sas_date"),
        ("BEST12.", "double"), ("", "double"), ("COMMA10.2", "double"), ("TIME8.", "double"),
        ("E8601TM8.", "double"),
    ],
)  # fmt: skip
def test_dates_are_told_by_their_format(written_as, kind):
    assert kind_of_format(written_as) == kind


def test_a_file_that_only_spark_reaches_is_refused_with_what_to_do():
    with pytest.raises(RegisterError, match="Copy the delivery there, or convert it to Parquet"):
        local_path(SparkPath("s3a://bucket/dream201609.sas7bdat", None))
