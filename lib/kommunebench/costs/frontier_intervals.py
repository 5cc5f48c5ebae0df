"""Intervals of efficiencies and ranks, with the frontier's parameters known or estimated."""

from dataclasses import dataclass
from typing import get_args

import numpy as np

from kommunebench.cost_rules import LEAST_INTERVAL_DRAWS, IntervalKind, IntervalSettings
from kommunebench.costs.confidence import check_confidence_level, tails
from kommunebench.costs.frontier_densities import InefficiencyDistribution, Posterior
from kommunebench.costs.frontier_inputs import FrontierInputs, StandardisedInputs
from kommunebench.costs.frontier_likelihood import likelihood_of
from kommunebench.costs.frontier_parameter_draws import draw_parameters
from kommunebench.costs.frontier_scores import Outcome, Side, efficiency_of
from kommunebench.costs.horrace_schmidt import inefficiency_interval
from kommunebench.costs.normal_tails import Array
from kommunebench.survival.arguments import refuse_unknown_choice
from kommunebench.survival.checks import whole_number


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreIntervals:
    """Limits of efficiency and rank, arrays of length n; NaN where σ_u = 0."""

    efficiency_low: Array
    efficiency_high: Array
    rank_low: Array
    rank_high: Array


def no_intervals(n: int) -> ScoreIntervals:
    """Intervals of a frontier without inefficiency: there are none."""
    none = np.full(n, np.nan)
    return ScoreIntervals(efficiency_low=none, efficiency_high=none, rank_low=none, rank_high=none)


def intervals_given_parameters(
    posterior: Posterior,
    frontier: Array,
    side: Side,
    outcome: Outcome,
    settings: IntervalSettings,
) -> ScoreIntervals:
    """Horrace and Schmidt's interval of efficiency; ranks from draws of every u given its ε."""
    low, high = inefficiency_interval(posterior, settings.confidence_level)
    rng = np.random.default_rng(settings.seed)
    drawn = posterior.quantile(rng.random((len(frontier), settings.draws)))
    rank_low, rank_high = _rank_interval(
        efficiency_of(drawn, frontier[:, None], side, outcome), settings.confidence_level
    )
    return ScoreIntervals(
        efficiency_low=efficiency_of(high, frontier, side, outcome),
        efficiency_high=efficiency_of(low, frontier, side, outcome),
        rank_low=rank_low,
        rank_high=rank_high,
    )


def intervals_with_estimated_parameters(
    inputs: FrontierInputs,
    data: StandardisedInputs,
    distribution: InefficiencyDistribution,
    *,
    side: Side,
    outcome: Outcome,
    settings: IntervalSettings,
) -> ScoreIntervals:
    """Quantiles of efficiencies and ranks when the parameters, and every u given them, are drawn.

    Raises ConvergenceError if the parameters cannot be drawn from their distribution.
    """
    rng = np.random.default_rng(settings.seed)
    model = likelihood_of(inputs, data, distribution, side)
    # The frontier in the user's units is this part plus the scaled part that depends on a draw.
    fixed = inputs.linear.y - data.scale * data.y
    parameters = draw_parameters(
        model,
        data,
        information_share=inputs.n_effective / inputs.n,
        draws=settings.draws,
        rng=rng,
        frontier_above=-fixed / data.scale if outcome == "level" else None,
    )
    efficiency = np.empty((inputs.n, settings.draws))
    for column, drawn in enumerate(parameters):
        on_basis, sigma_v, shape = model.split(drawn)
        posterior = distribution.posterior(model.residual(drawn), model.noise_sd(sigma_v), shape)
        inefficiency = data.scale * posterior.quantile(rng.random((inputs.n, 1)))[:, 0]
        frontier = fixed + data.scale * (data.X @ on_basis)
        efficiency[:, column] = efficiency_of(inefficiency, frontier, side, outcome)
    low, high = np.quantile(efficiency, tails(settings.confidence_level), axis=1)
    rank_low, rank_high = _rank_interval(efficiency, settings.confidence_level)
    return ScoreIntervals(
        efficiency_low=low, efficiency_high=high, rank_low=rank_low, rank_high=rank_high
    )


def check_interval_settings(settings: IntervalSettings) -> None:
    """Raise InputError for a confidence level outside 0 to 1, too few draws, a seed below zero, an
    unknown kind."""
    refuse_unknown_choice("intervals.kind", settings.kind, get_args(IntervalKind))
    check_confidence_level("intervals.confidence_level", settings.confidence_level)
    whole_number("intervals.draws", settings.draws, least=LEAST_INTERVAL_DRAWS)
    whole_number("intervals.seed", settings.seed, least=0)


def _rank_interval(drawn: Array, confidence_level: float) -> tuple[Array, Array]:
    """Quantiles of each unit's rank over the draws (n by draws of efficiency)."""
    ranks = np.argsort(np.argsort(-drawn, axis=0, kind="stable"), axis=0) + 1
    limits = np.quantile(ranks, tails(confidence_level), axis=1, method="closest_observation")
    low, high = limits
    return low.astype(float), high.astype(float)
