"""Cox models of spells in blocks, one a group: the same sums and the same Newton steps as fit_cox, with nothing held but sums."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy import sparse

from kommunebench.benchmark.design import DesignPlan, UnitColumns
from kommunebench.benchmark.spell_arrays import Floats
from kommunebench.benchmark.spell_blocks import Blocks, NationalModel, SpellBlock
from kommunebench.errors import InputError
from kommunebench.survival.baseline import BaselineMethod
from kommunebench.survival.column_moments import ColumnMoments, column_moments
from kommunebench.survival.cox_sums import CoxRows, CoxSums, Score, Terms, block_information, block_sums, information, score
from kommunebench.survival.diagnostics import proportionality_of_sums
from kommunebench.survival.newton import maximise
from kommunebench.survival.partial_likelihood import Ties, block_score_residuals
from kommunebench.survival.risk_sets import EventGrid, lay_out, totals, weighted_sum

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class BlockFit:
    """A model as its table shows it: Series by term; ``se_robust`` has persons as clusters."""

    coefficients: pd.Series
    se: pd.Series
    se_robust: pd.Series
    covariance: pd.DataFrame
    log_likelihood: float


@dataclass(frozen=True, slots=True)
class Scaling:
    """Columns are centred and divided by their spread, which keeps the sums small; coefficients are put back afterwards."""

    centre: Floats
    scale: Floats


@dataclass(frozen=True, slots=True)
class BlockModel:
    """One group's model: its name, design, fit, what travels of it, and the scaling it was fitted under."""

    name: str
    design: DesignPlan
    fit: BlockFit
    national: NationalModel
    scaling: Scaling

    @property
    def log_factors(self) -> Floats:
        """Log baseline factors of weeks 1 … H (H,)."""
        return self.national.log_factors


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """Moments of a group's informative spells, and the distinct durations that ended in an event."""

    moments: ColumnMoments
    event_times: Floats

    def merge(self, other: "GroupFacts") -> "GroupFacts":
        """The facts of both sets of spells."""
        return GroupFacts(self.moments.merge(other.moments), np.union1d(self.event_times, other.event_times))


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix of sums."""

    total: Floats

    def merge(self, other: "Matrix") -> "Matrix":
        """The sum of both."""
        return Matrix(self.total + other.total)


@dataclass(frozen=True, slots=True)
class Matrices:
    """One matrix of sums per group."""

    totals: tuple[Floats, ...]

    def merge(self, other: "Matrices") -> "Matrices":
        """The sums of both."""
        return Matrices(tuple(a + b for a, b in zip(self.totals, other.totals, strict=True)))


def group_facts(block: SpellBlock, number: int) -> GroupFacts:
    """Facts of a block's spells of one group."""
    group = block.groups[number]
    rows = group.rows[~group.left_out]
    return GroupFacts(
        column_moments(group.x[~group.left_out]), np.unique(block.duration[rows[block.event[rows]]]).astype(float)
    )


def block_cox_sums(block: SpellBlock, number: int, grid: EventGrid, scaling: Scaling, beta: Floats, ties: Ties) -> CoxSums:
    """First phase of a Newton step over a block's spells of one group."""
    return block_sums(_cox_rows(block, number, grid, scaling), beta, ties)


def block_cox_information(
    block: SpellBlock, number: int, grid: EventGrid, scaling: Scaling, beta: Floats, terms: Terms
) -> Matrix:
    """Second phase of a Newton step over a block's spells of one group."""
    return Matrix(block_information(_cox_rows(block, number, grid, scaling), beta, terms))


def person_scores(block: SpellBlock, models: Sequence[NationalModel]) -> Matrices:
    """Per group the outer products (p, p) of score residuals summed by person, over a block of whole persons."""
    matrices = []
    for number, model in enumerate(models):
        group = block.groups[number]
        rows = _cox_rows(block, number, model.grid, Scaling(np.zeros(1), np.ones(1)))
        residuals = block_score_residuals(rows, model.beta, model.terms)
        _, person = np.unique(block.person[group.rows[~group.left_out]], return_inverse=True)
        summing = (int(person.max(initial=-1)) + 1, len(person))
        summed = sparse.csr_matrix((np.ones(len(person)), (person, np.arange(len(person)))), summing) @ residuals
        matrices.append(summed.T @ summed)
    return Matrices(tuple(matrices))


def event_covariates(block: SpellBlock, models: Sequence[NationalModel]) -> Matrices:
    """Per group the covariates of the events summed by event time (m, p)."""
    matrices = []
    for number, model in enumerate(models):
        rows = _cox_rows(block, number, model.grid, Scaling(np.zeros(1), np.ones(1)))
        matrices.append(weighted_sum(rows.risk.tied, rows.weights, rows.x))
    return Matrices(tuple(matrices))


