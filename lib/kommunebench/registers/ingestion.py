"""From a delivery to bronze frames: everything is checked before anything is handed on to be
written."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from kommunebench import __version__
from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import DREAM, Register
from kommunebench.registers.delivered_file import DeliveredFile
from kommunebench.registers.delivery import Delivery
from kommunebench.registers.dream_columns import check_extract, first_monday_kept
from kommunebench.registers.file_columns import read_file_columns
from kommunebench.registers.fingerprints import combined
from kommunebench.registers.inspection import Inspection, inspect_files, packaged
from kommunebench.registers.needs import registers_of
from kommunebench.registers.preparations import preparation, table_of
from kommunebench.registers.staging import Staging
from kommunebench.settings import AnalysisSettings
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True, slots=True)
class BronzeResult:
    """A bronze table and the rows of the units (register and period) that are replaced in it, at
    most ``delivered_rows``; no frame: the units were withdrawn."""

    table: Table
    units: tuple[str, ...]
    frame: "DataFrame | None"
    delivered_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """A row of bronze.delivered_files."""

    register: str
    period: str
    file: str
    bytes: int
    rows: int | None
    fingerprint: str
    delivered_from: str
    read_as: str
    findings: str

    def counts(self) -> list[tuple[str, str, int, bool]]:
        """Column, reason, rows, whether they were set aside."""
        return [tuple(finding) for finding in json.loads(self.findings)]


@dataclass(frozen=True, slots=True)
class ReadDelivery:
    """What changed since the delivery in the store, and the records of all files there are now."""

    results: tuple[BronzeResult, ...]
    files: tuple[FileRecord, ...]


def read_delivery(
    spark: "SparkSession",
    delivery: Delivery,
    fingerprints: Mapping[DeliveredFile, str],
    settings: AnalysisSettings,
    *,
    stored: tuple[FileRecord, ...] = (),
    force: bool = False,
    staging: Staging | None = None,
) -> ReadDelivery:
    """Bronze frames of what is new, changed or gone compared with ``stored``; files that did not
    change are not read unless ``force``. ``staging``: where SAS files may be kept as Parquet.

    Raises RegisterError listing every structural problem; nothing has been written then.
    """
    registers = registers_of(settings)
    files = _files_read(delivery, settings)
    read_as = _read_as(files, fingerprints, settings)
    known = {} if force else {record.delivered_from: record.read_as for record in stored}
    units = {file.unit for file in files}
    read = {register.name for register in registers}
    withdrawn = [r for r in stored if r.register in read and r.delivered_from not in units]
    new = {file for file in files if known.get(file.unit) != read_as[file.unit]}
    changed = _to_read(files, new, {record.register for record in withdrawn})
    inspection = inspect_files(spark, delivery, changed, settings, examples=False, staging=staging)
    stopping = [
        *inspection.problems,
        *_problems_of_stored_dream(spark, files, changed, settings),
        *(finding.message for finding in inspection.findings if finding.fatal),
    ]
    if stopping:
        raise RegisterError("the delivery cannot be used:\n  " + "\n  ".join(stopping))
    records = [
        _record(file, inspection, fingerprints.get(file, ""), read_as[file.unit])
        for file in changed
    ]
    replaced, gone = {file.unit for file in changed}, {r.delivered_from for r in withdrawn}
    kept = tuple(r for r in stored if r.delivered_from not in replaced | gone)
    return ReadDelivery(tuple(_results(inspection, changed, gone)), (*kept, *records))


def _to_read(
    files: list[DeliveredFile], new: set[DeliveredFile], withdrawn_from: set[str]
) -> tuple[DeliveredFile, ...]:
    """The files that are new, and those that cannot be read without them: where several files may
    hold one key, which of the rows stays depends on all of them. ``withdrawn_from``: registers of
    which files were withdrawn."""
    touched = withdrawn_from | {file.register.name for file in new}
    return tuple(
        file
        for file in files
        if file in new or (file.register.key_in_all_periods and file.register.name in touched)
    )


def _problems_of_stored_dream(
    spark: "SparkSession",
    files: list[DeliveredFile],
    changed: tuple[DeliveredFile, ...],
    settings: AnalysisSettings,
) -> list[str]:
    """The weeks an analysis lacks in an extract of DREAM that is not read again, because another
    analysis, which needs other weeks, has put it into the store: told by its header."""
    for file in files:
        if file.register is DREAM and file not in changed:
            try:
                check_extract(file, read_file_columns(file, spark), settings)
            except RegisterError as error:
                return [str(error)]
    return []


def units_of(
    delivery: Delivery, fingerprints: Mapping[DeliveredFile, str], settings: AnalysisSettings
) -> dict[str, str]:
    """By unit an analysis reads of a delivery: the hash its rows in the store are known by once it
    is ingested (``read_as`` of their record)."""
    return _read_as(_files_read(delivery, settings), fingerprints, settings)


def _files_read(delivery: Delivery, settings: AnalysisSettings) -> list[DeliveredFile]:
    """The files of the registers an analysis reads, the packaged ones where none is delivered."""
    return [
        file
        for register in registers_of(settings)
        for file in delivery.files.get(register.name) or packaged(register)
    ]


def _results(
    inspection: Inspection, changed: tuple[DeliveredFile, ...], gone: set[str]
) -> list[BronzeResult]:
    """Rows to be replaced, by table; the tables with most to read first, so that no core is idle
    while the last one is written."""
    frames: dict[Table, list[DataFrame]] = {}
    units: dict[Table, set[str]] = {}
    bytes_of: dict[Table, int] = {}
    rows_of: Counter[Table] = Counter()
    for checked in inspection.registers:
        table, prepare = preparation(checked)
        frames.setdefault(table, []).append(prepare(checked.rows))
        rows_of[table] += sum(checked.rows_of.values())
    for file in changed:
        table = table_of(file.register.name)
        bytes_of[table] = bytes_of.get(table, 0) + file.bytes
    for unit in {file.unit for file in changed} | gone:
        units.setdefault(table_of(unit.split(" ")[0]), set()).add(unit)
    results = []
    by_size = sorted(units.items(), key=lambda item: (-bytes_of.get(item[0], 0), item[0].name))
    for table, named in by_size:
        read = frames.get(table, [])
        frame = reduce(lambda a, b: a.unionByName(b), read) if read else None
        results.append(BronzeResult(table, tuple(sorted(named)), frame, rows_of[table]))
    return results


def _read_as(
    files: list[DeliveredFile],
    fingerprints: Mapping[DeliveredFile, str],
    settings: AnalysisSettings,
) -> dict[str, str]:
    """By unit: a hash of everything its rows in the store depend on."""
    depends_on: dict[str, list[object]] = {}
    for file in files:
        entry = file.mapping.model_dump(mode="json") if file.mapping else None
        of_unit = depends_on.setdefault(
            file.unit, [__version__, *_settings_read(file.register, settings)]
        )
        of_unit.append([fingerprints.get(file, "packaged"), file.period, entry])
    return {unit: combined(content) for unit, content in depends_on.items()}


def _settings_read(register: Register, settings: AnalysisSettings) -> list[object]:
    """What the rows of a register take from the settings: DREAM's weeks begin where an analysis
    begins earlier than what is kept anyway."""
    if register is not DREAM:
        return []
    return [first_monday_kept(settings).isoformat()]


def _record(
    file: DeliveredFile, inspection: Inspection, fingerprint: str, read_as: str
) -> FileRecord:
    counted = [
        (finding.column, finding.reason, count.rows, finding.set_aside)
        for finding in inspection.findings
        for count in finding.files
        if finding.register == file.register.name and count.path == str(file.path)
    ]
    return FileRecord(
        register=file.register.name,
        period=file.period,
        file=f"{file.path.parent.name}/{file.path.name}",
        bytes=file.bytes,
        rows=inspection.rows_of.get(file),
        fingerprint=fingerprint,
        delivered_from=file.unit,
        read_as=read_as,
        findings=json.dumps(counted),
    )
