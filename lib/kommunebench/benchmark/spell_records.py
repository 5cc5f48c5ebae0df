"""Spells as fixed-width records: the compact form in which blocks are kept and sent to tasks.

A record holds a spell's duration, event, unit, group, and the columns of all groups' designs: a
byte for each level of a category, eight for each number. A person's records lie one after another,
so that a block is one buffer, read without a loop.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from kommunebench.benchmark.design import DesignPlan, UnitColumns
from kommunebench.benchmark.spell_blocks import GroupRows, SpellBlock


@dataclass(frozen=True)
class RecordLayout:
    """Where everything lies: names of units and groups in the order of their codes, the groups'
    designs, the horizon in weeks.

    ``units``: per group the columns of the units' effects where the models have them; they are made
    from the units' codes.
    """

    unit_names: tuple[str, ...]
    group_names: tuple[str, ...]
    designs: tuple[DesignPlan, ...]
    horizon: int
    units: tuple[UnitColumns, ...] | None = None

    @cached_property
    def levels(self) -> tuple[tuple[str, str], ...]:
        """(column, level) of every byte."""
        found = {
            (c.column, c.level)
            for design in self.designs
            for c in design.columns
            if c.level is not None
        }
        return tuple(sorted(found))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Column of every number."""
        return tuple(
            sorted({c.column for design in self.designs for c in design.columns if c.level is None})
        )

    @cached_property
    def dtype(self) -> np.dtype:
        """The record."""
        return np.dtype(
            [
                ("number", "<f8", (len(self.numbers),)),
                ("duration", "<i4"),
                ("unit", "<i4"),
                ("group", "u1"),
                ("event", "u1"),
                ("certain", "u1"),
                ("level", "u1", (len(self.levels),)),
            ]
        )

    @cached_property
    def places(self) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], ...]:
        """Per group: design columns that are levels and their bytes, design columns that are
        numbers and their places."""
        level_at = {pair: place for place, pair in enumerate(self.levels)}
        number_at = {name: place for place, name in enumerate(self.numbers)}
        result = []
        for design in self.designs:
            levels = [
                (j, level_at[c.column, c.level])
                for j, c in enumerate(design.columns)
                if c.level is not None
            ]
            numbers = [
                (j, number_at[c.column]) for j, c in enumerate(design.columns) if c.level is None
            ]
            one, two = (
                np.array(levels, np.intp).reshape(-1, 2),
                np.array(numbers, np.intp).reshape(-1, 2),
            )
            result.append((one[:, 0], one[:, 1], two[:, 0], two[:, 1]))
        return tuple(result)


def encode_spells(spells: pd.DataFrame, unit: str, group: str, layout: RecordLayout) -> np.ndarray:
    """Records (n,) of spells with columns ``unit``, ``group``, duration, event and the covariates,
    categories as pandas categories."""
    records = np.zeros(len(spells), layout.dtype)
    records["duration"], records["event"] = (
        spells["duration"].to_numpy(),
        spells["event"].to_numpy(),
    )
    records["unit"] = _positions(spells[unit], layout.unit_names)
    records["group"] = _positions(spells[group], layout.group_names)
    for place, name in enumerate(layout.numbers):
        records["number"][:, place] = spells[name].to_numpy(float)
    codes = {
        column: spells[column].cat.codes.to_numpy()
        for column in {column for column, _ in layout.levels}
    }
    for place, (column, level) in enumerate(layout.levels):
        records["level"][:, place] = (
            codes[column] == spells[column].cat.categories.get_indexer(pd.Index([level]))[0]
        )
    for number, design in enumerate(layout.designs):
        own = records["group"] == number
        for column, level in design.certain_levels:
            records["certain"] |= own & (spells[column] == level).to_numpy()
    return records


def _positions(values: pd.Series, names: Sequence[str]) -> np.ndarray:
    """Positions of category values among the names."""
    table = np.append(pd.Index(names).get_indexer(values.cat.categories), -1)
    return table[values.cat.codes.to_numpy()]


class _RecordGroups(Sequence[GroupRows]):
    """The groups of a block of records; covariates are unpacked when a step asks for them."""

    def __init__(self, records: np.ndarray, layout: RecordLayout) -> None:
        self._records, self._layout = records, layout
        self._made: dict[int, GroupRows] = {}

    def __len__(self) -> int:
        return len(self._layout.group_names)

    def __getitem__(self, number):  # type: ignore[no-untyped-def]  # positions only
        if number >= len(self):
            raise IndexError(number)
        if number not in self._made:
            rows = np.flatnonzero(self._records["group"] == number)
            own = self._records[rows]
            level_columns, bytes_, number_columns, places = self._layout.places[number]
            x = np.empty((len(rows), len(level_columns) + len(number_columns)))
            x[:, level_columns] = own["level"][:, bytes_]
            x[:, number_columns] = own["number"][:, places]
            certain = own["certain"].astype(bool)
            left_out = certain
            if self._layout.units is not None:
                columns = self._layout.units[number]
                x = np.concatenate([x, columns.matrix(own["unit"])], axis=1)
                left_out = certain | ~columns.kept[own["unit"]]
            self._made[number] = GroupRows(rows, x, certain, left_out)
        return self._made[number]


def block_of_records(records: np.ndarray, person: np.ndarray, layout: RecordLayout) -> SpellBlock:
    """The block of some records; ``person`` (n,) is the same number for records of one person."""
    return SpellBlock(
        records["duration"].astype(np.intp),
        records["event"].astype(bool),
        records["unit"].astype(np.intp),
        person,
        _RecordGroups(records, layout),
        len(layout.unit_names),
        layout.horizon,
    )
