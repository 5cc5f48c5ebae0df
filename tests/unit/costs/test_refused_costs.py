"""What the functions of costs refuse in one sentence: no stack trace of a library, no silent wrong
number."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from account_cases import INDEX, accounts, cell, persons
from test_cost_indicators import yearly
from test_cost_need import simulate

from kommunebench.costs import (
    AccountSettings,
    CostNeedSettings,
    CostRules,
    analyse_costs,
    build_cost_indicators,
    build_expenditure,
    build_unit_costs,
    fit_cost_need,
    mean_error_variance,
    summarise_unit_costs,
)
from kommunebench.errors import InputError

YEARLY = yearly(m101=[1.1, 1.2, 1.3], m147=[0.9, 1.0, 1.1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: pd.concat([frame, frame]), "yearly: 6 municipality-years occur twice"),
        (
            lambda frame: frame.assign(
                cost_indicator=frame["cost_indicator"].mask(frame.index == 2)
            ),
            r"yearly\['cost_indicator'\]: missing or infinite in 1 of 6 rows, first at positions 2",
        ),
        (lambda frame: frame.assign(cost_need=np.nan), r"yearly\['cost_need'\]: missing"),
        (lambda frame: frame.assign(cost_indicator="a"), r"\['cost_indicator'\]: expected numbers"),
        (lambda frame: frame.assign(year=np.nan), r"yearly\['year'\]: missing in 6 of 6"),
        (lambda frame: frame.assign(municipality_code=None), r"\['municipality_code'\]: missing"),
    ],
)
def test_years_that_cannot_be_used_are_named(change: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        build_cost_indicators(change(YEARLY))


def test_repeated_years_and_unknown_choices_give_no_error_variance_either() -> None:
    with pytest.raises(InputError, match="6 municipality-years occur twice"):
        mean_error_variance(pd.concat([YEARLY, YEARLY]))
    with pytest.raises(InputError, match="yearly lacks the columns year"):
        mean_error_variance(YEARLY.drop(columns="year"), "pooled")
    for function in (build_cost_indicators, mean_error_variance):
        with pytest.raises(InputError, match="autocorrelation: 'poled' is neither none nor pooled"):
            function(YEARLY, "poled")  # type: ignore[arg-type]


def test_codes_with_decimals_are_the_codes_without() -> None:
    decimals = YEARLY.assign(municipality_code=YEARLY["municipality_code"].astype(float))
    pd.testing.assert_frame_equal(
        build_cost_indicators(decimals).table, build_cost_indicators(YEARLY).table
    )


def test_a_choice_that_is_none_is_no_fault_of_the_accounts() -> None:
    rows, people = accounts(cell("101", 2015, 10.0)), persons(("101", 2015, 100.0))
    rules = CostRules(accounts=AccountSettings(), need=CostNeedSettings())
    for change, message in (
        ({"autocorrelation": "poled"}, "autocorrelation: 'poled'"),
        ({"confidence_level": 95}, "confidence_level: must lie between 0 and 1"),
    ):
        with pytest.raises(InputError, match=message):
            analyse_costs(rows, INDEX, people, replace(rules, **change))  # type: ignore[arg-type]


def test_whole_numbers_and_texts_name_the_same_municipality() -> None:
    expenditure = build_expenditure(accounts(cell("101", 2015, 8000.0)), INDEX)
    people = persons(("101", 2015, 100.0))
    wanted = build_unit_costs(expenditure, people)
    as_numbers = people.assign(municipality_code=101)
    pd.testing.assert_frame_equal(
        build_unit_costs(expenditure, as_numbers).unit_costs, wanted.unit_costs
    )
    table = summarise_unit_costs(
        wanted.unit_costs.assign(municipality_code=101), frozenset({"101"})
    )
    assert table["mean"].tolist() == [80_000.0, 80_000.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"full_year_persons": "100"}, r"\['full_year_persons'\]: expected numbers, got text"),
        ({"full_year_persons": np.inf}, r"\['full_year_persons'\]: infinite in 1 of 1 rows"),
        ({"year": "2015"}, r"full_year_persons\['year'\]: expected numbers, got text"),
        ({"year": None}, r"full_year_persons\['year'\]: missing in 1 of 1 rows"),
        ({"municipality_code": None}, r"\['municipality_code'\]: missing in 1 of 1 rows"),
    ],
)
def test_persons_that_cannot_be_used_are_named(change: dict[str, Any], message: str) -> None:
    expenditure = build_expenditure(accounts(cell("101", 2015, 8000.0)), INDEX)
    with pytest.raises(InputError, match=message):
        build_unit_costs(expenditure, persons(("101", 2015, 100.0)).assign(**change))


@pytest.mark.parametrize("column", ["unit_cost", "full_year_persons", "turkey", "year"])
def test_texts_for_numbers_of_the_cost_model_are_named(column: str) -> None:
    frame = simulate(0.1, municipalities=20).assign(**{column: "a"})
    with pytest.raises(InputError, match=rf"unit_costs\['{column}'\]: expected numbers, got text"):
        fit_cost_need(frame)


def test_a_cost_need_without_models_is_refused() -> None:
    with pytest.raises(InputError, match="models: no cost model is given"):
        fit_cost_need(simulate(0.1, municipalities=20), CostNeedSettings(models=()))
