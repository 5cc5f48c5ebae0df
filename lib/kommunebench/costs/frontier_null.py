"""The frontier without inefficiency: the model that the likelihood ratio is taken against."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from kommunebench.costs.frontier_densities import LOG_SQRT_2PI
from kommunebench.costs.frontier_inputs import StandardisedInputs
from kommunebench.costs.frontier_optimum import Optimum
from kommunebench.costs.normal_tails import Array


@dataclass(frozen=True, slots=True)
class NullFit:
    """The model without inefficiency: coefficients γ, σ_v, and as in Optimum (parameters γ and ln
    σ_v)."""

    coefficients: Array
    sigma_v: float
    optimum: Optimum


def fit_null(data: StandardisedInputs, weights: Array) -> NullFit:
    """Normal regression without inefficiency; weighted OLS unless error variances are known (then
    σ_v by profile)."""
    variance = 1.0
    if data.known_variance.any():
        upper = 4.0 + 4.0 * float(data.known_variance.max())
        search = minimize_scalar(
            lambda v: -_null_at(data, weights, v)[1],
            bounds=(0.0, upper),
            method="bounded",
            options={"xatol": 1e-12},
        )
        # A bounded search never reaches its end.
        variance = max((0.0, float(search.x)), key=lambda v: _null_at(data, weights, v)[1])
    gamma, value = _null_at(data, weights, variance)
    total = variance + data.known_variance
    residual = data.y - data.X @ gamma
    scores: Array = (weights * residual / total)[:, None] * data.X
    information: Array = data.X.T @ ((weights / total)[:, None] * data.X)
    if variance > 0.0:
        share = variance / total
        scores = np.column_stack([scores, weights * (residual**2 / total - 1.0) * share])
        information = _with_noise(information, float((2.0 * weights * share**2).sum()))
    covariance = np.linalg.inv(information)
    robust = covariance @ (scores.T @ scores) @ covariance
    return NullFit(gamma, float(np.sqrt(variance)), Optimum(gamma, value, covariance, robust))


def _with_noise(information: Array, noise_information: float) -> Array:
    k = len(information)
    full = np.zeros((k + 1, k + 1))
    full[:k, :k], full[k, k] = information, noise_information
    return full


def _null_at(data: StandardisedInputs, weights: Array, variance: float) -> tuple[Array, float]:
    total = variance + data.known_variance
    if (total <= 0.0).any():
        return np.zeros(data.X.shape[1]), -np.inf
    root = np.sqrt(weights / total)
    gamma = np.linalg.lstsq(root[:, None] * data.X, root * data.y, rcond=None)[0]
    residual = data.y - data.X @ gamma
    value = -LOG_SQRT_2PI - 0.5 * np.log(total) - 0.5 * residual**2 / total
    return gamma, float((weights * value).sum())
