"""How the expected measure of a unit answers to its log hazard, from one pass over the spells: the
scale between performances and paces (method, section 7)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.blocks.block import FieldSums, Floats, SpellBlock
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.pace import PaceScale
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.durations.measure import Measure, log_survival_of
from kommunebench.benchmark.model.hazards import GroupHazards


@dataclass(frozen=True, slots=True)
class LogHazardSums(FieldSums):
    """``first`` and ``second`` derivative of the summed expected measure of every unit in the log
    of all hazards, each (K,)."""

    first: Floats
    second: Floats


def log_hazard_sums(
    block: SpellBlock, hazards: Sequence[GroupHazards], measure: Measure
) -> LogHazardSums:
    """The derivatives of a block's spells under the national curves, summed by unit."""
    first, second = np.empty(len(block.duration)), np.empty(len(block.duration))
    for hazard, group in zip(hazards, block.groups, strict=True):
        log_survival = log_survival_of(hazard.log_factors[:, 0])
        risk = hazard.risk(group)[:, 0]
        first[group.rows], second[group.rows] = measure.derivatives_of_risks(log_survival, risk)
    return LogHazardSums(block.unit_sums(first), block.unit_sums(second))


def pace_scale_of(chain: ChainEstimate, sums: LogHazardSums, indicator: Indicator) -> PaceScale:
    """What a greater hazard takes from the observed measure of the same spells; ``sums``: of all
    blocks, under the chain's hazards."""
    return PaceScale.at_expected(
        indicator, chain.expected, sums.first / chain.n_spells, sums.second / chain.n_spells
    )
