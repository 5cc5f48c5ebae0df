"""Effects of the units in the model that carries the verdicts (method, section 6)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ConstantColumns:
    """The q columns of a design that are constant, or nearly so, within every unit over all of a
    group's spells: ``positions`` (q,) in the design, and the units' ``values`` (K, q), their means
    over the spells, numbers centred as in the design; 0 where a unit has no spells of the
    group."""

    positions: Indices
    values: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEffects:
    """Effects of the units in one group's model: one column for each of ``units`` (u,) (codes;
    ``names``), 1 for its spells less ``share``, its part of the group's spells, so that the
    effects' spell-weighted mean is zero where all columns are zero.

    ``with_events`` (K,): units with events (of shares: with successes and failures), the first of
    them without a column, ``n_spells`` in all; the other units are at the limit of the likelihood
    and outside the fit. ``n_by_unit`` (K,): spells by unit, 0 for units outside the fit.
    ``constant``: columns of the design that cannot stand beside these effects.
    """

    with_events: Flags
    units: Indices
    names: tuple[str, ...]
    share: Floats
    n_spells: float
    n_by_unit: Floats
    constant: ConstantColumns

    @staticmethod
    def of_counts(
        n_spells: np.ndarray, n_events: np.ndarray, names: Sequence[str], constant: ConstantColumns
    ) -> "UnitEffects":
        """The columns of one group's hazards, from its spells and events by unit, and the units'
        names, each (K,)."""
        return UnitEffects._of(n_spells, np.asarray(n_events > 0), names, constant)

    @staticmethod
    def of_outcomes(
        n_cases: np.ndarray, n_events: np.ndarray, names: Sequence[str], constant: ConstantColumns
    ) -> "UnitEffects":
        """The columns of one group's log odds: units in which all or none succeed are outside the
        fit."""
        both = np.asarray((n_events > 0) & (n_events < n_cases))
        return UnitEffects._of(n_cases, both, names, constant)

    @staticmethod
    def _of(
        n_spells: np.ndarray, with_events: Flags, names: Sequence[str], constant: ConstantColumns
    ) -> "UnitEffects":
        units = np.flatnonzero(with_events)[1:]
        n_by_unit = np.where(with_events, n_spells, 0).astype(float)
        total = float(n_by_unit.sum())
        share = n_by_unit[units] / total if total else n_by_unit[units]
        return UnitEffects(
            with_events=with_events,
            units=units,
            # A unit's code may be the name of a covariate's term.
            names=tuple(f"unit {names[k]}" for k in units),
            share=share,
            n_spells=total,
            n_by_unit=n_by_unit,
            constant=constant,
        )

    def matrix(self, unit: Indices) -> Floats:
        """Columns (n, u) of spells of these units."""
        return (unit[:, None] == self.units[None, :]) - self.share

    def columns_of_sums(self, by_unit: Floats) -> Floats:
        """Sums of the columns (…, u) over spells whose weights are summed by unit (…, K)."""
        return by_unit[..., self.units] - by_unit.sum(axis=-1, keepdims=True) * self.share

    def centred(self, effects: Floats) -> Floats:
        """Effects of all units (K, …), mean zero over the group's spells, from the columns'
        coefficients (u, …); 0 for units without events."""
        result = np.zeros((len(self.with_events), *effects.shape[1:]))
        result[self.units] = effects
        result[self.with_events] -= self.share @ effects
        return result

    @property
    def centring(self) -> Floats:
        """The matrix (K, u) that takes the columns' coefficients to the centred effects."""
        return self.centred(np.eye(len(self.units)))

    @property
    def contrasts(self) -> Floats:
        """The matrix (u, K) that takes effects of the units to the columns' coefficients: the
        effect less that of the first unit with events, which has no column."""
        first = np.flatnonzero(self.with_events)[:1]
        result = np.zeros((len(self.units), len(self.with_events)))
        result[np.arange(len(self.units)), self.units] = 1.0
        result[:, first] = -1.0
        return result

    def in_fit(self, effects: Floats) -> Floats:
        """Log hazards of the units in the fit (K, …) from the columns' coefficients (u, …): minus
        infinity for units without events."""
        result = self.centred(effects)
        result[~self.with_events] = -np.inf
        return result
