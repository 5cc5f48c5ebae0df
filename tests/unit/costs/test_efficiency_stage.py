"""The stage efficiency on tables held as pandas: what it reads, computes and writes."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from kommunebench.costs import fit_efficiency_regressions
from kommunebench.gold import (
    BENCHMARK_INDICATORS,
    COST_BY_RESULT,
    COST_INDICATORS,
    COST_SENSITIVITY,
    EFFICIENCY_INFLUENCE,
    EFFICIENCY_NOTES,
    EFFICIENCY_REGRESSIONS,
    FRONTIER_SCORES,
    SHARE_INDICATORS,
    UNIT_COSTS,
)
from kommunebench.settings import load_analysis
from kommunebench.stages.efficiency import efficiency_stage
from kommunebench.stages.estimates import indicator_table
from kommunebench.tables import Table

YEARS = range(2011, 2016)


def store(measure: str, units: int = 40, form: str = "ratio") -> dict[Table, pd.DataFrame]:
    """Indicators and costs of municipalities, whose years of costs go together. The expected
    measure of the table is of the pooled model, the indicator of the one within municipalities."""
    rng = np.random.default_rng(8)
    codes = [str(101 + k) for k in range(units)]
    cost = np.exp(rng.normal(0.0, 0.25, units))
    ratio = 1.1 + 0.05 * cost - 0.12 * np.abs(rng.normal(size=units))
    ratio += 0.03 * rng.normal(size=units)
    shares = measure == "share"
    observed = 0.4 * ratio if shares else np.full(units, 100.0)
    expected = 0.4 if shares else 100.0 * ratio
    persons = rng.integers(100, 900, units)
    forms = {"ratio": ratio, "difference": (100.0 if shares else 1.0) * (observed - expected)}
    indicators = pd.DataFrame(
        {
            "municipality_code": codes,
            "included": True,
            "persons": persons,
            "cases" if shares else "spells": persons,
            "events": persons // 2,
            "assessment": "as_expected",
            "expected_duration": 0.95 * expected,
            "observed_duration_robust": observed,
            "observed_share_robust": observed,
            "expected_share": 1.05 * expected,
            "indicator": forms[form],
            "indicator_se": 0.02,
            "indicator_robust": forms[form],
            "indicator_robust_se": 0.02,
        }
    )
    noise = rng.normal(size=(units, len(YEARS)))
    for t in range(1, len(YEARS)):
        noise[:, t] = 0.7 * noise[:, t - 1] + 0.7 * noise[:, t]
    yearly = cost[:, None] * (1.0 + 0.1 * noise)
    unit_costs = pd.DataFrame(
        {
            "municipality_code": np.repeat(codes, len(YEARS)),
            "year": np.tile(list(YEARS), units),
            "cost_indicator": yearly.ravel(),
        }
    )
    costs = pd.DataFrame(
        {
            "municipality_code": codes,
            "cost_indicator": yearly.mean(axis=1),
            "mean_unit_cost": 80_000 * yearly.mean(axis=1),
            "assessment": "as_expected",
        }
    )
    table = SHARE_INDICATORS if measure == "share" else BENCHMARK_INDICATORS
    return {
        table: indicators,
        COST_INDICATORS: costs,
        COST_SENSITIVITY: costs[["municipality_code", "cost_indicator"]],
        UNIT_COSTS: unit_costs,
    }


def run(
    measure: str = "restricted_mean",
    units: int = 40,
    *overrides: str,
    sensitivity: int | None = None,
    events: dict[str, int] | None = None,
) -> Any:
    """The stage's output; ``sensitivity``: how many municipalities have costs of fewer groups;
    ``events``: of some municipalities, by code."""
    settings = load_analysis(
        "integration_employment",
        (
            f"measure={measure}",
            "efficiency.interval_draws=200",
            "efficiency.simex_draws=20",
            *overrides,
        ),
    )
    tables = store(measure, units, settings.indicator)
    if sensitivity is not None:
        tables[COST_SENSITIVITY] = tables[COST_SENSITIVITY].head(sensitivity)
    indicators = tables[indicator_table(settings)].set_index("municipality_code")
    for code, number in (events or {}).items():
        indicators.loc[code, "events"] = number
    tables[indicator_table(settings)] = indicators.reset_index()
    stage = efficiency_stage(settings)
    assert set(stage.reads) == set(tables)
    inputs = SimpleNamespace(
        settings=settings,
        rows=lambda table: pa.Table.from_pandas(tables[table]),
        frame=lambda _, rows: rows,
    )
    output = stage.build(inputs)
    assert set(output.frames) == set(stage.writes)
    return output


@pytest.mark.parametrize("measure", ["restricted_mean", "share"])
def test_every_table_is_written_for_every_measure(measure: str) -> None:
    output = run(measure)
    scores = output.frames[FRONTIER_SCORES]
    of_side = scores[scores["side"] == "production"]
    assert len(of_side) == 40
    assert (of_side["ci_low"] < of_side["efficiency"]).all()
    assert set(of_side["ranks_span_most"]) == {True}
    assert "intervals of the ranks span most of the list" in output.note
    assert output.metrics["frontier_production_rank_span"] > 0.5


@pytest.mark.parametrize("measure", ["restricted_mean", "share"])
def test_a_difference_is_set_against_costs_as_the_ratio_of_the_same_model(measure: str) -> None:
    ratio, difference = (
        run(measure, 40, f"indicator={form}").frames[EFFICIENCY_REGRESSIONS]
        for form in ("ratio", "difference")
    )
    pd.testing.assert_frame_equal(ratio, difference)


def test_the_error_of_costs_follows_the_autocorrelation_chosen() -> None:
    reliability = {}
    for option in ("none", "pooled"):
        rows = run("restricted_mean", 40, f"cost.autocorrelation={option}")
        reliability[option] = rows.metrics["reliability"]
    assert reliability["pooled"] < reliability["none"] - 0.01


def test_the_confidence_level_of_the_analysis_reaches_the_scores() -> None:
    widths = []
    for level in (0.8, 0.99):
        scores = run("restricted_mean", 40, f"uncertainty.confidence_level={level}").frames[
            FRONTIER_SCORES
        ]
        widths.append((scores["ci_high"] - scores["ci_low"]).mean())
    assert widths[0] < 0.7 * widths[1]


@pytest.mark.parametrize("rows", [0, 1])
def test_a_sensitivity_that_cannot_be_fitted_is_noted_and_the_rest_stands(rows: int) -> None:
    whole = run()
    output = run(sensitivity=rows)
    notes = output.frames[EFFICIENCY_NOTES]
    assert sorted(notes["part"]) == sorted([*whole.frames[EFFICIENCY_NOTES]["part"], "sensitivity"])
    left = whole.frames[EFFICIENCY_REGRESSIONS]
    left = left[~left["specification"].str.endswith("_sensitivity")]
    pd.testing.assert_frame_equal(output.frames[EFFICIENCY_REGRESSIONS], left)
    assert "sensitivity not fitted" in output.note


def test_too_few_municipalities_leave_empty_tables_and_the_reason() -> None:
    output = run("restricted_mean", 8)
    notes = output.frames[EFFICIENCY_NOTES]
    assert notes["reason"].to_list() == ["too_few_municipalities"]
    assert all(len(rows) == 0 for table, rows in output.frames.items() if table != EFFICIENCY_NOTES)
    assert "8 municipalities" in output.note


def test_no_figure_depends_on_a_municipality_that_is_hidden() -> None:
    """Fifteen municipalities, of which 103 has three events and 107, with eight, is hidden to
    protect it. The slope over all is linear in the indicator of 103: with everything known of the
    others, it would be that indicator."""
    output = run("restricted_mean", 15, events={"103": 3, "107": 8})
    published = output.frames[EFFICIENCY_REGRESSIONS].query(
        "specification == 'linear' and term == 'cost_indicator'"
    )
    tables = store("restricted_mean", 15)
    units = tables[BENCHMARK_INDICATORS].merge(
        tables[COST_INDICATORS].drop(columns="assessment"), on="municipality_code"
    )
    units["indicator"] = units["indicator_robust"]
    is_hidden = units["municipality_code"] == "103"

    def slope(guess: float) -> float:
        guessed = units.assign(indicator=units["indicator"].where(~is_hidden, guess))
        lines = fit_efficiency_regressions(guessed, ()).table
        wanted = (lines["specification"] == "linear") & (lines["term"] == "cost_indicator")
        return float(lines.loc[wanted, "coefficient"].iloc[0])

    at_zero, at_one = slope(0.0), slope(1.0)
    worked_out = (published["coefficient"].iloc[0] - at_zero) / (at_one - at_zero)
    assert abs(worked_out - units.loc[is_hidden, "indicator"].iloc[0]) > 0.01
    assert published["n"].tolist() == [13]
    notes = output.frames[EFFICIENCY_NOTES]
    withheld = notes[notes["reason"] == "figures_withheld"]
    assert withheld["municipality_code"].tolist() == ["103", "107"]
    assert "no_benchmark" not in set(notes["reason"])
    for table in (FRONTIER_SCORES, EFFICIENCY_INFLUENCE):
        assert not {"103", "107"} & set(output.frames[table]["municipality_code"])
    scores = output.frames[FRONTIER_SCORES]
    for _, of_side in scores.groupby("side"):
        assert sorted(of_side["rank"]) == list(range(1, 14))
    assert output.frames[COST_BY_RESULT]["units"].max() == 13


def test_too_few_are_left_where_some_are_hidden() -> None:
    output = run("restricted_mean", 10, events={"103": 3, "107": 8})
    notes = output.frames[EFFICIENCY_NOTES]
    assert notes["reason"].tolist() == ["too_few_municipalities", *["figures_withheld"] * 2]


def test_another_limit_of_disclosure_makes_efficiency_anew() -> None:
    settings = load_analysis("integration_employment")
    assert "disclosure" in efficiency_stage(settings).sections
