"""Covariates of spells as columns of a model: dummy coding, references, levels without events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from kommunebench.errors import InputError

Kind = Literal["category", "number", "indicator"]


@dataclass(frozen=True, slots=True)
class CovariateSpec:
    """How a column enters the model. A category's terms are ``prefix_value`` (the value alone where
    the prefix is empty)."""

    column: str
    kind: Kind
    prefix: str
    reference: str | None = None

    def term(self, value: str) -> str:
        """Name of the term of one value of a category."""
        return f"{self.prefix}_{value}" if self.prefix else value


@dataclass(frozen=True, slots=True)
class Design:
    """Columns of one model: ``matrix`` (n, p), one row per spell; ``references``: reference terms;
    ``no_events``: terms whose level has spells but no event, and ``certain`` (n,) marks those
    spells: their hazard is 0, the limit of the likelihood."""

    matrix: pd.DataFrame
    references: tuple[str, ...]
    no_events: tuple[str, ...]
    certain: np.ndarray

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.matrix.columns)


@dataclass(frozen=True, slots=True)
class UnitColumns:
    """Columns of a model with effects of the units (method, section 6): one for each of ``units``
    (codes; ``names``), 1 for its spells less ``share``, its part of the group's spells, so that the
    effects' spell-weighted mean is zero at the columns' zero.

    ``kept`` (K,): units with events, the first of them without a column, ``spells`` in all; the
    others have hazard 0 in the fit, the limit of the likelihood.
    """

    kept: np.ndarray
    units: np.ndarray
    names: tuple[str, ...]
    share: np.ndarray
    spells: float

    @staticmethod
    def of_counts(spells: np.ndarray, events: np.ndarray, names: Sequence[str]) -> "UnitColumns":
        """The columns of one group, from its spells and events by unit, and the units' names (K,)."""
        kept = np.asarray(events > 0)
        units = np.flatnonzero(kept)[1:]
        total = float(spells[kept].sum())
        return UnitColumns(
            kept, units, tuple(names[k] for k in units), spells[units] / total, total
        )

    def matrix(self, unit: np.ndarray) -> np.ndarray:
        """Columns (n, u) of spells of these units."""
        return (unit[:, None] == self.units[None, :]) - self.share

    def centred(self, effects: np.ndarray) -> np.ndarray:
        """Effects of all units (K,), mean zero over the group's spells, from the columns'
        coefficients (u,); 0 without events."""
        result = np.zeros(len(self.kept))
        result[self.units] = effects
        return np.where(self.kept, result - self.share @ effects, 0.0)


def infer_specs(spells: pd.DataFrame, covariates: Sequence[str]) -> tuple[CovariateSpec, ...]:
    """Text and category columns are dummy coded against their first level (categories: in their
    order), numbers are linear."""
    specs = []
    for name in covariates:
        column = spells[name]
        if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
            specs.append(CovariateSpec(name, "number", name))
        else:
            ordered = (
                column.cat.categories
                if isinstance(column.dtype, pd.CategoricalDtype)
                else sorted(column.dropna().unique())
            )
            specs.append(CovariateSpec(name, "category", name, str(ordered[0])))
    return tuple(specs)


@dataclass(frozen=True, slots=True)
class CovariateCounts:
    """What the design of one group is decided from; counts of blocks of spells add up.

    ``spells``; ``missing`` by column; ``levels``: per category the (spells, events) of each value;
    ``ranges``: per number its smallest and largest value.
    """

    spells: int
    missing: dict[str, int]
    levels: dict[str, dict[str, tuple[int, int]]]
    ranges: dict[str, tuple[float, float]]

    @staticmethod
    def zero() -> "CovariateCounts":
        """The counts of no spells."""
        return CovariateCounts(0, {}, {}, {})

    def merge(self, other: "CovariateCounts") -> "CovariateCounts":
        """The counts of both sets of spells."""
        missing = {
            name: self.missing.get(name, 0) + other.missing.get(name, 0)
            for name in {**self.missing, **other.missing}
        }
        levels = {name: dict(own) for name, own in self.levels.items()}
        for name, found in other.levels.items():
            own = levels.setdefault(name, {})
            for value, (spells, events) in found.items():
                before = own.get(value, (0, 0))
                own[value] = (before[0] + spells, before[1] + events)
        ranges = dict(self.ranges)
        for name, (low, high) in other.ranges.items():
            before_low, before_high = ranges.get(name, (low, high))
            ranges[name] = (min(before_low, low), max(before_high, high))
        return CovariateCounts(self.spells + other.spells, missing, levels, ranges)


