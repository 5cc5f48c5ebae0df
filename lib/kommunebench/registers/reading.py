"""Delivered files as frames of our columns: names mapped, values converted, problems marked, each
row with its file and period."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.catalogue import Register, RegisterColumn
from kommunebench.registers.conversion import (
    MISSING,
    accept,
    as_text,
    direct,
    judge,
    last_day,
    parsing_steps,
    period_end,
)
from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.file_columns import EMPTY, FileColumns
from kommunebench.registers.opening import (
    FILE_NUMBER,
    ROW_FILE,
    ROW_NUMBER,
    UNREADABLE,
    open_files,
    quoted,
)

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

PERIOD, UNIT = "period", "delivered_from"
_PERIOD_END = "period_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRows:
    """The rows of a register: our columns, per column ``problem_<name>`` and ``text_<name>`` (as
    delivered), ``period``, ``delivered_from`` (the unit a row is replaced with), ``file_number`` in
    ``files``, and ``unreadable``: why the row, or the rest of its file, cannot be read.

    ``columns_of``: what each file holds, in the order of ``files``. ``further``: columns of
    ``frame`` beyond the register's that are part of a row. Of checked rows: ``sound``, columns
    without any problem; ``conflicting``, keys whose rows differ, none of them is used; ``unique``,
    no key is there twice.
    """

    register: Register
    files: tuple[DeliveredFile, ...]
    columns_of: tuple[FileColumns, ...]
    frame: "DataFrame"
    further: tuple[str, ...] = ()
    sound: frozenset[str] = frozenset()
    conflicting: "DataFrame | None" = None
    unique: bool = False


def problem_column(name: str) -> str:
    """Name of the column that marks problems of another."""
    return f"problem_{name}"


def text_column(name: str) -> str:
    """Name of the column with another as it was delivered, as text."""
    return f"text_{name}"


def read_register(
    spark: "SparkSession",
    register: Register,
    described: Sequence[tuple[DeliveredFile, FileColumns]],
    numbered: bool = False,
) -> RegisterRows:
    """The files of a register, all of them readable, as one frame. ``numbered``: with ``row_file``
    and ``row_number``, which is slower and meant for messages.

    Raises RegisterError for a column in use that is of a type without values.
    """
    files = tuple(file for file, _ in described)
    columns_of = tuple(columns for _, columns in described)
    groups: dict[object, list[int]] = {}
    seen: dict[object, int] = {}
    for file_number, (file, columns) in enumerate(described):
        shape = _shape(register, file, columns)
        # Rows know their file by its name: files of one name in different folders are read apart.
        apart = seen[shape, file.path.name] = seen.get((shape, file.path.name), 0) + 1
        groups.setdefault((shape, apart), []).append(file_number)
    frames = [
        _read_group(spark, register, files, numbers, columns_of[numbers[0]], numbered=numbered)
        for numbers in groups.values()
    ]
    return RegisterRows(
        register=register,
        files=files,
        columns_of=columns_of,
        frame=reduce(lambda a, b: a.unionByName(b), frames),
    )


def delivered_name(column: RegisterColumn, columns: FileColumns) -> str | None:
    """The name a column has in a file, None where it is absent."""
    return next((columns.names[name] for name in column.delivered if name in columns.names), None)


def _shape(register: Register, file: DeliveredFile, columns: FileColumns) -> object:
    """What files must share to be read together: format, mapping, used columns' names and types, or
    a text file's whole header."""
    common = (
        file.format,
        id(file.mapping),
        file.is_folder,
        file.is_nested and file.path,
        columns.text,
        columns.encoding,
        columns.folders,
    )
    if file.format == "csv":
        return common
    names = [delivered_name(column, columns) for column in register.columns]
    return (*common, *((name, columns.types[name]) if name else None for name in names))


