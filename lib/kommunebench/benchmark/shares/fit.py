"""The fit of the national logistic models over blocks of cases, in memory or in tasks."""

from dataclasses import replace
from functools import partial

import numpy as np
from scipy import special

from kommunebench.benchmark.blocks.block import Blocks, Floats, SpellBlock
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.blocks.shared_passes import side_by_side
from kommunebench.benchmark.covariates.design import (
    MOST_EVENTS_WITH_PRIOR,
    PRIOR_SD,
    DesignPlan,
    too_few_events,
)
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.model.likelihood import Matrices, group_facts, squared_scores
from kommunebench.benchmark.model.priors import fit_or_hold, prior_precision
from kommunebench.benchmark.shares.likelihood import LogitLikelihood, fitted_rows
from kommunebench.benchmark.shares.model import CONSTANT, ShareModel, case_scores
from kommunebench.errors import InputError, in_model_of
from kommunebench.survival.checks import refuse_extreme_columns
from kommunebench.survival.newton import Maximum, maximise


def fit_shares(
    blocks: Blocks, layout: RecordLayout, *, unit_effects: bool = False
) -> tuple[ShareModel, ...]:
    """A model per group by Newton's method, equal to a generalised linear model with the logit
    link, with the layout's effects of the units or without any; the groups' passes over the blocks
    are shared. A model without a finite maximum (combinations of levels in which all or none
    succeed) has a prior on every level and unit.

    Raises InputError where all or none succeed in every unit, so that there is nothing to fit
    effects of units to, and for columns whose squares cannot be computed with; ConvergenceError
    naming the terms whose coefficients grow without end all the same; all with the group's name in
    front.
    """

    def fit(group: int, seat: Blocks) -> ShareModel:
        effects = layout.effects_of(group) if unit_effects else None
        with in_model_of(layout.group_names[group]):
            return _fit_group(seat, group, layout, effects)

    models = side_by_side(blocks, fit, len(layout.group_names))
    squares = squared_scores(blocks, models, case_scores)
    return tuple(
        replace(model, covariance_robust=model.bread @ meat @ model.bread)
        for model, meat in zip(models, squares, strict=True)
    )


def _fit_group(
    blocks: Blocks, group: int, layout: RecordLayout, effects: UnitEffects | None
) -> ShareModel:
    if effects is not None and not effects.with_events.any():
        raise InputError(
            "in every unit all or none succeed: a model with effects of the units says nothing of"
            " them; let the pooled model carry the verdicts (model.verdict_model: pooled)."
        )
    design = layout.designs[group]
    moments = blocks.total(partial(group_facts, group=group, effects=effects)).moments
    spread = np.where(moments.high > moments.low, moments.scale, 1.0)
    names = [CONSTANT, *(() if effects is None else effects.names), *design.terms]
    refuse_extreme_columns(spread, names[1:])
    scale = np.concatenate([[1.0], spread])
    likelihood = LogitLikelihood(blocks, group, scale, effects)

    def fit(priors: Floats) -> tuple[Maximum, Floats]:
        precision = prior_precision(_with_constant(priors), scale)
        start = np.zeros(len(names))
        maximum = maximise(likelihood, start, names, precision=precision, aliased="omit")
        return maximum, (maximum.coefficients / scale)[1:]

    known = fit_priors(blocks, group, design, effects, layout.events_per_column)
    priors = np.array([known.get(name, np.inf) for name in names[1:]], float)
    maximum, priors = fit_or_hold(fit, priors, lambda: moments, len(names) - 1 - len(design.terms))
    bread = maximum.bread / np.outer(scale, scale)
    information = maximum.information * np.outer(scale, scale)
    model = ShareModel(
        name=layout.group_names[group],
        design=design,
        unit_effects=effects,
        coefficients=maximum.coefficients / scale,
        bread=bread,
        covariance=bread @ information @ bread,
        covariance_robust=np.full(bread.shape, np.nan),
        omitted=maximum.aliased,
        prior_sd=_with_constant(priors),
        log_likelihood=maximum.value,
        log_likelihood_null=_null_value(blocks, group, effects),
    )
    return model.with_second_stage()


def _with_constant(priors: Floats) -> Floats:
    """Priors of all terms (q,). The constant has none: it says how many succeed, which every model
    must be able to."""
    return np.concatenate([[np.inf], priors])


def fit_priors(
    blocks: Blocks,
    group: int,
    design: DesignPlan,
    effects: UnitEffects | None,
    events_per_column: float,
) -> dict[str, float]:
    """Standard deviation of the prior by term: those of the design, and where units in which all or
    none succeed are outside the fit, those of levels in which few of the others succeed or few
    fail; of all levels where there are few of either for as many columns."""
    if effects is None:
        return design.priors
    successes, failures, between = blocks.total(
        partial(column_outcomes, group=group, effects=effects)
    ).totals
    fewest = np.minimum(successes, failures)
    everywhere = too_few_events(fewest[0], len(design.terms), events_per_column)
    # Columns of the second stage are zero in the fit.
    is_level = (between == 0) & (successes + failures > 0)
    few: set[str] = set()
    for name in {column.column for column in design.columns}:
        places = [1 + k for k, column in enumerate(design.columns) if column.column == name]
        levels = [place for place in places if is_level[place]]
        reference = np.minimum(*(of[0] - of[levels].sum() for of in (successes, failures)))
        # Few of the reference level show in the other levels and the constant.
        all_of_them = everywhere or reference <= MOST_EVENTS_WITH_PRIOR
        chosen = (k for k in levels if all_of_them or fewest[k] <= MOST_EVENTS_WITH_PRIOR)
        few.update(design.terms[k - 1] for k in chosen)
    return dict.fromkeys(sorted(few), PRIOR_SD) | design.priors


def column_outcomes(block: SpellBlock, group: int, effects: UnitEffects | None) -> Matrices:
    """Cases in the fit that succeed, and that fail, in all and by level (1 + p,); how far each
    column is from holding nothing but 0 and 1."""
    outcome, x = fitted_rows(block, group, effects)
    columns = np.abs(x[:, 0 if effects is None else len(effects.units) :])
    columns = np.concatenate([np.ones((len(x), 1)), columns], axis=1)
    between = np.abs(columns * (1.0 - columns)).sum(axis=0)
    return Matrices((outcome @ columns, (1.0 - outcome) @ columns, between))


def _null_value(blocks: Blocks, group: int, effects: UnitEffects | None) -> float:
    """The log-likelihood of the model with nothing but its constant."""
    outcomes = blocks.total(partial(_outcomes, group=group, effects=effects))
    n_cases, n_events = (float(total) for total in outcomes.totals)
    share = n_events / n_cases
    failures = n_cases - n_events
    return float(special.xlogy(n_events, share) + special.xlogy(failures, 1.0 - share))


def _outcomes(block: SpellBlock, group: int, effects: UnitEffects | None) -> Matrices:
    outcome, _ = fitted_rows(block, group, effects)
    return Matrices((np.array(float(len(outcome))), outcome.sum()))
