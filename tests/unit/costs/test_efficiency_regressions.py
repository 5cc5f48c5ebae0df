"""Regressions of the benchmark on cost: specifications, outliers, influence."""

import numpy as np
import pandas as pd
import pytest

from kommunebench.costs import fit_efficiency_regressions, fit_regression, quadratic_design
from kommunebench.errors import InputError


@pytest.fixture
def units() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    cost = rng.uniform(0.6, 1.4, 30)
    cost[7] = 2.0
    return pd.DataFrame(
        {
            "municipality_code": [str(101 + i) for i in range(30)],
            "cost_indicator": cost,
            "indicator": 0.95 + 0.05 * cost + 0.04 * rng.normal(size=30),
            "persons": rng.integers(100, 2000, 30),
        }
    )


def test_four_specifications_with_the_outlier_named(units: pd.DataFrame) -> None:
    result = fit_efficiency_regressions(units, outliers=("108", "169"))
    counts = result.table.groupby("specification")["n"].first().to_dict()
    assert counts == {
        "linear": 30,
        "linear_without_outliers": 29,
        "quadratic": 30,
        "quadratic_without_outliers": 29,
    }
    assert result.outliers_absent == ("169",)
    assert result.influence.loc[result.influence["is_outlier"], "municipality_code"].to_list() == [
        "108"
    ]
    alone = fit_efficiency_regressions(units[units["municipality_code"] != "108"])
    assert alone.fits["linear"].se.to_numpy() == pytest.approx(
        result.fits["linear_without_outliers"].se.to_numpy()
    )


def test_leverage_and_cooks_distance_of_a_weighted_fit(units: pd.DataFrame) -> None:
    """By definition: the hat matrix of the weighted rows, and how far all fitted values move
    without the unit."""
    result = fit_efficiency_regressions(units)
    X = quadratic_design(units["cost_indicator"], quadratic=False)
    w = units["persons"].to_numpy(dtype=float)
    root = np.sqrt(w)[:, None] * X.to_numpy()
    hat = np.diag(root @ np.linalg.inv(root.T @ root) @ root.T)
    assert result.influence["leverage"].to_numpy() == pytest.approx(hat)
    fit = result.fits["linear"]
    keep = np.arange(30) != 3
    without = fit_regression(units["indicator"][keep], X[keep], weights=w[keep])
    moved = X.to_numpy() @ (fit.coefficients - without.coefficients).to_numpy()
    assert result.influence.loc[3, "cooks_distance"] == pytest.approx(
        (w * moved**2).sum() / (2 * fit.sigma**2)
    )


def test_scale_of_weights_does_not_matter(units: pd.DataFrame) -> None:
    one, other = (
        fit_efficiency_regressions(units.assign(persons=units["persons"] * k)).table
        for k in (1, 50)
    )
    pd.testing.assert_frame_equal(
        one.drop(columns="specification"), other.drop(columns="specification")
    )


def test_faults_are_named(units: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="lacks the columns persons"):
        fit_efficiency_regressions(units.drop(columns="persons"))
    with pytest.raises(InputError, match="weights: not above zero in 1 of 30 rows"):
        fit_efficiency_regressions(units.assign(persons=[0, *[100] * 29]))
    with pytest.raises(
        InputError, match="more than one constant column: intercept, cost_indicator"
    ):
        fit_efficiency_regressions(units.assign(cost_indicator=1.0))
    with pytest.raises(InputError, match="cannot carry"):
        fit_efficiency_regressions(units.head(2))
