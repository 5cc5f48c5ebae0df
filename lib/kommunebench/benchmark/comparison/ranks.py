"""Shrunk indicators, tiers, ranks and probabilities of the fifths, from the posterior of the true
performances (method, section 7)."""

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.comparison.fifths import FIFTHS, fifths_from_highest
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.shrinkage import posterior
from kommunebench.benchmark.comparison.spread import Spread
from kommunebench.benchmark.comparison.tiers import Tiers, find_tiers
from kommunebench.verdict_rules import VerdictRules


def add_ranks(
    y: Floats, s: Floats, spread: Spread, indicator: Indicator, rules: VerdictRules
) -> tuple[dict[str, np.ndarray], Tiers]:
    """Columns by name, each (J,), of the J units with a verdict, and their tiers; rank 1 is the
    best performance."""
    known = posterior(y, s, spread)
    tail = (1 - rules.confidence_level) / 2
    low, high = indicator.printed_interval(known.quantile(tail), known.quantile(1 - tail))
    tiers = find_tiers(known.probability_above(), known.mean, rules.tier_error_rate)
    order = np.argsort(-known.mean, kind="stable")
    rank = np.empty(len(y))
    rank[order] = np.arange(1, len(y) + 1)
    ranks = rank_draws(known.draw(rules.draws, rules.seed))
    rank_low, rank_high = np.quantile(ranks, [tail, 1 - tail], axis=0, method="inverted_cdf")
    columns: dict[str, np.ndarray] = {
        "indicator_shrunk": indicator.printed(known.mean),
        "shrunk_low": low,
        "shrunk_high": high,
        "tier": tiers.tier.astype(float),
        "rank": rank,
        "rank_low": rank_low,
        "rank_high": rank_high,
    }
    fifth_of_rank = fifths_from_highest(-np.arange(1, len(y) + 1, dtype=float))
    for fifth in range(1, FIFTHS + 1):
        columns[f"p_quintile_{fifth}"] = (fifth_of_rank[ranks - 1] == fifth).mean(axis=0)
    return columns, tiers


def rank_draws(draws: Floats) -> np.ndarray:
    """Ranks (draws, J) of performances drawn together, 1 for the best."""
    return np.argsort(np.argsort(-draws, axis=1, kind="stable"), axis=1) + 1
