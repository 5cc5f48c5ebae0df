"""Regressions on numbers far from zero or of any size: what must not change, to 1e-8."""

from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quadratic_cases import ROWS, quadratic, sample

from kommunebench.costs import (
    RegressionFit,
    fit_frontier,
    fit_regression,
    predict_mean,
    quadratic_vertex,
)
from kommunebench.errors import InputError

REL = 1e-8


def exact_r_squared(y: np.ndarray, X: np.ndarray) -> float:
    """Of ordinary least squares in exact rational arithmetic."""
    columns = [[Fraction(value) for value in column] for column in X.T]
    target = [Fraction(value) for value in y]

    def dot(a: list[Fraction], b: list[Fraction]) -> Fraction:
        return sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))

    # Gram and Schmidt, the constant first, so that the total is about the mean.
    rest, total = target, Fraction(0)
    basis: list[list[Fraction]] = []
    for column in columns:
        for earlier in basis:
            share = dot(column, earlier) / dot(earlier, earlier)
            column = [c - share * e for c, e in zip(column, earlier, strict=True)]
        share = dot(rest, column) / dot(column, column)
        rest = [r - share * c for r, c in zip(rest, column, strict=True)]
        total = total or dot(rest, rest)
        basis.append(column)
    return float(1 - dot(rest, rest) / total)


@pytest.mark.parametrize(("centre", "spread"), [(1e9, 2.5e8), (2013.0, 2.0), (0.0, 1e-9)])
def test_r_squared_of_a_quadratic_is_the_exact_one(centre: float, spread: float) -> None:
    z, y, _ = sample()
    X = quadratic(centre + spread * z)
    assert fit_regression(y, X).r_squared == pytest.approx(
        exact_r_squared(y, X.to_numpy()), abs=1e-10
    )


def same_regression(fit: RegressionFit, other: RegressionFit, y_scale: float = 1.0) -> None:
    """What neither the origin nor the unit of the columns may change."""
    for name in ("r_squared", "r_squared_adjusted", "f_statistic"):
        assert getattr(other, name) == pytest.approx(getattr(fit, name), rel=REL), name
    assert other.sigma == pytest.approx(y_scale * fit.sigma, rel=REL)
    for name in ("leverage", "cooks_distance"):
        assert getattr(other, name) == pytest.approx(getattr(fit, name), rel=1e-7), name
    assert other.residuals == pytest.approx(y_scale * fit.residuals, abs=y_scale * REL)
    last = fit.coefficients.index[-1]  # of the highest power, whose test does not depend on origin
    for errors in ("se", "se_hc0", "se_hc1", "se_clustered"):
        t = [f.coefficients[last] / getattr(f, errors)[last] for f in (fit, other)]
        assert t[1] == pytest.approx(t[0], rel=REL), errors
    assert other.p_values[last] == pytest.approx(fit.p_values[last], rel=1e-7)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    centre=st.floats(-3000.0, 3000.0),
    log_spread=st.floats(-12.0, 12.0),
    y_shift=st.floats(-1e6, 1e6),
    log_y_scale=st.floats(-6.0, 6.0),
)
def test_origin_and_unit_change_no_regression(
    seed: int, centre: float, log_spread: float, y_shift: float, log_y_scale: float
) -> None:
    z, y, weights = sample(seed)
    arguments: dict[str, Any] = {"weights": weights, "cluster": np.arange(ROWS) // 4}
    fit = fit_regression(y, quadratic(z), **arguments)
    spread, y_scale = 10.0**log_spread, 10.0**log_y_scale
    moved = quadratic(spread * (centre + z))
    other = fit_regression(y_scale * (y + y_shift), moved, **arguments)
    # An outcome moved by a million has lost six digits before it arrives.
    if abs(y_shift) < 1.0:
        same_regression(fit, other, y_scale)
    same_regression(fit, fit_regression(y_scale * y, moved, **arguments), y_scale)


def test_coefficients_errors_and_covariance_come_back_on_the_columns_given() -> None:
    """Against the formula (X'WX)^-1 where it can be trusted."""
    z, y, weights = sample()
    X = quadratic(3.0 + z)
    fit = fit_regression(y, X, weights=weights)
    design = X.to_numpy()
    bread = np.linalg.inv(design.T @ (weights[:, None] * design))
    coefficients = bread @ (design.T @ (weights * y))
    assert fit.coefficients.to_numpy() == pytest.approx(coefficients, rel=1e-9)
    assert fit.covariance.to_numpy() == pytest.approx(fit.sigma**2 * bread, rel=1e-9)
    meat = design.T @ (np.square(weights * fit.residuals)[:, None] * design)
    assert fit.se_hc0.to_numpy() == pytest.approx(np.sqrt(np.diag(bread @ meat @ bread)), rel=1e-9)


def test_predictions_and_turning_point_far_from_zero() -> None:
    z, y, weights = sample()
    near = fit_regression(y, quadratic(z), weights=weights)
    far = fit_regression(y, quadratic(2000.0 + z), weights=weights)
    at = np.linspace(-2.0, 2.0, 7)
    for values, wanted in zip(
        predict_mean(far, quadratic(2000.0 + at)), predict_mean(near, quadratic(at)), strict=True
    ):
        assert values == pytest.approx(wanted, rel=REL)
    here, there = (quadratic_vertex(fit, "x", "x_squared") for fit in (near, far))
    assert there.location - 2000.0 == pytest.approx(here.location, rel=1e-7)
    assert there.se == pytest.approx(here.se, rel=1e-7)


def test_a_full_set_of_dummies_is_a_constant() -> None:
    z, y, _ = sample()
    even = (np.arange(ROWS) % 2 == 0).astype(float)
    fit = fit_regression(y, pd.DataFrame({"even": even, "odd": 1.0 - even, "x": 1e7 + z}))
    other = fit_regression(y, pd.DataFrame({"constant": 1.0, "odd": 1.0 - even, "x": z}))
    assert fit.coefficients["odd"] - fit.coefficients["even"] == pytest.approx(
        other.coefficients["odd"], rel=1e-6
    )
    assert fit.coefficients["x"] == pytest.approx(other.coefficients["x"], rel=REL)
    assert fit.r_squared == pytest.approx(other.r_squared, rel=REL)
    with pytest.raises(InputError, match="no constant"):
        fit_regression(y, pd.DataFrame({"even": even, "x": 1e7 + z}))


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (lambda z: 2.0 + 3.0 * z, "column extra: a linear function"),
        (lambda z: 1e9 + 3.0 * z, "column extra: a linear function"),
        (lambda z: 1e16 + z, "column extra: a linear function|more than one constant"),
        (lambda z: 1e200 * z, "column extra: all zero, or of a size"),
        (lambda z: 0.0 * z, "more than one constant|column extra: all zero"),
    ],
)
def test_columns_without_information_are_named(column: Any, message: str) -> None:
    z, y, _ = sample()
    X = pd.DataFrame({"constant": 1.0, "x": z, "extra": column(z)})
    with pytest.raises(InputError, match=message):
        fit_regression(y, X)
    with pytest.raises(InputError, match=message):
        fit_frontier(y, X, side="production")


def test_a_column_that_is_nearly_another_is_kept() -> None:
    z, y, _ = sample()
    noise = np.random.default_rng(2).normal(size=ROWS)
    X = pd.DataFrame({"constant": 1.0, "x": z, "nearly": z + 1e-5 * noise})
    apart = pd.DataFrame({"constant": 1.0, "x": z, "nearly": noise})
    assert fit_regression(y, X).r_squared == pytest.approx(
        fit_regression(y, apart).r_squared, rel=1e-9
    )
