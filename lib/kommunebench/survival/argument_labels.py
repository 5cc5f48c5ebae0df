"""Labels of rows, as of strata, clusters or units: one column, or combinations of several."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from kommunebench.errors import InputError
from kommunebench.survival.argument_values import (
    offers_arrow,
    one_dimensional,
    read_arrow,
    refuse,
)
from kommunebench.survival.arguments import as_frame


def as_labels(argument: str, values: Any, length: int) -> tuple[NDArray[np.intp], tuple]:
    """Codes (n,) of labels and the distinct labels in order, as for strata or clusters.

    Several columns (a table, or one tuple per row) make one label of each combination, a tuple.
    Raises InputError for missing labels, labels that cannot be compared for equality, and another
    number of rows.
    """
    if isinstance(values, np.ndarray) and values.ndim == 2:
        values = pd.DataFrame(values)
    elif isinstance(values, list | tuple) and len(values) and isinstance(values[0], list | tuple):
        values = pd.DataFrame(list(values))
    elif offers_arrow(values):
        values = _of_arrow(read_arrow(argument, values))
    is_table = isinstance(values, pd.DataFrame | pa.Table | Mapping)
    if is_table or (isinstance(values, np.ndarray) and values.dtype.names is not None):
        return _combined_labels(argument, as_frame(argument, values), length)
    labels = one_dimensional(argument, values)
    if len(labels) != length:
        raise InputError(f"{argument}: {len(labels)} values, expected {length}, one per row.")
    refuse(argument, pd.isna(labels), "missing")
    try:
        codes, names = pd.factorize(labels, sort=False)
    except TypeError as error:
        raise InputError(f"{argument}: labels must be texts, numbers or dates.") from error
    order = _sorted_positions(list(names))
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    return rank[codes], tuple(_plain(names[position]) for position in order)


def _of_arrow(stream: pa.ChunkedArray) -> pd.Series | pa.Table:
    """A column, or a table where Arrow has read one as a column of structs."""
    if not pa.types.is_struct(stream.type):
        return stream.to_pandas()
    batches = [pa.RecordBatch.from_struct_array(chunk) for chunk in stream.chunks]
    return pa.Table.from_batches(batches, schema=pa.schema(list(stream.type)))


def as_label_codes(argument: str, values: Any, length: int, known: tuple) -> NDArray[np.intp]:
    """Codes (n,) of labels among those ``known``. Raises InputError as as_labels, and for labels
    that are not known."""
    codes, names = as_labels(argument, values, length)
    code_of = {name: code for code, name in enumerate(known)}
    translated = np.array([code_of.get(name, -1) for name in names], np.intp)[codes]
    refuse(argument, translated < 0, f"none of the model's {len(known)} labels")
    return translated


def _combined_labels(
    argument: str, frame: pd.DataFrame, length: int
) -> tuple[NDArray[np.intp], tuple]:
    """One label, a tuple, for each combination of the columns that occurs."""
    columns = [
        as_labels(f"{argument}[{frame.columns[k]!r}]", frame.iloc[:, k], length)
        for k in range(frame.shape[1])
    ]
    if len(columns) == 1:
        return columns[0]
    if not columns:
        raise InputError(f"{argument}: a table without columns.")
    codes = np.stack([column for column, _ in columns], axis=1)
    distinct, position = np.unique(codes, axis=0, return_inverse=True)
    names = tuple(
        tuple(labels[code] for code, (_, labels) in zip(row, columns, strict=True))
        for row in distinct
    )
    return position.reshape(-1).astype(np.intp), names


def _sorted_positions(names: list[Any]) -> list[int]:
    """Positions of the names in order; names of different types by type, then as text."""
    try:
        return sorted(range(len(names)), key=lambda k: names[k])
    except TypeError:
        return sorted(range(len(names)), key=lambda k: (type(names[k]).__name__, str(names[k])))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