def proportionality_over(blocks: Blocks, models: Sequence[BlockModel]) -> pd.DataFrame:
    """Columns of gold.proportionality: the Schoenfeld test of every term of every group, in one pass."""
    sums = blocks.total(partial(event_covariates, models=tuple(model.national for model in models))).totals
    frames = []
    for model, event_x in zip(models, sums, strict=True):
        own = model.national
        deaths = totals(own.terms.at, own.terms.weight, len(own.grid.time))
        chi2, p_value = proportionality_of_sums(own.grid.time, deaths, event_x, own.terms, own.covariance)
        tested = {"chi2": chi2[: own.shared], "p_value": p_value[: own.shared]}
        frames.append(pd.DataFrame({"group": model.name, "term": model.design.terms, **tested}))
    return pd.concat(frames, ignore_index=True)


def _cox_rows(block: SpellBlock, number: int, grid: EventGrid, scaling: Scaling) -> CoxRows:
    """A block's informative spells of one group over the event times of the whole."""
    group = block.groups[number]
    rows, x = group.rows, group.x
    if group.left_out.any():
        rows, x = rows[~group.left_out], x[~group.left_out]
    n = len(rows)
    layout = lay_out(block.duration[rows].astype(float), block.event[rows], np.zeros(n), np.zeros(n, np.intp), grid)
    return CoxRows(layout, (x - scaling.centre) / scaling.scale, np.ones(n), np.zeros(n))


@dataclass(frozen=True, slots=True)
class BlockLikelihood:
    """The partial likelihood of one group's spells in blocks: what newton.maximise maximises, one sum over the blocks a pass."""

    blocks: Blocks
    number: int
    grid: EventGrid
    scaling: Scaling
    ties: Ties

    def score(self, beta: Floats) -> Score:
        """First pass: value, gradient and terms."""
        part = partial(block_cox_sums, number=self.number, grid=self.grid, scaling=self.scaling, beta=beta, ties=self.ties)
        return score(self.blocks.total(part), self.grid, self.ties)

    def information(self, beta: Floats, terms: Terms) -> Floats:
        """Second pass: minus the Hessian (p, p)."""
        part = partial(block_cox_information, number=self.number, grid=self.grid, scaling=self.scaling, beta=beta, terms=terms)
        return information(self.blocks.total(part).total, terms)


def fit_block_models(
    blocks: Blocks,
    names: Sequence[str],
    designs: Sequence[DesignPlan],
    ties: Ties,
    baseline: BaselineMethod,
    units: Sequence[UnitColumns] | None = None,
) -> tuple[BlockModel, ...]:
    """A model per group, the groups side by side; baselines are left empty. ``units``: columns of effects the blocks' covariates end with.

    Raises InputError and ConvergenceError as fit_cox, with the group's name in front.
    """

    def fit(number: int) -> tuple[NationalModel, float, Scaling]:
        try:
            return _fit_group(blocks, number, designs[number], ties, baseline, None if units is None else units[number])
        except ValueError as error:
            raise type(error)(f"model of group {names[number]}: {error}") from error

    fitted = side_by_side(fit, len(names))
    meat = blocks.total(partial(person_scores, models=tuple(model for model, _, _ in fitted))).totals
    return tuple(
        BlockModel(name, design, _fit_table(model, value, own, design.terms), model, scaling)
        for name, design, (model, value, scaling), own in zip(names, designs, fitted, meat, strict=True)
    )


def side_by_side(fit: Callable[[int], F], count: int) -> list[F]:
    """Results for numbers 0 … count - 1: a group's passes wait on the cluster, the other group's fill it."""
    with ThreadPoolExecutor(max_workers=min(count, 4)) as pool:
        return list(pool.map(fit, range(count)))


def _fit_group(
    blocks: Blocks, number: int, design: DesignPlan, ties: Ties, baseline: BaselineMethod, units: UnitColumns | None
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
    model = NationalModel(beta, covariance, grid, terms, ties, np.zeros(0), baseline, len(design.terms), units)
    return model, found.value, scaling


def _fit_table(model: NationalModel, value: float, meat: Floats, names: Sequence[str]) -> BlockFit:
    robust = np.sqrt(np.einsum("ij,jk,ki->i", model.covariance, meat, model.covariance))[: model.shared]
    covariance = model.covariance[: model.shared, : model.shared]
    index = list(names)
    return BlockFit(
        pd.Series(model.beta[: model.shared], index),
        pd.Series(np.sqrt(np.diag(covariance)), index),
        pd.Series(robust, index),
        pd.DataFrame(covariance, index, index),
        value,
    )
