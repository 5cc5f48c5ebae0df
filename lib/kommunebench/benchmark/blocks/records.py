"""Spells as fixed-width records: the compact form in which they are stored, sent, cut into blocks.

A record holds a spell's duration, event, unit, group, and the columns of all groups' designs: a
byte for each level of a category, eight for each number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import (
    Flags,
    Floats,
    GroupSpells,
    Indices,
    MemoryBlocks,
    SpellBlock,
    spells_of_block,
)
from kommunebench.benchmark.covariates.design import DesignPlan, spells_in_level
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.verdict_rules import CONSTANT_SHARE, EVENTS_PER_COLUMN


@dataclass(frozen=True, kw_only=True)
class RecordLayout:
    """How records are laid out: names of units and groups in the order of their codes, the groups'
    designs, the horizon in weeks.

    ``unit_effects``: for each group those of the model that carries the verdicts, if it has any;
    their columns are made from the units' codes when a model needs them. ``constant_share``: a
    column counts as constant within units if at most this share of its variance lies within them.
    ``events_per_column``: with fewer events a column every level has a prior (plan_design).
    """

    unit_names: tuple[str, ...]
    group_names: tuple[str, ...]
    designs: tuple[DesignPlan, ...]
    horizon: int
    unit_effects: tuple[UnitEffects, ...] | None = None
    constant_share: float = CONSTANT_SHARE
    events_per_column: float = EVENTS_PER_COLUMN

    @cached_property
    def levels(self) -> tuple[tuple[str, str], ...]:
        """The category column and level of every byte."""
        pairs = {
            (column.column, column.level)
            for design in self.designs
            for column in design.columns
            if column.level is not None
        }
        return tuple(sorted(pairs))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The number column of every eight bytes."""
        names = {
            column.column
            for design in self.designs
            for column in design.columns
            if column.level is None
        }
        return tuple(sorted(names))

    @cached_property
    def dtype(self) -> np.dtype:
        """The record."""
        return np.dtype(
            [
                ("numbers", "<f8", (len(self.numbers),)),
                ("duration", "<i4"),
                ("unit", "<i4"),
                ("group", "u1"),
                ("event", "u1"),
                ("zero_hazard", "u1"),
                ("levels", "u1", (len(self.levels),)),
            ]
        )

    def effects_of(self, group: int) -> UnitEffects:
        """The effects of the units in one group's model."""
        if self.unit_effects is None:
            raise ValueError("the layout was made without effects of the units.")
        return self.unit_effects[group]

    @property
    def most_columns(self) -> int:
        """Columns of the widest model, those of the units' effects included."""
        effects = self.unit_effects
        units = [0] * len(self.designs) if effects is None else [len(e.units) for e in effects]
        return max(len(d.columns) + u for d, u in zip(self.designs, units, strict=True))

    def covariates(self, group: int, records: np.ndarray) -> Floats:
        """The columns of a group's design (n_g, p), numbers centred."""
        level_position = {pair: position for position, pair in enumerate(self.levels)}
        number_position = {name: position for position, name in enumerate(self.numbers)}
        columns = self.designs[group].columns
        x = np.empty((len(records), len(columns)))
        is_level = np.array([column.level is not None for column in columns], bool)
        byte = [level_position[c.column, c.level] for c in columns if c.level is not None]
        place = [number_position[c.column] for c in columns if c.level is None]
        centre = np.array([column.centre for column in columns if column.level is None])
        x[:, is_level] = records["levels"][:, byte]
        x[:, ~is_level] = records["numbers"][:, place] - centre
        return x


def encode_spells(
    covariates: pd.DataFrame,
    layout: RecordLayout,
    *,
    duration: np.ndarray,
    event: np.ndarray,
    unit: pd.Categorical,
    group: pd.Categorical,
) -> np.ndarray:
    """Records (n,) of spells, their category covariates being pandas categories."""
    records = np.zeros(len(covariates), layout.dtype)
    records["duration"], records["event"] = duration, event
    records["unit"] = _positions(unit, layout.unit_names)
    records["group"] = _positions(group, layout.group_names)
    for position, name in enumerate(layout.numbers):
        records["numbers"][:, position] = covariates[name].to_numpy(float)
    for position, (column, level) in enumerate(layout.levels):
        records["levels"][:, position] = spells_in_level(covariates, column, level)
    for code, design in enumerate(layout.designs):
        in_group = records["group"] == code
        for column, level in design.event_free_levels:
            records["zero_hazard"] |= in_group & spells_in_level(covariates, column, level)
    return records


