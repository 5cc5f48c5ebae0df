"""Spells of municipalities whose true indicators are known: what the long studies rest on, on small
countries."""

import numpy as np
import pytest
from benchmarks.coverage import estimate
from benchmarks.simulated_countries import draw_country

SIZES = np.full(10, 1500.0)
LATE = np.tile([0.1, 0.8], 5)


@pytest.mark.parametrize("effects", ["none", "report"])
def test_robust_indicators_hit_the_truth_and_plain_ones_miss_it(effects):
    """Strong effects, and half of the municipalities with eight in ten arriving late: nothing but
    chance is left of the robust errors."""
    country = draw_country(3, effects, SIZES, LATE, effect_sd=0.5)
    table = estimate(country).indicators
    error = np.log(table["indicator_robust"].to_numpy(float)) - country.log_indicator
    z = error / table["indicator_robust_se"].to_numpy(float)
    assert np.abs(z).max() < 3.5
    assert np.sum(z**2) < 30  # 99.9 % of chi squared with ten degrees of freedom
    if effects == "none":
        plain = np.log(table["indicator"].to_numpy(float))
        assert plain.mean() > 0.005 > np.abs(error.mean())
        assert np.abs(country.log_indicator).max() < 1e-12
    else:
        assert np.corrcoef(country.log_indicator, country.effect)[0, 1] > 0.8


def test_the_model_within_units_keeps_effects_that_go_with_the_mix_and_the_pooled_one_does_not():
    """Large municipalities, so that next to nothing is chance: the pooled model counts a part of
    the effects as circumstances; constant covariates go to the second stage and are found there."""
    country = draw_country(5, "report", np.full(24, 1000.0), effect_sd=0.4, markets=True)
    slopes = {}
    for model in ("within", "pooled"):
        result = estimate(country, model=model)
        estimated = np.log(result.indicators["indicator_robust"].to_numpy(float))
        slopes[model] = np.polyfit(country.log_indicator, estimated, 1)[0]
    assert slopes["within"] > slopes["pooled"] + 0.05
    within = estimate(country)
    assert set(within.second_stage["term"]) == {"unemployment", "jobs", "skilled"}
    assert (within.second_stage["se"] > 0.02).all()
