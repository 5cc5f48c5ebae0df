"""Tracked runs side by side, also by cost and efficiency."""

from dataclasses import replace

import pandas as pd
import pytest

from kommunebench.comparison import compare_runs, show_comparison
from kommunebench.tracking import RecordedRun


def recorded(name: str, **columns: list) -> RecordedRun:
    rows = {
        "municipality_code": ["101", "147"],
        "municipality": ["København", "Frederiksberg"],
        "indicator": [1.02, 0.98],
        "assessment": ["better", None],
        "tier": [1, 1],
        "rank": [1, 2],
        "quintile": [1, 5],
    }
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


def set_to(run: RecordedRun, **params: str) -> RecordedRun:
    return replace(run, params={**run.params, **params})


def test_runs_of_different_measures_are_not_subtracted() -> None:
    """A run recorded before the settings existed measured durations as a ratio."""
    found = compare_runs(
        [recorded("a"), set_to(recorded("b"), measure="share", indicator="difference")]
    )
    assert pd.isna(found.changes["largest change of indicator"].iloc[0])
    assert found.changes["other quintile"].iloc[0] == 0
    assert "settings of measure (restricted_mean, share)" in show_comparison(found)
    assert "settings of indicator (ratio, difference)" in show_comparison(found)


def test_runs_of_different_analyses_or_units_are_said_to_be() -> None:
    other = recorded("b", municipality_code=["1", "2"], municipality=["a", "b"])
    found = compare_runs([set_to(recorded("a"), name="one"), set_to(other, name="two")])
    told = show_comparison(found)
    assert "of different analyses (one, two)" in told
    assert "a and b have no unit in common" in told
    assert found.changes["units"].iloc[0] == 0


def test_runs_alike_have_no_notes_and_their_largest_change() -> None:
    found = compare_runs([recorded("a"), recorded("b", indicator=[1.05, 0.97])])
    assert found.notes == ()
    assert found.changes["largest change of indicator"].iloc[0] == pytest.approx(0.03)


def test_tiers_of_two_runs_are_compared_by_pairs_and_not_by_number() -> None:
    """In the second run one cut more at the top gives everybody below another number: only the
    first pair is told apart there and not here. In the third the two ends have changed places."""
    four = {
        "municipality_code": ["101", "147", "151", "153"],
        "municipality": ["A", "B", "C", "D"],
        "indicator": [1.2, 1.1, 1.0, 0.9],
        "assessment": [None] * 4,
        "rank": [1, 2, 3, 4],
        "quintile": [1, 2, 3, 4],
    }
    runs = [
        recorded(name, **four, tier=tiers)
        for name, tiers in (("a", [1, 1, 2, 3]), ("b", [1, 2, 3, 4]), ("c", [3, 1, 2, 1]))
    ]
    changes = compare_runs(runs).changes.set_index("run")
    assert "other tier" not in changes.columns
    only_one = changes["pairs in different tiers in one run only"]
    opposite = changes["pairs in different tiers in opposite orders"]
    assert only_one.to_dict() == {"b": 1, "c": 2}
    assert opposite.to_dict() == {"b": 0, "c": 3}
