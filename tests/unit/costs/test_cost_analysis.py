"""Costs of one choice of account groups: from accounts and persons to indicators and metrics."""

import numpy as np
import pandas as pd
import pytest
from account_cases import COLUMNS
from test_cost_need import simulate

from kommunebench.costs import (
    AccountSettings,
    CostNeedSettings,
    CostRules,
    CostSensitivity,
    analyse_costs,
    analyse_sensitivity,
    cost_exclusions,
    cost_metrics,
)
from kommunebench.reference import read_reference
from kommunebench.stages.costs import note

RULES = CostRules(accounts=AccountSettings(), need=CostNeedSettings())
NONE = CostSensitivity(None)
FLAT = pd.DataFrame({"year": range(2011, 2016), "index": 100.0})


def country() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Account rows of group 010, and persons with shares, of 92 municipalities that exist."""
    cells = simulate(noise=0.15)
    codes = sorted(read_reference("municipalities")["municipality_code"])
    names = dict(zip(sorted(cells["municipality_code"].unique()), codes, strict=False))
    cells["municipality_code"] = cells["municipality_code"].map(names)
    spent = cells["unit_cost"] * cells["full_year_persons"] / 1000.0
    rows = [
        (code, year, "010", "1", "UE", thousand, "54660", "1")
        for code, year, thousand in zip(
            cells["municipality_code"], cells["year"], spent, strict=True
        )
    ]
    return pd.DataFrame(rows, columns=COLUMNS), cells.drop(columns="unit_cost")


def test_from_accounts_to_indicators() -> None:
    accounts, persons = country()
    costs = analyse_costs(accounts, FLAT, persons, RULES)
    assert costs.fault == ""
    cells = costs.unit_costs_with_need
    assert len(cells) == 460
    assert (cells["unit_cost"] / cells["cost_need"]).to_numpy() == pytest.approx(
        cells["cost_indicator"].to_numpy()
    )
    indicators = costs.indicators_with_persons
    assert len(indicators) == 92
    assert (indicators["full_year_persons"] == 120.0).all()
    last = costs.need.models.query("model == 3")["r_squared"]
    assert costs.r_squared == last.iloc[0]
    assert cost_exclusions(costs, NONE).empty


def test_metrics_are_of_the_cost_models() -> None:
    accounts, persons = country()
    main = analyse_costs(accounts, FLAT, persons, RULES)
    metrics = cost_metrics(main, CostSensitivity(main))
    assert metrics["cost_sensitivity_r_squared"] == metrics["cost_model_r_squared"]
    assert metrics["cost_model_r_squared"] == main.r_squared
    assert metrics["cost_model_n"] == 460
    assert metrics["cost_cells_left_out"] == 0


def test_without_a_model_the_unit_costs_stand_and_the_reason_is_said() -> None:
    accounts, persons = country()
    few = persons[persons["municipality_code"].isin(["101", "147"])]
    costs = analyse_costs(accounts, FLAT, few, RULES)
    assert "10 municipality-years count" in costs.fault
    assert len(costs.unit_costs_with_need) == 10
    assert costs.unit_costs_with_need["cost_need"].isna().all()
    assert costs.indicators_with_persons.empty
    assert np.isnan(costs.r_squared)
    reasons = cost_exclusions(costs, NONE).query("part == 'cost_model_not_fitted'")["reason"]
    assert reasons.to_list() == [costs.fault]
    assert "cost_model_r_squared" not in cost_metrics(costs, NONE)


def test_fewer_groups_without_expenditure_stop_nothing_and_are_noted() -> None:
    accounts, persons = country()
    main = analyse_costs(accounts, FLAT, persons, RULES)
    rules = CostRules(accounts=AccountSettings(groups=("001",)), need=RULES.need)
    sensitivity = analyse_sensitivity(accounts, FLAT, persons, rules)
    assert sensitivity.costs is None and sensitivity.indicators.empty
    noted = cost_exclusions(main, sensitivity)
    assert noted["part"].to_list() == ["cost_sensitivity_not_fitted"]
    assert noted["reason"].to_list() == [sensitivity.fault] != [""]
    metrics = cost_metrics(main, sensitivity)
    assert "cost_model_n" in metrics and "cost_sensitivity_r_squared" not in metrics
    assert f"no sensitivity: {sensitivity.fault}" in note(main, sensitivity)


def test_where_no_municipality_is_compared_there_is_no_error() -> None:
    accounts, persons = country()
    nobody: frozenset[str] = frozenset()
    rules = CostRules(accounts=RULES.accounts, need=CostNeedSettings(compared=nobody))
    costs = analyse_costs(accounts, FLAT, persons, rules)
    assert costs.fault and len(costs.unit_costs_with_need) == 460
    assert set(cost_metrics(costs, NONE)) == {"cost_cells_left_out"}


def test_the_confidence_level_and_the_autocorrelation_reach_the_indicators() -> None:
    accounts, persons = country()
    rules = CostRules(
        accounts=RULES.accounts, need=RULES.need, autocorrelation="pooled", confidence_level=0.8
    )
    plain = analyse_costs(accounts, FLAT, persons, RULES).indicators
    other = analyse_costs(accounts, FLAT, persons, rules).indicators
    assert plain.correlation is None
    assert other.correlation is not None
    reach = (other.table["ci_high"] - other.table["cost_indicator"]) / other.table["se"]
    # t with 4 degrees of freedom
    assert reach.to_numpy() == pytest.approx(np.full(92, 1.533206), abs=1e-5)


def test_a_correlation_that_cannot_be_estimated_leaves_the_need_and_the_indicators() -> None:
    """One counted year, in which no two years of a municipality can go together."""
    accounts, persons = country()
    pooled = CostRules(accounts=RULES.accounts, need=RULES.need, autocorrelation="pooled")
    costs = analyse_costs(accounts, FLAT, persons[persons["year"] == 2013], pooled)
    assert costs.fault == "" and len(costs.need.yearly) == len(costs.indicators.table) == 92
    assert (costs.indicators.table["assessment"] == "as_expected").all()
    notes = cost_exclusions(costs, NONE).set_index("part")["reason"]
    assert notes["cost_intervals_not_computed"] == costs.indicators.interval_fault
    assert "two adjacent years" in costs.indicators.interval_fault
    assert f"no intervals: {costs.indicators.interval_fault}" in note(costs, NONE)
    assert "cost_year_correlation" not in cost_metrics(costs, NONE)
