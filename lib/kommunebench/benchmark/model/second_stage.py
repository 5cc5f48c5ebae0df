"""The second stage of a model with effects of the units: the regression of these effects on
covariates that are constant within units (method, section 6)."""

from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.survival.aliasing import find_aliased


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStage:
    """A regression of the centred effects of the units on the q constant columns.

    ``weights`` (K,): 1 / (s^2 + tau^2) of units with events, else 0, with s the standard errors of
    the effects and ``tau`` the standard deviation of what the columns do not account for;
    ``projection`` (q, K): what takes the units' effects to the ``coefficients`` (q,), which are 0
    for columns that are ``omitted`` (q,); ``mean`` (q,): spell-weighted mean of the columns.
    """

    weights: Floats
    tau: float
    projection: Floats
    coefficients: Floats
    omitted: np.ndarray
    mean: Floats

    def standard_errors(self, effects: UnitEffects, covariance: Floats) -> Floats:
        """Standard errors (q,) of the coefficients, from the covariance (u, u) of the effects'
        columns and from tau."""
        first = self.projection @ effects.centring
        variance = first @ covariance @ first.T + self.tau**2 * self.projection @ self.projection.T
        return np.sqrt(np.diag(variance))


def second_stage(effects: UnitEffects, coefficients: Floats, covariance: Floats) -> SecondStage:
    """The second stage, from the coefficients (u,) of the effects' columns and their covariance (u,
    u).

    tau^2 by moments: the weighted sum of squared residuals at weights 1/s^2 equals its expectation
    (DerSimonian and Laird 1986; with regressors Raudenbush 2009, 16.27), 0 if it is below that. A
    column that is a combination of the constant and earlier columns over the units with events is
    omitted; all columns are omitted if there are no more such units than columns and constant.
    """
    centring = effects.centring
    alpha = effects.centred(coefficients)
    variance = np.einsum("ij,jk,ik->i", centring, covariance, centring)
    constant = effects.constant
    mean = effects.n_by_unit @ constant.values / max(effects.n_spells, 1.0)
    used = effects.with_events & (variance > 0)
    design = np.column_stack([np.ones(len(alpha)), constant.values - mean])
    omitted = _omitted(design[used])
    kept = np.flatnonzero(np.append(False, ~omitted))
    columns = design[:, np.append(0, kept)]
    first = np.divide(1.0, variance, out=np.zeros_like(variance), where=used)
    tau_squared = _tau_squared(alpha, columns, first, int(used.sum()))
    weights = np.where(used, 1.0 / (np.where(used, variance, 1.0) + tau_squared), 0.0)
    projection = np.zeros((len(omitted), len(alpha)))
    projection[kept - 1] = projection_of(columns, weights)[1:]
    return SecondStage(
        weights=weights,
        tau=float(np.sqrt(tau_squared)),
        projection=projection,
        coefficients=projection @ alpha,
        omitted=omitted,
        mean=mean,
    )


def projection_of(columns: Floats, weights: Floats) -> Floats:
    """(X'WX)^-1 X'W (…, q + 1, K) for columns X (K, q + 1) and weights (…, K); by the
    pseudo-inverse, since the units of a replicate may not tell all columns apart."""
    scale = np.sqrt((columns**2).mean(axis=0))
    scaled = columns / np.where(scale > 0, scale, 1.0)
    weighted = scaled.T * weights[..., None, :]
    projection = np.linalg.pinv(weighted @ scaled, hermitian=True) @ weighted
    return projection / np.where(scale > 0, scale, 1.0)[:, None]


def _omitted(design: Floats) -> np.ndarray:
    """Columns (q,), without the constant, that add nothing to those before them."""
    n_units, n_columns = design.shape
    scale = np.sqrt((design**2).mean(axis=0)) if n_units else np.ones(n_columns)
    scaled = design / np.where(scale > 0, scale, 1.0)
    aliased = find_aliased(scaled.T @ scaled).aliased[1:]
    if n_units <= n_columns - int(aliased.sum()):
        return np.ones(n_columns - 1, bool)
    return aliased


def _tau_squared(alpha: Floats, columns: Floats, weights: Floats, n_units: int) -> float:
    """The variance of the effects about their regression on the columns (K, q + 1)."""
    projection = projection_of(columns, weights)
    residual = alpha - columns @ (projection @ alpha)
    expected = float(weights.sum() - np.trace(projection @ (columns * weights[:, None])))
    degrees = n_units - columns.shape[1]
    if degrees <= 0 or expected <= 0:
        return 0.0
    return max(0.0, (float(weights @ residual**2) - degrees) / expected)
