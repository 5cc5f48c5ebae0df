"""An ingestion that fails is taken back table by table; only where every table is what it was does
the log say so. Without Spark."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from deltalake import DeltaTable

from kommunebench.errors import StoreError, TableError
from kommunebench.gold import QUINTILE_MEANS
from kommunebench.leases import DELIVERY
from kommunebench.run_log import RunLog, StageRecord, unversioned
from kommunebench.settings import EnvironmentSettings
from kommunebench.silver import POPULATION_DROPS, REJECTED_ROWS
from kommunebench.stages.ingest import _write
from kommunebench.storage import (
    Store,
    TableWrite,
    arrow_rows,
    read_rows,
    taking_back,
    write_table,
)
from kommunebench.storage.maintenance import restore
from kommunebench.tables import Table

RECORD = StageRecord(
    analysis=DELIVERY, run_id="", stage="ingest", fingerprint="new", tables_written=()
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(None, str(tmp_path / "store"), EnvironmentSettings(name="test"))  # type: ignore[arg-type]


def rejected(rows: int) -> TableWrite:
    values = [("BEF", "sex", "value_missing", rows, False)]
    return TableWrite(REJECTED_ROWS, arrow_rows(REJECTED_ROWS.columns, values))


def drops(persons: int) -> TableWrite:
    rows = arrow_rows(POPULATION_DROPS.columns, [("a", "age", persons)])
    return TableWrite(POPULATION_DROPS, rows)


# A table whose frame has none of its columns: the write fails.
FAILING = TableWrite(QUINTILE_MEANS, arrow_rows({}, []))

HELD = SimpleNamespace(check=lambda: None, is_held=lambda: True)


class LostAfter:
    """A lease that another process takes over after some checks."""

    def __init__(self, checks: int) -> None:
        self.left = checks

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise StoreError("another run has taken over")

    def is_held(self) -> bool:
        return self.left >= 0


def ingest_and_fail(store: Store, monkeypatch: pytest.MonkeyPatch, broken: Table | None) -> RunLog:
    """An ingestion whose last write fails; ``broken`` cannot be brought back either."""

    def restored(place: Store, table: Table, version: int) -> None:
        if table is broken:
            raise OSError("the disk is full")
        DeltaTable(place.path(table)).restore(version)

    monkeypatch.setattr(taking_back, "restore", restored)
    log = RunLog(store)
    log.start(RECORD)
    for write in (rejected(1), drops(1)):
        write_table(store, write.table, write.frame, None, {})
    log.finish(RECORD)
    with pytest.raises(TableError):
        _write(store, [[rejected(2), drops(2)], [FAILING]], RECORD, log, HELD)
    return RunLog(store)


def counts(store: Store) -> list[int]:
    rejections = read_rows(store, REJECTED_ROWS)["rows"].to_pylist()
    return rejections + read_rows(store, POPULATION_DROPS)["persons"].to_pylist()


def test_a_failed_ingestion_that_is_taken_back_leaves_the_one_before(store, monkeypatch):
    log = ingest_and_fail(store, monkeypatch, None)
    assert counts(store) == [1, 1]
    assert log.finished("ingest", DELIVERY) is not None


def test_one_that_cannot_be_taken_back_whole_counts_as_interrupted(store, monkeypatch, caplog):
    """The other table is brought back all the same."""
    log = ingest_and_fail(store, monkeypatch, REJECTED_ROWS)
    assert counts(store) == [2, 1]
    assert log.finished("ingest", DELIVERY) is None
    assert "table=silver.rejected_rows not_taken_back=OSError" in caplog.text


def test_who_lost_the_lease_writes_no_further_table_and_takes_none_back(store):
    """What the tables hold by then may be the other process's."""
    log = RunLog(store)
    # One check before the start is recorded, one before each table of the first step.
    with pytest.raises(StoreError, match="taken over"):
        _write(store, [[rejected(2)], [drops(2)]], RECORD, log, LostAfter(2))
    assert read_rows(store, REJECTED_ROWS)["rows"].to_pylist() == [2]
    assert not (Path(store.location) / "silver" / "population_drops").exists()
    assert log.last("ingest", DELIVERY).state == "started"


def test_taking_back_leaves_what_a_killed_ingestion_before_it_left(store):
    """The tables are then half new as before, and no start of the killed one is forgotten."""
    log = RunLog(store)
    for state in ("finished", "started", "started", "undone"):
        record = StageRecord(
            analysis=DELIVERY, run_id="", stage="ingest", fingerprint=state, state=state,
            tables_written=unversioned([REJECTED_ROWS]),
        )  # fmt: skip
        log.finish(record)
    assert log.finished("ingest", DELIVERY) is None


def test_going_back_is_tried_again_while_another_writer_comes_first(tmp_path):
    said = []

    def sql(statement):
        said.append(statement)
        if len(said) == 1:
            raise RuntimeError("[DELTA_CONCURRENT_APPEND] another commit came first")
        return SimpleNamespace(collect=list)

    session = SimpleNamespace(sql=sql)
    restore(Store(session, str(tmp_path), EnvironmentSettings(name="test")), REJECTED_ROWS, 3)
    assert len(said) == 2 and said[0].endswith("TO VERSION AS OF 3")
