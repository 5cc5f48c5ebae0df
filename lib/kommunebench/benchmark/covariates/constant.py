"""Which columns of a design hardly vary within units, so that their coefficients cannot be
estimated beside effects of the units (method, section 6).

A column that is exactly constant within every unit is a combination of the effects. For a column
that is nearly constant (a share of a municipality's area that changes by a thousandth a year) the
coefficient could be estimated, but only from these small changes, and predictions multiply it by
the differences between units, which are hundreds of times as large. Both kinds go to the second
stage.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.benchmark.covariates.design import DesignColumn, DesignPlan
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.covariates.unit_effects import ConstantColumns, Floats


@dataclass(frozen=True, slots=True)
class NumberInUnit:
    """A number over the spells of one unit: their count, mean, sum of squared deviations from it,
    smallest and largest value."""

    count: int
    mean: float
    squares: float
    low: float
    high: float

    def merge(self, other: "NumberInUnit") -> "NumberInUnit":
        """The number over both sets of spells, which are not empty (Chan, Golub and LeVeque
        1983)."""
        count, gap = self.count + other.count, other.mean - self.mean
        return NumberInUnit(
            count,
            self.mean + gap * other.count / count,
            self.squares + other.squares + gap**2 * self.count * other.count / count,
            min(self.low, other.low),
            max(self.high, other.high),
        )


@dataclass(frozen=True, slots=True)
class ValuesByUnit:
    """What values the covariates of one group's spells take within units, by column and unit:
    ``levels`` of categories with their numbers of spells, and ``numbers``."""

    levels: dict[str, dict[str, dict[str, int]]]
    numbers: dict[str, dict[str, NumberInUnit]]

    @staticmethod
    def zero() -> "ValuesByUnit":
        """The values of no spells."""
        return ValuesByUnit({}, {})

    def merge(self, other: "ValuesByUnit") -> "ValuesByUnit":
        """The values of both sets of spells."""
        levels = {
            column: {unit: dict(counts) for unit, counts in by_unit.items()}
            for column, by_unit in self.levels.items()
        }
        for column, by_unit in other.levels.items():
            for unit, counts in by_unit.items():
                known = levels.setdefault(column, {}).setdefault(unit, {})
                for level, count in counts.items():
                    known[level] = known.get(level, 0) + count
        numbers = {column: dict(by_unit) for column, by_unit in self.numbers.items()}
        for column, by_number in other.numbers.items():
            within = numbers.setdefault(column, {})
            for unit, in_block in by_number.items():
                within[unit] = within[unit].merge(in_block) if unit in within else in_block
        return ValuesByUnit(levels, numbers)


def values_by_unit(
    spells: pd.DataFrame, unit: pd.Series, specs: Sequence[CovariateSpec]
) -> ValuesByUnit:
    """The values of a block of spells of one group; ``unit`` (n,): their units' codes."""
    codes, unit_codes = pd.factorize(unit)
    names = [str(name) for name in unit_codes]
    levels: dict[str, dict[str, dict[str, int]]] = {}
    numbers: dict[str, dict[str, NumberInUnit]] = {}
    for spec in specs:
        if spec.kind == "category":
            level_codes, level_names = pd.factorize(spells[spec.column])
            pairs, counts = np.unique(np.stack([codes, level_codes]), axis=1, return_counts=True)
            by_unit = levels[spec.column] = {name: {} for name in names}
            for (code, level), count in zip(pairs.T, counts, strict=True):
                if level >= 0:
                    by_unit[names[code]][str(level_names[level])] = int(count)
            continue
        values = pd.to_numeric(spells[spec.column]).to_numpy(float, na_value=np.nan)
        numbers[spec.column] = _numbers_in_units(values, codes, names)
    return ValuesByUnit(levels, numbers)


def _numbers_in_units(
    values: Floats, codes: np.ndarray, names: Sequence[str]
) -> dict[str, NumberInUnit]:
    known = np.isfinite(values)
    values, codes = values[known], codes[known]
    count = np.bincount(codes, minlength=len(names))
    mean = np.bincount(codes, values, len(names)) / np.maximum(count, 1)
    # Numbers whose squares are infinite are refused by the fit.
    with np.errstate(over="ignore"):
        squares = np.bincount(codes, (values - mean[codes]) ** 2, len(names))
    low, high = np.full(len(names), np.inf), np.full(len(names), -np.inf)
    np.minimum.at(low, codes, values)
    np.maximum.at(high, codes, values)
    return {
        name: NumberInUnit(int(count[k]), *map(float, (mean[k], squares[k], low[k], high[k])))
        for k, name in enumerate(names)
        if count[k]
    }


def constant_columns(
    design: DesignPlan, values: ValuesByUnit, unit_names: Sequence[str], constant_share: float
) -> ConstantColumns:
    """The columns of the design of whose variance at most ``constant_share`` lies within units,
    with the mean of every unit that has spells (of a column that is exactly constant there: its
    value), numbers centred."""
    positions, columns = [], []
    for position, column in enumerate(design.columns):
        count, mean, squares, is_exact = _in_units(column, values, unit_names)
        if is_exact or within_share(count, mean, squares) <= constant_share:
            positions.append(position)
            columns.append(np.where(count > 0, mean - column.centre, 0.0))
    matrix = np.array(columns, float).reshape(len(positions), len(unit_names)).T
    return ConstantColumns(np.array(positions, np.intp), matrix)


def within_share(count: Floats, mean: Floats, squares: Floats) -> Floats:
    """The share (…) of a column's variance that lies within units, from the units' counts of spells
    (K,), means and sums of squared deviations from them (K, …); 0 where there is no variance."""
    weights = count.reshape(-1, *[1] * (mean.ndim - 1))
    total_mean = (weights * mean).sum(axis=0) / max(float(count.sum()), 1.0)
    inside = squares.sum(axis=0)
    with np.errstate(over="ignore", invalid="ignore"):
        total = inside + (weights * (mean - total_mean) ** 2).sum(axis=0)
        share: Floats = np.divide(inside, total, out=np.zeros_like(total), where=total > 0)
    return share


def _in_units(
    column: DesignColumn, values: ValuesByUnit, unit_names: Sequence[str]
) -> tuple[Floats, Floats, Floats, bool]:
    """Spells, mean and sum of squared deviations of a column in each unit (K,), and whether it is
    exactly constant within all of them."""
    count, mean, squares = (np.zeros(len(unit_names)) for _ in range(3))
    is_exact = True
    for k, name in enumerate(unit_names):
        if column.level is None:
            in_unit = values.numbers[column.column].get(name)
            if in_unit is None:
                continue
            constant = in_unit.low == in_unit.high
            count[k], squares[k] = in_unit.count, 0.0 if constant else in_unit.squares
            mean[k] = in_unit.low if constant else in_unit.mean
        else:
            counts = values.levels[column.column].get(name, {})
            count[k] = sum(counts.values())
            in_level = counts.get(column.level, 0)
            constant = in_level in (0, count[k])
            mean[k] = in_level / max(count[k], 1.0)
            squares[k] = in_level * (1.0 - mean[k])
        is_exact = is_exact and constant
    return count, mean, squares, is_exact