def _positions(values: pd.Categorical, names: Sequence[str]) -> np.ndarray:
    """Positions of category values among the names."""
    table = np.append(pd.Index(names).get_indexer(values.categories.astype(str)), -1)
    return table[values.codes]


def memory_blocks(
    records: np.ndarray, person: np.ndarray, layout: RecordLayout, size: int | None = None
) -> MemoryBlocks:
    """Blocks of about ``size`` spells in memory; ``person`` (n,): any number or key a person."""
    by_person = np.argsort(person, kind="stable")
    cuts = _whole_persons(person[by_person], size or spells_of_block(layout.most_columns))
    orders = [rows[_block_order(records[rows])] for rows in np.split(by_person, cuts)]
    group_rows = [
        [rows[records["group"][rows] == code] for rows in orders]
        for code in range(len(layout.group_names))
    ]
    parts, group_x = [[] for _ in orders], []  # type: ignore[var-annotated]
    for code, rows_by_block in enumerate(group_rows):
        in_group = records[np.concatenate(rows_by_block)]
        x = layout.covariates(code, in_group)
        unit, zero_hazard = _unit_and_zero_hazard(in_group)
        group_x.append(x)
        stop = 0
        for block_parts, rows in zip(parts, rows_by_block, strict=True):
            start, stop = stop, stop + len(rows)
            cut = slice(start, stop)
            block_parts.append((x[cut], unit[cut], zero_hazard[cut]))
    blocks = []
    for rows, block_parts in zip(orders, parts, strict=True):
        bounds = np.cumsum([0, *(len(x) for x, _, _ in block_parts)])
        groups = tuple(
            GroupSpells(slice(int(start), int(stop)), *group_values)
            for start, stop, group_values in zip(bounds[:-1], bounds[1:], block_parts, strict=True)
        )
        blocks.append(_block(records[rows], person[rows], rows, groups, layout))
    return MemoryBlocks(tuple(blocks), tuple(group_x))


def block_of_records(records: np.ndarray, person: np.ndarray, layout: RecordLayout) -> SpellBlock:
    """The block of some records, which hold all spells of their persons; covariates are unpacked
    when a step asks for them."""
    order = _block_order(records)
    return _block(
        records[order], person[order], order, _RecordGroups(records[order], layout), layout
    )


def _block(
    records: np.ndarray,
    person: np.ndarray,
    position: Indices,
    groups: Sequence[GroupSpells],
    layout: RecordLayout,
) -> SpellBlock:
    duration, event = records["duration"].astype(np.intp), records["event"].astype(bool)
    return SpellBlock(
        duration=duration,
        event=event,
        unit=records["unit"].astype(np.intp),
        person=person,
        exit_week=np.minimum(duration, layout.horizon) - 1,
        seen=event & (duration <= layout.horizon),
        position=position,
        groups=groups,
        n_units=len(layout.unit_names),
        horizon=layout.horizon,
    )


def _unit_and_zero_hazard(records: np.ndarray) -> tuple[Indices, Flags]:
    return records["unit"].astype(np.intp), records["zero_hazard"].astype(bool)


def _block_order(records: np.ndarray) -> Indices:
    """Records by group and duration, and thereby by exit week."""
    return np.lexsort((records["duration"], records["group"]))


def _whole_persons(person: np.ndarray, size: int) -> list[int]:
    """Where to cut rows in order of person into blocks of about ``size`` that no person
    straddles."""
    starts = np.flatnonzero(person[1:] != person[:-1]) + 1
    if not len(starts):
        return []
    wanted = np.arange(size, len(person), size)
    return np.unique(starts[np.searchsorted(starts, wanted).clip(max=len(starts) - 1)]).tolist()


class _RecordGroups(Sequence[GroupSpells]):
    """The groups of a block of records, unpacked one by one."""

    def __init__(self, records: np.ndarray, layout: RecordLayout) -> None:
        codes = np.arange(len(layout.group_names))
        self._records, self._layout = records, layout
        self._starts = np.searchsorted(records["group"], codes, side="left")
        self._stops = np.searchsorted(records["group"], codes, side="right")
        self._unpacked: dict[int, GroupSpells] = {}

    def __len__(self) -> int:
        return len(self._layout.group_names)

    def __getitem__(self, code):  # type: ignore[no-untyped-def]  # positions only
        if code >= len(self):
            raise IndexError(code)
        if code not in self._unpacked:
            rows = slice(int(self._starts[code]), int(self._stops[code]))
            in_group = self._records[rows]
            self._unpacked[code] = GroupSpells(
                rows,
                self._layout.covariates(code, in_group),
                *_unit_and_zero_hazard(in_group),
            )
        return self._unpacked[code]
