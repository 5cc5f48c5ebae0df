"""What each verb does: load settings, open the store, run stages. No data, no arithmetic."""

import hashlib
import json
import shlex
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kommunebench.errors import ConfigError
from kommunebench.pipeline import run_stages
from kommunebench.run_log import SIMULATION_MARKER
from kommunebench.run_opening import hold_analysis, run_on_delivery, run_on_store
from kommunebench.settings import (
    AnalysisSettings,
    DeliveryMapping,
    load_analysis,
    load_environment,
    load_mapping,
)
from kommunebench.spark import get_spark
from kommunebench.storage import Store
from kommunebench.terminal import Progress, say

if TYPE_CHECKING:
    from kommunebench.stages.stage import Stage
    from kommunebench.tracked import FinishedRun


def simulate(options: Namespace) -> int:
    """Write simulated registers, and beside them what they were simulated with."""
    if not 0 < options.scale <= 1000 or not 0 <= options.background <= 1:
        raise ConfigError(
            f"--scale {options.scale} must lie in (0, 1000] and --background {options.background}"
            " in [0, 1]."
        )
    from kommunebench.simulation.simulate import simulate_registers

    out = Path(options.out)
    effects = options.effects if options.effects in ("report", "none") else Path(options.effects)
    wanted = {
        "scale": options.scale,
        "seed": options.seed,
        "format": options.format,
        "background": options.background,
        "effects": options.effects if isinstance(effects, str) else _named_by_content(effects),
    }
    progress = Progress(options.quiet)
    with progress.step("simulate") as step:
        marker = out / "registers" / SIMULATION_MARKER
        if (
            not getattr(options, "force", True)
            and marker.is_file()
            and json.loads(marker.read_text()) == wanted
        ):
            step.note("unchanged")
            return 0
        marker.unlink(missing_ok=True)
        simulate_registers(
            get_spark(load_environment(options.env)),
            out,
            scale=options.scale,
            seed=options.seed,
            fmt=options.format,
            background=options.background,
            effects=effects,
        )
        marker.write_text(json.dumps(wanted), encoding="utf-8")
        step.note(f"{out / 'registers'}")
    return 0


def _named_by_content(effects: Path) -> str:
    """A name of a file of effects that changes with its content; a missing file is for the
    simulator to complain about."""
    digest = (
        hashlib.sha256(effects.read_bytes()).hexdigest()[:12] if effects.is_file() else "missing"
    )
    return f"{effects.name.replace(' ', '_')}:{digest}"


def validate(options: Namespace) -> int:
    """List everything wrong with a delivery; status 1 where an analysis could not go on."""
    from kommunebench.registers import validate_delivery
    from kommunebench.registers.validation import show_report

    settings, mapping = load_analysis(options.analysis), _mapping(options)
    report = validate_delivery(
        get_spark(load_environment(options.env)), Path(options.registers), settings, mapping
    )
    say(show_report(report))
    if options.json:
        Path(options.json).write_text(
            json.dumps(report.as_json(), indent=2, ensure_ascii=False), encoding="utf-8"
        )
    return 0 if report.usable else 1


def ingest(options: Namespace) -> int:
    """Delivery to bronze tables."""
    from kommunebench.stages.ingest import ingest_delivery

    settings = load_analysis(options.analysis, tuple(options.overrides))
    mapping = _mapping(options)
    ingest_delivery(
        _store(options),
        Path(options.registers),
        settings,
        Progress(options.quiet),
        options.force,
        mapping,
    )
    return 0


def stage(options: Namespace) -> int:
    """One stage alone, on what the store holds."""
    settings = load_analysis(options.analysis, tuple(options.overrides))
    from kommunebench.stages.order import stages_of

    chosen = [s for s in stages_of(settings) if s.verb == options.verb]
    if not chosen:
        raise ConfigError(
            f"The analysis {settings.name} has no stage {options.verb}: its settings lack the"
            " section."
        )
    store = _store(options)
    with hold_analysis(store, settings, options) as lease:
        current = run_on_store(store, settings, options, lease)
        run_stages(current, _with_upstream(stages_of(settings), chosen))
    say(f"{settings.name}: {options.verb} done, run {current.run_id}")
    return 0


def run(options: Namespace) -> int:
    """All stages of one or more analyses, each as a tracked run."""
    analyses = [load_analysis(name, tuple(options.overrides)) for name in options.analyses]
    _check_sources(analyses, options)
    _check_registration(options)
    mapping = _mapping(options)
    from kommunebench.tracked import run_tracked

    store, status = _store(options), 0
    for settings in analyses:
        with hold_analysis(store, settings, options) as lease:
            current = run_on_delivery(store, settings, options, lease, mapping)
            done = run_tracked(current, _registration(options))
        status = max(status, _announce(settings, current.run_id, done, options))
    return status


