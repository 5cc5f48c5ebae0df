"""Efficiency of each unit from its inefficiency and its frontier, and the rank it gives."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kommunebench.costs.frontier_densities import Posterior
from kommunebench.costs.normal_tails import Array
from kommunebench.errors import InputError

Side = Literal["production", "cost"]
Outcome = Literal["level", "log"]
Ranking = Literal["efficiency", "residual"]


@dataclass(frozen=True, slots=True)
class FrontierScores:
    """Arrays of length n: E[u|ε] in the outcome's units, efficiency at most 1, rank (1 best).

    ``ranked_by`` is ``residual`` where σ_u = 0, since all efficiencies are then 1.
    """

    inefficiency: Array
    efficiency: Array
    rank: np.ndarray
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
        efficiency = efficiency_of(posterior.mean, frontier, side, outcome)
    else:
        efficiency = np.minimum(posterior.mean_exp_minus, 1.0)
    return FrontierScores(posterior.mean, efficiency, rank_descending(efficiency), "efficiency")


def scores_without_inefficiency(residual: Array, side: Side) -> FrontierScores:
    """Everyone on the frontier: efficiency 1, ranked by the residual in the good direction."""
    n = len(residual)
    good = residual if side == "production" else -residual
    return FrontierScores(np.zeros(n), np.ones(n), rank_descending(good), "residual")


def efficiency_of(inefficiency: Array, frontier: Array, side: Side, outcome: Outcome) -> Array:
    """Efficiency at a value of u and of the frontier, any shape, at most 1."""
    if outcome == "log":
        return np.minimum(np.exp(-inefficiency), 1.0)
    if side == "production":
        return np.minimum(1.0 - inefficiency / frontier, 1.0)
    return np.minimum(frontier / (frontier + inefficiency), 1.0)


def rank_descending(values: Array) -> np.ndarray:
    """Rank 1 for the highest value, length n; equal values in the order given."""
    rank = np.empty(len(values), dtype=np.int64)
    rank[np.argsort(-values, kind="stable")] = np.arange(1, len(values) + 1)
    return rank


def _refuse_nonpositive(frontier: Array) -> None:
    bad = np.flatnonzero(frontier <= 0.0)
    if len(bad):
        rows = ", ".join(str(row) for row in bad[:5])
        raise InputError(
            f"outcome='level' needs a frontier above zero; it is not in {len(bad)} rows; first rows"
            f" (from 0): {rows}. If y is in logs, say outcome='log'."
        )
