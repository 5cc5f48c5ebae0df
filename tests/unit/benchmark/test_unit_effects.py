"""The sensitivity model.municipality_effects: coefficients from a model with effects of the units,
predictions for an average one."""

import numpy as np
import pandas as pd
import pytest
from simulated_spells import simulate_spells
from test_blocks import cut, plans

from kommunebench.benchmark.block_chain import estimate_blocks
from kommunebench.benchmark.chain import estimate_chain
from kommunebench.benchmark.design import UnitColumns, infer_specs
from kommunebench.benchmark.expected import GroupModel, area_under, coefficient_table
from kommunebench.benchmark.influence import covariance_over, influence_covariance, influences
from kommunebench.benchmark.observed import count_by_unit, observed_durations, robust_durations
from kommunebench.benchmark.spell_arrays import spell_arrays
from kommunebench.benchmark.spell_blocks import block_of
from kommunebench.survival import fit_cox
from kommunebench.survival.baseline import kalbfleisch_prentice_log_factors

HORIZON, STEP = 30, 1e-5


@pytest.fixture(scope="module")
def case():
    spells = simulate_spells(500, seed=3, effect=0.8)
    spells.loc[spells.index[:12], ["unit", "event"]] = ["e", 0]
    arrays = spell_arrays(
        spells,
        unit="unit",
        duration="duration",
        event="event",
        person="person",
        group="group",
        horizon=HORIZON,
    )
    specs = infer_specs(spells, ["x", "c"])
    return spells, arrays, specs, estimate_chain(arrays, spells, specs, unit_effects=True)


def test_coefficients_are_those_of_a_model_with_dummies_and_their_mean_effect_is_zero(case):
    spells, arrays, _, chain = case
    for model in chain.models:
        own = spells.iloc[model.rows][lambda d: d["unit"] != "e"]
        dummies = (
            pd.get_dummies(own[["c", "unit"]], drop_first=True).astype(float).assign(x=own["x"])
        )
        fit = fit_cox(own["duration"], own["event"], dummies)
        table = coefficient_table([model]).set_index("term")
        assert "a" not in table.index and len(table) == 4
        assert table.loc["x", "coefficient"] == pytest.approx(fit.coefficients["x"], rel=1e-8)
        assert table.loc["x", "se"] == pytest.approx(fit.se["x"], rel=1e-8)
        effects = model.units.centred(model.fit.coefficients.to_numpy()[3:])
        assert effects[arrays.unit[model.rows]].mean() == pytest.approx(0.0, abs=1e-12)
        assert effects[3] - effects[0] == pytest.approx(fit.coefficients["unit_d"], rel=1e-7)


def log_indicators(arrays, chain, weights):
    """The weighted chain, written out."""
    models, expected = [], np.empty(len(weights))
    for model in chain.models:
        own, rows, p = weights[model.rows], model.rows, len(model.design.terms)
        unit = arrays.unit[rows]
        events = np.bincount(unit, own * arrays.event[rows], arrays.units)
        columns = UnitColumns.of_counts(
            np.bincount(unit, own, arrays.units), events, arrays.unit_names
        )
        x = np.concatenate([model.x[:, :p], columns.matrix(unit)], axis=1)
        inside = columns.kept[unit]
        fit = fit_cox(
            arrays.duration[rows][inside],
            arrays.event[rows][inside],
            pd.DataFrame(x[inside]),
            weights=own[inside],
        )
        beta = fit.coefficients.to_numpy()
        risk, in_fit = np.exp(x[:, :p] @ beta[:p]), np.where(inside, np.exp(x @ beta), 0.0)
        factors = kalbfleisch_prentice_log_factors(
            arrays.duration[rows], arrays.event[rows], in_fit, own, HORIZON
        )
        models.append(GroupModel(model.name, rows, model.design, fit, x, risk, factors))
        expected[rows] = area_under(models[-1].log_survival, risk)
    mean = arrays.unit_sums(weights * expected) / arrays.unit_sums(weights)
    counts = count_by_unit(arrays, weights)
    robust = robust_durations(arrays, models, counts, weights).value
    return np.log(mean / observed_durations(arrays, counts).value), np.log(mean / robust)


def test_influences_equal_numerical_derivatives_in_the_weights(case):
    _, arrays, _, chain = case
    analytic = influences(arrays, chain)
    for row in [0, *np.random.default_rng(1).choice(len(arrays.duration), 8, replace=False)]:
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


def test_blocks_give_the_same(case):
    spells, arrays, specs, chain = case
    blocks = cut(block_of(arrays, chain.models), 3)
    units = [model.units for model in chain.models]
    found = estimate_blocks(
        blocks,
        arrays.group_names,
        plans(arrays, spells, specs),
        "breslow",
        "kalbfleisch_prentice",
        units,
    )
    one, other = coefficient_table(found.models), coefficient_table(chain.models)
    for column in ("coefficient", "se", "se_robust"):
        np.testing.assert_allclose(
            one[column].astype(float), other[column].astype(float), rtol=1e-8
        )
    np.testing.assert_allclose(found.point.expected, chain.expected, rtol=1e-9)
    covariance, wanted = covariance_over(blocks, found.point), influence_covariance(arrays, chain)
    np.testing.assert_allclose(covariance.robust, wanted.robust, rtol=1e-7, atol=1e-14)


def test_expected_durations_no_longer_follow_the_units(case):
    """With a strong unit the pooled model gives its spells' circumstances part of its effect; the
    sensitivity does not."""
    rng = np.random.default_rng(5)
    spells = simulate_spells(6000, seed=9, effect=1.0)
    spells = spells.assign(mixed=(spells["unit"] == "d") * 1.0 + rng.normal(0, 1, len(spells)))
    arrays = spell_arrays(spells, unit="unit", duration="duration", event="event", horizon=HORIZON)
    specs = infer_specs(spells, ["x", "c", "mixed"])
    pooled, within = (
        estimate_chain(arrays, spells, specs, unit_effects=flag) for flag in (False, True)
    )
    beta = [
        coefficient_table(chain.models).set_index("term").loc["mixed", "coefficient"]
        for chain in (pooled, within)
    ]
    assert beta[0] > 0.1
    assert abs(beta[1]) < 0.05
