"""Delivered files opened by Spark: the columns in use as they were delivered, each row with its
file and with what makes it unreadable."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql import types as T

from kommunebench.errors import RegisterError
from kommunebench.registers.conversion import NANOSECONDS
from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.file_columns import EMPTY, UNSUPPORTED, FileColumns
from kommunebench.registers.file_of_row import number_of_file, with_place
from kommunebench.registers.locations import spark_location
from kommunebench.registers.sas_files import SasPart
from kommunebench.registers.staging import open_sas
from kommunebench.registers.text_files import CONTROL_CHARACTERS, WINDOWS_LETTERS, TextFormat

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

FILE_NUMBER, UNREADABLE = "file_number", "unreadable"
# Asked for where rows have to be named: the file a row stands in, and its place there from 1.
ROW_FILE, ROW_NUMBER = "row_file", "row_number"
MALFORMED = "row_malformed"
_MALFORMED_COLUMN = "kb_malformed_row"
# Spark's default, which a wide file may exceed.
_MAX_COLUMNS = 20_480
# Only files of the format are read in a folder of parts.
_NAME_PATTERNS = {"csv": "*.[cC][sS][vV]", "parquet": "*.[pP][aA][rR][qQ][uU][eE][tT]"}


def open_files(
    spark: "SparkSession",
    files: Sequence[DeliveredFile],
    numbers: Sequence[int],
    columns: FileColumns,
    names: Sequence[str],
    *,
    numbered: bool = False,
) -> "DataFrame":
    """The named columns of the numbered files, of equal shape, with the types their footers
    declare: no job is needed to find them out. Further columns: ``file_number``, and ``unreadable``
    where a row (or the rest of a SAS file) cannot be read.

    ``numbered``: also ``row_file`` and ``row_number``; a file is then read by one task, which is
    meant for messages. Raises RegisterError for a column of a type that holds no values.
    """
    used = list(dict.fromkeys(names))
    chosen = [files[file_index] for file_index in numbers]
    _check_types(chosen, columns, used)
    if chosen[0].format == "sas7bdat":
        raw = _open_sas(spark, files, numbers, columns, used)
        return raw if numbered else raw.drop(ROW_FILE, ROW_NUMBER)
    paths = [spark_location(file.path) for file in chosen]
    if columns.text is not None:
        raw, unreadable = _open_text(
            spark, paths, columns, columns.text, used=used, numbered=numbered
        )
    else:
        raw, unreadable = _open_parquet(spark, paths, columns, used), F.lit(None).cast("string")
    file_number = F.lit(numbers[0])
    if len(numbers) > 1:
        raw, file_number = with_place(raw, chosen), number_of_file(files, numbers)
    values = [_value(name, columns).alias(name) for name in used]
    places = _places(columns) if numbered else []
    return raw.select(
        *values, file_number.alias(FILE_NUMBER), unreadable.alias(UNREADABLE), *places
    )


def _open_sas(
    spark: "SparkSession",
    files: Sequence[DeliveredFile],
    numbers: Sequence[int],
    columns: FileColumns,
    used: Sequence[str],
) -> "DataFrame":
    """Rows of SAS files, each read by one task; staged where a folder for that is given."""
    listed = [
        (file_number, listed_file)
        for file_number in numbers
        for listed_file in files[file_number].files
    ]
    parts = [
        SasPart(str(listed_file.path), file_number, columns.encoding)
        for file_number, listed_file in listed
    ]
    states = [(listed_file.size, listed_file.modified_ns) for _, listed_file in listed]
    return open_sas(spark, parts, states, used, types=columns.types, staging=columns.staging)


def quoted(name: str) -> str:
    """A column's name as Spark's expressions take it, whatever signs it holds."""
    return "`" + name.replace("`", "``") + "`"


def _check_types(files: Sequence[DeliveredFile], columns: FileColumns, used: Sequence[str]) -> None:
    wrong = [
        f"column {name} is of the type {columns.types[name].removeprefix(UNSUPPORTED)}"
        for name in used
        if columns.types[name].startswith(UNSUPPORTED)
    ]
    if wrong:
        raise RegisterError(
            f"{files[0].path}: register {files[0].register.name}: {'; '.join(wrong)}, of which no"
            " value can be taken. Deliver it as a number, a text or a date."
        )


def _value(name: str, columns: FileColumns) -> "Column":
    """A column as delivered; without values where the file has none."""
    if columns.types[name] == EMPTY:
        return F.lit(None).cast("string")
    value = F.col(quoted(name))
    if columns.text is not None and columns.text.windows_letters:
        value = F.translate(value, CONTROL_CHARACTERS, WINDOWS_LETTERS)
    return value


def _open_text(
    spark: "SparkSession",
    paths: Sequence[str],
    columns: FileColumns,
    text: TextFormat,
    *,
    used: Sequence[str],
    numbered: bool,
) -> "tuple[DataFrame, Column]":
    """Rows of text files, and why a row cannot be read: a line with too few or too many values is
    marked, because Spark would otherwise fill or cut it."""
    names = [*text.names, *columns.folders, _MALFORMED_COLUMN]
    options = {
        "header": True,
        "enforceSchema": True,
        "sep": text.separator,
        "encoding": text.encoding,
        "quote": '"',
        "escape": '"',
        "multiLine": text.as_stream or numbered,
        "ignoreLeadingWhiteSpace": True,
        "ignoreTrailingWhiteSpace": True,
        "maxColumns": max(_MAX_COLUMNS, 2 * len(text.names)),
        "mode": "PERMISSIVE",
        "columnNameOfCorruptRecord": _MALFORMED_COLUMN,
        "pathGlobFilter": _NAME_PATTERNS["csv"],
    }
    schema = T.StructType([T.StructField(name, T.StringType()) for name in names])
    raw = spark.read.schema(schema).options(**options).csv(list(paths))
    if text.separator_line:
        # Spark takes the line before the header for the header, and the header for a row.
        delivered = [name for name in used if name in text.names] or [text.names[0]]
        is_header = F.lit(True)
        for name in delivered:
            is_header = is_header & F.col(quoted(name)).eqNullSafe(F.lit(name))
        raw = raw.where(~is_header)
    malformed = F.when(F.col(_MALFORMED_COLUMN).isNotNull(), F.lit(MALFORMED))
    return raw, malformed


def _open_parquet(
    spark: "SparkSession", paths: Sequence[str], columns: FileColumns, used: Sequence[str]
) -> "DataFrame":
    """Rows of Parquet files. Nanoseconds are read as the whole numbers they are stored as."""
    kinds = {
        name: columns.types[name].replace(NANOSECONDS, "bigint")
        for name in (*used, *columns.folders)
        if columns.types[name] != EMPTY
    }
    schema = ", ".join(f"{quoted(name)} {kind}" for name, kind in kinds.items())
    reader = spark.read.option("pathGlobFilter", _NAME_PATTERNS["parquet"])
    return reader.schema(schema).parquet(*paths)


def _places(columns: FileColumns) -> "list[Column]":
    """File and place of each row: a file of text is one partition here, and Parquet counts its
    rows."""
    path = F.col("_metadata.file_path")
    if columns.text is None:
        row_number = F.col("_metadata.row_index") + 1
    else:
        # Numbers within a partition; several small files may share one.
        row_number = F.monotonically_increasing_id()
    return [path.alias(ROW_FILE), row_number.alias(ROW_NUMBER)]
