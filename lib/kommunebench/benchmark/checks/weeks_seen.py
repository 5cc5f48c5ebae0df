"""A second opinion on the robust measure, from the weeks that were seen of each spell (method,
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

    Both sides count the weeks of a spell until the data end: what the national curve expects of
    them, and what is known of them, which after an earlier censoring is the national curve from
    there on. The expected measure times what is known over what is expected is the unit's measure
    (of a share only spells that are followed to the horizon count). It has no standard error, and
    takes late weeks of late spells by proportionality, as the expected side does. The robust
    measure itself where no spell of a unit counts. ``follow_up`` is the fact it needs, in weeks.
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
