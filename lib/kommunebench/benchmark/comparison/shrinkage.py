"""The posterior of the true paces in a normal hierarchical model with flat priors (method, section
7). It knows numbers with standard errors only, so that the law of one scale holds on any other."""

from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.comparison.spread import Spread

_POINTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """A mixture over M values of ``tau`` (M,) with their ``weight`` (M,): conditional ``means``
    (M, K), ``shrinkage`` (M, K) towards the common mean, ``own_variance`` (M, K); the common mean
    itself has ``centre`` and ``mean_variance`` (M,). The covariance of units i and j given tau is
    shrinkage_i shrinkage_j mean_variance, to which own_variance is added where i is j."""

    tau: Floats
    weight: Floats
    centre: Floats
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

    def of_others(self, y: Floats, s: Floats) -> "Posterior":
        """The posterior of further units with values y (J,) and standard errors s, which are drawn
        towards the mean of the units known and do not change it."""
        return _given_tau(
            y,
            s,
            tau=self.tau,
            weight=self.weight,
            centre=self.centre,
            mean_variance=self.mean_variance,
        )

    def probability_below(self, value: float) -> Floats:
        """Posterior probability of each unit of lying below a value (K,)."""
        from scipy import stats

        sd = np.sqrt(self.own_variance + self.shrinkage**2 * self.mean_variance[:, None])
        return self.weight @ stats.norm.cdf((value - self.means) / np.maximum(sd, 1e-300))

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
    return _given_tau(
        y,
        s,
        tau=tau,
        weight=weight / weight.sum(),
        centre=centre,
        mean_variance=1.0 / precision,
    )


def _given_tau(
    y: Floats, s: Floats, *, tau: Floats, weight: Floats, centre: Floats, mean_variance: Floats
) -> Posterior:
    """With b = s^2 / (s^2 + tau^2): mean y + b (centre - y), own variance s^2 (1 - b) = tau^2 b.
    An infinite error has b = 1: nothing is known of the unit but that it is one of them."""
    with np.errstate(divide="ignore"):
        shrinkage = 1.0 / (1.0 + (tau[:, None] / s[None, :]) ** 2)
    return Posterior(
        tau=tau,
        weight=weight,
        centre=centre,
        means=y + shrinkage * (centre[:, None] - y),
        shrinkage=shrinkage,
        own_variance=tau[:, None] ** 2 * shrinkage,
        mean_variance=mean_variance,
    )
