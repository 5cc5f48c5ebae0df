"""Cox models of spells in memory, one a group, by survival.fit_cox."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import MemoryBlocks
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.model.national import CoxEstimate, ModelChoice, NationalModel
from kommunebench.survival.cox import CoxFit, fit_cox
from kommunebench.survival.partial_likelihood import PartialLikelihood


def fit_in_memory(
    blocks: MemoryBlocks, layout: RecordLayout, choice: ModelChoice
) -> tuple[NationalModel, ...]:
    """A model per group without its baseline.

    Raises InputError and ConvergenceError as fit_cox, with the group's name in front.
    """
    models = []
    for group, name in enumerate(layout.group_names):
        try:
            models.append(_fit_group(blocks, group, layout, choice))
        except ValueError as error:
            raise type(error)(f"model of group {name}: {error}") from error
    return tuple(models)


def _fit_group(
    blocks: MemoryBlocks, group: int, layout: RecordLayout, choice: ModelChoice
) -> NationalModel:
    design = layout.designs[group]
    effects = None if layout.unit_effects is None else layout.unit_effects[group]
    names = [*design.terms, *(() if effects is None else effects.names)]
    x = blocks.group_x[group]
    outside_fit = np.concatenate([block.groups[group].outside_fit for block in blocks.blocks])
    duration = blocks.of_group(group, lambda block: block.duration)
    event = blocks.of_group(group, lambda block: block.event)
    person = blocks.of_group(group, lambda block: block.person)
    if outside_fit.any():
        in_fit = ~outside_fit
        x, duration, event, person = x[in_fit], duration[in_fit], event[in_fit], person[in_fit]
    fit = fit_cox(
        duration,
        event,
        pd.DataFrame(x, columns=names, copy=False),
        cluster=person,
        ties=choice.ties,
        ridge=design.priors,
        aliased="omit",
    )
    beta = fit.coefficients.to_numpy()
    likelihood = PartialLikelihood([fit.data.rows], choice.ties)
    return NationalModel(
        name=layout.group_names[group],
        design=design,
        estimate=_estimate(fit),
        grid=fit.data.rows.risk.grid,
        terms=likelihood.score(beta).terms,
        choice=choice,
        unit_effects=effects,
    )


def _estimate(fit: CoxFit) -> CoxEstimate:
    assert fit.se_robust is not None
    return CoxEstimate(
        beta=fit.coefficients.to_numpy(),
        bread=fit.bread.to_numpy(),
        covariance=fit.covariance.to_numpy(),
        se_robust=fit.se_robust.to_numpy(),
        omitted=np.isin(fit.coefficients.index, fit.aliased),
        log_likelihood=fit.log_likelihood,
        log_likelihood_null=fit.log_likelihood_null,
    )
