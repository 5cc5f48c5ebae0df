"""What a run is opened on, and that it records nothing as finished once another has taken over.
Without Spark."""

from argparse import Namespace
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from kommunebench import pipeline, run_opening
from kommunebench.bronze import DELIVERED_FILES
from kommunebench.errors import StoreError
from kommunebench.gold import QUINTILE_MEANS
from kommunebench.leases import DELIVERY, LEASES, Lease, held
from kommunebench.pipeline import Run, run_stages
from kommunebench.run_log import RunLog, StageRecord, State
from kommunebench.run_opening import run_on_store
from kommunebench.settings import EnvironmentSettings, load_analysis, load_environment
from kommunebench.stages.ingest import ingest_delivery
from kommunebench.stages.published import run_information
from kommunebench.stages.run_metrics import run_metrics
from kommunebench.stages.stage import Stage, StageOutput
from kommunebench.storage import Store, arrow_rows, update_rows, write_table
from kommunebench.terminal import Progress

ANALYSIS, EXAMS = load_analysis("integration_employment"), load_analysis("school_exams")
OPTIONS = Namespace(store="s", quiet=True, force=False)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(None, str(tmp_path / "store"), EnvironmentSettings(name="test"))  # type: ignore[arg-type]


def record(log: RunLog, state: State, fingerprint: str) -> None:
    log.finish(
        StageRecord(
            analysis=DELIVERY, run_id="", stage="ingest", fingerprint=fingerprint,
            tables_written=(), state=state, seconds=7.5, metrics={"delivered_rows": 12.0},
        )
    )  # fmt: skip
    log.flush()


def deliver(store: Store, **read_as: str) -> int:
    """The record of files of an ingestion; the version of its table."""
    rows = [
        tuple(
            {"register": name, "delivered_from": name, "read_as": content}.get(column, "")
            if kind == "string"
            else 1
            for column, kind in DELIVERED_FILES.columns.items()
        )
        for name, content in read_as.items()
    ]
    written = arrow_rows(DELIVERED_FILES.columns, rows)
    return write_table(store, DELIVERED_FILES, written, None, {}).version


def opened(store: Store, settings=ANALYSIS) -> Run:
    return run_on_store(
        store, settings, OPTIONS, Lease(store=store, analysis=settings.name, holder="nobody")
    )


def test_a_run_depends_on_the_registers_its_analysis_reads_and_on_no_ingestion_of_another(store):
    log = RunLog(store)
    deliver(store, BEF="x", BFL="x")
    record(log, "finished", "for the first")
    first = opened(store)
    deliver(store, BEF="x", BFL="x", UDFK="x")
    record(log, "finished", "for the exams")
    assert opened(store).run_id == first.run_id
    deliver(store, BEF="x", BFL="corrected", UDFK="x")
    record(log, "finished", "for the first again")
    assert opened(store).run_id != first.run_id


def test_a_simulated_delivery_is_another_than_an_equal_real_one(store):
    log = RunLog(store)
    deliver(store, BEF="x")
    record(log, "finished", "real")
    real = opened(store)
    deliver(store, BEF="x", simulation="x")
    record(log, "finished", "simulated")
    assert opened(store).run_id != real.run_id


def test_rows_and_seconds_of_the_ingestion_are_the_runs_too(store):
    """The tracked run and the report have them from there."""
    deliver(store, BEF="x")
    record(RunLog(store), "finished", "real")
    metrics = opened(store).metrics
    assert metrics == {"delivered_rows": 12.0, "seconds_ingest": 7.5}
    assert run_metrics(metrics, {}) == metrics
    assert run_information("r", metrics, None, "").stage_seconds == {"ingest": 7.5}


@pytest.mark.parametrize("end", ["finished", "undone"])
def test_an_ingestion_that_ends_while_versions_are_noted_makes_them_be_noted_again(
    store, monkeypatch, end
):
    """The versions of one delivery never stand beside the fingerprint of another, nor those of an
    ingestion that was taken back beside the one before."""
    log, real, times = RunLog(store), run_opening.versions_now, []
    deliver(store, BEF="old")
    record(log, "finished", "old")

    def versions_now(place, tables):
        times.append(1)
        if len(times) == 1:
            noted = real(place, (DELIVERED_FILES,))
            record(log, "started", "new")
            deliver(store, BEF="new")
            record(log, end, "new")
            return noted
        return real(place, (DELIVERED_FILES,))

    monkeypatch.setattr(run_opening, "versions_now", versions_now)
    run = opened(store)
    assert len(times) == 2
    assert run.versions[DELIVERED_FILES.qualified_name] == 2
    assert run.log.records[-1].state == end


@pytest.mark.parametrize("name", ["cluster", "databricks"])
def test_where_a_renewal_waits_for_a_task_to_end_a_lease_outlasts_tasks(name):
    assert load_environment(name).lease_seconds >= 3600


def lose(lease: Lease) -> None:
    """Another process takes the lease over, and this one could not renew it meanwhile."""
    update_rows(lease.store, LEASES, {"holder": "'somebody else'"}, "true")
    lease.renewed -= lease.store.environment.lease_seconds + 1


def stage(name: str) -> Stage:
    def build(inputs):
        rows = pd.DataFrame({"quintile": [1], "units": [19], "indicator": [1.05]})
        return StageOutput({QUINTILE_MEANS: inputs.frame(QUINTILE_MEANS, rows)})

    return Stage(
        name=name, verb="benchmark", reads=(), writes=(QUINTILE_MEANS,), sections=("name",),
        build=build,
    )  # fmt: skip


def test_a_stage_that_lost_its_lease_while_it_wrote_is_not_recorded_as_finished(store, monkeypatch):
    write_tables, written = pipeline.write_tables, []

    def written_late(*arguments):
        versions = write_tables(*arguments)
        written.append(versions)
        if len(written) == 2:
            lose(lease)
        return versions

    monkeypatch.setattr(pipeline, "write_tables", written_late)
    with held(store, ANALYSIS.name) as lease:
        run = Run(
            store=store, settings=ANALYSIS, run_id="r", data_fingerprint="d", lease=lease,
            progress=Progress(quiet=True), log=RunLog(store),
        )  # fmt: skip
        with pytest.raises(StoreError, match="another run has taken over"):
            run_stages(run, [stage("first"), stage("second")])
    first, second = (
        [r.state for r in RunLog(store).of_stage(name, ANALYSIS.name)]
        for name in ("first", "second")
    )
    assert first == ["started", "finished"] and set(second) == {"started"}


def test_an_ingestion_that_lost_its_lease_while_it_wrote_is_not_recorded_as_finished(
    store, monkeypatch, tmp_path
):
    from kommunebench import registers
    from kommunebench.registers import ReadDelivery
    from kommunebench.stages import ingest

    leases: list[Lease] = []

    @contextmanager
    def held_and_noted(*arguments, **options):
        with held(*arguments, **options) as lease:
            leases.append(lease)
            yield lease

    def written_late(*_):
        lose(leases[0])
        return ()

    monkeypatch.setattr(ingest, "held", held_and_noted)
    monkeypatch.setattr(ingest, "_write", written_late)
    monkeypatch.setattr(ingest, "bronze_writes", lambda *_: [])
    monkeypatch.setattr(registers, "read_delivery", lambda *_, **__: ReadDelivery((object(),), ()))
    (tmp_path / "delivery").mkdir()
    with pytest.raises(StoreError, match="another run has taken over"):
        ingest_delivery(store, tmp_path / "delivery", EXAMS, Progress(quiet=True))
    assert RunLog(store).finished("ingest", DELIVERY) is None
