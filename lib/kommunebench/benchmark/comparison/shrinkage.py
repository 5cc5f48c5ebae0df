"""The posterior of the true performances in a normal hierarchical model with flat priors (method,
section 7)."""

from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.comparison.spread import Spread

_POINTS = 200


@dataclass(frozen=True, slots=True)
class Posterior:
    """A mixture over tau: ``weight`` (M,), conditional means (M, K) and variances (M, K); the
    covariance of units i and j given tau adds shrinkage_i shrinkage_j mean_variance."""

    weight: Floats
    means: Floats
    shrinkage: Floats
    own_variance: Floats
    mean_variance: Floats

    @property
    def mean(self) -> Floats:
        """Posterior mean by unit (K,)."""
        return self.weight @ self.means

    @property
    def sd(self) -> Floats:
        """Posterior standard deviation by unit (K,)."""
        variance = self.own_variance + self.shrinkage**2 * self.mean_variance[:, None]
        total = self.weight @ (variance + self.means**2) - self.mean**2
        return np.sqrt(total)

    def quantile(self, probability: float) -> Floats:
        """Quantile of each unit's posterior (K,), by bisection on the mixture's distribution
        function."""
        from scipy import stats

        sd = np.sqrt(self.own_variance + self.shrinkage**2 * self.mean_variance[:, None])
        low, high = (self.means - 9 * sd).min(axis=0), (self.means + 9 * sd).max(axis=0)
        for _ in range(60):
            middle = 0.5 * (low + high)
            below = (
                self.weight @ stats.norm.cdf((middle - self.means) / np.maximum(sd, 1e-300))
                < probability
            )
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return 0.5 * (low + high)

    def probability_above(self) -> Floats:
        """P[i, j]: posterior probability that unit i lies above unit j (K, K); one half on the
        diagonal."""
        from scipy import stats

        count = self.means.shape[1]
        result = np.zeros((count, count))
        for weight, mean, b, own_variance, variance in zip(
            self.weight,
            self.means,
            self.shrinkage,
            self.own_variance,
            self.mean_variance,
            strict=True,
        ):
            if weight < 1e-12:
                continue
            independent = own_variance[:, None] + own_variance[None, :]
            spread = independent + (b[:, None] - b[None, :]) ** 2 * variance
            difference = mean[:, None] - mean[None, :]
            sd = np.sqrt(np.maximum(spread, 1e-300))
            result += weight * stats.norm.cdf(difference / sd)
        np.fill_diagonal(result, 0.5)
        return result

    def draw(self, count: int, seed: int) -> Floats:
        """Draws of all units together (count, K), the same for the same seed."""
        generator = np.random.default_rng(seed)
        which = generator.choice(len(self.weight), count, p=self.weight)
        shared = generator.standard_normal(count) * np.sqrt(self.mean_variance[which])
        independent = generator.standard_normal((count, self.means.shape[1])) * np.sqrt(
            self.own_variance[which]
        )
        return self.means[which] + independent + self.shrinkage[which] * shared[:, None]


def posterior(y: Floats, s: Floats, spread: Spread) -> Posterior:
    """Posterior over 200 midpoints of tau on [0, max(2.5 tau_high, 3 median s)]."""
    upper = max(2.5 * spread.tau_high, 3.0 * float(np.median(s)))
    tau = (np.arange(_POINTS) + 0.5) * upper / _POINTS
    total = s[None, :] ** 2 + tau[:, None] ** 2
    precision = (1.0 / total).sum(axis=1)
    centre = (y / total).sum(axis=1) / precision
    log_weight = (
        -0.5 * np.log(precision)
        - 0.5 * np.log(total).sum(axis=1)
        - 0.5 * ((y - centre[:, None]) ** 2 / total).sum(axis=1)
    )
    weight = np.exp(log_weight - log_weight.max())
    shrinkage = s[None, :] ** 2 / total
    means = y + shrinkage * (centre[:, None] - y)
    return Posterior(
        weight / weight.sum(), means, shrinkage, s[None, :] ** 2 * (1 - shrinkage), 1.0 / precision
    )
