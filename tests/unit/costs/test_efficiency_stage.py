"""The stage efficiency on tables held as pandas: what it reads, computes and writes."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from kommunebench.gold import (
    BENCHMARK_INDICATORS,
    COST_INDICATORS,
    COST_SENSITIVITY,
    EFFICIENCY_NOTES,
    EFFICIENCY_REGRESSIONS,
    FRONTIER_SCORES,
    SHARE_INDICATORS,
    UNIT_COSTS,
)
from kommunebench.settings import load_analysis
from kommunebench.stages.efficiency import efficiency_stage
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
    forms = {"ratio": ratio, "difference": (100.0 if shares else 1.0) * (observed - expected)}
    indicators = pd.DataFrame(
        {
            "municipality_code": codes,
            "included": True,
            "persons": rng.integers(100, 900, units),
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
) -> Any:
    """The stage's output; ``sensitivity``: how many municipalities have costs of fewer groups."""
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
