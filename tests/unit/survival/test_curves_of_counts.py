"""The curves of gold.km_curves: lifelines from weekly counts against the library's own estimator
and against formulas."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from kommunebench.survival import kaplan_meier_from_counts
from kommunebench.survival.curves_of_counts import fit_curve

# Per week with an end: weeks since the one before, spells that succeed, spells that are censored.
WEEKS = st.lists(
    st.tuples(st.integers(1, 9), st.integers(0, 4), st.integers(0, 4)).filter(
        lambda week: week[1] + week[2] > 0
    ),
    min_size=1,
    max_size=12,
)


def weekly_counts(weeks: list[tuple[int, int, int]], still_open: int = 0) -> pd.DataFrame:
    gaps, events, censored = np.array(weeks).T
    at_risk = np.cumsum((events + censored)[::-1])[::-1] + still_open
    return pd.DataFrame(
        {
            "municipality_code": "101",
            "week": np.cumsum(gaps),
            "at_risk": at_risk,
            "events": events,
            "censored": censored,
        }
    )


@settings(max_examples=40)
@given(WEEKS, st.integers(0, 3))
def test_lifelines_curve_is_the_librarys(weeks, still_open):
    counts = weekly_counts(weeks, still_open)
    ours = kaplan_meier_from_counts(
        counts["week"], counts["at_risk"], counts["events"], counts["censored"]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        curve = fit_curve(counts.sample(frac=1, random_state=0), 0.95)
    assert curve["week"].tolist() == counts["week"].tolist()
    np.testing.assert_allclose(curve["survival"], ours.survival, rtol=0, atol=1e-12)
    np.testing.assert_allclose(curve["survival_se"], ours.survival_se, rtol=0, atol=1e-12)
    halved = ours.time[ours.survival <= 0.5 + 1e-12]
    median = halved[0] if len(halved) else np.nan
    np.testing.assert_array_equal(curve["median_duration"], np.full(len(curve), median))


@settings(max_examples=40)
@given(WEEKS, st.sampled_from([0.9, 0.95]))
def test_limits_are_log_log(weeks, level):
    curve = fit_curve(weekly_counts(weeks, still_open=2), level)
    survival, error = curve["survival"].to_numpy(), curve["survival_se"].to_numpy()
    inside = (survival > 0) & (survival < 1)
    log = np.log(survival[inside])
    half = norm.ppf((1 + level) / 2) * error[inside] / (survival[inside] * log)
    for limit, sign in (("ci_low", -1), ("ci_high", 1)):
        wanted = np.exp(-np.exp(np.log(-log) + sign * half))
        np.testing.assert_allclose(curve[limit][inside], wanted, rtol=1e-9)
    assert (curve.loc[survival == 1, ["ci_low", "ci_high"]] == 1).all(axis=None)


def test_one_spell_and_a_curve_that_ends_at_zero():
    alone = fit_curve(weekly_counts([(3, 1, 0)]), 0.95).iloc[0]
    assert alone["survival"] == 0 and np.isnan(alone["ci_low"]) and alone["median_duration"] == 3
    open_ended = fit_curve(weekly_counts([(3, 0, 1)]), 0.95).iloc[0]
    assert open_ended["survival"] == 1 and np.isnan(open_ended["median_duration"])


def test_a_curve_that_is_exactly_one_half_has_its_median_there():
    curve = fit_curve(weekly_counts([(1, 0, 2), (1, 3, 0), (2, 1, 4)]), 0.95)
    assert curve["survival"].iloc[-1] == pytest.approx(0.5, abs=1e-15)
    assert curve["median_duration"].tolist() == [4.0] * 3
