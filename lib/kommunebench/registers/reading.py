"""Delivered files as frames of our columns: names mapped, blanks to null, dates of four forms, codes padded, problems marked."""

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import Register, RegisterColumn
from kommunebench.registers.delivery import DeliveredFile
from kommunebench.registers.file_columns import FileColumns, read_file_columns

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

FIRST_YEAR, LAST_YEAR = 1900, 2100
_SAS_EPOCH = "1960-01-01"
MISSING, NOT_CONVERTIBLE, OUT_OF_RANGE, UNKNOWN_CODE = "missing", "not_convertible", "date_out_of_range", "unknown_code"


@dataclass(frozen=True, slots=True)
class RegisterRows:
    """The rows of a register: our columns, ``period``, and per column ``problem_<name>`` (null where there is none).

    ``columns_of``: what each file holds, in the order of ``files``.
    """

    register: Register
    files: tuple[DeliveredFile, ...]
    columns_of: tuple[FileColumns, ...]
    frame: "DataFrame"


def problem_column(name: str) -> str:
    """Name of the column that marks problems of another."""
    return f"problem_{name}"


def read_register(spark: "SparkSession", register: Register, files: tuple[DeliveredFile, ...]) -> RegisterRows:
    """All files of a register as one frame. Raises RegisterError for files that cannot be read or lack a required column."""
    described = tuple(read_file_columns(file) for file in files)
    for file, columns in zip(files, described, strict=True):
        check_columns(register, file, columns)
    groups: dict[object, list[int]] = {}
    for number, (file, columns) in enumerate(zip(files, described, strict=True)):
        groups.setdefault(_shape(register, file, columns), []).append(number)
    frames = [
        read_files(spark, register, [files[n] for n in numbers], described[numbers[0]]) for numbers in groups.values()
    ]
    return RegisterRows(register, files, described, reduce(lambda a, b: a.unionByName(b), frames))


def _shape(register: Register, file: DeliveredFile, columns: FileColumns) -> object:
    """What files must share to be read together: the used columns' names and types, or a text file's whole header."""
    if file.is_csv:
        return (columns.separator, columns.encoding, *columns.types)
    names = [delivered_name(column, columns) for column in register.columns]
    return tuple((name, columns.types[name]) if name else None for name in names)


def check_columns(register: Register, file: DeliveredFile, columns: FileColumns) -> None:
    """Raise RegisterError when a required column is absent, naming register, period, column and what was found."""
    missing = [
        column.delivered[0].upper()
        for column in register.columns
        if column.required and not any(name in columns.names for name in column.delivered)
    ]
    if missing:
        period = f" {file.period}" if file.period else ""
        found = ", ".join(sorted(columns.types)[:12])
        raise RegisterError(
            f"{file.path}: register {register.name}{period} lacks the required columns {missing}; found {found}"
            f"{' …' if len(columns.types) > 12 else ''}. Deliver them, or map their names."
        )
    if columns.rows == 0:
        raise RegisterError(f"{file.path}: register {register.name} has no rows; deliver the file again.")


def read_files(
    spark: "SparkSession", register: Register, files: list[DeliveredFile], columns: FileColumns
) -> "DataFrame":
    """Files of equal shape in our columns, in one read of only the delivered columns that are used."""
    wanted = {column.name: delivered_name(column, columns) for column in register.columns}
    raw = open_files(spark, files, columns, [name for name in wanted.values() if name])
    selected = []
    for column in register.columns:
        name = wanted[column.name]
        text = _as_text(F.col(f"`{name}`"), columns.types[name]) if name else F.lit(None).cast("string")
        value, problem = convert(column, text)
        selected += [value.alias(column.name), problem.alias(problem_column(column.name))]
    return raw.select(*selected, _period(register, files).alias("period"))


def _period(register: Register, files: list[DeliveredFile]) -> "Column":
    """The period in a row's file name; only where a register's rows take something from it."""
    if len(files) == 1 or not register.period_in_rows:
        return F.lit(files[0].period if len(files) == 1 else "")
    path = F.col("_metadata.file_path")
    period = F.lit("")
    for file in files:
        period = F.when(F.contains(path, F.lit(f"/{file.path.name}")), F.lit(file.period)).otherwise(period)
    return period


