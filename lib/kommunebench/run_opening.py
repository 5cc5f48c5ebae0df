"""From a call to a run that may begin: the lease of the analysis, the data in the store, the
versions of its tables."""

from argparse import Namespace
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from kommunebench.errors import ConfigError, StoreError
from kommunebench.leases import DELIVERY, Lease, held
from kommunebench.pipeline import Run, tables_read, versions_now
from kommunebench.run_log import RunLog, StageRecord, run_identifier
from kommunebench.settings import AnalysisSettings, DeliveryMapping
from kommunebench.storage import Store
from kommunebench.terminal import Progress

if TYPE_CHECKING:
    from kommunebench.registers import AnyPath

# Another run may bring its own delivery in between; that many times this one is brought in again.
_INGESTIONS_TRIED = 5


def hold_analysis(
    store: Store, settings: AnalysisSettings, options: Namespace
) -> AbstractContextManager[Lease]:
    """The lease of an analysis: nobody else runs it on this store meanwhile."""
    wait = 60.0 * getattr(options, "wait", 0.0)
    return held(store, settings.name, wait_seconds=wait, tell=Progress(options.quiet).tell)


def run_on_delivery(
    store: Store,
    settings: AnalysisSettings,
    options: Namespace,
    lease: Lease,
    *,
    mapping: DeliveryMapping | None,
    source: "AnyPath",
) -> Run:
    """The run of an analysis on the delivery, or file of spells, at ``source``, once it is in the
    store. Another run may bring in its own delivery just then: then once more."""
    from kommunebench.stages.ingest import ingest_delivery
    from kommunebench.stages.spells_file import ingest_spells

    progress, force = Progress(options.quiet), options.force
    for _ in range(_INGESTIONS_TRIED):
        if options.spells:
            mark = ingest_spells(store, source, settings, progress, force=force, lease=lease)
        else:
            mark = ingest_delivery(store, source, settings, progress, force=force, mapping=mapping)
        current = _new_run(store, settings, options, lease)
        if current is not None and current.data_fingerprint == mark:
            return current
        force = False
    raise StoreError(
        f"Other runs keep bringing other deliveries into the store {options.store}, so that"
        f" {settings.name} cannot start on its own: give each delivery a store."
    )


def run_on_store(store: Store, settings: AnalysisSettings, options: Namespace, lease: Lease) -> Run:
    """The run a stage belongs to when it is called alone: the one of the data last ingested."""
    current = _new_run(store, settings, options, lease)
    if current is not None:
        return current
    # Somebody may be ingesting: wait for that, or say who it is.
    wait = 60.0 * getattr(options, "wait", 0.0)
    with held(store, DELIVERY, wait_seconds=wait, tell=Progress(options.quiet).tell):
        current = _new_run(store, settings, options, lease)
    if current is None:
        raise ConfigError(
            f"The store {options.store} holds no data yet, or the last ingestion was interrupted:"
            " `kommunebench ingest` or `run` first."
        )
    return current


def _new_run(
    store: Store, settings: AnalysisSettings, options: Namespace, lease: Lease
) -> Run | None:
    """The run of an analysis on the data the store holds; None where it holds none, or an ingestion
    began and has not finished."""
    data = _data_held(store, settings)
    if data is None:
        return None
    log, mark, ingested, versions = data
    return Run(
        store=store,
        settings=settings,
        run_id=run_identifier(settings, mark),
        data_fingerprint=mark,
        progress=Progress(options.quiet),
        log=log,
        force=options.force,
        lease=lease,
        versions=versions,
        metrics={**ingested.metrics, f"seconds_{ingested.stage}": ingested.seconds},
    )


def _data_held(
    store: Store, settings: AnalysisSettings
) -> tuple[RunLog, str, StageRecord, dict[str, int]] | None:
    """The log, the fingerprint of the data of an analysis, the record of the ingestion that last
    brought data, and the versions of the tables that hold them.

    The log is read before and after the others: where an ingestion began or ended in between, they
    may be of two deliveries, and all are read again.
    """
    from kommunebench.stages.bronze_writes import stored_data
    from kommunebench.stages.order import stages_of

    tables, log = tables_read(stages_of(settings)), RunLog(store)
    while True:
        stage, analysis = _ingestion_of(settings)
        ingested = log.finished(stage, analysis)
        if ingested is None:
            return None
        versions = versions_now(store, tables)
        from_registers = settings.starts_from == "registers"
        mark = stored_data(store, settings) if from_registers else ingested.fingerprint
        before, log = log, RunLog(store)
        if before.of_stage(stage, analysis) == log.of_stage(stage, analysis):
            return log, mark, ingested, versions


def _ingestion_of(settings: AnalysisSettings) -> tuple[str, str]:
    """Stage and analysis of the records of what brings the data of an analysis into a store."""
    if settings.starts_from == "spells":
        return "spells_file", settings.name
    return "ingest", DELIVERY
