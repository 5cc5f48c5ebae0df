"""A run says of itself which delivery it was made from, whatever the store holds by the time its
results are shown. Without Spark."""

from pathlib import Path

import pytest

from kommunebench import overview, store_commands
from kommunebench.bronze import DELIVERED_FILES
from kommunebench.cli import main
from kommunebench.pipeline import Run, run_stages, versions_now
from kommunebench.run_log import RunLog
from kommunebench.settings import EnvironmentSettings, load_analysis
from kommunebench.silver import REJECTED_ROWS
from kommunebench.stages.delivery import DELIVERY_STAGE
from kommunebench.stages.order import stages_of
from kommunebench.stages.published import read_published
from kommunebench.storage import Store, arrow_rows, write_table
from kommunebench.terminal import Progress

SETTINGS = load_analysis("school_exams")
MARK = "scale=0.05 seed=7"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(None, str(tmp_path / "store"), EnvironmentSettings(name="test"))  # type: ignore[arg-type]


def deliver(store: Store, simulation: str | None, rejected: int) -> None:
    """A delivery of BEF, and of DREAM, which the exams are not made from."""
    periods = {"BEF": "2015"} | ({"simulation": simulation} if simulation else {})
    files = [
        tuple(
            {"register": register, "period": period}.get(column, "") if kind == "string" else 1
            for column, kind in DELIVERED_FILES.columns.items()
        )
        for register, period in periods.items()
    ]
    rows = [(name, "KOEN", "unknown_code", rejected, True) for name in ("BEF", "DREAM")]
    for table, values in ((DELIVERED_FILES, files), (REJECTED_ROWS, rows)):
        write_table(store, table, arrow_rows(table.columns, values), None, {})


def run_of(store: Store, run_id: str) -> Run:
    return Run(
        store=store, settings=SETTINGS, run_id=run_id, data_fingerprint=run_id, log=RunLog(store),
        progress=Progress(quiet=True), versions=versions_now(store, DELIVERY_STAGE.reads),
    )  # fmt: skip


def shown(store: Store, run_id: str) -> tuple[str | None, list[list]]:
    results = read_published(store, SETTINGS, run_id)
    assert results.delivery is not None and results.delivery.is_of_the_run
    return results.simulated, results.rejected[["register", "rows", "consequence"]].values.tolist()


def test_a_run_on_simulated_registers_stays_marked_after_a_real_delivery(store):
    deliver(store, MARK, rejected=3)
    first = run_of(store, "first")
    # Another ingestion ends after the run has noted its versions.
    deliver(store, None, rejected=8)
    run_stages(first, [DELIVERY_STAGE])
    assert shown(store, "first") == (MARK, [["BEF", 3, "row_set_aside"]])
    run_stages(run_of(store, "second"), [DELIVERY_STAGE])
    assert shown(store, "second") == (None, [["BEF", 8, "row_set_aside"]])
    assert shown(store, "first") == (MARK, [["BEF", 3, "row_set_aside"]])
    deliver(store, MARK, rejected=1)
    assert shown(store, "second") == (None, [["BEF", 8, "row_set_aside"]])


def test_a_run_without_a_rejected_row_has_none_whatever_came_later(store):
    deliver(store, MARK, rejected=3)
    write_table(store, REJECTED_ROWS, arrow_rows(REJECTED_ROWS.columns, []), None, {})
    run_stages(run_of(store, "first"), [DELIVERY_STAGE])
    deliver(store, None, rejected=8)
    assert shown(store, "first") == (MARK, [])


def test_a_run_of_an_earlier_version_shows_the_delivery_of_now_and_that_is_said(
    store, capsys, monkeypatch
):
    deliver(store, None, rejected=8)
    results = read_published(store, SETTINGS, "of an earlier version")
    assert results.delivery is not None and not results.delivery.is_of_the_run
    assert results.rejected["rows"].tolist() == [8] and results.simulated is None
    monkeypatch.setattr(overview, "_finished_run", lambda *_: "of an earlier version")
    monkeypatch.setattr(overview, "build_overview", lambda *_, **__: "")
    monkeypatch.setattr(
        "kommunebench.stages.published.PublishedResults.report_data", lambda *_: None
    )
    words = ["overview", "--store", store.location, SETTINGS.name, "--quiet"]
    monkeypatch.setattr(store_commands, "store_of", lambda _: store)
    assert main(words) == 0
    assert "made by an earlier version: school_exams." in capsys.readouterr().out


@pytest.mark.parametrize("name", ["integration_employment", "immigrants_up_to_10_years"])
def test_whatever_has_verdicts_from_registers_says_what_it_was_made_from(name):
    """The verb after which a run is shown writes it, too."""
    stages = {stage.name: stage for stage in stages_of(load_analysis(name))}
    assert stages["delivery"].verb == stages["uncertainty"].verb
