"""A small delivery damaged in one place, or in two, by hypothesis: each damage has its message, and
no message holds an identifier.

Every damage says which register and file, what is wrong and what to do. Files are written for each
example, and only the damaged register is opened, except where a test says otherwise.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sas_files import write_sas
from small_delivery import (
    PERSONS,
    SmallDelivery,
    person,
    sas_content,
    sentences,
    small_analysis,
    small_delivery,
)
from tests.drawn import examples

from kommunebench.registers import find_delivery
from kommunebench.registers.inspection import inspect_files
from kommunebench.registers.validation import ValidationReport, validate_delivery

ANALYSIS = small_analysis()
DATES = {
    "ophg": "TILLADELSESDATO",
    "bef": "FOED_DAG",
    "bfl": "AJO_JOB_START_DATO",
    "vnds": "HAEND_DATO",
    "dod": "DODDATO",
}
YEARLY = ("ophg", "bef", "bfl")
Draw = Callable[[st.SearchStrategy], object]
DAMAGES: dict[str, Callable[[SmallDelivery, Draw], "Said"]] = {}
IN_PARQUET: set[str] = set()


@dataclass(frozen=True)
class Said:
    """The damaged register, what must be said about it, whether the analysis could still go on, and
    the files to be opened: the whole register, or the damaged file alone where opening it is enough
    to see the damage."""

    register: str
    words: tuple[str, ...]
    usable: bool = False
    opened: tuple[str, ...] | None = None


def damage(function):
    DAMAGES[function.__name__] = function
    return function


def damage_of_values(function):
    """A damage that is the same in every format, here of Parquet: identifiers in CSV are looked at
    in all registers, which takes longer than most of these checks."""
    IN_PARQUET.add(function.__name__)
    return damage(function)


def some(draw: Draw, *values: str) -> str:
    return str(draw(st.sampled_from(values)))


def a_file(delivery: SmallDelivery, draw: Draw, *registers: str) -> tuple[str, str]:
    """A register and the name of one of its files."""
    register = some(draw, *registers)
    return register, some(draw, *delivery.of(register))


def spoil(
    delivery: SmallDelivery, draw: Draw, column_of: dict[str, str], value: Callable[[int], str]
) -> tuple[str, str]:
    """A column of all files of a register filled with something else."""
    register = some(draw, *column_of)
    names = delivery.of(register)
    for name in names:
        file = delivery.files[name]
        for number, row in enumerate(file.rows):
            row[file.column(column_of[register])] = value(number)
    return register, names[0].split("/")[1]


@damage
def register_missing(delivery, draw):
    register = some(draw, *YEARLY, "vnds", "dod", "dream")
    for name in delivery.of(register):
        del delivery.files[name]
    return Said(register, (f"register {register.upper()}", "no file in", "Deliver it"), opened=())


@damage
def accounts_missing(delivery, draw):
    del delivery.files["municipal/regk100"]
    return Said("municipal", ("register REGK100: no file in", "the unit cost needs it"), opened=())


@damage
def required_column_missing(delivery, draw):
    register, name = a_file(delivery, draw, *DATES)
    file = delivery.files[name]
    number = file.column(DATES[register])
    file.header.pop(number)
    for row in file.rows:
        row.pop(number)
    return Said(
        register,
        (
            f"{name}.csv",
            f"lacks the required columns ['{DATES[register]}']",
            "found",
            "map their names",
        ),
        opened=(name,),
    )


@damage
def person_column_missing(delivery, draw):
    register, name = a_file(delivery, draw, *DATES)
    delivery.files[name].header[0] = "LOEBENR"
    return Said(register, (f"{name}.csv", "lacks the required columns ['PNR']"), opened=(name,))


@damage_of_values
def date_of_another_type(delivery, draw):
    register, name = spoil(
        delivery, draw, DATES, lambda n: some(draw, "soon", "2015-02-30", "31/12/15", "x")
    )
    return Said(
        register,
        (f"column {DATES[register]}: is not of the declared type", name, "100 %", "YYYY-MM-DD"),
    )


@damage_of_values
def date_out_of_range(delivery, draw):
    year = int(draw(st.one_of(st.integers(1000, 1899), st.integers(2101, 9000))))
    register, name = spoil(delivery, draw, DATES, lambda n: f"{year}-01-{1 + n % 28:02d}")
    return Said(
        register,
        (
            f"column {DATES[register]}: is outside 1900-2100",
            f"'{year}-01-01'",
            name,
            "Correct the dates",
        ),
    )


@damage_of_values
def code_outside_the_list(delivery, draw):
    code = some(draw, "7", "M", "9", "?")
    column = {"bef": "KOEN", "vnds": "INDUD_KODE"}
    register, name = spoil(delivery, draw, column, lambda n: code)
    return Said(
        register, (f"column {column[register]}: holds a code outside the list", f"'{code}'", name)
    )


@damage_of_values
def code_outside_the_list_in_single_rows(delivery, draw):
    delivery.files["bef/bef201512"].rows[0][1] = "7"
    return Said(
        "bef",
        ("column KOEN: holds a code outside the list in 1 of 120 rows", "bef201512", "not used"),
        usable=True,
    )


@damage_of_values
def code_of_dream_unknown(delivery, draw):
    code = some(draw, "555", "ABC", "4")
    for row in delivery.files["dream/dream201609"].rows:
        row[int(draw(st.integers(1, 52)))] = code
    return Said(
        "dream",
        ("column Y_YYWW: holds a code outside the list in 40 of 40 rows", code.rjust(3, "0")),
    )


@damage_of_values
def number_that_is_none(delivery, draw):
    text = some(draw, "n/a", "..", "1.2.3,4x", "NaN")
    for row in delivery.files["municipal/regk100"].rows:
        row[-1] = text
    return Said(
        "municipal",
        (
            "register REGK100, column INDHOLD: is not of the declared type in 4 of 4 rows",
            "numbers as numbers",
        ),
    )


@damage_of_values
def number_that_is_negative(delivery, draw):
    amount = draw(st.integers(-1000, 0))
    for row in delivery.files["municipal/price_index"].rows:
        row[1] = str(amount)
    return Said(
        "municipal",
        (
            "register PRICE_INDEX, column INDEX: is negative, or zero where it may not be",
            f"'{amount}'",
        ),
    )


@damage_of_values
def cell_of_the_accounts_twice(delivery, draw):
    file = delivery.files["municipal/regk100"]
    file.rows.append([*file.rows[int(draw(st.integers(0, 3)))][:-1], "99"])
    return Said(
        "municipal",
        ("register REGK100, column OMRÅDE, FUNKTION", "identifies rows that differ in 2 of 5 rows"),
    )


@damage_of_values
def cell_of_the_accounts_without_owner_twice(delivery, draw):
    """An empty column of the key is a value like others."""
    file = delivery.files["municipal/regk100"]
    for row in file.rows:
        row[file.column("EJER")] = ""
    again = file.rows[int(draw(st.integers(0, 3)))]
    if draw(st.booleans()):
        file.rows.append(list(again))
        return Said(
            "municipal",
            ("register REGK100, column OMRÅDE, FUNKTION", "is there more than once in 1 of 5 rows"),
            usable=True,
        )
    file.rows.append([*again[:-1], "99"])
    return Said(
        "municipal",
        ("register REGK100, column OMRÅDE, FUNKTION", "identifies rows that differ in 2 of 5 rows"),
    )


@damage_of_values
def key_with_different_rows(delivery, draw):
    register, name = a_file(delivery, draw, "bef", "dod")
    file = delivery.files[name]
    for row in [list(row) for row in file.rows]:
        number = file.column(DATES[register])
        file.rows.append([*row[:number], "1977-07-07", *row[number + 1 :]])
    return Said(
        register,
        ("column PNR", "identifies rows that differ", name.split("/")[1], "Deliver each key once"),
    )


@damage_of_values
def row_repeated(delivery, draw):
    register, name = a_file(delivery, draw, "bef", "dod", "dream")
    times = int(draw(st.integers(1, 3)))
    delivery.files[name].rows += [list(delivery.files[name].rows[0]) for _ in range(times)]
    return Said(
        register,
        (f"the row is there more than once in {times} of", "One of each is kept"),
        usable=True,
    )


@damage_of_values
def identifier_empty(delivery, draw):
    register, name = spoil(
        delivery, draw, dict.fromkeys((*DATES, "dream"), "PNR"), lambda n: some(draw, "", " ", ".")
    )
    return Said(register, ("column PNR: is empty", name, "Deliver the column with its values"))


@damage
def file_of_no_bytes(delivery, draw):
    register, name = a_file(delivery, draw, *DATES, "dream")
    delivery.files[name].raw = b""
    return Said(register, (f"{name}.csv", "empty; expected a header line"), opened=(name,))


@damage
def header_alone(delivery, draw):
    register, name = a_file(delivery, draw, *DATES, "dream")
    delivery.files[name].rows = []
    return Said(
        register, (f"no rows in {name.split('/')[1]}.csv", "deliver the file again"), opened=(name,)
    )


@damage
def year_missing(delivery, draw):
    register = some(draw, *YEARLY)
    del delivery.files[delivery.of(register)[1]]
    return Said(
        register,
        (f"register {register.upper()}: year 2015 is missing between 2014 and 2016", "deliver it"),
        opened=(),
    )


@damage
def period_twice(delivery, draw):
    register, name = a_file(delivery, draw, *YEARLY)
    delivery.files[f"{register}/copy/{name.split('/')[1]}"] = delivery.files[name]
    return Said(
        register, ("is delivered 2 times", f"copy/{name.split('/')[1]}.csv", "leave one"), opened=()
    )


@damage
def extract_of_dream_twice(delivery, draw):
    delivery.files["dream/copy/dream201609"] = delivery.files["dream/dream201609"]
    return Said("dream", ("extract 201609 is delivered 2 times", "leave one"), opened=())


@damage
def bytes_that_are_no_text(delivery, draw):
    register, name = a_file(delivery, draw, *DATES)
    file = delivery.files[name]
    bad = bytes([int(draw(st.sampled_from((0x81, 0x8D, 0x8F, 0x90, 0x9D))))])
    lines = "\n".join(";".join(row) for row in [file.header, *file.rows]).encode()
    file.raw = lines + b"\n" + bad + b";" * (len(file.header) - 1) + b"\n"
    return Said(register, (f"{name}.csv", "neither UTF-8 nor windows-1252 text"), opened=(name,))


@damage
def parquet_cut_off(delivery, draw):
    register, name = a_file(delivery, draw, *DATES)
    file = delivery.files[name]
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "x.parquet"
        pd.DataFrame(file.rows, columns=file.header).to_parquet(whole)
        content = whole.read_bytes()
    file.format, file.raw = "parquet", content[: int(draw(st.integers(0, len(content) - 1)))]
    return Said(
        register,
        (f"{name}.parquet", "not a whole Parquet file", "Deliver it again"),
        opened=(name,),
    )


@damage_of_values
def parquet_damaged_inside(delivery, draw):
    """The footer is whole, the pages before it are not."""
    register, name = a_file(delivery, draw, *DATES)
    damage_pages(delivery, name, int(draw(st.integers(4, 24))))
    return Said(
        register,
        (
            f"register {register.upper()}",
            f"{name}.parquet",
            "could not be read to its end",
            "Deliver it again",
        ),
        opened=(name,),
    )


def damage_pages(delivery: SmallDelivery, name: str, start: int) -> None:
    file = delivery.files[name]
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "x.parquet"
        pd.DataFrame(file.rows, columns=file.header).to_parquet(whole)
        content = bytearray(whole.read_bytes())
    content[start : start + 400] = bytes(400)
    file.format, file.raw = "parquet", bytes(content)


@damage
def sas_cut_off(delivery, draw):
    register, name = a_file(delivery, draw, *DATES)
    file = delivery.files[name]
    with tempfile.TemporaryDirectory() as folder:
        content = write_sas(Path(folder) / "x.sas7bdat", *sas_content(file)).read_bytes()
    file.format, file.raw = "sas7bdat", content[: int(draw(st.integers(0, len(content) - 1)))]
    return Said(register, (f"{name}.sas7bdat", "eliver it again"), opened=(name,))


@damage
def other_format_than_its_name_says(delivery, draw):
    register, name = a_file(delivery, draw, *DATES)
    file = delivery.files[name]
    file.raw, file.format = b"PNR;X\n1;2\n" * 50, some(draw, "parquet", "sas7bdat")
    return Said(register, (f"{name}.{file.format}", "of another format"), opened=(name,))


@damage
def names_that_differ_in_case_only(delivery, draw):
    register, name = a_file(delivery, draw, *DATES)
    file = delivery.files[name]
    file.header.append(file.header[int(draw(st.integers(0, len(file.header) - 1)))].lower())
    file.rows = [[*row, "x"] for row in file.rows]
    return Said(register, (f"{name}.csv", "differ in case only", "leave one"), opened=(name,))


@damage
def another_separator(delivery, draw):
    register, name = a_file(delivery, draw, *DATES)
    delivery.files[name].separator = some(draw, "^", ":")
    return Said(register, (f"{name}.csv", "lacks the required columns ['PNR'"), opened=(name,))


@damage
def quotation_mark_that_is_not_closed(delivery, draw):
    register, name = a_file(delivery, draw, *DATES, "dream")
    file = delivery.files[name]
    number = int(draw(st.integers(0, len(file.rows) - 1)))
    lines = [";".join(row) for row in [file.header, *file.rows]]
    lines[number + 1] = f'"{lines[number + 1]}'
    file.raw = "\n".join(lines).encode()
    return Said(
        register,
        (f"{name}.csv", f"after line {number + 1} the quotation marks do not pair up"),
        opened=(name,),
    )


@damage
def lines_with_too_many_values(delivery, draw):
    register, name = a_file(delivery, draw, *DATES)
    for row in delivery.files[name].rows:
        row.extend(["x"] * int(draw(st.integers(1, 3))))
    return Said(
        register,
        (
            f"register {register.upper()}: the line has more or fewer values",
            name.split("/")[1],
            "Check the separator",
        ),
        opened=(name,),
    )


@damage_of_values
def week_missing(delivery, draw):
    file = delivery.files["dream/dream201609"]
    number = int(draw(st.integers(1, 53)))
    name = file.header.pop(number)
    for row in file.rows:
        row.pop(number)
    return Said("dream", ("dream201609", "lacks 1 week columns", name, "Deliver a later extract"))


@damage
def period_not_in_the_name(delivery, draw):
    for name in delivery.of("bef")[1:]:
        del delivery.files[name]
    delivery.files["bef/bef"] = delivery.files.pop("bef/bef201412")
    return Said("bef", ("bef.csv", "lacks the required columns ['REFERENCETID']"))


def undamaged(name: str) -> SmallDelivery:
    """The delivery that a damage is done to."""
    return small_delivery("parquet" if name in IN_PARQUET else "csv")


def inspected(spark, delivery: SmallDelivery, folder: Path, *damages: Said) -> ValidationReport:
    """What validate says, with only the damaged files or registers opened."""
    found = find_delivery(delivery.write(folder), ANALYSIS)
    names = {
        f.path.relative_to(folder).with_suffix("").as_posix(): f
        for own in found.files.values()
        for f in own
    }
    chosen = [
        file
        for said in damages
        for name, file in names.items()
        if name.split("/")[0] == said.register and (said.opened is None or name in said.opened)
    ]
    inspection = inspect_files(spark, found, chosen, ANALYSIS, examples=True)
    return ValidationReport(inspection.problems, inspection.findings, ())


@pytest.mark.parametrize("name", DAMAGES)
@examples(1)
@given(data=st.data())
def test_a_damage_is_named_with_register_file_and_what_to_do(name, spark, data):
    check_damage(name, spark, data.draw)


@pytest.mark.long
@pytest.mark.parametrize("name", DAMAGES)
@examples(4)
@given(data=st.data())
def test_a_damage_is_named_wherever_it_is(name, spark, data):
    check_damage(name, spark, data.draw)


def check_damage(name: str, spark, draw: Draw) -> None:
    delivery = undamaged(name)
    with tempfile.TemporaryDirectory() as folder:
        said = DAMAGES[name](delivery, draw)
        report = inspected(spark, delivery, Path(folder), said)
    everything = sentences(report)
    assert report.usable is said.usable, everything
    for words in said.words:
        assert words in everything, (words, everything)
    assert "SECRET" not in everything
    assert "Traceback" not in everything and "Exception" not in everything


@examples(4)
@given(
    data=st.data(),
    pair=st.lists(st.sampled_from(sorted(DAMAGES)), min_size=2, max_size=3, unique=True),
)
def test_one_damage_never_hides_another(spark, data, pair):
    """Several damages of different registers: each is still named, in one pass."""
    delivery = small_delivery("parquet")
    with tempfile.TemporaryDirectory() as folder:
        told: dict[str, Said] = {}
        for name in pair:
            trial = undamaged(name)
            said = DAMAGES[name](trial, data.draw)
            if said.register in told:
                continue
            told[said.register] = said
            delivery.files = {
                n: f for n, f in delivery.files.items() if n.split("/")[0] != said.register
            }
            delivery.files |= {
                n: f for n, f in trial.files.items() if n.split("/")[0] == said.register
            }
        report = inspected(spark, delivery, Path(folder), *told.values())
    everything = sentences(report)
    for said in told.values():
        for words in said.words:
            assert words in everything, (pair, words, everything)
    assert "SECRET" not in everything


def test_a_damaged_year_does_not_hide_the_problems_of_the_others(spark, tmp_path):
    delivery = small_delivery("parquet")
    delivery.files["bfl/bfl2014"].rows[0][1] = "soon"
    delivery.files["bfl/bfl2016"].rows[0][1] = "1850-01-01"
    damage_pages(delivery, "bfl/bfl2015", 8)
    everything = sentences(inspected(spark, delivery, tmp_path, Said("bfl", ())))
    assert "bfl2015.parquet: register BFL: could not be read to its end" in everything
    assert (
        "is not of the declared type in 1 of 80 rows" in everything
        and "is outside 1900-2100 in 1 of 80 rows" in everything
    )


@pytest.mark.long
def test_an_undamaged_delivery_is_usable_in_every_format(spark, tmp_path):
    for format in ("csv", "parquet", "sas7bdat"):
        report = validate_delivery(spark, small_delivery(format).write(tmp_path / format), ANALYSIS)
        assert report.usable and not report.findings, sentences(report)
        rows = {register.register: register.rows for register in report.registers}
        assert rows["BEF"] == 3 * PERSONS and rows["DREAM"] == PERSONS and rows["REGK100"] == 4


def test_a_value_that_may_be_an_identifier_is_not_shown(spark, tmp_path):
    """The identifier delivered in the place of a date, of a code and of a municipality."""
    delivery = small_delivery("parquet")
    for name, column in (("dod/dod2016", 1), ("bef/bef201512", 1), ("vnds/vnds2016", 1)):
        for number, row in enumerate(delivery.files[name].rows):
            row[column] = person(number)
    everything = sentences(
        inspected(spark, delivery, tmp_path, *(Said(name, ()) for name in ("dod", "bef", "vnds")))
    )
    assert "column DODDATO: is not of the declared type" in everything
    assert "SECRET" not in everything
