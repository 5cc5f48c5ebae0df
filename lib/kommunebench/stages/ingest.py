"""Data into the store: a delivery of registers into bronze, or a file of spells into silver.
Skipped when nothing changed."""

import json
import time
from collections.abc import Mapping
from dataclasses import astuple
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kommunebench import __version__
from kommunebench.bronze import DELIVERED_FILES, DELIVERED_FROM
from kommunebench.errors import TableError
from kommunebench.run_log import (
    SIMULATION_MARKER,
    StageRecord,
    append_record,
    fingerprint,
    read_log,
)
from kommunebench.settings import AnalysisSettings, DeliveryMapping
from kommunebench.silver import REJECTED_ROWS
from kommunebench.spell_files import IMPORTED_SPELLS, read_spells
from kommunebench.storage import (
    Store,
    TableVersion,
    TableWrite,
    holds_declared_columns,
    read_table,
    table_exists,
    unwritten_on_failure,
    write_tables,
)
from kommunebench.terminal import Progress

if TYPE_CHECKING:
    from kommunebench.registers import AnyPath, BronzeResult, DeliveredFile, Delivery, FileRecord
    from kommunebench.registers.staging import Staging

_SIMULATION = "simulation"
_UNITS_NAMED = 4


def ingest_delivery(
    store: Store,
    folder: "AnyPath",
    settings: AnalysisSettings,
    progress: Progress,
    force: bool = False,
    mapping: DeliveryMapping | None = None,
) -> str:
    """Bring what is new or changed in a delivery into bronze, all of it or nothing; returns the
    delivery's fingerprint.

    A corrected year replaces that year. Raises RegisterError before anything is written when a
    register cannot be used; when writing fails, tables that were already written go back to the
    version before.
    """
    from kommunebench.registers import content_fingerprints, find_delivery, read_delivery

    with progress.step("ingest") as step:
        delivery = find_delivery(folder, settings, mapping)
        contents, marker = content_fingerprints(delivery), _marker(folder)
        own = _fingerprint(delivery, contents, settings, mapping, marker)
        if not force and _last(store, "ingest", "") == own and table_exists(store, DELIVERED_FILES):
            step.note("unchanged")
            return own
        started = time.monotonic()
        stored = _stored_files(store)
        staging = _staging(store)
        read = read_delivery(store.spark, delivery, contents, settings, stored, force, staging)
        files = (
            *(f for f in read.files if f.register != _SIMULATION),
            *([_marker_record(marker)] if marker else []),
        )
        changed = read.results or set(files) != set(stored)
        versions = _write(store, read.results, stored, files, own) if changed else ()
        step.note(_summary(read.results, files))
        rows = float(sum(f.rows or 0 for f in files))
        metrics = {"delivered_files": float(len(files)), "delivered_rows": rows}
        _record(store, "", "ingest", own, started, versions, metrics)
        if staging is not None:
            staging.remove()
    return own


def _staging(store: Store) -> "Staging | None":
    """Where SAS files are kept as Parquet until they are in the store; an ingestion that fails
    leaves them for the next one. None where the store is no folder of this machine."""
    from kommunebench.registers.staging import Staging

    folder = store.local_folder()
    return Staging(folder / "staging") if folder is not None else None


def _fingerprint(
    delivery: "Delivery",
    contents: "Mapping[DeliveredFile, str]",
    settings: AnalysisSettings,
    mapping: DeliveryMapping | None,
    marker: "AnyPath | None",
) -> str:
    """What the rows in bronze depend on: which files of which content, as which registers, under
    which mapping."""
    from kommunebench.registers import content_hash
    from kommunebench.registers.needs import registers_of

    files = sorted((file.unit, content) for file, content in contents.items())
    window = (settings.population.window_start, settings.observation.observation_end)
    names = [register.name for register in registers_of(settings)]
    entries = mapping.model_dump(mode="json") if mapping else None
    return fingerprint(
        "registers",
        __version__,
        names,
        files,
        window,
        entries,
        content_hash(marker) if marker else None,
    )


def _write(
    store: Store,
    results: "tuple[BronzeResult, ...]",
    stored: "tuple[FileRecord, ...]",
    files: "tuple[FileRecord, ...]",
    own: str,
) -> tuple[TableVersion, ...]:
    """Bronze tables first, then the record of what they hold; after a failure every table is what
    it was before."""
    writes = [
        write for result in results if (write := _table_write(store, result, stored)) is not None
    ]
    counts: dict[tuple[str, str, str, bool], int] = {}
    for file in files:
        for column, reason, rows, set_aside in file.counts():
            key = (file.register, column, reason, set_aside)
            counts[key] = counts.get(key, 0) + rows
    rejected = [
        (register, column, reason, rows, aside)
        for (register, column, reason, aside), rows in sorted(counts.items())
    ]
    listing = [astuple(file) for file in files]
    records = [
        TableWrite(REJECTED_ROWS, store.spark.createDataFrame(rejected, REJECTED_ROWS.schema)),
        TableWrite(DELIVERED_FILES, store.spark.createDataFrame(listing, DELIVERED_FILES.schema)),
    ]
    metadata = {"stage": "ingest", "fingerprint": own}
    with unwritten_on_failure(store, [write.table for write in (*writes, *records)]):
        return (*write_tables(store, writes, metadata), *write_tables(store, records, metadata))


