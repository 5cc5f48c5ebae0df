"""Which columns of a design are constant within units, so that they cannot stand beside effects of
the units (method, section 6)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.benchmark.covariates.design import DesignColumn, DesignPlan
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.covariates.unit_effects import ConstantColumns


@dataclass(frozen=True, slots=True)
class ValuesByUnit:
    """What values the covariates of one group's spells take within units, by column and unit:
    ``levels`` of categories, and ``ranges``, the smallest and largest number."""

    levels: dict[str, dict[str, frozenset[str]]]
    ranges: dict[str, dict[str, tuple[float, float]]]

    @staticmethod
    def zero() -> "ValuesByUnit":
        """The values of no spells."""
        return ValuesByUnit({}, {})

    def merge(self, other: "ValuesByUnit") -> "ValuesByUnit":
        """The values of both sets of spells."""
        levels = {name: dict(by_unit) for name, by_unit in self.levels.items()}
        for name, level_sets in other.levels.items():
            known = levels.setdefault(name, {})
            for unit, seen in level_sets.items():
                known[unit] = known.get(unit, frozenset()) | seen
        ranges = {name: dict(by_unit) for name, by_unit in self.ranges.items()}
        for name, bounds in other.ranges.items():
            within = ranges.setdefault(name, {})
            for unit, (low, high) in bounds.items():
                before = within.get(unit, (low, high))
                within[unit] = (min(before[0], low), max(before[1], high))
        return ValuesByUnit(levels, ranges)


def values_by_unit(
    spells: pd.DataFrame, unit: pd.Series, specs: Sequence[CovariateSpec]
) -> ValuesByUnit:
    """The values of a block of spells of one group; ``unit`` (n,): their units' codes."""
    codes, unit_codes = pd.factorize(unit)
    names = [str(name) for name in unit_codes]
    levels, ranges = {}, {}
    for spec in specs:
        if spec.kind == "category":
            level_codes, level_names = pd.factorize(spells[spec.column])
            seen: dict[str, set[str]] = {name: set() for name in names}
            for code, level in np.unique(np.stack([codes, level_codes]), axis=1).T:
                if level >= 0:
                    seen[names[code]].add(str(level_names[level]))
            levels[spec.column] = {name: frozenset(level_set) for name, level_set in seen.items()}
            continue
        values = pd.to_numeric(spells[spec.column]).to_numpy(float, na_value=np.nan)
        low, high = np.full(len(names), np.inf), np.full(len(names), -np.inf)
        np.fmin.at(low, codes, values)
        np.fmax.at(high, codes, values)
        ranges[spec.column] = {
            name: (float(one), float(other))
            for name, one, other in zip(names, low, high, strict=True)
        }
    return ValuesByUnit(levels, ranges)


def constant_columns(
    design: DesignPlan, values: ValuesByUnit, unit_names: Sequence[str]
) -> ConstantColumns:
    """The columns of the design that take one value in every unit that has spells, with these
    values, numbers centred."""
    positions, columns = [], []
    for position, column in enumerate(design.columns):
        by_unit = _value_in_units(column, values)
        if by_unit is not None:
            positions.append(position)
            columns.append([by_unit.get(name, 0.0) for name in unit_names])
    matrix = np.array(columns, float).reshape(len(positions), len(unit_names)).T
    return ConstantColumns(np.array(positions, np.intp), matrix)


def _value_in_units(column: DesignColumn, values: ValuesByUnit) -> dict[str, float] | None:
    """The value of a column in each unit with spells; None where it varies within one."""
    if column.level is None:
        ranges = values.ranges[column.column]
        if any(low != high for low, high in ranges.values()):
            return None
        return {name: low - column.centre for name, (low, _) in ranges.items()}
    level_sets = values.levels[column.column]
    if any(column.level in seen and len(seen) > 1 for seen in level_sets.values()):
        return None
    return {name: float(column.level in seen) for name, seen in level_sets.items()}
