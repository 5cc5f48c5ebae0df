"""A file of spells into silver. Skipped when nothing changed."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from kommunebench import __version__
from kommunebench.leases import Lease
from kommunebench.run_log import RunLog, StageRecord, fingerprint, unversioned
from kommunebench.settings import AnalysisSettings
from kommunebench.spell_files import IMPORTED_SPELLS, read_spells
from kommunebench.stages.late_writes import late_writes_recorded
from kommunebench.storage import Store, TableWrite, quoted, table_exists, write_tables
from kommunebench.terminal import Progress

if TYPE_CHECKING:
    from kommunebench.registers import AnyPath

STAGE = "spells_file"


def ingest_spells(
    store: Store,
    file: "AnyPath",
    settings: AnalysisSettings,
    progress: Progress,
    *,
    force: bool = False,
    lease: Lease | None = None,
) -> str:
    """Bring a file of spells into the store; returns its fingerprint. ``lease``: that of the
    analysis, where it is held. Raises RegisterError naming what is wrong with the file."""
    from kommunebench.registers import content_hash

    with progress.step(STAGE) as step:
        read_as = settings.model_dump(mode="json", include={"spells_file", "model"})
        mark = fingerprint("spells", __version__, read_as, content_hash(file))
        log = RunLog(store)
        last = log.finished(STAGE, settings.name)
        unchanged = last is not None and last.fingerprint == mark
        if unchanged and not force and table_exists(store, IMPORTED_SPELLS):
            step.note("unchanged")
        else:
            _read_and_write(log, file, settings, mark, lease)
    return mark


def _read_and_write(
    log: RunLog, file: "AnyPath", settings: AnalysisSettings, mark: str, lease: Lease | None
) -> None:
    """Read the file, write its spells in place of the analysis' earlier ones, and record it."""
    started = time.monotonic()
    frame = read_spells(log.store.spark, file, settings)
    record = StageRecord(
        analysis=settings.name,
        run_id="",
        stage=STAGE,
        fingerprint=mark,
        tables_written=unversioned([IMPORTED_SPELLS]),
        state="started",
    )
    before_each = lease.check if lease is not None else (lambda: None)
    before_each()
    log.start(record)
    metadata = {"stage": STAGE, "fingerprint": mark, "analysis": settings.name}
    write = TableWrite(IMPORTED_SPELLS, frame, f"analysis = {quoted(settings.name)}")
    with late_writes_recorded(log, record, lease):
        versions = write_tables(log.store, [write], metadata, before_each)
    seconds = time.monotonic() - started
    log.finish(replace(record, state="finished", tables_written=versions, seconds=seconds))
    log.flush()
