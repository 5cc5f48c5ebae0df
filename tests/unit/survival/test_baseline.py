"""The Kalbfleisch-Prentice factors: the equation they solve, and its limits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from survival_rows import random_rows

from kommunebench.survival import SurvivalCurve, fit_cox
from kommunebench.survival.baseline import baseline_factors, kalbfleisch_prentice

TIED = st.lists(st.tuples(st.floats(-6, 6), st.floats(0.1, 5)), min_size=1, max_size=12)


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
    duration, event = [1, 3, 3, 5, 5], [1, 0, 1, 1, 1]
    curve = fit_cox(duration, event, pd.DataFrame(index=range(5))).baseline()
    assert isinstance(curve, SurvivalCurve)
    assert curve.at([1, 2, 3, 4, 5]) == pytest.approx([0.8, 0.8, 0.6, 0.6, 0.0])


def test_weights_are_repeated_rows_and_zero_is_none() -> None:
    d = random_rows(42)
    weights = np.random.default_rng(0).integers(0, 4, len(d.duration))
    weighted = fit_cox(d.duration, d.event, d.x, weights=weights.astype(float))
    rows = np.repeat(np.arange(len(weights)), weights)
    repeated = fit_cox(
        np.asarray(d.duration)[rows],
        np.asarray(d.event)[rows],
        d.x.iloc[rows].reset_index(drop=True),
    )
    one, other = weighted.baseline(), repeated.baseline()
    assert isinstance(one, SurvivalCurve) and isinstance(other, SurvivalCurve)
    weeks = np.arange(1, int(max(d.duration)) + 1)
    assert one.at(weeks) == pytest.approx(other.at(weeks), rel=1e-8)


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
