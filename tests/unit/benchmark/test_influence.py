"""Influence functions are the derivatives of the chain in the case weights: checked against the
weighted chain itself."""

import numpy as np
import pytest
from simulated_spells import simulate_spells

from kommunebench.benchmark.block_influences import greenwood_parts, kaplan_meier_part
from kommunebench.benchmark.chain import estimate_chain
from kommunebench.benchmark.design import infer_specs
from kommunebench.benchmark.expected import GroupModel, area_under
from kommunebench.benchmark.influence import ChainEstimates, influence_covariance, influences
from kommunebench.benchmark.observed import count_by_unit, observed_durations, robust_durations
from kommunebench.benchmark.spell_arrays import spell_arrays
from kommunebench.benchmark.spell_blocks import block_of
from kommunebench.survival import fit_cox, kaplan_meier
from kommunebench.survival.baseline import kalbfleisch_prentice_log_factors

HORIZON = 30
# Central differences of fourth order (two steps, extrapolated): what is left of the series and
# rounding are both below 1e-9.
STEP = 5e-3
TOLERANCE = 1e-8


@pytest.fixture(scope="module")
def case():
    spells = simulate_spells(300, seed=3)
    arrays = spell_arrays(
        spells,
        unit="unit",
        duration="duration",
        event="event",
        person="person",
        group="group",
        horizon=HORIZON,
    )
    return arrays, estimate_chain(arrays, spells, infer_specs(spells, ["x", "c"]))


def weighted_log_indicators(arrays, chain: ChainEstimates, weights):
    models = []
    for model in chain.models:
        own = weights[model.rows]
        fit = fit_cox(
            arrays.duration[model.rows], arrays.event[model.rows], model.design.matrix, weights=own
        )
        risk = np.exp(model.x @ fit.coefficients.to_numpy())
        factors = kalbfleisch_prentice_log_factors(
            arrays.duration[model.rows], arrays.event[model.rows], risk, own, HORIZON
        )
        models.append(GroupModel(model.name, model.rows, model.design, fit, model.x, risk, factors))
    expected = np.empty(len(weights))
    for model in models:
        expected[model.rows] = area_under(model.log_survival, model.risk)
    mean = arrays.unit_sums(weights * expected) / arrays.unit_sums(weights)
    counts = count_by_unit(arrays, weights)
    plain = observed_durations(arrays, counts).value
    robust = robust_durations(arrays, models, counts, weights).value
    return np.log(mean / plain), np.log(mean / robust)


def numerical_influence(arrays, chain: ChainEstimates, row: int):
    """Derivatives of all log indicators, plain and robust, in one spell's weight (2, K)."""

    def central(step: float):
        sides = []
        for sign in (1, -1):
            weights = np.ones(len(arrays.duration))
            weights[row] += sign * step
            sides.append(np.stack(weighted_log_indicators(arrays, chain, weights)))
        return (sides[0] - sides[1]) / (2 * step)

    return (4 * central(STEP) - central(2 * STEP)) / 3


def test_influences_equal_numerical_derivatives_in_the_weights(case):
    """To 1e-8 of a weight's largest influence, and absolutely: those are below 1."""
    arrays, chain = case
    analytic = np.stack(influences(arrays, chain), axis=1)
    assert np.abs(analytic).max() < 1
    for row in np.random.default_rng(1).choice(len(arrays.duration), 12, replace=False):
        gap = np.abs(numerical_influence(arrays, chain, row) - analytic[row]).max()
        assert gap < TOLERANCE * np.abs(analytic[row]).max()


def test_covariance_sums_influences_by_person(case):
    arrays, chain = case
    covariance = influence_covariance(arrays, chain)
    for kind, matrix in zip(
        influences(arrays, chain), (covariance.plain, covariance.robust), strict=True
    ):
        by_person = np.zeros((arrays.person.max() + 1, arrays.units))
        np.add.at(by_person, arrays.person, kind)
        np.testing.assert_allclose(by_person.T @ by_person, matrix, rtol=1e-10, atol=1e-15)


def test_squared_influences_of_kaplan_meier_sum_to_greenwoods_variance_of_the_area():
    spells = simulate_spells(400, seed=8)
    arrays = spell_arrays(spells, unit="unit", duration="duration", event="event", horizon=HORIZON)
    part = kaplan_meier_part(block_of(arrays, ()), *greenwood_parts(count_by_unit(arrays)))
    for number, name in enumerate(arrays.unit_names):
        own = spells[spells["unit"] == name]
        se = kaplan_meier(own["duration"], own["event"]).restricted_mean(HORIZON).se
        assert np.sqrt(np.sum(part[arrays.unit == number] ** 2)) == pytest.approx(se, rel=1e-10)
