"""Arguments of the survival functions: checked once, with the argument, the count and the first
rows in the message."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from kommunebench.errors import InputError
from kommunebench.survival.aliasing import find_aliased

Floats = NDArray[np.float64]
_SHOWN = 5
_ROWS = 8192
_SMALLEST = 1e-60


def numbers(name: str, values: ArrayLike, length: int | None = None) -> Floats:
    """A vector of finite numbers of the given length. Raises InputError naming argument and first
    bad rows."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name}: expected numbers.") from error
    if array.ndim != 1:
        raise InputError(f"{name}: expected one dimension, got {array.ndim}.")
    if length is not None and len(array) != length:
        raise InputError(f"{name}: {len(array)} values, expected {length}, one per row.")
    refuse(name, ~np.isfinite(array), "missing or infinite")
    return array


def refuse(name: str, bad: NDArray[np.bool_], what: str) -> None:
    """Raise InputError when any row is bad, with count and first positions."""
    rows = np.flatnonzero(bad)
    if len(rows):
        shown = ", ".join(map(str, rows[:_SHOWN]))
        raise InputError(
            f"{name}: {what} in {len(rows)} of {len(bad)} rows, first at positions {shown}."
        )


def durations(
    duration: ArrayLike, event: ArrayLike, entry: ArrayLike | None, weights: ArrayLike | None
) -> tuple[Floats, NDArray[np.bool_], Floats, Floats]:
    """Checked duration (positive), event (0/1), entry (0 where none, before the duration) and
    weights (not negative)."""
    time = numbers("duration", duration)
    if len(time) == 0:
        raise InputError("duration: no rows.")
    refuse("duration", time <= 0, "zero or negative")
    happened = numbers("event", event, len(time))
    refuse("event", ~np.isin(happened, (0.0, 1.0)), "neither 0 nor 1")
    start = np.zeros(len(time)) if entry is None else numbers("entry", entry, len(time))
    refuse("entry", start >= time, "at or after the duration")
    weight = np.ones(len(time)) if weights is None else numbers("weights", weights, len(time))
    refuse("weights", weight < 0, "negative")
    return time, happened.astype(bool), start, weight


def design(covariates: pd.DataFrame, length: int) -> Floats:
    """The covariates as a matrix, one column each. Raises InputError for text, missing, constant or
    collinear columns."""
    if not isinstance(covariates, pd.DataFrame):
        raise InputError("covariates: expected a DataFrame with one numeric column per term.")
    if len(covariates) != length:
        raise InputError(f"covariates: {len(covariates)} rows, expected {length}.")
    twice = sorted({str(name) for name in covariates.columns[covariates.columns.duplicated()]})
    if twice:
        raise InputError(f"covariates: column names {twice} occur more than once.")
    text = [
        str(name)
        for name in covariates
        if not pd.api.types.is_numeric_dtype(covariates[name].dtype)
    ]
    if text:
        raise InputError(f"covariates: columns {text} are not numeric; dummy code them first.")
    # Rows together in memory: every later pass goes over rows. A frame made of such a matrix is not
    # copied.
    matrix = np.ascontiguousarray(covariates.to_numpy(dtype=float, na_value=np.nan))
    with np.errstate(over="ignore", invalid="ignore"):
        suspicious = np.flatnonzero(~np.isfinite(matrix.sum(axis=0)))
    for column in suspicious:
        numbers(f"covariates[{covariates.columns[int(column)]!r}]", matrix[:, column])
    return matrix


def mean_and_spread(matrix: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each column (p,), without a copy of the matrix."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean = matrix.mean(axis=0)
        squares = np.zeros(len(mean))
        for start in range(0, len(matrix), _ROWS):
            part = matrix[start : start + _ROWS] - mean
            squares += np.einsum("ij,ij->j", part, part)
    return mean, np.sqrt(squares / len(matrix))


def refuse_extreme_columns(spread: Floats, names: Sequence[str]) -> None:
    """Raise InputError naming columns whose standard deviation is too large or too small for its
    square to be computed with."""
    extreme = ~((spread > _SMALLEST) & (spread < 1 / _SMALLEST))
    if extreme.any():
        raise InputError(
            f"covariates: columns {_named(extreme, names)} have values far out of range; measure"
            " them in another unit."
        )


def varying_columns(matrix: Floats, counted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether each column (p,) has more than one value in the rows counted, without a copy of the
    matrix."""
    varies = np.zeros(matrix.shape[1], bool)
    first = matrix[np.argmax(counted)] if len(matrix) else np.zeros(len(varies))
    for start in range(0, len(matrix), _ROWS):
        if varies.all():
            break
        rows = slice(start, start + _ROWS)
        varies |= ((matrix[rows] != first) & counted[rows, None]).any(axis=0)
    return varies


def refuse_dependent_columns(matrix: Floats, names: Sequence[str]) -> None:
    """Raise InputError naming constant columns, and columns that are linear combinations of those
    before them."""
    spread = matrix.max(axis=0) - matrix.min(axis=0) if len(matrix) else np.zeros(matrix.shape[1])
    refuse_constant(spread, names)
    centred = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)
    refuse_combinations(centred.T @ centred / len(matrix), names)


def refuse_constant(spread: Floats, names: Sequence[str]) -> None:
    """Raise InputError naming the columns whose largest and smallest values differ by 0."""
    constant = np.asarray(spread) == 0
    if constant.any():
        raise InputError(
            f"covariates: columns {_named(constant, names)} are constant; leave them out."
        )


def refuse_combinations(correlation: Floats, names: Sequence[str]) -> None:
    """Raise InputError naming columns that are linear combinations of those before them, from the
    columns' correlations (p, p)."""
    dependent = find_aliased(correlation).aliased
    if dependent.any():
        raise InputError(
            f"covariates: columns {_named(dependent, names)} are linear combinations of the columns"
            " before them; leave them out."
        )


def _named(marked: NDArray[np.bool_], names: Sequence[str]) -> list[str]:
    return [str(name) for name, is_marked in zip(names, marked, strict=True) if is_marked]
