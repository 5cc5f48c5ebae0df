"""What the indicators would be if those who move had other prospects than those who stay, and if
spells of movers counted where they moved to (method, section 7)."""

from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Floats, SpellBlock
from kommunebench.benchmark.checks.facts import (
    UNKNOWN,
    FactBlocks,
    Facts,
    UnitSums,
    with_units,
)
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.durations.measure import (
    log_survival_of,
    row_chunks,
    survival_after,
    survival_of,
)
from kommunebench.verdict_rules import VerdictIndicator

MOVED, MOVED_TO = "moved", "moved_to"


def measures_after_moves(
    blocks: FactBlocks,
    chain: ChainEstimate,
    factor: float,
    verdict_indicator: VerdictIndicator = "robust",
) -> tuple[Floats, Floats]:
    """Expected and observed measure of every unit, each (K,), with the hazard after a move
    multiplied by ``factor``; ``verdict_indicator``: whose observed side.

    A survival curve is the mean over spells of what is known of each spell and, after a censoring,
    of the curve from there on (Efron 1967). For a spell that was censored by a move, that curve is
    raised to the power of the factor (the delta adjustment of Jackson et al. 2014). The factor is
    applied to all movers of the nation, so that the expected measures change by the national mean
    of the same adjustment: an indicator changes only if the unit's movers differ from the average
    in number or in time. The unit's curve is that of the spell in its unit, or, of the plain
    indicator, the unit's Kaplan-Meier curve, the same for all its spells.
    """
    changes = partial(_changes, chain=chain, factor=factor, verdict_indicator=verdict_indicator)
    sums = blocks.total_with_facts(changes).values
    observed = chain.observed_side(verdict_indicator) + sums[1] / chain.n_spells
    national = chain.n_spells @ chain.expected
    expected = chain.expected * (1.0 + sums[0].sum() / national)
    return expected, observed


def _changes(
    block: SpellBlock,
    facts: Facts,
    chain: ChainEstimate,
    factor: float,
    verdict_indicator: VerdictIndicator,
) -> UnitSums:
    """Change of the movers' measures summed by unit (2, K): under national curves, and under those
    of their units."""
    total = np.zeros((2, block.n_units))
    moved = (facts[MOVED] > 0) & ~block.event & (block.duration < block.horizon)
    for g, (hazard, group) in enumerate(zip(chain.hazards, block.groups, strict=True)):
        movers = np.flatnonzero(moved[group.rows])
        if not len(movers):
            continue
        risk = hazard.risk(group, movers)[:, 0]
        unit = block.unit[group.rows][movers]
        week = block.duration[group.rows][movers]
        national = log_survival_of(hazard.log_factors[:, 0])[None, :]
        of_unit = (chain.curves.log_survival(hazard, g), unit, risk)
        if verdict_indicator == "plain":
            of_unit = (_log_kaplan_meier(chain), unit, np.ones(len(movers)))
        curves = ((national, np.zeros(len(movers), np.intp), risk), of_unit)
        for place, (log_survival, curve, power) in enumerate(curves):
            change = np.empty(len(movers))
            for rows in row_chunks(len(movers)):
                survival = survival_of(log_survival[curve[rows]], power[rows])
                change[rows] = _change(survival, week[rows], chain, factor)
            total[place] += np.bincount(unit, change, block.n_units)
    return UnitSums(total)


def _log_kaplan_meier(chain: ChainEstimate) -> Floats:
    """The log of every unit's Kaplan-Meier curve (K, H + 1)."""
    with np.errstate(divide="ignore"):
        return np.log(chain.counts.survival)


def _change(survival: Floats, week: np.ndarray, chain: ChainEstimate, factor: float) -> Floats:
    """Change (n,) of the measure of curves (n, H + 1), conditional on being without the event in
    the given week, if the hazard after it is multiplied by the factor."""
    conditional = survival_after(survival, week)
    change: Floats = (conditional**factor - conditional) @ chain.measure.weights
    return change


def at_destination(block: SpellBlock, facts: Facts) -> SpellBlock:
    """The block with the spells of movers in the unit they moved to, where it is known."""
    target = facts[MOVED_TO]
    return with_units(block, np.where(target != UNKNOWN, target, block.unit), block.n_units)
