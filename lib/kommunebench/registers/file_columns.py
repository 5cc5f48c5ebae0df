"""The columns of a delivered file, read from its footer or header without Spark: name as delivered,
and type."""

from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.parquet as pq

from kommunebench.errors import RegisterError
from kommunebench.registers.conversion import NANOSECONDS
from kommunebench.registers.delivery import DeliveredFile
from kommunebench.registers.sas_files import sas_columns
from kommunebench.registers.text_files import text_columns

_INTEGERS = {8: "tinyint", 16: "smallint", 32: "int", 64: "bigint"}
_UNSIGNED = {8: "smallint", 16: "int", 32: "bigint", 64: "decimal(20,0)"}


@dataclass(frozen=True, slots=True)
class FileColumns:
    """``types``: Spark type by delivered name (sas_date, sas_datetime: numbers of a SAS file with
    that format; nanoseconds: times as pandas writes them); ``names``: delivered name by usual
    lower-case name; ``rows``: as the file's footer or header says, None where it does not;
    ``separator`` and ``encoding`` of text."""

    types: dict[str, str]
    names: dict[str, str]
    rows: int | None
    separator: str = ","
    encoding: str = "UTF-8"


def read_file_columns(file: DeliveredFile) -> FileColumns:
    """Columns of a file.

    Raises RegisterError for truncated files, unknown encodings, names that differ in case only,
    columns a mapping names and the file lacks.
    """
    wanted = file.mapping.encoding if file.mapping else None
    if file.format == "csv":
        names, separator, encoding = text_columns(file.path, file.parts(), wanted)
        columns = FileColumns(dict.fromkeys(names, "string"), {}, None, separator, encoding)
    elif file.format == "sas7bdat":
        types, rows = sas_columns(file.parts(), wanted)
        columns = FileColumns(types, {}, rows, encoding=wanted or "")
    else:
        columns = _parquet_columns(file)
    lowered: dict[str, str] = {}
    for name in columns.types:
        other = lowered.setdefault(name.lower(), name)
        if other != name:
            raise RegisterError(
                f"{file.path}: register {file.register.name}: columns {other} and {name} differ in"
                " case only; leave one of them."
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


def _parquet_columns(file: DeliveredFile) -> FileColumns:
    rows, schema = 0, None
    for part in file.parts():
        try:
            content = pq.ParquetFile(part)
        except (pa.ArrowInvalid, OSError) as error:
            raise RegisterError(
                f"{part}: register {file.register.name}: not a whole Parquet file"
                f" ({part.stat().st_size} bytes, {type(error).__name__}); it was cut off or is of"
                " another format. Deliver it again."
            ) from error
        rows += content.metadata.num_rows
        if schema is not None and {f.name: f.type for f in schema} != {
            f.name: f.type for f in content.schema_arrow
        }:
            raise RegisterError(
                f"{part}: register {file.register.name}: its columns differ from those of"
                f" {file.parts()[0].name} beside it; deliver the parts of one file with the same"
                " columns."
            )
        schema = schema or content.schema_arrow
    assert schema is not None
    return FileColumns({field.name: _spark_type(field.type) for field in schema}, {}, rows)


def _spark_type(kind: pa.DataType) -> str:
    if pa.types.is_signed_integer(kind):
        return _INTEGERS[kind.bit_width]
    if pa.types.is_unsigned_integer(kind):
        return _UNSIGNED[kind.bit_width]
    if pa.types.is_floating(kind):
        return "double" if kind.bit_width == 64 else "float"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        if kind.unit == "ns":
            return NANOSECONDS
        return "timestamp" if kind.tz else "timestamp_ntz"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    return "string"
