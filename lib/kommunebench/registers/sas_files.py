"""SAS7BDAT files: columns and row count from the header, rows by pyreadstat in Spark tasks, each
its own range of rows."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from kommunebench.errors import PlatformError, RegisterError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Rows a task holds at once, in the used columns only. A range is found by skipping the rows before
# it, so ranges are not small.
RANGE_ROWS = 500_000
TRUNCATED, UNDECODABLE = "file_cut_off", "text_not_decodable"
_DATE_FORMATS = (
    "date",
    "yymmdd",
    "ddmmyy",
    "mmddyy",
    "julian",
    "monyy",
    "weekdat",
    "worddat",
    "e8601da",
    "b8601da",
    "eurdfd",
    "eurdfde",
)
_DATETIME_FORMATS = ("datetime", "e8601dt", "b8601dt", "dateampm", "eurdfdt")


def sas_columns(parts: Sequence[Path], encoding: str | None) -> tuple[dict[str, str], int | None]:
    """Type by column (string, double, sas_date, sas_datetime) and number of rows; None where the
    header's count is saturated.

    Raises RegisterError for a file that is cut off or no SAS7BDAT file, PlatformError where
    pyreadstat is not installed.
    """
    types: dict[str, str] = {}
    rows: int | None = 0
    for part in parts:
        found = _metadata(part, encoding)
        own = {
            name: (
                "string"
                if found.readstat_variable_types[name] == "string"
                else _number(found.original_variable_types.get(name))
            )
            for name in found.column_names
        }
        if types and own != types:
            raise RegisterError(
                f"{part}: its columns differ from those of {parts[0].name} beside it; deliver parts"
                " with the same columns."
            )
        types = own
        rows = None if rows is None or found.number_rows is None else rows + int(found.number_rows)
    return types, rows


def open_sas(
    spark: "SparkSession",
    files: Sequence[tuple[int, Sequence[Path]]],
    names: Sequence[str],
    types: dict[str, str],
    encoding: str | None,
) -> "DataFrame":
    """The named columns of numbered files of equal shape: text, or numbers as SAS holds them;
    ``file_number`` and ``unreadable``.

    A range that cannot be read to its end gives one row that says why in ``unreadable``. ``names``
    may be empty.
    """
    ranges = [
        (number, os.fspath(part), first, limit)
        for number, parts in files
        for part in parts
        for first, limit in _ranges(part, encoding)
    ]
    plan = spark.createDataFrame(ranges, "file_number int, path string, first_row long, rows long")
    listed = ", ".join(
        f"`{name}` {'string' if types[name] == 'string' else 'double'}" for name in names
    )
    schema = f"{listed + ', ' if listed else ''}file_number int, unreadable string"
    tasks = plan.repartition(max(1, min(len(ranges), 200)))
    return tasks.mapInPandas(
        _reader(tuple(names), {name: types[name] for name in names}, encoding), schema
    )


def _reader(
    names: tuple[str, ...], types: dict[str, str], encoding: str | None
) -> Callable[..., Iterator[pd.DataFrame]]:
    return partial(_read_ranges, names=names, types=types, encoding=encoding)


def _read_ranges(
    plans: Iterator[pd.DataFrame],
    names: tuple[str, ...],
    types: dict[str, str],
    encoding: str | None,
) -> Iterator[pd.DataFrame]:
    """Rows of each range as a frame; runs inside Spark tasks."""
    for plan in plans:
        for number, path, first, limit in plan[
            ["file_number", "path", "first_row", "rows"]
        ].itertuples(index=False):
            frame, problem = read_range(Path(path), names, int(first), int(limit), encoding)
            if problem:
                frame = pd.DataFrame({name: [None] for name in names}, index=[0])
            typed = {
                name: (
                    frame[name].astype(object)
                    if types[name] == "string"
                    else pd.to_numeric(frame[name]).astype(float)
                )
                for name in names
            }
            rows = pd.DataFrame(typed, index=frame.index)
            yield rows.assign(file_number=number, unreadable=problem)


def read_range(
    path: Path, names: Sequence[str], first: int, limit: int, encoding: str | None
) -> tuple[pd.DataFrame, str | None]:
    """``limit`` rows from row ``first`` on, dates as numbers; or an empty frame and why they cannot
    be read."""
    reader = _pyreadstat()
    # Every file has a column: where none is asked for, its first is read to count the rows.
    wanted = list(names) or _metadata(path, encoding).column_names[:1]
    try:
        frame, _ = reader.read_sas7bdat(
            os.fspath(path),
            usecols=wanted,
            row_offset=first,
            row_limit=limit,
            disable_datetime_conversion=True,
            encoding=encoding,
        )
    except UnicodeDecodeError:
        return pd.DataFrame(), UNDECODABLE
    except reader.ReadstatError as error:
        return pd.DataFrame(), UNDECODABLE if "convert string" in str(error) else TRUNCATED
    return frame, None


def count_rows(path: Path, encoding: str | None) -> int:
    """Number of rows of a file whose header does not say it: found by asking for single rows ever
    further on."""
    low, high = 0, 1 << 20
    while _has_row(path, high - 1, encoding):
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if _has_row(path, middle, encoding):
            low = middle + 1
        else:
            high = middle
    return low


def _has_row(path: Path, number: int, encoding: str | None) -> bool:
    return read_range(path, (), number, 1, encoding)[1] is None


def _ranges(part: Path, encoding: str | None) -> list[tuple[int, int]]:
    rows = _metadata(part, encoding).number_rows
    total = count_rows(part, encoding) if rows is None else int(rows)
    return [(first, min(RANGE_ROWS, total - first)) for first in range(0, total, RANGE_ROWS)]


def _metadata(part: Path, encoding: str | None) -> Any:
    reader = _pyreadstat()
    try:
        _, found = reader.read_sas7bdat(os.fspath(part), metadataonly=True, encoding=encoding)
    except reader.ReadstatError as error:
        raise RegisterError(
            f"{part}: not a whole SAS7BDAT file ({part.stat().st_size} bytes); it was cut off or is"
            " of another format. Deliver it again."
        ) from error
    return found


def _number(written_as: str | None) -> str:
    """Whether a number is a date or a time, from the SAS format without its width (DATE9. is stored
    as DATE)."""
    name = (written_as or "").lower().rstrip("0123456789.")
    if name in _DATETIME_FORMATS or name.startswith("datetime"):
        return "sas_datetime"
    return "sas_date" if name.startswith(_DATE_FORMATS) else "double"


def _pyreadstat() -> Any:
    try:
        import pyreadstat
    except ImportError as error:
        raise PlatformError(
            "The delivery holds SAS7BDAT files, and the package that reads them is not installed:"
            " `pip install kommunebench[sas]`, or convert the files to Parquet."
        ) from error
    return pyreadstat