def _table_write(
    store: Store, result: "BronzeResult", stored: "tuple[FileRecord, ...]"
) -> TableWrite | None:
    """The units of a result as a write: the whole table where nothing else is in it, else the rows
    of these units and no others."""
    from kommunebench.registers.ingestion import table_of

    exists = table_exists(store, result.table)
    others = {
        f.delivered_from
        for f in stored
        if f.register != _SIMULATION and table_of(f.register) is result.table
    }
    whole = not exists or (result.frame is not None and others <= set(result.units))
    frame = result.frame
    if frame is None:
        if not exists:
            return None
        listing = ", ".join(
            f"{name} {kind}" for name, kind in (result.table.columns | result.table.stored).items()
        )
        frame = store.spark.createDataFrame([], listing)
    units = ", ".join("'" + unit.replace("'", "''") + "'" for unit in result.units)
    return TableWrite(result.table, frame, None if whole else f"{DELIVERED_FROM} IN ({units})")


def _stored_files(store: Store) -> "tuple[FileRecord, ...]":
    """Records of the files the store was made from; none for a new store. Raises TableError for a
    store of an earlier version."""
    from kommunebench.registers import FileRecord

    if not table_exists(store, DELIVERED_FILES):
        return ()
    if not holds_declared_columns(store, DELIVERED_FILES):
        raise TableError(
            f"The store {store.location} was made by an earlier version of kommunebench: use a new"
            " one."
        )
    return tuple(FileRecord(*row) for row in read_table(store, DELIVERED_FILES).collect())


def delivered_tables(store: Store) -> set[str]:
    """Names of the bronze tables that hold a register of the delivery; a withdrawn register leaves
    an empty table behind."""
    from kommunebench.registers.ingestion import table_of

    registers = {record.register for record in _stored_files(store)} - {_SIMULATION}
    return {table_of(register).name for register in registers}


def _summary(results: "tuple[BronzeResult, ...]", files: "tuple[FileRecord, ...]") -> str:
    units = [unit for result in results for unit in result.units]
    if not units:
        return "unchanged"
    listed = f": {', '.join(units)}" if len(units) <= _UNITS_NAMED else ""
    return f"{len(files)} files, {len(units)} registers and periods read{listed}"


def ingest_spells(
    store: Store,
    file: "AnyPath",
    settings: AnalysisSettings,
    progress: Progress,
    force: bool = False,
) -> str:
    """Bring a file of spells into the store; returns its fingerprint. Raises RegisterError naming
    what is wrong with it."""
    from kommunebench.registers import content_hash

    with progress.step("spells_file") as step:
        own = fingerprint(
            "spells",
            settings.model_dump(mode="json", include={"spells_file", "model"}),
            content_hash(file),
        )
        if (
            not force
            and _last(store, "spells_file", settings.name) == own
            and table_exists(store, IMPORTED_SPELLS)
        ):
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


def _record(
    store: Store,
    analysis: str,
    stage: str,
    own: str,
    started: float,
    versions: tuple[TableVersion, ...],
    metrics: dict[str, float] | None = None,
) -> None:
    seconds = time.monotonic() - started
    measured = {f"seconds_{stage}": seconds} | (metrics or {})
    append_record(
        store, StageRecord(analysis, "", stage, own, datetime.now(UTC), seconds, versions, measured)
    )


def _marker(folder: "AnyPath") -> "AnyPath | None":
    """The file the simulator leaves beside its registers: such data are marked as simulated
    wherever they are shown."""
    places = (folder / SIMULATION_MARKER, folder / "registers" / SIMULATION_MARKER)
    return next((place for place in places if place.is_file()), None)


def _marker_record(marker: "AnyPath") -> "FileRecord":
    from kommunebench.registers import FileRecord, content_hash

    text = marker.read_text(encoding="utf-8")
    content = json.loads(text)
    period = " ".join(f"{key}={value}" for key, value in content.items())
    own = content_hash(marker)
    return FileRecord(
        _SIMULATION, period, marker.name, len(text.encode()), 0, own, _SIMULATION, own, "[]"
    )
