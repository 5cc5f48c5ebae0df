"""SAS7BDAT files: columns from the header, rows in one sequential pass over each file.

pandas' reader goes through a file once, in chunks: time is linear in its rows and memory does not
depend on its size or width. One task reads one file; what it reads can be staged as Parquet, so
that several passes over a register read the SAS file once.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from kommunebench.errors import RegisterError
from kommunebench.registers.locations import AnyPath, ListedFile
from kommunebench.registers.sas_formats import kind_of_format

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# What a task holds at once: so many cells, whatever the number of columns (a cell of text takes
# about 60 bytes in Python), and so many bytes of the file.
CHUNK_CELLS = 2_000_000
_CHUNK_BYTES = 1 << 26
TRUNCATED, UNDECODABLE = "file_cut_off", "text_not_decodable"
# A count of rows in the header that SAS could not write in four bytes.
_SATURATED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class SasPart:
    """A file to be read: its path, the number of the delivered file it belongs to, its encoding
    where a mapping says it."""

    path: str
    file_number: int
    encoding: str | None


def sas_columns(
    files: Sequence[ListedFile], encoding: str | None
) -> tuple[dict[str, str], int | None]:
    """Type by column (string, double, sas_date, sas_datetime) and number of rows; None where the
    header's count is saturated.

    Raises RegisterError for a file that is cut off, is no SAS7BDAT file, or that only Spark
    reaches.
    """
    types: dict[str, str] = {}
    rows: int | None = 0
    for file in files:
        reader = _opened(local_path(file.path), 1, file.size)
        with reader:
            names = _names(reader, encoding)
            own_types = {
                name: "string" if kind == b"s" else kind_of_format(str(written_as))
                for name, kind, written_as in zip(
                    names, reader.column_types(), reader.column_formats, strict=True
                )
            }
            if types and own_types != types:
                raise RegisterError(
                    f"{file.path}: its columns differ from those of {files[0].path.name} beside it;"
                    " deliver parts with the same columns."
                )
            types = own_types
            known = rows is not None and reader.row_count != _SATURATED
            rows = rows + int(reader.row_count) if known and rows is not None else None
    return types, rows


def local_path(path: AnyPath) -> Path:
    """The path of a SAS file. Raises RegisterError where it lies on a file system that only Spark
    reaches, because no reader of SAS files works through Spark."""
    if isinstance(path, Path):
        return path
    raise RegisterError(
        f"{path}: SAS7BDAT files are read from folders of the machine only (also mounted ones, such"
        " as /Volumes/…). Copy the delivery there, or convert it to Parquet."
    )


def read_parts(
    spark: "SparkSession", parts: Sequence[SasPart], names: Sequence[str], types: dict[str, str]
) -> "DataFrame":
    """The named columns of files of equal shape: text, or numbers as SAS holds them;
    ``file_number``, ``unreadable``, ``row_file`` and ``row_number`` (from 1).

    A file that cannot be read to its end gives one row more, which says why in ``unreadable``.
    ``names`` may be empty.
    """
    kinds = {name: "string" if types[name] == "string" else "double" for name in names}
    listed = [f"`{name.replace('`', '``')}` {kind}" for name, kind in kinds.items()]
    schema = ", ".join(
        [*listed, "file_number int, unreadable string, row_file string, row_number long"]
    )
    wanted = list(names)

    def rows_of(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for place in batch.column(0).to_pylist():
                yield from part_rows(parts[place], wanted, kinds)

    return spark.range(0, len(parts), 1, len(parts)).mapInArrow(rows_of, schema)


def part_rows(
    sas_part: SasPart, names: Sequence[str], kinds: dict[str, str]
) -> Iterator[pa.RecordBatch]:
    """The rows of one file, chunk by chunk; runs inside of Spark's tasks."""
    rows_read, problem = 0, None
    try:
        for chunk, encoding in _chunks(sas_part):
            columns = [_arrow(chunk[name], kinds[name], encoding) for name in names]
            yield _batch(sas_part, names, columns, first_row=rows_read + 1, rows=len(chunk))
            rows_read += len(chunk)
    except UnicodeError:
        problem = UNDECODABLE
    except Exception:
        # Whatever the reader stumbles over, the file is not what its header says.
        problem = TRUNCATED
    if problem:
        empty = [pa.nulls(1, _arrow_type(kinds[name])) for name in names]
        yield _batch(sas_part, names, empty, first_row=rows_read + 1, rows=1, problem=problem)


