"""The spells of an analysis as arrays: what every step of the chain works on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kommunebench.errors import InputError
from kommunebench.survival import checks

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SpellArrays:
    """n spells in K units, G groups and P persons over ``horizon`` whole weeks (or the analysis'
    unit of time).

    ``duration`` 1 or more; ``follow_up`` the longest duration that could have been seen, None where
    unknown; ``unit``, ``group`` and ``person`` are positions in ``unit_names``, ``group_names`` and
    0 … P - 1.
    """

    duration: Indices
    event: Flags
    unit: Indices
    group: Indices
    person: Indices
    unit_names: tuple[str, ...]
    group_names: tuple[str, ...]
    horizon: int
    follow_up: Indices | None = None

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.unit_names)

    def unit_sums(self, values: Floats) -> Floats:
        """Sum of the spells' values by unit (K,)."""
        return np.asarray(np.bincount(self.unit, values, self.units), dtype=float)


def spell_arrays(
    spells: pd.DataFrame,
    *,
    unit: str,
    duration: str,
    event: str,
    horizon: int,
    person: str | None = None,
    group: str | None = None,
    follow_up: str | None = None,
) -> SpellArrays:
    """Arrays from a DataFrame's columns. Raises InputError naming column and first rows for
    missing, negative or broken values."""
    wanted = [name for name in (unit, duration, event, person, group, follow_up) if name]
    absent = [name for name in wanted if name not in spells]
    if absent:
        raise InputError(f"spells: columns {absent} missing; found {list(spells.columns)}.")
    if int(horizon) != horizon or horizon < 2:
        raise InputError(f"horizon: must be a whole number of 2 or more, got {horizon}.")
    time, happened, _, _ = checks.durations(
        spells[duration].to_numpy(), spells[event].to_numpy(), None, None
    )
    checks.refuse(duration, time != np.floor(time), "not whole")
    for name in (unit, person, group):
        if name:
            checks.refuse(name, spells[name].isna().to_numpy(), "missing")
    units, unit_names = _codes(spells[unit])
    groups, group_names = (
        _codes(spells[group]) if group else (np.zeros(len(spells), np.intp), ("all",))
    )
    persons = _codes(spells[person])[0] if person else np.arange(len(spells))
    ceiling = None if follow_up is None else _follow_up(spells[follow_up], time)
    return SpellArrays(
        time.astype(np.intp),
        happened,
        units,
        groups,
        persons,
        unit_names,
        group_names,
        int(horizon),
        ceiling,
    )


def _codes(values: pd.Series) -> tuple[Indices, tuple[str, ...]]:
    codes, names = pd.factorize(values.astype(str), sort=True)
    return codes.astype(np.intp), tuple(names)


def _follow_up(values: pd.Series, time: Floats) -> Indices:
    ceiling = checks.numbers(str(values.name), values.to_numpy(), len(time))
    checks.refuse(str(values.name), ceiling < time, "shorter than the duration")
    return ceiling.astype(np.intp)


def take(arrays: SpellArrays, rows: Sequence[int] | Indices) -> SpellArrays:
    """Some spells, names unchanged."""
    chosen = np.asarray(rows, np.intp)
    follow_up = None if arrays.follow_up is None else arrays.follow_up[chosen]
    return SpellArrays(
        arrays.duration[chosen],
        arrays.event[chosen],
        arrays.unit[chosen],
        arrays.group[chosen],
        arrays.person[chosen],
        arrays.unit_names,
        arrays.group_names,
        arrays.horizon,
        follow_up,
    )
