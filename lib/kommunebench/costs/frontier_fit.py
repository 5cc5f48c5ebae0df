"""What a fitted frontier gives."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.cost_rules import DistributionName, IntervalKind, Noise
from kommunebench.costs.frontier_scores import Outcome, Ranking, Side
from kommunebench.costs.normal_tails import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierFit:
    """A stochastic frontier by maximum likelihood. Arrays have one value a row of ``y``, in its
    order and units.

    ``coefficients``, ``se`` and ``se_robust`` are Series by column of X; ``parameters`` holds these
    and the log scales, with covariance from the information (``covariance``) and the sandwich
    (``covariance_robust``). The log-likelihood is weighted with weights of mean one.
    ``lr_statistic`` is the likelihood ratio against the model without inefficiency times n_eff/n,
    ``lr_unscaled`` without that factor; ``lr_p_value`` is one-sided (Coelli 1995), NaN for gamma,
    where only ``aic`` compares. ``skewness`` is that of the weighted OLS residuals; ``wrong_skew``
    says that it points away from inefficiency, which decides nothing. ``sigma_u`` of a gamma is its
    standard deviation. ``frontier`` is X times coefficients, ``residual`` y minus it.

    ``inefficiency`` is E[u|ε], ``efficiency`` at most 1 (see FrontierScores), ``rank`` 1 for the
    best. Their limits ``_low`` and ``_high`` are at ``confidence_level``, of the kind that
    ``interval`` names (see IntervalSettings), and NaN where σ_u = 0 or where ``interval_fault``
    says why they could not be drawn.
    """

    side: Side
    distribution: DistributionName
    outcome: Outcome
    noise: Noise
    n: int
    n_effective: float
    coefficients: pd.Series
    se: pd.Series
    se_robust: pd.Series
    sigma_u: float
    sigma_v: float
    parameters: pd.Series
    covariance: pd.DataFrame
    covariance_robust: pd.DataFrame
    log_likelihood: float
    log_likelihood_null: float
    aic: float
    lr_statistic: float
    lr_unscaled: float
    lr_p_value: float
    skewness: float
    wrong_skew: bool
    no_inefficiency: bool
    frontier: Array
    residual: Array
    inefficiency: Array
    efficiency: Array
    efficiency_low: Array
    efficiency_high: Array
    rank: np.ndarray
    rank_low: Array
    rank_high: Array
    ranked_by: Ranking
    interval: IntervalKind
    confidence_level: float
    interval_fault: str = ""

    @property
    def rank_span(self) -> float:
        """Share of the list that the interval of a rank covers, median over the units; NaN without
        intervals."""
        return median_rank_span(self.rank_low, self.rank_high)


def median_rank_span(low: Array, high: Array) -> float:
    """Share of the steps of a list that the interval of a rank covers (0: one place, 1: all of
    them), median over its units; NaN without intervals. One ``low`` and ``high`` per unit of the
    list."""
    return float(np.median(high - low) / (len(low) - 1))
