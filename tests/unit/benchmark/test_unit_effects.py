"""The model with effects of the units: its coefficients, its average unit, its second stage."""

import numpy as np
import pandas as pd
import pytest
from laid_out import estimate, lay_out
from simulated_spells import simulate_spells

from kommunebench.benchmark.model.tables import coefficient_table
from kommunebench.survival import fit_cox


def test_coefficients_are_those_of_a_model_with_dummies_and_their_mean_effect_is_zero():
    spells = simulate_spells(500, seed=3, effect=0.8)
    spells.loc[spells.index[:12], ["unit", "event"]] = ["e", 0]
    laid_out = lay_out(spells, unit_effects=True)
    for model in estimate(laid_out, unit_effects=True).models:
        rows = spells[(spells["group"] == model.name) & (spells["unit"] != "e")]
        dummies = (
            pd.get_dummies(rows[["c", "unit"]], drop_first=True).astype(float).assign(x=rows["x"])
        )
        fit = fit_cox(rows["duration"], rows["event"], dummies)
        table = coefficient_table([model]).set_index("term")
        assert len(table) == 4
        assert table.loc["x", "coefficient"] == pytest.approx(fit.coefficients["x"], rel=1e-8)
        assert table.loc["x", "se"] == pytest.approx(fit.se["x"], rel=1e-8)
        effects = model.remaining_effects
        in_group = spells[spells["group"] == model.name]
        unit = np.searchsorted(list("abcde"), in_group["unit"])
        assert effects[unit].mean() == pytest.approx(0.0, abs=1e-12)
        assert effects[3] - effects[0] == pytest.approx(fit.coefficients["unit_d"], rel=1e-7)


def test_expected_durations_no_longer_follow_the_units():
    """With a strong unit the pooled model gives its spells' circumstances part of its effect; the
    model with effects of the units does not."""
    rng = np.random.default_rng(5)
    spells = simulate_spells(6000, seed=9, effect=1.0)
    spells = spells.assign(mixed=(spells["unit"] == "d") * 1.0 + rng.normal(0, 1, len(spells)))
    pooled, within = (
        coefficient_table(
            estimate(
                lay_out(spells, ["x", "c", "mixed"], person=None, group=None, unit_effects=flag),
                unit_effects=flag,
            ).models
        ).set_index("term")
        for flag in (False, True)
    )
    assert pooled.loc["mixed", "coefficient"] > 0.1
    assert abs(within.loc["mixed", "coefficient"]) < 0.05


def test_a_second_stage_with_more_columns_than_units_or_with_aliased_ones_omits_them():
    rng = np.random.default_rng(6)
    spells = simulate_spells(400, seed=4)
    numbers = {f"z{k}": dict(zip("abcd", rng.normal(size=4), strict=True)) for k in range(4)}
    many = spells.assign(**{name: spells["unit"].map(values) for name, values in numbers.items()})
    laid_out = lay_out(many, ["x", *numbers], unit_effects=True)
    for model in estimate(laid_out, unit_effects=True).models:
        assert model.second_stage.omitted.all() and not model.second_stage.coefficients.any()
    twice = many.assign(z1=2.0 * many["z0"] + 1.0)
    laid_out = lay_out(twice, ["x", "z0", "z1"], unit_effects=True)
    for model in estimate(laid_out, unit_effects=True).models:
        assert model.second_stage.omitted.tolist() == [False, True]
        assert model.beta[1] != 0.0 and model.beta[2] == 0.0


def test_a_covariate_far_from_zero_gives_what_its_centred_copy_gives():
    spells = simulate_spells(500, seed=8)
    z = spells["unit"].map({"a": 0.0, "b": 1.0, "c": 2.5, "d": 4.0})
    chains = []
    for shift, scale in ((0.0, 1.0), (3e6, 1e4)):
        moved = spells.assign(z=shift + scale * z)
        laid_out = lay_out(moved, ["x", "c", "z"], unit_effects=True)
        chains.append(estimate(laid_out, unit_effects=True))
    np.testing.assert_allclose(chains[1].expected, chains[0].expected, rtol=1e-8)
    np.testing.assert_allclose(chains[1].robust, chains[0].robust, rtol=1e-8)


def test_a_column_that_units_and_other_columns_tell_already_is_omitted_not_a_unit():
    """A number that is a sum of a part of the unit and of another covariate."""
    spells = simulate_spells(400, seed=9)
    both = spells["unit"].map({"a": 0.0, "b": 1.0, "c": 2.0, "d": 3.0}) + spells["x"]
    laid_out = lay_out(spells.assign(both=both), ["x", "both"], unit_effects=True)
    for model in estimate(laid_out, unit_effects=True).models:
        assert model.estimate.omitted.tolist() == [False, False, False, False, True]
