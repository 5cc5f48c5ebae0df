"""The benchmark's estimates of spells in blocks: the same chain as in memory, every step a sum over
blocks (method, sections 5 to 7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from kommunebench.benchmark.block_influences import ChainPoint
from kommunebench.benchmark.block_models import BlockModel, fit_block_models
from kommunebench.benchmark.chain_sums import (
    RiskSums,
    backwards,
    baseline_ties,
    duration_sums,
    multiplier_ties,
    risk_sums,
)
from kommunebench.benchmark.design import DesignPlan, UnitColumns
from kommunebench.benchmark.observed import ObservedDurations, UnitCounts, observed_from_counts
from kommunebench.benchmark.spell_arrays import Floats
from kommunebench.benchmark.spell_blocks import Blocks, NationalModel
from kommunebench.survival.baseline import BaselineMethod
from kommunebench.survival.partial_likelihood import Ties
from kommunebench.survival.tie_equation import solve_cells


@dataclass(frozen=True, slots=True)
class BlockChain:
    """What the chain estimated: models with their baselines, the observed side, and the point
    influences are taken at."""

    models: tuple[BlockModel, ...]
    observed: ObservedDurations
    point: ChainPoint


def estimate_blocks(
    blocks: Blocks,
    names: Sequence[str],
    designs: Sequence[DesignPlan],
    ties: Ties,
    baseline: BaselineMethod,
    units: Sequence[UnitColumns] | None = None,
) -> BlockChain:
    """Models, expected and observed durations of every unit, from blocks of whole persons.

    ``units``: where the models have effects of the units, the columns of each group that the
    blocks' covariates end with. Raises InputError and ConvergenceError as fit_block_models.
    """
    models = fit_block_models(blocks, names, designs, ties, baseline, units)
    sums = blocks.total(partial(risk_sums, models=tuple(model.national for model in models)))
    factors = _baselines(blocks, [model.national for model in models], sums, baseline)
    models = tuple(
        replace(model, national=replace(model.national, log_factors=own))
        for model, own in zip(models, factors, strict=True)
    )
    national = tuple(model.national for model in models)
    counts = UnitCounts(sums.at_risk, sums.events.sum(axis=0))
    multiplier = _multipliers(blocks, national, sums)
    durations = blocks.total(partial(duration_sums, models=national, multiplier=multiplier))
    size = sums.ended.sum(axis=(0, 2))
    observed = observed_from_counts(counts, sums.longest)
    point = ChainPoint(
        national,
        size,
        counts,
        durations.expected / size,
        observed.value,
        durations.robust / size,
        multiplier,
        sums.risk,
    )
    return BlockChain(models, observed, point)


def _baselines(
    blocks: Blocks, models: Sequence[NationalModel], sums: RiskSums, method: BaselineMethod
) -> Floats:
    """Log factors by group and week (G, H)."""
    events, at_risk = sums.events.sum(axis=1), backwards(sums.ended_fit)
    if method == "breslow":
        return -np.divide(events, at_risk, out=np.zeros_like(events), where=events > 0)
    solved = solve_cells(
        lambda factor: blocks.total(partial(baseline_ties, models=tuple(models), factor=factor)),
        events.ravel().astype(np.intp),
        events.ravel(),
        sums.event_fit.ravel(),
        at_risk.ravel(),
    )
    return solved.reshape(events.shape)


def _multipliers(blocks: Blocks, models: Sequence[NationalModel], sums: RiskSums) -> Floats:
    """The conditional Kaplan-Meier multipliers (K, H): infinite where all at risk succeed, 1 once
    nobody is at risk."""
    hazard = np.stack([-model.finite_factors for model in models])
    events = sums.events.sum(axis=0)
    solved = solve_cells(
        lambda factor: blocks.total(partial(multiplier_ties, models=tuple(models), factor=factor)),
        events.ravel().astype(np.intp),
        events.ravel(),
        np.einsum("gkh,gh->kh", sums.event_risk, hazard).ravel(),
        np.einsum("gkh,gh->kh", sums.risk, hazard).ravel(),
    )
    return np.where(sums.at_risk > 0, np.abs(solved.reshape(events.shape)), 1.0)
