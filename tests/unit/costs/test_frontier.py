"""Laws of the stochastic frontier: invariance, recovery of known truth, size of the test."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kommunebench.costs import FrontierFit, IntervalSettings
from kommunebench.costs import fit_frontier as fit_frontier_with_any_intervals
from kommunebench.costs.frontier_closed_forms import HalfNormal
from kommunebench.errors import ConvergenceError, InputError

# Intervals have tests of their own.
fit_frontier = partial(
    fit_frontier_with_any_intervals, intervals=IntervalSettings(kind="parameters_known", draws=100)
)


def simulate(
    seed: int, n: int, inefficiency: np.ndarray, sigma_v: float, sign: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """y = 1 + 0.5 x - sign u + v, and the design."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return 1.0 + 0.5 * x - sign * inefficiency + sigma_v * rng.normal(size=n), np.column_stack(
        [np.ones(n), x]
    )


def half_normal(seed: int, n: int, sigma_u: float) -> np.ndarray:
    return np.abs(np.random.default_rng([seed, 1]).normal(size=n)) * sigma_u


@pytest.mark.parametrize(("side", "sign"), [("production", 1), ("cost", -1)])
def test_recovers_half_normal_truth(side: Any, sign: int) -> None:
    y, X = simulate(11, 4000, half_normal(11, 4000, 0.6), 0.3, sign)
    fit = fit_frontier(y, X, side=side, outcome="log")
    assert fit.coefficients.to_numpy() == pytest.approx([1.0, 0.5], abs=0.05)
    assert (fit.sigma_u, fit.sigma_v) == pytest.approx((0.6, 0.3), abs=0.06)
    assert fit.lr_p_value < 1e-6


def test_recovers_exponential_truth() -> None:
    u = np.random.default_rng([12, 1]).exponential(0.4, 4000)
    fit = fit_frontier(
        *simulate(12, 4000, u, 0.25), side="production", distribution="exponential", outcome="log"
    )
    assert (fit.coefficients["const"], fit.sigma_u, fit.sigma_v) == pytest.approx(
        (1.0, 0.4, 0.25), abs=0.04
    )


@pytest.mark.study
def test_recovers_truncated_normal_truth() -> None:
    draws = np.random.default_rng([13, 1]).normal(0.6, 0.4, 20_000)
    u = draws[draws > 0.0][:8000]
    fit = fit_frontier(
        *simulate(13, 8000, u, 0.1),
        side="production",
        distribution="truncated_normal",
        outcome="log",
    )
    mean = fit.parameters["mu_over_sigma_u"] * fit.sigma_u
    assert (mean, fit.sigma_u, fit.sigma_v) == pytest.approx((0.6, 0.4, 0.1), abs=0.08)


@pytest.mark.study
def test_recovers_gamma_truth() -> None:
    u = np.random.default_rng([14, 1]).gamma(1.8, 0.3, 700)
    fit = fit_frontier(
        *simulate(14, 700, u, 0.1), side="production", distribution="gamma", outcome="log"
    )
    # the shape is weakly identified: within two of its standard errors
    reach = 2.0 * np.sqrt(fit.covariance.loc["ln_shape", "ln_shape"])
    assert fit.parameters["ln_shape"] == pytest.approx(np.log(1.8), abs=reach)
    assert fit.sigma_u == pytest.approx(0.3 * np.sqrt(1.8), abs=0.06)
    assert fit.aic == pytest.approx(2 * 5 - 2 * fit.log_likelihood)


