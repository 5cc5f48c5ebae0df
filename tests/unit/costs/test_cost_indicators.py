"""The cost indicator of a municipality: its interval, its error, its class and its fifth."""

import numpy as np
import pandas as pd
import pytest

from kommunebench.costs import (
    build_cost_indicators,
    error_variance_if_known,
    mean_error_variance,
)
from kommunebench.errors import InputError
from kommunebench.reference import read_reference


def yearly(**indicators: list[float]) -> pd.DataFrame:
    rows = [
        (code[1:], 2011 + i, v) for code, values in indicators.items() for i, v in enumerate(values)
    ]
    frame = pd.DataFrame(rows, columns=["municipality_code", "year", "cost_indicator"])
    return frame.assign(unit_cost=80_000 * frame["cost_indicator"], cost_need=80_000.0)


def test_interval_of_three_years_by_hand() -> None:
    """Mean 1.2, standard deviation 0.1, t with 2 degrees of freedom 4.302653: 1.2 ± 0.248414."""
    table = build_cost_indicators(
        yearly(m101=[1.1, 1.2, 1.3], m102=[1.29, 1.3, 1.31], m103=[0.7, 0.71, 0.72])
    ).table
    row = table.iloc[0]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((0.951586, 1.448414), abs=1e-6)
    assert table["assessment"].to_list() == ["as_expected", "above", "below"]
    assert row["mean_unit_cost"] == pytest.approx(96_000)
    assert table["years"].to_list() == [3, 3, 3]


def test_the_confidence_level_moves_the_interval_and_the_class() -> None:
    """At 80 % t with 2 degrees of freedom is 1.885618: 1.2 ± 0.108866."""
    frame = yearly(m101=[1.1, 1.2, 1.3], m102=[0.9, 1.0, 1.1])
    row = build_cost_indicators(frame, confidence_level=0.8).table.iloc[0]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((1.091134, 1.308866), abs=1e-6)
    assert row["assessment"] == "above"
    with pytest.raises(InputError, match="confidence_level: must lie between 0 and 1, got 95"):
        build_cost_indicators(frame, confidence_level=95)


def test_one_year_is_as_expected_without_interval() -> None:
    table = build_cost_indicators(yearly(m101=[1.9], m102=[0.9, 1.0])).table
    assert table.loc[0, "assessment"] == "as_expected"
    assert np.isnan(table.loc[0, "ci_low"])


def test_pooled_autocorrelation_reproduces_its_definition() -> None:
    """ρ is where the expected ratio of within deviations meets the observed one; ρ = 0 gives back
    the plain error."""
    rng = np.random.default_rng(2)
    values = {f"m{101 + k}": list(1.0 + 0.1 * rng.normal(size=5)) for k in range(40)}
    pooled = build_cost_indicators(yearly(**values), "pooled")
    rho = pooled.correlation
    assert rho is not None
    v = rho ** np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
    c = np.eye(5) - 0.2
    assert np.trace(c @ v @ c, offset=1) / np.trace(c @ v @ c) == pytest.approx(
        pooled.lag_one_ratio
    )
    first = np.array(values["m101"])
    se2 = ((first - first.mean()) ** 2).sum() / np.trace(c @ v) * v.sum() / 25
    assert pooled.table.loc[0, "se"] == pytest.approx(np.sqrt(se2))
    # independent years: the ratio is near -1/5, ρ near 0
    assert abs(rho) < 0.2


def test_errors_in_variables_rest_on_the_error_of_the_option_chosen() -> None:
    """The error variances of the slope's regressor are those of the intervals, whichever option."""
    rng = np.random.default_rng(4)
    values = {f"m{101 + k}": list(1.0 + np.cumsum(0.1 * rng.normal(size=5))) for k in range(40)}
    frame = yearly(**values, m190=[1.1])
    for option in ("none", "pooled"):
        table = build_cost_indicators(frame, option).table.set_index("municipality_code")
        variance = mean_error_variance(frame, option)
        assert variance["101"] == pytest.approx(table.loc["101", "se"] ** 2)
        # One year: the variance of a single year, pooled over the others.
        assert variance["190"] > variance.drop("190").median()
    assert mean_error_variance(frame, "pooled")["101"] > 2 * mean_error_variance(frame)["101"]


def test_pooled_interval_covers_better_when_years_go_together() -> None:
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(400, 6))
    for t in range(1, 6):
        noise[:, t] = 0.6 * noise[:, t - 1] + 0.8 * noise[:, t]
    frame = yearly(**{f"m{k}": list(1.0 + 0.1 * row[1:]) for k, row in enumerate(noise)})
    coverage = {}
    for option in ("none", "pooled"):
        table = build_cost_indicators(frame, option).table
        coverage[option] = ((table["ci_low"] <= 1.0) & (table["ci_high"] >= 1.0)).mean()
    assert coverage["none"] < 0.88
    assert coverage["pooled"] > 0.92


