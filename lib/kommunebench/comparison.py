"""Tracked runs side by side: settings that differ, headline numbers, indicators, ranks and fifths."""

from dataclasses import dataclass

import pandas as pd

from kommunebench.tracking import RecordedRun

_COMPARED = ("indicator", "indicator_robust", "ci_low", "ci_high", "assessment", "tier", "rank", "quintile", "cost_indicator",
             "cost_assessment", "cost_quintile", "efficiency_production", "efficiency_cost")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between runs: settings (one row per key), metrics, and indicators (one row per
    unit)."""

    settings: pd.DataFrame
    metrics: pd.DataFrame
    indicators: pd.DataFrame
    changes: pd.DataFrame


def compare_runs(runs: list[RecordedRun]) -> Comparison:
    """Runs by name as columns. ``changes`` counts, against the first run, units with another fifth,
    tier or assessment."""
    names = [
        (
            f"{run.name}"
            if [r.name for r in runs].count(run.name) == 1
            else f"{run.name}:{run.mlflow_run_id[:6]}"
        )
        for run in runs
    ]
    settings = pd.DataFrame(
        {name: run.params for name, run in zip(names, runs, strict=True)}
    ).sort_index()
    differing = settings[settings.nunique(axis=1, dropna=False) > 1]
    metrics = pd.DataFrame(
        {name: run.metrics for name, run in zip(names, runs, strict=True)}
    ).sort_index()
    metrics = metrics[~metrics.index.str.startswith("seconds_")]
    frames = [
        run.indicators.set_index("municipality_code")[
            [c for c in _COMPARED if c in run.indicators]
        ].add_suffix(f" [{name}]")
        for name, run in zip(names, runs, strict=True)
    ]
    labels = pd.concat(
        [run.indicators.set_index("municipality_code")["municipality"] for run in runs]
    )
    indicators = pd.concat(frames, axis=1)
    indicators.insert(0, "municipality", labels[~labels.index.duplicated()])
    return Comparison(differing, metrics, indicators.reset_index(), _changes(runs, names))


def _changes(runs: list[RecordedRun], names: list[str]) -> pd.DataFrame:
    first = runs[0].indicators.set_index("municipality_code")
    rows = []
    for run, name in zip(runs[1:], names[1:], strict=True):
        other = run.indicators.set_index("municipality_code")
        shared = first.index.intersection(other.index)
        row: dict[str, object] = {"run": name, "units": len(shared)}
        for column in ("quintile", "tier", "assessment", "cost_quintile", "cost_assessment"):
            if column not in first or column not in other:
                continue
            a, b = first.loc[shared, column], other.loc[shared, column]
            row[f"other {column.replace('_', ' ')}"] = int(
                ((a != b) & (a.notna() | b.notna())).sum()
            )
        difference = pd.to_numeric(other.loc[shared, "indicator"]) - pd.to_numeric(
            first.loc[shared, "indicator"]
        )
        row["largest change of indicator"] = float(difference.abs().max())
        rows.append(row)
    return pd.DataFrame(rows)


def show_comparison(comparison: Comparison) -> str:
    """The comparison as text for a terminal."""
    parts = [
        "Settings that differ",
        comparison.settings.to_string() if len(comparison.settings) else "none",
        "",
        "Headline numbers",
        comparison.metrics.to_string(float_format=lambda v: f"{v:.6g}"),
        "",
        "Against the first run",
        comparison.changes.to_string(index=False, float_format=lambda v: f"{v:.6g}"),
    ]
    return "\n".join(parts)
