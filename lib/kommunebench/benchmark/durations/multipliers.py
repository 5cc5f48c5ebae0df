"""The conditional Kaplan-Meier estimate: multipliers of the national hazards by unit and week.

In unit K and week t the multiplier phi solves: sum over K's events of a / (1 - exp(-phi a)) = sum
over K's risk set of a, with a = -risk x log factor of the spell's group (method, section 5). It is
the Kalbfleisch-Prentice equation with a in the place of the risk.

Where a whole group has the event in a week nationally, its log factor is minus infinity. As a grows
without bound the group's terms on both sides of the equation cancel, so that the multiplier is that
of the other groups, and the group's curve falls to zero wherever the multiplier is positive or the
unit has events of the group in that week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Flags, Floats, SpellBlock
from kommunebench.benchmark.durations.measure import log_survival_of
from kommunebench.benchmark.durations.risk_sets import UnitRiskSets, Weights
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.survival.tie_equation import TieSums, solve_cells, tie_sums


@dataclass(frozen=True, slots=True)
class UnitCurves:
    """``multiplier`` phi (K, H, R): 0 without events, infinite where all at risk have the event, 1
    once nobody is at risk; ``falls`` (G, K, H, R): where a group's curve falls to zero because the
    group ends nationally."""

    multiplier: Floats
    falls: Flags

    @property
    def finite(self) -> Floats:
        """The multipliers, 0 where infinite: the curve is zero afterwards whatever the weights."""
        return np.where(np.isfinite(self.multiplier), self.multiplier, 0.0)

    def log_survival(self, hazard: GroupHazards, group: int, version: int = 0) -> Floats:
        """log S of risk 1 in each unit after 0, 1 … H weeks (K, H + 1) for one group."""
        factors = hazard.finite_factors[:, version]
        # An infinite multiplier in a week without events of the group leaves its curve as it is.
        with np.errstate(invalid="ignore"):
            steps = np.where(factors == 0, 0.0, self.multiplier[:, :, version] * factors)
        steps[self.falls[group, :, :, version]] = -np.inf
        return log_survival_of(steps, axis=1)


def unit_curves(
    blocks: Blocks, hazards: Sequence[GroupHazards], risk_sets: UnitRiskSets, weights: Weights
) -> UnitCurves:
    """The multipliers of all units. Raises ConvergenceError as tie_equation.solve_cells."""
    solved = solve_cells(
        lambda factors: blocks.total(
            partial(_tied_events, hazards=tuple(hazards), weights=weights, factors=factors)
        ),
        risk_sets.n_open_events.ravel().astype(np.intp),
        risk_sets.open_event_weight.ravel(),
        risk_sets.event_hazard.ravel(),
        risk_sets.hazard.ravel(),
    )
    at_risk = risk_sets.at_risk
    somebody = at_risk > 0
    multiplier = np.where(somebody, np.abs(solved.reshape(at_risk.shape)), 1.0)
    everyone = somebody & (risk_sets.event_weight >= at_risk * (1 - 1e-12))
    multiplier[everyone] = np.inf
    ends = np.stack([hazard.group_ends for hazard in hazards])[:, None]
    return UnitCurves(multiplier, ends & ((multiplier > 0) | risk_sets.ending))


def _tied_events(
    block: SpellBlock, hazards: Sequence[GroupHazards], weights: Weights, factors: Floats
) -> TieSums:
    """Sums of a block's events by unit, week and version at minus the multipliers (K H R,)."""
    total, count = TieSums.zero(len(factors)), weights.count
    all_weights = weights.of(block)
    for hazard, group in zip(hazards, block.groups, strict=True):
        events = np.flatnonzero(block.seen[group.rows])
        weight, week = all_weights[group.rows][events], block.exit_week[group.rows][events]
        a = -hazard.risk(group, events) * hazard.finite_factors[week]
        cell = (block.unit[group.rows][events] * block.horizon + week)[:, None] * count
        drawn = (weight > 0) & (a > 0)
        total = total.merge(
            tie_sums((cell + np.arange(count))[drawn], weight[drawn], a[drawn], factors)
        )
    return total
