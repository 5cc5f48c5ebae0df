"""The weighted log-likelihood of a stochastic frontier, on statsmodels' likelihood framework."""

from itertools import pairwise
from typing import Any

import numpy as np
from statsmodels.base.model import GenericLikelihoodModel, LikelihoodModel

from kommunebench.costs.frontier_densities import Density, InefficiencyDistribution
from kommunebench.costs.frontier_inputs import FrontierInputs, StandardisedInputs
from kommunebench.costs.frontier_scores import Side
from kommunebench.costs.normal_tails import Array

# Steps of the Richardson extrapolation, on parameters that are all of order one.
STEPS = (1e-3, 5e-4, 2.5e-4)


class FrontierLikelihood(GenericLikelihoodModel):
    """y = x b - s u + v with s = 1 (production) or -1 (cost).

    Parameters in order: b, ``ln_sigma_v`` (absent if ``fixed_noise``), those of the distribution of
    u. ``known_variance`` (length n) is added to σ_v²; weights multiply the units' log-likelihoods.
    """

    def __init__(
        self,
        y: Array,
        X: Array,
        sign: int,
        distribution: InefficiencyDistribution,
        *,
        weights: Array,
        known_variance: Array,
        fixed_noise: bool = False,
    ) -> None:
        self.sign = sign
        self.distribution = distribution
        self.case_weights = weights
        self.known_variance = known_variance
        self.fixed_noise = fixed_noise
        self._latest: tuple[bytes, Density] | None = None
        noise = () if self.fixed_noise else ("ln_sigma_v",)
        super().__init__(y, X, extra_params_names=[*noise, *distribution.parameter_names])

    def split(self, params: Array) -> tuple[Array, float, Array]:
        """Coefficients, σ_v and the distribution's parameters."""
        k = self.exog.shape[1]
        if self.fixed_noise:
            return params[:k], 0.0, params[k:]
        return params[:k], float(np.exp(params[k])), params[k + 1 :]

    def noise_sd(self, sigma_v: float) -> Array:
        """Standard deviation of each unit's noise."""
        # A line search may try a scale whose square overflows.
        return np.hypot(sigma_v, np.sqrt(self.known_variance))

    def residual(self, params: Array) -> Array:
        """Residual turned so that inefficiency makes it larger."""
        turned: Array = -self.sign * (self.endog - self.exog @ params[: self.exog.shape[1]])
        return turned

    def _density(self, params: Array) -> Density:
        # Optimisers ask for value and gradient at the same point.
        key = np.asarray(params).tobytes()
        if self._latest is None or self._latest[0] != key:
            _, sigma_v, parameters = self.split(params)
            self._latest = (
                key,
                self.distribution.density(
                    self.residual(params), self.noise_sd(sigma_v), parameters
                ),
            )
        return self._latest[1]

    def loglikeobs(self, params: Array) -> Array:
        """Weighted log-likelihood of each unit."""
        return self.case_weights * self._density(params).log

    def score_obs(self, params: Array, **_: Any) -> Array:
        """Weighted score of each unit, n by number of parameters."""
        density = self._density(params)
        columns: list[Array] = [self.sign * density.d_residual[:, None] * self.exog]
        if not self.fixed_noise:
            sigma_v = self.split(params)[1]
            share = np.square(sigma_v / self.noise_sd(sigma_v))
            columns.append((density.d_log_noise * share)[:, None])
        columns.append(density.d_parameters)
        return self.case_weights[:, None] * np.hstack(columns)

    def maximise(self, start: Array) -> Array:
        """Where BFGS ends from this start; whether that is a maximum is for the caller to judge."""
        with np.errstate(all="ignore"):
            result = LikelihoodModel.fit(
                self,
                start,
                method="bfgs",
                maxiter=500,
                disp=0,
                gtol=1e-6,
                skip_hessian=True,
                warn_convergence=False,
            )
        return np.asarray(result.params, dtype=float)

    def score(self, params: Array) -> Array:
        """Gradient of the weighted log-likelihood."""
        total: Array = self.score_obs(params).sum(axis=0)
        return total

    def hessian(self, params: Array) -> Array:
        """Second derivatives by Richardson extrapolation of the analytic gradient."""
        rows = [self._gradient_slope(params, j) for j in range(len(params))]
        full = np.array(rows)
        return (full + full.T) / 2.0

    def _gradient_slope(self, params: Array, j: int) -> Array:
        slopes = []
        for step in STEPS:
            move = np.zeros(len(params))
            move[j] = step
            slopes.append((self.score(params + move) - self.score(params - move)) / (2.0 * step))
        coarse, fine = ((4.0 * b - a) / 3.0 for a, b in pairwise(slopes))
        slope: Array = (16.0 * fine - coarse) / 15.0
        return slope


def likelihood_of(
    inputs: FrontierInputs,
    data: StandardisedInputs,
    distribution: InefficiencyDistribution,
    side: Side,
    *,
    fixed_noise: bool = False,
) -> FrontierLikelihood:
    """The likelihood of a frontier in standardised coordinates."""
    return FrontierLikelihood(
        data.y,
        data.X,
        1 if side == "production" else -1,
        distribution,
        weights=inputs.weights,
        known_variance=data.known_variance,
        fixed_noise=fixed_noise,
    )
