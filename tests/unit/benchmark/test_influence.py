"""Influence functions are the derivatives of the chain in the case weights: checked against a
second implementation of the weighted chain, for every measure, indicator, baseline and kind of
model."""

import numpy as np
import pytest
from laid_out import HORIZON, estimate, influence_matrix, lay_out
from plain_chain import covariate_matrix, derivative, plain_chain
from simulated_spells import simulate_spells

from kommunebench.benchmark.blocks.block import MemoryBlocks
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.influence.covariance import performance_covariance
from kommunebench.benchmark.influence.spells import kaplan_meier_effects, kaplan_meier_influence
from kommunebench.survival import kaplan_meier

CASES = [
    ("restricted_mean", "ratio", {}, False),
    ("share", "difference", {}, False),
    ("share", "ratio", {}, False),
    ("restricted_mean", "difference", {}, False),
    ("restricted_mean", "ratio", {"baseline": "breslow"}, False),
    ("restricted_mean", "ratio", {}, True),
    ("share", "difference", {}, True),
]


@pytest.mark.parametrize(("measure", "indicator", "choice", "unit_effects"), CASES)
def test_influences_equal_numerical_derivatives_in_the_weights(
    measure, indicator, choice, unit_effects
):
    """To 1e-8 of the largest influence."""
    spells = simulate_spells(240, seed=3, effect=0.5)
    covariates = covariate_matrix(spells)
    laid_out = lay_out(spells, unit_effects=unit_effects)
    chain = estimate(laid_out, measure, **choice)

    def performance(weights):
        plain = plain_chain(
            spells,
            covariates,
            weights,
            HORIZON,
            measure=measure,
            unit_effects=unit_effects,
            **choice,
        )
        return plain.performance(measure, indicator)

    estimated = Indicator(indicator, measure)
    wanted = performance(np.ones(len(spells)))
    np.testing.assert_allclose(
        estimated.performance(chain.expected, chain.observed.value), wanted[0], atol=1e-9
    )
    np.testing.assert_allclose(
        estimated.performance(chain.expected, chain.robust), wanted[1], atol=1e-9
    )
    analytic = influence_matrix(laid_out, chain, indicator)
    for row in np.random.default_rng(1).choice(len(spells), 4, replace=False):
        numerical = derivative(performance, len(spells), row)
        assert np.abs(numerical - analytic[row]).max() < 1e-8 * np.abs(analytic).max()


def test_covariance_sums_influences_by_person():
    spells = simulate_spells(300, seed=3)
    laid_out = lay_out(spells)
    chain = estimate(laid_out)
    covariance = performance_covariance(
        laid_out.blocks, chain, Indicator("ratio", "restricted_mean")
    )
    person = spells["person"].astype(int).to_numpy()
    both = influence_matrix(laid_out, chain)
    for kind, matrix in enumerate((covariance.plain, covariance.robust)):
        by_person = np.zeros((person.max() + 1, 4))
        np.add.at(by_person, person, both[:, kind])
        np.testing.assert_allclose(by_person.T @ by_person, matrix, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("measure", ["restricted_mean", "share"])
def test_squared_influences_of_kaplan_meier_sum_to_greenwoods_variance(measure):
    spells = simulate_spells(400, seed=8)
    laid_out = lay_out(spells, [], person=None, group=None)
    chain = estimate(laid_out, measure)
    effects = kaplan_meier_effects(chain.counts, chain.measure)
    blocks: MemoryBlocks = laid_out.blocks
    influence = blocks.by_spell(lambda block: kaplan_meier_influence(block, *effects))
    for code, name in enumerate(laid_out.layout.unit_names):
        in_unit = (spells["unit"] == name).to_numpy()
        curve = kaplan_meier(spells["duration"][in_unit], spells["event"][in_unit])
        se = curve.restricted_mean(HORIZON).se
        if measure == "share":
            se = curve.survival_se[np.searchsorted(curve.time, HORIZON, "right") - 1]
        assert np.sqrt(np.sum(influence[in_unit] ** 2)) == pytest.approx(se, rel=1e-10)
        assert chain.observed.se[code] == pytest.approx(se, rel=1e-10)
