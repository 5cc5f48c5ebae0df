"""A second estimate of the robust measure, from the weeks in which each spell was seen (method,
section 5)."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Floats, Indices, SpellBlock
from kommunebench.benchmark.checks.facts import UNKNOWN, FactBlocks, Facts, UnitSums
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.durations.measure import (
    Measure,
    log_survival_of,
    row_chunks,
    survival_after,
    survival_of,
)

FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class _Spells:
    """Of n spells: weeks they lasted, whether the event was seen, and weeks until the data end
    (each n,)."""

    duration: Indices
    event: np.ndarray
    follow_up: Indices


def measures_of_weeks_seen(blocks: FactBlocks, chain: ChainEstimate) -> Floats:
    """Robust measure of every unit (K,) by weeks seen.

    Two sums over the weeks of a spell until the data end are compared: what the national curve
    expects of these weeks, and what is known of them (after an earlier censoring the national curve
    from there on). The unit's measure is its expected measure times the ratio of the known to the
    expected sum; of a share only spells followed to the horizon count. It has no standard error,
    and extrapolates late weeks of late spells by proportional hazards, as the expected side does.
    For a unit in which no spell counts it is the robust measure itself. ``follow_up`` is the fact
    it needs, in weeks.
    """
    sums = blocks.total_with_facts(partial(_sums_by_unit, chain=chain)).values
    known = chain.expected * sums[1]
    return np.divide(known, sums[0], out=chain.robust.copy(), where=sums[0] > 0)


def _sums_by_unit(block: SpellBlock, facts: Facts, chain: ChainEstimate) -> UnitSums:
    """Expected and known measure within the follow-up, summed by unit (2, K)."""
    total = np.zeros((2, block.n_units))
    for hazard, group in zip(chain.hazards, block.groups, strict=True):
        follow_up = facts[FOLLOW_UP][group.rows]
        known = np.flatnonzero(follow_up != UNKNOWN)
        risk = hazard.risk(group, known)[:, 0]
        log_survival = log_survival_of(hazard.log_factors[:, 0])[None, :]
        for rows in row_chunks(len(known)):
            inside = group.rows.start + known[rows]
            spells = _Spells(block.duration[inside], block.event[inside], follow_up[known[rows]])
            survival = survival_of(log_survival, risk[rows])
            both = _within_follow_up(survival, spells, chain.measure)
            for place, values in enumerate(both):
                total[place] += np.bincount(block.unit[inside], values, block.n_units)
    return UnitSums(total)


def _within_follow_up(survival: Floats, spells: _Spells, measure: Measure) -> tuple[Floats, Floats]:
    """The measure of each spell (n,) over the weeks within its follow-up: of the national curve (n,
    H + 1), and of what is known of the spell."""
    week, horizon = np.arange(survival.shape[1])[None, :], survival.shape[1] - 1
    end = spells.follow_up[:, None]
    reached = week < end if measure.name == "restricted_mean" else week <= end
    weights = np.where(reached, measure.weights, 0.0)
    constant = np.where(spells.follow_up >= horizon, measure.constant, 0.0)
    # An event counts from its own week on.
    happened = spells.event[:, None] & (week >= spells.duration[:, None])
    known = survival_after(survival, np.minimum(spells.duration, horizon))
    known = np.where(happened, 0.0, known)
    return constant + (survival * weights).sum(axis=1), constant + (known * weights).sum(axis=1)
