"""Half-normal, exponential and truncated normal inefficiency: densities in closed form."""

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

from kommunebench.costs.frontier_densities import LOG_SQRT_2PI, Density, Posterior
from kommunebench.costs.normal_tails import Array, mills_ratio, scaled_log_cdf


def _normal_posterior(location: Array, spread: Array) -> Posterior:
    """Moments and quantiles of a normal (location, spread) cut off at zero."""
    z = location / spread
    log_mass = log_ndtr(z)

    def quantile(probability: Array) -> Array:
        # Φ⁻¹(1 - q) = -Φ⁻¹(q); on the log scale 1 - q does not round to one.
        upper = ndtri_exp(np.log1p(-probability) + log_mass[:, None])
        return np.maximum(location[:, None] - spread[:, None] * upper, 0.0)

    return Posterior(
        mean=np.maximum(location + spread * mills_ratio(z), 0.0),
        mean_exp_minus=np.minimum(np.exp(scaled_log_cdf(z - spread) - scaled_log_cdf(z)), 1.0),
        quantile=quantile,
    )


class HalfNormal:
    """u = |N(0, σ_u²)| (Aigner, Lovell and Schmidt 1977)."""

    name = "half_normal"
    parameter_names: tuple[str, ...] = ("ln_sigma_u",)
    starting_shapes: tuple[float, ...] = (0.0,)
    shape_range = (0.0, 0.0)

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

    def log_density(self, residual: Array, noise_sd: Array, parameters: Array) -> Array:
        """Log density alone."""
        return self.density(residual, noise_sd, parameters).log

    def posterior(self, residual: Array, noise_sd: Array, parameters: Array) -> Posterior:
        """Inefficiency given the residual."""
        sigma_u = np.exp(parameters[0])
        sigma = np.hypot(noise_sd, sigma_u)
        return _normal_posterior(residual * np.square(sigma_u / sigma), sigma_u * noise_sd / sigma)

    def sigma_u(self, parameters: Array) -> float:
        """Standard deviation of the normal whose absolute value u is."""
        return float(np.exp(parameters[0]))

    def of_variance(self, variance: float, shape: float) -> tuple[Array, float]:
        """Parameters under which u has this variance, and the mean of u; there is no shape."""
        sigma_u = np.sqrt(variance / (1.0 - 2.0 / np.pi))
        return np.array([np.log(sigma_u)]), float(sigma_u * np.sqrt(2.0 / np.pi))

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

    def of_variance(self, variance: float, shape: float) -> tuple[Array, float]:
        """Parameters under which u has this variance, and the mean of u; there is no shape."""
        return np.array([0.5 * np.log(variance)]), float(np.sqrt(variance))


class TruncatedNormal:
    """u normal with mean μ and standard deviation σ_u, cut off at zero (Stevenson 1980); second
    parameter μ/σ_u."""

    name = "truncated_normal"
    parameter_names: tuple[str, ...] = ("ln_sigma_u", "mu_over_sigma_u")
    starting_shapes: tuple[float, ...] = (-2.0, 0.0, 1.0)
    # Further left the family cannot be told from the exponential, further right from a normal that
    # is only moved.
    shape_range = (-15.0, 8.0)

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

    def log_density(self, residual: Array, noise_sd: Array, parameters: Array) -> Array:
        """Log density alone."""
        return self.density(residual, noise_sd, parameters).log

    def posterior(self, residual: Array, noise_sd: Array, parameters: Array) -> Posterior:
        """Inefficiency given the residual."""
        sigma_u, shift = np.exp(parameters[0]), parameters[1]
        variance = np.square(noise_sd) + sigma_u**2
        location = (shift * sigma_u * np.square(noise_sd) + residual * sigma_u**2) / variance
        return _normal_posterior(location, sigma_u * noise_sd / np.sqrt(variance))

    def sigma_u(self, parameters: Array) -> float:
        """Standard deviation before the cut at zero."""
        return float(np.exp(parameters[0]))

    def of_variance(self, variance: float, shape: float) -> tuple[Array, float]:
        """Parameters under which u has this variance and this μ/σ_u, and the mean of u."""
        mills = float(mills_ratio(np.asarray(shape)))
        sigma_u = np.sqrt(variance / (1.0 - shape * mills - mills**2))
        return np.array([np.log(sigma_u), shape]), float(sigma_u * (shape + mills))

    def rescaled(self, parameters: Array, scale: float) -> Array:
        """Parameters when the outcome is multiplied by ``scale``."""
        return parameters + np.array([np.log(scale), 0.0])

    def is_degenerate(self, parameters: Array) -> bool:
        """Whether μ/σ_u has run out of the range in which the family differs from its limits."""
        return not self.shape_range[0] < parameters[1] < self.shape_range[1]
