"""The benchmark as efficiency takes it, whatever its measure and form, and who is left out."""

import numpy as np
import pandas as pd
import pytest

from kommunebench.costs import BenchmarkColumns, benchmark_as_ratio, both_indicators
from kommunebench.costs.efficiency_units import efficiency_notes
from kommunebench.gold import BENCHMARK_INDICATORS, SHARE_INDICATORS
from kommunebench.settings import load_analysis
from kommunebench.stages.efficiency import benchmark_columns, efficiency_stage

FORMS = ("ratio", "inverse", "difference")


def settings_of(measure: str, form: str, verdict: str = "robust"):
    return load_analysis(
        "integration_employment",
        (
            f"measure={measure}",
            f"indicator={form}",
            f"uncertainty.verdict_indicator={verdict}",
            "model.verdict_model=pooled",
        ),
    )


def published(columns: BenchmarkColumns, form: str) -> pd.DataFrame:
    """Two municipalities, 25 % better and 20 % worse than expected, one without an indicator."""
    shares = columns.form.measure == "share"
    observed = pd.Series([0.5, 0.4, np.nan] if shares else [80.0, 100.0, np.nan])
    expected = pd.Series([0.4, 0.5, np.nan] if shares else [100.0, 80.0, np.nan])
    ratio = observed / expected if shares else expected / observed
    difference = (100.0 if shares else 1.0) * (observed - expected)
    printed = {"ratio": ratio, "inverse": 1.0 / ratio, "difference": difference}
    return pd.DataFrame(
        {
            "municipality_code": ["101", "147", "151"],
            "persons": [200, 300, 0],
            "assessment": ["better", "worse", None],
            columns.observed: observed,
            # Of the pooled model, which is not the one that the indicator is of.
            f"expected_{'share' if shares else 'duration'}": 0.9 * expected,
            columns.indicator: printed[form],
            columns.indicator_se: 0.1,
        }
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("measure", ["restricted_mean", "share"])
def test_every_form_is_a_ratio_above_one_where_the_result_is_better(measure, form) -> None:
    columns = benchmark_columns(settings_of(measure, form))
    units = benchmark_as_ratio(published(columns, form), columns)
    assert units["municipality_code"].to_list() == ["101", "147"]
    assert units["indicator"].to_list() == pytest.approx([1.25, 0.8])
    assert units["result_assessment"].to_list() == ["better", "worse"]
    if form == "difference":
        assert units["indicator_se"].isna().all()
    else:
        assert units["indicator_se"].to_list() == pytest.approx([0.125, 0.08])


@pytest.mark.parametrize("verdict", ["robust", "plain"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("measure", ["restricted_mean", "share"])
def test_the_columns_are_those_of_the_table_that_the_stage_reads(measure, form, verdict) -> None:
    settings = settings_of(measure, form, verdict)
    table = SHARE_INDICATORS if measure == "share" else BENCHMARK_INDICATORS
    assert efficiency_stage(settings).reads[0] is table
    columns = benchmark_columns(settings)
    needed = {columns.observed, columns.indicator, columns.indicator_se}
    assert needed <= set(table.columns)


def test_a_share_of_zero_is_no_ratio_to_work_with() -> None:
    columns = benchmark_columns(settings_of("share", "ratio"))
    rows = published(columns, "ratio")
    rows.loc[1, columns.indicator] = 0.0
    assert benchmark_as_ratio(rows, columns)["municipality_code"].to_list() == ["101"]


def test_who_is_left_out_and_why() -> None:
    benchmark = pd.DataFrame(
        {
            "municipality_code": ["101", "147", "151"],
            "indicator": 1.0,
            "indicator_se": 0.1,
            "persons": 100.0,
            "result_assessment": ["better", None, "worse"],
        }
    )
    costs = pd.DataFrame(
        {
            "municipality_code": ["101", "147", "999", "161"],
            "cost_indicator": 1.0,
            "mean_unit_cost": 8e4,
            "assessment": "above",
        }
    )
    units = both_indicators(benchmark, costs, pd.Series({"101": 0.01}))
    assert units["municipality_code"].to_list() == ["101", "147"]
    assert units["cost_error_variance"].isna().to_list() == [False, True]
    not_fitted = pd.DataFrame({"part": ["frontier_cost"], "reason": ["no maximum"]})
    notes = efficiency_notes(
        benchmark, costs, units, not_fitted, ("101", "169"), withheld=frozenset(["161"])
    )
    assert {tuple(row) for row in notes.to_numpy()} == {
        ("units", "151", "no_cost_indicator"),
        ("units", "999", "no_benchmark"),
        ("units", "161", "figures_withheld"),
        ("units", "147", "no_verdict"),
        ("frontier_cost", None, "no maximum"),
        ("outliers", "169", "outlier_not_among_units"),
    }
