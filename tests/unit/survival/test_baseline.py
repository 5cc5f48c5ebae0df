"""The Kalbfleisch-Prentice factors: the equation they solve, and its limits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from survival_rows import random_rows

from kommunebench.survival import SurvivalCurve, fit_cox
from kommunebench.survival.baseline import (
    baseline_factors,
    kalbfleisch_prentice,
    kalbfleisch_prentice_log_factors,
)

TIED = st.lists(st.tuples(st.floats(-6, 6), st.floats(0.1, 5)), min_size=1, max_size=12)


@settings(deadline=None)
@given(TIED, st.floats(1e-6, 1e6))
@example(
    [(0.0, 1.30973164644654), (5.0, 4.0), (3.25, 4.3558594049960035)], 1e-06
)  # next to nobody is left at risk
def test_factors_solve_the_equation(tied: list[tuple[float, float]], others: float) -> None:
    risk, weight = np.exp([lp for lp, _ in tied]), np.array([w for _, w in tied])
    at_risk = weight @ risk + others
    factor = kalbfleisch_prentice(np.zeros(len(tied), np.intp), weight, risk, np.array([at_risk]))
    assert factor[0] < 0
    assert np.sum(weight * risk / -np.expm1(factor[0] * risk)) == pytest.approx(at_risk, rel=1e-10)


def test_a_single_event_has_a_closed_form() -> None:
    risk, at_risk = 2.5, 40.0
    found = kalbfleisch_prentice(np.array([0]), np.ones(1), np.array([risk]), np.array([at_risk]))
    assert found[0] == pytest.approx(np.log1p(-risk / at_risk) / risk, rel=1e-13)


def test_weeks_without_events_and_weeks_in_which_all_succeed() -> None:
    duration, event = np.array([1, 3, 3, 5, 5]), np.array([1, 0, 1, 1, 1])
    factors = kalbfleisch_prentice_log_factors(duration, event, np.ones(5), np.ones(5), 6)
    assert factors == pytest.approx([np.log(0.8), 0.0, np.log(0.75), 0.0, -np.inf, 0.0])


def test_durations_beyond_the_horizon_are_at_risk_to_it() -> None:
    duration, event, risk = (
        np.array([2, 4, 9, 9]),
        np.array([1, 1, 1, 0]),
        np.array([0.5, 1.0, 2.0, 3.0]),
    )
    long = kalbfleisch_prentice_log_factors(duration, event, risk, np.ones(4), 9)
    short = kalbfleisch_prentice_log_factors(duration, event, risk, np.ones(4), 4)
    assert short == pytest.approx(long[:4])
    assert len(short) == 4


def test_weights_are_repeated_rows_and_zero_is_none() -> None:
    rng = np.random.default_rng(0)
    duration, event, risk = (
        rng.integers(1, 6, 50),
        rng.integers(0, 2, 50),
        np.exp(rng.normal(size=50)),
    )
    weights = rng.integers(0, 4, 50)
    weighted = kalbfleisch_prentice_log_factors(duration, event, risk, weights.astype(float), 6)
    repeated = kalbfleisch_prentice_log_factors(
        np.repeat(duration, weights),
        np.repeat(event, weights),
        np.repeat(risk, weights),
        np.ones(weights.sum()),
        6,
    )
    assert weighted == pytest.approx(repeated, rel=1e-12)


def test_standard_error_without_covariates_is_that_of_breslows_hazard() -> None:
    fit = fit_cox([1, 2, 2, 3, 4], [1, 1, 1, 0, 1], pd.DataFrame(index=range(5)))
    curve = fit.baseline("breslow")
    assert isinstance(curve, SurvivalCurve)
    variance = np.cumsum([1 / 25, 2 / 16, 1 / 1])
    assert curve.survival == pytest.approx(np.exp(-np.cumsum([1 / 5, 2 / 4, 1])))
    assert curve.survival_se == pytest.approx(curve.survival * np.sqrt(variance))


def test_standard_error_counts_the_coefficients_uncertainty_through_the_hazards_derivative() -> (
    None
):
    d = random_rows(40)
    fit = fit_cox(d.duration, d.event, d.x, weights=d.weights)
    beta, rows = fit.coefficients.to_numpy(), fit.data.rows
    at = baseline_factors(rows, beta, "breslow", np.zeros(1))
    for j, h in enumerate((1e-6, 1e-5, 1e-5)):
        hazards = []
        for sign in (1, -1):
            moved = baseline_factors(rows, beta + sign * h * np.eye(3)[j], "breslow", np.zeros(1))
            hazards.append(-np.cumsum(moved.factors) * np.exp(-moved.shift))
        numerical = (hazards[0] - hazards[1]) / (2 * h)
        assert -np.cumsum(at.drift[:, j]) * np.exp(-at.shift) == pytest.approx(numerical, rel=1e-6)


def test_a_baseline_has_no_standard_error_of_its_area() -> None:
    d = random_rows(41)
    curve = fit_cox(d.duration, d.event, d.x).baseline()
    assert isinstance(curve, SurvivalCurve)
    assert np.isnan(curve.restricted_mean(10).se)
    assert not curve.restricted_mean(d.duration.max()).tail_extended
    assert curve.restricted_mean(d.duration.max() + 1).tail_extended
