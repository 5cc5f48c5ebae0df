"""The stage efficiency: benchmark against cost (method, sections 8.3 and 8.4), from two gold
tables."""

import numpy as np
import pandas as pd

from kommunebench.costs import SimexSettings, mean_error_variance
from kommunebench.costs.efficiency import (
    LEAST_UNITS,
    Efficiency,
    EfficiencyRules,
    assess_efficiency,
    sensitivity_rows,
)
from kommunebench.gold import (
    BENCHMARK_INDICATORS,
    COST_BY_RESULT,
    COST_INDICATORS,
    COST_SENSITIVITY,
    EFFICIENCY_INFLUENCE,
    EFFICIENCY_NOTES,
    EFFICIENCY_REGRESSIONS,
    FRONTIER_PARAMETERS,
    FRONTIER_SCORES,
    UNIT_COSTS,
)
from kommunebench.settings.analysis import EfficiencySettings
from kommunebench.stages.stage import Stage, StageInputs, StageOutput


def _efficiency(inputs: StageInputs) -> StageOutput:
    assert inputs.settings.efficiency is not None
    settings = inputs.settings.efficiency
    rules = efficiency_rules(settings)
    benchmark = _benchmark(inputs)
    costs = inputs.read(COST_INDICATORS).toPandas()
    units = both_indicators(benchmark, costs, _error_variance(inputs))
    if len(units) < LEAST_UNITS:
        return _too_few(inputs, len(units))
    found = assess_efficiency(units, rules)
    fewer = benchmark.merge(inputs.read(COST_SENSITIVITY).toPandas(), on="municipality_code")
    sensitivity = sensitivity_rows(
        fewer[["municipality_code", "indicator", "cost_indicator", "persons"]], rules.outliers
    )
    parts = (
        _left_out(benchmark, costs),
        _without_verdict(units),
        found.not_fitted,
        _outliers_absent(units, rules),
    )
    columns = ["part", "municipality_code", "reason"]
    notes = pd.DataFrame(
        [row for part in parts for row in part.to_dict("records")], columns=columns, dtype=object
    )
    frames = {
        EFFICIENCY_REGRESSIONS: pd.concat([found.regressions, sensitivity], ignore_index=True),
        EFFICIENCY_INFLUENCE: found.influence,
        FRONTIER_PARAMETERS: found.parameters,
        FRONTIER_SCORES: found.scores,
        COST_BY_RESULT: found.cost_by_result,
        EFFICIENCY_NOTES: notes,
    }
    return StageOutput(
        {table: inputs.frame(table, rows) for table, rows in frames.items()},
        found.metrics,
        note(found, len(units), notes),
    )


def _too_few(inputs: StageInputs, units: int) -> StageOutput:
    """Empty tables and the reason: a small comparison keeps its benchmark and its costs."""
    reason = pd.DataFrame(
        [("efficiency", None, "too_few_municipalities")],
        columns=["part", "municipality_code", "reason"],
    )
    frames = {
        table: inputs.frame(table, reason if table is EFFICIENCY_NOTES else pd.DataFrame())
        for table in EFFICIENCY_TABLES
    }
    said = (
        f"not done: {units} municipalities have both a benchmark and a cost indicator,"
        f" {LEAST_UNITS} are needed"
    )
    return StageOutput(frames, {"efficiency_units": float(units)}, said)


def note(found: Efficiency, units: int, notes: pd.DataFrame) -> str:
    """One line for the terminal: how many municipalities, what the frontiers found, what was left
    out."""
    parts = [f"{units} municipalities"]
    for (side, _), rows in (
        found.parameters.groupby(["side", "distribution"], sort=False)
        if len(found.parameters)
        else ()
    ):
        sigma = float(rows.set_index("term")["estimate"]["sigma_u"])
        test = "" if rows["lr_p_value"].isna().all() else f", p {rows['lr_p_value'].iloc[0]:.3f}"
        parts.append(
            f"{side} side: "
            + ("no inefficiency found" if sigma == 0.0 else f"sigma_u {sigma:.3f}{test}")
        )
    reasons = notes["reason"].where(
        notes["part"].isin(["units", "outliers"]), notes["part"].astype(str) + " not fitted"
    )
    parts += [f"{count} {reason}" for reason, count in reasons.value_counts().items()]
    return "; ".join(parts)


