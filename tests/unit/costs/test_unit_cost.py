"""Cost a full-year person and table 4.3; every cell without a cost is named."""

import numpy as np
import pandas as pd
import pytest
from account_cases import INDEX, accounts, cell, persons

from kommunebench.costs import build_expenditure, build_unit_costs, summarise_unit_costs
from kommunebench.errors import InputError


def test_unit_cost_and_every_cell_without_one() -> None:
    rows = accounts(
        cell("101", 2015, 8000.0),
        cell("147", 2015, -1.0),
        cell("151", 2015, 5.0),
        cell("153", 2015, 5.0),
        cell("101", 2014, 1.0),
    )
    expenditure = build_expenditure(rows, INDEX[INDEX["year"] == 2015])
    people = persons(
        ("101", 2015, 100.0),
        ("147", 2015, 50.0),
        ("151", 2015, 0.0),
        ("155", 2015, 60.0),
        ("101", 2014, 90.0),
    )
    result = build_unit_costs(expenditure, people)
    assert result.unit_costs[["municipality_code", "unit_cost", "refugee"]].to_numpy().tolist() == [
        ["101", 80_000.0, 0.4]
    ]
    named = result.problems.sort_values(["municipality_code", "year"])[
        ["municipality_code", "year", "reason"]
    ]
    assert named.to_numpy().tolist() == [
        ["101", 2014, "year_without_price_index"],
        ["147", 2015, "negative_expenditure"],
        ["151", 2015, "expenditure_without_persons"],
        ["153", 2015, "expenditure_without_persons"],
        ["155", 2015, "no_accounts"],
    ]
    with pytest.raises(InputError, match="1 cells occur twice"):
        build_unit_costs(expenditure, pd.concat([people, people.head(1)]))


def test_table_4_3_is_unweighted_over_municipalities() -> None:
    frame = pd.DataFrame(
        {
            "municipality_code": ["101", "101", "147", "151"],
            "year": [2014, 2015, 2015, 2015],
            "unit_cost": [60.0, 80.0, 100.0, 5.0],
        }
    )
    table = summarise_unit_costs(frame, compared=frozenset({"101", "147"})).set_index("period")
    assert table.loc["2015", ["municipalities", "mean", "min", "max"]].to_list() == [
        2,
        90.0,
        80.0,
        100.0,
    ]
    assert table.loc["2015", "standard_error"] == pytest.approx(
        table.loc["2015", "std_dev"] / np.sqrt(2)
    )
    # 101's mean over its years is 70
    assert table.loc["2014/2015", "mean"] == 85.0
