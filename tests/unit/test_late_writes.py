"""A process that was suspended in a write commits after another has taken over, written its own
rows and finished: the next run replaces what came late. Without Spark."""

from pathlib import Path

import pandas as pd
import pytest

from kommunebench import pipeline
from kommunebench.errors import StoreError
from kommunebench.gold import QUINTILE_MEANS
from kommunebench.leases import DELIVERY, LEASES, Lease, held
from kommunebench.pipeline import Run, run_stages
from kommunebench.run_log import RunLog, StageRecord, unversioned
from kommunebench.settings import EnvironmentSettings, load_analysis
from kommunebench.silver import REJECTED_ROWS
from kommunebench.stages import ingest, spells_file
from kommunebench.stages.stage import Stage, StageOutput
from kommunebench.storage import Store, TableWrite, arrow_rows, read_rows, update_rows
from kommunebench.terminal import Progress

SETTINGS = load_analysis("integration_employment")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(None, str(tmp_path / "store"), EnvironmentSettings(name="test"))  # type: ignore[arg-type]


def stage(units: int) -> Stage:
    def build(inputs):
        rows = pd.DataFrame({"quintile": [1], "units": [units]})
        return StageOutput({QUINTILE_MEANS: inputs.frame(QUINTILE_MEANS, rows)})

    return Stage(
        name="fifths", verb="benchmark", reads=(), writes=(QUINTILE_MEANS,), sections=("name",),
        build=build,
    )  # fmt: skip


def run_of(store: Store, lease: Lease | None) -> Run:
    return Run(
        store=store, settings=SETTINGS, run_id="r", data_fingerprint="d", lease=lease,
        progress=Progress(quiet=True), log=RunLog(store),
    )  # fmt: skip


def lose(lease: Lease) -> None:
    """Another process takes the lease over while this one could not renew it."""
    update_rows(lease.store, LEASES, {"holder": "'somebody else'"}, "true")
    lease.renewed -= lease.store.environment.lease_seconds + 1


def units(store: Store) -> list[int]:
    return read_rows(store, QUINTILE_MEANS)["units"].to_pylist()


@pytest.mark.parametrize("other_ends", ["before", "after"])
def test_rows_that_came_after_another_run_took_over_are_replaced_by_the_next(
    store, monkeypatch, other_ends
):
    """Both found no rows of theirs and append: the table then holds them twice. The run that took
    over finishes before the late commit, or goes on with the log as it read it and records later
    that it has finished."""
    write_tables, flush, waiting = pipeline.write_tables, RunLog.flush, []

    def flushed(log):
        if log not in waiting or log.waiting[-1].state != "finished":
            flush(log)

    monkeypatch.setattr(RunLog, "flush", flushed)

    def suspended(*arguments):
        """The other run takes over, writes and finishes before this one commits."""
        monkeypatch.setattr(pipeline, "write_tables", write_tables)
        lose(lease)
        other = run_of(store, None)
        if other_ends == "after":
            waiting.append(other.log)
        run_stages(other, [stage(7)])
        return write_tables(*arguments[:3], lambda: None)

    monkeypatch.setattr(pipeline, "write_tables", suspended)
    with (
        held(store, SETTINGS.name) as lease,
        pytest.raises(StoreError, match="another run has taken over"),
    ):
        run_stages(run_of(store, lease), [stage(1)])
    for log in waiting:
        flush(log)
    assert sorted(units(store)) == [1, 7]
    assert RunLog(store).finished("fifths", SETTINGS.name) is None
    following = run_of(store, None)
    run_stages(following, [stage(7)])
    assert following.skipped == [] and units(store) == [7]
    again = run_of(store, None)
    run_stages(again, [stage(7)])
    assert again.skipped == ["fifths"]


def test_an_ingestion_that_wrote_after_another_took_over_is_not_called_current(store, monkeypatch):
    other = StageRecord(
        analysis=DELIVERY, run_id="", stage="ingest", fingerprint="other",
        tables_written=unversioned([REJECTED_ROWS]),
    )  # fmt: skip
    write_tables = ingest.write_tables

    def suspended(*arguments):
        lose(lease)
        log = RunLog(store)
        log.finish(other)
        log.flush()
        return write_tables(*arguments[:3], lambda: None)

    monkeypatch.setattr(ingest, "write_tables", suspended)
    values = [("BEF", "sex", "value_missing", 1, False)]
    write = TableWrite(REJECTED_ROWS, arrow_rows(REJECTED_ROWS.columns, values))
    mine = StageRecord(
        analysis=DELIVERY, run_id="", stage="ingest", fingerprint="mine", tables_written=()
    )
    with held(store, DELIVERY) as lease, pytest.raises(StoreError, match="taken over"):
        ingest._write(store, [[write]], mine, RunLog(store), lease)
    last = RunLog(store).last("ingest", DELIVERY)
    assert (last.fingerprint, last.state) == ("mine", "started")
    assert not ingest._is_current(RunLog(store), "other")


def test_a_file_of_spells_that_was_written_after_another_took_over_is_read_again(
    store, monkeypatch
):
    def suspended(*_):
        lose(lease)
        log = RunLog(store)
        log.finish(
            StageRecord(
                analysis=SETTINGS.name, run_id="", stage=spells_file.STAGE, fingerprint="other",
                tables_written=(),
            )
        )  # fmt: skip
        log.flush()
        return ()

    monkeypatch.setattr(spells_file, "write_tables", suspended)
    monkeypatch.setattr(spells_file, "read_spells", lambda *_: None)
    with held(store, SETTINGS.name) as lease, pytest.raises(StoreError, match="taken over"):
        spells_file._read_and_write(RunLog(store), Path("spells.csv"), SETTINGS, "mine", lease)
    assert RunLog(store).finished(spells_file.STAGE, SETTINGS.name) is None
