"""Which runs and which of their records and rows pruning takes. Without Spark."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from deltalake import DeltaTable

from kommunebench import prune
from kommunebench.gold import QUINTILE_MEANS
from kommunebench.prune import OldRun
from kommunebench.run_log import RunLog, StageRecord, unversioned
from kommunebench.settings import EnvironmentSettings
from kommunebench.silver import POPULATION_DROPS
from kommunebench.storage import Store, arrow_rows, read_rows, write_table
from kommunebench.tables import Table


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(None, str(tmp_path / "store"), EnvironmentSettings(name="test"))  # type: ignore[arg-type]


def finish(log: RunLog, analysis: str, run_id: str, stage: str, *tables: Table) -> None:
    log.finish(
        StageRecord(
            analysis=analysis,
            run_id=run_id,
            stage=stage,
            fingerprint="f",
            tables_written=unversioned(tables),
        )
    )
    log.flush()


@pytest.fixture
def without_spark(monkeypatch: pytest.MonkeyPatch) -> None:
    def delete(place: Store, table: Table, where: str) -> None:
        DeltaTable(place.path(table)).delete(where)

    monkeypatch.setattr(prune, "delete_rows", delete)
    monkeypatch.setattr(prune, "_rows_by_run", lambda _: {})
    for name in ("compact", "vacuum"):
        monkeypatch.setattr(prune, name, lambda *_: None)


@pytest.fixture
def forget(without_spark: None, store: Store):
    """Take a run out of the log, without Spark."""

    def forget(analysis: str, run_id: str) -> None:
        prune._forget(store, [OldRun(analysis, run_id, datetime.now(UTC), {})])

    return forget


def test_a_record_of_gold_rows_goes_with_its_run_and_one_of_silver_rows_stays(store, forget):
    """No later run has the stage "cost", so that its record is the newest of it."""
    log = RunLog(store)
    finish(log, "a", "R1", "drops", POPULATION_DROPS)
    finish(log, "a", "R1", "cost", QUINTILE_MEANS)
    finish(log, "a", "R2", "fifths", QUINTILE_MEANS)
    forget("a", "R1")
    left = RunLog(store)
    assert left.finished("cost", "a", "R1") is None
    assert left.finished("drops", "a") is not None
    assert left.has_written(POPULATION_DROPS, "a", None)


def test_a_silver_stage_that_last_wrote_none_of_its_tables_is_not_forgotten(store, forget):
    log = RunLog(store)
    finish(log, "a", "R1", "drops", POPULATION_DROPS)
    finish(log, "a", "R1", "drops")
    forget("a", "R1")
    assert [len(r.tables_written) for r in RunLog(store).records] == [1, 0]


def test_analyses_that_ran_at_once_and_share_numbers_of_records_are_told_apart(store, forget):
    """Each read the log before the other wrote to it."""
    one, other = RunLog(store), RunLog(store)
    finish(one, "a", "R1", "drops", POPULATION_DROPS)
    finish(other, "b", "R1", "fifths", QUINTILE_MEANS)
    assert [r.sequence for r in RunLog(store).records] == [1, 1]
    forget("b", "R1")
    assert [r.analysis for r in RunLog(store).records] == ["a"]


def fifths(store: Store, *run_ids: str) -> None:
    """Rows of runs in a table of gold."""
    columns = QUINTILE_MEANS.columns
    row = {"analysis": "a", "quintile": 1}
    rows = [tuple((row | {"run_id": r}).get(name) for name in columns) for r in run_ids]
    write_table(store, QUINTILE_MEANS, arrow_rows(columns, rows), None, {}, append=True)


def test_a_run_that_was_made_again_after_the_old_ones_were_listed_is_not_dropped(
    store, without_spark
):
    """It is the newest by then; the one it took that place from was not named to anybody."""
    log = RunLog(store)
    for run_id in ("R1", "R2", "R3"):
        finish(log, "a", run_id, "fifths", QUINTILE_MEANS)
    fifths(store, "R1", "R2", "R3")
    listed = prune.old_runs(store, 1)
    assert [run.run_id for run in listed] == ["R1", "R2"]
    finish(RunLog(store), "a", "R1", "fifths", QUINTILE_MEANS)
    assert [run.run_id for run in prune.drop_runs(store, listed, 1)] == ["R2"]
    assert read_rows(store, QUINTILE_MEANS)["run_id"].to_pylist() == ["R1", "R3"]
    assert {r.run_id for r in RunLog(store).records} == {"R1", "R3"}


def test_rows_that_a_run_got_after_it_was_listed_go_with_it(store, without_spark):
    log = RunLog(store)
    for run_id in ("R1", "R2"):
        finish(log, "a", run_id, "fifths", QUINTILE_MEANS)
    listed = prune.old_runs(store, 1)
    assert listed[0].rows == {}
    fifths(store, "R1", "R2")
    prune.drop_runs(store, listed, 1)
    assert read_rows(store, QUINTILE_MEANS)["run_id"].to_pylist() == ["R2"]
