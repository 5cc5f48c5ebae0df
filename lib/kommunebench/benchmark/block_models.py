"""Cox models of spells in blocks, one a group: the same sums and the same Newton steps as fit_cox,
with nothing held but sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy import sparse

from kommunebench.benchmark.block_likelihood import (
    BlockLikelihood,
    Matrices,
    Scaling,
    cox_rows,
    group_facts,
)
from kommunebench.benchmark.design import DesignPlan, UnitColumns
from kommunebench.benchmark.shared_passes import side_by_side
from kommunebench.benchmark.spell_arrays import Floats
from kommunebench.benchmark.spell_blocks import Blocks, NationalModel, SpellBlock
from kommunebench.errors import InputError
from kommunebench.survival.baseline import BaselineMethod
from kommunebench.survival.diagnostics import proportionality_of_sums
from kommunebench.survival.newton import maximise
from kommunebench.survival.partial_likelihood import Ties, block_score_residuals
from kommunebench.survival.risk_sets import EventGrid, totals, weighted_sum


@dataclass(frozen=True, slots=True)
class BlockFit:
    """A model as its table shows it: Series by term; ``se_robust`` has persons as clusters."""

    coefficients: pd.Series
    se: pd.Series
    se_robust: pd.Series
    covariance: pd.DataFrame
    log_likelihood: float


@dataclass(frozen=True, slots=True)
class BlockModel:
    """One group's model: its name, design, fit, what travels of it, and the scaling it was fitted
    under."""

    name: str
    design: DesignPlan
    fit: BlockFit
    national: NationalModel
    scaling: Scaling

    @property
    def log_factors(self) -> Floats:
        """Log baseline factors of weeks 1 … H (H,)."""
        return self.national.log_factors


def person_scores(block: SpellBlock, models: Sequence[NationalModel]) -> Matrices:
    """Per group the outer products (p, p) of score residuals summed by person, over a block of
    whole persons."""
    matrices = []
    for number, model in enumerate(models):
        group = block.groups[number]
        rows = cox_rows(block, number, model.grid, Scaling(np.zeros(1), np.ones(1)))
        residuals = block_score_residuals(rows, model.beta, model.terms)
        _, person = np.unique(block.person[group.rows[~group.left_out]], return_inverse=True)
        summing = (int(person.max(initial=-1)) + 1, len(person))
        summed = (
            sparse.csr_matrix((np.ones(len(person)), (person, np.arange(len(person)))), summing)
            @ residuals
        )
        matrices.append(summed.T @ summed)
    return Matrices(tuple(matrices))


def event_covariates(block: SpellBlock, models: Sequence[NationalModel]) -> Matrices:
    """Per group the covariates of the events summed by event time (m, p)."""
    matrices = []
    for number, model in enumerate(models):
        rows = cox_rows(block, number, model.grid, Scaling(np.zeros(1), np.ones(1)))
        matrices.append(weighted_sum(rows.risk.tied, rows.weights, rows.x))
    return Matrices(tuple(matrices))


def proportionality_over(blocks: Blocks, models: Sequence[BlockModel]) -> pd.DataFrame:
    """Columns of gold.proportionality: the Schoenfeld test of every term of every group, in one
    pass."""
    sums = blocks.total(
        partial(event_covariates, models=tuple(model.national for model in models))
    ).totals
    frames = []
    for model, event_x in zip(models, sums, strict=True):
        own = model.national
        deaths = totals(own.terms.at, own.terms.weight, len(own.grid.time))
        chi2, p_value = proportionality_of_sums(
            own.grid.time, deaths, event_x, own.terms, own.covariance
        )
        tested = {"chi2": chi2[: own.shared], "p_value": p_value[: own.shared]}
        frames.append(pd.DataFrame({"group": model.name, "term": model.design.terms, **tested}))
    return pd.concat(frames, ignore_index=True)


def fit_block_models(
    blocks: Blocks,
    names: Sequence[str],
    designs: Sequence[DesignPlan],
    ties: Ties,
    baseline: BaselineMethod,
    units: Sequence[UnitColumns] | None = None,
) -> tuple[BlockModel, ...]:
    """A model per group, the groups side by side; baselines are left empty. ``units``: columns of
    effects the blocks' covariates end with.

    Raises InputError and ConvergenceError as fit_cox, with the group's name in front.
    """

    def fit(number: int, own: Blocks) -> tuple[NationalModel, float, Scaling]:
        try:
            return _fit_group(
                own,
                number,
                designs[number],
                ties,
                baseline,
                None if units is None else units[number],
            )
        except ValueError as error:
            raise type(error)(f"model of group {names[number]}: {error}") from error

    fitted = side_by_side(blocks, fit, len(names))
    meat = blocks.total(
        partial(person_scores, models=tuple(model for model, _, _ in fitted))
    ).totals
    return tuple(
        BlockModel(name, design, _fit_table(model, value, own, design.terms), model, scaling)
        for name, design, (model, value, scaling), own in zip(
            names, designs, fitted, meat, strict=True
        )
    )


def _fit_group(
    blocks: Blocks,
    number: int,
    design: DesignPlan,
    ties: Ties,
    baseline: BaselineMethod,
    units: UnitColumns | None,
) -> tuple[NationalModel, float, Scaling]:
    names = [*design.terms, *(() if units is None else units.names)]
    facts = blocks.total(partial(group_facts, number=number))
    m = len(facts.event_times)
    if m == 0:
        raise InputError("event: no event in any row; a hazard cannot be estimated.")
    if names:
        facts.moments.refuse_dependent(names)
    grid = EventGrid(facts.event_times, np.zeros(m, np.intp), np.array([0, m], np.intp))
    scaling = Scaling(facts.moments.mean, facts.moments.scale)
    likelihood = BlockLikelihood(blocks, number, grid, scaling, ties)
    found = maximise(likelihood, np.zeros(len(names)), names)
    beta = found.coefficients / scaling.scale
    covariance = np.linalg.inv(found.information) / np.outer(scaling.scale, scaling.scale)
    # The terms as covariates on their own scale have them: what residuals of blocks are taken from.
    plain = Scaling(np.zeros(len(names)), np.ones(len(names)))
    terms = BlockLikelihood(blocks, number, grid, plain, ties).score(beta).terms
    model = NationalModel(
        beta, covariance, grid, terms, ties, np.zeros(0), baseline, len(design.terms), units
    )
    return model, found.value, scaling


def _fit_table(model: NationalModel, value: float, meat: Floats, names: Sequence[str]) -> BlockFit:
    robust = np.sqrt(np.einsum("ij,jk,ki->i", model.covariance, meat, model.covariance))[
        : model.shared
    ]
    covariance = model.covariance[: model.shared, : model.shared]
    index = list(names)
    return BlockFit(
        pd.Series(model.beta[: model.shared], index),
        pd.Series(np.sqrt(np.diag(covariance)), index),
        pd.Series(robust, index),
        pd.DataFrame(covariance, index, index),
        value,
    )
