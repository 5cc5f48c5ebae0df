"""What a report is made from: published gold tables of one run, and what is known about the run."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date

import numpy as np
import pandas as pd

from kommunebench import gold
from kommunebench.errors import InputError

_NUMERIC = {"double", "long", "int"}
_OF_THE_RUN = ("analysis", "run_id")
_DECLARED = {table.name: table for table in gold.GOLD_TABLES}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInformation:
    """Identity of a run. ``simulated``: the registers were simulated (``simulation`` says how,
    ``scale`` how many)."""

    run_id: str
    code_version: str
    created: date
    simulated: bool
    scale: float | None = None
    simulation: str | None = None
    mlflow_run_id: str | None = None
    stage_seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """Gold tables of one run after the disclosure rules (None or empty: not part of this analysis,
    or nothing to show).

    Columns are those declared in kommunebench.gold; ``analysis`` and ``run_id`` may be missing.
    A run has ``benchmark_indicators`` or, where shares are measured, ``share_indicators``.
    ``rejected_rows`` has register, column_name, reason, rows and consequence (the code of what
    became of them); ``suppressed`` counts rows without figures by table name;
    ``ranked_anew``: ranks are counted without units with a verdict that may not be shown.
    """

    run: RunInformation
    benchmark_summary: pd.DataFrame
    benchmark_indicators: pd.DataFrame | None = None
    share_indicators: pd.DataFrame | None = None
    km_curves: pd.DataFrame = field(default_factory=pd.DataFrame)
    cox_coefficients: pd.DataFrame = field(default_factory=pd.DataFrame)
    logit_coefficients: pd.DataFrame | None = None
    cox_baseline: pd.DataFrame = field(default_factory=pd.DataFrame)
    variance_reduction: pd.DataFrame = field(default_factory=pd.DataFrame)
    quintile_means: pd.DataFrame = field(default_factory=pd.DataFrame)
    proportionality: pd.DataFrame | None = None
    potentials: pd.DataFrame | None = None
    ten_best: pd.DataFrame | None = None
    population_flow: pd.DataFrame | None = None
    pupils_without_marks: pd.DataFrame | None = None
    spell_outcomes: pd.DataFrame | None = None
    expenditure: pd.DataFrame | None = None
    expenditure_by_group: pd.DataFrame | None = None
    unit_costs: pd.DataFrame | None = None
    cost_model: pd.DataFrame | None = None
    cost_indicators: pd.DataFrame | None = None
    cost_sensitivity: pd.DataFrame | None = None
    cost_exclusions: pd.DataFrame | None = None
    efficiency_influence: pd.DataFrame | None = None
    efficiency_notes: pd.DataFrame | None = None
    efficiency_regressions: pd.DataFrame | None = None
    frontier_parameters: pd.DataFrame | None = None
    frontier_scores: pd.DataFrame | None = None
    cost_by_result: pd.DataFrame | None = None
    calibration: pd.DataFrame | None = None
    sensitivity: pd.DataFrame | None = None
    stability: pd.DataFrame | None = None
    model_verdicts: pd.DataFrame | None = None
    second_stage: pd.DataFrame | None = None
    cumulative_incidence: pd.DataFrame | None = None
    rejected_rows: pd.DataFrame | None = None
    suppressed: Mapping[str, int] = field(default_factory=dict)
    ranked_anew: bool = False


_NOT_TABLES = {"run", "rejected_rows", "suppressed", "ranked_anew"}
TABLES = tuple(item.name for item in fields(ReportData) if item.name not in _NOT_TABLES)
_OPTIONAL = {item.name for item in fields(ReportData) if item.default is None}
_INDICATORS = ("benchmark_indicators", "share_indicators")


def tidy(data: ReportData) -> ReportData:
    """The same data with numbers as floats (missing: NaN), flags as booleans, optional tables None
    where they are empty.

    Raises InputError when a table lacks a declared column, when there is no table of indicators,
    or when the summary does not have exactly one row.
    """
    changed: dict[str, pd.DataFrame | None] = {}
    for name in TABLES:
        rows = getattr(data, name)
        absent = rows is None or (rows.empty and name in _OPTIONAL)
        changed[name] = None if absent else _tidy_table(name, rows)
    if all(changed[name] is None for name in _INDICATORS):
        raise InputError(
            "report: there is no table of indicators (benchmark_indicators, or share_indicators"
            " where shares are measured), or it is empty; run the stage benchmark first."
        )
    if len(data.benchmark_summary) != 1:
        raise InputError(
            f"report: table benchmark_summary has {len(data.benchmark_summary)} rows; expected the"
            " run's one."
        )
    return replace(data, **changed)  # type: ignore[arg-type]


def _tidy_table(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Declared columns by their declared type, further ones by what they hold."""
    declared = {
        column: kind
        for column, kind in (_DECLARED[name].columns if name in _DECLARED else {}).items()
        if column not in _OF_THE_RUN
    }
    if rows.empty:
        rows = rows.reindex(columns=list(declared))
    missing = [column for column in declared if column not in rows.columns]
    if missing:
        raise InputError(
            f"report: table {name} lacks columns {missing}; it was not made by this version's"
            " stages."
        )
    further = [column for column in rows if column not in declared and column not in _OF_THE_RUN]
    typed = {column: _typed(rows[column], kind) for column, kind in declared.items()}
    typed |= {str(column): _typed(rows[column], _kind_of(rows[column])) for column in further}
    return pd.DataFrame(typed).reset_index(drop=True)


def _kind_of(values: pd.Series) -> str:
    known = values.dropna()
    if len(known) and known.map(lambda value: isinstance(value, (bool, np.bool_))).all():
        return "boolean"
    numbers = known.map(lambda value: isinstance(value, (int, float, np.number)))
    return "double" if len(known) and numbers.all() else "string"


def _typed(values: pd.Series, kind: str) -> pd.Series:
    if kind in _NUMERIC:
        return pd.to_numeric(values).astype(float)
    if kind == "boolean":
        return values.map(lambda value: bool(value) if pd.notna(value) else False).astype(bool)
    return pd.Series(
        [None if pd.isna(value) else value for value in values], index=values.index, dtype=object
    )
