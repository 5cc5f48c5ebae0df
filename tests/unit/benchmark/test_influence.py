"""Influence functions are the derivatives of the chain in the case weights: checked against a
second implementation of the weighted chain, for every measure, indicator, baseline and kind of
model."""

import numpy as np
import pytest
from laid_out import HORIZON, estimate, influence_matrix, lay_out
from plain_chain import PlainSecondStage, covariate_matrix, derivative, plain_chain
from simulated_spells import simulate_spells

from kommunebench.benchmark.blocks.block import MemoryBlocks
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.influence.covariance import influence_plan, performance_covariance
from kommunebench.benchmark.influence.spells import kaplan_meier_effects, kaplan_meier_influence
from kommunebench.survival import kaplan_meier

PIECEWISE = {"baseline": "piecewise", "cuts": (6, 13)}
CASES = [
    ("restricted_mean", "ratio", {}, False),
    ("share", "difference", {}, False),
    ("share", "ratio", {}, False),
    ("restricted_mean", "difference", {}, False),
    ("restricted_mean", "ratio", {"baseline": "breslow"}, False),
    ("restricted_mean", "ratio", {}, True),
    ("share", "difference", {}, True),
    ("restricted_mean", "ratio", PIECEWISE, False),
    ("share", "difference", PIECEWISE, True),
]


@pytest.mark.parametrize(("measure", "indicator", "choice", "unit_effects"), CASES)
def test_influences_equal_numerical_derivatives_in_the_weights(
    measure, indicator, choice, unit_effects
):
    """To 1e-8 of the largest influence."""
    spells = simulate_spells(240, seed=3, effect=0.5)
    covariates = covariate_matrix(spells)
    laid_out = lay_out(spells, unit_effects=unit_effects)
    chain = estimate(laid_out, measure, unit_effects=unit_effects, **choice)

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


def with_constant_covariates(count, seed):
    """Spells in nine units, with a number and a category that never change within a unit; the last
    unit has no events in one of the groups."""
    spells = simulate_spells(count, seed=seed, effect=0.5)
    rng = np.random.default_rng(seed)
    spells["unit"] = rng.choice(list("abcdefghi"), count)
    spells.loc[(spells["unit"] == "i") & (spells["group"] == "m"), "event"] = 0
    market = dict(zip("abcdefghi", rng.normal(2010, 3, 9), strict=True))
    return spells.assign(
        market=spells["unit"].map(market), coast=np.where(spells["unit"] < "d", "yes", "no")
    )


@pytest.mark.parametrize(
    ("measure", "indicator", "choice"),
    [
        ("restricted_mean", "ratio", {}),
        ("share", "difference", {}),
        ("restricted_mean", "ratio", {"baseline": "breslow"}),
        ("restricted_mean", "ratio", PIECEWISE),
    ],
)
def test_influences_of_the_second_stage_equal_numerical_derivatives(measure, indicator, choice):
    """In the spells' weights, and in what the units deviate from the second stage's regression."""
    spells = with_constant_covariates(360, 7)
    names = ["x", "c", "market", "coast"]
    covariates = covariate_matrix(spells, names)
    laid_out = lay_out(spells, names, unit_effects=True)
    for effects in laid_out.layout.unit_effects:
        assert effects.constant.positions.tolist() == [3, 4]
    chain = estimate(laid_out, measure, unit_effects=True, **choice)
    second_stage = PlainSecondStage(["market", "coast_yes"], np.zeros(9))

    def performance(weights, deviation=None):
        second_stage.deviation = np.zeros(9) if deviation is None else deviation
        plain = plain_chain(
            spells,
            covariates,
            weights,
            HORIZON,
            measure=measure,
            unit_effects=True,
            second_stage=second_stage,
            **choice,
        )
        return plain.performance(measure, indicator)

    ones, estimated = np.ones(len(spells)), Indicator(indicator, measure)
    wanted = performance(ones)
    assert min(second_stage.tau.values()) > 0
    for model in chain.models:
        assert model.second_stage.tau == pytest.approx(second_stage.tau[model.name], rel=1e-6)
    for row, observed in enumerate((chain.observed.value, chain.robust)):
        performed = estimated.performance(chain.expected, observed)
        np.testing.assert_allclose(performed, wanted[row], atol=1e-9)
    plan = influence_plan(laid_out.blocks, chain, estimated)
    analytic = influence_matrix(laid_out, chain, indicator)
    for row in np.random.default_rng(1).choice(len(spells), 3, replace=False):
        numerical = derivative(performance, len(spells), row)
        assert np.abs(numerical - analytic[row]).max() < 1e-8 * np.abs(analytic).max()
    deviations = np.sum([group.d_deviation for group in plan.groups], axis=0)
    step = 1e-3
    for unit in range(0, 9, 4):
        sides = [performance(ones, sign * step * np.eye(9)[unit]) for sign in (1, -1)]
        numerical = (sides[0] - sides[1]).ravel() / (2 * step)
        np.testing.assert_allclose(
            deviations[unit], numerical, atol=1e-6 * np.abs(deviations).max()
        )
    covariance = performance_covariance(laid_out.blocks, chain, estimated)
    person = spells["person"].astype(int).to_numpy()
    by_person = np.zeros((person.max() + 1, 9))
    np.add.at(by_person, person, analytic[:, 1])
    total = by_person.T @ by_person + deviations[:, 9:].T @ deviations[:, 9:]
    np.testing.assert_allclose(covariance.robust, total, rtol=1e-9, atol=1e-14)


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
