"""Tracked runs as a list for a terminal: name, when, state, settings that differ from the defaults,
headline numbers."""

import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence

from kommunebench.errors import ConfigError
from kommunebench.settings import AnalysisSettings, load_analysis
from kommunebench.storage import Store
from kommunebench.tracking import ListedRun, recorded_params

# Metrics a line shows where a run has them, and how.
_HEADLINES = {
    "units_compared": "units compared {:.0f}",
    "better": "better {:.0f}",
    "as_expected": "as expected {:.0f}",
    "worse": "worse {:.0f}",
    "tau": "tau {:.3f}",
    "tiers": "tiers {:.0f}",
    "cost_below": "below cost need {:.0f}",
    "cost_above": "above it {:.0f}",
}
_NARROWEST, _WIDEST = 80, 100
_LONGEST_VALUE = 60
_INDENT = " " * 4


def show_runs(
    store: Store, runs: Sequence[ListedRun], analysis: str | None = None, newest: int | None = None
) -> str:
    """The runs as text of 80 to 100 columns, in the order given.

    ``analysis``: only runs of the analysis of this name, or of this YAML file, whose settings are
    then the defaults; ``newest``: only so many. Raises ConfigError where no run is of the analysis.
    """
    name, defaults = _analysis_asked_for(analysis)
    chosen = [run for run in runs if name in (None, run.analysis)]
    if not chosen:
        others = ", ".join(sorted({run.analysis for run in runs}))
        raise ConfigError(f"--analysis {analysis}: {store.location} has runs of {others} only.")
    for other in {run.analysis for run in chosen} - defaults.keys():
        defaults[other] = _defaults_of(other)
    shown = chosen[:newest]
    width = max(len(run.short_name) for run in shown)
    columns = shutil.get_terminal_size((_WIDEST, 0)).columns
    wrapper = textwrap.TextWrapper(
        width=min(max(columns, _NARROWEST), _WIDEST),
        initial_indent=_INDENT,
        subsequent_indent=_INDENT * 2,
        break_long_words=False,
        break_on_hyphens=False,
    )
    lines = [_heading(store, len(shown), len(chosen)), ""]
    lines.append(f"{'run':<{width}}  {'started':<16}  {'state':<9} analysis")
    for run in shown:
        simulated = ", simulated registers" if run.is_simulated else ""
        lines.append(
            f"{run.short_name:<{width}}  {run.started_at:%Y-%m-%d %H:%M}  {run.state:<9}"
            f" {run.analysis}{simulated}"
        )
        for detail in _details(run, defaults[run.analysis]):
            lines += wrapper.wrap(detail)
    return "\n".join(lines)


def settings_that_differ(run: ListedRun, defaults: AnalysisSettings) -> list[str]:
    """``key=value`` of each setting a run has with another value than the defaults, and ``without
    key`` of each that it does not have."""
    usual = recorded_params(defaults)
    changed = [
        f"{key}={value if len(value) <= _LONGEST_VALUE else f'{value[: _LONGEST_VALUE - 1]}…'}"
        for key, value in sorted(run.params.items())
        if usual.get(key) != value
    ]
    # A section that is nothing has a key of its own in place of its settings, and the reverse.
    absent = [
        key
        for key in sorted(usual.keys() - run.params.keys())
        if not any(_is_within(key, k) or _is_within(k, key) for k in run.params)
    ]
    return changed + [f"without {key}" for key in absent]


def _is_within(key: str, section: str) -> bool:
    return key.startswith(f"{section}.")


def _analysis_asked_for(
    analysis: str | None,
) -> tuple[str | None, dict[str, AnalysisSettings | None]]:
    """Name of the analysis the list is of, none for all; and its settings where a file gives
    them."""
    if analysis is None or not analysis.endswith((".yaml", ".yml")):
        return analysis, {}
    settings = load_analysis(analysis)
    return settings.name, {settings.name: settings}


def _defaults_of(analysis: str) -> AnalysisSettings | None:
    """The settings of conf/analyses, None where it does not describe the analysis."""
    try:
        return load_analysis(analysis)
    except ConfigError:
        return None


def _heading(store: Store, shown: int, of_all: int) -> str:
    """What the list is of. Runs at a server do not say which store they are of."""
    place = store.location
    if store.environment.tracking_uri:
        place = f"experiment {store.environment.experiment}, of every store tracked there"
    count = f"{shown} of {of_all}" if shown < of_all else str(of_all)
    return f"{place}: {count} tracked run{'s' if of_all > 1 else ''}, newest first"


def _details(run: ListedRun, defaults: AnalysisSettings | None) -> Iterator[str]:
    """The lines below a run's name."""
    if defaults is None:
        yield (
            f"settings: not compared, conf/analyses does not describe {run.analysis};"
            " --analysis FILE.yaml takes its settings from there"
        )
    else:
        yield f"settings: {', '.join(settings_that_differ(run, defaults)) or 'the defaults'}"
    if numbers := headline_numbers(run.metrics):
        yield f"results: {', '.join(numbers)}"


def headline_numbers(metrics: Mapping[str, float]) -> list[str]:
    """The headline numbers a run has, in words: units, verdicts, spread (of the log pace), tiers,
    costs."""
    return [
        words.format(metrics[metric]) for metric, words in _HEADLINES.items() if metric in metrics
    ]
