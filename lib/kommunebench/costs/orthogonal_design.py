"""A regression design in coordinates that are safe to compute with, and the way back.

Columns far from zero (a calendar year, an amount in kroner) or of very different sizes lose digits
in any sum of squares. Estimation therefore runs on an orthogonal basis of the centred columns;
coefficients and covariances are mapped back to the columns as they were given.
"""

from dataclasses import dataclass

import numpy as np

from kommunebench.costs.normal_tails import Array
from kommunebench.errors import InputError

# Squares of values outside this range overflow or vanish.
LARGEST, SMALLEST = 1e100, 1e-100
# What a column must add to the columns before it: relative to its spread, and in roundings of its
# largest value.
LEAST_RELATIVE_ADDITION, LEAST_ROUNDINGS = 1e-10, 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OrthogonalDesign:
    """An orthogonal basis of the columns of a design X with n rows and k columns.

    ``basis`` (n by k): its columns have weighted mean squares one and are orthogonal under the
    weights. ``back`` (k by k): ``X @ back`` is the basis, so that a coefficient vector g on the
    basis is ``back @ g`` on X and its covariance C is ``back @ C @ back.T``. ``constant`` (k):
    ``X @ constant`` is one in every row; ``basis_constant`` (k) does the same on the basis.
    """

    basis: Array
    back: Array
    constant: Array
    basis_constant: Array
    _means: Array
    _scales: Array
    _from_standardised: Array

    def basis_at(self, X: Array) -> Array:
        """The basis at other rows of X (m by k), as accurate as at the rows of the fit."""
        standardised = (X - np.outer(X @ self.constant, self._means)) / self._scales
        at_rows: Array = standardised @ self._from_standardised
        return at_rows


def orthogonalise(X: Array, terms: tuple[str, ...], weights: Array) -> OrthogonalDesign:
    """Centre and scale the columns of X (n by k), then QR under the weights (n, above zero).

    The constant may be a column or a sum of columns, as with a full set of dummies. Raises
    InputError naming the columns if there is no constant, more than one constant column, a column
    that is a linear function of the others, or one whose values are too large or too small to be
    squared.
    """
    magnitude = np.abs(X).max(axis=0)
    _refuse_extreme(magnitude, terms)
    constant = _constant(X, magnitude, terms)
    carries_constant = constant != 0.0
    means = np.where(carries_constant, 0.0, np.average(X / magnitude, axis=0) * magnitude)
    centred = X - means
    scales = np.abs(centred).max(axis=0)
    scales[scales == 0.0] = 1.0
    # The constant first, so that what a column adds is measured without its mean.
    order = np.argsort(~carries_constant, kind="stable")
    root = np.sqrt(weights / weights.mean())
    q, r = np.linalg.qr(root[:, None] * (centred / scales)[:, order])
    addition = np.abs(np.diag(r)) / np.sqrt(len(X))
    _refuse_dependent(
        addition, centred[:, order] / scales[order], (magnitude / scales)[order],
        tuple(terms[j] for j in order),
    )  # fmt: skip
    from_standardised = np.zeros_like(r)
    from_standardised[order] = np.linalg.inv(r) * np.sqrt(len(X))
    # X (I - constant meansᵀ) / scales are the standardised columns.
    standardise = (np.eye(len(means)) - np.outer(constant, means)) / scales
    basis = q * (np.sqrt(len(X)) / root[:, None])
    return OrthogonalDesign(
        basis=basis,
        back=standardise @ from_standardised,
        constant=constant,
        basis_constant=(np.square(root)[:, None] * basis).mean(axis=0),
        _means=means,
        _scales=scales,
        _from_standardised=from_standardised,
    )


def _constant(X: Array, magnitude: Array, terms: tuple[str, ...]) -> Array:
    """Coefficients under which the columns give one in every row."""
    constant_columns = np.flatnonzero(np.ptp(X, axis=0) == 0.0)
    if len(constant_columns) > 1:
        named = ", ".join(terms[j] for j in constant_columns)
        raise InputError(f"X has more than one constant column: {named}. Keep one.")
    coefficients = np.zeros(X.shape[1])
    if len(constant_columns):
        coefficients[constant_columns] = 1.0 / X[0, constant_columns]
        return coefficients
    scaled, ones = X / magnitude, np.ones(len(X))
    solution = np.linalg.lstsq(scaled, ones, rcond=None)[0]
    needed = np.abs(solution) > 1e-8
    solution = np.linalg.lstsq(scaled[:, needed], ones, rcond=None)[0]
    if not needed.any() or np.abs(ones - scaled[:, needed] @ solution).max() > 1e-12:
        raise InputError("X has no constant: add a column of ones.")
    coefficients[needed] = solution / magnitude[needed]
    return coefficients


def _refuse_extreme(magnitude: Array, terms: tuple[str, ...]) -> None:
    extreme = [
        str(term)
        for term, value in zip(terms, magnitude, strict=True)
        if not SMALLEST < value < LARGEST
    ]
    if extreme:
        raise InputError(
            f"X, column {', '.join(extreme)}: all zero, or of a size that cannot be squared"
            f" (beyond {SMALLEST:g} to {LARGEST:g}). Leave it out or measure it in another unit."
        )


def _refuse_dependent(
    addition: Array, standardised: Array, magnitude: Array, terms: tuple[str, ...]
) -> None:
    """Refuse columns that add nothing but rounding to the columns before them."""
    spread = np.sqrt(np.square(standardised).mean(axis=0))
    rounding = LEAST_ROUNDINGS * np.finfo(float).eps * magnitude
    adds_nothing = addition < np.maximum(LEAST_RELATIVE_ADDITION * spread, rounding)
    if adds_nothing.any():
        named = ", ".join(terms[j] for j in np.flatnonzero(adds_nothing))
        raise InputError(
            f"X, column {named}: a linear function of the constant and the columns before it. Leave"
            " it out."
        )
