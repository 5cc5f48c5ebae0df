"""Arguments of the survival functions: checked once, with the argument, the count and the first
rows in the message."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kommunebench.errors import InputError
from kommunebench.survival.aliasing import find_aliased
from kommunebench.survival.arguments import (
    as_frame,
    as_matrix,
    as_numbers,
    one_dimensional,
    refuse,
)

Floats = NDArray[np.float64]
_ROWS = 8192
# R's tolerance for two times being one: the square root of the precision of numbers.
_ONE_TIME = float(np.sqrt(np.finfo(float).eps))
_SMALLEST = 1e-60
_LARGEST = 1e60


def numbers(name: str, values: object, length: int | None = None) -> Floats:
    """A vector of finite numbers of the given length, none so large that its square is not a number
    any more. Raises InputError naming argument, kind of value and first bad rows."""
    array = as_numbers(name, values)
    if length is not None and len(array) != length:
        raise InputError(f"{name}: {len(array)} values, expected {length}, one per row.")
    refuse(name, ~np.isfinite(array), "missing or infinite")
    refuse(name, np.abs(array) > _LARGEST, f"above {_LARGEST:g}, too large to compute with")
    return array


def whole_number(argument: str, value: object, *, least: int) -> int:
    """One whole number that is no smaller than ``least``. Raises InputError for everything else,
    true, false and numbers with decimals included."""
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_whole or int(value) < least:  # type: ignore[call-overload]
        raise InputError(f"{argument}: must be a whole number of {least} or more, got {value!r}.")
    return int(value)  # type: ignore[call-overload]


def durations(
    duration: object, event: object, entry: object | None, weights: object | None
) -> tuple[Floats, NDArray[np.bool_], Floats, Floats]:
    """Checked duration (positive), event (0/1), entry (0 where none, before the duration) and
    weights (not negative).

    Times that differ by rounding only are made equal (one_time). Raises InputError naming argument
    and first rows.
    """
    time = _times("duration", duration)
    if len(time) == 0:
        raise InputError("duration: no rows.")
    refuse("duration", time <= 0, "zero or negative")
    happened = numbers("event", event, len(time))
    refuse("event", ~np.isin(happened, (0.0, 1.0)), "neither 0 nor 1")
    if entry is None:
        time, start = one_time(time), np.zeros(len(time))
    else:
        joined = one_time(np.concatenate([time, _times("entry", entry, len(time))]))
        time, start = joined[: len(time)], joined[len(time) :]
    refuse("entry", start >= time, "at or after the duration")
    weight = np.ones(len(time)) if weights is None else numbers("weights", weights, len(time))
    refuse("weights", weight < 0, "negative")
    refuse("weights", (weight > 0) & (weight < _SMALLEST), "too small to compute with")
    if not weight.any():
        raise InputError("weights: zero in every row.")
    return time, happened.astype(bool), start, weight


def _times(name: str, values: object, length: int | None = None) -> Floats:
    column = one_dimensional(name, values)
    if pd.api.types.is_bool_dtype(column.dtype):
        raise InputError(f"{name}: expected times, got true and false; is it the event?")
    return numbers(name, column, length)


def one_time(times: Floats) -> Floats:
    """Times (n,) with those that differ by rounding only made one, as 0.3 and 0.1 * 3.

    R's rule (survival's aeqSurv, ``timefix``): neighbours among the distinct times no further apart
    than 1.5e-8, or than that times the mean of the distinct times, are the first of them. Whole
    numbers are exact and stay as they are.
    """
    if np.array_equal(times, np.floor(times)):
        return times
    mean = float(np.mean(np.abs(np.unique(times))))
    return first_of_neighbours(times, _ONE_TIME * max(1.0, mean))


def first_of_neighbours(values: Floats, gap: float) -> Floats:
    """Values (n,) in which neighbours no further apart than ``gap`` have become the smallest of
    their chain of neighbours."""
    distinct = np.unique(values)
    close = np.diff(distinct) <= gap
    if not close.any():
        return values
    kept = distinct[np.concatenate([[True], ~close])]
    return kept[np.searchsorted(kept, values, side="right") - 1]


def design(covariates: object, length: int) -> tuple[list[str], Floats]:
    """Names of the covariates' columns as text, and the columns as a matrix (n, p).

    Raises InputError for no table, another number of rows, names that occur twice, columns that are
    no numbers, and missing or infinite values.
    """
    frame = as_frame("covariates", covariates)
    if len(frame) != length:
        raise InputError(f"covariates: {len(frame)} rows, expected {length}.")
    return [str(name) for name in frame.columns], as_matrix("covariates", frame)


def mean_and_spread(matrix: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each column (p,), without a copy of the matrix."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean = matrix.mean(axis=0)
        squares = np.zeros(len(mean))
        for start in range(0, len(matrix), _ROWS):
            centred = matrix[start : start + _ROWS] - mean
            squares += np.einsum("ij,ij->j", centred, centred)
    return mean, np.sqrt(squares / len(matrix))


def refuse_extreme_columns(spread: Floats, names: Sequence[str]) -> None:
    """Raise InputError naming columns whose standard deviation is too large or too small for its
    square to be computed with."""
    extreme = ~((spread > _SMALLEST) & (spread < _LARGEST))
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
