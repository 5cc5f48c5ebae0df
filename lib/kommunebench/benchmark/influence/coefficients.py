"""Derivatives of the performances in the coefficients of a fit, from those in predictions."""

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.model.group_model import GroupModel


def through_coefficients(
    model: GroupModel, beta: Floats, level: Floats
) -> tuple[Floats, Floats | None]:
    """Derivatives of the performances in the coefficients of the fit (u + p, 2K) through
    predictions, and in what the effects of the units deviate from their regression on the second
    stage's columns, times its standard deviation (K, 2K); None without a second stage.

    ``beta`` (p, 2K) and ``level`` (2K,): derivatives in the coefficients and in the level of
    predictions, which have no effects of the units. The second stage's coefficients are a linear
    function of the effects, its weights held fixed.
    """
    effects, second = model.unit_effects, model.second_stage
    if effects is None:
        return beta, None
    on_fit = np.concatenate([np.zeros((model.n_effects, beta.shape[1])), beta])
    if second is None:
        return on_fit, None
    # Predictions have (z - mean z) gamma.
    on_gamma = beta[effects.constant.positions] - second.mean[:, None] * level
    on_alpha = second.projection.T @ on_gamma
    on_fit[: model.n_effects] = effects.centring.T @ on_alpha
    return on_fit, second.tau * on_alpha
