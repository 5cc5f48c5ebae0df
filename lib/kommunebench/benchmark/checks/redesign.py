"""Designs for some of a group's spells, or for some of their weeks: the columns are the same, and
levels with hardly any event left are treated as in any model with so few events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import (
    Blocks,
    Flags,
    Floats,
    MemoryBlocks,
    SpellBlock,
)
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.checks.facts import FactBlocks, Facts
from kommunebench.benchmark.checks.recoded_effects import recoded_effects
from kommunebench.benchmark.covariates.design import (
    MOST_EVENTS_WITH_PRIOR,
    PRIOR_SD,
    DesignPlan,
    too_few_events,
)
from kommunebench.benchmark.durations.chain import with_baselines
from kommunebench.benchmark.model.block_fit import fit_over_blocks
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.benchmark.model.memory_fit import fit_in_memory
from kommunebench.benchmark.model.national import ModelChoice, NationalModel
from kommunebench.errors import InputError

# A function of a block and its facts; what it needs beside them is bound to it.
Recode = Callable[[SpellBlock, Facts], SpellBlock]


@dataclass(frozen=True, slots=True, kw_only=True)
class _LevelCounts:
    """Of one group, by column of its design (p,) and then by covariate (f,), whose reference spells
    have 0 in all of its columns: spells, events, longest duration. ``is_level`` (p,): the column
    has no other values than 0 and 1. Of the group: ``n_events``, and ``first_event``, the shortest
    duration that ended in one."""

    spells: Floats
    events: Floats
    longest: Floats
    is_level: Flags
    n_events: int
    first_event: float

    def merge(self, other: "_LevelCounts") -> "_LevelCounts":
        """The counts of both sets of spells."""
        return _LevelCounts(
            spells=self.spells + other.spells,
            events=self.events + other.events,
            longest=np.maximum(self.longest, other.longest),
            is_level=self.is_level & other.is_level,
            n_events=self.n_events + other.n_events,
            first_event=min(self.first_event, other.first_event),
        )


@dataclass(frozen=True, slots=True)
class _GroupCounts:
    groups: tuple[_LevelCounts, ...]

    def merge(self, other: "_GroupCounts") -> "_GroupCounts":
        pairs = zip(self.groups, other.groups, strict=True)
        return _GroupCounts(tuple(one.merge(two) for one, two in pairs))


@dataclass(frozen=True, slots=True)
class LevelsWithoutEvents:
    """Levels whose hazard is zero in a model of recoded spells, the limit of its likelihood.

    Per group: ``members`` (p, f), the columns of each covariate, and ``dead`` (p + f,), whether the
    level of a column, and then the reference level of a covariate, is one of them.
    """

    members: tuple[Floats, ...]
    dead: tuple[Flags, ...]

    def marked(self, block: SpellBlock) -> SpellBlock:
        """The block with the spells of these levels marked as without hazard; any block with the
        groups and columns of the model."""
        groups = []
        for group, members, dead in zip(block.groups, self.members, self.dead, strict=True):
            zero = group.zero_hazard | _in_levels(group.x, members)[:, dead].any(axis=1)
            groups.append(replace(group, zero_hazard=zero))
        return replace(block, groups=tuple(groups), memo={})


@dataclass(frozen=True, slots=True)
class RecodedFit:
    """Models with baselines, the recoded and marked ``blocks`` they were fitted to, and the levels
    that were marked, for predictions for other spells."""

    blocks: Blocks
    without_events: LevelsWithoutEvents
    models: tuple[NationalModel, ...]

    @property
    def hazards(self) -> tuple[GroupHazards, ...]:
        """The models' hazards."""
        return tuple(model.hazards for model in self.models)


def _recoded_and_marked(
    block: SpellBlock, facts: Facts, *, recode: Recode, without_events: LevelsWithoutEvents
) -> SpellBlock:
    return without_events.marked(recode(block, facts))


