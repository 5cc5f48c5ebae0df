"""Numbers far from zero: a year, a date in days or an amount as a covariate gives what its centred
copy gives."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kommunebench.survival import CoxFit, SurvivalCurve, fit_cox
from kommunebench.survival.cox_sums import Ties

TIES: tuple[Ties, Ties] = ("breslow", "efron")


@dataclass(frozen=True)
class YearRows:
    duration: np.ndarray
    event: np.ndarray
    year: np.ndarray
    sex: np.ndarray
    stratum: np.ndarray


def rows_of_years(seed: int = 0, n: int = 240) -> YearRows:
    """Spells with a start year of 2010 to 2016, whose coefficient is 0.35."""
    rng = np.random.default_rng(seed)
    year, sex = rng.integers(2010, 2017, n).astype(float), rng.integers(0, 2, n) * 1.0
    latent = np.ceil(rng.exponential(20 / np.exp(0.35 * (year - 2013) + 0.3 * sex))).clip(1)
    ceiling = rng.integers(5, 53, n)
    return YearRows(
        np.minimum(latent, ceiling), (latent <= ceiling) * 1, year, sex, rng.integers(0, 2, n)
    )


def outputs(d: YearRows, number: np.ndarray, unit: float, ties: Ties) -> dict[str, np.ndarray]:
    """All that a fit gives, with the number's coefficient per year."""
    x = pd.DataFrame({"sex": d.sex, "number": number})
    fit = fit_cox(
        d.duration,
        d.event,
        x,
        ties=ties,
        strata=d.stratum,
        cluster=np.arange(len(d.event)) // 2,
        ridge={"number": 1.0 / unit},
    )
    scale = np.array([1.0, unit])
    assert fit.se_robust is not None
    return {
        "coefficients": fit.coefficients.to_numpy() * scale,
        "se": fit.se.to_numpy() * scale,
        "se_robust": fit.se_robust.to_numpy() * scale,
        "covariance": fit.covariance.to_numpy() * np.outer(scale, scale),
        "log_likelihood": np.array([fit.log_likelihood, fit.log_likelihood_null]),
        "score_statistic": np.array([fit.score_statistic]),
        "expected": fit.expected_duration(x, 52, d.stratum),
        "expected_breslow": fit.expected_duration(x, 52, d.stratum, "breslow"),
        "residuals": fit.score_residuals() / scale,
        "concordance": np.array([fit.concordance()]),
        "proportionality": fit.proportionality_test().to_numpy(),
    }


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize(
    ("start", "unit"),
    [(2013.0, 1.0), (735_000.0, 365.25), (250_000.0, 1e4), (-1e9, 1.0), (1e7, 1.0), (0.0, 1e-6)],
)
def test_what_a_number_is_counted_from_and_in_changes_nothing(
    ties: Ties, start: float, unit: float
) -> None:
    d = rows_of_years()
    centred = outputs(d, d.year - 2013, 1.0, ties)
    far = outputs(d, start + (d.year - 2013) * unit, unit, ties)
    for name, value in centred.items():
        assert far[name] == pytest.approx(value, rel=1e-8, abs=1e-8), name


@settings(max_examples=30)
@given(
    st.integers(0, 1000),
    st.floats(-1e9, 1e9).map(round),
    st.sampled_from([0.25, 1.0, 7.0, 365.0]),
    st.sampled_from(TIES),
)
def test_any_shift_and_scale_changes_nothing(
    seed: int, start: int, unit: float, ties: Ties
) -> None:
    d = rows_of_years(seed)
    centred = outputs(d, d.year - 2013, 1.0, ties)
    far = outputs(d, start + (d.year - 2013) * unit, unit, ties)
    for name, value in centred.items():
        assert far[name] == pytest.approx(value, rel=1e-8, abs=1e-8), name


def test_the_coefficient_is_found_and_the_baseline_is_that_of_year_zero() -> None:
    d = rows_of_years(1, n=4000)
    centred, years = (
        fit_cox(d.duration, d.event, pd.DataFrame({"year": d.year - start})) for start in (2013, 0)
    )
    assert years.coefficients["year"] == pytest.approx(0.35, abs=4 * years.se["year"])
    assert years.linear_predictor.mean() == pytest.approx(
        2013 * years.coefficients["year"], rel=0.1
    )
    at_zero, at_2013 = baseline(years), baseline(centred)
    # 2013 years before, nobody would have had an event: hazards of exp(-0.35 * 2013).
    assert at_zero.survival == pytest.approx(np.ones(len(at_zero.time)))
    assert at_zero.survival_se == pytest.approx(np.zeros(len(at_zero.time)))
    assert np.isfinite(at_2013.survival_se).all()


@pytest.mark.parametrize("start", [-1500.0, 1500.0, 1e6])
def test_a_baseline_far_outside_the_rows_is_zero_or_one_and_never_nan(start: float) -> None:
    d = rows_of_years(2)
    event = np.where(d.duration == d.duration.max(), 1, d.event)
    x = pd.DataFrame({"year": d.year - 2013 + start})
    fit = fit_cox(d.duration, event, x)
    curve = baseline(fit)
    assert np.isin(curve.survival, [0.0, 1.0]).all()
    assert np.isfinite(curve.survival_se).all()
    assert np.isfinite(fit.expected_duration(x, 52)).all()
    elsewhere = fit.expected_duration(pd.DataFrame({"year": [start - 1e5, start + 1e5]}), 52)
    last_event, first_event = d.duration.max(), d.duration[event == 1].min()
    assert elsewhere == pytest.approx([min(52, last_event), first_event])


def test_baselines_at_zero_follow_from_each_other() -> None:
    """Between columns treated as near zero and as far from it nothing changes."""
    d = rows_of_years(3)
    number = (d.year - 2013) / 100
    near, far = (
        fit_cox(d.duration, d.event, pd.DataFrame({"sex": d.sex, "number": number + shift}))
        for shift in (1.0, 10.0)
    )
    assert not near.data.centre.any()
    assert far.data.centre.any()
    risk = np.exp(-9.0 * near.coefficients["number"])
    one, other = baseline(near), baseline(far)
    assert other.survival == pytest.approx(one.survival**risk, rel=1e-8)
    # The standard error at 10 by the delta method from the fit near zero.
    moved = near.covariance.to_numpy()
    hazard = -np.log(baseline(near, "breslow").survival)
    assert -np.log(baseline(far, "breslow").survival) == pytest.approx(hazard * risk, rel=1e-8)
    assert moved == pytest.approx(far.covariance.to_numpy(), rel=1e-8)


def baseline(fit: CoxFit, method: str = "kalbfleisch_prentice") -> SurvivalCurve:
    curve = fit.baseline(method)  # type: ignore[arg-type]
    assert isinstance(curve, SurvivalCurve)
    return curve
