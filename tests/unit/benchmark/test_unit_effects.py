"""The sensitivity model.municipality_effects: coefficients from a model with effects of the units,
predictions for an average one."""

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
    for model in estimate(laid_out).models:
        rows = spells[(spells["group"] == model.name) & (spells["unit"] != "e")]
        dummies = (
            pd.get_dummies(rows[["c", "unit"]], drop_first=True).astype(float).assign(x=rows["x"])
        )
        fit = fit_cox(rows["duration"], rows["event"], dummies)
        table = coefficient_table([model]).set_index("term")
        assert len(table) == 4
        assert table.loc["x", "coefficient"] == pytest.approx(fit.coefficients["x"], rel=1e-8)
        assert table.loc["x", "se"] == pytest.approx(fit.se["x"], rel=1e-8)
        effects = model.unit_effects.centred(model.estimate.beta[3:])
        in_group = spells[spells["group"] == model.name]
        unit = np.searchsorted(list("abcde"), in_group["unit"])
        assert effects[unit].mean() == pytest.approx(0.0, abs=1e-12)
        assert effects[3] - effects[0] == pytest.approx(fit.coefficients["unit_d"], rel=1e-7)


def test_expected_durations_no_longer_follow_the_units():
    """With a strong unit the pooled model gives its spells' circumstances part of its effect; the
    sensitivity does not."""
    rng = np.random.default_rng(5)
    spells = simulate_spells(6000, seed=9, effect=1.0)
    spells = spells.assign(mixed=(spells["unit"] == "d") * 1.0 + rng.normal(0, 1, len(spells)))
    pooled, within = (
        coefficient_table(
            estimate(
                lay_out(spells, ["x", "c", "mixed"], person=None, group=None, unit_effects=flag)
            ).models
        ).set_index("term")
        for flag in (False, True)
    )
    assert pooled.loc["mixed", "coefficient"] > 0.1
    assert abs(within.loc["mixed", "coefficient"]) < 0.05
