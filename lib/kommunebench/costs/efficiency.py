"""Benchmark against cost, whole: regressions, slopes with both in error, frontiers, classes
(method, sections 8.3, 8.4)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.cost_rules import EfficiencyRules
from kommunebench.costs.classification import build_cost_by_result
from kommunebench.costs.efficiency_regressions import fit_efficiency_regressions, quadratic_design
from kommunebench.costs.efficiency_tables import (
    efficiency_metrics,
    errors_in_variables_rows,
    frontier_parameters,
    frontier_scores,
)
from kommunebench.costs.errors_in_variables import (
    ErrorsInVariablesFit,
    check_simex_settings,
    fit_errors_in_variables,
)
from kommunebench.costs.frontier import fit_frontier
from kommunebench.costs.frontier_fit import FrontierFit
from kommunebench.costs.frontier_intervals import check_interval_settings
from kommunebench.costs.frontier_scores import Side
from kommunebench.costs.named_columns import frame_with_columns, with_codes, with_numbers
from kommunebench.errors import InputError

# Below this a quadratic frontier with two scales has next to nothing left to judge its fit by.
LEAST_UNITS = 10
SIDES: tuple[Side, Side] = ("production", "cost")
NO_ERROR = "no municipality has two years from which the error of a cost indicator can be estimated"
_NUMBERS = (
    "indicator",
    "indicator_se",
    "persons",
    "cost_indicator",
    "cost_error_variance",
    "mean_unit_cost",
)
_NEEDED = ("municipality_code", *_NUMBERS, "result_assessment", "cost_assessment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficiency:
    """Tables of section 8.3 and 8.4, one row as the gold tables of the same names declare.

    ``regressions``, ``influence``, ``parameters``, ``scores``, ``cost_by_result``; ``not_fitted``:
    part and reason of what could not be estimated; ``metrics``: slopes, reliability, σ_u and
    likelihood ratios by name.
    """

    regressions: pd.DataFrame
    influence: pd.DataFrame
    parameters: pd.DataFrame
    scores: pd.DataFrame
    cost_by_result: pd.DataFrame
    not_fitted: pd.DataFrame
    metrics: dict[str, float]


def assess_efficiency(units: pd.DataFrame, rules: EfficiencyRules) -> Efficiency:
    """Everything between the two indicators of the municipalities that have both.

    ``units``: municipality_code, indicator and its standard error (in levels), persons (the
    weights), cost_indicator and cost_error_variance (missing where it is unknown), mean_unit_cost,
    result_assessment (None without verdict), cost_assessment. A frontier whose likelihood has no
    interior maximum is in ``not_fitted``, as are intervals that could not be drawn, and the slopes
    where an error variance is missing; the rest goes on. Raises InputError for missing columns,
    values that are no numbers, a municipality that occurs twice, an indicator that is the same
    everywhere, fewer than LEAST_UNITS municipalities, or rules that are none.
    """
    check_interval_settings(rules.intervals)
    check_simex_settings(rules.simex)
    units = with_codes("units", frame_with_columns("units", units, _NEEDED))
    units = with_numbers("units", units, _NUMBERS)
    if len(units) < LEAST_UNITS:
        raise InputError(
            f"units: {len(units)} municipalities have both a benchmark and a cost indicator;"
            f" efficiency needs {LEAST_UNITS}. Lower model.min_spells or"
            " cost.min_full_year_persons, or leave the section efficiency out."
        )
    units = units.sort_values("municipality_code", ignore_index=True)
    lines = fit_efficiency_regressions(units, rules.outliers)
    # Slopes before frontiers: what they refuse is refused at once.
    slopes = _slopes(units, rules)
    fits, not_fitted = _frontiers(units, rules)
    if slopes is None:
        not_fitted.append(("errors_in_variables", _without_error(units)))
    corrected = [] if slopes is None else [errors_in_variables_rows(slopes)]
    return Efficiency(
        regressions=pd.concat([lines.table, *corrected], ignore_index=True),
        influence=lines.influence,
        parameters=_stack([frontier_parameters(fit) for fit in fits]),
        scores=_stack([frontier_scores(fit, units["municipality_code"]) for fit in fits]),
        cost_by_result=build_cost_by_result(units).table,
        not_fitted=pd.DataFrame(not_fitted, columns=["part", "reason"]),
        metrics=efficiency_metrics(lines.table, slopes, fits, len(units)),
    )


def _slopes(units: pd.DataFrame, rules: EfficiencyRules) -> ErrorsInVariablesFit | None:
    """The slopes of section 8.4, None where the error of a cost indicator is unknown."""
    if units["cost_error_variance"].isna().any():
        return None
    return fit_errors_in_variables(
        units,
        error_variance=units["cost_error_variance"],
        simex=rules.simex,
        confidence_level=rules.intervals.confidence_level,
    )


def _without_error(units: pd.DataFrame) -> str:
    """Why there are no slopes: no error of a cost indicator is known, or that of some is not."""
    unknown = units["cost_error_variance"].isna()
    if unknown.all():
        return NO_ERROR
    codes = ", ".join(units.loc[unknown, "municipality_code"].head(5))
    return (
        f"the error of the cost indicator (cost_error_variance) is missing in {unknown.sum()} of"
        f" {len(units)} municipalities, first {codes}"
    )


def _frontiers(
    units: pd.DataFrame, rules: EfficiencyRules
) -> tuple[list[FrontierFit], list[tuple[str, str]]]:
    fits, not_fitted = [], []
    for side in SIDES:
        try:
            fit = fit_side(units, side, rules)
        except InputError as error:
            not_fitted.append((f"frontier_{side}", str(error)))
            continue
        fits.append(fit)
        if fit.interval_fault:
            not_fitted.append((f"intervals_{side}", fit.interval_fault))
    return fits, not_fitted


def fit_side(units: pd.DataFrame, side: Side, rules: EfficiencyRules) -> FrontierFit:
    """The frontier of one side, quadratic with a constant, over the rows of ``units`` (as in
    assess_efficiency)."""
    outcome, input_name = (
        ("indicator", "cost_indicator") if side == "production" else ("cost_indicator", "indicator")
    )
    term = "cost_indicator" if side == "production" else "benchmark_indicator"
    design = quadratic_design(units[input_name])
    design.columns = pd.Index(["intercept", term, f"{term}_squared"])
    weights: pd.Series | None = units["persons"]
    noise_se: pd.Series | None = None
    if rules.noise == "known_variance":
        weights = None
        noise_se = (
            units["indicator_se"] if side == "production" else np.sqrt(units["cost_error_variance"])
        )
    return fit_frontier(
        units[outcome],
        design,
        side=side,
        distribution=rules.distribution,
        weights=weights,
        noise=rules.noise,
        noise_se=noise_se,
        intervals=rules.intervals,
    )


def sensitivity_rows(units: pd.DataFrame, outliers: tuple[str, ...]) -> pd.DataFrame:
    """The linear regressions once more with the cost of fewer account groups (the report's footnote
    17).

    ``units`` as in fit_efficiency_regressions; the specifications carry the suffix
    ``_sensitivity``.
    """
    table = fit_efficiency_regressions(units, outliers).table
    linear = table[table["specification"].str.startswith("linear")]
    return linear.assign(specification=linear["specification"] + "_sensitivity")


def sensitivity_if_any(
    units: pd.DataFrame, outliers: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of sensitivity_rows, and none of ``part`` and ``reason`` of what was not fitted; the
    other way round where those groups give too few municipalities a cost indicator."""
    columns = ["part", "reason"]
    try:
        return sensitivity_rows(units, outliers), pd.DataFrame(columns=columns)
    except InputError as error:
        return pd.DataFrame(), pd.DataFrame([("sensitivity", str(error))], columns=columns)


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
