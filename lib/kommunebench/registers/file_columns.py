"""The columns of a delivered file, read from its footer or header without Spark: name as delivered, and type."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kommunebench.errors import RegisterError
from kommunebench.registers.delivery import DeliveredFile


@dataclass(frozen=True, slots=True)
class FileColumns:
    """``types``: Spark type by delivered name; ``names``: delivered name by lower-case name; ``rows`` None where not known (text);
    ``separator`` and ``encoding`` of a text file."""

    types: dict[str, str]
    names: dict[str, str]
    rows: int | None
    separator: str = ","
    encoding: str = "UTF-8"


def read_file_columns(file: DeliveredFile) -> FileColumns:
    """Columns of a file. Raises RegisterError for a truncated Parquet file, unknown encodings, names that differ in case only."""
    columns = _text_columns(file) if file.is_csv else _parquet_columns(file)
    lowered: dict[str, str] = {}
    for name in columns.types:
        other = lowered.setdefault(name.lower(), name)
        if other != name:
            raise RegisterError(f"{file.path}: columns {other} and {name} differ in case only; leave one of them.")
    return FileColumns(columns.types, lowered, columns.rows, columns.separator, columns.encoding)


def _parquet_columns(file: DeliveredFile) -> FileColumns:
    rows, schema = 0, None
    for part in file.parts():
        try:
            content = pq.ParquetFile(part)
        except (pa.ArrowInvalid, OSError) as error:
            raise RegisterError(
                f"{part}: not a whole Parquet file ({part.stat().st_size} bytes, {type(error).__name__}); it was cut off or is of "
                "another format. Deliver it again."
            ) from error
        rows += content.metadata.num_rows
        schema = schema or content.schema_arrow
    assert schema is not None
    return FileColumns({field.name: _spark_type(field.type) for field in schema}, {}, rows)


def _spark_type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind):
        return (
            "bigint"
            if kind.bit_width == 64
            else "int"
            if kind.bit_width == 32
            else "smallint"
            if kind.bit_width == 16
            else "tinyint"
        )
    if pa.types.is_float64(kind):
        return "double"
    if pa.types.is_float32(kind):
        return "float"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "timestamp" if kind.tz else "timestamp_ntz"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    return "string"


def _text_columns(file: DeliveredFile) -> FileColumns:
    parts = file.parts()
    # Spark reads Latin-1 only under that name; letters are the same in windows-1252.
    encoding = "UTF-8" if all(_decodes(part) for part in parts) else "ISO-8859-1"
    if encoding != "UTF-8" and not all(_is_windows(part) for part in parts):
        raise RegisterError(f"{file.path}: neither UTF-8 nor windows-1252 text; save it as UTF-8 and deliver it again.")
    header = parts[0].read_bytes().split(b"\n", 1)[0].decode(encoding).strip().lstrip("\ufeff")
    if not header:
        raise RegisterError(f"{file.path}: empty; expected a header line with the column names.")
    separator = ";" if header.count(";") >= max(1, header.count(",")) else ","
    names = [name.strip().strip('"') for name in header.split(separator)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RegisterError(f"{file.path}: columns {twice} occur more than once in the header.")
    return FileColumns(dict.fromkeys(names, "string"), {}, None, separator, encoding)


def _decodes(part: Path) -> bool:
    """Whether a file is UTF-8, read block by block."""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with part.open("rb") as handle:
            while block := handle.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_windows(part: Path) -> bool:
    """Whether no byte is one that windows-1252 leaves undefined, and none is a control character of binary files."""
    bad = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D, 0x00])
    with part.open("rb") as handle:
        while block := handle.read(1 << 20):
            if any(byte in block for byte in bad):
                return False
    return True
