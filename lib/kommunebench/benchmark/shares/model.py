"""The national logistic model of each group: fitted over blocks of cases, in memory or in tasks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from scipy import special

from kommunebench.benchmark.blocks.block import Blocks, Floats, SpellBlock, grouping
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.blocks.shared_passes import side_by_side
from kommunebench.benchmark.covariates.design import DesignPlan
from kommunebench.benchmark.model.block_fit import prior_precision
from kommunebench.benchmark.model.likelihood import Matrices, group_facts
from kommunebench.benchmark.model.tables import NO_EVENTS, terms_table, terms_without_column
from kommunebench.benchmark.shares.likelihood import (
    LogitLikelihood,
    linear_predictor,
)
from kommunebench.survival.newton import maximise

CONSTANT = "constant"
ALL_EVENTS = "all_events"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareModel:
    """One group's model: log odds are ``beta[0] + x beta[1:]``, numbers centred.

    ``beta`` (p + 1,) with the constant first; ``bread`` (p + 1, p + 1): inverse of the information
    plus the priors' precision, zero for omitted terms; ``covariance`` of the model, and
    ``covariance_robust``, clustered; ``omitted`` (p + 1,): terms that the cases cannot tell from
    those before them.
    """

    name: str
    design: DesignPlan
    beta: Floats
    bread: Floats
    covariance: Floats
    covariance_robust: Floats
    omitted: np.ndarray
    log_likelihood: float
    log_likelihood_null: float

    @property
    def names(self) -> tuple[str, ...]:
        """The constant and the terms."""
        return (CONSTANT, *self.design.terms)


def fit_shares(blocks: Blocks, layout: RecordLayout) -> tuple[ShareModel, ...]:
    """A model per group by Newton's method, equal to a generalised linear model with the logit
    link; the groups' passes over the blocks are shared.

    Raises ConvergenceError naming the terms whose coefficients grow without end (combinations of
    levels in which all or none succeed), with the group's name in front.
    """

    def fit(group: int, seat: Blocks) -> ShareModel:
        try:
            return _fit_group(seat, group, layout)
        except ValueError as error:
            name = layout.group_names[group]
            raise type(error)(f"model of group {name}: {error}") from error

    models = side_by_side(blocks, fit, len(layout.group_names))
    squares = blocks.total(partial(_cluster_scores, models=tuple(models))).totals
    return tuple(
        replace(model, covariance_robust=model.bread @ meat @ model.bread)
        for model, meat in zip(models, squares, strict=True)
    )


def _fit_group(blocks: Blocks, group: int, layout: RecordLayout) -> ShareModel:
    design = layout.designs[group]
    moments = blocks.total(partial(group_facts, group=group)).moments
    spread = np.where(moments.high > moments.low, moments.scale, 1.0)
    scale, names = np.concatenate([[1.0], spread]), [CONSTANT, *design.terms]
    maximum = maximise(
        LogitLikelihood(blocks, group, scale),
        np.zeros(len(names)),
        names,
        precision=prior_precision(design.priors, names, scale),
        aliased="omit",
    )
    bread = maximum.bread / np.outer(scale, scale)
    information = maximum.information * np.outer(scale, scale)
    return ShareModel(
        name=layout.group_names[group],
        design=design,
        beta=maximum.coefficients / scale,
        bread=bread,
        covariance=bread @ information @ bread,
        covariance_robust=np.full(bread.shape, np.nan),
        omitted=maximum.aliased,
        log_likelihood=maximum.value,
        log_likelihood_null=_null_value(blocks, group),
    )


@dataclass(frozen=True, slots=True)
class _Outcomes:
    """Cases and successes of one group in the fit."""

    n_cases: float
    n_events: float

    def merge(self, other: "_Outcomes") -> "_Outcomes":
        return _Outcomes(self.n_cases + other.n_cases, self.n_events + other.n_events)


def _null_value(blocks: Blocks, group: int) -> float:
    """The log-likelihood of the model with nothing but its constant."""
    outcomes = blocks.total(partial(_outcomes, group=group))
    failures = outcomes.n_cases - outcomes.n_events
    share = outcomes.n_events / outcomes.n_cases
    return float(special.xlogy(outcomes.n_events, share) + special.xlogy(failures, 1.0 - share))


def _outcomes(block: SpellBlock, group: int) -> _Outcomes:
    cases = block.groups[group]
    in_fit = ~cases.zero_hazard
    return _Outcomes(float(in_fit.sum()), float(block.event[cases.rows][in_fit].sum()))


def probabilities(block: SpellBlock, models: Sequence[ShareModel]) -> Floats:
    """Predicted probability of each case of a block (n,); 0 or 1 in a level in which none or all
    succeed, where it is the outcome itself."""
    probability = block.event.astype(float)
    for model, cases in zip(models, block.groups, strict=True):
        predicted = special.expit(linear_predictor(cases.x, model.beta))
        probability[cases.rows] = np.where(cases.zero_hazard, probability[cases.rows], predicted)
    return probability


def case_scores(block: SpellBlock, group: int, probability: Floats) -> Floats:
    """Derivatives of each case's log-likelihood (n_g, p + 1) in constant and coefficients, from the
    probabilities (n,) of the block's cases; zero outside the fit."""
    cases = block.groups[group]
    residual = (block.event - probability)[cases.rows]
    return residual[:, None] * np.concatenate([np.ones((len(cases.x), 1)), cases.x], axis=1)


def _cluster_scores(block: SpellBlock, models: Sequence[ShareModel]) -> Matrices:
    """Per group the outer products (p + 1, p + 1) of scores summed by cluster, added up."""
    probability, matrices = probabilities(block, models), []
    for group in range(len(models)):
        _, code = np.unique(block.person[block.groups[group].rows], return_inverse=True)
        scores = case_scores(block, group, probability)
        by_cluster = grouping(code, int(code.max(initial=-1)) + 1) @ scores
        matrices.append(by_cluster.T @ by_cluster)
    return Matrices(tuple(matrices))


def share_coefficients(models: Sequence[ShareModel]) -> pd.DataFrame:
    """Columns of gold.logit_coefficients: constant and terms, then references, then levels without
    a column.

    Numbers count from zero. ``mark``: ``no_events`` or ``all_events`` (the limit, minus or plus
    infinity, without standard error), ``few_events`` (few succeed or few fail in the level: drawn
    towards 0 by a prior), ``omitted`` (0: the data hold no information on it).
    """
    return pd.concat([_coefficients(model) for model in models], ignore_index=True)


def _coefficients(model: ShareModel) -> pd.DataFrame:
    design = model.design
    # From the constant at the numbers' means to that at zero.
    shift = np.eye(len(model.beta))
    shift[0, 1:] = -design.centre
    se, se_robust = (
        np.sqrt(np.diag(shift @ covariance @ shift.T))
        for covariance in (model.covariance, model.covariance_robust)
    )
    return terms_table(
        model.name,
        design,
        model.names,
        coefficient=shift @ model.beta,
        se=se,
        se_robust=se_robust,
        omitted=model.omitted,
        without_column=(
            terms_without_column(design.no_events, -np.inf, NO_EVENTS),
            terms_without_column(design.all_events, np.inf, ALL_EVENTS),
        ),
    )