def delivered_name(column: RegisterColumn, columns: FileColumns) -> str | None:
    """The name a column has in a file, None where it is absent."""
    return next((columns.names[name] for name in column.delivered if name in columns.names), None)


def open_files(
    spark: "SparkSession", files: list[DeliveredFile], columns: FileColumns, names: list[str]
) -> "DataFrame":
    """The named columns of files of equal shape, with the types a footer declares: no job is needed to find them out."""
    paths = [str(file.path) for file in files]
    if files[0].is_csv:
        schema = ", ".join(f"`{name}` string" for name in columns.types)
        reader = (
            spark.read.schema(schema)
            .option("header", True)
            .option("sep", columns.separator)
            .option("encoding", columns.encoding)
        )
        return reader.option("enforceSchema", True).csv(paths)
    schema = ", ".join(f"`{name}` {columns.types[name]}" for name in dict.fromkeys(names))
    return spark.read.schema(schema).parquet(*paths)


def _as_text(column: "Column", kind: str) -> "Column":
    """A delivered value as text: whole numbers without decimals, dates as ISO text, blanks as null."""
    if kind in ("double", "float"):
        whole = F.when(column == F.floor(column), column.try_cast("bigint").cast("string")).otherwise(column.cast("string"))
        return F.when(F.isnan(column), F.lit(None)).otherwise(whole)
    if kind.startswith("timestamp") or kind == "date":
        return F.substring(column.cast("string"), 1, 10)
    text = F.trim(column.cast("string"))
    return F.when(text.isin("", "."), F.lit(None)).otherwise(text)


def convert(column: RegisterColumn, text: "Column") -> tuple["Column", "Column"]:
    """Value of the declared type and what is wrong with it (null: nothing)."""
    if column.kind == "date":
        value = _date(text)
        in_range = F.year(value).between(FIRST_YEAR, LAST_YEAR)
        bad = F.year(value) < FIRST_YEAR if column.open_ended else ~in_range
        wrong = F.when(value.isNull(), F.lit(NOT_CONVERTIBLE)).when(bad, F.lit(OUT_OF_RANGE))
        value = F.when(in_range, value)
    elif column.kind == "int":
        value = F.regexp_replace(text, r"[.,]0+$", "").try_cast("int")
        wrong = F.when(value.isNull(), F.lit(NOT_CONVERTIBLE))
    elif column.kind == "double":
        decimal = F.when(
            text.contains(","), F.replace(F.replace(text, F.lit("."), F.lit("")), F.lit(","), F.lit("."))
        ).otherwise(text)
        value = decimal.try_cast("double")
        wrong = F.when(value.isNull() | F.isnan(value), F.lit(NOT_CONVERTIBLE))
    else:
        value = F.lpad(text, column.width, "0") if column.width else text
        value = F.when(F.length(text) > column.width, text).otherwise(value) if column.width else value
        wrong = F.when(~value.isin(*column.allowed), F.lit(UNKNOWN_CODE)) if column.allowed else F.lit(None).cast("string")
        value = F.when(wrong.isNull(), value) if column.allowed else value
    missing = F.when(text.isNull(), F.lit(MISSING)) if column.needed else F.when(text.isNull(), F.lit(None).cast("string"))
    return value, F.when(text.isNull(), missing).otherwise(wrong)


def _date(text: "Column") -> "Column":
    """A date from ISO text, YYYYMMDD text, or a number of days since 1960 (SAS); a time of day is cut off."""
    iso = F.try_to_timestamp(F.substring(text, 1, 10), F.lit("yyyy-MM-dd")).cast("date")
    compact = F.when(F.length(text) == 8, F.try_to_timestamp(text, F.lit("yyyyMMdd")).cast("date"))
    days = F.when(F.length(text) <= 6, text.try_cast("int"))
    sas = F.date_add(F.lit(_SAS_EPOCH).cast("date"), days)
    seconds = F.when(F.length(text) >= 9, (text.try_cast("bigint") / 86400).cast("int"))
    return F.coalesce(
        F.when(F.substring(text, 5, 1) == "-", iso), compact, sas, F.date_add(F.lit(_SAS_EPOCH).cast("date"), seconds)
    )
