"""Which records of the run log still describe the rows in the store: those of stages on whose
results no earlier stage has written since."""

from collections.abc import Sequence

from kommunebench.run_log import RunLog, StageRecord
from kommunebench.stages.stage import Stage


def upstream_of(stage: Stage, stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """The stages among these whose results a stage builds on, directly or through another stage, in
    their order."""
    wanted = set(stage.after)
    for candidate in reversed(stages):
        if candidate.name in wanted:
            wanted.update(candidate.after)
    return tuple(s for s in stages if s.name in wanted)


def valid_record(
    log: RunLog, stage: Stage, stages: Sequence[Stage], analysis: str, run_id: str
) -> StageRecord | None:
    """The record of the rows the store now holds of a stage; None where the stage never ran, was
    interrupted, or where a stage it builds on has started or finished since.

    A later stage may fill in a table of an earlier one (the indicators): when the earlier one runs
    again, it replaces the rows of both.
    """
    upstream = upstream_of(stage, stages)
    record = _newest(log, stage, analysis, run_id)
    if record is None or record.state != "finished":
        return None
    return None if _written_since(log, record, upstream, analysis, run_id) else record


def is_whole(log: RunLog, stages: Sequence[Stage], analysis: str, run_id: str) -> bool:
    """Whether no stage that ran for a run is half-done, of those whose tables keep the rows of each
    run: all have finished, and none before a stage it builds on.

    Tables that all runs of an analysis share may hold another run's rows by then, from which the
    rows of this one were not made.
    """
    for stage in (stage for stage in stages if keeps_rows_by_run(stage)):
        record = _newest(log, stage, analysis, run_id)
        upstream = tuple(s for s in upstream_of(stage, stages) if keeps_rows_by_run(s))
        if record is not None and (
            record.state != "finished" or _written_since(log, record, upstream, analysis, run_id)
        ):
            return False
    return True


def keeps_rows_by_run(stage: Stage) -> bool:
    """Whether all tables of a stage keep the rows of each run; otherwise its rows belong to the
    analysis, and the newest run has made them."""
    return all("run_id" in table.columns for table in stage.writes)


def _newest(log: RunLog, stage: Stage, analysis: str, run_id: str) -> StageRecord | None:
    return log.last(stage.name, analysis, run_id if keeps_rows_by_run(stage) else None)


def _written_since(
    log: RunLog, record: StageRecord, upstream: Sequence[Stage], analysis: str, run_id: str
) -> bool:
    """Whether one of these stages has started or finished after a record."""
    newest = (_newest(log, stage, analysis, run_id) for stage in upstream)
    return any(other is not None and other.sequence > record.sequence for other in newest)
