"""The verbs that make and check deliveries: simulate, validate."""

import hashlib
import json
from argparse import Namespace
from pathlib import Path

from kommunebench.calls import environment_of, mapping_of
from kommunebench.errors import ConfigError
from kommunebench.run_log import SIMULATION_MARKER
from kommunebench.settings import load_analysis
from kommunebench.spark import get_spark
from kommunebench.terminal import Progress, say


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
            get_spark(environment_of(options)),
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
    from kommunebench.registers import locate, validate_delivery
    from kommunebench.registers.validation import show_report

    settings = load_analysis(options.analysis, tuple(options.overrides))
    mapping = mapping_of(options)
    spark = get_spark(environment_of(options))
    report = validate_delivery(spark, locate(options.registers, spark), settings, mapping)
    say(show_report(report))
    if options.json:
        Path(options.json).write_text(
            json.dumps(report.as_json(), indent=2, ensure_ascii=False), encoding="utf-8"
        )
    return 0 if report.usable else 1
