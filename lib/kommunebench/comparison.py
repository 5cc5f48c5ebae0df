"""Tracked runs side by side: settings that differ, headline numbers, indicators, ranks and
fifths."""

from dataclasses import dataclass, field

import pandas as pd

from kommunebench.benchmark.comparison.models import pairs_apart
from kommunebench.tracking import RecordedRun, marked_name

_COMPARED = (
    "indicator",
    "indicator_robust",
    "ci_low",
    "ci_high",
    "assessment",
    "tier",
    "rank",
    "quintile",
    "cost_indicator",
    "cost_assessment",
    "cost_quintile",
    "efficiency_production",
    "efficiency_cost",
)
_GROUPINGS = ("quintile", "assessment", "cost_quintile", "cost_assessment")
# What a run recorded before these settings existed measured.
_ONCE = {"measure": "restricted_mean", "indicator": "ratio"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between runs: settings (one row per key), metrics, and indicators (one row per
    unit). ``notes`` say what cannot be set against each other."""

    settings: pd.DataFrame
    metrics: pd.DataFrame
    indicators: pd.DataFrame
    changes: pd.DataFrame
    notes: tuple[str, ...] = field(default=())


def compare_runs(runs: list[RecordedRun]) -> Comparison:
    """Runs by name as columns. ``changes`` counts, against the first run, units with another fifth
    or assessment and pairs of units that tiers tell apart in one of the runs only or in opposite
    orders, and gives the largest change of the indicator where both runs measure the same on the
    same scale."""
    names = _names(runs)
    by_name = dict(zip(names, runs, strict=True))
    settings = pd.DataFrame({name: run.params for name, run in by_name.items()}).sort_index()
    differing = settings[settings.nunique(axis=1, dropna=False) > 1]
    metrics = pd.DataFrame({name: run.metrics for name, run in by_name.items()}).sort_index()
    metrics = metrics[~metrics.index.str.startswith("seconds_")]
    return Comparison(
        differing, metrics, _indicators(by_name), _changes(by_name), tuple(_notes(by_name))
    )


def _names(runs: list[RecordedRun]) -> list[str]:
    """The name of each run, with the start of its id where two have the same."""
    plain = [run.name for run in runs]
    return [
        run.name if plain.count(run.name) == 1 else marked_name(run.name, run.mlflow_run_id)
        for run in runs
    ]


def _indicators(by_name: dict[str, RecordedRun]) -> pd.DataFrame:
    frames, labels = [], []
    for name, run in by_name.items():
        rows = _by_unit(run)
        frames.append(rows[[c for c in _COMPARED if c in rows]].add_suffix(f" [{name}]"))
        labels.append(rows["municipality"])
    indicators = pd.concat(frames, axis=1)
    indicators.index.name = "municipality_code"
    label = pd.concat(labels)
    indicators.insert(0, "municipality", label[~label.index.duplicated()])
    return indicators.reset_index()


def _by_unit(run: RecordedRun) -> pd.DataFrame:
    return run.indicators.set_index("municipality_code")


def _of(run: RecordedRun, setting: str) -> str:
    return str(run.params.get(setting, _ONCE.get(setting, "")))


def _changes(by_name: dict[str, RecordedRun]) -> pd.DataFrame:
    names = list(by_name)
    first_run = by_name[names[0]]
    first = _by_unit(first_run)
    rows = []
    for name in names[1:]:
        run = by_name[name]
        other = _by_unit(run)
        shared = first.index.intersection(other.index)
        row: dict[str, object] = {"run": name, "units": len(shared)}
        for column in _GROUPINGS:
            if column in first and column in other:
                one, two = first.loc[shared, column], other.loc[shared, column]
                differs = (one != two) & (one.notna() | two.notna())
                row[f"other {column.replace('_', ' ')}"] = int(differs.sum())
        if "tier" in first and "tier" in other:
            row |= _pairs(first.loc[shared, "tier"], other.loc[shared, "tier"])
        row["largest change of indicator"] = (
            _largest_change(first.loc[shared], other.loc[shared])
            if not _differing_scale(first_run, run)
            else float("nan")
        )
        rows.append(row)
    return pd.DataFrame(rows)


def _pairs(one: pd.Series, two: pd.Series) -> dict[str, object]:
    """Pairs that the tiers of two runs do not tell apart alike: one cut more at the top renumbers
    all tiers below it, so that their numbers do not compare."""
    pairs = pairs_apart(pd.to_numeric(one), pd.to_numeric(two))
    return {
        "pairs in different tiers in one run only": pairs.only_one + pairs.only_other,
        "pairs in different tiers in opposite orders": pairs.opposite,
    }


def _largest_change(one: pd.DataFrame, two: pd.DataFrame) -> float:
    change = pd.to_numeric(two["indicator"]) - pd.to_numeric(one["indicator"])
    return float(change.abs().max())


def _differing_scale(one: RecordedRun, two: RecordedRun) -> list[str]:
    return [name for name in _ONCE if _of(one, name) != _of(two, name)]


def _notes(by_name: dict[str, RecordedRun]) -> list[str]:
    """A sentence for each later run that is of another analysis, measure or form of the indicator
    than the first, or shares no unit with it."""
    names = list(by_name)
    first_name, first = names[0], by_name[names[0]]
    notes = []
    for name in names[1:]:
        run = by_name[name]
        if _of(run, "name") != _of(first, "name"):
            notes.append(
                f"{first_name} and {name} are of different analyses ({_of(first, 'name')},"
                f" {_of(run, 'name')}): their populations and outcomes differ, and a difference"
                " between them is not a change."
            )
        for setting in _differing_scale(first, run):
            notes.append(
                f"{first_name} and {name} have different settings of {setting}"
                f" ({_of(first, setting)}, {_of(run, setting)}): their indicators are not on one"
                " scale, and no change of the indicator is given. Verdicts, fifths and"
                " pairs in different tiers compare."
            )
        if _by_unit(first).index.intersection(_by_unit(run).index).empty:
            notes.append(f"{first_name} and {name} have no unit in common.")
    return notes


def show_comparison(comparison: Comparison) -> str:
    """The comparison as text for a terminal."""
    sections = [
        *(["Note", *comparison.notes, ""] if comparison.notes else []),
        "Settings that differ",
        comparison.settings.to_string() if len(comparison.settings) else "none",
        "",
        "Headline numbers",
        comparison.metrics.to_string(float_format=lambda v: f"{v:.6g}"),
        "",
        "Against the first run",
        comparison.changes.to_string(index=False, float_format=lambda v: f"{v:.6g}"),
    ]
    return "\n".join(sections)
