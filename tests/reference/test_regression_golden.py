"""Least squares, plain and weighted, against R's lm and sandwich."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kommunebench.costs import RegressionFit, fit_regression, predict_mean, quadratic_vertex

DATA = Path(__file__).parent / "data"
REL = 1e-8


def load(case: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    return pd.read_csv(DATA / case / "input.csv"), json.loads(
        (DATA / case / "expected.json").read_text(encoding="utf-8")
    )


def municipalities() -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    d, _ = load("ols_municipalities")
    columns = {
        "(Intercept)": 1.0,
        "log(revenues)": np.log(d["revenues"]),
        "log(grants)": np.log(d["grants"]),
    }
    years = {f"year{year}": (d["year"] == year).astype(float) for year in range(1980, 1988)}
    return np.log(d["expenditures"]), pd.DataFrame(columns | years), d


def schools(full: bool = False) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    d, _ = load("wls_caschools")
    columns: dict[str, Any] = {
        "(Intercept)": 1.0,
        "income": d["income"],
        "I(income^2)": d["income"] ** 2,
    }
    if full:
        columns |= {name: d[name] for name in ("english", "lunch", "calworks")}
        columns["I(students/teachers)"] = d["students"] / d["teachers"]
        columns["gradesKK-08"] = (d["grades"] == "KK-08").astype(float)
    return d["testscr"], pd.DataFrame(columns), d


def assert_agrees(fit: RegressionFit, expected: dict[str, Any]) -> None:
    for series, key in (
        (fit.coefficients, "coef"),
        (fit.se, "se"),
        (fit.se_hc0, "robust_se_hc0"),
        (fit.se_hc1, "robust_se_hc1"),
        (fit.se_clustered, "cluster_se_stata"),
    ):
        assert series is not None
        assert series.to_dict() == pytest.approx(expected[key], rel=REL), key
    assert fit.covariance.to_numpy() == pytest.approx(
        np.array(expected["vcov"]), rel=REL, abs=1e-14
    )
    found = (
        fit.r_squared,
        fit.r_squared_adjusted,
        fit.sigma,
        fit.df_residual,
        fit.f_statistic,
        fit.n,
    )
    wanted = [expected[key] for key in ("r2", "adj_r2", "sigma", "df_residual", "f_stat", "n")]
    assert found == pytest.approx(wanted, rel=REL)
    assert fit.sigma**2 * fit.df_residual == pytest.approx(expected["weighted_rss"], rel=REL)
    assert fit.fitted[:10] == pytest.approx(np.array(expected["fitted_first10"]), rel=REL)
    assert fit.residuals[:10] == pytest.approx(np.array(expected["residual_first10"]), rel=REL)


def test_cost_model_of_municipalities() -> None:
    y, X, d = municipalities()
    expected = load("ols_municipalities")[1]
    fit = fit_regression(y, X, cluster=d["municipality"])
    assert_agrees(fit, expected["ols"])
    means = pd.Series(fit.residuals).groupby(d["municipality"]).mean()
    wanted = expected["mean_residual_by_municipality"]
    assert (means.std(), means.min(), means.max()) == pytest.approx(
        [wanted[key] for key in ("sd", "min", "max")], rel=1e-7
    )
    assert means.iloc[:10].to_numpy() == pytest.approx(
        np.array(list(wanted["first10"].values())), rel=1e-7
    )
    assert means.rank().iloc[:10].to_list() == list(wanted["rank_of_first10"].values())


def test_cost_model_with_municipality_dummies() -> None:
    y, X, d = municipalities()
    expected = load("ols_municipalities")[1]["with_municipality_dummies"]
    dummies = pd.get_dummies(d["municipality"], prefix="m", drop_first=True, dtype=float)
    fit = fit_regression(y, pd.concat([X, dummies], axis=1))
    assert {name: fit.coefficients[name] for name in expected["coef"]} == pytest.approx(
        expected["coef"], rel=REL
    )
    assert {name: fit.se[name] for name in expected["se"]} == pytest.approx(expected["se"], rel=REL)
    assert fit.r_squared == pytest.approx(expected["r2"], rel=REL)


def test_weighted_cost_model() -> None:
    y, X, d = municipalities()
    fit = fit_regression(y, X, weights=1.0 / d["revenues"], cluster=d["municipality"])
    assert_agrees(fit, load("ols_municipalities")[1]["wls_weight_inverse_revenue"])


@pytest.mark.parametrize(
    ("key", "full", "weighted"),
    [
        ("quadratic_ols", False, False),
        ("quadratic_wls_students", False, True),
        ("full_wls_students", True, True),
    ],
)
def test_school_districts(key: str, full: bool, weighted: bool) -> None:
    y, X, d = schools(full)
    fit = fit_regression(y, X, weights=d["students"] if weighted else None, cluster=d["county"])
    assert_agrees(fit, load("wls_caschools")[1][key])


@pytest.mark.parametrize(("key", "weighted"), [("vertex_ols", False), ("vertex_wls", True)])
def test_turning_point_of_a_quadratic(key: str, weighted: bool) -> None:
    y, X, d = schools()
    expected = load("wls_caschools")[1][key]
    vertex = quadratic_vertex(
        fit_regression(y, X, weights=d["students"] if weighted else None), "income", "I(income^2)"
    )
    assert (vertex.location, vertex.se) == pytest.approx((expected["x"], expected["se"]), rel=1e-7)


def test_prediction_and_scale_of_weights() -> None:
    y, X, d = schools()
    expected = load("wls_caschools")[1]
    fit = fit_regression(y, X, weights=d["students"] / d["students"].mean())
    assert fit.sigma == pytest.approx(expected["wls_sigma_with_weights_of_mean_one"], rel=REL)
    income = np.array(expected["wls_prediction"]["income"])
    mean, se = predict_mean(
        fit, pd.DataFrame({"(Intercept)": 1.0, "income": income, "I(income^2)": income**2})
    )
    assert mean == pytest.approx(np.array(expected["wls_prediction"]["fit"]), rel=REL)
    assert se == pytest.approx(np.array(expected["wls_prediction"]["se"]), rel=REL)
