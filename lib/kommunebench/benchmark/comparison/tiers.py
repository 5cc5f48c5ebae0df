"""Tiers: groups of units that can be told apart with a stated error rate (Kline, Rose and Walters
2024; method, section 7)."""

from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.blocks.block import Floats, Indices


@dataclass(frozen=True, slots=True)
class Tiers:
    """``tier`` (K,): 1 for the highest; the expected share of wrong orders among pairs in different
    tiers, that share of all pairs, and the share of pairs in different tiers (both 0 where there is
    one tier)."""

    tier: Indices
    error_rate: float
    discordance: float
    share_apart: float


def find_tiers(above: Floats, mean: Floats, error_rate: float) -> Tiers:
    """Tiers from pairwise posterior probabilities (K, K) and posterior means (K,).

    For every lambda of 0.01 … 1.00 the contiguous partition, in order of posterior mean, that
    maximises the sum over pairs apart of lambda P(right) - P(wrong); the largest lambda whose
    expected share of wrong orders among pairs apart is within the rate.
    """
    order = np.argsort(-mean, kind="stable")
    right = above[np.ix_(order, order)]
    best = _one_tier(len(mean))
    for step in range(100, 0, -1):
        starts = _partition(right, step / 100)
        label = _labels(starts, len(mean))
        wrong, apart = _wrong_orders(right, label)
        if apart == 0:
            continue
        if wrong / apart <= error_rate:
            pairs = len(mean) * (len(mean) - 1) / 2
            best = Tiers(label, wrong / apart, wrong / pairs, apart / pairs)
            break
    tier = np.empty(len(mean), np.intp)
    tier[order] = best.tier + 1
    return Tiers(tier, best.error_rate, best.discordance, best.share_apart)


def _one_tier(count: int) -> Tiers:
    return Tiers(np.zeros(count, np.intp), 0.0, 0.0, 0.0)


def _partition(right: Floats, weight: float) -> list[int]:
    """First positions of the tiers of the best contiguous partition; ties: fewer tiers, then the
    later cut."""
    count = len(right)
    gain = np.triu(weight * right - (1.0 - right), 1)
    # together[i, j]: gain lost by keeping i … j - 1 in one tier; maximising pairs apart is
    # minimising pairs together.
    cumulative = np.zeros((count + 1, count + 1))
    cumulative[1:, 1:] = np.cumsum(np.cumsum(gain, axis=0), axis=1)
    diagonal = np.diag(cumulative)
    loss, tiers, cut = (
        np.zeros(count + 1),
        np.zeros(count + 1, np.intp),
        np.zeros(count + 1, np.intp),
    )
    for end in range(1, count + 1):
        options = (
            loss[:end]
            + diagonal[end]
            - cumulative[:end, end]
            - cumulative[end, :end]
            + diagonal[:end]
        )
        lowest = options.min()
        tied = np.flatnonzero(options <= lowest + 1e-12 * max(1.0, abs(lowest)))
        fewest = tied[tiers[tied] == tiers[tied].min()]
        start = fewest[-1]
        loss[end], tiers[end], cut[end] = options[start], tiers[start] + 1, start
    starts, end = [], count
    while end > 0:
        starts.append(int(cut[end]))
        end = starts[-1]
    return starts[::-1]


def _labels(starts: list[int], count: int) -> Indices:
    label = np.zeros(count, np.intp)
    for start in starts[1:]:
        label[start:] += 1
    return label


def _wrong_orders(right: Floats, label: Indices) -> tuple[float, int]:
    """Expected number of wrong orders among pairs in different tiers, and the number of such
    pairs."""
    apart = np.triu(label[:, None] < label[None, :], 1)
    return float((1.0 - right)[apart].sum()), int(apart.sum())
