"""What a run's tables become before they leave: the report's data, and rows of suppressed units."""

from datetime import date

import pandas as pd

from kommunebench import gold
from kommunebench.report import REPORT_TABLES, RunInformation
from kommunebench.settings import load_analysis
from kommunebench.stages.published import PublishedResults

NEVER_PUBLISHED = {"expected_durations", "national_models"}


def run() -> RunInformation:
    return RunInformation(run_id="a", code_version="0", created=date(2026, 11, 28), simulated=False)


def test_every_published_gold_table_has_a_place_in_the_report() -> None:
    names = {table.name for table in gold.GOLD_TABLES} - NEVER_PUBLISHED
    assert sorted(names - set(REPORT_TABLES)) == []


def test_a_table_the_report_does_not_know_is_left_out_of_it() -> None:
    tables = {"benchmark_summary": pd.DataFrame({"tau": [0.1]}), "another": pd.DataFrame()}
    data = PublishedResults(tables, None, {}, None).report_data(run())
    assert data.benchmark_summary["tau"].tolist() == [0.1]


def test_a_run_without_curves_or_model_has_none_to_track() -> None:
    results = PublishedResults({}, None, {}, None)
    assert results.national_survival() == {}
    for analysis in ("integration_employment", "school_exams"):
        assert results.national_model(load_analysis(analysis)) is None
