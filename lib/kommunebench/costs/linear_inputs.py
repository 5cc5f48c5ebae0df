"""What regressions and frontiers are fitted to: an outcome, a design and weights, checked once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kommunebench.costs.normal_tails import Array
from kommunebench.costs.orthogonal_design import (
    LARGEST,
    OrthogonalDesign,
    orthogonalise,
)
from kommunebench.errors import InputError
from kommunebench.survival.arguments import (
    Column,
    Table,
    as_frame,
    as_matrix,
    as_numbers,
    column_names,
    refuse,
    refuse_misaligned,
)


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
    y: Column,
    X: Table,
    weights: Column | None,
    *,
    spare_rows: int,
    others: Mapping[str, Column | Table | None] | None = None,
) -> LinearInputs:
    """Arrays of equal length without missing values, weights above zero, a design with a constant.

    At least ``spare_rows`` more rows than columns; ``others`` are further arguments by name, whose
    row labels must agree with those of y and X. Raises InputError naming the argument, the column
    and the first rows.
    """
    refuse_misaligned({"y": y, "X": X, "weights": weights, **(others or {})})
    outcome = as_vector("y", y)
    columns, terms = as_design("X", X)
    n, k = len(outcome), columns.shape[1]
    if len(columns) != n:
        raise InputError(f"X has {len(columns)} rows, y has {n}: they must be equal.")
    weight = np.ones(n) if weights is None else as_vector("weights", weights, n)
    if n < k + spare_rows:
        raise InputError(
            f"{n} rows cannot carry {k} terms ({', '.join(terms)}): at least {k + spare_rows} rows"
            " are needed."
        )
    refuse("weights", weight <= 0.0, "not above zero")
    refuse("y", np.abs(outcome) > LARGEST, f"beyond {LARGEST:g}")
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


def as_vector(name: str, values: Column, length: int | None = None) -> Array:
    """A column as finite numbers, of the length of y if that is given."""
    vector = as_numbers(name, values)
    if length is not None and len(vector) != length:
        raise InputError(f"{name} has {len(vector)} rows, y has {length}: they must be equal.")
    refuse(name, ~np.isfinite(vector), "missing or infinite")
    return vector


def as_design(argument: str, X: Table) -> tuple[Array, tuple[str, ...]]:
    """A matrix of finite numbers and the names of its columns as text.

    An array without column names gets ``const`` for a constant column and x0, x1 … by position.
    """
    if not isinstance(X, np.ndarray) or X.dtype.names is not None:
        frame = as_frame(argument, X)
        return as_matrix(argument, frame), tuple(column_names(argument, frame))
    if X.ndim != 2:
        raise InputError(f"{argument} must have two dimensions (units by terms), got {X.ndim}.")
    columns = as_matrix(argument, as_frame(argument, {j: X[:, j] for j in range(X.shape[1])}))
    constant = [len(values) > 0 and bool(np.ptp(values) == 0.0) for values in columns.T]
    return columns, tuple("const" if flag else f"x{j}" for j, flag in enumerate(constant))
