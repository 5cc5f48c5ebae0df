"""Gamma inefficiency by quadrature (Greene 1990): with normal noise it has no closed form."""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln, logsumexp

from kommunebench.costs.frontier_densities import LOG_SQRT_2PI, Density, Posterior
from kommunebench.costs.normal_tails import Array

NODES_PER_PANEL = 20
# Geometric towards zero, where powers of u and their logarithm are not smooth; equal elsewhere.
GRADED = np.concatenate([[0.0], 6.0 ** np.arange(-8.0, -1.0), np.arange(1.0, 7.0) / 6.0])
EQUAL = np.linspace(0.0, 1.0, len(GRADED))
# The integrand is followed until it is exp(-45) of its peak, far below the rounding of the sum.
DROP = 45.0
# Halvings of the log scale on which that range is sought; the end kept lies outside it.
BISECTIONS = 20


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Quadrature of one residual a row: inefficiency, its log, and the log of weight times
    integrand."""

    u: Array
    log_u: Array
    log_term: Array

    def probabilities(self) -> Array:
        """Posterior mass of each node, rows summing to one."""
        return np.exp(self.log_term - logsumexp(self.log_term, axis=1, keepdims=True))


class Gamma:
    """u gamma distributed; parameters: logs of scale and shape (shape 1 is the exponential)."""

    name = "gamma"
    parameter_names: tuple[str, ...] = ("ln_scale", "ln_shape")
    starting_shapes: tuple[float, ...] = tuple(np.log([0.4, 1.0, 2.0]))
    shape_range = (float(np.log(0.01)), float(np.log(50.0)))

    def density(self, residual: Array, noise_sd: Array, parameters: Array) -> Density:
        """Log density of u + v at ``residual`` with derivatives, which are posterior means
        (Fisher's identity)."""
        nodes = self._nodes(residual, noise_sd, parameters)
        mass = nodes.probabilities()
        scale, shape = np.exp(parameters)
        gap = nodes.u - residual[:, None]
        d_shape = shape * ((mass * nodes.log_u).sum(axis=1) - digamma(shape) - parameters[0])
        d_scale = (mass * nodes.u).sum(axis=1) / scale - shape
        return Density(
            log=logsumexp(nodes.log_term, axis=1),
            d_residual=(mass * gap).sum(axis=1) / noise_sd**2,
            d_log_noise=(mass * gap**2).sum(axis=1) / noise_sd**2 - 1.0,
            d_parameters=np.column_stack([d_scale, d_shape]),
        )

    def log_density(self, residual: Array, noise_sd: Array, parameters: Array) -> Array:
        """Log density alone, at half the cost of its derivatives."""
        log: Array = logsumexp(self._nodes(residual, noise_sd, parameters).log_term, axis=1)
        return log

    def posterior(self, residual: Array, noise_sd: Array, parameters: Array) -> Posterior:
        """Inefficiency given the residual; quantiles interpolate the quadrature's distribution
        function."""
        nodes = self._nodes(residual, noise_sd, parameters)
        mass = nodes.probabilities()
        # Half of a node's own mass lies below it.
        below = np.cumsum(mass, axis=1) - 0.5 * mass

        def quantile(probability: Array) -> Array:
            wanted = np.broadcast_to(probability, (len(below), probability.shape[1]))
            return np.array(
                [np.interp(p, row, u) for p, row, u in zip(wanted, below, nodes.u, strict=True)]
            )

        return Posterior(
            mean=(mass * nodes.u).sum(axis=1),
            mean_exp_minus=(mass * np.exp(-nodes.u)).sum(axis=1),
            quantile=quantile,
        )

    def sigma_u(self, parameters: Array) -> float:
        """Standard deviation of u: scale times root of shape, so that shape 1 agrees with the
        exponential."""
        return float(np.exp(parameters[0] + 0.5 * parameters[1]))

    def of_variance(self, variance: float, shape: float) -> tuple[Array, float]:
        """Parameters under which u has this variance and this log of the shape, and the mean of
        u."""
        log_scale = 0.5 * (np.log(variance) - shape)
        return np.array([log_scale, shape]), float(np.exp(log_scale + shape))

    def rescaled(self, parameters: Array, scale: float) -> Array:
        """Parameters when the outcome is multiplied by ``scale``."""
        return parameters + np.array([np.log(scale), 0.0])

    def is_degenerate(self, parameters: Array) -> bool:
        """Whether the shape has run off: towards no inefficiency, or towards a normal that is lost
        in the noise."""
        return not self.shape_range[0] < parameters[1] < self.shape_range[1]

    @staticmethod
    def _nodes(residual: Array, noise_sd: Array, parameters: Array) -> _Nodes:
        log_scale, log_shape = parameters
        shape = np.exp(log_shape)
        # Below shape 1 the density is infinite at zero; in t = u^shape it is finite.
        power = min(shape, 1.0)
        # Normal times gamma is u^(shape - 1) times a normal around this location.
        location = residual - np.square(noise_sd) * np.exp(-log_scale)
        low, high = (
            _range_of_normal(location, noise_sd)
            if shape <= 1.0
            else _range_of_peak(location, noise_sd, shape - 1.0)
        )
        t, log_weight = _panels(low**power, high**power)
        log_t = np.log(t)
        log_u = log_t / power
        u = np.exp(log_u)
        log_noise = (
            -LOG_SQRT_2PI
            - np.log(noise_sd)[:, None]
            - 0.5 * ((u - residual[:, None]) / noise_sd[:, None]) ** 2
        )
        log_gamma = (
            (shape - 1.0) * log_u - u * np.exp(-log_scale) - gammaln(shape) - shape * log_scale
        )
        log_jacobian = (1.0 / power - 1.0) * log_t - np.log(power)
        return _Nodes(u=u, log_u=log_u, log_term=log_weight + log_noise + log_gamma + log_jacobian)


def _range_of_normal(location: Array, spread: Array) -> tuple[Array, Array]:
    """Where a normal cut off at zero is above exp(-DROP) of its highest value."""
    reach = np.sqrt(2.0 * DROP) * spread
    # The second form of the same root does not cancel when the normal lies far below zero.
    below = np.square(reach) / (np.hypot(location, reach) + np.abs(location))
    return np.maximum(location - reach, 0.0), np.where(location > 0.0, location + reach, below)


def _range_of_peak(location: Array, spread: Array, exponent: float) -> tuple[Array, Array]:
    """Where ``u^exponent`` times a normal is above exp(-DROP) of its peak; it is log-concave, so
    bisection finds it."""
    root = np.sqrt(np.square(location) + 4.0 * exponent * np.square(spread))
    peak = np.where(
        location > 0.0,
        (location + root) / 2.0,
        2.0 * exponent * np.square(spread) / (root - location),
    )

    def drop(ratio: Array) -> Array:
        """Log of the peak over the value at ``ratio`` times the peak, without cancellation."""
        step = (ratio - 1.0) * peak
        return exponent * (ratio - 1.0 - np.log(ratio)) + 0.5 * np.square(step / spread)

    # On the log scale of the ratio, from the peak outwards.
    inside, low, high = np.zeros(len(peak)), np.full(len(peak), -700.0), np.full(len(peak), 700.0)
    ends = []
    for outside in (low, high):
        near, far = inside, outside
        for _ in range(BISECTIONS):
            middle = 0.5 * (near + far)
            with np.errstate(over="ignore"):
                beyond = drop(np.exp(middle)) > DROP
            near, far = np.where(beyond, near, middle), np.where(beyond, middle, far)
        ends.append(np.exp(far) * peak)
    # A left end at next to nothing is zero itself.
    return np.where(ends[0] < 1e-8 * peak, 0.0, ends[0]), ends[1]


def _panels(low: Array, high: Array) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and log weights, one row an interval; panels crowd at zero where an
    interval starts there."""
    edges = np.where(low[:, None] > 0.0, EQUAL, GRADED) * (high - low)[:, None] + low[:, None]
    points, weights = np.polynomial.legendre.leggauss(NODES_PER_PANEL)
    half = np.diff(edges, axis=1)[:, :, None] / 2.0
    nodes = edges[:, :-1, None] + half * (1.0 + points)
    return nodes.reshape(len(low), -1), np.log(half * weights).reshape(len(low), -1)
