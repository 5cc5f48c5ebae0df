"""Stochastic frontiers of the benchmark indicator on cost and of cost on the benchmark (method,
section 8.3)."""

from dataclasses import dataclass, fields
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import chi2

from kommunebench.costs.frontier_densities import (
    Exponential,
    HalfNormal,
    InefficiencyDistribution,
    TruncatedNormal,
)
from kommunebench.costs.frontier_gamma import Gamma
from kommunebench.costs.frontier_inputs import (
    FrontierInputs,
    StandardisedInputs,
    check_inputs,
    standardise,
)
from kommunebench.costs.frontier_likelihood import FrontierLikelihood
from kommunebench.costs.frontier_optimum import (
    SMALLEST_NOISE,
    NullFit,
    Optimum,
    best_end,
    fit_null,
    polish,
)
from kommunebench.costs.frontier_scores import (
    FrontierScores,
    Outcome,
    Ranking,
    Side,
    scores_with_inefficiency,
    scores_without_inefficiency,
)
from kommunebench.costs.frontier_solution import (
    FrontierSolution,
    log_likelihood_in_users_scale,
    solution_with_inefficiency,
    solution_without_inefficiency,
)
from kommunebench.costs.normal_tails import Array
from kommunebench.errors import InputError

DistributionName = Literal["half_normal", "exponential", "truncated_normal", "gamma"]
Noise = Literal["estimated", "known_variance"]

NO_INEFFICIENCY_LR = 1e-6
_DISTRIBUTIONS: dict[str, InefficiencyDistribution] = {
    "half_normal": HalfNormal(),
    "exponential": Exponential(),
    "truncated_normal": TruncatedNormal(),
    "gamma": Gamma(),
}


@dataclass(frozen=True, slots=True)
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
    standard deviation. ``frontier`` is X times coefficients, ``residual`` y minus it. Scores: see
    FrontierScores.
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


def fit_frontier(
    y: ArrayLike,
    X: ArrayLike | pd.DataFrame,
    *,
    side: Side,
    distribution: DistributionName = "half_normal",
    weights: ArrayLike | None = None,
    outcome: Outcome = "level",
    noise: Noise = "estimated",
    noise_se: ArrayLike | None = None,
) -> FrontierFit:
    """Fit ``y = X b - u + v`` (production) or ``y = X b + u + v`` (cost), u of the named
    distribution, v normal.

    X carries its constant. Weights are normalised to mean one and multiply log-likelihoods. With
    ``noise='known_variance'`` the noise of unit k has variance σ_v² + noise_se_k² and no weights
    are allowed. Inefficiency is absent (σ_u = 0) if and only if the likelihood ratio against the
    model without it is below 1e-6.

    Raises InputError for unusable arguments, ConvergenceError if the likelihood has no interior
    maximum.
    """
    _check_choices(side, distribution, outcome, noise)
    if (noise == "known_variance") != (noise_se is not None):
        raise InputError("noise='known_variance' and noise_se go together: give both or neither.")
    if noise == "known_variance" and weights is not None:
        raise InputError("noise='known_variance' is unweighted: leave weights out.")
    inputs = check_inputs(y, X, weights, noise_se)
    data = standardise(inputs)
    null = fit_null(data, inputs.weights)
    sign = 1 if side == "production" else -1
    kind = _DISTRIBUTIONS[distribution]
    fitted = _with_inefficiency(inputs, data, sign, kind, null)
    solution = (
        solution_without_inefficiency(inputs, data, null)
        if fitted is None
        else solution_with_inefficiency(inputs, data, *fitted)
    )
    return _assemble(inputs, data, null, solution, (side, distribution, outcome, noise))


def _check_choices(side: str, distribution: str, outcome: str, noise: str) -> None:
    for name, value, allowed in (
        ("side", side, get_args(Side)),
        ("distribution", distribution, get_args(DistributionName)),
        ("outcome", outcome, get_args(Outcome)),
        ("noise", noise, get_args(Noise)),
    ):
        if value not in allowed:
            raise InputError(f"{name} must be one of {', '.join(allowed)}, got {value!r}.")


