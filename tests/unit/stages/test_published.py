"""What a run's tables become before they leave: the report's data, and rows of suppressed units."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from kommunebench import gold
from kommunebench.disclosure.hidden import Hidden
from kommunebench.disclosure.rules import Published
from kommunebench.report import REPORT_TABLES, RunInformation
from kommunebench.settings import load_analysis
from kommunebench.stages import published
from kommunebench.stages.published import PublishedResults

NEVER_PUBLISHED = {"expected_durations", "national_models"}


def run() -> RunInformation:
    return RunInformation(run_id="a", code_version="0", created=date(2026, 11, 28), simulated=False)


def test_every_published_gold_table_has_a_place_in_the_report() -> None:
    names = {table.name for table in gold.GOLD_TABLES} - NEVER_PUBLISHED
    assert sorted(names - set(REPORT_TABLES)) == []


def test_a_table_the_report_does_not_know_is_left_out_of_it() -> None:
    tables = {"benchmark_summary": pd.DataFrame({"tau": [0.1]}), "another": pd.DataFrame()}
    data = PublishedResults(tables=tables).report_data(run())
    assert data.benchmark_summary["tau"].tolist() == [0.1]


def test_a_run_without_curves_or_model_has_none_to_track() -> None:
    results = PublishedResults(tables={})
    assert results.national_survival() == {}
    for analysis in ("integration_employment", "school_exams"):
        assert results.national_model(load_analysis(analysis)) is None


@pytest.mark.parametrize("judged", [True, False])
def test_the_report_is_told_that_ranks_are_counted_without_some_withheld(monkeypatch, judged):
    rows = pd.DataFrame({"municipality_code": ["101"]})
    made = {"benchmark_indicators": Published(rows, 1, Hidden(frozenset("1"), True, judged))}
    monkeypatch.setattr(published, "table_exists", lambda *_: False)
    monkeypatch.setattr(published, "publish_together", lambda *_: made)
    results = published.read_published(None, load_analysis("dialysis_centres"), "a")  # type: ignore[arg-type]
    assert results.ranked_anew is judged
    summary = {"benchmark_summary": pd.DataFrame({"tau": [0.1]})}
    assert replace(results, tables=summary).report_data(run()).ranked_anew is judged
