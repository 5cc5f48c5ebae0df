"""Running stages in order: read the log, skip what did not change, write what was built, record it."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kommunebench.run_log import (
    StageRecord,
    append_record,
    fingerprint,
    read_log,
    settings_fingerprint,
)
from kommunebench.settings import AnalysisSettings
from kommunebench.stages.stage import Stage, StageInputs, row_filter
from kommunebench.storage import Store, TableVersion, TableWrite, table_exists, write_tables
from kommunebench.terminal import Progress


@dataclass(slots=True)
class Run:
    """One run of one analysis over a store: its identity, and what its stages did so far."""

    store: Store
    settings: AnalysisSettings
    run_id: str
    data_fingerprint: str
    progress: Progress
    force: bool = False
    log: list[StageRecord] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)
    written: list[TableVersion] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.log = read_log(self.store)


def run_stages(run: Run, stages: Iterable[Stage]) -> None:
    """Run stages in order. A stage whose settings, inputs and code did not change is skipped unless
    ``run.force``."""
    fingerprints: dict[str, str] = {}
    for stage in stages:
        upstream = [fingerprints[name] for name in stage.after if name in fingerprints]
        own = fingerprint(
            run.data_fingerprint, settings_fingerprint(run.settings, stage.sections), upstream
        )
        fingerprints[stage.name] = own
        with run.progress.step(stage.name) as step:
            done = None if run.force else _finished(run, stage, own)
            if done is not None:
                step.note("unchanged")
                run.skipped.append(stage.name)
                _take_over(run, stage, done)
            else:
                step.note(_execute(run, stage, own))


def _finished(run: Run, stage: Stage, own: str) -> StageRecord | None:
    """The record of the rows the store now holds for this stage, if they were made from the same
    things."""
    per_run = all("run_id" in table.columns for table in stage.writes)
    records = [
        r
        for r in run.log
        if r.stage == stage.name
        and r.analysis == run.settings.name
        and (r.run_id == run.run_id or not per_run)
    ]
    if not records or records[-1].fingerprint != own:
        return None
    return records[-1] if all(table_exists(run.store, table) for table in stage.writes) else None


def _execute(run: Run, stage: Stage, own: str) -> str:
    """Build a stage, write and record its tables; what the stage has to say at the terminal."""
    started = time.monotonic()
    inputs = StageInputs(run.store, run.settings, run.run_id)
    output = stage.build(inputs)
    metadata = {
        "stage": stage.name,
        "run_id": run.run_id,
        "analysis": run.settings.name,
        "fingerprint": own,
    }
    writes = [
        TableWrite(table, frame, row_filter(table, run.settings.name, run.run_id))
        for table, frame in output.frames.items()
    ]
    versions = write_tables(run.store, writes, metadata)
    seconds = time.monotonic() - started
    record = StageRecord(
        run.settings.name,
        run.run_id,
        stage.name,
        own,
        datetime.now(UTC),
        seconds,
        versions,
        dict(output.metrics),
    )
    append_record(run.store, record)
    run.log.append(record)
    _take_over(run, stage, record)
    run.metrics[f"seconds_{stage.name}"] = seconds
    return output.note


def _take_over(run: Run, stage: Stage, record: StageRecord) -> None:
    run.metrics.update(record.metrics)
    run.written.extend(record.tables_written)


@contextmanager
def timed(metrics: dict[str, float], name: str) -> Iterator[None]:
    """Seconds of a block as a metric."""
    started = time.monotonic()
    yield
    metrics[f"seconds_{name}"] = time.monotonic() - started
