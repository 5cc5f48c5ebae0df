"""Tracked runs side by side, also by cost and efficiency."""

import pandas as pd

from kommunebench.comparison import compare_runs, show_comparison
from kommunebench.tracking import RecordedRun


def recorded(name: str, **columns: list) -> RecordedRun:
    rows = {
        "municipality_code": ["101", "147"], "municipality": ["København", "Frederiksberg"], "indicator": [1.02, 0.98],
        "assessment": ["better", None], "tier": [1, 1], "rank": [1, 2], "quintile": [1, 5],
    }  # fmt: skip
    return RecordedRun(
        f"id-{name}",
        name,
        {"cost.first_year": name},
        {"slope_linear": 0.05},
        pd.DataFrame(rows | columns),
    )


def test_cost_indicators_and_efficiencies_stand_beside_the_benchmark() -> None:
    one = recorded(
        "a",
        cost_indicator=[0.9, 1.2],
        cost_assessment=["below", "above"],
        cost_quintile=[1, 5],
        efficiency_cost=[0.9, 0.7],
    )
    two = recorded(
        "b",
        cost_indicator=[0.9, 1.1],
        cost_assessment=["below", "as_expected"],
        cost_quintile=[1, 4],
        efficiency_cost=[1, 1],
    )
    found = compare_runs([one, two])
    assert {
        "cost_indicator [a]",
        "cost_indicator [b]",
        "cost_assessment [b]",
        "efficiency_cost [a]",
    } <= set(found.indicators.columns)
    change = found.changes.iloc[0]
    assert (
        change["other cost quintile"],
        change["other cost assessment"],
        change["other quintile"],
    ) == (1, 1, 0)
    assert "slope_linear" in show_comparison(found)


def test_runs_without_costs_are_compared_by_what_both_have() -> None:
    found = compare_runs([recorded("a"), recorded("b", cost_quintile=[1, 4])])
    assert "other cost quintile" not in found.changes.columns
    assert "cost_quintile [b]" in found.indicators.columns
