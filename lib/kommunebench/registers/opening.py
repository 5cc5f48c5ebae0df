"""Delivered files opened by Spark: the columns in use as they were delivered, each row with its
file and with what makes it unreadable."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote
from zlib import crc32

from pyspark.sql import functions as F
from pyspark.sql import types as T

from kommunebench.errors import RegisterError
from kommunebench.registers.conversion import NANOSECONDS
from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.file_columns import EMPTY, UNSUPPORTED, FileColumns
from kommunebench.registers.locations import folder_uris, spark_location
from kommunebench.registers.sas_files import SasPart
from kommunebench.registers.staging import open_sas
from kommunebench.registers.text_files import CONTROL_CHARACTERS, WINDOWS_LETTERS, TextFormat

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

FILE_NUMBER, UNREADABLE = "file_number", "unreadable"
# Asked for where rows have to be named: the file a row stands in, and its place there from 1.
ROW_FILE, ROW_NUMBER = "row_file", "row_number"
MALFORMED = "row_malformed"
_MALFORMED_COLUMN, _PLACE = "kb_malformed_row", "kb_place"
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
        raw, file_number = _with_place(raw, chosen), _file_number(files, numbers)
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


# Which delivered file a row came from. Spark knows it as a text, the location of the file it reads
# just now, and we want the file's number, for every row of millions. To cut the name out of the
# location and look it up as text took a sixth of the tasks' time. Therefore:
#
# 1. _with_place takes what is the same for all rows of a delivered file (the file's name, which
#    Spark holds ready, or of a folder of parts the folder's location) and makes a CRC32 of it: a
#    whole number.
# 2. _file_number makes the same checksums of the places of all files, as it expects Spark to write
#    them, and _search finds a row's among them as one looks up a word: is it before the middle, or
#    not; before the middle of that half, or not; ...
# 3. A row whose checksum is not among them, because a file system writes places in another way, or
#    because two places happen to have the same one, is looked up by the name after all, cut out of
#    the location. A name that is not known either gives null, which the table does not take.
#
# Names decide, because files of one name in different folders are read apart (reading.py).
def _with_place(raw: "DataFrame", files: Sequence[DeliveredFile]) -> "DataFrame":
    """The rows with the checksum of the place they stand in."""
    path, name = F.col("_metadata.file_path"), F.col("_metadata.file_name")
    place = name.cast("binary")
    if files[0].is_folder:
        # By lengths, which are known, not by a search for the last slash.
        before_name = F.octet_length(path) - F.octet_length(name) - 1
        place = F.substring(path.cast("binary"), F.lit(1), before_name)
    return raw.withColumn(_PLACE, F.crc32(place))


def _file_number(files: Sequence[DeliveredFile], numbers: Sequence[int]) -> "Column":
    """Which of the files a row came from: by the checksum of its place, else by its name."""
    path = F.col("_metadata.file_path")
    name = F.substring_index(path, "/", -1)
    if files[numbers[0]].is_folder:
        name = F.substring_index(F.substring_index(path, "/", -2), "/", 1)
    by_name: dict[str, int] = {}
    by_checksum: dict[int, set[int]] = {}
    for file_number in numbers:
        file = files[file_number]
        # Some file systems write the letters of a name as they are, others encode them.
        encoded = quote(file.path.name, safe="=+!$&'(),;:@~")
        by_name |= {file.path.name: file_number, encoded: file_number}
        places = folder_uris(file.path) if file.is_folder else {file.path.name, encoded}
        for place in places:
            by_checksum.setdefault(crc32(place.encode()), set()).add(file_number)
    listed = [F.lit(item) for pair in by_name.items() for item in pair]
    by_file_name = F.element_at(F.create_map(*listed), name)
    # A checksum that belongs to several files says nothing.
    pairs = [
        (checksum, min(owners))
        for checksum, owners in sorted(by_checksum.items())
        if len(owners) == 1
    ]
    return F.coalesce(_search(F.col(_PLACE), pairs), by_file_name) if pairs else by_file_name


def _search(key: "Column", pairs: Sequence[tuple[int, int]]) -> "Column":
    """The value of a key among pairs of key and value in order of their keys, null where there is
    none. Nested conditions that halve the pairs: ten comparisons for a thousand files."""
    if len(pairs) == 1:
        (known, value) = pairs[0]
        return F.when(key == known, F.lit(value))
    middle = len(pairs) // 2
    is_before = key < pairs[middle][0]
    return F.when(is_before, _search(key, pairs[:middle])).otherwise(_search(key, pairs[middle:]))
