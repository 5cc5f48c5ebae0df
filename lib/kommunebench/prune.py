"""Drop old runs of a store, and remove the files that no table refers to any more."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from kommunebench.declared_tables import declared_tables
from kommunebench.leases import held
from kommunebench.run_log import STAGE_LOG, StageRecord, read_log
from kommunebench.storage import (
    Store,
    compact,
    delete_rows,
    quoted,
    read_table,
    table_exists,
    vacuum,
)
from kommunebench.tables import Table


@dataclass(frozen=True, slots=True)
class OldRun:
    """A run to be dropped: its numbers of rows by table, and when it last wrote rows."""

    analysis: str
    run_id: str
    last_written: datetime
    rows: dict[str, int]


def old_runs(store: Store, keep: int) -> tuple[OldRun, ...]:
    """Every run but the newest ``keep`` of each analysis, oldest first, with the rows it has.

    A run that was dropped before is not listed again, although the log may keep some of its records
    for later runs.
    """
    records = [record for record in read_log(store) if record.run_id]
    dropped = _dropped_runs(records, keep)
    counts = _rows_by_run(store) if dropped else {}
    serving = _serving_records(records)
    forgettable = {
        (record.analysis, record.run_id)
        for record in records
        if (record.analysis, record.sequence) not in serving
    }
    return tuple(
        OldRun(analysis, run_id, last, counts.get((analysis, run_id), {}))
        for (analysis, run_id), last in dropped.items()
        if (analysis, run_id) in forgettable or (analysis, run_id) in counts
    )


def drop_runs(
    store: Store,
    runs: Iterable[OldRun],
    keep: int,
    tell: Callable[[str], None] = lambda text: None,
) -> tuple[OldRun, ...]:
    """Delete the rows of those of these runs that are old still once their analyses are held, gold
    first and the log last, so that an interrupted deletion is seen again; then remove files no
    version within the retention refers to. Returns the runs that were dropped.

    ``keep``: as for `old_runs`; a run that was made again meanwhile is among the newest and stays.
    Raises StoreError naming the holder where an analysis is being run now.
    """
    named = {(run.analysis, run.run_id) for run in runs}
    with ExitStack() as leases:
        for analysis in sorted({analysis for analysis, _ in named}):
            leases.enter_context(held(store, analysis, tell=tell))
        old = old_runs(store, keep) if named else ()
        dropped = tuple(run for run in old if (run.analysis, run.run_id) in named)
        if dropped:
            condition = " OR ".join(_condition(run) for run in dropped)
            for table in (t for t in _tables_of_runs() if table_exists(store, t)):
                delete_rows(store, table, condition)
            _forget(store, dropped)
    for table in declared_tables():
        if table_exists(store, table):
            vacuum(store, table)
    return dropped


def _dropped_runs(records: list[StageRecord], keep: int) -> dict[tuple[str, str], datetime]:
    """Analysis, run and the time of its last record, for all but the newest runs of each
    analysis."""
    last: dict[tuple[str, str], datetime] = {}
    for record in records:
        last.pop((record.analysis, record.run_id), None)  # to the end: the newest comes last
        last[record.analysis, record.run_id] = record.recorded_at
    dropped: dict[tuple[str, str], datetime] = {}
    for analysis in dict.fromkeys(key[0] for key in last):
        of_analysis = [key for key in last if key[0] == analysis]
        dropped |= {key: last[key] for key in of_analysis[: max(len(of_analysis) - keep, 0)]}
    return dropped


def _tables_of_runs() -> tuple[Table, ...]:
    return tuple(t for t in declared_tables() if t.layer == "gold" and "run_id" in t.columns)


def _rows_by_run(store: Store) -> dict[tuple[str, str], dict[str, int]]:
    """Rows by table of every run in the gold tables."""
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for table in (t for t in _tables_of_runs() if table_exists(store, t)):
        for row in read_table(store, table).groupBy("analysis", "run_id").count().collect():
            of_run = rows.setdefault((row["analysis"], row["run_id"]), {})
            of_run[table.qualified_name] = row["count"]
    return rows


def _forget(store: Store, runs: Iterable[OldRun]) -> None:
    """Delete the records of runs from the log, except those that later runs may still use."""
    serving = _serving_records(read_log(store))
    delete_rows(store, STAGE_LOG, " OR ".join(_forgotten(run, serving) for run in runs))
    compact(store, STAGE_LOG)


def _forgotten(run: OldRun, serving: set[tuple[str, int]]) -> str:
    """The condition for the records of a run that no other run uses."""
    kept = sorted(sequence for analysis, sequence in serving if analysis == run.analysis)
    if not kept:
        return _condition(run)
    listed = ", ".join(str(sequence) for sequence in kept)
    return f"({_condition(run)} AND sequence NOT IN ({listed}))"


def _serving_records(records: Iterable[StageRecord]) -> set[tuple[str, int]]:
    """Analysis and sequence of the records another run may be served from: the newest of each stage
    that writes tables without a run (silver tables belong to the analysis), and the newest that
    names each of these tables.

    A record of gold rows serves its own run only: kept without them, it would say that a stage is
    finished whose rows are gone.
    """
    with_run = {table.qualified_name for table in declared_tables() if "run_id" in table.columns}
    newest: dict[tuple[str, str, str], int] = {}
    for record in records:
        shared = {version.table for version in record.tables_written} - with_run
        # A stage that began names its tables; one that then wrote none of them names none.
        begun = (record.analysis, record.stage, "") in newest
        for table in (*shared, *([""] if shared or begun else [])):
            newest[record.analysis, record.stage, table] = record.sequence
    return {(analysis, sequence) for (analysis, _, _), sequence in newest.items()}


def _condition(run: OldRun) -> str:
    return f"(analysis = {quoted(run.analysis)} AND run_id = {quoted(run.run_id)})"
