"""Verbs and options of the command line, as the contract has them. Knows neither Spark nor data."""

import argparse
from argparse import ArgumentParser
from typing import TypeAlias

from kommunebench import __version__

STAGE_VERBS = ("panel", "benchmark", "uncertainty", "cost", "efficiency", "report")
MAIN_ANALYSIS = "integration_employment"
# What add_subparsers returns has no public name.
Verbs: TypeAlias = "argparse._SubParsersAction[ArgumentParser]"


def build_parser() -> ArgumentParser:
    """The whole command line: verbs and options as the contract has them."""
    parser = ArgumentParser(
        prog="kommunebench",
        description=(
            "Benchmark municipalities: registers in, indicators with their uncertainty out."
        ),
    )
    parser.add_argument("--version", action="version", version=f"kommunebench {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    common, tracking = _common_options(), _tracking_options()
    chosen = _run_options(tracking)
    _add_delivery_verbs(verbs, common, chosen)
    _add_run_verbs(verbs, common, chosen)
    _add_store_verbs(verbs, common, tracking)
    _add_demo(verbs, common)
    return parser


def _common_options() -> ArgumentParser:
    """What every verb takes."""
    common = ArgumentParser(add_help=False)
    common.add_argument(
        "--env", default="local", help="name in conf/env or path to a YAML file (default: local)"
    )
    common.add_argument("--quiet", action="store_true", help="no progress on standard error")
    common.add_argument(
        "--debug", action="store_true", help="show full error messages; they may show data"
    )
    return common


def _tracking_options() -> ArgumentParser:
    tracking = ArgumentParser(add_help=False)
    tracking.add_argument(
        "--experiment", metavar="NAME", help="MLflow experiment (default: the environment's)"
    )
    return tracking


def _run_options(tracking: ArgumentParser) -> ArgumentParser:
    """What every verb takes that writes to a store."""
    chosen = ArgumentParser(add_help=False, parents=[tracking])
    chosen.add_argument(
        "--store",
        required=True,
        help="where the tables are: a folder, also of another file system (hdfs://, s3a://), or"
        " catalog.schema",
    )
    chosen.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="overrides",
        help="override one setting",
    )
    chosen.add_argument(
        "--force", action="store_true", help="run stages even where nothing changed"
    )
    chosen.add_argument(
        "--wait",
        type=float,
        default=0.0,
        metavar="MINUTES",
        help="wait this long while another run works on the same analysis (default: do not)",
    )
    return chosen


def _add_delivery_verbs(verbs: Verbs, common: ArgumentParser, chosen: ArgumentParser) -> None:
    """simulate, validate, ingest."""
    simulate = verbs.add_parser(
        "simulate", parents=[common], help="write simulated registers in the delivered layout"
    )
    simulate.add_argument("--out", required=True, metavar="DIR")
    _add_simulation_options(simulate)
    validate = verbs.add_parser(
        "validate", parents=[common], help="check a delivery; changes nothing"
    )
    validate.add_argument("--registers", required=True, metavar="DIR")
    _add_mapping(validate)
    validate.add_argument("--analysis", default=MAIN_ANALYSIS, help="whose registers are required")
    validate.add_argument("--json", metavar="FILE", help="write the problems as JSON as well")
    ingest = verbs.add_parser("ingest", parents=[common, chosen], help="delivery to bronze tables")
    ingest.add_argument("--registers", required=True, metavar="DIR")
    _add_mapping(ingest)
    ingest.add_argument("--analysis", default=MAIN_ANALYSIS, help="whose registers are read")


def _add_run_verbs(verbs: Verbs, common: ArgumentParser, chosen: ArgumentParser) -> None:
    """The stages alone, and run."""
    for verb in STAGE_VERBS:
        stage = verbs.add_parser(verb, parents=[common, chosen], help=f"the stage {verb} alone")
        stage.add_argument("analysis", metavar="ANALYSIS")
        if verb == "report":
            _add_registration(stage)
    run = verbs.add_parser("run", parents=[common, chosen], help="all stages in order")
    run.add_argument(
        "analyses",
        nargs="+",
        metavar="ANALYSIS",
        help="name in conf/analyses or path to a YAML file",
    )
    source = run.add_mutually_exclusive_group(required=True)
    source.add_argument("--registers", metavar="DIR")
    _add_mapping(run)
    source.add_argument(
        "--spells",
        metavar="FILE",
        help="one row per spell: a file (CSV, Parquet, SAS7BDAT) or a folder of such files",
    )
    _add_registration(run)


def _add_store_verbs(verbs: Verbs, common: ArgumentParser, tracking: ArgumentParser) -> None:
    """runs, compare, overview, prune."""
    runs = verbs.add_parser(
        "runs", parents=[common, tracking], help="tracked runs of a store, newest first"
    )
    runs.add_argument("--store", required=True)
    runs.add_argument(
        "--analysis",
        help="only runs of this analysis: its name, or the YAML file it was run from",
    )
    runs.add_argument("--newest", type=int, metavar="N", help="only the newest N (default: all)")
    compare = verbs.add_parser(
        "compare", parents=[common, tracking], help="tracked runs side by side"
    )
    compare.add_argument("runs", nargs="+", metavar="RUN")
    compare.add_argument("--store", required=True)
    compare.add_argument("--out", metavar="FILE", help="write the comparison as CSV")
    overview = verbs.add_parser(
        "overview", parents=[common], help="one page over several analyses of a store"
    )
    overview.add_argument("--store", required=True)
    overview.add_argument(
        "analyses",
        nargs="*",
        metavar="ANALYSIS",
        help="name in conf/analyses or path to a YAML file (default: all the store holds)",
    )
    prune = verbs.add_parser("prune", parents=[common], help="drop old runs of a store")
    prune.add_argument("--store", required=True)
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
    demo.add_argument("--out", default="demo", metavar="DIR")
    demo.add_argument(
        "--force", action="store_true", help="simulate and run again even where nothing changed"
    )
    demo.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="overrides")
    _add_simulation_options(demo)


def _add_mapping(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--mapping",
        metavar="NAME_OR_PATH",
        help="files under other names: name in conf/registers or path to a YAML file",
    )


def _add_registration(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--register",
        metavar="NAME[@ALIAS]",
        help="register the model under this name; the alias (default: candidate) then points to it",
    )


def _add_simulation_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--scale", type=float, default=1.0, help="1 = the report's population (default)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument(
        "--background",
        type=float,
        default=0.002,
        help="share of the national population beside the newcomers",
    )
    parser.add_argument(
        "--effects",
        default="report",
        metavar="report|none|FILE",
        help=(
            "true effects of municipalities: report-like, none, or a CSV with municipality_code,"
            " effect (log hazard)"
        ),
    )
