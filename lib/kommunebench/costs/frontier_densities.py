"""Densities of noise plus one-sided inefficiency: half-normal, exponential, truncated normal.

Everything is written for ``r``, the residual turned so that inefficiency makes it larger: ``r = f -
y`` on the production side, ``y - g`` on the cost side, so ``r = u + v`` (up to the sign of v).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

from kommunebench.costs.normal_tails import Array, mills_ratio, scaled_log_cdf

LOG_SQRT_2PI = 0.5 * np.log(2.0 * np.pi)
TAILS = np.array([[0.025, 0.975]])


@dataclass(frozen=True, slots=True)
class Density:
    """Log density of ``r`` and its derivatives, arrays of length n; ``d_parameters`` is n by number
    of parameters."""

    log: Array
    d_residual: Array
    d_log_noise: Array
    d_parameters: Array


@dataclass(frozen=True, slots=True)
class Posterior:
    """Inefficiency given the residual, arrays of length n.

    ``mean`` is E[u|ε] (Jondrow, Lovell, Materov and Schmidt 1982), ``mean_exp_minus`` E[exp(-u)|ε]
    (Battese and Coelli 1988), ``low`` and ``high`` the 2.5 and 97.5 % quantiles (Horrace and
    Schmidt 1996). ``quantile`` takes probabilities (n or 1 rows, one column a draw) and gives
    values of u (n rows).
    """

    mean: Array
    mean_exp_minus: Array
    low: Array
    high: Array
    quantile: Callable[[Array], Array]


class InefficiencyDistribution(Protocol):
    """What the likelihood needs to know about the distribution of u; parameters are unconstrained."""

    name: str
    parameter_names: tuple[str, ...]

    def density(self, residual: Array, noise_sd: Array, parameters: Array) -> Density:
        """Log density of u + v at ``residual`` with derivatives."""

    def posterior(self, residual: Array, noise_sd: Array, parameters: Array) -> Posterior:
        """Inefficiency given the residual."""

    def sigma_u(self, parameters: Array) -> float:
        """Scale of u in the units of the outcome."""

    def starts(self, variance: float) -> list[tuple[Array, float]]:
        """Starting parameters under which u has this variance, each with the mean of u."""

    def rescaled(self, parameters: Array, scale: float) -> Array:
        """Parameters when the outcome is multiplied by ``scale``."""

    def is_degenerate(self, parameters: Array) -> bool:
        """Whether the parameters have run to the edge of the family: no interior maximum."""


def _normal_posterior(location: Array, spread: Array) -> Posterior:
    """Moments and quantiles of a normal (location, spread) cut off at zero."""
    z = location / spread
    log_mass = log_ndtr(z)

    def quantile(probability: Array) -> Array:
        # Φ⁻¹(1 - q) = -Φ⁻¹(q); on the log scale 1 - q does not round to one.
        upper = ndtri_exp(np.log1p(-probability) + log_mass[:, None])
        return np.maximum(location[:, None] - spread[:, None] * upper, 0.0)

    low, high = quantile(TAILS).T
    return Posterior(
        mean=np.maximum(location + spread * mills_ratio(z), 0.0),
        mean_exp_minus=np.minimum(np.exp(scaled_log_cdf(z - spread) - scaled_log_cdf(z)), 1.0),
        low=low,
        high=high,
        quantile=quantile,
    )


class HalfNormal:
    """u = |N(0, σ_u²)| (Aigner, Lovell and Schmidt 1977)."""

    name = "half_normal"
    parameter_names: tuple[str, ...] = ("ln_sigma_u",)

    def density(self, residual: Array, noise_sd: Array, parameters: Array) -> Density:
        """Log density of u + v at ``residual`` with derivatives."""
        sigma_u = np.exp(parameters[0])
        sigma = np.hypot(noise_sd, sigma_u)
        noise_share, u_share = np.square(noise_sd / sigma), np.square(sigma_u / sigma)
        q, z = residual / sigma, residual * sigma_u / (noise_sd * sigma)
        mills = mills_ratio(z)
        return Density(
            log=np.log(2.0) - LOG_SQRT_2PI - np.log(sigma) - 0.5 * q**2 + log_ndtr(z),
            d_residual=-q / sigma + mills * sigma_u / (noise_sd * sigma),
            d_log_noise=(q**2 - 1.0) * noise_share - mills * z * (1.0 + noise_share),
            d_parameters=((q**2 - 1.0) * u_share + mills * z * (1.0 - u_share))[:, None],
        )

    def posterior(self, residual: Array, noise_sd: Array, parameters: Array) -> Posterior:
        """Inefficiency given the residual."""
        sigma_u = np.exp(parameters[0])
        sigma = np.hypot(noise_sd, sigma_u)
        return _normal_posterior(residual * np.square(sigma_u / sigma), sigma_u * noise_sd / sigma)

    def sigma_u(self, parameters: Array) -> float:
        """Standard deviation of the normal whose absolute value u is."""
        return float(np.exp(parameters[0]))

    def starts(self, variance: float) -> list[tuple[Array, float]]:
        """Starting parameters under which u has this variance, each with the mean of u."""
        sigma_u = np.sqrt(variance / (1.0 - 2.0 / np.pi))
        return [(np.array([np.log(sigma_u)]), sigma_u * np.sqrt(2.0 / np.pi))]

    def rescaled(self, parameters: Array, scale: float) -> Array:
        """Parameters when the outcome is multiplied by ``scale``."""
        return parameters + np.log(scale)

    def is_degenerate(self, parameters: Array) -> bool:
        """Never: σ_u = 0 is judged by the likelihood ratio."""
        return False


class Exponential(HalfNormal):
    """u exponential with mean σ_u (Meeusen and van den Broeck 1977)."""

    name = "exponential"

    def density(self, residual: Array, noise_sd: Array, parameters: Array) -> Density:
        """Log density of u + v at ``residual`` with derivatives."""
        sigma_u = np.exp(parameters[0])
        scaled, ratio = residual / noise_sd, noise_sd / sigma_u
        z = scaled - ratio
        mills = mills_ratio(z)
        # log Φ(z) + z²/2 - r²/(2τ²): the same sum as the textbook form, without its cancellation in
        # the lower tail
        return Density(
            log=-parameters[0] - 0.5 * scaled**2 + scaled_log_cdf(z),
            d_residual=-1.0 / sigma_u + mills / noise_sd,
            d_log_noise=ratio**2 - mills * (scaled + ratio),
            d_parameters=(residual / sigma_u - 1.0 - ratio**2 + mills * ratio)[:, None],
        )

    def posterior(self, residual: Array, noise_sd: Array, parameters: Array) -> Posterior:
        """Inefficiency given the residual."""
        return _normal_posterior(residual - np.square(noise_sd) / np.exp(parameters[0]), noise_sd)

    def starts(self, variance: float) -> list[tuple[Array, float]]:
        """Starting parameters under which u has this variance, each with the mean of u."""
        return [(np.array([0.5 * np.log(variance)]), float(np.sqrt(variance)))]


class TruncatedNormal:
    """u normal with mean μ and standard deviation σ_u, cut off at zero (Stevenson 1980); second
    parameter μ/σ_u."""

    name = "truncated_normal"
    parameter_names: tuple[str, ...] = ("ln_sigma_u", "mu_over_sigma_u")
    # Further left the family cannot be told from the exponential, further right from a shifted
    # normal.
    bounds = (-15.0, 8.0)

    def density(self, residual: Array, noise_sd: Array, parameters: Array) -> Density:
        """Log density of u + v at ``residual`` with derivatives."""
        sigma_u, shift = np.exp(parameters[0]), parameters[1]
        sigma = np.hypot(noise_sd, sigma_u)
        noise_share, u_share = np.square(noise_sd / sigma), np.square(sigma_u / sigma)
        q = (residual - shift * sigma_u) / sigma
        from_mean, from_residual = shift * noise_sd / sigma, residual * sigma_u / (noise_sd * sigma)
        z = from_mean + from_residual
        mills = mills_ratio(z)
        d_sigma = (q**2 - 1.0) * u_share + q * shift * sigma_u / sigma
        d_sigma += mills * (from_residual * noise_share - from_mean * u_share)
        d_shift = q * sigma_u / sigma + mills * noise_sd / sigma - mills_ratio(np.asarray(shift))
        return Density(
            log=-LOG_SQRT_2PI - np.log(sigma) - 0.5 * q**2 + log_ndtr(z) - log_ndtr(shift),
            d_residual=-q / sigma + mills * sigma_u / (noise_sd * sigma),
            d_log_noise=(q**2 - 1.0) * noise_share
            + mills * (from_mean * u_share - from_residual * (1.0 + noise_share)),
            d_parameters=np.column_stack([d_sigma, d_shift]),
        )

    def posterior(self, residual: Array, noise_sd: Array, parameters: Array) -> Posterior:
        """Inefficiency given the residual."""
        sigma_u, shift = np.exp(parameters[0]), parameters[1]
        variance = np.square(noise_sd) + sigma_u**2
        location = (shift * sigma_u * np.square(noise_sd) + residual * sigma_u**2) / variance
        return _normal_posterior(location, sigma_u * noise_sd / np.sqrt(variance))

    def sigma_u(self, parameters: Array) -> float:
        """Standard deviation before the cut at zero."""
        return float(np.exp(parameters[0]))

    def starts(self, variance: float) -> list[tuple[Array, float]]:
        """Starting parameters under which u has this variance, each with the mean of u."""
        result = []
        for shift in (-2.0, 0.0, 1.0):
            mills = float(mills_ratio(np.asarray(shift)))
            sigma_u = np.sqrt(variance / (1.0 - shift * mills - mills**2))
            result.append((np.array([np.log(sigma_u), shift]), sigma_u * (shift + mills)))
        return result

    def rescaled(self, parameters: Array, scale: float) -> Array:
        """Parameters when the outcome is multiplied by ``scale``."""
        return parameters + np.array([np.log(scale), 0.0])

    def is_degenerate(self, parameters: Array) -> bool:
        """Whether μ/σ_u has run out of the range in which the family is its own."""
        return not self.bounds[0] < parameters[1] < self.bounds[1]
