"""Times that differ by rounding only are one time (R's timefix)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kommunebench.errors import InputError
from kommunebench.survival import fit_cox, kaplan_meier, kaplan_meier_from_counts
from kommunebench.survival.checks import one_time

T = np.array([0.3, 0.1 * 3, 0.3, 0.6, 0.2 * 3, 0.9, 0.7, 0.1 * 7, 1.1, 0.3 * 3])
E = np.array([1, 1, 0, 1, 1, 1, 1, 1, 0, 1])
X = pd.DataFrame({"x": [1.0, 0, 2, 1, 3, 0, 2, 1, 1, 2]})


def test_the_coefficient_of_r() -> None:
    """R's coxph stops a step earlier: its last digit is 7e-12 off the root of the score equation,
    which 40 digits give as below."""
    assert 0.3 != 0.1 * 3
    fit = fit_cox(T, E, X)
    assert fit.coefficients["x"] == pytest.approx(0.02502092608, abs=1e-11)
    assert fit.coefficients["x"] == pytest.approx(0.0250209260727460282, abs=1e-15)
    tenths = fit_cox(np.round(T * 10), E, X)
    assert fit.coefficients["x"] == pytest.approx(tenths.coefficients["x"], rel=1e-12)
    assert fit.expected_duration(X, 1.0) * 10 == pytest.approx(tenths.expected_duration(X, 10))


def test_a_curve_has_one_entry_per_time() -> None:
    curve, tenths = kaplan_meier(T, E), kaplan_meier(np.round(T * 10), E)
    assert curve.time == pytest.approx(tenths.time / 10)
    assert curve.survival == pytest.approx(tenths.survival)


def test_an_entry_is_the_same_time_as_a_duration() -> None:
    """Who enters at 0.3 is not at risk at 0.1 * 3."""
    curve = kaplan_meier([0.1 * 3, 0.5, 0.6], [1, 1, 1], entry=[0.0, 0.3, 0.0])
    assert curve.at_risk.tolist() == [2, 2, 1]
    with pytest.raises(InputError, match="entry: at or after the duration in 1 of 2"):
        kaplan_meier([0.1 * 3, 0.5], [1, 1], entry=[0.3, 0.0])


def test_counts_at_one_time_are_refused() -> None:
    with pytest.raises(InputError, match="time: not positive and rising in 1 of 2"):
        kaplan_meier_from_counts([0.3, 0.1 * 3], [2, 1], [1, 1], [0, 0])


@given(
    st.lists(st.integers(1, 60), min_size=2, max_size=30),
    st.sampled_from([0.1, 1 / 7, 1e3, 365.25]),
)
def test_rounding_in_another_unit_makes_no_new_times(whole: list[int], unit: float) -> None:
    steps = np.array(whole)
    rng = np.random.default_rng(0)
    rounded = steps * unit * (1 + 1e-12 * rng.uniform(-1, 1, len(steps)))
    fixed = one_time(rounded)
    assert len(np.unique(fixed)) == len(np.unique(steps))
    assert fixed == pytest.approx(rounded, rel=1e-11)
    assert np.array_equal(one_time(fixed), fixed)


def test_whole_numbers_stay_as_they_are() -> None:
    seconds = np.array([90_000_000.0, 90_000_001.0, 3.0])
    assert one_time(seconds) is seconds
