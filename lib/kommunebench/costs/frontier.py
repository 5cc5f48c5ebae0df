"""Stochastic frontiers of the benchmark indicator on cost and of cost on the benchmark (method,
section 8.3)."""

from dataclasses import dataclass, fields
from typing import Any, get_args

import numpy as np

from kommunebench.cost_rules import DistributionName, IntervalSettings, Noise
from kommunebench.costs.frontier_closed_forms import Exponential, HalfNormal, TruncatedNormal
from kommunebench.costs.frontier_densities import InefficiencyDistribution
from kommunebench.costs.frontier_fit import FrontierFit
from kommunebench.costs.frontier_gamma import Gamma
from kommunebench.costs.frontier_inputs import (
    FrontierInputs,
    StandardisedInputs,
    check_inputs,
    standardise,
)
from kommunebench.costs.frontier_intervals import (
    ScoreIntervals,
    check_interval_settings,
    intervals_given_parameters,
    intervals_with_estimated_parameters,
    no_intervals,
)
from kommunebench.costs.frontier_likelihood import FrontierLikelihood, likelihood_of
from kommunebench.costs.frontier_likelihood_ratio import likelihood_ratio
from kommunebench.costs.frontier_null import NullFit, fit_null
from kommunebench.costs.frontier_optimum import SMALLEST_NOISE, Optimum, best_end, polish
from kommunebench.costs.frontier_scores import (
    FrontierScores,
    Outcome,
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
from kommunebench.errors import ConvergenceError, InputError
from kommunebench.survival.arguments import Column, Table, refuse_unknown_choice

NO_INEFFICIENCY_LR = 1e-6
_DISTRIBUTIONS: dict[str, InefficiencyDistribution] = {
    "half_normal": HalfNormal(),
    "exponential": Exponential(),
    "truncated_normal": TruncatedNormal(),
    "gamma": Gamma(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choices:
    """What the caller asked for."""

    side: Side
    distribution: DistributionName
    outcome: Outcome
    noise: Noise
    intervals: IntervalSettings

    @property
    def family(self) -> InefficiencyDistribution:
        return _DISTRIBUTIONS[self.distribution]


def fit_frontier(
    y: Column,
    X: Table,
    *,
    side: Side,
    distribution: DistributionName = "half_normal",
    weights: Column | None = None,
    outcome: Outcome = "level",
    noise: Noise = "estimated",
    noise_se: Column | None = None,
    intervals: IntervalSettings | None = None,
) -> FrontierFit:
    """Fit ``y = X b - u + v`` (production) or ``y = X b + u + v`` (cost), u of the named
    distribution, v normal.

    X carries its constant. Weights are normalised to mean one and multiply log-likelihoods. With
    ``noise='known_variance'`` the noise of unit k has variance σ_v² + noise_se_k² and no weights
    are allowed. Inefficiency is absent (σ_u = 0) if and only if the likelihood ratio against the
    model without it is below 1e-6.

    Raises InputError for unusable arguments, ConvergenceError if the likelihood has no interior
    maximum. Intervals that cannot be drawn are missing, and ``interval_fault`` says why.
    """
    choices = _Choices(
        side=side,
        distribution=distribution,
        outcome=outcome,
        noise=noise,
        intervals=intervals or IntervalSettings(),
    )
    _check_choices(choices)
    if (noise == "known_variance") != (noise_se is not None):
        raise InputError("noise='known_variance' and noise_se go together: give both or neither.")
    if noise == "known_variance" and weights is not None:
        raise InputError("noise='known_variance' is unweighted: leave weights out.")
    inputs = check_inputs(y, X, weights, noise_se)
    data = standardise(inputs)
    null = fit_null(data, inputs.weights)
    fitted = _with_inefficiency(inputs, data, null, choices)
    solution = (
        solution_without_inefficiency(inputs, data, null)
        if fitted is None
        else solution_with_inefficiency(inputs, data, *fitted)
    )
    return _assemble(inputs, data, null, solution, choices)


def _check_choices(choices: _Choices) -> None:
    for name, allowed in (
        ("side", get_args(Side)),
        ("distribution", get_args(DistributionName)),
        ("outcome", get_args(Outcome)),
        ("noise", get_args(Noise)),
    ):
        refuse_unknown_choice(name, getattr(choices, name), allowed)
    check_interval_settings(choices.intervals)


def _with_inefficiency(
    inputs: FrontierInputs, data: StandardisedInputs, null: NullFit, choices: _Choices
) -> tuple[FrontierLikelihood, Optimum] | None:
    """The fitted model, or None where inefficiency adds nothing to the likelihood."""
    model = likelihood_of(inputs, data, choices.family, choices.side)
    value, end = best_end(model, data)
    if (data.known_variance > 0.0).all():
        # Known errors may leave no further noise: then sigma_v = 0 and is no parameter.
        fixed = likelihood_of(inputs, data, choices.family, choices.side, fixed_noise=True)
        fixed_value, fixed_end = best_end(fixed, data)
        if fixed_value >= value - 1e-7 or model.split(end)[1] < SMALLEST_NOISE:
            model, value, end = fixed, fixed_value, fixed_end
    if 2.0 * (value - null.optimum.log_likelihood) < NO_INEFFICIENCY_LR:
        return None
    return model, polish(model, end)


def _scores(
    inputs: FrontierInputs,
    data: StandardisedInputs,
    solution: FrontierSolution,
    choices: _Choices,
) -> tuple[FrontierScores, ScoreIntervals, str]:
    """Scores and their intervals, and why there are none where they could not be drawn."""
    residual, side, outcome = solution.residual, choices.side, choices.outcome
    if solution.shape is None:
        return scores_without_inefficiency(residual, side), no_intervals(inputs.n), ""
    frontier = inputs.linear.y - residual
    turned = -residual if side == "production" else residual
    noise_sd = np.hypot(solution.sigma_v, inputs.noise_se)
    posterior = choices.family.posterior(turned, noise_sd, solution.shape)
    scores = scores_with_inefficiency(posterior, frontier, side, outcome)
    if choices.intervals.kind == "parameters_known":
        known = intervals_given_parameters(posterior, frontier, side, outcome, choices.intervals)
        return scores, known, ""
    try:
        drawn = intervals_with_estimated_parameters(
            inputs, data, choices.family, side=side, outcome=outcome, settings=choices.intervals
        )
    except ConvergenceError as error:
        # The frontier stands: only how uncertain its scores are could not be found.
        return scores, no_intervals(inputs.n), str(error)
    return scores, drawn, ""


def _assemble(
    inputs: FrontierInputs,
    data: StandardisedInputs,
    null: NullFit,
    solution: FrontierSolution,
    choices: _Choices,
) -> FrontierFit:
    terms = list(inputs.terms)
    scores, intervals, interval_fault = _scores(inputs, data, solution, choices)
    null_value = log_likelihood_in_users_scale(null.optimum.log_likelihood, data)
    ratio = likelihood_ratio(inputs, solution, null_value, choices.distribution)
    skewness = float(np.average(data.y**3, weights=inputs.weights))
    return FrontierFit(
        side=choices.side,
        distribution=choices.distribution,
        outcome=choices.outcome,
        noise=choices.noise,
        n=inputs.n,
        n_effective=inputs.n_effective,
        coefficients=solution.parameters[terms],
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
        wrong_skew=skewness > 0.0 if choices.side == "production" else skewness < 0.0,
        no_inefficiency=solution.shape is None,
        frontier=inputs.linear.y - solution.residual,
        residual=solution.residual,
        **_by_name(scores),
        **_by_name(intervals),
        interval=choices.intervals.kind,
        confidence_level=choices.intervals.confidence_level,
        interval_fault=interval_fault,
    )


def _by_name(values: FrontierScores | ScoreIntervals) -> dict[str, Any]:
    return {field.name: getattr(values, field.name) for field in fields(values)}
