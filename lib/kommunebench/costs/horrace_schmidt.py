"""Intervals of inefficiency given the parameters of the frontier (Horrace and Schmidt 1996)."""

import numpy as np

from kommunebench.costs.confidence import tails
from kommunebench.costs.frontier_densities import Posterior
from kommunebench.costs.normal_tails import Array


def inefficiency_interval(posterior: Posterior, confidence_level: float) -> tuple[Array, Array]:
    """Lower and upper limit of u given ε, arrays of length n.

    With a normal posterior of location μ* and spread σ*, cut off at zero, and P = Φ(μ*/σ*), the
    limits at 95 % are μ* + σ*Φ⁻¹(1 - 0.975 P) and μ* + σ*Φ⁻¹(1 - 0.025 P). The parameters count as
    known, so that the interval is too narrow where they are not.
    """
    low, high = posterior.quantile(np.array([tails(confidence_level)])).T
    return low, high
