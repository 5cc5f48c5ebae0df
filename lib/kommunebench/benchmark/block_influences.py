"""Influences of a block's spells on all log indicators, from derivatives the whole data gave
(method, section 7)."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from kommunebench.benchmark.chain_sums import backwards, spell_durations
from kommunebench.benchmark.influence_sums import event_terms, finite_multiplier
from kommunebench.benchmark.observed import UnitCounts
from kommunebench.benchmark.spell_arrays import Floats, Indices
from kommunebench.benchmark.spell_blocks import GroupRows, NationalModel, SpellBlock
from kommunebench.survival.cox_sums import CoxRows
from kommunebench.survival.partial_likelihood import block_score_residuals
from kommunebench.survival.risk_sets import lay_out

_BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class ChainPoint:
    """What the influence functions are taken at, nothing of it growing with spells: the models;
    ``size`` (K,) spells; counts; ``expected``, ``observed``, ``robust`` durations (K,);
    ``multiplier`` (K, H); ``risk`` (G, K, H): exp(x beta) of those at risk."""

    models: tuple[NationalModel, ...]
    size: Floats
    counts: UnitCounts
    expected: Floats
    observed: Floats
    robust: Floats
    multiplier: Floats
    risk: Floats


@dataclass(frozen=True, slots=True)
class GroupEffects:
    """Derivatives of the 2 K log indicators (plain, then robust) in one group: ``score`` (p, 2K) in
    a spell's score residuals, ``week`` (H, 2K) in its term of each week's baseline equation, and
    ``running`` (H, 2K) their running sums; ``level`` (2K,) in the logarithm of all risks of the
    baseline's equation, whose level the mean effect of the units sets."""

    score: Floats
    week: Floats
    running: Floats
    level: Floats


@dataclass(frozen=True, slots=True)
class InfluencePlan:
    """All that a block needs to turn its spells into influences: of the size of units, weeks and
    terms."""

    point: ChainPoint
    groups: tuple[GroupEffects, ...]
    ratio: Floats
    greenwood_event: Floats
    greenwood_running: Floats


@dataclass(frozen=True, slots=True)
class Gram:
    """A sum of outer products (2K, 2K)."""

    total: Floats

    def merge(self, other: "Gram") -> "Gram":
        """The sum of both."""
        return Gram(self.total + other.total)


def influence_gram(block: SpellBlock, plan: InfluencePlan) -> Gram:
    """Outer products of the influences of a block's persons, summed."""
    order = np.argsort(block.person, kind="stable")
    total = np.zeros((2 * block.units, 2 * block.units))
    for rows in _whole_persons(block.person[order], order):
        part = block.take(rows) if len(rows) < len(order) else block
        _, person = np.unique(part.person, return_inverse=True)
        summing = sparse.csr_matrix((np.ones(len(person)), (person, np.arange(len(person)))))
        by_person = summing @ block_influences(part, plan)
        total += by_person.T @ by_person
    return Gram(total)


def block_influences(block: SpellBlock, plan: InfluencePlan) -> Floats:
    """Influences of a block's spells (n, 2K): plain, then robust."""
    point, units = plan.point, block.units
    result = np.zeros((len(block.duration), 2 * units))
    for model, group, effects in zip(point.models, block.groups, plan.groups, strict=True):
        result[group.rows] = _shared_part(block, model, group, effects)
    place = np.arange(len(result))
    plain, robust = _own_parts(block, plan)
    result[place, block.unit] += plain
    result[place, units + block.unit] += robust
    return result