@pytest.mark.study
def test_size_of_the_test_for_inefficiency() -> None:
    """Without inefficiency about 5 % are rejected, also with unequal weights, because the ratio is
    scaled."""
    rng = np.random.default_rng(16)
    X = np.column_stack([np.ones(92), rng.normal(size=92)])
    weights = rng.lognormal(0.0, 0.7, 92)
    fits = [
        fit_frontier(rng.normal(size=92), X, side="production", weights=weights, outcome="log")
        for _ in range(250)
    ]
    rejected = np.mean([fit.lr_p_value < 0.05 for fit in fits])
    unscaled = np.mean([fit.lr_unscaled > 2.7055 for fit in fits])
    assert 0.02 <= rejected <= 0.085
    assert unscaled > rejected + 0.03
    # about half of the samples lie on the boundary
    assert 0.4 <= np.mean([fit.no_inefficiency for fit in fits]) <= 0.62


def test_boundary_is_ordinary_least_squares_ranked_by_residual() -> None:
    y, X = simulate(17, 60, half_normal(17, 60, 0.8), 0.05)
    fit = fit_frontier(y + 5.0, X, side="cost")
    assert fit.no_inefficiency
    assert fit.wrong_skew
    assert fit.sigma_u == 0.0
    assert (fit.lr_statistic, fit.lr_p_value) == (0.0, 1.0)
    ols = np.linalg.lstsq(X, y + 5.0, rcond=None)[0]
    assert fit.coefficients.to_numpy() == pytest.approx(ols)
    assert (fit.efficiency == 1.0).all()
    assert (fit.inefficiency == 0.0).all()
    assert np.isnan(fit.efficiency_low).all()
    # cost side: the furthest below the line is best
    assert sorted(fit.rank) == list(range(1, 61))
    assert int(np.argmin(fit.rank)) == int(np.argmin(fit.residual))
    assert fit.ranked_by == "residual"


def test_scores_of_outcomes_in_levels() -> None:
    y, X = simulate(18, 300, half_normal(18, 300, 0.5), 0.15)
    production = fit_frontier(y + 9.0, X, side="production")
    assert production.efficiency == pytest.approx(
        1.0 - production.inefficiency / production.frontier
    )
    y, X = simulate(18, 300, half_normal(18, 300, 0.5), 0.15, sign=-1)
    cost = fit_frontier(y + 9.0, X, side="cost")
    assert cost.efficiency == pytest.approx(cost.frontier / (cost.frontier + cost.inefficiency))
    for fit in (production, cost):
        assert_scores_are_in_range(fit)
        assert fit.ranked_by == "efficiency"
        assert fit.rank[np.argmax(fit.efficiency)] == 1
    with pytest.raises(InputError, match="frontier above zero"):
        fit_frontier(y - 20.0, X, side="cost")


def assert_scores_are_in_range(fit: FrontierFit) -> None:
    assert ((fit.efficiency > 0.0) & (fit.efficiency <= 1.0)).all()
    assert (fit.inefficiency >= 0.0).all()
    if not fit.no_inefficiency:
        assert (fit.efficiency_low < fit.efficiency_high).all()
        assert ((fit.efficiency_low > 0.0) & (fit.efficiency_high <= 1.0)).all()


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 1000.0), shift=st.floats(-3.0, 3.0))
def test_units_of_measurement_change_nothing(seed: int, scale: float, shift: float) -> None:
    y, X = simulate(seed, 80, half_normal(seed, 80, 0.7), 0.3)
    try:
        plain = fit_frontier(y, X, side="production", outcome="log")
    except ConvergenceError:
        return  # a sample whose likelihood has no interior maximum is refused, in whatever unit
    assert_scores_are_in_range(plain)
    moved = np.column_stack([X[:, 0], scale * X[:, 1] + shift])
    other = fit_frontier(scale * y, moved, side="production", outcome="log")
    assert other.no_inefficiency == plain.no_inefficiency
    assert other.log_likelihood == pytest.approx(
        plain.log_likelihood - 80 * np.log(scale), abs=1e-6
    )
    assert other.coefficients["x1"] == pytest.approx(plain.coefficients["x1"], rel=1e-5)
    assert other.sigma_u == pytest.approx(scale * plain.sigma_u, rel=1e-4)


