"""The option baseline: breslow through the whole chain: its influences are its derivatives in the
case weights."""

import numpy as np
import pytest
from simulated_spells import simulate_spells

from kommunebench.benchmark.chain import estimate_chain
from kommunebench.benchmark.design import infer_specs
from kommunebench.benchmark.expected import GroupModel, area_under
from kommunebench.benchmark.influence import influences
from kommunebench.benchmark.observed import count_by_unit, observed_durations, robust_durations
from kommunebench.benchmark.spell_arrays import spell_arrays
from kommunebench.survival import fit_cox
from kommunebench.survival.baseline import breslow_log_factors

HORIZON, STEP = 30, 1e-5


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
    return arrays, estimate_chain(
        arrays, spells, infer_specs(spells, ["x", "c"]), baseline="breslow"
    )


def log_indicators(arrays, chain, weights):
    """The weighted chain, written out."""
    models, expected = [], np.empty(len(weights))
    for model in chain.models:
        own, rows = weights[model.rows], model.rows
        fit = fit_cox(arrays.duration[rows], arrays.event[rows], model.design.matrix, weights=own)
        risk = np.exp(model.x @ fit.coefficients.to_numpy())
        factors = breslow_log_factors(arrays.duration[rows], arrays.event[rows], risk, own, HORIZON)
        models.append(
            GroupModel(model.name, rows, model.design, fit, model.x, risk, factors, "breslow")
        )
        expected[rows] = area_under(models[-1].log_survival, risk)
    mean = arrays.unit_sums(weights * expected) / arrays.unit_sums(weights)
    counts = count_by_unit(arrays, weights)
    robust = robust_durations(arrays, models, counts, weights).value
    return np.log(mean / observed_durations(arrays, counts).value), np.log(mean / robust)


def test_factors_are_those_of_the_fitted_models_baseline(case):
    _, chain = case
    for model in chain.models:
        curve = model.fit.baseline("breslow")
        np.testing.assert_allclose(
            np.exp(np.cumsum(model.log_factors)), curve.at(np.arange(1, HORIZON + 1)), rtol=1e-12
        )


def test_influences_equal_numerical_derivatives_in_the_weights(case):
    arrays, chain = case
    analytic = influences(arrays, chain)
    for row in np.random.default_rng(1).choice(len(arrays.duration), 8, replace=False):
        sides = []
        for sign in (1, -1):
            weights = np.ones(len(arrays.duration))
            weights[row] += sign * STEP
            sides.append(log_indicators(arrays, chain, weights))
        for kind in (0, 1):
            numerical = (sides[0][kind] - sides[1][kind]) / (2 * STEP)
            assert (
                np.abs(numerical - analytic[kind][row]).max() < 1e-6 * np.abs(analytic[kind]).max()
            )
