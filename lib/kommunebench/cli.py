"""The command kommunebench, for the terminal, the scripts in jobs/ and a cluster's wheel tasks."""

import logging
import os
import sys
import warnings
from argparse import Namespace
from collections.abc import Sequence

from kommunebench.command_line import build_parser
from kommunebench.errors import KommunebenchError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status.

    0: done. 1: the data are not good enough, or an error nobody foresaw. 2: the call or a setting
    is wrong, the store is held by another run, full or not to be written to, or the platform or the
    tracking server is not there. 130: interrupted.
    """
    options = build_parser().parse_args(arguments)
    _set_up_logging()
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
        return _failed(options, error)


def _set_up_logging() -> None:
    """Warnings of ours on standard error, nothing that quotes data, and MLflow quiet."""
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
    # What urllib3 says of every attempt, the command says once at the end.
    for name in ("mlflow", "alembic", "urllib3"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="mlflow")


def _failed(options: Namespace, error: Exception) -> int:
    """Say what an unexpected failure means; the exit status."""
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
