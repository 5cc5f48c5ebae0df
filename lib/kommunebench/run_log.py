"""The run log: which stage started and finished for which run on what, so that unchanged stages are
skipped, interrupted ones run again, and history can be read."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from kommunebench import __version__
from kommunebench.settings import AnalysisSettings
from kommunebench.storage import (
    Store,
    TableVersion,
    append_rows,
    check_schema_version,
    compact,
    file_count,
    read_rows,
    table_exists,
)
from kommunebench.tables import Table, columns

STAGE_LOG = Table(
    name="stage_log",
    layer="meta",
    grain="one stage of one run that started, finished or was taken back",
    key=(),
    columns=columns(
        """analysis string, run_id string, stage string, state string, sequence long,
        fingerprint string, code_version string, recorded_at timestamp, seconds double,
        tables_written string, metrics string"""
    ),
)

# What brings data into the store: a delivery of registers, or a file of spells.
INGESTIONS = ("ingest", "spells_file")
# The file the simulator leaves beside its registers.
SIMULATION_MARKER = "simulation.json"
# Every append is a file of its own: above this many they are brought together.
_MOST_FILES = 40
# More records than a run adds to the log it read: a number so far ahead is behind none of them.
_AHEAD = 1_000
# A table a stage is about to write has no version yet.
NO_VERSION = -1

# started: the stage may have written some of its tables, and which is not known.
# finished: all its tables are written. undone: what it wrote was taken back.
State = Literal["started", "finished", "undone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecord:
    """A stage of a run that started, finished or was taken back, with the fingerprint of all it
    depends on and the tables it writes (without versions while it has only started). ``sequence``
    increases with every record of an analysis; records of different analyses may have the same
    number."""

    analysis: str
    run_id: str
    stage: str
    fingerprint: str
    tables_written: tuple[TableVersion, ...]
    state: State = "finished"
    sequence: int = 0
    seconds: float = 0.0
    recorded_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class RunLog:
    """The log of a store as it was read, and records that are not written yet.

    The record that a stage has finished is written when the next stage starts, so that both are one
    commit; ``flush`` writes the last one.
    """

    store: Store
    records: list[StageRecord] = field(init=False)
    waiting: list[StageRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.records = read_log(self.store)

    def start(self, record: StageRecord) -> None:
        """Record that a stage starts; on return it is in the store, before the stage's first
        write."""
        self._add(record)
        self.flush()

    def finish(self, record: StageRecord) -> None:
        """Record that a stage is finished, with the next append."""
        self._add(record)

    def flush(self) -> None:
        """Write the records that wait."""
        if self.waiting:
            append_rows(self.store, STAGE_LOG, [_as_row(record) for record in self.waiting])
            self.waiting.clear()

    def start_after_all_others(self, record: StageRecord) -> None:
        """Record, in the log as it is in the store now, a start that nobody finishes: the stage
        may have written rows after another process had taken over and written its own.

        Also what that process records from now on, which continues the log as it read it, counts as
        earlier, so that the next run replaces the rows.
        """
        now = RunLog(self.store)
        now._add(replace(record, state="started"), _AHEAD)
        now.flush()

    def _add(self, record: StageRecord, further: int = 1) -> None:
        last = max((r.sequence for r in self.records), default=0)
        numbered = replace(record, sequence=last + further, recorded_at=datetime.now(UTC))
        self.records.append(numbered)
        self.waiting.append(numbered)

    def last(self, stage: str, analysis: str, run_id: str | None = None) -> StageRecord | None:
        """The newest record of a stage of an analysis (of one run, or of whichever run), without
        starts that were taken back; None where there is none."""
        valid: list[StageRecord] = []
        for record in self.of_stage(stage, analysis):
            if run_id is not None and record.run_id != run_id:
                continue
            if record.state == "undone":
                # One start only: what an interrupted one before it left is there again.
                if valid and valid[-1].state == "started":
                    valid.pop()
            else:
                valid.append(record)
        return valid[-1] if valid else None

    def of_stage(self, stage: str, analysis: str) -> list[StageRecord]:
        """All records of a stage of an analysis, oldest first."""
        return [r for r in self.records if r.stage == stage and r.analysis == analysis]

    def finished(self, stage: str, analysis: str, run_id: str | None = None) -> StageRecord | None:
        """The newest record of a stage where it says that the stage is finished; None where the
        stage never ran or was interrupted."""
        record = self.last(stage, analysis, run_id)
        return record if record is not None and record.state == "finished" else None

    def has_written(self, table: Table, analysis: str, run_id: str | None) -> bool:
        """Whether any stage of an analysis (of one run, or of any) has written to a table, or has
        started to."""
        return any(
            version.table == table.qualified_name
            for record in self.records
            if record.analysis == analysis and run_id in (None, record.run_id)
            for version in record.tables_written
        )


def fingerprint(*parts: object) -> str:
    """A short stable hash of these parts (12 hexadecimal digits): of settings, earlier fingerprints
    and, where it is given as one of them, the version of the code."""
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def settings_fingerprint(settings: AnalysisSettings, sections: tuple[str, ...]) -> str:
    """Hash of the named sections of the settings and of the code version."""
    content: dict[str, Any] = settings.model_dump(mode="json", include=set(sections))
    return fingerprint(content, __version__)


def run_identifier(settings: AnalysisSettings, data_fingerprint: str) -> str:
    """The id of a run. With the same data and the same settings (the words of the report aside) it
    is the same, so that a repeated run replaces its rows."""
    content = settings.model_dump(
        mode="json", exclude={"labels", "published_comparison", "disclosure"}
    )
    return fingerprint(content, data_fingerprint)


def read_log(store: Store) -> list[StageRecord]:
    """All records, oldest first; empty for a new store. A log in many files is brought into one.

    Raises TableError for a store of another version of kommunebench.
    """
    if not table_exists(store, STAGE_LOG):
        return []
    check_schema_version(store, STAGE_LOG)
    rows = read_rows(store, STAGE_LOG).to_pylist()
    # No file is without a record, so that the files of a short log need not be counted.
    if len(rows) > _MOST_FILES and file_count(store, STAGE_LOG) > _MOST_FILES:
        compact(store, STAGE_LOG)
    return [_as_record(row) for row in sorted(rows, key=lambda row: row["sequence"])]


def _as_record(row: Any) -> StageRecord:
    written = json.loads(row["tables_written"]).items()
    return StageRecord(
        analysis=row["analysis"],
        run_id=row["run_id"],
        stage=row["stage"],
        state=row["state"],
        sequence=row["sequence"],
        fingerprint=row["fingerprint"],
        seconds=row["seconds"],
        recorded_at=row["recorded_at"],
        tables_written=tuple(TableVersion(name, version) for name, version in written),
        metrics=json.loads(row["metrics"]),
    )


def _as_row(record: StageRecord) -> tuple[object, ...]:
    return (
        record.analysis,
        record.run_id,
        record.stage,
        record.state,
        record.sequence,
        record.fingerprint,
        __version__,
        record.recorded_at,
        float(record.seconds),
        json.dumps({version.table: version.version for version in record.tables_written}),
        json.dumps(record.metrics),
    )


def unversioned(tables: Iterable[Table]) -> tuple[TableVersion, ...]:
    """Tables a stage is about to write."""
    return tuple(TableVersion(table.qualified_name, NO_VERSION) for table in tables)
