"""A ridge on single terms: the maximum of the penalised likelihood, and its variance."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize
from survival_rows import Rows, random_rows

from kommunebench.errors import InputError
from kommunebench.survival import fit_cox
from kommunebench.survival.cox_sums import Ties
from kommunebench.survival.newton import maximise
from kommunebench.survival.partial_likelihood import PartialLikelihood

TIES: tuple[Ties, Ties] = ("breslow", "efron")


def level_with_few_events(seed: int, events: int) -> Rows:
    """Level c has so many events, all the others of it are censored."""
    d = random_rows(seed)
    of_level = np.flatnonzero((d.x["c"] == 1) & (d.event == 1))
    d.event[of_level[events:]] = 0
    return d


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("events", [0, 1, 3])
def test_the_ridge_maximises_the_penalised_likelihood(ties: Ties, events: int) -> None:
    d = level_with_few_events(1, events)
    fit = fit_cox(d.duration, d.event, d.x, weights=d.weights, ties=ties, ridge={"c": 2.5})
    likelihood = PartialLikelihood([fit.data.rows], ties)
    spread = d.x.std().to_numpy()

    def penalised(scaled: np.ndarray) -> tuple[float, np.ndarray]:
        beta, score = scaled / spread, likelihood.score(scaled / spread)
        slope = score.gradient - np.array([0.0, 0.0, beta[2] / 2.5**2])
        return 0.5 * (beta[2] / 2.5) ** 2 - score.value, -slope / spread

    by_scipy = optimize.minimize(
        penalised, np.zeros(3), jac=True, method="BFGS", options={"gtol": 1e-9}
    )
    assert fit.coefficients.to_numpy() == pytest.approx(by_scipy.x / spread, abs=1e-6)
    assert fit.log_likelihood == pytest.approx(likelihood.score(by_scipy.x / spread).value)
    assert fit.ridge == {"c": 2.5}


@pytest.mark.parametrize("ties", TIES)
def test_the_variance_is_the_sandwich_of_the_penalised_information(ties: Ties) -> None:
    d = level_with_few_events(2, 2)
    fit = fit_cox(
        d.duration, d.event, d.x, ties=ties, ridge={"c": 2.5}, cluster=np.arange(len(d.event))
    )
    likelihood, beta = PartialLikelihood([fit.data.rows], ties), fit.coefficients.to_numpy()
    information = likelihood.information(beta, likelihood.score(beta).terms)
    bread = np.linalg.inv(information + np.diag([0.0, 0.0, 1 / 2.5**2]))
    assert fit.bread.to_numpy() == pytest.approx(bread, rel=1e-7)
    assert fit.covariance.to_numpy() == pytest.approx(bread @ information @ bread, rel=1e-7)
    assert fit.se.to_numpy() == pytest.approx(np.sqrt(np.diag(fit.covariance)))
    influence = fit.score_residuals() @ bread
    assert fit.se_robust is not None
    assert fit.se_robust.to_numpy() == pytest.approx(np.sqrt((influence**2).sum(axis=0)), rel=1e-7)


def test_bread_times_score_residual_is_the_derivative_in_a_case_weight() -> None:
    d = level_with_few_events(3, 1)

    def coefficients(weights: np.ndarray) -> np.ndarray:
        fit = fit_cox(d.duration, d.event, d.x, weights=weights, ridge={"c": 2.5})
        return fit.coefficients.to_numpy()

    fit = fit_cox(d.duration, d.event, d.x, weights=d.weights, ridge={"c": 2.5})
    influence = fit.score_residuals() @ fit.bread.to_numpy()
    for row in (0, int(np.flatnonzero((d.x["c"] == 1) & (d.event == 1))[0])):
        step = np.zeros(len(d.event))
        step[row] = 1e-4
        change = coefficients(d.weights + step) - coefficients(d.weights - step)
        assert influence[row] == pytest.approx(change / 2e-4, rel=1e-5, abs=1e-7)


def test_the_ridge_is_on_the_coefficients_own_scale() -> None:
    d = random_rows(4)
    years = fit_cox(d.duration, d.event, d.x, ridge={"age": 0.01})
    days = fit_cox(
        d.duration, d.event, d.x.assign(age=d.x["age"] * 365.25), ridge={"age": 0.01 / 365.25}
    )
    scale = np.array([365.25, 1.0, 1.0])
    assert days.coefficients.to_numpy() * scale == pytest.approx(
        years.coefficients.to_numpy(), rel=1e-9
    )
    assert days.se.to_numpy() * scale == pytest.approx(years.se.to_numpy(), rel=1e-9)


def test_a_wide_prior_changes_nothing_and_a_narrow_one_leaves_the_term_out() -> None:
    d = random_rows(5)
    free, wide = (
        fit_cox(d.duration, d.event, d.x, ridge=ridge) for ridge in (None, {"b": 1e8, "c": 1e8})
    )
    assert wide.coefficients.to_numpy() == pytest.approx(free.coefficients.to_numpy(), rel=1e-10)
    assert wide.covariance.to_numpy() == pytest.approx(free.covariance.to_numpy(), rel=1e-10)
    pd.testing.assert_frame_equal(free.bread, free.covariance)
    narrow = fit_cox(d.duration, d.event, d.x, ridge={"c": 1e-8})
    without = fit_cox(d.duration, d.event, d.x[["age", "b"]])
    assert narrow.coefficients[["age", "b"]].to_numpy() == pytest.approx(
        without.coefficients.to_numpy(), rel=1e-8
    )
    assert abs(narrow.coefficients["c"]) < 1e-12


@pytest.mark.parametrize(
    ("ridge", "message"),
    [
        ({"d": 2.5}, r"ridge: terms \['d'\] are not among the covariates"),
        ({"c": 0.0}, "ridge: the standard deviation of 'c' must be positive and finite, got 0.0"),
        ({"c": float("nan")}, "ridge: the standard deviation of 'c' must be positive and finite"),
        ({"c": "wide"}, "ridge: the standard deviation of 'c' must be a number"),
    ],
)
def test_a_ridge_that_cannot_be_is_refused(ridge: dict, message: str) -> None:
    d = random_rows(6)
    with pytest.raises(InputError, match=message):
        fit_cox(d.duration, d.event, d.x, ridge=ridge)


def test_precisions_that_cannot_be_are_refused() -> None:
    d = random_rows(6)
    fit = fit_cox(d.duration, d.event, d.x)
    likelihood = PartialLikelihood([fit.data.rows], "breslow")
    for precision in (np.zeros(2), np.array([0.0, -1.0, 0.0]), np.array([0.0, np.inf, 0.0])):
        with pytest.raises(InputError, match="precision: expected 3 finite numbers"):
            maximise(likelihood, np.zeros(3), list(d.x), precision=precision)
