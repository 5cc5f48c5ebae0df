"""Effects of the units as columns of a model (method, section 6)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class UnitEffects:
    """Columns of a model with effects of the units: one for each of ``units`` (codes; ``names``), 1
    for its spells less ``share``, its part of the group's spells, so that the effects'
    spell-weighted mean is zero where all columns are zero.

    ``with_events`` (K,): units with events, the first of them without a column, ``n_spells`` in
    all; the other units have hazard 0 in the fit, which is the limit of the likelihood.
    """

    with_events: np.ndarray
    units: np.ndarray
    names: tuple[str, ...]
    share: np.ndarray
    n_spells: float

    @staticmethod
    def of_counts(
        n_spells: np.ndarray, n_events: np.ndarray, names: Sequence[str]
    ) -> "UnitEffects":
        """The columns of one group, from its spells and events by unit, and the units' names, each
        (K,)."""
        with_events = np.asarray(n_events > 0)
        units = np.flatnonzero(with_events)[1:]
        total = float(n_spells[with_events].sum())
        share = n_spells[units] / total if total else n_spells[units]
        # A unit's code may be the name of a covariate's term.
        return UnitEffects(
            with_events, units, tuple(f"unit {names[k]}" for k in units), share, total
        )

    def matrix(self, unit: np.ndarray) -> np.ndarray:
        """Columns (n, u) of spells of these units."""
        return (unit[:, None] == self.units[None, :]) - self.share

    def centred(self, effects: np.ndarray) -> np.ndarray:
        """Effects of all units (K,), mean zero over the group's spells, from the columns'
        coefficients (u,); 0 for units without events."""
        result = np.zeros(len(self.with_events))
        result[self.units] = effects
        return np.where(self.with_events, result - self.share @ effects, 0.0)
