"""A delivery of registers into bronze. Skipped when nothing changed."""

import math
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kommunebench.bronze import DELIVERED_FILES
from kommunebench.leases import DELIVERY, Lease, held
from kommunebench.run_log import RunLog, StageRecord, unversioned
from kommunebench.settings import AnalysisSettings, DeliveryMapping
from kommunebench.stages.bronze_writes import (
    SIMULATION,
    bronze_writes,
    emptying_writes,
    record_writes,
    stored_files,
)
from kommunebench.stages.found_delivery import FoundDelivery, delivery_found, marker_record
from kommunebench.stages.late_writes import late_writes_recorded
from kommunebench.storage import (
    Store,
    TableVersion,
    TableWrite,
    table_exists,
    unwritten_on_failure,
    write_tables,
)
from kommunebench.terminal import Progress

if TYPE_CHECKING:
    from kommunebench.registers import AnyPath, BronzeResult, FileRecord
    from kommunebench.registers.staging import Staging

_UNITS_NAMED = 4


def ingest_delivery(
    store: Store,
    folder: "AnyPath",
    settings: AnalysisSettings,
    progress: Progress,
    *,
    force: bool = False,
    mapping: DeliveryMapping | None = None,
) -> str:
    """Bring what is new or changed in a delivery into bronze, all of it or nothing; returns the
    fingerprint of the data of this analysis, as `stored_data` gives it while the store holds them.

    A corrected year replaces that year. Where another process reads a delivery into this store,
    wait until it has finished. After an ingestion that was interrupted everything is read again.
    Raises RegisterError before anything is written when a register cannot be used; when writing
    fails, tables that were already written go back to the version before.
    """
    with progress.step("ingest") as step:
        delivered = delivery_found(folder, settings, mapping)
        mark = delivered.fingerprint
        if not force and _is_current(RunLog(store), mark):
            step.note("unchanged")
            return delivered.data
        with held(store, DELIVERY, wait_seconds=math.inf, tell=progress.tell) as lease:
            log = RunLog(store)
            if not force and _is_current(log, mark):
                step.note("unchanged, another run has just read it")
                return delivered.data
            step.note(_read_and_write(log, lease, settings, delivered, force=force))
    return delivered.data


def _is_current(log: RunLog, mark: str) -> bool:
    """Whether the delivery the store was last made from is this one, wholly read."""
    record = log.finished("ingest", DELIVERY)
    return (
        record is not None
        and record.fingerprint == mark
        and table_exists(log.store, DELIVERED_FILES)
    )


def _read_and_write(
    log: RunLog, lease: Lease, settings: AnalysisSettings, delivered: FoundDelivery, *, force: bool
) -> str:
    """Read what changed, write and record it; what to say of it at the terminal."""
    from kommunebench.registers import read_delivery

    started, store = time.monotonic(), log.store
    last = log.last("ingest", DELIVERY)
    # Nobody knows what an interrupted ingestion wrote: all is read again, as into a new store, and
    # what is not read again is taken out.
    interrupted = last is not None and last.state == "started"
    stored = () if interrupted else stored_files(store)
    staging = _staging(store)
    read = read_delivery(
        store.spark,
        delivered.delivery,
        delivered.contents,
        settings,
        stored=stored,
        force=force,
        staging=staging,
    )
    files = (
        *(f for f in read.files if f.register != SIMULATION),
        *([marker_record(delivered.marker)] if delivered.marker else []),
    )
    record = _record_of(delivered)
    versions: tuple[TableVersion, ...] = ()
    if read.results or set(files) != set(stored):
        emptied = emptying_writes(store, read.results) if interrupted else []
        rows_read = bronze_writes(store, read.results, stored)
        steps = [*rows_read, *emptied], record_writes(store, files)
        versions = _write(store, steps, record, log, lease)
    rows = float(sum(f.rows or 0 for f in files))
    # Not finished where another process has taken over meanwhile: what it writes is not known here.
    lease.check()
    seconds = time.monotonic() - started
    metrics = {"delivered_files": float(len(files)), "delivered_rows": rows}
    log.finish(replace(record, tables_written=versions, seconds=seconds, metrics=metrics))
    log.flush()
    if staging is not None:
        staging.remove()
    return _summary(read.results, files)


def _record_of(delivered: FoundDelivery) -> StageRecord:
    """The record of an ingestion before it has written anything."""
    return StageRecord(
        analysis=DELIVERY,
        run_id="",
        stage="ingest",
        fingerprint=delivered.fingerprint,
        tables_written=(),
    )


def _staging(store: Store) -> "Staging | None":
    """Where SAS files are kept as Parquet until they are in the store; an ingestion that fails
    leaves them for the next one. None where no folder is named for it and the store is none of
    this machine's."""
    from kommunebench.registers.fingerprints import combined
    from kommunebench.registers.staging import Staging

    named, folder = store.environment.staging_folder, store.local_folder()
    if named is not None:
        # Several stores may share the folder; each takes away what is its own.
        return Staging(Path(named) / f"kommunebench-{combined([store.location])}")
    return Staging(folder / "staging") if folder is not None else None


def _write(
    store: Store,
    steps: Iterable[list[TableWrite]],
    record: StageRecord,
    log: RunLog,
    lease: Lease,
) -> tuple[TableVersion, ...]:
    """Bronze tables first, then the record of what they hold; after a failure every table is what
    it was before. Where the lease is lost nothing more is written, and nothing taken back: the next
    ingestion reads everything again."""
    steps = tuple(steps)
    tables = [write.table for step in steps for write in step]
    metadata = {"stage": "ingest", "fingerprint": record.fingerprint}
    lease.check()
    begun = replace(record, state="started", tables_written=unversioned(tables))
    log.start(begun)

    def taken_back() -> None:
        log.finish(replace(record, state="undone"))
        log.flush()

    # Where a table cannot be taken back the start stands alone: everything is read again.
    with (
        late_writes_recorded(log, begun, lease),
        unwritten_on_failure(store, tables, taken_back, lease.is_held),
    ):
        written = [write_tables(store, step, metadata, lease.check) for step in steps]
    return tuple(version for step in written for version in step)


def _summary(results: "tuple[BronzeResult, ...]", files: "tuple[FileRecord, ...]") -> str:
    units = [unit for result in results for unit in result.units]
    if not units:
        return "unchanged"
    listed = f": {', '.join(units)}" if len(units) <= _UNITS_NAMED else ""
    return f"{len(files)} files, {len(units)} registers and periods read{listed}"
