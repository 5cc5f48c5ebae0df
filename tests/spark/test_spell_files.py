"""Files of spells: every layout a person may bring gives the same spells, or is refused by name.

One small table is written in many ways. What is read is compared with the table; what is damaged
has to be named with column, count and rows, without an identifier.
"""

import csv
import io
import tempfile
from collections.abc import Callable
from datetime import time
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.drawn import examples

from kommunebench.errors import RegisterError
from kommunebench.settings import AnalysisSettings
from kommunebench.spell_files import read_spells

SETTINGS = AnalysisSettings.model_validate(
    {
        "name": "small",
        "starts_from": "spells",
        "labels": {"title_da": "x", "title_en": "x"},
        "spells_file": {"unit": "Unit", "duration": "time", "event": "event", "person": "pid"},
        "model": {
            "group": None,
            "covariates": [
                {"column": "disease", "kind": "category", "reference": "a"},
                {"column": "weight", "kind": "number"},
            ],
        },
    }
)
HEADER = ("Unit", "pid", "time", "event", "disease", "weight")
# Units with leading zeros, text with signs that have a meaning in CSV, numbers with decimals.
ROWS = (
    ("0101", "SECRET1", "3", "1", 'a "b"; c', "71.5"),
    ("0101", "SECRET2", "12", "0", "d, e", "60"),
    ("860", "SECRET3", "5", "1", "a", "80.25"),
)
Rows = list[tuple[str, ...]]


def found(spark, path: Path) -> list[tuple[object, ...]]:
    frame = read_spells(spark, path, SETTINGS).toPandas().sort_values("person_id")
    return [
        (row.municipality_code, row.person_id, row.duration, row.event, row.covariates["disease"],
         float(row.covariates["weight"]))
        for row in frame.itertuples()
    ]  # fmt: skip


def expected(rows=ROWS) -> list[tuple[object, ...]]:
    return [(u, p, int(t), int(e), d, float(w.replace(",", "."))) for u, p, t, e, d, w in rows]


def text(rows=ROWS, header=HEADER, **how) -> str:
    out = io.StringIO()
    csv.writer(out, **{"lineterminator": "\n"} | how).writerows([header, *rows])
    return out.getvalue()


def decimal_commas(rows: Rows) -> Rows:
    return [(*row[:-1], row[-1].replace(".", ",")) for row in rows]


