"""Relative hazards and baselines of one group's model, in one version or in many at once."""

from dataclasses import dataclass, replace

import numpy as np

from kommunebench.benchmark.blocks.block import Flags, Floats, GroupSpells, Indices


@dataclass(frozen=True, slots=True)
class GroupHazards:
    """R versions of one group's model: the national model (R = 1), or bootstrap replicates of it.

    ``beta`` (p, R): coefficients of the covariates as blocks hold them (numbers centred).
    ``log_factors`` (H, R): log factor of the baseline survival in weeks 1 … H, minus infinity where
    all of the group at risk have the event; empty before it is known. ``n_shared``: number of
    terms that predictions use; those after them are effects of the units. ``mean_effect`` (R,): the
    spells' mean effect of their unit, in the version's own weights.
    """

    beta: Floats
    n_shared: int
    log_factors: Floats
    mean_effect: Floats

    @property
    def has_unit_effects(self) -> bool:
        """Whether the model has effects of the units."""
        return len(self.beta) > self.n_shared

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
        """exp(x beta) (n_g, R) of a block's spells, or some of them, in a unit of average effect; 0
        in a level without events."""
        shared = self.n_shared
        predictor = group.x[rows, :shared] @ self.beta[:shared]
        predictor += self.mean_effect
        return _risk(predictor, group.zero_hazard[rows])

    def fit_risk(self, group: GroupSpells, rows: Indices | slice = slice(None)) -> Floats:
        """The same with the effect of the spell's unit (n_g, R): what baselines are estimated
        with."""
        if not self.has_unit_effects:
            return self.risk(group, rows)
        return _risk(group.x[rows] @ self.beta, group.outside_fit[rows])


def _risk(predictor: Floats, no_hazard: Flags) -> Floats:
    risk = np.exp(predictor, out=predictor)
    risk[no_hazard] = 0.0
    return risk
