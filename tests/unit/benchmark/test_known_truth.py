"""Spells of municipalities whose true indicators are known: what the long studies rest on, on one
small country."""

import numpy as np
import pytest
from benchmarks.coverage import estimate
from benchmarks.simulated_countries import draw_country

SIZES = np.full(10, 1500.0)
LATE = np.tile([0.1, 0.8], 5)


@pytest.mark.parametrize("effect_sd", [0.0, 0.5])
def test_robust_indicators_hit_the_truth_and_plain_ones_miss_it(effect_sd):
    """Strong effects, and half of the municipalities with eight in ten arriving late: nothing but
    chance is left of the robust errors."""
    country = draw_country(3, effect_sd, SIZES, LATE)
    table = estimate(country).indicators
    error = np.log(table["indicator_robust"].to_numpy(float)) - country.log_indicator
    z = error / table["indicator_robust_se"].to_numpy(float)
    assert np.abs(z).max() < 3.5
    assert np.sum(z**2) < 30  # 99.9 % of chi squared with ten degrees of freedom
    plain = np.log(table["indicator"].to_numpy(float)) - country.log_indicator
    assert plain.mean() > 0.005 > np.abs(error.mean())
    # Without effects the model holds, and the truth is 1 but for ties in whole weeks.
    if effect_sd == 0:
        assert np.abs(country.log_indicator).max() < 5e-4
    else:
        assert np.corrcoef(country.log_indicator, country.effect)[0, 1] > 0.9
