"""A column of values, or one number, that a person may hand over: turned into numbers, or refused
by kind, count and first rows."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from kommunebench.errors import InputError

Floats = NDArray[np.float64]
Column = pd.Series | np.ndarray

_SHOWN = 5
_ADVICE = {
    "text": "texts are not read as numbers; convert them first.",
    "categories": "turn them into numbers first.",
    "dates": "take differences between dates and divide them by the unit of time.",
    "time spans": "divide them by the unit of time, as in spans / pd.Timedelta(days=7).",
    "complex numbers": "take their real part, if that is what is meant.",
}
_KIND_OF_NUMPY = {
    "b": "numbers", "i": "numbers", "u": "numbers", "f": "numbers", "c": "complex numbers",
    "M": "dates", "m": "time spans", "U": "text", "S": "text",
}  # fmt: skip


def refuse(
    name: str, bad: NDArray[np.bool_] | pd.Series, what: str, advice: str | None = None
) -> None:
    """Raise InputError when any row is bad, with count, first positions and the advice given."""
    rows = np.flatnonzero(bad)
    if len(rows):
        shown = ", ".join(map(str, rows[:_SHOWN]))
        raise InputError(
            f"{name}: {what} in {len(rows)} of {len(bad)} rows, first at positions {shown}"
            + (f"; {advice}." if advice else ".")
        )


def as_numbers(argument: str, values: Any) -> Floats:
    """A column as numbers (n,), NaN where missing; true and false are 1 and 0.

    Missing are None, NaN, NA and masked values, whatever the type. Decimals and other numbers in
    columns of objects are taken. Raises InputError naming the kind of what is not a number: text,
    dates, spans of time (never counted in nanoseconds), categories.
    """
    column = one_dimensional(argument, values)
    kind = kind_of_values(column)
    if kind in ("numbers", "mixed values") and _holds_objects(column):
        return _numbers_of_objects(argument, np.asarray(column, dtype=object))
    if kind != "numbers":
        raise InputError(not_numbers(argument, kind))
    if isinstance(column, pd.Series):
        return column.to_numpy(dtype=float, na_value=np.nan)
    return np.asarray(column, dtype=float)


def as_positive_number(argument: str, value: Any) -> float:
    """One number above zero, which may be infinite. Raises InputError for None, NaN, texts, spans
    of time and tables."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real | Decimal):
        raise InputError(f"{argument}: expected one positive number, got {_type_name(value)}.")
    positive = float(value)
    if not positive > 0:
        raise InputError(f"{argument}: must be positive, got {positive}.")
    return positive


def refuse_unknown_choice(argument: str, value: Any, choices: Sequence[str]) -> None:
    """Raise InputError unless the value is one of the choices."""
    if not isinstance(value, str):
        raise InputError(f"{argument}: expected {' or '.join(choices)}, got {_type_name(value)}.")
    if value not in choices:
        raise InputError(f"{argument}: '{value}' is neither {' nor '.join(choices)}.")


def one_dimensional(argument: str, values: Any) -> Column:
    """One value per row as a pandas Series or a NumPy array, missing values where the mask of a
    masked array says so. Raises InputError for single values, tables, sets and the like."""
    if isinstance(values, pd.Series):
        return values
    if isinstance(values, pd.MultiIndex):
        raise InputError(f"{argument}: expected one column, got an index of several levels.")
    if isinstance(values, pd.Index | pd.api.extensions.ExtensionArray):
        return pd.Series(values)
    if isinstance(values, np.ma.MaskedArray):
        return _unmasked(argument, values)
    if isinstance(values, pd.DataFrame | Mapping | pa.Table | pa.RecordBatch):
        raise InputError(f"{argument}: expected one column, got a table.")
    if offers_arrow(values):
        return _of_arrow(argument, values)
    if isinstance(values, str | bytes) or not hasattr(values, "__len__"):
        raise InputError(f"{argument}: expected one value per row, got {_type_name(values)}.")
    return _of_sequence(argument, values)


def offers_arrow(value: Any) -> bool:
    """Whether Arrow can read the value and pandas does not have it already."""
    if isinstance(value, pd.DataFrame | pd.Series | pd.Index | np.ndarray):
        return False
    return hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__")


def read_arrow(argument: str, value: Any) -> pa.ChunkedArray:
    """What Arrow reads: a column, or a table as a column of structs. Raises InputError where it
    cannot."""
    try:
        is_stream = hasattr(value, "__arrow_c_stream__")
        return pa.chunked_array(value) if is_stream else pa.chunked_array([pa.array(value)])
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise InputError(f"{argument}: Arrow cannot read it.") from error


