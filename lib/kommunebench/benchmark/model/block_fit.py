"""Hazard models of spells in blocks, one a group: the Newton steps of fit_cox, with nothing held
but sums."""

from dataclasses import replace
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Floats
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.blocks.shared_passes import side_by_side
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.model.likelihood import (
    BlockLikelihood,
    Scaling,
    group_facts,
    score_residuals,
    squared_scores,
)
from kommunebench.benchmark.model.national import HazardEstimate, ModelChoice, NationalModel
from kommunebench.benchmark.model.priors import fit_or_hold, prior_deviations, prior_precision
from kommunebench.errors import InputError, in_model_of
from kommunebench.survival.checks import refuse_extreme_columns
from kommunebench.survival.cox_sums import Terms
from kommunebench.survival.newton import Maximum, maximise
from kommunebench.survival.risk_sets import EventGrid


def fit_over_blocks(
    blocks: Blocks, layout: RecordLayout, choice: ModelChoice, *, unit_effects: bool = False
) -> tuple[NationalModel, ...]:
    """A model per group without its baseline, with the layout's effects of the units or without
    any; the groups' passes over the blocks are shared. A model without a finite maximum has a prior
    on every level and unit.

    Raises InputError and ConvergenceError as fit_cox, with the group's name in front.
    """

    def fit(group: int, seat: Blocks) -> NationalModel:
        effects = layout.effects_of(group) if unit_effects else None
        with in_model_of(layout.group_names[group]):
            return _fit_group(seat, group, layout, choice, effects)

    models = side_by_side(blocks, fit, len(layout.group_names))
    squares = squared_scores(blocks, models, score_residuals)
    return tuple(
        _with_robust_errors(model, meat) for model, meat in zip(models, squares, strict=True)
    )


def _fit_group(
    blocks: Blocks,
    group: int,
    layout: RecordLayout,
    choice: ModelChoice,
    effects: UnitEffects | None,
) -> NationalModel:
    design = layout.designs[group]
    names = [*(() if effects is None else effects.names), *design.terms]
    facts = blocks.total(partial(group_facts, group=group, effects=effects))
    grid = grid_of(_times(facts.event_times, choice, layout.horizon))
    # A column that does not vary is found by the fit; it must not divide by zero here.
    scale = np.where(facts.moments.high > facts.moments.low, facts.moments.scale, 1.0)
    refuse_extreme_columns(scale, names)
    scaling = Scaling(facts.moments.mean, scale)
    likelihood = BlockLikelihood(
        blocks=blocks, group=group, grid=grid, scaling=scaling, choice=choice, effects=effects
    )

    def fit(prior_sd: Floats) -> tuple[Maximum, Floats]:
        precision = prior_precision(prior_sd, scale)
        start = np.zeros(len(names))
        maximum = maximise(likelihood, start, names, precision=precision, aliased="omit")
        return maximum, maximum.coefficients / scale

    n_effects = len(names) - len(design.terms)
    priors = prior_deviations(design, names)
    maximum, prior_sd = fit_or_hold(fit, priors, lambda: facts.moments, n_effects)
    estimate = _estimate(maximum, scale, prior_sd)
    model = NationalModel(
        name=layout.group_names[group],
        design=design,
        estimate=estimate,
        grid=grid,
        terms=terms_at(blocks, group, grid, estimate.beta, choice=choice, effects=effects),
        choice=choice,
        unit_effects=effects,
    )
    return model.with_second_stage()


def _estimate(maximum: Maximum, scale: Floats, prior_sd: Floats) -> HazardEstimate:
    """The maximum on the columns' own scale; robust errors come with the scores of the persons."""
    bread = maximum.bread / np.outer(scale, scale)
    information = maximum.information * np.outer(scale, scale)
    return HazardEstimate(
        beta=maximum.coefficients / scale,
        bread=bread,
        covariance=bread @ information @ bread,
        se_robust=np.full(len(scale), np.nan),
        omitted=maximum.aliased,
        prior_sd=prior_sd,
        log_likelihood=maximum.value,
        log_likelihood_null=maximum.start_value,
    )


def _times(event_times: Floats, choice: ModelChoice, horizon: int) -> Floats:
    """The times of the likelihood's terms: those of the events, or all weeks up to the horizon of a
    hazard that is constant within intervals. Raises InputError without events, and for events
    after the horizon, where such a hazard is not known."""
    if not len(event_times):
        raise InputError("event: no event in any row; a hazard cannot be estimated.")
    if choice.baseline != "piecewise":
        return event_times
    if event_times[-1] > horizon:
        raise InputError(
            f"duration: events up to {event_times[-1]:g}, and the horizon is {horizon}; a hazard"
            " that is constant within intervals needs spells that end at the horizon."
        )
    return np.arange(1, horizon + 1).astype(float)


def grid_of(event_times: Floats) -> EventGrid:
    """The event times (m,) of one group as a grid of one stratum."""
    m = len(event_times)
    return EventGrid(event_times, np.zeros(m, np.intp), np.array([0, m], np.intp))


def terms_at(
    blocks: Blocks,
    group: int,
    grid: EventGrid,
    beta: Floats,
    *,
    choice: ModelChoice,
    effects: UnitEffects | None,
) -> Terms:
    """The likelihood's terms at coefficients of the columns as the blocks hold them."""
    scaling = Scaling.none(len(beta))
    plain = BlockLikelihood(
        blocks=blocks, group=group, grid=grid, scaling=scaling, choice=choice, effects=effects
    )
    return plain.score(beta).terms


def _with_robust_errors(model: NationalModel, meat: Floats) -> NationalModel:
    bread = model.estimate.bread
    se = np.sqrt(np.einsum("ij,jk,ki->i", bread, meat, bread))
    return replace(model, estimate=replace(model.estimate, se_robust=se))