def test_integer_weights_are_repeated_rows_and_the_sandwich_clusters_them() -> None:
    y, X = simulate(19, 150, half_normal(19, 150, 0.8), 0.3)
    times = 1 + np.arange(150) % 3
    weighted = fit_frontier(y, X, side="production", weights=times, outcome="log")
    repeated = fit_frontier(
        np.repeat(y, times), np.repeat(X, times, axis=0), side="production", outcome="log"
    )
    assert weighted.coefficients.to_numpy() == pytest.approx(
        repeated.coefficients.to_numpy(), rel=1e-7
    )
    assert weighted.sigma_u == pytest.approx(repeated.sigma_u, rel=1e-7)
    assert weighted.log_likelihood == pytest.approx(
        repeated.log_likelihood / times.mean(), rel=1e-9
    )
    density = HalfNormal().density(
        -weighted.residual, np.full(150, weighted.sigma_v), np.log([weighted.sigma_u])
    )
    scores = np.column_stack(
        [density.d_residual[:, None] * X, density.d_log_noise, density.d_parameters]
    )
    summed = times[:, None] * scores  # the score of a row and its copies together
    sandwich = repeated.covariance @ (summed.T @ summed) @ repeated.covariance.to_numpy()
    assert weighted.covariance_robust.to_numpy() == pytest.approx(np.asarray(sandwich), rel=1e-5)


def test_known_error_of_equal_size_is_taken_out_of_the_noise() -> None:
    y, X = simulate(20, 400, half_normal(20, 400, 0.8), 0.4)
    plain = fit_frontier(y, X, side="production", outcome="log")
    known = fit_frontier(
        y, X, side="production", outcome="log", noise="known_variance", noise_se=np.full(400, 0.2)
    )
    assert known.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-7)
    assert known.sigma_v**2 == pytest.approx(plain.sigma_v**2 - 0.04, rel=1e-5)
    assert known.efficiency == pytest.approx(plain.efficiency, abs=1e-5)
    assert known.se.to_numpy() == pytest.approx(plain.se.to_numpy(), rel=1e-4)


def test_known_errors_may_be_all_the_noise_there_is() -> None:
    n, rng = 500, np.random.default_rng(21)
    error = rng.uniform(0.3, 0.9, n)
    x = rng.normal(size=n)
    y = 1.0 + 0.5 * x - half_normal(21, n, 1.2) + error * rng.normal(size=n)
    X = np.column_stack([np.ones(n), x])
    fit = fit_frontier(
        y, X, side="production", outcome="log", noise="known_variance", noise_se=error
    )
    assert fit.sigma_u == pytest.approx(1.2, abs=0.15)
    assert fit.sigma_v < 0.3
    too_much = fit_frontier(
        y, X, side="production", outcome="log", noise="known_variance", noise_se=1.05 * error
    )
    assert too_much.sigma_v == 0.0
    assert "ln_sigma_v" not in too_much.parameters
    assert_scores_are_in_range(too_much)


def test_known_errors_larger_than_the_residuals_leave_nothing() -> None:
    y, X = simulate(22, 100, half_normal(22, 100, 0.5), 0.2)
    fit = fit_frontier(
        y, X, side="production", outcome="log", noise="known_variance", noise_se=np.full(100, 3.0)
    )
    assert fit.no_inefficiency
    assert fit.sigma_v == 0.0


def test_exact_fit_and_runaway_families_are_refused() -> None:
    x = np.arange(30.0)
    X = np.column_stack([np.ones(30), x])
    with pytest.raises(InputError, match="exact linear function"):
        fit_frontier(2.0 + x, X, side="production")
    u = np.random.default_rng([3, 1]).exponential(1.0, 400)
    with pytest.raises(ConvergenceError, match="edge of its family"):
        fit_frontier(
            *simulate(3, 400, u**1.5, 0.1),
            side="production",
            distribution="truncated_normal",
            outcome="log",
        )
