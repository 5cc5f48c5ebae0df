"""What the functions of regressions and efficiency refuse in one sentence."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_efficiency import RULES, municipalities

from kommunebench.costs import (
    IntervalSettings,
    SimexSettings,
    assess_efficiency,
    build_cost_by_result,
    find_cost_potential,
    fit_efficiency_regressions,
    fit_errors_in_variables,
    fit_regression,
    quadratic_design,
    quadratic_vertex,
)
from kommunebench.errors import InputError

UNITS = municipalities()


def test_a_regression_in_one_cluster_has_no_clustered_error() -> None:
    x = np.arange(10.0)
    with pytest.raises(InputError, match="cluster: all rows are in one cluster"):
        fit_regression(x**2, quadratic_design(x, quadratic=False), cluster=["a"] * 10)


def test_a_straight_line_has_no_turning_point() -> None:
    fit = fit_regression(np.zeros(10), quadratic_design(np.arange(10.0)))
    with pytest.raises(InputError, match="The coefficient of cost_indicator_squared is zero"):
        quadratic_vertex(fit, "cost_indicator", "cost_indicator_squared")


def test_a_quadratic_design_takes_any_column_of_numbers() -> None:
    design = quadratic_design([1.0, 3.0])
    assert design.to_numpy().tolist() == [[1.0, 1.0, 1.0], [1.0, 3.0, 9.0]]
    assert quadratic_design(pd.Series([1, 3], index=[7, 8])).index.tolist() == [7, 8]
    with pytest.raises(InputError, match="x: expected numbers, got text"):
        quadratic_design(["a", "b"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"indicator": 1.0}, "indicator is the same in all rows of units: there is no slope"),
        (
            {"cost_indicator": np.where(np.arange(90) == 3, 2.0, 1.1)},
            "cost_indicator is the same in all rows of units but one",
        ),
    ],
)
def test_errors_in_variables_without_variation_are_refused(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        fit_errors_in_variables(UNITS.assign(**change), error_variance=UNITS["cost_error_variance"])


def test_a_slope_without_error_is_no_division_by_zero() -> None:
    x = np.array([-2.0, -1.0, 1.0, 2.0, -4.0, 4.0])
    units = pd.DataFrame({"cost_indicator": x, "indicator": 2.0 * x, "persons": 1.0})
    fit = fit_errors_in_variables(units, error_variance=np.zeros(6), simex=SimexSettings(draws=10))
    assert fit.plain.estimate == pytest.approx(2.0)
    assert fit.plain.p_value == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("simex", "message"),
    [
        (SimexSettings(draws=0), "simex.draws: must be a whole number of 2 or more, got 0"),
        (SimexSettings(draws=1), "simex.draws: must be a whole number of 2 or more, got 1"),
        (SimexSettings(draws=10, seed=-1), "simex.seed: must be a whole number of 0 or more"),
    ],
)
def test_draws_of_simex_that_cannot_be_made_are_named(simex: SimexSettings, message: str) -> None:
    with pytest.raises(InputError, match=message):
        fit_errors_in_variables(UNITS, error_variance=UNITS["cost_error_variance"], simex=simex)
    with pytest.raises(InputError, match=message):
        assess_efficiency(UNITS, replace(RULES, simex=simex))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"indicator": 1.0}, "indicator is the same in all rows of units"),
        ({"mean_unit_cost": "a"}, r"units\['mean_unit_cost'\]: expected numbers, got text"),
        ({"cost_error_variance": "a"}, r"units\['cost_error_variance'\]: expected numbers"),
        ({"municipality_code": "101"}, "units: 89 municipalities occur twice"),
    ],
)
def test_municipalities_that_cannot_be_assessed_are_named(
    change: dict[str, Any], message: str
) -> None:
    with warnings.catch_warnings(), pytest.raises(InputError, match=message):
        warnings.simplefilter("error")
        assess_efficiency(UNITS.assign(**change), RULES)


def test_intervals_that_cannot_be_drawn_by_their_settings_stop_the_assessment() -> None:
    with pytest.raises(InputError, match=r"intervals\.draws: must be a whole number"):
        assess_efficiency(UNITS, replace(RULES, intervals=IntervalSettings(draws=150.5)))  # type: ignore[arg-type]


def test_outliers_are_known_by_codes_that_are_numbers() -> None:
    as_numbers = UNITS.assign(municipality_code=UNITS["municipality_code"].astype(int))
    result = fit_efficiency_regressions(as_numbers, ("169",))
    assert result.outliers_absent == ()
    assert result.influence["is_outlier"].sum() == 1


def test_one_missing_error_is_named_as_one() -> None:
    few = UNITS.assign(cost_error_variance=UNITS["cost_error_variance"].mask(UNITS.index == 3))
    reasons = assess_efficiency(few, RULES).not_fitted.set_index("part")["reason"]
    assert reasons["errors_in_variables"] == (
        "the error of the cost indicator (cost_error_variance) is missing in 1 of 90"
        " municipalities, first 104"
    )
    none = assess_efficiency(UNITS.assign(cost_error_variance=np.nan), RULES).not_fitted
    assert none["reason"].str.startswith("no municipality has two years").any()


def test_tables_of_classes_are_looked_at_too() -> None:
    with pytest.raises(InputError, match=r"units\['mean_unit_cost'\]: expected numbers, got text"):
        build_cost_by_result(UNITS.assign(mean_unit_cost="a"))
    with pytest.raises(InputError, match="table lacks the columns cost_class"):
        find_cost_potential(pd.DataFrame())
