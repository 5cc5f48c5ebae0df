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


@dataclass(frozen=True, slots=True)
class FrontierScores:
    """Arrays of length n: E[u|ε] in the outcome's units, efficiency at most 1, its 95 % interval, rank (1 best).

    The interval is given the parameters (Horrace and Schmidt 1996): their own uncertainty is not in it. It is NaN
    where σ_u = 0; the rank is then by signed residual, as ``ranked_by`` says.
    """

    inefficiency: Array
    efficiency: Array
    efficiency_low: Array
    efficiency_high: Array
    rank: np.ndarray
    ranked_by: Ranking


def scores_with_inefficiency(posterior: Posterior, frontier: Array, side: Side, outcome: Outcome) -> FrontierScores:
    """Scores from the distribution of u given ε (method, section 8.3).

    Levels: production ``1 - E[u|ε]/f``, cost ``g/(g + E[u|ε])``. Logs: Battese and Coelli's ``E[exp(-u)|ε]``.
    Raises InputError if the outcome is in levels and the frontier is not above zero everywhere.
    """
    if outcome == "log":
        efficiency, low, high = posterior.mean_exp_minus, np.exp(-posterior.high), np.exp(-posterior.low)
    else:
        _refuse_nonpositive(frontier)
        efficiency, low, high = (_of_level(u, frontier, side) for u in (posterior.mean, posterior.high, posterior.low))
    efficiency, low, high = (np.minimum(values, 1.0) for values in (efficiency, low, high))
    return FrontierScores(posterior.mean, efficiency, low, high, rank_descending(efficiency), "efficiency")


def scores_without_inefficiency(residual: Array, side: Side) -> FrontierScores:
    """Everyone on the frontier: efficiency 1, no interval, ranked by the residual in the good direction."""
    n = len(residual)
    none = np.full(n, np.nan)
    good = residual if side == "production" else -residual
    return FrontierScores(np.zeros(n), np.ones(n), none, none.copy(), rank_descending(good), "residual")


def rank_descending(values: Array) -> np.ndarray:
    """Rank 1 for the highest value, length n; equal values in the order given."""
    rank = np.empty(len(values), dtype=np.int64)
    rank[np.argsort(-values, kind="stable")] = np.arange(1, len(values) + 1)
    return rank


def _of_level(inefficiency: Array, frontier: Array, side: Side) -> Array:
    return 1.0 - inefficiency / frontier if side == "production" else frontier / (frontier + inefficiency)


def _refuse_nonpositive(frontier: Array) -> None:
    bad = np.flatnonzero(frontier <= 0.0)
    if len(bad):
        rows = ", ".join(str(row) for row in bad[:5])
        raise InputError(
            f"outcome='level' needs a frontier above zero; it is not in {len(bad)} rows; first rows (from 0): {rows}. "
            "If y is in logs, say outcome='log'."
        )
