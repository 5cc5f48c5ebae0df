"""The run log: which stage ran for which run on what, so that unchanged stages are skipped and
history can be read."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kommunebench import __version__
from kommunebench.settings import AnalysisSettings
from kommunebench.storage import Store, TableVersion, append_rows, read_table, table_exists
from kommunebench.tables import Table, columns

STAGE_LOG = Table(
    "stage_log",
    "meta",
    "one finished stage of one run",
    (),
    columns(
        """analysis string, run_id string, stage string, fingerprint string, code_version string,
        finished_at timestamp, seconds double, tables_written string, metrics string"""
    ),
)

# What brings data into the store: a delivery of registers, or a file of spells.
INGESTIONS = ("ingest", "spells_file")
# The file the simulator leaves beside its registers.
SIMULATION_MARKER = "simulation.json"


@dataclass(frozen=True, slots=True)
class StageRecord:
    """A finished stage: the fingerprint of all it depended on, and what it wrote."""

    analysis: str
    run_id: str
    stage: str
    fingerprint: str
    finished_at: datetime
    seconds: float
    tables_written: tuple[TableVersion, ...]
    metrics: dict[str, float]


def fingerprint(*parts: object) -> str:
    """A short stable hash of settings, code version and earlier fingerprints (12 hexadecimal
    digits)."""
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def settings_fingerprint(settings: AnalysisSettings, sections: tuple[str, ...]) -> str:
    """Hash of the named sections of the settings and of the code version."""
    content: dict[str, Any] = settings.model_dump(mode="json", include=set(sections))
    return fingerprint(content, __version__)


def run_identifier(settings: AnalysisSettings, data_fingerprint: str) -> str:
    """The id of a run: same data and same settings (words of the report aside), same id, so a rerun
    replaces its rows."""
    content = settings.model_dump(
        mode="json", exclude={"labels", "published_comparison", "disclosure"}
    )
    return fingerprint(content, data_fingerprint)


def read_log(store: Store) -> list[StageRecord]:
    """All finished stages, oldest first; empty for a new store."""
    if not table_exists(store, STAGE_LOG):
        return []
    rows = read_table(store, STAGE_LOG).orderBy("finished_at").collect()
    return [
        StageRecord(
            row["analysis"],
            row["run_id"],
            row["stage"],
            row["fingerprint"],
            row["finished_at"],
            row["seconds"],
            tuple(
                TableVersion(name, version)
                for name, version in json.loads(row["tables_written"]).items()
            ),
            json.loads(row["metrics"]),
        )
        for row in rows
    ]


def append_record(store: Store, record: StageRecord) -> None:
    """Add one finished stage to the log."""
    written = {version.table: version.version for version in record.tables_written}
    row = (
        record.analysis,
        record.run_id,
        record.stage,
        record.fingerprint,
        __version__,
        record.finished_at,
        float(record.seconds),
        json.dumps(written),
        json.dumps(record.metrics),
    )
    append_rows(store, STAGE_LOG, [row])
