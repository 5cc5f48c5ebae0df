"""What a frontier is fitted to: checked arrays, and the same data in coordinates of order one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from kommunebench.costs.normal_tails import Array
from kommunebench.errors import InputError

SHOWN_ROWS = 5


@dataclass(frozen=True, slots=True)
class FrontierInputs:
    """Outcome (n), design (n by k), term names, weights of mean one (n), known error variance (n,
    zero if none)."""

    y: Array
    X: Array
    terms: tuple[str, ...]
    weights: Array
    known_variance: Array

    @property
    def n_effective(self) -> float:
        """(Σw)²/Σw²: the number of equally weighted units that carry as much information."""
        return float(self.weights.sum() ** 2 / np.square(self.weights).sum())


@dataclass(frozen=True, slots=True)
class StandardisedInputs:
    """Residuals of weighted OLS in units of their spread, on an orthogonal design: y = X ols +
    scale * ``y`` part.

    A coefficient vector γ in these coordinates is ``ols + scale * back @ γ`` in the user's.
    ``constant`` is the γ that adds one everywhere.
    """

    y: Array
    X: Array
    known_variance: Array
    ols: Array
    scale: float
    back: Array
    constant: Array


def check_inputs(
    y: ArrayLike, X: ArrayLike | pd.DataFrame, weights: ArrayLike | None, noise_se: ArrayLike | None
) -> FrontierInputs:
    """Arrays of equal length without missing values, a constant, full rank.

    Raises InputError naming the argument, the column and the first rows.
    """
    outcome, design = _vector("y", y), np.asarray(X, dtype=float)
    if design.ndim != 2:
        raise InputError(f"X must have two dimensions (units by terms), got {design.ndim}.")
    terms = _term_names(X, design)
    n = len(outcome)
    weight = np.ones(n) if weights is None else _vector("weights", weights)
    error = np.zeros(n) if noise_se is None else _vector("noise_se", noise_se)
    for name, rows in (("X", len(design)), ("weights", len(weight)), ("noise_se", len(error))):
        if rows != n:
            raise InputError(f"{name} has {rows} rows, y has {n}: they must be equal.")
    for j, term in enumerate(terms):
        _refuse(f"X, column {term}", "missing or not finite", ~np.isfinite(design[:, j]))
    _refuse("weights", "not above zero", weight <= 0.0)
    _refuse("noise_se", "negative", error < 0.0)
    _check_design(design, terms)
    return FrontierInputs(outcome, design, terms, weight / weight.mean(), np.square(error))


def standardise(inputs: FrontierInputs) -> StandardisedInputs:
    """The same problem with residuals of spread one and a design whose columns are orthogonal."""
    root = np.sqrt(inputs.weights)
    ols = np.linalg.lstsq(root[:, None] * inputs.X, root * inputs.y, rcond=None)[0]
    residual = inputs.y - inputs.X @ ols
    scale = float(np.sqrt(np.average(residual**2, weights=inputs.weights)))
    if scale <= 1e-12 * max(1.0, float(np.abs(inputs.y).max())):
        raise InputError(
            "y is an exact linear function of X: there is neither noise nor inefficiency to"
            " estimate."
        )
    n = len(inputs.y)
    q, r = np.linalg.qr(inputs.X)
    orthogonal = q * np.sqrt(n)
    return StandardisedInputs(
        y=residual / scale,
        X=orthogonal,
        known_variance=inputs.known_variance / scale**2,
        ols=ols,
        scale=scale,
        back=np.linalg.inv(r) * np.sqrt(n),
        constant=orthogonal.sum(axis=0) / n,
    )


def _vector(name: str, values: ArrayLike) -> Array:
    vector = np.asarray(values, dtype=float)
    if vector.ndim != 1:
        raise InputError(f"{name} must have one dimension, got {vector.ndim}.")
    _refuse(name, "missing or not finite", ~np.isfinite(vector))
    return vector


def _refuse(name: str, fault: str, bad: np.ndarray) -> None:
    if bad.any():
        rows = ", ".join(str(row) for row in np.flatnonzero(bad)[:SHOWN_ROWS])
        raise InputError(
            f"{name}: {int(bad.sum())} values are {fault}; first rows (from 0): {rows}."
        )


def _term_names(X: ArrayLike | pd.DataFrame, design: Array) -> tuple[str, ...]:
    if isinstance(X, pd.DataFrame):
        return tuple(str(column) for column in X.columns)
    constant = [
        bool(np.ptp(design[:, j]) == 0.0) if len(design) else False for j in range(design.shape[1])
    ]
    return tuple("const" if flag else f"x{j}" for j, flag in enumerate(constant))


def _check_design(design: Array, terms: tuple[str, ...]) -> None:
    n, k = design.shape
    if n < k + 3:
        raise InputError(f"X has {n} rows for {k} terms: a frontier needs at least {k + 3}.")
    constant = np.flatnonzero(np.ptp(design, axis=0) == 0.0)
    if len(constant) > 1:
        raise InputError(
            f"X has more than one constant column: {', '.join(terms[j] for j in constant)}. Keep"
            " one."
        )
    length = np.linalg.norm(design, axis=0)
    scaled = design / np.where(length > 0.0, length, 1.0)
    _, r = np.linalg.qr(scaled)
    collinear = np.flatnonzero(np.abs(np.diag(r)) < 1e-10)
    if len(collinear):
        names = ", ".join(terms[j] for j in collinear)
        raise InputError(
            f"X, column {names}: a linear function of the columns before it. Leave it out."
        )
    ones = np.ones(n)
    missed = ones - scaled @ np.linalg.lstsq(scaled, ones, rcond=None)[0]
    if np.abs(missed).max() > 1e-8:
        raise InputError("X has no constant: add a column of ones.")
