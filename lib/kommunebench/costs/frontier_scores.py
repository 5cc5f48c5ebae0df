"""Inefficiency and efficiency of each unit, given the parameters of a fitted frontier."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kommunebench.costs.frontier_densities import Posterior
from kommunebench.costs.normal_tails import Array
from kommunebench.errors import InputError

Side = Literal["production", "cost"]
Outcome = Literal["level", "log"]
Ranking = Literal["efficiency", "residual"]

# Enough for a rank interval that moves by at most one place between seeds.
RANK_DRAWS = 4_000
_RANK_SEED = 20_183


@dataclass(frozen=True, slots=True)
class FrontierScores:
    """Arrays of length n: E[u|ε] in the outcome's units, efficiency at most 1, its 95 % interval,
    rank (1 best).

    The interval is given the parameters (Horrace and Schmidt 1996): their own uncertainty is not in
    it, nor in ``rank_low`` to ``rank_high``, the 95 % of ranks when every u is drawn given its ε.
    Intervals are NaN where σ_u = 0; the rank is then by signed residual, as ``ranked_by`` says.
    """

    inefficiency: Array
    efficiency: Array
    efficiency_low: Array
    efficiency_high: Array
    rank: np.ndarray
    rank_low: Array
    rank_high: Array
    ranked_by: Ranking


def scores_with_inefficiency(
    posterior: Posterior, frontier: Array, side: Side, outcome: Outcome
) -> FrontierScores:
    """Scores from the distribution of u given ε (method, section 8.3).

    Levels: production ``1 - E[u|ε]/f``, cost ``g/(g + E[u|ε])``. Logs: Battese and Coelli's
    ``E[exp(-u)|ε]``. Raises InputError if the outcome is in levels and the frontier is not above
    zero everywhere.
    """
    if outcome == "level":
        _refuse_nonpositive(frontier)

    def score(inefficiency: Array, frontier: Array) -> Array:
        values = (
            np.exp(-inefficiency) if outcome == "log" else _of_level(inefficiency, frontier, side)
        )
        return np.minimum(values, 1.0)

    mean = (
        np.minimum(posterior.mean_exp_minus, 1.0)
        if outcome == "log"
        else score(posterior.mean, frontier)
    )
    low, high = score(posterior.high, frontier), score(posterior.low, frontier)
    uniform = np.random.default_rng(_RANK_SEED).random((len(frontier), RANK_DRAWS))
    rank_low, rank_high = _rank_interval(score(posterior.quantile(uniform), frontier[:, None]))
    rank = rank_descending(mean)
    return FrontierScores(posterior.mean, mean, low, high, rank, rank_low, rank_high, "efficiency")


def scores_without_inefficiency(residual: Array, side: Side) -> FrontierScores:
    """Everyone on the frontier: efficiency 1, no interval, ranked by the residual in the good
    direction."""
    n = len(residual)
    none = np.full(n, np.nan)
    good = residual if side == "production" else -residual
    return FrontierScores(
        np.zeros(n), np.ones(n), none, none, rank_descending(good), none, none, "residual"
    )


def _rank_interval(drawn: Array) -> tuple[Array, Array]:
    """2.5 and 97.5 % of each unit's rank over the draws (n by draws of efficiency)."""
    ranks = np.argsort(np.argsort(-drawn, axis=0, kind="stable"), axis=0) + 1
    low, high = np.quantile(ranks, (0.025, 0.975), axis=1, method="closest_observation")
    return low.astype(float), high.astype(float)


def rank_descending(values: Array) -> np.ndarray:
    """Rank 1 for the highest value, length n; equal values in the order given."""
    rank = np.empty(len(values), dtype=np.int64)
    rank[np.argsort(-values, kind="stable")] = np.arange(1, len(values) + 1)
    return rank


def _of_level(inefficiency: Array, frontier: Array, side: Side) -> Array:
    return (
        1.0 - inefficiency / frontier
        if side == "production"
        else frontier / (frontier + inefficiency)
    )


def _refuse_nonpositive(frontier: Array) -> None:
    bad = np.flatnonzero(frontier <= 0.0)
    if len(bad):
        rows = ", ".join(str(row) for row in bad[:5])
        raise InputError(
            f"outcome='level' needs a frontier above zero; it is not in {len(bad)} rows; first rows"
            f" (from 0): {rows}. If y is in logs, say outcome='log'."
        )