LAYOUTS: dict[str, bytes] = {
    "commas": text().encode(),
    "semicolons, decimal commas": text(decimal_commas(list(ROWS)), delimiter=";").encode(),
    "tabs, header in capitals": text(
        header=[n.upper() for n in HEADER], delimiter="\t", lineterminator="\r\n"
    ).encode(),
    "sep= line and everything quoted": ("sep=;\r\n" + text(
        delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n"
    )).encode("utf-8-sig"),
    "UTF-16 as Excel writes it": text(delimiter="\t", lineterminator="\r\n").encode("utf-16"),
    "index without name, blank lines": text(
        [(str(n), *row) for n, row in enumerate(ROWS)], header=("", *HEADER)
    ).replace("\n", "\n\n").encode(),
    "blanks and non-breaking spaces": text(
        [(f" {row[0]}\u00a0", *row[1:4], f"{row[4]} ", f"\u00a0{row[5]}") for row in ROWS]
    ).encode(),
    "whole numbers with decimals": text(
        [(f"{row[0]}.0", row[1], f"{row[2]}.0", f"{row[3]}.00", *row[4:]) for row in ROWS]
    ).encode(),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_spells(layout, spark, tmp_path):
    (tmp_path / "spells.CSV").write_bytes(LAYOUTS[layout])
    assert found(spark, tmp_path / "spells.CSV") == expected()


def test_line_breaks_in_fields_and_letters_of_windows(spark, tmp_path):
    rows = [(*row[:4], "ø €\nnext line", row[5]) for row in ROWS]
    (tmp_path / "spells.csv").write_bytes(text(rows, delimiter=";").encode("windows-1252"))
    assert found(spark, tmp_path / "spells.csv") == expected(rows)


def typed_parquet(path: Path) -> None:
    """Each column of another type than text, and one that is empty."""
    table = {
        "UNIT": pa.array(["101", "101", "860"]).dictionary_encode(),
        "pid": pa.array([1, 2, 3], pa.uint64()),
        "time": pa.array([3.0, 12.0, 5.0]),
        "event": pa.array([True, False, True]),
        "disease": pa.array([2, 3, 2], pa.int8()),
        "weight": pa.array([Decimal("71.50"), Decimal("60.00"), Decimal("80.25")]),
        "seen": pa.array([time(1), None, None], pa.time64("us")),
        "note": pa.nulls(3),
    }
    pq.write_table(pa.table(table), path)


def test_parquet_of_any_type_gives_the_same_spells(spark, tmp_path):
    typed_parquet(tmp_path / "spells.parquet")
    assert found(spark, tmp_path / "spells.parquet") == [
        ("101", "1", 3, 1, "2", 71.5),
        ("101", "2", 12, 0, "3", 60.0),
        ("860", "3", 5, 1, "2", 80.25),
    ]


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_units_in_the_names_of_folders_keep_their_zeros(format, spark, tmp_path):
    for row in ROWS:
        folder = tmp_path / "my spells [ø]" / f"Unit={row[0]}"
        folder.mkdir(parents=True, exist_ok=True)
        frame = pd.DataFrame([row[1:]], columns=HEADER[1:])
        name = folder / f"part{row[1]}.{format}"
        frame.to_csv(name, index=False) if format == "csv" else frame.to_parquet(name)
        (folder / "_SUCCESS").touch()
    (tmp_path / "my spells [ø]" / "readme.txt").write_text("not a table")
    assert found(spark, tmp_path / "my spells [ø]") == expected()


Draw = Callable[[st.SearchStrategy], object]
DAMAGES: dict[str, Callable[[Rows, Draw], tuple[bytes, tuple[str, ...]]]] = {}


def damage(function):
    DAMAGES[function.__name__] = function
    return function


def with_value(rows: Rows, place: int, column: int, value: str) -> Rows:
    rows[place] = (*rows[place][:column], value, *rows[place][column + 1 :])
    return rows


@damage
def duration_of_no_kind(rows, draw):
    place = int(draw(st.integers(0, len(rows) - 1)))
    value = str(
        draw(st.sampled_from(["", "0", "-3", "5d", "3000000000", "NaN", "inf", "0x3", "2.5", "x"]))
    )
    said = f"column time is not a whole number from 1 to 2147483647: 1 of {len(rows)} rows"
    content = text(with_value(rows, place, 2, value)).encode()
    return content, (said, f"(row {place + 1})")


@damage
def event_of_no_kind(rows, draw):
    value = str(draw(st.sampled_from(["", "2", "-1", "yes", "0.5"])))
    content = text([(*row[:3], value, *row[4:]) for row in rows]).encode()
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    listed = ", ".join(str(n + 1) for n in range(min(len(rows), 5)))
    many = "s" if len(rows) > 1 else ""
    said = f"column event is neither 0 nor 1: {len(rows)} of {len(rows)} rows"
    return content, (f"{said} (row{many} {listed}{more})",)


@damage
def weight_that_is_no_number(rows, draw):
    value = str(draw(st.sampled_from(["", "NA", "5d", "1e999", "Infinity", "seventy", "1 000"])))
    content = text(with_value(rows, len(rows) - 1, 5, value)).encode()
    return content, (f"covariate weight is not a number: 1 of {len(rows)} rows (row {len(rows)})",)


@damage
def unit_that_is_blank(rows, draw):
    value = str(draw(st.sampled_from(["", " ", "\u00a0", "."])))
    content = text(with_value(rows, 0, 0, value), delimiter=";").encode()
    return content, (f"column Unit is empty: 1 of {len(rows)} rows (row 1)",)


@damage
def units_that_differ_in_zeros(rows, draw):
    content = text([("101", *rows[0][1:]), ("0101", *rows[0][1:])]).encode()
    return content, ("column Unit holds codes that differ in leading zeros only (0101 and 101)",)


@damage
def lines_cut_short(rows, draw):
    lines = text(rows, quoting=csv.QUOTE_ALL).splitlines()
    cut = ",".join(["x"] * int(draw(st.sampled_from([1, 3, 5, 7, 9]))))
    content = "\n".join([*lines, cut]).encode()
    words = "the line has more or fewer values than the header has columns"
    return content, (words, f": 1 of {len(rows) + 1} rows (row {len(rows) + 1})")


@damage
def quotation_mark_that_is_not_closed(rows, draw):
    return (text(rows) + '1,"x,3,1,a,5\n').encode(), ("the quotation marks do not pair up",)


@damage
def column_left_out(rows, draw):
    place = int(draw(st.integers(0, len(HEADER) - 1)))
    header = [name for name in HEADER if name != HEADER[place]]
    left = [[*row[:place], *row[place + 1 :]] for row in rows]
    return text(left, header=header).encode(), (f"missing columns ['{HEADER[place]}']; found",)


@damage
def nothing_in_it(rows, draw):
    content = draw(st.sampled_from([b"", b"\n\n", b"\xef\xbb\xbf"]))
    return content, ("empty; expected a header line",)


@damage
def header_alone(rows, draw):
    return text([]).encode(), ("no rows below the header",)


@damage
def bytes_that_are_no_text(rows, draw):
    content = draw(st.binary(min_size=64, max_size=64))
    return text(rows).encode() + b"\x81" + bytes(content), ()


@pytest.mark.parametrize("name", DAMAGES)
@examples(1)
@given(data=st.data())
def test_a_damage_is_named_with_column_count_and_rows(name, spark, data):
    check_damage(name, spark, data.draw)


@pytest.mark.long
@pytest.mark.parametrize("name", DAMAGES)
@examples(4)
@given(data=st.data())
def test_a_damage_is_named_wherever_it_is(name, spark, data):
    check_damage(name, spark, data.draw)


def check_damage(name: str, spark, draw) -> None:
    rows = list(ROWS) * int(draw(st.sampled_from([1, 2, 4])))
    content, said = DAMAGES[name](rows, draw)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spells.csv"
        path.write_bytes(content)
        with pytest.raises(RegisterError) as error:
            read_spells(spark, path, SETTINGS)
    message = str(error.value)
    assert str(path) in message and "SECRET" not in message
    for words in said:
        assert words in message, (words, message)


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("time", pa.array([2**40, 3]), "column time is not a whole number from 1 to 2147483647"),
        ("time", pa.array([float("nan"), 3.0]), "column time is not a whole number"),
        ("time", pa.array([pd.Timedelta(3, "D")] * 2), "column time is of the type duration"),
        ("weight", pa.array([float("inf"), 3.0]), "covariate weight is not a number: 1 of 2 rows"),
        ("Unit", pa.array([[1], [2]]), "column Unit is of the type list<element: int64>"),
        ("disease", pa.nulls(2), "covariate disease is empty: 2 of 2 rows (rows 1, 2)"),
    ],
)
def test_parquet_that_holds_no_spells_is_refused_by_name(column, values, said, spark, tmp_path):
    plain = {name: pa.array([row[k] for row in ROWS[1:]]) for k, name in enumerate(HEADER)}
    pq.write_table(pa.table(plain | {column: values}), tmp_path / "spells.parquet")
    with pytest.raises(RegisterError) as error:
        read_spells(spark, tmp_path / "spells.parquet", SETTINGS)
    assert said in str(error.value) and "SECRET" not in str(error.value)


def test_what_is_no_file_of_spells_is_refused_by_name(spark, tmp_path):
    (tmp_path / "spells.xlsx").write_bytes(b"PK")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1")
    (tmp_path / "empty").mkdir()
    for name, said in (
        ("spells.xlsx", "must end in .parquet, .csv, .sas7bdat"),
        ("empty", "no file of spells"),
        ("cut.parquet", "not a whole Parquet file"),
    ):
        with pytest.raises(RegisterError, match=said):
            read_spells(spark, tmp_path / name, SETTINGS)
