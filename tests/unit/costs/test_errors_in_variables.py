"""A true slope behind an estimated regressor."""

import numpy as np
import pandas as pd
import pytest

from kommunebench.costs import SimexSettings, fit_errors_in_variables
from kommunebench.errors import InputError


def simulate(
    seed: int, n: int = 400, slope: float = 0.5, noise: float = 0.2
) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = 1.0 + 0.25 * rng.normal(size=n)
    error_sd = rng.uniform(0.5, 1.5, n) * noise
    units = pd.DataFrame(
        {
            "cost_indicator": truth + error_sd * rng.normal(size=n),
            "indicator": 0.6 + slope * truth + 0.1 * rng.normal(size=n),
            "persons": rng.integers(100, 900, n),
        }
    )
    return units, error_sd**2


def test_true_slope_is_recovered_where_least_squares_is_attenuated() -> None:
    units, variance = simulate(1)
    fit = fit_errors_in_variables(units, error_variance=variance, simex=SimexSettings(draws=50))
    assert fit.identified
    assert fit.moment.ci_low < 0.5 < fit.moment.ci_high
    assert fit.plain.ci_high < 0.45
    assert fit.moment.estimate == pytest.approx(fit.plain.estimate / fit.reliability)
    # SIMEX extrapolates with a parabola: most of the way, never all of it
    way = (fit.simex.estimate - fit.plain.estimate) / (fit.moment.estimate - fit.plain.estimate)
    assert 0.4 < way < 1.0
    assert fit.intercept == pytest.approx(0.6, abs=0.1)


def test_without_error_all_three_are_weighted_least_squares() -> None:
    units, _ = simulate(2, n=30)
    fit = fit_errors_in_variables(units, error_variance=np.zeros(30), simex=SimexSettings(draws=10))
    w = units["persons"] / units["persons"].sum()
    x, y = (units[name] - (w * units[name]).sum() for name in ("cost_indicator", "indicator"))
    expected = (w * x * y).sum() / (w * x**2).sum()
    assert fit.reliability == 1.0
    for slope in (fit.plain, fit.moment, fit.simex):
        assert slope.estimate == pytest.approx(expected)
        assert slope.se == pytest.approx(fit.plain.se)


def test_error_covariance_is_taken_out_of_the_numerator() -> None:
    units, variance = simulate(3, n=40)
    plain = fit_errors_in_variables(units, error_variance=variance, simex=SimexSettings(draws=10))
    shared = fit_errors_in_variables(
        units,
        error_variance=variance,
        error_covariance=np.full(40, 0.01),
        simex=SimexSettings(draws=10),
    )
    w = (units["persons"] / units["persons"].sum()).to_numpy()
    x = units["cost_indicator"] - w @ units["cost_indicator"]
    denominator = w @ x**2 - (w * (1 - w)) @ variance
    taken_out = (w * (1 - w)).sum() * 0.01 / denominator
    assert plain.moment.estimate - shared.moment.estimate == pytest.approx(taken_out)


def test_jackknife_leaves_out_one_municipality_at_a_time() -> None:
    units, variance = simulate(4, n=12)
    fit = fit_errors_in_variables(
        units, error_variance=0.2 * variance, simex=SimexSettings(draws=10)
    )
    left_out = np.array(
        [
            fit_errors_in_variables(
                units.drop(index=i),
                error_variance=0.2 * np.delete(variance, i),
                simex=SimexSettings(draws=10),
            ).moment.estimate
            for i in range(12)
        ]
    )
    squares = np.square(left_out - left_out.mean()).sum()
    assert fit.moment.se == pytest.approx(np.sqrt(11 / 12 * squares))


def test_the_confidence_level_reaches_every_slope() -> None:
    units, variance = simulate(4, n=12)
    narrow, wide = (
        fit_errors_in_variables(
            units,
            error_variance=0.2 * variance,
            simex=SimexSettings(draws=10),
            confidence_level=level,
        )
        for level in (0.8, 0.95)
    )
    # t with 10 degrees of freedom
    for name in ("plain", "moment", "simex"):
        one, other = getattr(narrow, name), getattr(wide, name)
        assert (one.ci_high - one.estimate) / one.se == pytest.approx(1.372184, abs=1e-6)
        assert (other.ci_high - other.estimate) / other.se == pytest.approx(2.228139, abs=1e-6)


def test_coverage_of_the_moment_interval() -> None:
    inside = []
    for seed in range(60):
        units, variance = simulate(100 + seed, n=92)
        slope = fit_errors_in_variables(
            units, error_variance=variance, simex=SimexSettings(draws=10)
        ).moment
        inside.append(slope.ci_low <= 0.5 <= slope.ci_high)
    assert np.mean(inside) >= 0.85


def test_more_error_than_variation_is_not_identified() -> None:
    units, variance = simulate(5, n=50)
    fit = fit_errors_in_variables(
        units, error_variance=4.0 * variance, simex=SimexSettings(draws=10)
    )
    assert fit.reliability < 0.2
    assert not fit.identified
    assert np.isnan([fit.moment.estimate, fit.simex.estimate, fit.intercept]).all()
    assert np.isfinite(fit.plain.estimate)


def test_same_seed_same_answer() -> None:
    units, variance = simulate(6, n=25)
    one, two, other = (
        fit_errors_in_variables(
            units, error_variance=variance, simex=SimexSettings(draws=20, seed=seed)
        ).simex.estimate
        for seed in (1, 1, 2)
    )
    assert one == two
    assert one != other


def test_unusable_values_are_named() -> None:
    units, variance = simulate(7, n=10)
    with pytest.raises(InputError, match="error_variance: negative in 10 of 10 rows"):
        fit_errors_in_variables(units, error_variance=-variance)
    with pytest.raises(InputError, match="persons: not above zero in 1 of 10 rows"):
        fit_errors_in_variables(units.assign(persons=[0, *range(1, 10)]), error_variance=variance)