def fit_recoded(
    blocks: FactBlocks,
    recode: Recode,
    layout: RecordLayout,
    choice: ModelChoice,
    *,
    least_events: int,
    unit_effects: bool,
) -> RecodedFit:
    """The models of recoded blocks, with effects of the units or without; ``layout``: of the
    recoded groups, with the designs that the columns were made for.

    Raises InputError where a group has fewer events than ``least_events``, and InputError and
    ConvergenceError as the fit.
    """
    without_events, redesigned = _redesigned(blocks, recode, layout, least_events)
    recoded = blocks.recoded(
        partial(_recoded_and_marked, recode=recode, without_events=without_events)
    )
    effects = recoded_effects(recoded, layout) if unit_effects else None
    models = _fit(recoded, replace(redesigned, unit_effects=effects), choice)
    return RecodedFit(recoded, without_events, with_baselines(recoded, models))


def _fit(blocks: Blocks, layout: RecordLayout, choice: ModelChoice) -> tuple[NationalModel, ...]:
    within = layout.unit_effects is not None
    if isinstance(blocks, MemoryBlocks):
        return fit_in_memory(blocks, layout, choice, unit_effects=within)
    return fit_over_blocks(blocks, layout, choice, unit_effects=within)


def _redesigned(
    blocks: FactBlocks, recode: Recode, layout: RecordLayout, least_events: int
) -> tuple[LevelsWithoutEvents, RecordLayout]:
    """Levels without events among the recoded spells, and the layout with the designs of what is
    left."""
    members = tuple(_members(design) for design in layout.designs)
    counts = blocks.recoded(recode).total(partial(_count, members=members)).groups
    for name, counted in zip(layout.group_names, counts, strict=True):
        if counted.n_events < least_events:
            raise InputError(
                f"model of group {name}: {counted.n_events} events, of which a model needs"
                f" {least_events} (checks.least_events)."
            )
    pairs = tuple(zip(layout.designs, counts, strict=True))
    dead = tuple(_dead(one, matrix) for one, matrix in zip(counts, members, strict=True))
    per_column = layout.events_per_column
    designs = tuple(_with_priors(design, counted, per_column) for design, counted in pairs)
    return LevelsWithoutEvents(members, dead), replace(layout, designs=designs)


def _members(design: DesignPlan) -> Floats:
    """Which columns (p,) belong to each covariate (f,), as a matrix (p, f)."""
    names = list(dict.fromkeys(column.column for column in design.columns))
    place = np.array([names.index(column.column) for column in design.columns], int)
    return np.asarray(place[:, None] == np.arange(len(names))[None, :], float)


def _in_levels(x: Floats, members: Floats) -> Flags:
    """Whether spells (n,) are in the level of each column, then in the reference of each covariate
    (n, p + f)."""
    return np.concatenate([x == 1.0, x @ members == 0.0], axis=1)


def _count(block: SpellBlock, members: Sequence[Floats]) -> _GroupCounts:
    groups = []
    for group, matrix in zip(block.groups, members, strict=True):
        alive = ~group.zero_hazard
        x = group.x[alive]
        inside = _in_levels(x, matrix)
        duration = block.duration[group.rows][alive]
        event = block.event[group.rows][alive]
        longest = np.max(np.where(inside, duration[:, None], 0), axis=0, initial=0)
        groups.append(
            _LevelCounts(
                spells=inside.sum(axis=0).astype(float),
                events=inside[event].sum(axis=0).astype(float),
                longest=longest.astype(float),
                is_level=((x == 0.0) | (x == 1.0)).all(axis=0),
                n_events=int(event.sum()),
                first_event=float(np.min(duration[event].astype(float), initial=np.inf)),
            )
        )
    return _GroupCounts(tuple(groups))


def _with_priors(design: DesignPlan, counts: _LevelCounts, events_per_column: float) -> DesignPlan:
    """The design with a prior on the coefficient of every level that has few events left, or of all
    levels where the whole has."""
    scarce = too_few_events(counts.n_events, len(design.columns), events_per_column)
    columns = tuple(
        replace(
            column,
            prior_sd=PRIOR_SD if is_level and (scarce or n <= MOST_EVENTS_WITH_PRIOR) else None,
        )
        for column, n, is_level in zip(
            design.columns, counts.events[: len(design.columns)], counts.is_level, strict=True
        )
    )
    return replace(design, columns=columns, scarce=scarce)


def _dead(counts: _LevelCounts, members: Floats) -> Flags:
    """Levels (p + f,) without events although somebody in them is at risk at an event."""
    of_levels = (members.T @ ~counts.is_level) == 0
    is_level = np.concatenate([counts.is_level, of_levels])
    return is_level & (counts.events == 0) & (counts.longest >= counts.first_event)
