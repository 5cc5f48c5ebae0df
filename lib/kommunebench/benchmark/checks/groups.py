"""Models of more groups than the analysis has: every group cut in two by a fact of its spells."""

from dataclasses import replace

import numpy as np

from kommunebench.benchmark.blocks.block import GroupSpells, SpellBlock
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.checks.facts import BY_SPELL, FactBlocks, Facts
from kommunebench.benchmark.checks.redesign import fit_recoded
from kommunebench.benchmark.durations.chain import ChainEstimate, estimate_chain
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.model.national import ModelChoice

KIND = "kind"


def chain_of_more_groups(
    blocks: FactBlocks,
    layout: RecordLayout,
    choice: ModelChoice,
    measure: Measure,
    *,
    kinds: tuple[str, str] = ("kind 0", "kind 1"),
    least_events: int = 1,
    unit_effects: bool = False,
) -> ChainEstimate:
    """The chain with a model for each group and kind of spell (fact ``kind``: 1 or not; ``kinds``:
    what messages call them), with effects of the units or without.

    Raises InputError where one of them has fewer than ``least_events`` events, and InputError and
    ConvergenceError as the fit.
    """
    names = tuple(f"{name}, {kind}" for name in layout.group_names for kind in kinds)
    designs = tuple(design for design in layout.designs for _ in (0, 1))
    more = replace(layout, group_names=names, designs=designs)
    fitted = fit_recoded(
        blocks, by_kind, more, choice, least_events=least_events, unit_effects=unit_effects
    )
    return estimate_chain(fitted.blocks, fitted.models, measure)


def by_kind(block: SpellBlock, facts: Facts) -> SpellBlock:
    """The block with twice as many groups: the spells of each that are not of the kind, then those
    that are, in the order in which they were."""
    is_kind = facts[KIND] == 1
    order, groups, start = [], [], 0
    for group in block.groups:
        inside = is_kind[group.rows]
        for wanted in (False, True):
            places = np.flatnonzero(inside == wanted)
            stop = start + len(places)
            groups.append(
                GroupSpells(
                    slice(start, stop),
                    group.x[places],
                    group.unit[places],
                    group.zero_hazard[places],
                )
            )
            order.append(group.rows.start + places)
            start = stop
    kept = np.concatenate(order)
    columns = {name: getattr(block, name)[kept] for name in BY_SPELL}
    return replace(block, **columns, groups=tuple(groups), memo={})