def _with_inefficiency(
    inputs: FrontierInputs,
    data: StandardisedInputs,
    sign: int,
    kind: InefficiencyDistribution,
    null: NullFit,
) -> tuple[FrontierLikelihood, Optimum] | None:
    """The fitted model, or None where inefficiency adds nothing to the likelihood."""
    arrays = {"weights": inputs.weights, "known_variance": data.known_variance}
    model = FrontierLikelihood(data.y, data.X, sign, kind, **arrays)
    value, end = best_end(model, data)
    if (data.known_variance > 0.0).all():
        # Known errors may leave no noise of its own: then sigma_v = 0 and is no parameter.
        fixed = FrontierLikelihood(data.y, data.X, sign, kind, fixed_noise=True, **arrays)
        fixed_value, fixed_end = best_end(fixed, data)
        if fixed_value >= value - 1e-7 or model.split(end)[1] < SMALLEST_NOISE:
            model, value, end = fixed, fixed_value, fixed_end
    if 2.0 * (value - null.optimum.log_likelihood) < NO_INEFFICIENCY_LR:
        return None
    return model, polish(model, end)


def _scores(
    inputs: FrontierInputs,
    solution: FrontierSolution,
    kind: InefficiencyDistribution,
    side: Side,
    outcome: Outcome,
) -> FrontierScores:
    residual = solution.residual
    frontier = inputs.linear.y - residual
    if solution.shape is None:
        return scores_without_inefficiency(residual, side)
    turned = -residual if side == "production" else residual
    noise_sd = np.sqrt(solution.sigma_v**2 + np.square(inputs.noise_se))
    return scores_with_inefficiency(
        kind.posterior(turned, noise_sd, solution.shape), frontier, side, outcome
    )


@dataclass(frozen=True, slots=True)
class _LikelihoodRatio:
    statistic: float
    unscaled: float
    p_value: float


def _likelihood_ratio(
    inputs: FrontierInputs, solution: FrontierSolution, null_value: float, name: str
) -> _LikelihoodRatio:
    """One-sided test at the edge of the parameter space, by mixtures of chi squares (Coelli 1995)."""
    if solution.shape is None:
        return _LikelihoodRatio(0.0, 0.0, 1.0)
    unscaled = 2.0 * (solution.log_likelihood - null_value)
    # Weights that sum to n claim more information than unequal weights carry.
    statistic = unscaled * inputs.n_effective / inputs.n
    if name == "gamma":
        return _LikelihoodRatio(statistic, unscaled, float("nan"))
    degrees = (1, 2) if name == "truncated_normal" else (1,)
    return _LikelihoodRatio(
        statistic, unscaled, float(0.5 * sum(chi2.sf(statistic, df) for df in degrees))
    )


def _assemble(
    inputs: FrontierInputs,
    data: StandardisedInputs,
    null: NullFit,
    solution: FrontierSolution,
    choices: tuple[Side, DistributionName, Outcome, Noise],
) -> FrontierFit:
    side, distribution, outcome, noise = choices
    terms = list(inputs.terms)
    coefficients = solution.parameters[terms]
    scores = _scores(inputs, solution, _DISTRIBUTIONS[distribution], side, outcome)
    null_value = log_likelihood_in_users_scale(null.optimum.log_likelihood, data)
    ratio = _likelihood_ratio(inputs, solution, null_value, distribution)
    skewness = float(np.average(data.y**3, weights=inputs.weights))
    return FrontierFit(
        side=side,
        distribution=distribution,
        outcome=outcome,
        noise=noise,
        n=inputs.n,
        n_effective=inputs.n_effective,
        coefficients=coefficients,
        se=solution.standard_errors(terms),
        se_robust=solution.standard_errors(terms, robust=True),
        sigma_u=solution.sigma_u,
        sigma_v=solution.sigma_v,
        parameters=solution.parameters,
        covariance=solution.covariance,
        covariance_robust=solution.covariance_robust,
        log_likelihood=solution.log_likelihood,
        log_likelihood_null=null_value,
        aic=2.0 * len(solution.parameters) - 2.0 * solution.log_likelihood,
        lr_statistic=ratio.statistic,
        lr_unscaled=ratio.unscaled,
        lr_p_value=ratio.p_value,
        skewness=skewness,
        wrong_skew=skewness > 0.0 if side == "production" else skewness < 0.0,
        no_inefficiency=solution.shape is None,
        frontier=inputs.linear.y - solution.residual,
        residual=solution.residual,
        **{field.name: getattr(scores, field.name) for field in fields(scores)},
    )
