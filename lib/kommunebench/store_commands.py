"""The verbs that look at a store and its tracked runs: runs, compare, overview, prune."""

from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from kommunebench.calls import environment_of, store_of
from kommunebench.errors import ConfigError
from kommunebench.places import has_scheme
from kommunebench.storage import Store
from kommunebench.terminal import Progress, say

if TYPE_CHECKING:
    from kommunebench.prune import OldRun


def runs(options: Namespace) -> int:
    """Tracked runs of a store, newest first."""
    from kommunebench.run_listing import show_runs
    from kommunebench.tracking import list_runs

    if options.newest is not None and options.newest < 1:
        raise ConfigError(f"--newest {options.newest}: list at least 1 run.")
    store = Store(None, options.store, environment_of(options))  # no table is read
    say(show_runs(store, list_runs(store), options.analysis, options.newest))
    return 0


def compare(options: Namespace) -> int:
    """Two or more tracked runs side by side."""
    from kommunebench.comparison import compare_runs, show_comparison
    from kommunebench.tracking import read_run

    if len(options.runs) < 2:
        raise ConfigError(
            "compare needs at least two runs (an MLflow id, a run id, or ANALYSIS-RUN)."
        )
    store = Store(None, options.store, environment_of(options))  # no table is read
    comparison = compare_runs([read_run(store, name) for name in options.runs])
    say(show_comparison(comparison))
    if options.out:
        comparison.indicators.to_csv(options.out, index=False)
    return 0


def overview(options: Namespace) -> int:
    """One page over several analyses of a store."""
    from kommunebench.overview import write_overview

    written = write_overview(store_of(options), options.analyses)
    for language, page in written.pages.items():
        say(f"  overview ({language})   {page}")
    if written.of_unknown_delivery:
        say(
            f"  made by an earlier version: {', '.join(written.of_unknown_delivery)}. Whether their"
            " registers are marked as simulated, and the rows that could not be used, are those of"
            " the delivery the store holds now; run them again if theirs was another one"
        )
    for name, reason in written.left_out.items():
        say(f"  not on it: {name} ({reason})")
    return 0


def prune(options: Namespace) -> int:
    """Drop old runs and the files nothing refers to; without --yes only say what would go."""
    from kommunebench.prune import drop_runs, old_runs

    if options.keep < 1:
        raise ConfigError(f"--keep {options.keep}: keep at least 1 run of each analysis.")
    elsewhere = "." in options.store or has_scheme(options.store)
    if not elsewhere and not Path(options.store).is_dir():
        raise ConfigError(f"--store {options.store}: no such folder.")
    store = store_of(options)
    runs = old_runs(store, options.keep)
    say(f"{options.store}: the newest {options.keep} runs of each analysis are kept")
    if not options.yes:
        _say_runs("to drop", runs)
        say(
            f"  {len(runs)} runs would be dropped, then files removed that no table has referred to"
            " for a week (deleted_file_retention of the environment). Nothing was changed: give"
            " --yes to do it. Report pages and tracked runs stay either way."
        )
        return 0
    dropped = drop_runs(store, runs, options.keep, Progress(options.quiet).tell)
    _say_runs("dropped", dropped)
    _say_runs("kept, made again meanwhile", _without(runs, dropped))
    say(f"  {len(dropped)} runs dropped, files without a table removed")
    return 0


def _say_runs(what: str, runs: "Iterable[OldRun]") -> None:
    for run in runs:
        say(
            f"  {what}  {run.analysis}  run {run.run_id}  last written"
            f" {run.last_written:%Y-%m-%d %H:%M}  {sum(run.rows.values())} rows in"
            f" {len(run.rows)} tables"
        )


def _without(runs: "Iterable[OldRun]", others: "Iterable[OldRun]") -> "list[OldRun]":
    """The runs that are not among the others, whatever rows these have."""
    named = {(run.analysis, run.run_id) for run in others}
    return [run for run in runs if (run.analysis, run.run_id) not in named]
