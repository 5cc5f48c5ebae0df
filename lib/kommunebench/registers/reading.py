"""Delivered files as frames of our columns: names mapped, values converted, problems marked, each
row with its file and period."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING
from urllib.parse import quote

from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import Register, RegisterColumn
from kommunebench.registers.conversion import (
    MISSING,
    NANOSECONDS,
    accept,
    as_text,
    direct,
    judge,
    last_day,
    parse,
    period_end,
)
from kommunebench.registers.delivery import DeliveredFile
from kommunebench.registers.file_columns import FileColumns, read_file_columns
from kommunebench.registers.sas_files import open_sas

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

FILE_NUMBER, UNREADABLE = "file_number", "unreadable"
PERIOD, UNIT = "period", "delivered_from"
MALFORMED = "row_malformed"
_MALFORMED_COLUMN = "kb_malformed_row"
_PERIOD_END = "period_end"


@dataclass(frozen=True, slots=True)
class RegisterRows:
    """The rows of a register: our columns, per column ``problem_<name>`` and ``text_<name>`` (as
    delivered), ``period``, ``delivered_from`` (the unit a row is replaced with), ``file_number`` in
    ``files``, and ``unreadable``: why the row, or the rest of its file, cannot be read.

    ``columns_of``: what each file holds, in the order of ``files``. ``further``: columns of
    ``frame`` beyond the register's that are part of a row. Of checked rows: ``conflicting``, keys
    whose rows differ, none of them is used; ``unique``, no key is there twice.
    """

    register: Register
    files: tuple[DeliveredFile, ...]
    columns_of: tuple[FileColumns, ...]
    frame: "DataFrame"
    further: tuple[str, ...] = ()
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
) -> RegisterRows:
    """The files of a register, all of them readable, as one frame."""
    files = tuple(file for file, _ in described)
    columns_of = tuple(columns for _, columns in described)
    groups: dict[object, list[int]] = {}
    seen: dict[object, int] = {}
    for number, (file, columns) in enumerate(described):
        shape = _shape(register, file, columns)
        # Rows know their file by its name: files of one name in different folders are read apart.
        apart = seen[shape, file.path.name] = seen.get((shape, file.path.name), 0) + 1
        groups.setdefault((shape, apart), []).append(number)
    frames = [
        _read_group(spark, register, files, numbers, columns_of[numbers[0]])
        for numbers in groups.values()
    ]
    return RegisterRows(register, files, columns_of, reduce(lambda a, b: a.unionByName(b), frames))


def describe_files(
    register: Register, files: Sequence[DeliveredFile]
) -> tuple[list[tuple[DeliveredFile, FileColumns]], list[str]]:
    """Files with their columns, and one sentence for each that cannot be read or lacks something."""
    described, problems = [], []
    for file in files:
        try:
            columns = read_file_columns(file)
            check_columns(register, file, columns)
        except RegisterError as error:
            problems.append(str(error))
        else:
            described.append((file, columns))
    return described, problems


def check_columns(register: Register, file: DeliveredFile, columns: FileColumns) -> None:
    """Raise RegisterError when a required column is absent, naming register, period, column and
    what was found."""
    missing = [
        column.delivered[0].upper()
        for column in register.columns
        if column.required and not delivered_name(column, columns)
    ]
    missing += [
        column.delivered[0].upper()
        for column in register.columns
        if column.from_period and not has_period(file) and not delivered_name(column, columns)
    ]
    if missing:
        period = f" {file.period}" if file.period else ""
        found = ", ".join(sorted(columns.types)[:12])
        raise RegisterError(
            f"{file.path}: register {register.name}{period} lacks the required columns {missing};"
            f" found {found}{' …' if len(columns.types) > 12 else ''}. Deliver them, or map their"
            " names."
        )
    if columns.rows == 0:
        raise RegisterError(
            f"{file.path}: register {register.name} has no rows; deliver the file again."
        )
    if register.period_in_rows and not has_period(file):
        raise RegisterError(
            f"{file.path}: register {register.name}: the file's name has no year; name it"
            f" {register.stems[0]}YYYY, or map its period."
        )


def has_period(file: DeliveredFile) -> bool:
    """Whether the period of a file's rows is known."""
    return bool(file.period) or bool(file.mapping and file.mapping.period_column)


def delivered_name(column: RegisterColumn, columns: FileColumns) -> str | None:
    """The name a column has in a file, None where it is absent."""
    return next((columns.names[name] for name in column.delivered if name in columns.names), None)


def _shape(register: Register, file: DeliveredFile, columns: FileColumns) -> object:
    """What files must share to be read together: format, mapping, used columns' names and types, or
    a text file's whole header."""
    nested = any(part.parent != file.path for part in file.parts()) and file.path.is_dir()
    common = (
        file.format,
        id(file.mapping),
        file.path.is_dir(),
        nested and file.path,
        columns.separator,
        columns.encoding,
    )
    if file.format == "csv":
        return (*common, *columns.types)
    names = [delivered_name(column, columns) for column in register.columns]
    return (*common, *((name, columns.types[name]) if name else None for name in names))


