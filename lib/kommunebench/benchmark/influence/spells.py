"""Influences of a block's spells on the performance of all units, from derivatives that the whole
data gave (method, section 7)."""

from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.blocks.block import Floats, GroupSpells, SpellBlock, grouping
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.pace import PaceScale
from kommunebench.benchmark.durations.chain import (
    ChainEstimate,
    expected_measure,
    robust_measure,
)
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.durations.observed import UnitCounts
from kommunebench.benchmark.influence.sums import counted_events, event_terms
from kommunebench.benchmark.model.likelihood import score_residuals


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEffects:
    """Derivatives of the 2 K performances (plain, then robust) in one group: ``d_score`` (p, 2K) in
    a spell's score residuals; ``d_week`` (H, 2K) in its event's term of each week's baseline
    equation, and ``d_at_risk`` (H, 2K), their running sums, in its risk in all weeks up to one;
    ``d_level`` (2K,) in the level of predictions, which the mean effect of the units sets;
    ``d_deviation`` (K, 2K) in the units' deviations from the regression of the second stage, in
    standard deviations (None without one)."""

    d_score: Floats
    d_week: Floats
    d_at_risk: Floats
    d_level: Floats
    d_deviation: Floats | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InfluencePlan:
    """All that a block needs to turn its spells into influences, of the size of units, weeks and
    terms. ``on_expected``, ``on_observed``, ``on_robust`` (K,): derivatives of the performance in
    the unit's measures, the latter two with their sign turned; ``pace_scale``: between the
    performance and the unit's log hazard; ``ratio`` (K, H): G / h."""

    chain: ChainEstimate
    groups: tuple[GroupEffects, ...]
    ratio: Floats
    on_expected: Floats
    on_observed: Floats
    on_robust: Floats
    pace_scale: PaceScale
    per_event: Floats
    running_per_event: Floats


@dataclass(frozen=True, slots=True)
class Gram:
    """A sum of outer products (2K, 2K)."""

    total: Floats

    def merge(self, other: "Gram") -> "Gram":
        """The sum of both."""
        return Gram(self.total + other.total)


def influence_gram(block: SpellBlock, plan: InfluencePlan) -> Gram:
    """Outer products of the influences of a block's persons, added up."""
    _, code = np.unique(block.person, return_inverse=True)
    by_person = grouping(code, int(code.max(initial=-1)) + 1) @ spell_influences(block, plan)
    return Gram(by_person.T @ by_person)


def spell_influences(block: SpellBlock, plan: InfluencePlan) -> Floats:
    """Influences of a block's spells (n, 2K): plain, then robust."""
    n_units = block.n_units
    result = np.zeros((len(block.duration), 2 * n_units))
    for g, group in enumerate(block.groups):
        result[group.rows] = _through_group(block, g, plan)
    spells = np.arange(len(result))
    plain, robust = _through_unit(block, plan)
    result[spells, block.unit] += plain
    result[spells, n_units + block.unit] += robust
    return result


def _through_group(block: SpellBlock, g: int, plan: InfluencePlan) -> Floats:
    """Influences (n_g, 2K) through the group's coefficients and baseline."""
    model, effects, group = plan.chain.models[g], plan.groups[g], block.groups[g]
    hazard, week = model.hazards, block.exit_week[group.rows]
    fit_risk = hazard.fit_risk(group)[:, 0]
    terms = event_terms(block, group, hazard, model.choice, fit_risk)
    scores = score_residuals(block, g, model)
    # dl(s)/dw_i = [Y_i r_i - dN_i r_i/(1-e^{r_i l})] / g_s (method, section 7).
    through_week = (
        fit_risk[:, None] * effects.d_at_risk[week] - terms.term[:, None] * effects.d_week[week]
    )
    shared = scores @ effects.d_score + through_week
    if model.unit_effects is None:
        return shared
    # A spell moves the mean effect of the units and the mean of the second stage's columns, and
    # with them the unit of average effect that is predicted for.
    share = model.remaining_effects[group.unit] / model.unit_effects.n_spells
    # A level without events has no hazard, but its spells count in the units' shares.
    return shared + share[:, None] * effects.d_level


def _through_unit(block: SpellBlock, plan: InfluencePlan) -> tuple[Floats, Floats]:
    """The parts of the influences in the spell's own unit (n,): plain, then robust."""
    chain, unit = plan.chain, block.unit
    n_spells = chain.n_spells[unit]
    expected = expected_measure(block, chain.hazards, chain.measure)
    robust = robust_measure(block, chain.hazards, chain.curves, chain.measure)
    of_expected = plan.on_expected[unit] * (expected - chain.expected[unit]) / n_spells
    of_observed = kaplan_meier_influence(block, plan.per_event, plan.running_per_event)
    of_robust = (robust - chain.robust[unit]) / n_spells
    for g, group in enumerate(block.groups):
        of_robust[group.rows] += _through_multiplier(block, group, g, plan)
    return (
        of_expected - plan.on_observed[unit] * of_observed,
        of_expected - plan.on_robust[unit] * of_robust,
    )


def kaplan_meier_effects(counts: UnitCounts, measure: Measure) -> tuple[Floats, Floats]:
    """The derivative of a unit's observed measure in the weight of an event in each week, and the
    running sums of what being at risk adds, both (K, H)."""
    right = measure.to_the_right(counts.survival)
    staying = counts.at_risk - counts.events
    per_event = np.divide(right, staying, out=np.zeros_like(right), where=staying > 0)
    share = np.divide(
        counts.events, counts.at_risk, out=np.zeros_like(right), where=counts.at_risk > 0
    )
    return per_event, np.cumsum(per_event * share, axis=1)


def kaplan_meier_influence(
    block: SpellBlock, per_event: Floats, running_per_event: Floats
) -> Floats:
    """d O_K / d w_i of the observed measure of the spell's unit (n,)."""
    at_exit = block.unit, block.exit_week
    return running_per_event[at_exit] - np.where(block.seen, per_event[at_exit], 0.0)


def _through_multiplier(
    block: SpellBlock, group: GroupSpells, g: int, plan: InfluencePlan
) -> Floats:
    """d R_K / d w_i through the multipliers of the spell's unit (n_g,)."""
    hazard, ratio = plan.chain.models[g].hazards, plan.ratio
    unit, week = block.unit[group.rows], block.exit_week[group.rows]
    risk, factors = hazard.risk(group)[:, 0], hazard.finite_factors[:, 0]
    # -G dphi/dw = (G / h) [dN a / (1 - exp(-phi a)) - Y a], with a = -r l.
    running = np.cumsum(ratio * -factors[None, :], axis=1)
    a = -risk * factors[week]
    counted = counted_events(block, group, hazard, ratio)
    gap = -np.expm1(-np.where(counted, plan.chain.curves.finite[unit, week, 0] * a, 1.0))
    return np.where(counted, ratio[unit, week] * a / gap, 0.0) - risk * running[unit, week]


def performance_derivatives(
    chain: ChainEstimate, indicator: Indicator
) -> tuple[Floats, Floats, Floats]:
    """Derivatives of the performances in expected, observed and robust measure, each (K,)."""
    return (
        indicator.derivative(chain.expected),
        indicator.derivative(chain.observed.value),
        indicator.derivative(chain.robust),
    )
