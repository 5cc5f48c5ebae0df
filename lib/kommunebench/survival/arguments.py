"""What a person may hand to a library function, turned into frames, numbers and labels, or refused
by name: no cell value is ever part of a message."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow.interchange import from_dataframe

from kommunebench.errors import InputError
from kommunebench.survival.argument_values import (
    as_numbers,
    as_positive_number,
    kind_of_values,
    offers_arrow,
    one_dimensional,
    refuse,
    refuse_unknown_choice,
)

__all__ = [
    "Column",
    "Table",
    "as_frame",
    "as_matrix",
    "as_numbers",
    "as_positive_number",
    "column_names",
    "one_dimensional",
    "refuse",
    "refuse_misaligned",
    "refuse_unknown_choice",
]

Floats = NDArray[np.float64]
# One value per row, and a table with named columns, of any library: what they are is looked at when
# they come.
Column = Any
Table = Any


def as_frame(argument: str, value: Any) -> pd.DataFrame:
    """A table as a pandas DataFrame (n rows), column labels as they are.

    Taken are a DataFrame, a Series with a name (one column), a dict of columns, a list of dicts, a
    NumPy array with named fields, and any table that offers Arrow's C stream or the DataFrame
    interchange protocol (Polars, Arrow, DuckDB …). Raises InputError for anything else, for column
    names that occur twice (as text), and for columns of different lengths.
    """
    if isinstance(value, pd.Series) and value.name is not None:
        value = value.to_frame()
    frame = value if isinstance(value, pd.DataFrame) else _converted_frame(argument, value)
    if frame.columns.nlevels > 1:
        raise InputError(
            f"{argument}: column names have {frame.columns.nlevels} levels; give each column one"
            " name."
        )
    column_names(argument, frame)
    return frame


def column_names(argument: str, frame: pd.DataFrame) -> list[str]:
    """The names of the columns as text. Raises InputError naming those that occur twice, 1 and "1"
    included."""
    names = [str(name) for name in frame.columns]
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise InputError(f"{argument}: column names {twice} occur more than once.")
    return names


def as_matrix(argument: str, frame: pd.DataFrame) -> Floats:
    """The columns of a frame as a matrix of finite numbers (n, p), rows together in memory: every
    later pass goes over rows, and a frame made of such a matrix is not copied.

    Raises InputError naming the columns that are no numbers, and the first rows that are missing
    or infinite.
    """
    plain = all(isinstance(dtype, np.dtype) and dtype.kind in "biuf" for dtype in frame.dtypes)
    if plain:
        matrix = np.ascontiguousarray(frame.to_numpy(dtype=float))
    else:
        matrix = _matrix_of_any_columns(argument, frame)
    with np.errstate(over="ignore", invalid="ignore"):
        suspicious = np.flatnonzero(~np.isfinite(matrix.sum(axis=0)))
    for column in suspicious:
        name = f"{argument}[{frame.columns[int(column)]!r}]"
        refuse(name, ~np.isfinite(matrix[:, column]), "missing or infinite")
    return matrix


def _matrix_of_any_columns(argument: str, frame: pd.DataFrame) -> Floats:
    columns = [frame.iloc[:, position] for position in range(frame.shape[1])]
    coded = ("text", "categories", "dates")
    named = [str(column.name) for column in columns if kind_of_values(column) in coded]
    if named:
        raise InputError(
            f"{argument}: columns {named} are not numeric; dummy code texts and categories, and"
            " turn dates into numbers first."
        )
    matrix = np.empty(frame.shape)
    for position, column in enumerate(columns):
        matrix[:, position] = as_numbers(f"{argument}[{column.name!r}]", column)
    return matrix


def refuse_misaligned(arguments: Mapping[str, Any]) -> None:
    """Raise InputError where pandas arguments have different row labels.

    Rows belong together by their position. Where two arguments have an index, the labels must be
    the same and in the same order; only the default index 0, 1, 2 … counts as no labels, unless
    the other has just these labels in another order.
    """
    indexes = {name: _index_of(value) for name, value in arguments.items()}
    labelled = {name: index for name, index in indexes.items() if index is not None}
    names = list(labelled)
    for position, one in enumerate(names):
        for other in names[:position]:
            if _misaligned(labelled[one], labelled[other]):
                raise InputError(
                    f"{one}: its index has other labels, or another order of them, than that of"
                    f" {other}; put the rows in one order, or give values without an index"
                    " (.to_numpy())."
                )


def _index_of(value: Any) -> pd.Index | None:
    """The row labels of a pandas object, or of the first one in a dict of columns."""
    if isinstance(value, Mapping):
        value = next((v for v in value.values() if isinstance(v, pd.Series)), None)
    return value.index if isinstance(value, pd.Series | pd.DataFrame) else None


def _misaligned(one: pd.Index, other: pd.Index) -> bool:
    if len(one) != len(other) or one.equals(other):
        # Different lengths are refused where the rows are counted.
        return False
    default = pd.RangeIndex(len(one))
    if not (one.equals(default) or other.equals(default)):
        return True
    return len(one.symmetric_difference(other)) == 0


def _converted_frame(argument: str, value: Any) -> pd.DataFrame:
    if isinstance(value, Mapping):
        return _frame_of_columns(argument, value)
    if isinstance(value, np.ndarray) and value.dtype.names is not None and value.ndim == 1:
        return _frame_of_columns(argument, {name: value[name] for name in value.dtype.names})
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return _frame_of_records(argument, value)
    try:
        if offers_arrow(value):
            return pa.table(value).to_pandas()
        if hasattr(value, "__dataframe__"):
            return from_dataframe(value).to_pandas()
    except (pa.ArrowException, TypeError, ValueError, NotImplementedError) as error:
        raise InputError(f"{argument}: Arrow cannot read it as a table with columns.") from error
    raise InputError(_no_table(argument, value))


def _frame_of_columns(argument: str, columns: Mapping[Any, Any]) -> pd.DataFrame:
    refuse_misaligned({f"{argument}[{name!r}]": column for name, column in columns.items()})
    values = [one_dimensional(f"{argument}[{name!r}]", column) for name, column in columns.items()]
    lengths = {str(name): len(column) for name, column in zip(columns, values, strict=True)}
    if len(set(lengths.values())) > 1:
        raise InputError(f"{argument}: columns of different lengths: {lengths}.")
    frame = pd.DataFrame(
        {
            position: column.array if isinstance(column, pd.Series) else column
            for position, column in enumerate(values)
        },
        index=_index_of(columns),
    )
    frame.columns = pd.Index(list(columns), dtype=object)
    return frame


def _frame_of_records(argument: str, records: Sequence[Any]) -> pd.DataFrame:
    if not all(isinstance(record, Mapping) for record in records):
        raise InputError(_no_table(argument, records))
    names = list(dict.fromkeys(name for record in records for name in record))
    lacking = np.array([len(record) < len(names) for record in records], bool)
    refuse(argument, lacking, "some of the fields are absent")
    return pd.DataFrame.from_records(list(records), columns=names or None)


def _no_table(argument: str, value: Any) -> str:
    kind = "None" if value is None else type(value).__name__
    return (
        f"{argument}: expected a table with named columns (a pandas DataFrame, a dict of columns, a"
        f" list of dicts, or a table that Arrow can read), got {kind}."
    )
