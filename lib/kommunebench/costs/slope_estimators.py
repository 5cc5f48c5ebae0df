"""Slopes of a line whose regressor is measured with error (method, section 8.4)."""

from dataclasses import dataclass

import numpy as np

from kommunebench.costs.normal_tails import Array

# How much error SIMEX adds, in units of the error that is there.
LAMBDAS = (0.0, 0.5, 1.0, 1.5, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlopeData:
    """Columns of length n, x and y about their means in units of their largest deviation, weights
    that sum to one; ``noise`` is n by draws, centred over the draws of a municipality."""

    x: Array
    y: Array
    weights: Array
    error_variance: Array
    error_covariance: Array
    noise: Array

    def without(self, i: int) -> "SlopeData":
        """The data of all rows but one."""
        keep = np.arange(len(self.x)) != i
        return SlopeData(
            x=self.x[keep],
            y=self.y[keep],
            weights=self.weights[keep] / self.weights[keep].sum(),
            error_variance=self.error_variance[keep],
            error_covariance=self.error_covariance[keep],
            noise=self.noise[keep],
        )


def _moments(data: SlopeData, x: Array) -> tuple[Array, Array]:
    """Weighted variance of x and covariance with y; x may hold draws in columns."""
    w = data.weights
    deviation = x - w @ x
    return w @ np.square(deviation), (w * (data.y - w @ data.y)) @ deviation


def reliability_of(data: SlopeData) -> float:
    """Share of the weighted variance of x that is not error."""
    w = data.weights
    variance, _ = _moments(data, data.x)
    return float(1.0 - (w * (1.0 - w)) @ data.error_variance / variance)


def plain_slope(data: SlopeData) -> float:
    """Weighted least squares, which ignores the error in x."""
    variance, covariance = _moments(data, data.x)
    return float(covariance / variance)


def moment_slope(data: SlopeData) -> float:
    """The slope with the error taken out of both moments: (S_xy - κ)/(S_xx - ν)."""
    variance, covariance = _moments(data, data.x)
    share = data.weights * (1.0 - data.weights)
    return float(
        (covariance - share @ data.error_covariance) / (variance - share @ data.error_variance)
    )


def simex_slope(data: SlopeData) -> float:
    """SIMEX (Cook and Stefanski 1994): a parabola in λ, the share of error added, at λ = -1."""
    spread = np.sqrt(data.error_variance)[:, None] * data.noise
    slopes = []
    for factor in LAMBDAS:
        variance, covariance = _moments(data, data.x[:, None] + np.sqrt(factor) * spread)
        slopes.append(float(np.mean(covariance / variance)))
    return float(np.polyval(np.polyfit(LAMBDAS, slopes, 2), -1.0))
