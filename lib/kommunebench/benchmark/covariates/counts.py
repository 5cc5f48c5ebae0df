"""What the design of a model is decided from: counts of spells and events by level of a
covariate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.errors import InputError


@dataclass(frozen=True, slots=True)
class LevelCounts:
    """Spells and events of one level, and the longest duration of its spells."""

    spells: int
    events: int
    longest: int

    def merge(self, other: "LevelCounts") -> "LevelCounts":
        """The counts of both sets of spells."""
        return LevelCounts(
            self.spells + other.spells,
            self.events + other.events,
            max(self.longest, other.longest),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberCounts:
    """Spells with the number known, their sum, smallest and largest value, and the counts of the
    values 0 and 1 (None where there is none)."""

    spells: int
    total: float
    low: float
    high: float
    zero: LevelCounts | None
    one: LevelCounts | None

    def merge(self, other: "NumberCounts") -> "NumberCounts":
        """The counts of both sets of spells."""
        return NumberCounts(
            spells=self.spells + other.spells,
            total=self.total + other.total,
            low=min(self.low, other.low),
            high=max(self.high, other.high),
            zero=_merged_or_either(self.zero, other.zero),
            one=_merged_or_either(self.one, other.one),
        )

    @property
    def is_binary(self) -> bool:
        """Whether there is no other value than 0 and 1."""
        return self.spells == sum(c.spells for c in (self.zero, self.one) if c is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateCounts:
    """Counts of one group's spells; those of blocks add up.

    ``spells``; ``events``; ``first_event``: shortest duration that ended in an event (None without
    events); ``missing`` by column; ``levels`` by column and value; ``numbers`` by column.
    """

    spells: int
    events: int
    first_event: int | None
    missing: dict[str, int]
    levels: dict[str, dict[str, LevelCounts]]
    numbers: dict[str, NumberCounts]

    @staticmethod
    def zero() -> "CovariateCounts":
        """The counts of no spells."""
        return CovariateCounts(
            spells=0, events=0, first_event=None, missing={}, levels={}, numbers={}
        )

    def merge(self, other: "CovariateCounts") -> "CovariateCounts":
        """The counts of both sets of spells."""
        missing = {
            name: self.missing.get(name, 0) + other.missing.get(name, 0)
            for name in {**self.missing, **other.missing}
        }
        levels = {name: dict(counts) for name, counts in self.levels.items()}
        for name, counts in other.levels.items():
            levels[name] = _merged(levels.get(name, {}), counts)
        first_events = [t for t in (self.first_event, other.first_event) if t is not None]
        return CovariateCounts(
            spells=self.spells + other.spells,
            events=self.events + other.events,
            first_event=min(first_events, default=None),
            missing=missing,
            levels=levels,
            numbers=_merged(self.numbers, other.numbers),
        )


def _merged_or_either(one: LevelCounts | None, other: LevelCounts | None) -> LevelCounts | None:
    if one is None or other is None:
        return one or other
    return one.merge(other)


def _merged(one: dict, other: dict) -> dict:
    result = dict(one)
    for key, counts in other.items():
        result[key] = result[key].merge(counts) if key in result else counts
    return result


def count_covariates(
    spells: pd.DataFrame,
    duration: np.ndarray,
    event: np.ndarray,
    specs: Sequence[CovariateSpec],
) -> CovariateCounts:
    """Counts of a block of spells of one group. Raises InputError for numbers that are infinite."""
    happened = event.astype(bool)
    missing, levels, numbers = {}, {}, {}
    for spec in specs:
        values = spells[spec.column]
        missing[spec.column] = int(values.isna().sum())
        if spec.kind == "category":
            codes, names = pd.factorize(values)
            counts = _level_counts(codes, len(names), duration, happened)
            levels[spec.column] = {str(v): c for v, c in zip(names, counts, strict=True)}
        elif len(values) > missing[spec.column]:
            numbers[spec.column] = _number_counts(spec.column, values, duration, happened)
    first = int(duration[happened].min()) if happened.any() else None
    return CovariateCounts(
        spells=len(spells),
        events=int(happened.sum()),
        first_event=first,
        missing=missing,
        levels=levels,
        numbers=numbers,
    )


def _level_counts(
    codes: np.ndarray, n_levels: int, duration: np.ndarray, happened: np.ndarray
) -> list[LevelCounts]:
    known = codes >= 0
    n_spells = np.bincount(codes[known], minlength=n_levels)
    n_events = np.bincount(codes[known], happened[known], n_levels)
    longest = np.zeros(n_levels, np.int64)
    np.maximum.at(longest, codes[known], duration[known])
    return [
        LevelCounts(int(n), int(d), int(t))
        for n, d, t in zip(n_spells, n_events, longest, strict=True)
    ]


def _number_counts(
    name: str, values: pd.Series, duration: np.ndarray, happened: np.ndarray
) -> NumberCounts:
    value = pd.to_numeric(values).to_numpy(float, na_value=np.nan)
    known = ~np.isnan(value)
    infinite = np.isinf(value)
    if infinite.any():
        raise InputError(
            f"covariate {name}: infinite in {int(infinite.sum())} of {len(value)} spells."
        )
    codes = np.select([value == 0.0, value == 1.0], [0, 1], -1)
    zero, one = _level_counts(codes, 2, duration, happened)
    finite = value[known]
    return NumberCounts(
        spells=len(finite),
        total=float(finite.sum()),
        low=float(finite.min()),
        high=float(finite.max()),
        zero=zero if zero.spells else None,
        one=one if one.spells else None,
    )