def _chunks(sas_part: SasPart) -> Iterator[tuple[pd.DataFrame, str]]:
    """Chunks of a file's rows under its columns' names, text as bytes in the encoding beside."""
    path = Path(sas_part.path)
    size = path.stat().st_size
    with _opened(path, 1, size) as reader:
        chunk_rows = _chunk_rows(reader)
        row_count = int(reader.row_count)
    if row_count == _SATURATED:
        row_count = counted_rows(path, chunk_rows)
    with _opened(path, chunk_rows, size) as reader:
        reader.row_count = row_count
        encoding = sas_part.encoding or _encoding(reader)
        names = _names(reader, sas_part.encoding)
        read = 0
        while read < row_count:
            chunk = reader.read(min(chunk_rows, row_count - read))
            chunk.columns = names
            read += len(chunk)
            yield chunk, encoding


def counted_rows(path: Path, chunk_rows: int) -> int:
    """Number of rows of a file whose header does not say it: the file is read to its end."""
    with _opened(path, chunk_rows, path.stat().st_size) as reader:
        while True:
            try:
                reader.read(chunk_rows)
            except ValueError:
                # The last chunk is shorter than its frame; the reader knows where it stands.
                return int(reader._current_row_in_file_index)


def _chunk_rows(reader: Any) -> int:
    by_cells = CHUNK_CELLS // max(len(reader.column_names), 1)
    by_bytes = _CHUNK_BYTES // max(int(reader.row_length), 1)
    return max(1, min(by_cells, by_bytes))


def _opened(path: Path, chunk_rows: int, size: int) -> Any:
    """pandas' reader of a file. Raises RegisterError where its header cannot be read."""
    try:
        reader: Any = pd.read_sas(
            os.fspath(path), format="sas7bdat", chunksize=chunk_rows, encoding=None
        )
    except Exception as error:
        raise RegisterError(
            f"{path}: not a whole SAS7BDAT file ({size} bytes); it was cut off or is of another"
            " format. Deliver it again."
        ) from error
    # Dates stay the numbers they are, so that those beyond pandas' calendar are reported.
    reader.convert_dates = False
    return reader


def _names(reader: Any, wanted: str | None) -> list[str]:
    """Names of the columns. The reader takes every header for Latin-1, which can be undone."""
    encoding = wanted or _encoding(reader)
    return [str(name).encode("latin-1").decode(encoding, "replace") for name in reader.column_names]


def _encoding(reader: Any) -> str:
    """The encoding the header names; ASCII where it names none that is known, so that letters
    beyond it are found out."""
    named = str(reader.inferred_encoding)
    return "ascii" if named.startswith("unknown") else named


def _arrow_type(kind: str) -> pa.DataType:
    return pa.string() if kind == "string" else pa.float64()


def _arrow(values: pd.Series, kind: str, encoding: str) -> pa.Array:
    """A column as text or numbers, missing values as null. Raises UnicodeError for bytes that are
    no text of the encoding."""
    if kind != "string":
        numbers = values.to_numpy(float)
        return pa.array(numbers, mask=np.isnan(numbers))
    coded = pa.array(values, pa.binary(), from_pandas=True).dictionary_encode()
    # Codes repeat: each of them is decoded once.
    decoded = [value.as_py().decode(encoding) for value in coded.dictionary]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(decoded, pa.string())).cast(
        pa.string()
    )


def _batch(
    sas_part: SasPart,
    names: Sequence[str],
    columns: list[pa.Array],
    *,
    first_row: int,
    rows: int,
    problem: str | None = None,
) -> pa.RecordBatch:
    places = [
        pa.array(np.full(rows, sas_part.file_number, np.int32)),
        pa.array([problem] * rows, pa.string()),
        pa.array([sas_part.path] * rows, pa.string()),
        pa.array(np.arange(first_row, first_row + rows, dtype=np.int64)),
    ]
    fixed = ["file_number", "unreadable", "row_file", "row_number"]
    return pa.RecordBatch.from_arrays([*columns, *places], [*names, *fixed])
