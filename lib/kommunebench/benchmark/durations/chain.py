"""From hazards to the expected and observed measure of every unit: the chain after the fit.

The same functions serve the national model (one version, every spell once) and bootstrap replicates
(many versions, weighted), over blocks in memory or in tasks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Floats, SpellBlock
from kommunebench.benchmark.blocks.shared_passes import Several, several
from kommunebench.benchmark.durations.baseline import baseline_factors
from kommunebench.benchmark.durations.measure import Measure, log_survival_of
from kommunebench.benchmark.durations.multipliers import UnitCurves, unit_curves
from kommunebench.benchmark.durations.observed import Observed, UnitCounts, observed_of
from kommunebench.benchmark.durations.risk_grid import (
    ESTIMATE_STEP,
    GatheredWeights,
    RiskGrid,
    gather_weights,
)
from kommunebench.benchmark.durations.risk_sets import (
    UnitWeights,
    group_risk_sets,
    risk_range,
    unit_risk_sets,
)
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.benchmark.model.national import NationalModel
from kommunebench.verdict_rules import VerdictIndicator


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainEstimate:
    """What the chain estimated, nothing of it growing with spells.

    ``models`` with their baselines; ``counts`` and ``observed`` of Kaplan-Meier; ``n_spells`` (K,);
    ``expected`` and ``robust`` measure (K,), means over a unit's spells; ``curves``: the units'
    multipliers; ``direct`` (K,): mean of the robust measure over all spells of the nation, as if
    each of them had been in the unit.
    """

    models: tuple[NationalModel, ...]
    measure: Measure
    counts: UnitCounts
    observed: Observed
    n_spells: Floats
    expected: Floats
    robust: Floats
    curves: UnitCurves
    direct: Floats

    @property
    def nation_expected(self) -> float:
        """Mean expected measure of all spells of the nation."""
        return float(self.n_spells @ self.expected / self.n_spells.sum())

    def observed_side(self, indicator: VerdictIndicator) -> Floats:
        """The observed measure (K,) that the robust or the plain indicator sets against the
        expected one."""
        return self.robust if indicator == "robust" else self.observed.value

    @property
    def hazards(self) -> tuple[GroupHazards, ...]:
        """The models' hazards."""
        return tuple(model.hazards for model in self.models)


@dataclass(frozen=True, slots=True)
class MeasureSums:
    """Expected and robust measure summed by unit, each (K,)."""

    expected: Floats
    robust: Floats

    def merge(self, other: "MeasureSums") -> "MeasureSums":
        """The sums of both sets of spells."""
        return MeasureSums(self.expected + other.expected, self.robust + other.robust)


def with_baselines(blocks: Blocks, models: Sequence[NationalModel]) -> tuple[NationalModel, ...]:
    """The models with their baselines, which one or more passes over the spells give."""
    hazards = tuple(model.hazards for model in models)
    sums = blocks.total(partial(group_risk_sets, hazards=hazards, weights=UnitWeights()))
    factors = baseline_factors(blocks, hazards, sums, UnitWeights(), models[0].choice)
    return tuple(
        model.with_baseline(log_factors[:, 0])
        for model, log_factors in zip(models, factors, strict=True)
    )


def estimate_chain(
    blocks: Blocks, models: Sequence[NationalModel], measure: Measure
) -> ChainEstimate:
    """Expected and observed measure of every unit, from models with their baselines."""
    hazards = tuple(model.hazards for model in models)
    ranges: Several = blocks.total(
        partial(
            several,
            functions=(
                partial(unit_risk_sets, hazards=hazards, weights=UnitWeights()),
                partial(risk_range, hazards=hazards, weights=UnitWeights()),
            ),
        )
    )
    sets, log_risks = ranges.results
    curves = unit_curves(blocks, hazards, sets, UnitWeights())
    grid = RiskGrid.between(log_risks.low, log_risks.high, ESTIMATE_STEP)
    gather = partial(
        gather_weights, hazards=hazards, weights=UnitWeights(), grid=grid, by_unit=False
    )
    means: Several = blocks.total(
        partial(
            several,
            functions=(
                partial(_measure_sums, hazards=hazards, curves=curves, measure=measure),
                gather,
            ),
        )
    )
    sums, nation = means.results
    counts = UnitCounts(sets.at_risk[:, :, 0], sets.event_weight[:, :, 0])
    n_spells = sets.leaving.sum(axis=(1, 2))
    return ChainEstimate(
        models=tuple(models),
        measure=measure,
        counts=counts,
        observed=observed_of(counts, sets.longest, measure),
        n_spells=n_spells,
        expected=sums.expected / n_spells,
        robust=sums.robust / n_spells,
        curves=curves,
        direct=_direct(nation, grid, curves, hazards, measure) / n_spells.sum(),
    )


def _direct(
    nation: GatheredWeights,
    grid: RiskGrid,
    curves: UnitCurves,
    hazards: Sequence[GroupHazards],
    measure: Measure,
) -> Floats:
    """Sum of the measure over all spells of the nation under the curves of each unit (K,)."""
    total = np.full(len(curves.multiplier), measure.without_hazard * nation.without_hazard[0, 0])
    for g, hazard in enumerate(hazards):
        in_unit = measure.on_grid(curves.log_survival(hazard, g), grid.risks(g, 0))
        total += in_unit @ nation.on_grid[g, 0, :, 0]
    return total


def expected_measure(
    block: SpellBlock, hazards: Sequence[GroupHazards], measure: Measure
) -> Floats:
    """The measure of each spell's predicted curve (n,)."""
    expected = np.empty(len(block.duration))
    for hazard, group in zip(hazards, block.groups, strict=True):
        log_survival = log_survival_of(hazard.log_factors[:, 0])
        expected[group.rows] = measure.of_risks(log_survival, hazard.risk(group)[:, 0])
    return expected


def robust_measure(
    block: SpellBlock, hazards: Sequence[GroupHazards], curves: UnitCurves, measure: Measure
) -> Floats:
    """The measure of each spell's curve in its own unit (n,)."""
    robust = np.empty(len(block.duration))
    for g, (hazard, group) in enumerate(zip(hazards, block.groups, strict=True)):
        log_survival = curves.log_survival(hazard, g)
        risk = hazard.risk(group)[:, 0]
        robust[group.rows] = measure.of_curves(log_survival, block.unit[group.rows], risk)
    return robust


def _measure_sums(
    block: SpellBlock, hazards: Sequence[GroupHazards], curves: UnitCurves, measure: Measure
) -> MeasureSums:
    return MeasureSums(
        block.unit_sums(expected_measure(block, hazards, measure)),
        block.unit_sums(robust_measure(block, hazards, curves, measure)),
    )


def linear_predictor(block: SpellBlock, models: Sequence[NationalModel]) -> Floats:
    """x beta of each spell (n,) with numbers as they are, minus infinity in a level without
    events."""
    predictor = np.empty(len(block.duration))
    for model, group in zip(models, block.groups, strict=True):
        shift = float(model.design.centre @ model.beta)
        with np.errstate(divide="ignore"):
            predictor[group.rows] = np.log(model.hazards.risk(group)[:, 0]) + shift
    return predictor