def _shared_part(
    block: SpellBlock, model: NationalModel, group: GroupRows, effects: GroupEffects
) -> Floats:
    """Influences (n_g, 2K) through the group's coefficients and baseline."""
    rows = group.rows
    risk, last = model.fit_risk(group), block.last[rows]
    terms = event_terms(block, group, model, risk)
    scores = np.zeros(group.x.shape)
    inside = np.flatnonzero(~group.left_out)
    layout = lay_out(
        block.duration[rows[inside]].astype(float), block.event[rows[inside]], np.zeros(len(inside)),
        np.zeros(len(inside), np.intp), model.grid,
    )  # fmt: skip
    own = CoxRows(layout, group.x[inside], np.ones(len(inside)), np.zeros(len(inside)))
    scores[inside] = block_score_residuals(own, model.beta, model.terms)
    through_week = risk[:, None] * effects.running[last] - terms.term[:, None] * effects.week[last]
    shared = scores @ effects.score + through_week
    if model.units is None:
        return shared
    # A spell moves the mean effect of the units, and with it the unit of average effect that is
    # predicted for.
    centred = model.units.centred(model.beta[model.shared :])
    share = centred[block.unit[rows]] / model.units.spells
    return shared + share[:, None] * effects.level


def _own_parts(block: SpellBlock, plan: InfluencePlan) -> tuple[Floats, Floats]:
    """Own-unit parts of the influences by spell (n,): of log E - log O, and of log E - log R."""
    point, unit = plan.point, block.unit
    expected, robust = spell_durations(block, point.models, point.multiplier)
    size = point.size[unit]
    of_expected = (expected - point.expected[unit]) / (size * point.expected[unit])
    of_robust = (robust - point.robust[unit]) / size + _multiplier_part(block, plan)
    return (
        of_expected
        - kaplan_meier_part(block, plan.greenwood_event, plan.greenwood_running)
        / point.observed[unit],
        of_expected - of_robust / point.robust[unit],
    )


def greenwood_parts(counts: UnitCounts) -> tuple[Floats, Floats]:
    """d O_K / d w of an event in each week, and running sums of what being at risk adds, both (K,
    H)."""
    survival = counts.survival
    right = from_next_week(survival)
    staying = counts.at_risk - counts.events
    per_event = np.divide(right, staying, out=np.zeros_like(right), where=staying > 0)
    share = np.divide(
        counts.events, counts.at_risk, out=np.zeros_like(right), where=counts.at_risk > 0
    )
    return per_event, np.cumsum(per_event * share, axis=1)


def kaplan_meier_part(block: SpellBlock, per_event: Floats, running: Floats) -> Floats:
    """d O_K / d w_i of the Kaplan-Meier area, own unit (n,)."""
    return running[block.unit, block.last] - np.where(
        block.seen, per_event[block.unit, block.last], 0.0
    )


def _multiplier_part(block: SpellBlock, plan: InfluencePlan) -> Floats:
    """d R_K / d w_i through the own unit's multipliers (n,)."""
    result, ratio = np.empty(len(block.duration)), plan.ratio
    for model, group in zip(plan.point.models, block.groups, strict=True):
        unit, last, risk = block.unit[group.rows], block.last[group.rows], model.risk(group)
        factors = np.where(np.isneginf(model.log_factors), 0.0, model.log_factors)
        # -G dphi/dw = (G / h) [dN a / (1 - exp(-phi a)) - Y a], with a = -r l.
        running = np.cumsum(ratio * -factors[None, :], axis=1)
        own_a = -risk * factors[last]
        seen = block.seen[group.rows] & (ratio[unit, last] != 0)
        gap = -np.expm1(
            -np.where(seen, finite_multiplier(plan.point.multiplier)[unit, last] * own_a, 1.0)
        )
        result[group.rows] = (
            np.where(seen, ratio[unit, last] * own_a / gap, 0.0) - risk * running[unit, last]
        )
    return result


def from_next_week(values: Floats) -> Floats:
    """Sums over k >= s: week s (column s - 1) starts after s weeks, so the area to its right begins
    with column s (K, H)."""
    right = backwards(values)
    return np.concatenate([right[:, 1:], np.zeros((len(right), 1))], axis=1)


def _whole_persons(person: np.ndarray, order: Indices) -> list[Indices]:
    """The rows in order of person, cut into blocks that no person straddles."""
    starts = np.flatnonzero(np.concatenate([[True], person[1:] != person[:-1]]))
    cuts = [0]
    for start in starts:
        if start - cuts[-1] >= _BLOCK:
            cuts.append(int(start))
    return [order[low:high] for low, high in zip(cuts, [*cuts[1:], len(order)], strict=True)]
