"""How a group's coefficients and baseline factors move with a spell's case weight (method, section 7)."""

from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.expected import GroupModel
from kommunebench.benchmark.spell_arrays import Flags, Floats, Indices, SpellArrays


@dataclass(frozen=True, slots=True)
class GroupDerivatives:
    """``beta_by_spell`` (n_g, p): d beta / d w_i, 0 for spells of a level without events; ``factor_on_beta`` (H, p): d l(s) / d beta;
    ``slope`` (H,): g_s, infinite where the factor is fixed; and what the direct part d l(s) / d w_i is made of."""

    beta_by_spell: Floats
    factor_on_beta: Floats
    slope: Floats
    risk: Floats
    event_term: Floats
    last: Indices
    seen: Flags

    def spell_effects(self, position: Indices, effect_beta: Floats, effect_factor: Floats) -> Floats:
        """Influences (len(position), 2K) of some spells, from derivatives in coefficients (p, 2K) and factors (H, 2K)."""
        per_week = effect_factor / self.slope[:, None]
        running = np.cumsum(per_week, axis=0)
        last = self.last[position]
        through_factor = self.risk[position][:, None] * running[last]
        at_event = np.where(self.seen[position], self.event_term[position], 0.0)
        return self.beta_by_spell[position] @ effect_beta + through_factor - at_event[:, None] * per_week[last]


def group_derivatives(arrays: SpellArrays, model: GroupModel) -> GroupDerivatives:
    """Derivatives of one group's model, Breslow or Efron scores for the coefficients, Kalbfleisch-Prentice for the factors."""
    rows, horizon, fit = model.rows, arrays.horizon, model.fit
    assert fit is not None
    informative = np.flatnonzero(~model.design.certain)
    beta = np.zeros(model.x.shape)
    beta[informative] = fit.score_residuals() @ fit.covariance.to_numpy()
    week = np.minimum(arrays.duration[rows], horizon) - 1
    seen = arrays.event[rows] & (arrays.duration[rows] <= horizon)
    lr = np.where(seen, model.risk * model.log_factors[week], -1.0)
    finite = np.isfinite(lr)
    lr = np.where(finite, lr, -1.0)
    gap = -np.expm1(lr)
    counted = seen & finite
    curvature = (model.risk**2 * np.exp(lr) / gap**2)[counted]
    slope: Floats = np.asarray(np.bincount(week[counted], curvature, horizon), dtype=float)
    bracket = model.risk / gap + model.risk**2 * np.where(counted, model.log_factors[week], 0.0) * np.exp(lr) / gap**2
    at_event = np.zeros((horizon, model.x.shape[1]))
    np.add.at(at_event, week[counted], (bracket[:, None] * model.x)[counted])
    ending = np.zeros_like(at_event)
    np.add.at(ending, week, model.risk[:, None] * model.x)
    at_risk = np.cumsum(ending[::-1], axis=0)[::-1]
    slope = np.where(slope > 0, slope, np.inf)
    on_beta = -(at_event - at_risk) / slope[:, None]
    return GroupDerivatives(beta, on_beta, slope, model.risk, np.where(counted, model.risk / gap, 0.0), week, counted)
