"""The command kommunebench: one parser for the terminal, the scripts in jobs/ and a cluster's wheel
tasks."""

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Sequence

from kommunebench import __version__
from kommunebench.errors import KommunebenchError

STAGE_VERBS = ("panel", "benchmark", "uncertainty", "cost", "efficiency", "report")


def build_parser() -> argparse.ArgumentParser:
    """The whole command line: verbs and options as the contract has them."""
    parser = argparse.ArgumentParser(
        prog="kommunebench",
        description=(
            "Benchmark municipalities: registers in, indicators with their uncertainty out."
        ),
    )
    parser.add_argument("--version", action="version", version=f"kommunebench {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--env", default="local", help="name in conf/env or path to a YAML file (default: local)"
    )
    common.add_argument("--quiet", action="store_true", help="no progress on standard error")
    common.add_argument(
        "--debug", action="store_true", help="show full error messages; they may show data"
    )
    tracking = argparse.ArgumentParser(add_help=False)
    tracking.add_argument(
        "--experiment", metavar="NAME", help="MLflow experiment (default: the environment's)"
    )
    chosen = argparse.ArgumentParser(add_help=False, parents=[tracking])
    chosen.add_argument("--store", required=True, help="folder or catalog.schema with the tables")
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
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

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
    validate.add_argument(
        "--analysis", default="integration_employment", help="whose registers are required"
    )
    validate.add_argument("--json", metavar="FILE", help="write the problems as JSON as well")

    ingest = verbs.add_parser("ingest", parents=[common, chosen], help="delivery to bronze tables")
    ingest.add_argument("--registers", required=True, metavar="DIR")
    _add_mapping(ingest)
    ingest.add_argument(
        "--analysis", default="integration_employment", help="whose registers are read"
    )

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
    source.add_argument("--spells", metavar="FILE", help="CSV or Parquet with one row per spell")
    _add_registration(run)

    compare = verbs.add_parser(
        "compare", parents=[common, tracking], help="tracked runs side by side"
    )
    compare.add_argument("runs", nargs="+", metavar="RUN")
    compare.add_argument("--store", required=True)
    compare.add_argument("--out", metavar="FILE", help="write the comparison as CSV")

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

    demo = verbs.add_parser(
        "demo", parents=[common], help="the main job on simulated registers, into ./demo"
    )
    demo.add_argument("--out", default="demo", metavar="DIR")
    demo.add_argument(
        "--force", action="store_true", help="simulate and run again even where nothing changed"
    )
    demo.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="overrides")
    _add_simulation_options(demo)
    return parser


def _add_mapping(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mapping",
        metavar="NAME_OR_PATH",
        help="files under other names: name in conf/registers or path to a YAML file",
    )


def _add_registration(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--register",
        metavar="NAME[@ALIAS]",
        help="register the model under this name; the alias (default: candidate) then points to it",
    )


def _add_simulation_options(parser: argparse.ArgumentParser) -> None:
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 the data are not good enough, 2 the call or a
    setting is wrong."""
    options = build_parser().parse_args(arguments)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s"
    )
    # Spark's Python side logs the failing query with the values in it.
    for name in ("DataFrameQueryContextLogger", "SQLQueryContextLogger", "py4j"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # MLflow tells every migration of its own database, and recommends examples of input: rows of
    # persons.
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "ERROR")
    # It also reports its use to its makers, and asks a server that is away for minutes.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="mlflow")
    from kommunebench import commands

    try:
        return commands.COMMANDS[options.verb](options)
    except KommunebenchError as error:
        if options.debug:
            raise
        sys.stderr.write(f"kommunebench {options.verb}: {error}\n")
        return error.exit_status
    except KeyboardInterrupt:
        sys.stderr.write(
            f"kommunebench {options.verb}: stopped; stages that were finished are kept.\n"
        )
        return 130
    except Exception as error:
        if options.debug:
            raise
        from kommunebench.storage import explain_failure

        place = getattr(options, "store", None) or getattr(options, "out", None) or ""
        explained = explain_failure(error, place)
        sys.stderr.write(f"kommunebench {options.verb}: {explained or _describe(error)}\n")
        return 2 if explained else 1


def _describe(error: Exception) -> str:
    """An unexpected failure without its message: Spark's messages quote cells, and cells are
    persons."""
    condition = getattr(error, "getCondition", lambda: None)()
    name = f"{type(error).__name__}{f' [{condition}]' if condition else ''}"
    return (
        f"stopped by an unexpected error, {name}. Its message is not shown because it may quote"
        " data; `--debug` shows it. Tables already written are whole, and the next run goes on"
        " from them."
    )


def entry_point() -> None:
    """What the installed command and a wheel task call: returns on success, exits otherwise."""
    status = main()
    if status:
        sys.exit(status)
