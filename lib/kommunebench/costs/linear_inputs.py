"""What regressions and frontiers are fitted to: an outcome, a design and weights, checked once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from kommunebench.costs.normal_tails import Array
from kommunebench.costs.orthogonal_design import (
    LARGEST,
    OrthogonalDesign,
    orthogonalise,
)
from kommunebench.errors import InputError

SHOWN_ROWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearInputs:
    """Outcome (n) as its mean, scale and standardised deviation; the design; weights as given (n).

    ``y`` is ``y_mean + y_scale * y_standardised``; ``terms`` are the names of the design's columns.
    """

    y: Array
    y_mean: float
    y_scale: float
    y_standardised: Array
    design: OrthogonalDesign
    terms: tuple[str, ...]
    weights: Array

    def on_columns(self, on_basis: Array) -> Array:
        """Coefficients of the columns of X, in the units of y, from those of the standardised
        outcome on the basis."""
        coefficients: Array = (
            self.y_scale * (self.design.back @ on_basis) + self.y_mean * self.design.constant
        )
        return coefficients


def check_linear_inputs(
    y: ArrayLike,
    X: ArrayLike | pd.DataFrame,
    weights: ArrayLike | None,
    *,
    spare_rows: int,
) -> LinearInputs:
    """Arrays of equal length without missing values, weights above zero, a design with a constant.

    At least ``spare_rows`` more rows than columns. Raises InputError naming the argument, the
    column and the first rows.
    """
    outcome, columns = as_vector("y", y), np.asarray(X, dtype=float)
    if columns.ndim != 2:
        raise InputError(f"X must have two dimensions (units by terms), got {columns.ndim}.")
    terms = _term_names(X, columns)
    n, k = len(outcome), columns.shape[1]
    weight = np.ones(n) if weights is None else as_vector("weights", weights, n)
    if len(columns) != n:
        raise InputError(f"X has {len(columns)} rows, y has {n}: they must be equal.")
    if n < k + spare_rows:
        raise InputError(
            f"{n} rows cannot carry {k} terms ({', '.join(terms)}): at least"
            f" {k + spare_rows} rows are needed."
        )
    for j, term in enumerate(terms):
        refuse_rows(f"X, column {term}", "missing or not finite", ~np.isfinite(columns[:, j]))
    refuse_rows("weights", "not above zero", weight <= 0.0)
    refuse_rows("y", f"beyond {LARGEST:g}", np.abs(outcome) > LARGEST)
    mean = float(np.average(outcome, weights=weight / weight.max()))
    scale = float(np.abs(outcome - mean).max()) or 1.0
    return LinearInputs(
        y=outcome,
        y_mean=mean,
        y_scale=scale,
        y_standardised=(outcome - mean) / scale,
        design=orthogonalise(columns, terms, weight / weight.max()),
        terms=terms,
        weights=weight,
    )


def as_vector(name: str, values: ArrayLike, length: int | None = None) -> Array:
    """The values as finite numbers in one dimension, of the length of y if that is given."""
    vector = np.asarray(values, dtype=float)
    if vector.ndim != 1:
        raise InputError(f"{name} must have one dimension, got {vector.ndim}.")
    if length is not None and len(vector) != length:
        raise InputError(f"{name} has {len(vector)} rows, y has {length}: they must be equal.")
    refuse_rows(name, "missing or not finite", ~np.isfinite(vector))
    return vector


def refuse_rows(name: str, fault: str, bad: np.ndarray) -> None:
    """Raise InputError if any row is bad, with the argument, the count and the first rows."""
    if bad.any():
        rows = ", ".join(str(row) for row in np.flatnonzero(bad)[:SHOWN_ROWS])
        raise InputError(
            f"{name}: {int(bad.sum())} values are {fault}; first rows (from 0): {rows}."
        )


def _term_names(X: ArrayLike | pd.DataFrame, columns: Array) -> tuple[str, ...]:
    if isinstance(X, pd.DataFrame):
        return tuple(str(column) for column in X.columns)
    constant = [bool(np.ptp(values) == 0.0) if len(values) else False for values in columns.T]
    return tuple("const" if flag else f"x{j}" for j, flag in enumerate(constant))