@pytest.mark.parametrize(
    ("years", "lacking"),
    [
        ({"m101": [1.0], "m102": [1.6]}, "has two adjacent years"),
        ({"m101": [1.5, 1.5], "m102": [1.0, 1.0]}, "has years that differ"),
        ({"m101": [1.5, 1.52], "m102": [0.7, 0.71]}, "has three years, two of them adjacent"),
    ],
)
def test_without_a_correlation_pooled_has_no_interval_and_no_class(years, lacking) -> None:
    """The indicators stand. Two deviations from their mean are d and -d whatever the correlation,
    so that two years a municipality tell nothing of it."""
    frame = yearly(**years)
    found = build_cost_indicators(frame, "pooled")
    assert found.correlation is None and lacking in found.interval_fault
    assert found.table["cost_indicator"].to_list() == pytest.approx(
        [np.mean(values) for values in years.values()]
    )
    assert found.table[["se", "ci_low", "ci_high"]].isna().all(axis=None)
    assert (found.table["assessment"] == "as_expected").all()
    assert error_variance_if_known(frame, "pooled").empty
    with pytest.raises(InputError, match=lacking):
        mean_error_variance(frame, "pooled")


def test_no_year_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="no rows"):
        build_cost_indicators(yearly(m101=[1.0]).head(0))


def test_years_that_do_not_differ_have_no_interval_and_the_pooled_error() -> None:
    """Their interval would have the width zero, and 1.5 be above expected for certain. A year's
    variance is pooled: (0.02 + 0) / 2 = 0.01, and half of it is the error of a mean of two."""
    frame = yearly(m101=[1.5, 1.5 * (1 + 1e-12)], m102=[0.9, 1.1], m103=[1.2])
    table = build_cost_indicators(frame).table
    assert table["assessment"].to_list() == ["as_expected"] * 3
    assert table["se"].isna().to_list() == [True, False, True]
    variance = mean_error_variance(frame)
    assert variance.to_dict() == pytest.approx({"101": 0.005, "102": 0.01, "103": 0.01})
    alike = yearly(m101=[1.5, 1.5], m102=[1.2])
    assert error_variance_if_known(alike).empty
    with pytest.raises(InputError, match="no municipality has two years that differ"):
        mean_error_variance(alike)


def test_error_variance_of_a_mean_over_years() -> None:
    """101: variance 0.02 over 2 years; 103: one year, so the pooled 0.04 / 3 within."""
    frame = pd.DataFrame(
        {
            "municipality_code": ["101", "101", "102", "102", "102", "103"],
            "cost_indicator": [0.9, 1.1, 1.0, 1.1, 1.2 + 0.0, 1.4],
        }
    )
    variance = mean_error_variance(frame)
    pooled = (0.02 + 0.02) / 3
    assert variance.to_dict() == pytest.approx({"101": 0.02 / 2, "102": 0.01 / 3, "103": pooled})
    with pytest.raises(InputError, match="no municipality has two years"):
        mean_error_variance(frame.drop_duplicates("municipality_code"))
    alone = frame.drop_duplicates("municipality_code")
    assert error_variance_if_known(alone).empty
    pd.testing.assert_series_equal(error_variance_if_known(frame), variance)


@pytest.mark.parametrize("autocorrelation", ["none", "pooled"])
def test_the_error_variance_is_the_square_of_the_indicators_error(autocorrelation) -> None:
    rng = np.random.default_rng(5)
    values = {f"m{101 + k}": list(1.0 + 0.1 * rng.normal(size=3 + k % 3)) for k in range(30)}
    frame = pd.concat([yearly(**values), yearly(m900=[1.3])], ignore_index=True)
    table = build_cost_indicators(frame, autocorrelation).table.set_index("municipality_code")
    variance = mean_error_variance(frame, autocorrelation)
    several = table["years"] > 1
    assert np.sqrt(variance[several]).to_numpy() == pytest.approx(table.loc[several, "se"])
    assert variance["900"] == pytest.approx(0.01, rel=0.35)


def test_years_that_go_together_make_the_error_larger() -> None:
    rng = np.random.default_rng(6)
    noise = rng.normal(size=(60, 6))
    for t in range(1, 6):
        noise[:, t] = 0.6 * noise[:, t - 1] + 0.8 * noise[:, t]
    frame = yearly(**{f"m{k}": list(1.0 + 0.1 * row[1:]) for k, row in enumerate(noise)})
    plain, pooled = (mean_error_variance(frame, option) for option in ("none", "pooled"))
    assert (pooled > 1.5 * plain).mean() > 0.95
    # One year alone has the variance of a year, which the pooled option raises too.
    alone = pd.concat([frame, yearly(m900=[1.3])])
    assert mean_error_variance(alone, "pooled")["900"] > mean_error_variance(alone)["900"]


def test_fifths_of_ninety_two_have_the_published_sizes() -> None:
    printed = read_reference("table_5_2_cost_quintiles").groupby("quintile").size().to_list()
    indicators = build_cost_indicators(
        _one_year_each(np.random.default_rng(1).permutation(92) / 92 + 0.5)
    ).table
    assert np.bincount(indicators["quintile"])[1:].tolist() == printed == [18, 18, 18, 19, 19]
    few = build_cost_indicators(_one_year_each(np.array([5.0, 1.0, 3.0, 2.0, 4.0]))).table
    assert few["quintile"].tolist() == [5, 1, 3, 2, 4]


def _one_year_each(indicator: np.ndarray) -> pd.DataFrame:
    codes = [f"{101 + k}" for k in range(len(indicator))]
    columns = {
        "municipality_code": codes,
        "year": 2013,
        "unit_cost": 1.0,
        "cost_need": 1.0,
        "cost_indicator": indicator,
    }
    return pd.DataFrame(columns)
