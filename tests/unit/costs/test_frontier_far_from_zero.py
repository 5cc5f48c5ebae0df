"""Frontiers and errors in variables on numbers far from zero or of any size."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quadratic_cases import quadratic, sample

from kommunebench.costs import (
    FrontierFit,
    IntervalSettings,
    SimexSettings,
    fit_errors_in_variables,
    fit_frontier,
)

REL = 1e-8
SIDES = ("production", "cost")
KNOWN = IntervalSettings(kind="parameters_known", draws=100)


def same_frontier(fit: FrontierFit, other: FrontierFit, y_scale: float = 1.0) -> None:
    assert other.no_inefficiency == fit.no_inefficiency
    for name in ("lr_statistic", "lr_p_value"):
        assert getattr(other, name) == pytest.approx(
            getattr(fit, name), rel=1e-7, abs=REL, nan_ok=True
        ), name
    assert other.log_likelihood_null == pytest.approx(
        fit.log_likelihood_null - fit.n * np.log(y_scale), rel=REL
    )
    for name in ("sigma_u", "sigma_v"):
        assert getattr(other, name) == pytest.approx(y_scale * getattr(fit, name), rel=1e-7), name
    for name in ("residual", "inefficiency"):
        assert getattr(other, name) == pytest.approx(
            y_scale * getattr(fit, name), abs=1e-7 * y_scale
        ), name
    if y_scale == 1.0:
        assert (other.rank == fit.rank).all()
    for errors in ("se", "se_robust"):
        t = [f.coefficients.iloc[-1] / getattr(f, errors).iloc[-1] for f in (fit, other)]
        assert t[1] == pytest.approx(t[0], rel=1e-6), errors


@pytest.mark.parametrize(
    ("side", "distribution", "known"),
    [
        *product(SIDES, ("half_normal", "exponential", "truncated_normal"), (False, True)),
        ("production", "gamma", False),
        # Its quadrature takes seconds a fit.
        *(
            pytest.param(*case, marks=pytest.mark.study)
            for case in product(SIDES, ["gamma"], [True])
        ),
    ],
)
def test_origin_and_unit_change_no_frontier(side: Any, distribution: Any, known: bool) -> None:
    z, y, weights = sample(5, 90)
    outcome = y if side == "production" else -y

    def fitted(x: np.ndarray, y_scale: float = 1.0, y_shift: float = 0.0) -> FrontierFit:
        noise: dict[str, Any] = {"weights": weights}
        if known:
            noise = {"noise": "known_variance", "noise_se": np.full(90, 0.1 * y_scale)}
        return fit_frontier(
            y_scale * (outcome + y_shift),
            quadratic(x),
            side=side,
            distribution=distribution,
            outcome="log",
            intervals=KNOWN,
            **noise,
        )

    plain = fitted(z)
    assert not plain.no_inefficiency
    same_frontier(plain, fitted(1e9 * (1.0 + 0.25 * z)))
    same_frontier(plain, fitted(2013.0 + z))
    same_frontier(plain, fitted(z, 1e4, 1e3), 1e4)


def test_a_linear_regressor_of_mean_ten_million() -> None:
    z, y, weights = sample(7, 90)
    plain, far = (
        fit_frontier(
            y,
            pd.DataFrame({"constant": 1.0, "x": x}),
            side="production",
            weights=weights,
            intervals=KNOWN,
        )
        for x in (z, 1e7 + z)
    )
    # The column itself has lost eight digits of its spread.
    assert far.lr_statistic == pytest.approx(plain.lr_statistic, rel=1e-6)
    assert far.efficiency == pytest.approx(plain.efficiency, rel=1e-6)
    assert far.coefficients["x"] == pytest.approx(plain.coefficients["x"], rel=1e-6)


@settings(max_examples=20)
@given(
    x_shift=st.floats(-1e4, 1e4),
    y_shift=st.floats(-1e4, 1e4),
    log_x_scale=st.floats(-12.0, 12.0),
    log_y_scale=st.floats(-12.0, 12.0),
)
def test_origin_and_unit_change_no_errors_in_variables(
    x_shift: float, y_shift: float, log_x_scale: float, log_y_scale: float
) -> None:
    z, y, weights = sample(9, 25)
    variance = np.full(25, 0.1)

    def fitted(x_scale: float, y_scale: float, x_by: float, y_by: float) -> Any:
        units = pd.DataFrame(
            {
                "cost_indicator": x_scale * (z + x_by),
                "indicator": y_scale * (y + y_by),
                "persons": weights,
            }
        )
        return fit_errors_in_variables(
            units,
            error_variance=x_scale**2 * variance,
            error_covariance=np.full(25, 0.01) * x_scale * y_scale,
            simex=SimexSettings(draws=10),
        )

    x_scale, y_scale = 10.0**log_x_scale, 10.0**log_y_scale
    plain = fitted(1.0, 1.0, 0.0, 0.0)
    moved = fitted(x_scale, y_scale, x_shift, y_shift)
    assert moved.reliability == pytest.approx(plain.reliability, rel=REL)
    for name in ("plain", "moment", "simex"):
        one, other = getattr(plain, name), getattr(moved, name)
        assert other.estimate == pytest.approx(one.estimate * y_scale / x_scale, rel=REL)
        assert other.se == pytest.approx(one.se * y_scale / x_scale, rel=REL)
        assert other.p_value == pytest.approx(one.p_value, rel=1e-6)