@dataclass(frozen=True, slots=True)
class DesignColumn:
    """One column of a model: ``level`` of a category (1 where the spell has it), or the number
    itself (level None)."""

    term: str
    column: str
    level: str | None


@dataclass(frozen=True, slots=True)
class DesignPlan:
    """The columns of one group's model, references and levels without events, before any spell is
    coded.

    ``certain_levels``: (column, level) pairs without events.
    """

    columns: tuple[DesignColumn, ...]
    references: tuple[str, ...]
    no_events: tuple[str, ...]
    certain_levels: tuple[tuple[str, str], ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.term for column in self.columns)


def count_covariates(
    spells: pd.DataFrame, event: np.ndarray, specs: Sequence[CovariateSpec]
) -> CovariateCounts:
    """Counts of a block of spells of one group."""
    missing, levels, ranges = {}, {}, {}
    for spec in specs:
        values = spells[spec.column]
        missing[spec.column] = int(values.isna().sum())
        if spec.kind == "category":
            codes, found = pd.factorize(values)
            own = codes >= 0
            number = np.bincount(codes[own], minlength=len(found))
            happened = np.bincount(codes[own], event[own], len(found))
            levels[spec.column] = {
                str(v): (int(n), int(d)) for v, n, d in zip(found, number, happened, strict=True)
            }
        elif len(values) > missing[spec.column]:
            known = pd.to_numeric(values).to_numpy(float)
            ranges[spec.column] = (float(np.nanmin(known)), float(np.nanmax(known)))
    return CovariateCounts(len(spells), missing, levels, ranges)


def plan_design(counts: CovariateCounts, specs: Sequence[CovariateSpec]) -> DesignPlan:
    """Which columns one group's model has. Levels no spell has give no column; a level all have
    gives none either.

    Raises InputError naming column and count for missing values.
    """
    columns: list[DesignColumn] = []
    references, no_events, certain = [], [], []
    for spec in specs:
        missing = counts.missing.get(spec.column, 0)
        if missing:
            raise InputError(
                f"covariate {spec.column}: missing in {missing} of {counts.spells} spells; give"
                " unknown a category of its own."
            )
        if spec.kind != "category":
            low, high = counts.ranges[spec.column]
            if high > low:
                columns.append(DesignColumn(spec.column, spec.column, None))
            continue
        levels = counts.levels[spec.column]
        reference = spec.reference if spec.reference in levels else None
        if reference is None:
            # A group without spells in the reference level compares with its most frequent level.
            reference = max(levels, key=lambda level: (levels[level][0], level))
        references.append(spec.term(reference))
        for level in sorted(levels):
            if level == reference:
                continue
            if levels[level][1] == 0:
                no_events.append(spec.term(level))
                certain.append((spec.column, level))
            else:
                columns.append(DesignColumn(spec.term(level), spec.column, level))
    return DesignPlan(tuple(columns), tuple(references), tuple(no_events), tuple(certain))


def build_design(spells: pd.DataFrame, event: np.ndarray, specs: Sequence[CovariateSpec]) -> Design:
    """Design of the spells of one group, planned from their counts. Raises InputError as
    plan_design."""
    plan = plan_design(count_covariates(spells, event, specs), specs)
    text = {
        spec.column: spells[spec.column].astype(str).to_numpy()
        for spec in specs
        if spec.kind == "category"
    }
    columns = {
        c.term: (
            pd.to_numeric(spells[c.column]).to_numpy(float)
            if c.level is None
            else (text[c.column] == c.level).astype(float)
        )
        for c in plan.columns
    }
    certain = np.zeros(len(spells), bool)
    for column, level in plan.certain_levels:
        certain |= text[column] == level
    return Design(
        pd.DataFrame(columns, index=range(len(spells))), plan.references, plan.no_events, certain
    )
