"""Running stages in order: read the log, skip what did not change, write what was built, record
it."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from kommunebench.leases import Lease
from kommunebench.run_log import (
    RunLog,
    StageRecord,
    fingerprint,
    settings_fingerprint,
    unversioned,
)
from kommunebench.settings import AnalysisSettings
from kommunebench.stages.late_writes import late_writes_recorded
from kommunebench.stages.stage import Stage, StageInputs, StageOutput, row_filter
from kommunebench.stages.valid_records import valid_record
from kommunebench.storage import (
    Store,
    TableVersion,
    TableWrite,
    current_version,
    table_exists,
    write_tables,
)
from kommunebench.tables import Table
from kommunebench.terminal import Progress

# Asking for a table's version is waiting, not work.
_VERSION_READERS = 8


@dataclass(slots=True, kw_only=True)
class Run:
    """One run of one analysis over a store: its identity, and what its stages did so far.

    ``versions``: the version of every table as the run wrote it or found it at its start, by
    qualified name; ``lease``: checked before every write, where the run holds one.
    """

    store: Store
    settings: AnalysisSettings
    run_id: str
    data_fingerprint: str
    progress: Progress
    log: RunLog
    force: bool = False
    lease: Lease | None = None
    versions: dict[str, int] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    written: list[TableVersion] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def versions_now(store: Store, tables: Iterable[Table]) -> dict[str, int]:
    """The newest version of each of these tables the store holds, by qualified name: what a run's
    stages read from then on, whatever other runs write meanwhile."""

    def version(table: Table) -> int | None:
        return current_version(store, table) if table_exists(store, table) else None

    wanted = tuple(dict.fromkeys(tables))
    with ThreadPoolExecutor(max_workers=_VERSION_READERS) as pool:
        versions = zip(wanted, pool.map(version, wanted), strict=True)
        return {table.qualified_name: v for table, v in versions if v is not None}


def tables_read(stages: Iterable[Stage]) -> tuple[Table, ...]:
    """Every table the stages declare that they read."""
    return tuple(dict.fromkeys(table for stage in stages for table in stage.reads))


def run_stages(run: Run, stages: Iterable[Stage]) -> None:
    """Run stages in order. A stage whose settings, inputs and code did not change is skipped unless
    ``run.force``; one that started and did not finish runs again, and so does one that builds on a
    stage that ran, now or since it ran itself."""
    stages = tuple(stages)
    run.versions = versions_now(run.store, tables_read(stages)) | run.versions
    fingerprints: dict[str, str] = {}
    executed: set[str] = set()
    try:
        for stage in stages:
            mark = _fingerprint(run, stage, fingerprints)
            fingerprints[stage.name] = mark
            with run.progress.step(stage.name) as step:
                again = run.force or not executed.isdisjoint(stage.after)
                finished = None if again else _still_valid(run, stage, stages, mark)
                if finished is not None:
                    step.note("unchanged")
                    run.skipped.append(stage.name)
                    _take_over(run, finished)
                else:
                    step.note(_execute(run, stage, mark))
                    executed.add(stage.name)
    finally:
        # Another process has taken over: its records tell what the store holds now.
        if run.lease is None or not run.lease.lost:
            run.log.flush()


def _fingerprint(run: Run, stage: Stage, earlier: Mapping[str, str]) -> str:
    """Hash of everything the rows of a stage depend on."""
    upstream = [earlier[name] for name in stage.after if name in earlier]
    settings = settings_fingerprint(run.settings, stage.sections)
    return fingerprint(run.data_fingerprint, settings, upstream)


def _still_valid(run: Run, stage: Stage, stages: Sequence[Stage], mark: str) -> StageRecord | None:
    """The record of the rows the store now holds for this stage, if the stage finished, they were
    made from the same things, and no stage it builds on has written since."""
    record = valid_record(run.log, stage, stages, run.settings.name, run.run_id)
    if record is None or record.fingerprint != mark:
        return None
    return record if all(table_exists(run.store, table) for table in stage.writes) else None


def _execute(run: Run, stage: Stage, mark: str) -> str:
    """Build a stage, write and record its tables; what the stage has to say at the terminal."""
    started = time.monotonic()
    fresh = {table for table in stage.writes if not _has_rows(run, table)}
    begun = _start(run, stage, mark)
    output = stage.build(
        StageInputs(
            store=run.store,
            settings=run.settings,
            run_id=run.run_id,
            reads=stage.reads,
            versions=run.versions,
        )
    )
    metadata = {
        "stage": stage.name,
        "run_id": run.run_id,
        "analysis": run.settings.name,
        "fingerprint": mark,
    }
    writes = _writes(run, output, fresh)
    # Not finished where another run has taken over meanwhile and written its own rows.
    with late_writes_recorded(run.log, begun, run.lease):
        versions = write_tables(run.store, writes, metadata, lambda: _check_lease(run))
    seconds = time.monotonic() - started
    rows = {f"rows_{v.table.split('.')[1]}": float(v.rows) for v in versions if v.rows is not None}
    finished = replace(
        begun,
        state="finished",
        tables_written=versions,
        seconds=seconds,
        metrics={**output.metrics, **rows},
    )
    run.log.finish(finished)
    run.versions.update({version.table: version.version for version in versions})
    _take_over(run, finished)
    return output.note


def _start(run: Run, stage: Stage, mark: str) -> StageRecord:
    """Record that a stage starts, before its first write."""
    begun = StageRecord(
        analysis=run.settings.name,
        run_id=run.run_id,
        stage=stage.name,
        fingerprint=mark,
        tables_written=unversioned(stage.writes),
        state="started",
    )
    _check_lease(run)
    run.log.start(begun)
    return begun


def _has_rows(run: Run, table: Table) -> bool:
    """Whether the table may hold rows that this run would replace."""
    run_id = run.run_id if "run_id" in table.columns else None
    return run.log.has_written(table, run.settings.name, run_id)


def _writes(run: Run, output: StageOutput, fresh: set[Table]) -> list[TableWrite]:
    """The frames of a stage as writes that replace the run's rows, or add them where there are
    none."""
    return [
        TableWrite(
            table, frame, row_filter(table, run.settings.name, run.run_id), append=table in fresh
        )
        for table, frame in output.frames.items()
    ]


def _check_lease(run: Run) -> None:
    if run.lease is not None:
        run.lease.check()


def _take_over(run: Run, record: StageRecord) -> None:
    """Numbers and tables of a stage, whether this process made them or an earlier one."""
    run.metrics.update(record.metrics)
    run.metrics[f"seconds_{record.stage}"] = record.seconds
    run.written.extend(record.tables_written)


@contextmanager
def timed(metrics: dict[str, float], name: str) -> Iterator[None]:
    """Seconds of a block as a metric."""
    started = time.monotonic()
    yield
    metrics[f"seconds_{name}"] = time.monotonic() - started
