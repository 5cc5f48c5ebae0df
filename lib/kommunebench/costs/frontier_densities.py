"""What a distribution of inefficiency must offer to the likelihood and the scores of a frontier.

Everything is written for ``r``, the residual turned so that inefficiency makes it larger: ``r = f -
y`` on the production side, ``y - g`` on the cost side, so ``r = u + v`` (up to the sign of v).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from kommunebench.costs.normal_tails import Array

LOG_SQRT_2PI = 0.5 * np.log(2.0 * np.pi)


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
    (Battese and Coelli 1988). ``quantile`` takes probabilities (n or 1 rows, one column for each
    value asked for) and gives values of u (n rows).
    """

    mean: Array
    mean_exp_minus: Array
    quantile: Callable[[Array], Array]


class InefficiencyDistribution(Protocol):
    """One family of distributions of u; its parameters are unconstrained numbers.

    ``starting_shapes``: shapes from which the likelihood is maximised; ``shape_range``: where the
    shape parameter lies. Families without a shape have (0.0,) and (0.0, 0.0).
    """

    name: str
    parameter_names: tuple[str, ...]
    starting_shapes: tuple[float, ...]
    shape_range: tuple[float, float]

    def density(self, residual: Array, noise_sd: Array, parameters: Array) -> Density:
        """Log density of u + v at ``residual`` with derivatives."""

    def log_density(self, residual: Array, noise_sd: Array, parameters: Array) -> Array:
        """Log density alone, where no derivative is needed."""

    def posterior(self, residual: Array, noise_sd: Array, parameters: Array) -> Posterior:
        """Inefficiency given the residual."""

    def sigma_u(self, parameters: Array) -> float:
        """Scale of u in the units of the outcome."""

    def of_variance(self, variance: float, shape: float) -> tuple[Array, float]:
        """Parameters under which u has this variance and shape, and the mean of u under them."""

    def rescaled(self, parameters: Array, scale: float) -> Array:
        """Parameters when the outcome is multiplied by ``scale``."""

    def is_degenerate(self, parameters: Array) -> bool:
        """Whether the parameters have run to the edge of the family: no interior maximum."""
