"""Exact influence functions of the whole chain, persons as clusters (method, section 7).

The influence of spell i on log I_K is d log I_K / d w_i. It has a part of its own unit (the spell's
own expected and observed duration, the risk sets of the unit) and a part through its group's
coefficients and baseline, which reaches every unit. The latter has rank p + H, so it is a product
of (n, p + H) and (p + H, K) and never stored: blocks of spells are multiplied, summed by person and
squared. Every step is a sum over blocks, of the spells in memory or of persons in Spark tasks.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from kommunebench.benchmark.block_influences import (
    ChainPoint,
    GroupEffects,
    InfluencePlan,
    block_influences,
    from_next_week,
    greenwood_parts,
    influence_gram,
)
from kommunebench.benchmark.chain_sums import backwards
from kommunebench.benchmark.expected import GroupModel
from kommunebench.benchmark.influence_sums import (
    GroupSums,
    InfluenceSums,
    MultiplierEffects,
    finite_multiplier,
    influence_sums,
    multiplier_effects,
)
from kommunebench.benchmark.observed import ObservedDurations, RobustDurations, UnitCounts
from kommunebench.benchmark.spell_arrays import Floats, Indices, SpellArrays
from kommunebench.benchmark.spell_blocks import Blocks, MemoryBlocks, block_of, national


@dataclass(frozen=True, slots=True)
class ChainEstimates:
    """Everything the chain estimated on unweighted spells in memory."""

    models: tuple[GroupModel, ...]
    counts: UnitCounts
    expected_by_spell: Floats
    expected: Floats
    observed: ObservedDurations
    robust: RobustDurations


@dataclass(frozen=True, slots=True)
class LogIndicatorCovariance:
    """Covariance of the log indicators over units: plain, robust, and between the two, each (K, K)."""

    plain: Floats
    robust: Floats
    between: Floats

    @property
    def difference_variance(self) -> Floats:
        """Variance of log plain - log robust by unit (K,)."""
        return np.diag(self.plain) + np.diag(self.robust) - 2 * np.diag(self.between)

    def mean_difference_se(self, units: Indices) -> float:
        """Standard error of the mean of log plain - log robust over the given units."""
        inside = np.ix_(units, units)
        total = (
            self.plain[inside].sum() + self.robust[inside].sum() - 2 * self.between[inside].sum()
        )
        return float(np.sqrt(max(total, 0.0)) / len(units))


def influence_covariance(arrays: SpellArrays, chain: ChainEstimates) -> LogIndicatorCovariance:
    """Covariance of the log indicators of spells in memory."""
    block = block_of(arrays, chain.models, (chain.expected_by_spell, chain.robust.by_spell))
    return covariance_over(MemoryBlocks([block]), chain_point(arrays, chain))


def covariance_over(blocks: Blocks, point: ChainPoint) -> LogIndicatorCovariance:
    """Covariance of the log indicators: the influences summed by person, multiplied with
    themselves, over blocks of whole persons."""
    plan = influence_plan(blocks, point)
    total, units = blocks.total(partial(influence_gram, plan=plan)).total, len(point.size)
    return LogIndicatorCovariance(
        total[:units, :units], total[units:, units:], total[:units, units:]
    )


def influences(arrays: SpellArrays, chain: ChainEstimates) -> tuple[Floats, Floats]:
    """The influences themselves, plain and robust, each (n, K): for tests and small data."""
    block = block_of(arrays, chain.models, (chain.expected_by_spell, chain.robust.by_spell))
    result = block_influences(
        block, influence_plan(MemoryBlocks([block]), chain_point(arrays, chain))
    )
    return result[:, : arrays.units], result[:, arrays.units :]


def chain_point(arrays: SpellArrays, chain: ChainEstimates) -> ChainPoint:
    """The point of a chain estimated in memory."""
    return ChainPoint(
        tuple(national(model) for model in chain.models),
        arrays.unit_sums(np.ones(len(arrays.duration))),
        chain.counts,
        chain.expected,
        chain.observed.value,
        chain.robust.value,
        chain.robust.multiplier,
        chain.robust.risk_in_cell.transpose(1, 0, 2),
    )


def influence_plan(blocks: Blocks, point: ChainPoint) -> InfluencePlan:
    """Two sums over the blocks, and the derivatives they give."""
    sums = blocks.total(partial(influence_sums, models=point.models, multiplier=point.multiplier))
    ratio = _multiplier_ratio(point, sums)
    through = blocks.total(
        partial(multiplier_effects, models=point.models, multiplier=point.multiplier, ratio=ratio)
    )
    groups = tuple(
        _group_effects(point, sums.groups[g], through, ratio, g) for g in range(len(point.models))
    )
    return InfluencePlan(point, groups, ratio, *greenwood_parts(point.counts))


def _multiplier_ratio(point: ChainPoint, sums: InfluenceSums) -> Floats:
    """G_s / h_s per unit and week (K, H); 0 where the multiplier does not depend on the weights (no
    events, all succeed)."""
    area = np.zeros(point.multiplier.shape)
    for model, group in zip(point.models, sums.groups, strict=True):
        area += from_next_week(group.robust_area) * -model.finite_factors[None, :]
    usable = (sums.multiplier_slope < 0) & np.isfinite(point.multiplier)
    return np.divide(
        area / point.size[:, None], sums.multiplier_slope, out=np.zeros(area.shape), where=usable
    )


def _group_effects(
    point: ChainPoint, sums: GroupSums, through: MultiplierEffects, ratio: Floats, number: int
) -> GroupEffects:
    """What a group's coefficients and factors do to the log indicators."""
    model, size = point.models[number], point.size[:, None]
    slope = np.where(sums.curvature > 0, sums.curvature, np.inf)
    factor_on_beta = -(sums.event_x - backwards(sums.ended_x.T).T) / slope[:, None]
    scale = 1.0 / (point.size * point.expected)[:, None]
    on_factor, on_beta = from_next_week(sums.expected_area) * scale, sums.expected_slope * scale
    # dR/da = -phi A / n - (G/h) Y + event term; da = -r dl at fixed coefficients.
    areas = from_next_week(sums.robust_area) * finite_multiplier(point.multiplier) / size
    robust_factor = (areas + ratio * point.risk[number] - through.event_sum[number]) / point.robust[
        :, None
    ]
    robust_beta = (through.beta[number] + sums.robust_slope / size) / point.robust[:, None]
    factor = np.concatenate([on_factor, on_factor - robust_factor]).T
    beta = np.concatenate([on_beta, on_beta - robust_beta]).T
    week = factor / slope[:, None]
    # Through the factors as well: they depend on the coefficients.
    # Expected durations have no effects of the units; the baseline has.
    beta[model.shared :] = 0.0
    finite = np.where(np.isneginf(model.log_factors), 0.0, model.log_factors)
    return GroupEffects(
        model.covariance @ (beta + factor_on_beta.T @ factor),
        week,
        np.cumsum(week, axis=0),
        finite @ factor,
    )
