"""Verbs and options of the command line. Knows neither Spark nor data."""

import argparse
from argparse import ArgumentParser
from typing import TypeAlias

from kommunebench import __version__
from kommunebench.command_options import (
    ANALYSIS_HELP,
    MAIN_ANALYSIS,
    REGISTERS_HELP,
    STORE_HELP,
    add_analysis_of_delivery,
    add_mapping,
    add_overrides,
    add_registers,
    add_registration,
    add_simulation_options,
    common_options,
    run_options,
    tracking_options,
)

# What `kommunebench --help` says of each verb that runs some of the stages; docs/architecture.md
# names them.
STAGE_VERBS = {
    "panel": "population, weekly panel and spells (or persons with an outcome), from the store",
    "benchmark": "flow, curves, national models and indicators, from the store",
    "uncertainty": "errors, verdicts and the checks of the models, from the store",
    "cost": "unit costs, cost need and cost indicators, from the store",
    "efficiency": "results against costs: regressions and frontiers, from the store",
    "report": "report pages and tracked run, from the store",
}
# What add_subparsers returns has no public name.
Verbs: TypeAlias = "argparse._SubParsersAction[ArgumentParser]"


def build_parser() -> ArgumentParser:
    """The parser of the whole command line."""
    parser = ArgumentParser(
        prog="kommunebench",
        description=(
            "Benchmark municipalities: registers in, indicators with their uncertainty out."
        ),
    )
    parser.add_argument("--version", action="version", version=f"kommunebench {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    common, tracking = common_options(), tracking_options()
    chosen = run_options(tracking)
    _add_delivery_verbs(verbs, common, chosen)
    _add_run_verbs(verbs, common, chosen)
    _add_store_verbs(verbs, common, tracking)
    _add_demo(verbs, common)
    return parser


def _add_delivery_verbs(verbs: Verbs, common: ArgumentParser, chosen: ArgumentParser) -> None:
    """simulate, validate, ingest."""
    simulate = verbs.add_parser(
        "simulate", parents=[common], help="write simulated registers in the delivered layout"
    )
    simulate.add_argument(
        "--out", required=True, metavar="DIR", help="folder for the registers and their truth"
    )
    add_simulation_options(simulate)
    validate = verbs.add_parser(
        "validate", parents=[common], help="check a delivery; changes nothing"
    )
    add_registers(validate)
    add_mapping(validate)
    add_analysis_of_delivery(validate, "checked")
    add_overrides(validate)
    validate.add_argument("--json", metavar="FILE", help="write the problems as JSON as well")
    ingest = verbs.add_parser("ingest", parents=[common, chosen], help="delivery to bronze tables")
    add_registers(ingest)
    add_mapping(ingest)
    add_analysis_of_delivery(ingest, "read")


def _add_run_verbs(verbs: Verbs, common: ArgumentParser, chosen: ArgumentParser) -> None:
    """The stages alone, and run."""
    for verb, said in STAGE_VERBS.items():
        stage = verbs.add_parser(verb, parents=[common, chosen], help=said, description=said)
        stage.add_argument("analysis", metavar="ANALYSIS", help=ANALYSIS_HELP)
        if verb == "report":
            add_registration(stage)
    run = verbs.add_parser("run", parents=[common, chosen], help="all stages in order")
    run.add_argument(
        "analyses",
        nargs="+",
        metavar="ANALYSIS",
        help=f"{ANALYSIS_HELP}, or a set of analyses such as factsheet",
    )
    source = run.add_mutually_exclusive_group(required=True)
    source.add_argument("--registers", metavar="DIR", help=REGISTERS_HELP)
    add_mapping(run)
    source.add_argument(
        "--spells",
        metavar="FILE",
        help="one row per spell: a file (CSV, Parquet, SAS7BDAT) or a folder of such files",
    )
    add_registration(run)


def _add_store_verbs(verbs: Verbs, common: ArgumentParser, tracking: ArgumentParser) -> None:
    """runs, compare, overview, prune."""
    runs = verbs.add_parser(
        "runs", parents=[common, tracking], help="tracked runs of a store, newest first"
    )
    runs.add_argument("--store", required=True, help=STORE_HELP)
    runs.add_argument(
        "--analysis",
        help="only runs of this analysis: its name, or the YAML file it was run from",
    )
    runs.add_argument("--newest", type=int, metavar="N", help="only the newest N (default: all)")
    compare = verbs.add_parser(
        "compare", parents=[common, tracking], help="tracked runs side by side"
    )
    compare.add_argument(
        "runs",
        nargs="+",
        metavar="RUN",
        help="at least two runs, each by ANALYSIS-RUN as `kommunebench runs` prints it, by its run"
        " id or by its MLflow id",
    )
    compare.add_argument("--store", required=True, help=STORE_HELP)
    compare.add_argument("--out", metavar="FILE", help="write the comparison as CSV")
    overview = verbs.add_parser(
        "overview", parents=[common], help="one page over several analyses of a store"
    )
    overview.add_argument("--store", required=True, help="folder where the tables are")
    overview.add_argument(
        "analyses",
        nargs="*",
        metavar="ANALYSIS",
        help=f"{ANALYSIS_HELP} (default: all analyses of conf/analyses that the store holds)",
    )
    prune = verbs.add_parser("prune", parents=[common], help="drop old runs of a store")
    prune.add_argument("--store", required=True, help=STORE_HELP)
    prune.add_argument(
        "--keep",
        type=int,
        default=3,
        metavar="N",
        help="keep the newest N runs of each analysis (default: 3)",
    )
    prune.add_argument("--yes", action="store_true", help="do it; else only say what would go")


def _add_demo(verbs: Verbs, common: ArgumentParser) -> None:
    demo = verbs.add_parser(
        "demo", parents=[common], help="analyses on simulated registers, into ./demo"
    )
    demo.add_argument(
        "analyses",
        nargs="*",
        metavar="ANALYSIS",
        help=f"what is run over them (default: {MAIN_ANALYSIS}; factsheet: the fact sheet's five)",
    )
    demo.add_argument(
        "--out",
        default="demo",
        metavar="DIR",
        help="folder for registers, truth and store (default: demo)",
    )
    demo.add_argument(
        "--force", action="store_true", help="simulate and run again even where nothing changed"
    )
    add_overrides(demo)
    add_simulation_options(demo)
