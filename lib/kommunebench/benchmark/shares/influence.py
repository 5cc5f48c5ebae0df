"""Exact influence functions of the units' performances in a share model, summed by cluster.

With observed share O_K, expected share E_K and probabilities p_i, the influence of case i on the
performance y_K is

    [dy/dO (outcome_i - O_K) + dy/dE (p_i - E_K)] / n_K  (cases of K)
        + dy/dE mean_K{p (1 - p) x}' B x_i (outcome_i - p_i),

x with the constant, B the inverse of information plus the priors' precision (fact sheet, section 1;
method, section 7). In a model with effects of the units the last p_i is that of the fit, x_i has
the effects' columns, and a case moves the unit of average effect, as it does for durations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import sparse

from kommunebench.benchmark.blocks.block import Blocks, Floats, SpellBlock, grouping
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.pace import PaceScale
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.influence.coefficients import through_coefficients
from kommunebench.benchmark.influence.covariance import PerformanceCovariance, deviations_gram
from kommunebench.benchmark.model.likelihood import Matrices, in_fit
from kommunebench.benchmark.shares.model import ShareModel, case_scores, probabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Numbers the influences are made of: shares of every unit (K,), derivatives of the performance
    in them divided by the unit's cases, and per group the loadings (q + 1, K) that turn a case's
    scores, and its pull on the unit of average effect, into its influence through the model;
    ``areas``: per group the derivatives in the units' deviations from the regression of the second
    stage (K, K), None without one; ``pace_scale``: between the performance and the log odds."""

    models: tuple[ShareModel, ...]
    observed: Floats
    expected: Floats
    on_observed: Floats
    on_expected: Floats
    loadings: tuple[Floats, ...]
    areas: tuple[Floats | None, ...]
    pace_scale: PaceScale


def share_covariance(
    blocks: Blocks, models: Sequence[ShareModel], chain: ChainEstimate, indicator: Indicator
) -> PerformanceCovariance:
    """Covariance of the performances (K, K): the influences summed by cluster, multiplied with
    themselves, over blocks of whole clusters. Robust and plain performance are the same; the pace
    is the log odds of all cases of the unit."""
    plan = _influence_plan(blocks, tuple(models), chain, indicator)
    covariance = blocks.total(partial(_influence_gram, plan=plan)).totals[0]
    covariance = covariance + deviations_gram(plan.areas)
    return PerformanceCovariance(
        plain=covariance, robust=covariance, between=covariance, pace_scale=plan.pace_scale
    )


def _influence_plan(
    blocks: Blocks, models: tuple[ShareModel, ...], chain: ChainEstimate, indicator: Indicator
) -> _Plan:
    observed, expected = chain.observed.value, chain.expected
    on_expected = indicator.derivative(expected) / chain.n_spells
    on_observed = -indicator.derivative(observed) / chain.n_spells
    *slopes, second = blocks.total(partial(_expected_slopes, models=models)).totals
    through = [
        _through_model(model, slope * on_expected)
        for model, slope in zip(models, slopes, strict=True)
    ]
    return _Plan(
        models=models,
        observed=observed,
        expected=expected,
        on_observed=on_observed,
        on_expected=on_expected,
        loadings=tuple(loading for loading, _ in through),
        areas=tuple(area for _, area in through),
        pace_scale=_pace_scale(chain, slopes, second, indicator),
    )


def share_pace_scale(
    blocks: Blocks, models: tuple[ShareModel, ...], chain: ChainEstimate, indicator: Indicator
) -> PaceScale:
    """The scale between the units' performances and their log odds, by one pass over the cases;
    ``models``: those that carry the verdicts, ``chain``: their shares."""
    *slopes, second = blocks.total(partial(_expected_slopes, models=models)).totals
    return _pace_scale(chain, slopes, second, indicator)


def _pace_scale(
    chain: ChainEstimate, slopes: Sequence[Floats], second: Floats, indicator: Indicator
) -> PaceScale:
    # The first row of the slopes, of the constant, is the sum of p (1 - p).
    first = np.sum([slope[0] for slope in slopes], axis=0)
    n_cases = chain.n_spells
    return PaceScale.at_expected(indicator, chain.expected, first / n_cases, second / n_cases)


def _through_model(model: ShareModel, on_prediction: Floats) -> tuple[Floats, Floats | None]:
    """The loadings of a group (q + 1, K), and its derivatives in the units' deviations, from those
    in constant and coefficients of predictions (p + 1, K)."""
    level = on_prediction[0]
    on_terms, area = through_coefficients(model, on_prediction[1:], level)
    return np.vstack([model.bread @ np.vstack([level, on_terms]), level]), area


def _expected_slopes(block: SpellBlock, models: tuple[ShareModel, ...]) -> Matrices:
    """Per group the sum over each unit's cases of p (1 - p) x (p + 1, K); then, over all groups,
    that of p (1 - p) (1 - 2 p) (K,)."""
    probability, matrices = probabilities(block, models), []
    second = block.unit_sums(probability * (1.0 - probability) * (1.0 - 2.0 * probability))
    for cases in block.groups:
        share = probability[cases.rows]
        spread = (share * (1.0 - share))[:, None]
        by_unit = grouping(block.unit[cases.rows], block.n_units)
        weighted = np.concatenate([spread, spread * cases.x], axis=1)
        matrices.append((by_unit @ weighted).T)
    return Matrices((*matrices, second))


def _influence_gram(block: SpellBlock, plan: _Plan) -> Matrices:
    """Influences summed by cluster (C, K), multiplied with themselves (K, K)."""
    probability = probabilities(block, plan.models)
    unit = block.unit
    _, cluster = np.unique(block.person, return_inverse=True)
    n_clusters = int(cluster.max(initial=-1)) + 1
    direct = plan.on_observed[unit] * (block.event - plan.observed[unit])
    direct += plan.on_expected[unit] * (probability - plan.expected[unit])
    # Added before they are multiplied: where there is nothing to compare with they cancel out.
    influences = sparse.csr_matrix((direct, (cluster, unit)), (n_clusters, block.n_units)).toarray()
    for group, cases in enumerate(block.groups):
        pulls = _pulls(block, group, plan.models[group]) @ plan.loadings[group]
        influences += grouping(cluster[cases.rows], n_clusters) @ pulls
    return Matrices((influences.T @ influences,))


def _pulls(block: SpellBlock, group: int, model: ShareModel) -> Floats:
    """What a block's cases of one group move in its model (n_g, q + 1): their scores, and what they
    add to the mean effect of the units and the mean of the second stage's columns."""
    cases, effects = block.groups[group], model.unit_effects
    mean_effect = np.zeros(len(cases.x))
    if effects is not None:
        remaining = model.remaining_effects[cases.unit] / effects.n_spells
        mean_effect = np.where(in_fit(cases, effects), remaining, 0.0)
    return np.column_stack([case_scores(block, group, model), mean_effect])