def efficiency_rules(settings: EfficiencySettings) -> EfficiencyRules:
    """The settings as the functions of efficiency take them."""
    simex = SimexSettings(settings.simex_draws, settings.seed)
    return EfficiencyRules(settings.outliers, settings.distribution, settings.noise, simex)


def _benchmark(inputs: StageInputs) -> pd.DataFrame:
    """Units compared that have the indicator which decides: its value, its standard error in
    levels, persons, assessment."""
    robust = inputs.settings.uncertainty.verdict_indicator == "robust"
    value = "indicator_robust" if robust else "indicator"
    rows = inputs.read(BENCHMARK_INDICATORS).where("included").toPandas()
    rows = rows[rows[value].notna()]
    return pd.DataFrame(
        {
            "municipality_code": rows["municipality_code"],
            "indicator": rows[value].astype(float),
            # The table's error is that of the log; in levels it is the indicator times it, to first
            # order.
            "indicator_se": rows[value].astype(float) * rows[f"{value}_se"].astype(float),
            "persons": rows["persons"].astype(float),
            "result_assessment": rows["assessment"],
        }
    )


def _error_variance(inputs: StageInputs) -> "pd.Series":
    """Of every municipality's cost indicator, from its counted years; empty where no municipality
    has two."""
    columns = ["municipality_code", "year", "cost_indicator"]
    yearly = (
        inputs.read(UNIT_COSTS)
        .where("cost_indicator is not null")
        .select(*columns)
        .toPandas()
        .sort_values(columns)
    )
    if not yearly["municipality_code"].duplicated().any():
        return pd.Series(dtype=float)
    return mean_error_variance(yearly)


def both_indicators(
    benchmark: pd.DataFrame, costs: pd.DataFrame, error_variance: "pd.Series"
) -> pd.DataFrame:
    """One row a municipality that has a benchmark and a cost indicator, with the columns
    assess_efficiency needs."""
    costs = costs.rename(columns={"assessment": "cost_assessment"})
    joined = benchmark.merge(
        costs[["municipality_code", "cost_indicator", "mean_unit_cost", "cost_assessment"]], "inner"
    )
    return joined.assign(cost_error_variance=joined["municipality_code"].map(error_variance))


def _left_out(benchmark: pd.DataFrame, costs: pd.DataFrame) -> pd.DataFrame:
    """Municipalities that have one of the two indicators only."""
    no_cost = benchmark.loc[
        ~benchmark["municipality_code"].isin(costs["municipality_code"]), "municipality_code"
    ]
    no_result = costs.loc[
        ~costs["municipality_code"].isin(benchmark["municipality_code"]), "municipality_code"
    ]
    rows = [("units", code, "no_cost_indicator") for code in no_cost] + [
        ("units", code, "no_benchmark") for code in no_result
    ]
    return pd.DataFrame(rows, columns=["part", "municipality_code", "reason"])


def _without_verdict(units: pd.DataFrame) -> pd.DataFrame:
    """Municipalities with both indicators that table 5.3 and the colours of figure 5.2 cannot
    place."""
    codes = units.loc[units["result_assessment"].isna(), "municipality_code"]
    return pd.DataFrame(
        {"part": "units", "municipality_code": codes.to_numpy(object), "reason": "no_verdict"}
    )


def _outliers_absent(units: pd.DataFrame, rules: EfficiencyRules) -> pd.DataFrame:
    absent = np.setdiff1d(
        np.array(rules.outliers, dtype=object), units["municipality_code"].to_numpy(object)
    )
    return pd.DataFrame(
        {"part": "outliers", "municipality_code": absent, "reason": "outlier_not_among_units"}
    )


EFFICIENCY_TABLES = (
    EFFICIENCY_REGRESSIONS,
    EFFICIENCY_INFLUENCE,
    FRONTIER_PARAMETERS,
    FRONTIER_SCORES,
    COST_BY_RESULT,
    EFFICIENCY_NOTES,
)
EFFICIENCY_STAGE = Stage(
    "efficiency",
    "efficiency",
    (BENCHMARK_INDICATORS, COST_INDICATORS, COST_SENSITIVITY, UNIT_COSTS),
    EFFICIENCY_TABLES,
    ("name", "uncertainty", "efficiency"),
    _efficiency,
    after=("uncertainty", "cost"),
)
