"""Test of a frontier against the model without inefficiency."""

from dataclasses import dataclass

from scipy.stats import chi2

from kommunebench.costs.frontier_inputs import FrontierInputs
from kommunebench.costs.frontier_solution import FrontierSolution


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """``statistic`` is ``unscaled`` times n_eff/n; ``p_value`` is one-sided, NaN for gamma."""

    statistic: float
    unscaled: float
    p_value: float


def likelihood_ratio(
    inputs: FrontierInputs, solution: FrontierSolution, null_value: float, distribution: str
) -> LikelihoodRatio:
    """One-sided test at the edge of the parameter space, by mixtures of chi squares (Coelli 1995).

    ``null_value``: log-likelihood without inefficiency. Without inefficiency the statistic is 0 and
    the p-value 1.
    """
    if solution.shape is None:
        return LikelihoodRatio(0.0, 0.0, 1.0)
    unscaled = 2.0 * (solution.log_likelihood - null_value)
    # Weights that sum to n claim more information than unequal weights carry.
    statistic = unscaled * inputs.n_effective / inputs.n
    if distribution == "gamma":
        return LikelihoodRatio(statistic, unscaled, float("nan"))
    degrees = (1, 2) if distribution == "truncated_normal" else (1,)
    p_value = float(0.5 * sum(chi2.sf(statistic, df) for df in degrees))
    return LikelihoodRatio(statistic, unscaled, p_value)
