"""Tiers, ranks and probabilities of the fifths, from the posterior of the true paces (method,
section 7)."""

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.comparison.fifths import FIFTHS, fifths_from_highest
from kommunebench.benchmark.comparison.shrinkage import Posterior
from kommunebench.benchmark.comparison.tiers import Tiers, find_tiers
from kommunebench.verdict_rules import VerdictRules

# What rank_columns gives.
RANK_COLUMNS = (
    "tier",
    "rank",
    "rank_low",
    "rank_high",
    *(f"p_quintile_{fifth}" for fifth in range(1, FIFTHS + 1)),
)


def rank_columns(known: Posterior, rules: VerdictRules) -> tuple[dict[str, np.ndarray], Tiers]:
    """Columns by name, each (J,), of the J units with a verdict, and their tiers; rank 1 is the
    fastest pace."""
    tail = (1 - rules.confidence_level) / 2
    tiers = find_tiers(known.probability_above(), known.mean, rules.tier_error_rate)
    order = np.argsort(-known.mean, kind="stable")
    n_units = len(order)
    rank = np.empty(n_units)
    rank[order] = np.arange(1, n_units + 1)
    ranks = rank_draws(known.draw(rules.draws, rules.seed))
    rank_low, rank_high = np.quantile(ranks, [tail, 1 - tail], axis=0, method="inverted_cdf")
    columns: dict[str, np.ndarray] = {
        "tier": tiers.tier.astype(float),
        "rank": rank,
        "rank_low": rank_low,
        "rank_high": rank_high,
    }
    fifth_of_rank = fifths_from_highest(-np.arange(1, n_units + 1, dtype=float))
    for fifth in range(1, FIFTHS + 1):
        columns[f"p_quintile_{fifth}"] = (fifth_of_rank[ranks - 1] == fifth).mean(axis=0)
    return columns, tiers


def rank_draws(draws: Floats) -> np.ndarray:
    """Ranks (draws, J) of paces drawn together, 1 for the fastest."""
    return np.argsort(np.argsort(-draws, axis=1, kind="stable"), axis=1) + 1
