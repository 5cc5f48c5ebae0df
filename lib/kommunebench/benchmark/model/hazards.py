"""Relative hazards and baselines of one group's model, in one version or in many at once."""

from dataclasses import dataclass, replace

import numpy as np

from kommunebench.benchmark.blocks.block import Flags, Floats, GroupSpells, Indices


@dataclass(frozen=True, slots=True)
class GroupHazards:
    """R versions of one group's model: the national model (R = 1), or bootstrap replicates of it.

    ``beta`` (p, R): coefficients of predictions, of the covariates as blocks hold them (numbers
    centred). ``level`` (R,): what is added to x beta in predictions. ``log_factors`` (H, R): log
    factor of the baseline survival in weeks 1 … H, minus infinity where all of the group at risk
    have the event; empty before it is known. Where the model has effects of the units,
    ``fit_beta`` (p, R) are the coefficients that the baseline is estimated with, beside the
    ``unit_effects`` (K, R), which are minus infinity where a unit has no events.
    """

    beta: Floats
    level: Floats
    log_factors: Floats
    fit_beta: Floats | None = None
    unit_effects: Floats | None = None

    @property
    def group_ends(self) -> Flags:
        """Weeks (H, R) in which all of the group at risk have the event."""
        return np.isneginf(self.log_factors)

    @property
    def finite_factors(self) -> Floats:
        """The factors (H, R), 0 in weeks in which the group ends."""
        return np.where(self.group_ends, 0.0, self.log_factors)

    def with_factors(self, log_factors: Floats) -> "GroupHazards":
        """The same with a baseline."""
        return replace(self, log_factors=log_factors)

    def risk(self, group: GroupSpells, rows: Indices | slice = slice(None)) -> Floats:
        """Relative hazards (n_g, R) of a block's spells, or some of them, in a unit of average
        effect; 0 in a level without events."""
        predictor = group.x[rows] @ self.beta
        predictor += self.level
        return _risk(predictor, group.zero_hazard[rows])

    def fit_risk(self, group: GroupSpells, rows: Indices | slice = slice(None)) -> Floats:
        """The same with the effect of the spell's unit (n_g, R): what baselines are estimated
        with."""
        if self.unit_effects is None or self.fit_beta is None:
            return self.risk(group, rows)
        predictor = group.x[rows] @ self.fit_beta
        predictor += self.unit_effects[group.unit[rows]]
        return _risk(predictor, group.zero_hazard[rows])


def _risk(predictor: Floats, no_hazard: Flags) -> Floats:
    risk = np.exp(predictor, out=predictor)
    risk[no_hazard] = 0.0
    return risk
