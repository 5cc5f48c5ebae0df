"""Hazard models of spells in memory, one a group: Cox's by survival.fit_cox."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Floats, MemoryBlocks
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.model.block_fit import fit_over_blocks
from kommunebench.benchmark.model.likelihood import fit_columns, in_fit
from kommunebench.benchmark.model.national import HazardEstimate, ModelChoice, NationalModel
from kommunebench.benchmark.model.priors import fit_or_hold, prior_deviations
from kommunebench.errors import in_model_of
from kommunebench.survival.column_moments import column_moments
from kommunebench.survival.cox import CoxFit, fit_cox
from kommunebench.survival.partial_likelihood import PartialLikelihood


def fit_in_memory(
    blocks: MemoryBlocks, layout: RecordLayout, choice: ModelChoice, *, unit_effects: bool = False
) -> tuple[NationalModel, ...]:
    """A model per group without its baseline, with the layout's effects of the units or without
    any. A model without a finite maximum has a prior on every level and unit. A hazard that is
    constant within intervals, which fit_cox has not, is fitted as over any other blocks.

    Raises InputError and ConvergenceError as fit_cox, with the group's name in front.
    """
    if choice.baseline == "piecewise":
        return fit_over_blocks(blocks, layout, choice, unit_effects=unit_effects)
    models = []
    for group, name in enumerate(layout.group_names):
        effects = layout.effects_of(group) if unit_effects else None
        with in_model_of(name):
            models.append(_fit_group(blocks, group, layout, choice, effects))
    return tuple(models)


def _fit_group(
    blocks: MemoryBlocks,
    group: int,
    layout: RecordLayout,
    choice: ModelChoice,
    effects: UnitEffects | None,
) -> NationalModel:
    design = layout.designs[group]
    names = [*(() if effects is None else effects.names), *design.terms]
    inside = np.concatenate([in_fit(block.groups[group], effects) for block in blocks.blocks])
    x, unit = blocks.group_x[group], blocks.of_group(group, lambda block: block.unit)
    duration = blocks.of_group(group, lambda block: block.duration)
    event = blocks.of_group(group, lambda block: block.event)
    person = blocks.of_group(group, lambda block: block.person)
    if not inside.all():
        x, unit, duration = x[inside], unit[inside], duration[inside]
        event, person = event[inside], person[inside]
    columns = fit_columns(x, unit, effects)

    def fit(prior_sd: Floats) -> tuple[CoxFit, Floats]:
        known = zip(names, prior_sd, strict=True)
        fitted = fit_cox(
            duration,
            event,
            pd.DataFrame(columns, columns=names, copy=False),
            cluster=person,
            ties=choice.ties,
            ridge={name: float(sd) for name, sd in known if np.isfinite(sd)},
            aliased="omit",
        )
        return fitted, fitted.coefficients.to_numpy()

    n_effects, priors = len(names) - len(design.terms), prior_deviations(design, names)
    cox, prior_sd = fit_or_hold(fit, priors, lambda: column_moments(columns), n_effects)
    likelihood = PartialLikelihood([cox.data.rows], choice.ties)
    model = NationalModel(
        name=layout.group_names[group],
        design=design,
        estimate=_estimate(cox, prior_sd),
        grid=cox.data.rows.risk.grid,
        terms=likelihood.score(cox.coefficients.to_numpy()).terms,
        choice=choice,
        unit_effects=effects,
    )
    return model.with_second_stage()


def _estimate(fit: CoxFit, prior_sd: Floats) -> HazardEstimate:
    assert fit.se_robust is not None
    return HazardEstimate(
        beta=fit.coefficients.to_numpy(),
        bread=fit.bread.to_numpy(),
        covariance=fit.covariance.to_numpy(),
        se_robust=fit.se_robust.to_numpy(),
        omitted=np.isin(fit.coefficients.index, fit.aliased),
        prior_sd=prior_sd,
        log_likelihood=fit.log_likelihood,
        log_likelihood_null=fit.log_likelihood_null,
    )
