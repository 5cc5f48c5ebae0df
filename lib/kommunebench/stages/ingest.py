"""Data into the store: a delivery of registers into bronze, or a file of spells into silver. Skipped when nothing changed."""

import hashlib
import json
import time
from datetime import UTC, datetime
from pathlib import Path

from kommunebench.bronze import DELIVERED_FILES
from kommunebench.run_log import StageRecord, append_record, fingerprint, read_log
from kommunebench.settings import AnalysisSettings
from kommunebench.silver import REJECTED_ROWS
from kommunebench.spell_files import IMPORTED_SPELLS, read_spells
from kommunebench.storage import Store, TableVersion, TableWrite, table_exists, write_tables
from kommunebench.terminal import Progress

SIMULATION_MARKER = "simulation.json"


def ingest_delivery(store: Store, folder: Path, settings: AnalysisSettings, progress: Progress, force: bool = False) -> str:
    """Bring a delivery into bronze, whole or not at all; returns its fingerprint.

    Raises RegisterError before anything is written when a register cannot be used.
    """
    from kommunebench.registers import delivery_fingerprint, read_delivery

    with progress.step("ingest") as step:
        own = fingerprint("registers", delivery_fingerprint(folder, settings))
        if not force and _last(store, "ingest", "") == own and table_exists(store, DELIVERED_FILES):
            step.note("unchanged")
            return own
        started = time.monotonic()
        delivery = read_delivery(store.spark, folder, settings)
        files = delivery.files.unionByName(_marker_row(store, folder)) if _marker(folder) else delivery.files
        writes = [TableWrite(result.table, result.frame) for result in delivery.results]
        writes += [TableWrite(REJECTED_ROWS, delivery.rejected), TableWrite(DELIVERED_FILES, files)]
        versions = write_tables(store, writes, {"stage": "ingest", "fingerprint": own})
        _record(store, "", "ingest", own, started, versions)
    return own


def ingest_spells(store: Store, file: Path, settings: AnalysisSettings, progress: Progress, force: bool = False) -> str:
    """Bring a file of spells into the store; returns its fingerprint. Raises RegisterError naming what is wrong with it."""
    with progress.step("spells_file") as step:
        own = fingerprint("spells", settings.model_dump(mode="json", include={"spells_file", "model"}), _content_hash(file))
        if not force and _last(store, "spells_file", settings.name) == own and table_exists(store, IMPORTED_SPELLS):
            step.note("unchanged")
            return own
        started = time.monotonic()
        frame = read_spells(store.spark, file, settings)
        metadata = {"stage": "spells_file", "fingerprint": own, "analysis": settings.name}
        write = TableWrite(IMPORTED_SPELLS, frame, f"analysis = '{settings.name}'")
        versions = write_tables(store, [write], metadata)
        _record(store, settings.name, "spells_file", own, started, versions)
    return own


def _last(store: Store, stage: str, analysis: str) -> str | None:
    records = [r for r in read_log(store) if r.stage == stage and r.analysis == analysis]
    return records[-1].fingerprint if records else None


def _record(store: Store, analysis: str, stage: str, own: str, started: float, versions: tuple[TableVersion, ...]) -> None:
    seconds = time.monotonic() - started
    append_record(
        store, StageRecord(analysis, "", stage, own, datetime.now(UTC), seconds, versions, {f"seconds_{stage}": seconds})
    )


def _marker(folder: Path) -> Path | None:
    """The file the simulator leaves beside its registers: such data are marked as simulated wherever they are shown."""
    places = (folder / SIMULATION_MARKER, folder / "registers" / SIMULATION_MARKER)
    return next((place for place in places if place.is_file()), None)


def _marker_row(store: Store, folder: Path):  # type: ignore[no-untyped-def]  # a Spark frame; Spark is imported late
    marker = _marker(folder)
    assert marker is not None
    content = json.loads(marker.read_text(encoding="utf-8"))
    period = " ".join(f"{key}={value}" for key, value in content.items())
    row = ("simulation", period, marker.name, marker.stat().st_size, 0, _content_hash(marker))
    return store.spark.createDataFrame([row], DELIVERED_FILES.schema)


def _content_hash(file: Path) -> str:
    """Hash of a file's, or of all files' of a folder, content."""
    digest = hashlib.sha256()
    for part in [file] if file.is_file() else sorted(p for p in file.rglob("*") if p.is_file()):
        with part.open("rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()[:16]