def _read_group(
    spark: "SparkSession",
    register: Register,
    files: Sequence[DeliveredFile],
    numbers: Sequence[int],
    columns: FileColumns,
) -> "DataFrame":
    """Files of equal shape in our columns, in one read of only the delivered columns that are used."""
    wanted = {column.name: delivered_name(column, columns) for column in register.columns}
    mapping = files[numbers[0]].mapping
    period_name = (
        columns.names[mapping.period_column.lower()] if mapping and mapping.period_column else None
    )
    raw = open_files(
        spark, files, numbers, columns, [name for name in (*wanted.values(), period_name) if name]
    )
    if period_name:
        period = F.coalesce(
            as_text(F.col(f"`{period_name}`"), columns.types[period_name]), F.lit("")
        )
        end = period_end(period)
    else:
        period = F.element_at(
            F.array(*(F.lit(file.period) for file in files)), F.col(FILE_NUMBER) + 1
        )
        end = F.element_at(
            F.array(*(F.lit(last_day(file.period)).cast("date") for file in files)),
            F.col(FILE_NUMBER) + 1,
        )
    unit = F.element_at(F.array(*(F.lit(file.unit) for file in files)), F.col(FILE_NUMBER) + 1)
    by_value: set[str] = set()
    texts, values, rest = [], [], (PERIOD, _PERIOD_END, UNIT, FILE_NUMBER, UNREADABLE)
    for column in register.columns:
        name = wanted[column.name]
        delivered, kind = (
            (F.col(f"`{name}`"), columns.types[name])
            if name
            else (F.lit(None).cast("string"), "string")
        )
        texts.append(as_text(delivered, kind).alias(text_column(column.name)))
        value = direct(column, delivered, kind)
        if value is not None:
            by_value.add(column.name)
            texts.append(value.alias(column.name))
            values.append(F.col(column.name))
        else:
            values.append(parse(column, F.col(text_column(column.name))).alias(column.name))
    # Step by step: in one projection each step would repeat the code of the one before it.
    rows = raw.select(
        *texts,
        period.alias(PERIOD),
        end.alias(_PERIOD_END),
        unit.alias(UNIT),
        FILE_NUMBER,
        UNREADABLE,
    )
    return _judged(
        register,
        rows.select(*(text_column(c.name) for c in register.columns), *values, *rest),
        by_value,
    )


def _judged(register: Register, rows: "DataFrame", by_value: set[str]) -> "DataFrame":
    """Parsed values with their problems; ``by_value``: columns whose absence shows in the value,
    not in the text."""
    rest = (PERIOD, UNIT, FILE_NUMBER, UNREADABLE)
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


def open_files(
    spark: "SparkSession",
    files: Sequence[DeliveredFile],
    numbers: Sequence[int],
    columns: FileColumns,
    names: Sequence[str],
) -> "DataFrame":
    """The named columns of the numbered files, of equal shape, with the types their footers
    declare: no job is needed to find them out. Further columns: ``file_number``, and ``unreadable``
    where a row (or the rest of a SAS file) cannot be read."""
    used = list(dict.fromkeys(names))
    own = [files[number] for number in numbers]
    if own[0].format == "sas7bdat":
        parts = [(number, files[number].parts()) for number in numbers]
        return open_sas(spark, parts, used, columns.types, columns.encoding or None)
    paths = [str(file.path) for file in own]
    quoted = [f"`{name}`" for name in used]
    number = _file_number(files, numbers).alias(FILE_NUMBER)
    if own[0].format == "csv":
        schema = ", ".join(f"`{name}` string" for name in columns.types)
        reader = (
            spark.read.schema(f"{schema}, {_MALFORMED_COLUMN} string")
            .option("header", True)
            .option("enforceSchema", True)
        )
        reader = reader.option("sep", columns.separator).option("encoding", columns.encoding)
        # A line with too few or too many values is marked; without this column Spark would cut or
        # fill it.
        raw = (
            reader.option("mode", "PERMISSIVE")
            .option("columnNameOfCorruptRecord", _MALFORMED_COLUMN)
            .csv(paths)
        )
        return raw.select(
            *quoted,
            number,
            F.when(F.col(_MALFORMED_COLUMN).isNotNull(), F.lit(MALFORMED)).alias(UNREADABLE),
        )
    if NANOSECONDS in columns.types.values():
        spark.conf.set("spark.sql.legacy.parquet.nanosAsLong", "true")
    schema = ", ".join(
        f"`{name}` {columns.types[name].replace(NANOSECONDS, 'bigint')}" for name in used
    )
    raw = spark.read.schema(schema).parquet(*paths)
    return raw.select(*quoted, number, F.lit(None).cast("string").alias(UNREADABLE))


def _file_number(files: Sequence[DeliveredFile], numbers: Sequence[int]) -> "Column":
    """Which of the files a row came from, by the name of the file or of the folder of parts; a name
    not found fails the write."""
    if len(numbers) == 1:
        return F.lit(numbers[0])
    path = F.col("_metadata.file_path")
    name = F.substring_index(path, "/", -1)
    if files[numbers[0]].path.is_dir():
        name = F.substring_index(F.substring_index(path, "/", -2), "/", 1)
    pairs: dict[str, int] = {}
    for number in numbers:
        own = files[number].path.name
        pairs |= {own: number, quote(own, safe="=+!$&'(),;:@~"): number}
    listed = [F.lit(item) for pair in pairs.items() for item in pair]
    return F.element_at(F.create_map(*listed), name)
