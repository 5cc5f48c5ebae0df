"""The columns of a delivered file, read from its footer or header: name as delivered, and type."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from kommunebench.errors import RegisterError
from kommunebench.registers.conversion import NANOSECONDS
from kommunebench.registers.delivery import DeliveredFile
from kommunebench.registers.failures import condition_of, is_from_spark
from kommunebench.registers.locations import ListedFile, spark_location
from kommunebench.registers.sas_files import sas_columns
from kommunebench.registers.staging import Staging
from kommunebench.registers.text_files import TextFormat, text_format
from kommunebench.registers.text_scan import unreadable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_INTEGERS = {8: "tinyint", 16: "smallint", 32: "int", 64: "bigint"}
_UNSIGNED = {8: "smallint", 16: "int", 32: "bigint", 64: "decimal(20,0)"}
# A column of a type that holds no register's values; it may be there, but not be used.
UNSUPPORTED = "unsupported: "
# A column that is empty in all rows; Parquet then has no type for it.
EMPTY = "empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileColumns:
    """``types``: Spark type by delivered name (sas_date, sas_datetime: numbers of a SAS file with
    that format; nanoseconds: times as pandas writes them; empty: no value in any row; unsupported
    with the type's name: cannot be used); ``names``: delivered name by usual lower-case name;
    ``rows``: as the file's footer or header says, None where it does not; ``text``: how a text is
    read; ``encoding``: of the text in a SAS file, where a mapping says it; ``folders``: those of
    the columns that stand in the names of folders (``unit=0101``); ``staging``: where SAS files
    are kept as Parquet."""

    types: dict[str, str]
    names: dict[str, str]
    rows: int | None
    text: TextFormat | None = None
    encoding: str | None = None
    folders: tuple[str, ...] = ()
    staging: Staging | None = None


def read_file_columns(
    file: DeliveredFile, spark: "SparkSession", staging: Staging | None = None
) -> FileColumns:
    """Columns of a file; ``staging``: where a SAS file may be kept as Parquet.

    Raises RegisterError for truncated files, unknown encodings, names that differ in case only,
    columns a mapping names and the file lacks.
    """
    wanted = file.mapping.encoding if file.mapping else None
    rows: int | None = None
    text, encoding = None, None
    if file.format == "csv":
        text = text_format(file.path, file.files, wanted, spark)
        types = dict.fromkeys(text.names, "string")
    elif file.format == "sas7bdat":
        encoding = wanted
        types, rows = sas_columns(file.files, wanted)
    else:
        types, rows = _parquet_columns(file, spark)
    folders = tuple(name for name in file.folder_columns if name not in types)
    types |= dict.fromkeys(folders, "string")
    lowered: dict[str, str] = {}
    for name in types:
        other = lowered.setdefault(name.lower(), name)
        if other != name:
            raise RegisterError(
                f"{file.path}: register {file.register.name}: columns {other} and {name} differ in"
                " case only; leave one of them."
            )
    columns = FileColumns(
        types=types,
        names=lowered,
        rows=rows,
        text=text,
        encoding=encoding,
        folders=folders,
        staging=staging,
    )
    return replace(columns, names=_renamed(file, lowered))


def _renamed(file: DeliveredFile, lowered: dict[str, str]) -> dict[str, str]:
    """Delivered names by usual names, where a mapping says that they differ."""
    if file.mapping is None:
        return lowered
    wanted = dict(file.mapping.columns)
    if file.mapping.period_column:
        wanted[file.mapping.period_column] = file.mapping.period_column
    missing = sorted(name for name in wanted.values() if name.lower() not in lowered)
    if missing:
        raise RegisterError(
            f"{file.path}: register {file.register.name}: the mapping names columns {missing} the"
            " file does not have; found"
            f" {', '.join(sorted(lowered.values())[:12])}{' …' if len(lowered) > 12 else ''}."
            " Correct the mapping."
        )
    taken = {name.lower() for name in wanted.values()}
    rest = {usual: name for usual, name in lowered.items() if usual not in taken}
    return rest | {usual.lower(): lowered[name.lower()] for usual, name in wanted.items()}


def _parquet_columns(
    file: DeliveredFile, spark: "SparkSession"
) -> tuple[dict[str, str], int | None]:
    """Types by column name, and the number of rows; None where only Spark reaches the files."""
    paths = [listed_file.path for listed_file in file.files]
    if not all(isinstance(path, Path) for path in paths):
        return _types_by_spark(file, spark), None
    rows, types = 0, None
    for listed_file in file.files:
        own_types, own_rows = _footer(listed_file, file.register.name)
        rows += own_rows
        if types is not None and own_types != types:
            raise RegisterError(
                f"{listed_file.path}: register {file.register.name}: its columns differ from"
                f" those of {paths[0].name} beside it; deliver the parts of one file with the same"
                " columns."
            )
        types = types or own_types
    assert types is not None
    return types, rows


def _footer(listed_file: ListedFile, register: str) -> tuple[dict[str, str], int]:
    """Types and rows of one Parquet file. Raises RegisterError where it is not whole."""
    try:
        content = pq.ParquetFile(listed_file.path)
        schema, rows = content.schema_arrow, content.metadata.num_rows
        # Times of the old INT96 type look like nanoseconds to Arrow and are times to Spark.
        old_times = {
            column.path
            for column in (content.schema.column(k) for k in range(len(content.schema)))
            if column.physical_type == "INT96"
        }
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise unreadable(listed_file.path, error) from error
        raise RegisterError(
            f"{listed_file.path}: register {register}: not a whole Parquet file"
            f" ({listed_file.size} bytes, {type(error).__name__}); it was cut off or is of another"
            " format. Deliver it again."
        ) from error
    types = {
        field.name: "timestamp" if field.name in old_times else _spark_type(field.type)
        for field in schema
    }
    return types, rows


def _types_by_spark(file: DeliveredFile, spark: "SparkSession") -> dict[str, str]:
    """The same of files that only Spark reaches."""
    try:
        schema = spark.read.parquet(
            *(spark_location(listed_file.path) for listed_file in file.files)
        ).schema
    except Exception as error:
        if not is_from_spark(error):
            raise
        raise RegisterError(
            f"{file.path}: register {file.register.name}: not a whole Parquet file"
            f" ({condition_of(error)}); it was cut off, is of another format, or has columns of a"
            " type Spark does not read. Deliver it again."
        ) from error
    simple = ("int", "string", "double", "float", "date", "timestamp", "boolean", "decimal")
    kinds = {field.name: field.dataType.simpleString() for field in schema}
    return {
        name: kind if kind.removeprefix("big").startswith((*simple, "tiny", "small"))
        else UNSUPPORTED + kind
        for name, kind in kinds.items()
    }  # fmt: skip


def _spark_type(kind: pa.DataType) -> str:
    """Spark's type for a column of a Parquet file."""
    types = pa.types
    if types.is_dictionary(kind):
        return _spark_type(kind.value_type)
    if types.is_signed_integer(kind):
        return _INTEGERS[kind.bit_width]
    if types.is_unsigned_integer(kind):
        return _UNSIGNED[kind.bit_width]
    if types.is_timestamp(kind):
        return NANOSECONDS if kind.unit == "ns" else "timestamp" if kind.tz else "timestamp_ntz"
    if types.is_decimal(kind) and kind.precision <= 38:
        return f"decimal({kind.precision},{kind.scale})"
    named: Sequence[tuple[bool, str]] = (
        (types.is_float64(kind), "double"),
        (types.is_float32(kind), "float"),
        (types.is_date(kind), "date"),
        (types.is_boolean(kind), "boolean"),
        (types.is_null(kind), EMPTY),
        (types.is_string(kind) or types.is_large_string(kind), "string"),
        (types.is_binary(kind) or types.is_large_binary(kind), "string"),
        (str(kind) == "string_view", "string"),
    )
    return next((name for fits, name in named if fits), f"{UNSUPPORTED}{kind}")
