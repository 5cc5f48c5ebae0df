"""What a run's tables become before they leave: the report's data, and rows of suppressed units."""

from datetime import date

import pandas as pd

from kommunebench import gold
from kommunebench.disclosure import Published
from kommunebench.report import REPORT_TABLES, RunInformation
from kommunebench.stages.published import PublishedResults, _withhold_small_units
from kommunebench.tables import Table

NEVER_PUBLISHED = {"expected_durations", "national_models"}
SENSITIVITY = Table(
    name="sensitivity", layer="gold", grain="one check and unit",
    key=("check", "municipality_code"),
    columns={"check": "string", "municipality_code": "string", "log_indicator": "double"},
)  # fmt: skip


def run() -> RunInformation:
    return RunInformation(run_id="a", code_version="0", created=date(2026, 11, 28), simulated=False)


def test_every_published_gold_table_has_a_place_in_the_report() -> None:
    names = {table.name for table in gold.GOLD_TABLES} - NEVER_PUBLISHED
    assert sorted(names - set(REPORT_TABLES)) == []


def test_a_table_the_report_does_not_know_is_left_out_of_it() -> None:
    tables = {"benchmark_summary": pd.DataFrame({"tau": [0.1]}), "another": pd.DataFrame()}
    data = PublishedResults(tables, None, {}, None).report_data(run())
    assert data.benchmark_summary["tau"].tolist() == [0.1]


def test_a_run_without_curves_or_cox_model_has_none_to_track() -> None:
    results = PublishedResults({}, None, {}, None)
    assert results.national_survival() == {}
    assert results.cox_model(None) is None  # type: ignore[arg-type]


def test_units_suppressed_in_the_indicators_are_suppressed_in_tables_without_counts() -> None:
    indicators = pd.DataFrame(
        {"municipality_code": ["101", "825"], "persons": [300.0, None], "indicator": [1.0, None]}
    )
    checks = pd.DataFrame(
        {"check": "groups", "municipality_code": ["101", "825"], "log_indicator": [0.1, 0.2]}
    )
    published = {
        "benchmark_indicators": Published(indicators, 1, frozenset({"825"})),
        "sensitivity": Published(checks, 0),
    }
    shown = _withhold_small_units([gold.BENCHMARK_INDICATORS, SENSITIVITY], published)
    assert shown["sensitivity"].rows["log_indicator"].isna().tolist() == [False, True]
    assert shown["sensitivity"].suppressed == 1 and shown["benchmark_indicators"].suppressed == 1
