"""The main analysis from registers to report on small simulated countries: `python -m
benchmarks.small_deliveries --scales 0.02 0.1 0.5 --seeds 5`.

All countries go through one Spark session, each into a folder that is gone afterwards unless
`--keep` names one. A run ends with a report or with its error. Prints Markdown, a row a country:
how it ended, and what its published tables hold.
"""

import argparse
import sys
import tempfile
import time
import traceback
from argparse import Namespace
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from benchmarks.markdown import row, table
from kommunebench import commands
from kommunebench.calls import store_of
from kommunebench.command_line import build_parser
from kommunebench.command_options import MAIN_ANALYSIS
from kommunebench.errors import KommunebenchError
from kommunebench.registers import locate
from kommunebench.run_opening import hold_analysis, run_on_delivery
from kommunebench.settings import load_analysis
from kommunebench.stages.published import read_published
from kommunebench.tracked import run_tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended: with what in its published tables, in how many seconds, or why it
    stopped."""

    spells: int = 0
    compared: int = 0
    verdicts: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    held: str = ""
    replicates: int = 0
    checks: str = ""
    seconds: float = 0.0
    stopped: str = ""


def run_country(folder: Path, scale: float, seed: int, overrides: list[str]) -> Ended:
    """Simulate a country and run the main analysis on its registers."""
    started = time.monotonic()
    delivery, store = folder / "registers", folder / "store"
    parse = build_parser().parse_args
    try:
        drawn = ["--scale", str(scale), "--seed", str(seed), "--out", str(folder), "--quiet"]
        commands.simulate(parse(["simulate", *drawn]))
        chosen = [word for one in overrides for word in ("--set", one)]
        places = ["--registers", str(delivery), "--store", str(store), "--quiet"]
        tables = _tables(parse(["run", MAIN_ANALYSIS, *places, *chosen]))
    except KommunebenchError as error:
        seconds = time.monotonic() - started
        return Ended(stopped=f"{type(error).__name__}: {error}", seconds=seconds)
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        seconds = time.monotonic() - started
        return Ended(stopped=f"{type(error).__name__} (not a message of its own)", seconds=seconds)
    return _ended(tables, time.monotonic() - started)


def _tables(options: Namespace) -> dict[str, pd.DataFrame]:
    """The published tables of a run whose report pages have been written."""
    settings = load_analysis(options.analyses[0], tuple(options.overrides))
    store = store_of(options)
    source = locate(options.registers, store.spark)
    with hold_analysis(store, settings, options) as lease:
        run = run_on_delivery(store, settings, options, lease, mapping=None, source=source)
        done = run_tracked(run)
    if not all(Path(page).stat().st_size for page in done.pages.values()):
        raise RuntimeError("a page of the report is empty.")
    return read_published(store, settings, run.run_id).tables


def _ended(tables: dict[str, pd.DataFrame], seconds: float) -> Ended:
    indicators = tables["benchmark_indicators"]
    included, summary = indicators["included"].astype(bool), tables["benchmark_summary"].iloc[0]
    made = dict.fromkeys(tables["sensitivity"]["check"]) if "sensitivity" in tables else {}
    return Ended(
        spells=int(pd.to_numeric(indicators["spells"]).sum()),
        compared=int(included.sum()),
        verdicts=int(indicators.loc[included, "assessment"].notna().sum()),
        reasons=Counter(indicators["no_verdict_reason"].dropna()),
        marks=Counter(tables["cox_coefficients"]["mark"].dropna()),
        held=summary["held_groups"] or "none",
        replicates=int(summary["replicates"]),
        checks=", ".join(made) or "none",
        seconds=seconds,
    )


def main() -> None:
    """Print how every country ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", type=float, nargs="+", default=[0.02, 0.05, 0.1, 0.2, 0.5])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--keep", type=Path, help="folder in which reports and stores are kept")
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    arguments = parser.parse_args()
    table(
        "Small deliveries",
        *("scale", "seed", "spells", "compared", "verdicts", "no verdict", "marked terms"),
        *("held", "replicates", "checks", "seconds", "stopped"),
    )
    for seed in arguments.seeds:
        for scale in arguments.scales:
            with tempfile.TemporaryDirectory() as passing:
                folder = Path(passing)
                if arguments.keep is not None:
                    folder = arguments.keep / f"scale_{scale}_seed_{seed}"
                ended = run_country(folder, scale, seed, arguments.overrides)
            row(
                *(scale, seed, ended.spells, ended.compared, ended.verdicts),
                *(_counted(ended.reasons), _counted(ended.marks), ended.held, ended.replicates),
                *(ended.checks, round(ended.seconds), ended.stopped),
            )


def _counted(names: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(names.items())) or "none"


if __name__ == "__main__":
    main()