def report(options: Namespace) -> int:
    """Pages and tracked run from what the store holds; stages that are not up to date run first."""
    settings = load_analysis(options.analysis, tuple(options.overrides))
    _check_registration(options)
    from kommunebench.tracked import run_tracked

    store = _store(options)
    with hold_analysis(store, settings, options) as lease:
        current = run_on_store(store, settings, options, lease)
        done = run_tracked(current, _registration(options))
    return _announce(settings, current.run_id, done, options)


def _registration(options: Namespace) -> str | None:
    """Under which name the model is registered; the demo has no such option."""
    return getattr(options, "register", None)


def _check_registration(options: Namespace) -> None:
    """Refuse a name that cannot be one before anything is computed."""
    from kommunebench.tracking import parse_registration

    if name := _registration(options):
        parse_registration(name)


def _announce(
    settings: AnalysisSettings, identifier: str, done: "FinishedRun", options: Namespace
) -> int:
    """Say where a run's results are; status 2 where the tracking server does not have them."""
    say(f"{settings.name}  run {identifier}")
    for language, page in done.pages.items():
        say(f"  report ({language})   {page}")
    if done.not_sent is None:
        say(f"  tracked run    {done.tracking_uri}  {done.mlflow_run_id}")
        return 0
    later = ["kommunebench", "report", settings.name, "--store", options.store]
    later += ["--env", options.env]
    later += [word for value in options.overrides for word in ("--set", value)]
    sys.stderr.write(
        f"kommunebench {options.verb}: {done.not_sent} All tables and the report are in the store"
        f" {options.store}. To send the run once the server answers: {shlex.join(later)}\n"
    )
    return 2


def compare(options: Namespace) -> int:
    """Two or more tracked runs side by side."""
    from kommunebench.comparison import compare_runs, show_comparison
    from kommunebench.tracking import read_run

    if len(options.runs) < 2:
        raise ConfigError(
            "compare needs at least two runs (an MLflow id, a run id, or ANALYSIS-RUN)."
        )
    store = Store(None, options.store, load_environment(options.env))  # type: ignore[arg-type]  # no table is read
    comparison = compare_runs([read_run(store, name) for name in options.runs])
    say(show_comparison(comparison))
    if options.out:
        comparison.indicators.to_csv(options.out, index=False)
    return 0


def demo(options: Namespace) -> int:
    """Simulated registers, the main analysis over them, report and tracked run."""
    out = Path(options.out)
    simulate(options)
    options.registers, options.spells, options.store = (
        str(out / "registers"),
        None,
        str(out / "store"),
    )
    options.analyses = ["integration_employment"]
    status = run(options)
    say(
        "  browse runs    make ui   (or: mlflow ui --backend-store-uri"
        f" sqlite:///{out / 'store' / 'mlflow.db'})"
    )
    return status


def _mapping(options: Namespace) -> DeliveryMapping | None:
    """The mapping of a delivery under other names; none: files are found by the usual ones."""
    name = getattr(options, "mapping", None)
    return load_mapping(name) if name else None


def _store(options: Namespace) -> Store:
    environment = load_environment(options.env)
    return Store(get_spark(environment), options.store, environment)


def _check_sources(analyses: list[AnalysisSettings], options: Namespace) -> None:
    wanted = "spells" if options.spells else "registers"
    for settings in analyses:
        if settings.starts_from != wanted:
            raise ConfigError(
                f"{settings.name} starts from {settings.starts_from}: give"
                f" --{settings.starts_from}."
            )
    source = Path(options.spells or options.registers)
    if not source.exists():
        raise ConfigError(f"--{wanted} {source}: no such file or folder.")


def _with_upstream(stages: tuple["Stage", ...], chosen: list["Stage"]) -> list["Stage"]:
    """The chosen stages and what they build on, in order; what did not change is skipped anyway."""
    wanted = {s.name for s in chosen}
    for candidate in reversed(stages):
        if candidate.name in wanted:
            wanted.update(candidate.after)
    return [s for s in stages if s.name in wanted]


COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "simulate": simulate,
    "validate": validate,
    "ingest": ingest,
    "run": run,
    "compare": compare,
    "demo": demo,
    "panel": stage,
    "benchmark": stage,
    "uncertainty": stage,
    "cost": stage,
    "efficiency": stage,
    "report": report,
}