def kind_of_values(column: Column) -> str:
    """What a column holds, from its type, or its values where they are objects: numbers (or nothing
    but missing values), text, dates, time spans, categories, complex numbers, mixed values …"""
    dtype = column.dtype
    if _holds_objects(column):
        values = np.asarray(column, dtype=object)
        # NaN is a number of Python's, but in a column of texts it is how pandas says missing.
        kinds = {_kind_of_type(one) for one in set(map(type, values[~pd.isna(values)]))}
        return "numbers" if not kinds else kinds.pop() if len(kinds) == 1 else "mixed values"
    if isinstance(dtype, np.dtype):
        return _KIND_OF_NUMPY.get(dtype.kind, dtype.name)
    if isinstance(dtype, pd.ArrowDtype):
        return _kind_of_arrow(dtype.pyarrow_dtype)
    if isinstance(dtype, pd.CategoricalDtype):
        return "categories"
    if isinstance(dtype, pd.StringDtype):
        return "text"
    if isinstance(dtype, pd.DatetimeTZDtype | pd.PeriodDtype):
        return "dates"
    return "numbers" if pd.api.types.is_numeric_dtype(dtype) else str(dtype)


def not_numbers(argument: str, kind: str) -> str:
    """The message for a column of a kind that is not numbers."""
    advice = _ADVICE.get(kind, "turn them into numbers first.")
    return f"{argument}: expected numbers, got {kind}; {advice}"


def _holds_objects(column: Column) -> bool:
    """Whether the values are objects of Python, as numbers of Arrow's decimal type become."""
    dtype = column.dtype
    if isinstance(dtype, pd.ArrowDtype):
        arrow = dtype.pyarrow_dtype
        return bool(pa.types.is_decimal(arrow) or pa.types.is_null(arrow))
    return dtype == np.dtype(object)


def _kind_of_arrow(dtype: pa.DataType) -> str:
    types = pa.types
    if types.is_integer(dtype) or types.is_floating(dtype) or types.is_boolean(dtype):
        return "numbers"
    if types.is_duration(dtype):
        return "time spans"
    if types.is_temporal(dtype):
        return "dates"
    if types.is_dictionary(dtype):
        return "categories"
    is_text = types.is_string(dtype) or types.is_large_string(dtype) or types.is_string_view(dtype)
    return "text" if is_text else str(dtype)


def _unmasked(argument: str, values: np.ma.MaskedArray) -> Column:
    mask, data = np.ma.getmaskarray(values), np.asarray(values.data)
    if data.ndim != 1 or data.dtype.names is not None:
        raise InputError(f"{argument}: expected one dimension, got {data.ndim}.")
    if data.dtype.kind in "biuf":
        return np.where(mask, np.nan, data.astype(float))
    return pd.Series(data).mask(mask)


def _of_arrow(argument: str, values: Any) -> Column:
    column = read_arrow(argument, values)
    if pa.types.is_struct(column.type):
        raise InputError(f"{argument}: expected one column, got a table.")
    return column.to_pandas()


def _of_sequence(argument: str, values: Any) -> np.ndarray:
    if isinstance(values, set | frozenset):
        raise InputError(f"{argument}: a set has no order of rows; give a list or an array.")
    try:
        array = np.asarray(values)
        if array.dtype.kind in "US" and not isinstance(values, np.ndarray):
            # NumPy turns numbers beside texts into texts; here each is looked at.
            array = np.asarray(values, dtype=object)
    except (TypeError, ValueError) as error:
        raise InputError(f"{argument}: expected one value per row.") from error
    if array.ndim != 1:
        raise InputError(f"{argument}: expected one dimension, got {array.ndim}.")
    return array


def _numbers_of_objects(argument: str, values: np.ndarray) -> Floats:
    types = list(map(type, values))
    kind_of_type = {one: _kind_of_type(one) for one in set(types)}
    kinds = np.array([kind_of_type[one] for one in types], dtype=object)
    for kind in sorted(set(kind_of_type.values()) - {"numbers", "missing"}):
        refuse(argument, kinds == kind, f"expected numbers, got {kind}")
    return np.array(
        [
            np.nan if kind == "missing" else _float(value)
            for kind, value in zip(kinds, values, strict=True)
        ],
        float,
    )


def _kind_of_type(one: type) -> str:
    if one in (type(None), type(pd.NA), type(pd.NaT)):
        return "missing"
    if issubclass(one, Real | Decimal | np.bool_):
        return "numbers"
    if issubclass(one, str | bytes):
        return "text"
    if issubclass(one, timedelta | np.timedelta64):
        return "time spans"
    if issubclass(one, date | time | np.datetime64 | pd.Period):
        return "dates"
    if issubclass(one, complex | np.complexfloating):
        return "complex numbers"
    return f"values of type {one.__name__}"


def _type_name(value: Any) -> str:
    return "None" if value is None else type(value).__name__


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf
