"""What each verb does: load settings, open the store, run stages. No data, no arithmetic."""

import shlex
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kommunebench.calls import environment_of, mapping_of, store_of
from kommunebench.command_options import MAIN_ANALYSIS
from kommunebench.data_commands import simulate, validate
from kommunebench.errors import ConfigError, KommunebenchError
from kommunebench.pipeline import run_stages
from kommunebench.places import has_scheme
from kommunebench.run_opening import hold_analysis, run_on_delivery, run_on_store
from kommunebench.settings import AnalysisSettings, analyses_of, load_analysis
from kommunebench.storage import Store
from kommunebench.store_commands import compare, overview, prune, runs
from kommunebench.terminal import Progress, say

if TYPE_CHECKING:
    from kommunebench.registers import AnyPath
    from kommunebench.stages.stage import Stage
    from kommunebench.tracked import FinishedRun


def ingest(options: Namespace) -> int:
    """Delivery to bronze tables."""
    from kommunebench.registers import locate
    from kommunebench.stages.ingest import ingest_delivery

    settings = load_analysis(options.analysis, tuple(options.overrides))
    mapping, store = mapping_of(options), store_of(options)
    ingest_delivery(
        store,
        locate(options.registers, store.spark),
        settings,
        Progress(options.quiet),
        force=options.force,
        mapping=mapping,
    )
    return 0


def stage(options: Namespace) -> int:
    """One stage alone, on what the store holds; of an analysis that has no such stage, nothing: a
    job is the same chain of verbs for every analysis."""
    settings = load_analysis(options.analysis, tuple(options.overrides))
    from kommunebench.stages.order import stages_of

    chosen = [s for s in stages_of(settings) if s.verb == options.verb]
    if not chosen:
        say(f"{settings.name}: {options.verb} has nothing to do, the analysis has no such stage")
        return 0
    store = store_of(options)
    with hold_analysis(store, settings, options) as lease:
        current = run_on_store(store, settings, options, lease)
        run_stages(current, _with_upstream(stages_of(settings), chosen))
    say(f"{settings.name}: {options.verb} done, run {current.run_id}")
    return 0


def run(options: Namespace) -> int:
    """All stages of one or more analyses, each as a tracked run."""
    named = analyses_of(options.analyses)
    analyses = [load_analysis(name, tuple(options.overrides)) for name in named]
    _check_sources(analyses, options)
    _check_tracking(options, len(analyses))
    mapping = mapping_of(options)
    from kommunebench.registers import locate
    from kommunebench.tracked import run_tracked

    store, statuses = store_of(options), []
    source = locate(options.spells or options.registers, store.spark)
    _check_exists(source, options)
    for name, settings in zip(named, analyses, strict=True):
        try:
            with hold_analysis(store, settings, options) as lease:
                current = run_on_delivery(
                    store, settings, options, lease, mapping=mapping, source=source
                )
                done = run_tracked(current, _registration(options))
        except KommunebenchError as error:
            if options.debug or len(named) == 1:
                raise
            # The others may well be possible: what stops one is mostly what it alone reads or asks.
            sys.stderr.write(f"kommunebench {options.verb} {name}: {error}\n")
            statuses.append(error.exit_status)
            continue
        statuses.append(_announce(name, settings, current.run_id, done, options))
    if len(named) > 1 and any(statuses):
        without = [name for name, status in zip(named, statuses, strict=True) if status]
        sys.stderr.write(
            f"kommunebench {options.verb}: {len(named) - len(without)} of {len(named)} analyses"
            f" ended as they should; not {', '.join(without)} (why is said above).\n"
        )
    return max(statuses)


def report(options: Namespace) -> int:
    """Pages and tracked run from what the store holds; stages that are not up to date run first."""
    settings = load_analysis(options.analysis, tuple(options.overrides))
    _check_tracking(options)
    from kommunebench.tracked import run_tracked

    store = store_of(options)
    with hold_analysis(store, settings, options) as lease:
        current = run_on_store(store, settings, options, lease)
        done = run_tracked(current, _registration(options))
    return _announce(options.analysis, settings, current.run_id, done, options)


def _registration(options: Namespace) -> str | None:
    """Under which name the model is registered; the demo has no such option."""
    return getattr(options, "register", None)


def _check_tracking(options: Namespace, n_analyses: int = 1) -> None:
    """Refuse what a run could not be tracked with before Spark is started and anything is computed:
    a name no model can be registered under, or one name for several models; a store whose runs have
    no place."""
    from kommunebench.tracking import check_tracking, parse_registration

    if name := _registration(options):
        parse_registration(name)
        if n_analyses > 1:
            raise ConfigError(
                f"--register {name}: {n_analyses} analyses have a model each, and each would be a"
                " version of this one name, the alias at the last. Run them without --register,"
                " then `kommunebench report ANALYSIS --register NAME` for each."
            )
    check_tracking(Store(None, options.store, environment_of(options)))  # no table is read


def _announce(
    name: str,
    settings: AnalysisSettings,
    identifier: str,
    done: "FinishedRun",
    options: Namespace,
) -> int:
    """Say where a run's results are; status 2 where the tracking server does not have them, or has
    no model that it should have registered. ``name``: the analysis as the call names it."""
    say(f"{settings.name}  run {identifier}")
    for language, page in done.pages.items():
        say(f"  report ({language})   {page}")
    if done.not_sent is None:
        say(f"  tracked run    {done.tracking_uri}  {done.mlflow_run_id}")
        if done.not_registered is None:
            return 0
        sys.stderr.write(f"kommunebench {options.verb}: {done.not_registered}\n")
        return 2
    later = ["kommunebench", "report", name, "--store", options.store]
    later += ["--env", options.env]
    if getattr(options, "experiment", None):
        later += ["--experiment", options.experiment]
    later += [word for value in options.overrides for word in ("--set", value)]
    if register := _registration(options):
        later += ["--register", register]
    sys.stderr.write(
        f"kommunebench {options.verb}: {done.not_sent} All tables and the report are in the store"
        f" {options.store}. To send the run once the server answers: {shlex.join(later)}\n"
    )
    return 2


def demo(options: Namespace) -> int:
    """Simulated registers, the main analysis or others over them, reports and tracked runs."""
    out = Path(options.out)
    simulate(options)
    options.registers, options.spells, options.store = (
        str(out / "registers"),
        None,
        str(out / "store"),
    )
    options.analyses = options.analyses or [MAIN_ANALYSIS]
    status = run(options)
    say(
        "  browse runs    make ui   (or: mlflow ui --backend-store-uri"
        f" sqlite:///{out / 'store' / 'mlflow.db'})"
    )
    return status


def _check_sources(analyses: list[AnalysisSettings], options: Namespace) -> None:
    wanted = "spells" if options.spells else "registers"
    for settings in analyses:
        if settings.starts_from != wanted:
            raise ConfigError(
                f"{settings.name} starts from {settings.starts_from}: give"
                f" --{settings.starts_from}."
            )
    source = options.spells or options.registers
    if not has_scheme(source):
        _check_exists(Path(source), options)


def _check_exists(source: "AnyPath", options: Namespace) -> None:
    """Raise ConfigError where there is no such delivery; a local one is looked for before Spark is
    started."""
    if not source.exists():
        name = "spells" if options.spells else "registers"
        raise ConfigError(f"--{name} {source}: no such file or folder.")


def _with_upstream(stages: tuple["Stage", ...], chosen: list["Stage"]) -> list["Stage"]:
    """The chosen stages and what they build on, in order; what did not change is skipped anyway."""
    from kommunebench.stages.valid_records import upstream_of

    names = {s.name for one in chosen for s in (one, *upstream_of(one, stages))}
    return [s for s in stages if s.name in names]


COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "simulate": simulate,
    "validate": validate,
    "ingest": ingest,
    "run": run,
    "compare": compare,
    "overview": overview,
    "runs": runs,
    "prune": prune,
    "demo": demo,
    "panel": stage,
    "benchmark": stage,
    "uncertainty": stage,
    "cost": stage,
    "efficiency": stage,
    "report": report,
}