def _read_group(
    spark: "SparkSession",
    register: Register,
    files: Sequence[DeliveredFile],
    numbers: Sequence[int],
    columns: FileColumns,
    *,
    numbered: bool,
) -> "DataFrame":
    """Files of equal shape in our columns, reading only the delivered columns that are used."""
    wanted = {column.name: delivered_name(column, columns) for column in register.columns}
    mapping = files[numbers[0]].mapping
    period_name = (
        columns.names[mapping.period_column.lower()] if mapping and mapping.period_column else None
    )
    names = [name for name in (*wanted.values(), period_name) if name]
    raw = open_files(spark, files, numbers, columns, names, numbered=numbered)
    by_value: set[str] = set()
    texts, direct_values = [], []
    for column in register.columns:
        name = wanted[column.name]
        kind = columns.types[name] if name else EMPTY
        delivered = F.col(quoted(name)) if name else F.lit(None).cast("string")
        texts.append(as_text(delivered, kind).alias(text_column(column.name)))
        value = direct(column, delivered, kind)
        if value is not None:
            by_value.add(column.name)
            direct_values.append(value.alias(column.name))
    places = (ROW_FILE, ROW_NUMBER) if numbered else ()
    periods = _periods(files, columns, period_name)
    rows = raw.select(*texts, *direct_values, *periods, FILE_NUMBER, UNREADABLE, *places)
    return _judged(register, _parsed(register, rows, by_value), by_value, places)


def _parsed(register: Register, rows: "DataFrame", by_value: set[str]) -> "DataFrame":
    """The rows with a value of each column made from its text; ``by_value``: columns that have
    theirs already. One projection for each step, as `parsing_steps` wants it."""
    rest = [name for name in rows.columns if name not in by_value]
    steps = {
        column.name: () if column.name in by_value else parsing_steps(column)
        for column in register.columns
    }
    values = {
        name: F.col(name if name in by_value else text_column(name)).alias(name) for name in steps
    }
    rows = rows.select(*rest, *values.values())
    for step_number in range(max(map(len, steps.values()), default=0)):
        values = {
            name: taken[step_number](F.col(name)).alias(name)
            if step_number < len(taken)
            else F.col(name)
            for name, taken in steps.items()
        }
        rows = rows.select(*rest, *values.values())
    return rows


def _periods(
    files: Sequence[DeliveredFile], columns: FileColumns, period_name: str | None
) -> "list[Column]":
    """Of each row: period, last day of the period, and the unit it is replaced with in the
    store."""

    def of_file(values: "Sequence[Column]") -> "Column":
        return F.element_at(F.array(*values), F.col(FILE_NUMBER) + 1)

    if period_name:
        text = as_text(F.col(quoted(period_name)), columns.types[period_name])
        period = F.coalesce(text, F.lit(""))
        end = period_end(period)
    else:
        period = of_file([F.lit(file.period) for file in files])
        end = of_file([F.lit(last_day(file.period)).cast("date") for file in files])
    unit = of_file([F.lit(file.unit) for file in files])
    return [period.alias(PERIOD), end.alias(_PERIOD_END), unit.alias(UNIT)]


def _judged(
    register: Register, rows: "DataFrame", by_value: set[str], places: tuple[str, ...]
) -> "DataFrame":
    """Parsed values with their problems; ``by_value``: columns whose absence shows in the value,
    not in the text; ``places``: further columns to keep."""
    rest = (PERIOD, UNIT, FILE_NUMBER, UNREADABLE, *places)
    end = F.col(_PERIOD_END)
    texts, names = (
        [text_column(c.name) for c in register.columns],
        [c.name for c in register.columns],
    )
    problems = []
    for column in register.columns:
        value = F.col(column.name)
        absent = (
            value.isNull() if column.name in by_value else F.col(text_column(column.name)).isNull()
        )
        problem = judge(column, absent, value)
        if column.from_period:
            problem = F.when(absent & end.isNull(), F.lit(MISSING)).otherwise(problem)
        problems.append(problem.alias(problem_column(column.name)))
    rows = rows.select(*texts, *names, *problems, _PERIOD_END, *rest)
    accepted = []
    for column in register.columns:
        value = accept(column, F.col(column.name), F.col(problem_column(column.name)))
        if column.from_period:
            value = F.coalesce(value, F.when(F.col(problem_column(column.name)).isNull(), end))
        accepted.append(value.alias(column.name))
    return rows.select(*texts, *accepted, *(problem_column(name) for name in names), *rest)
