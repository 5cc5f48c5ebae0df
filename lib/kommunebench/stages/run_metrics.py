"""The numbers a tracked run is told: of units what the published tables say, of the nation and the
work what the stages counted."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kommunebench.benchmark.checks.halves import HALVES
from kommunebench.benchmark.checks.sensitivity import summarise_check
from kommunebench.benchmark.comparison.models import changes_from_pooled
from kommunebench.costs import summarise_unit_costs
from kommunebench.disclosure.rules import INDICATOR_TABLES

# Of the stages' numbers only these leave: they are of the nation, of its models, of the delivery
# or of the work, and no mean or count of units. A number over units is made here, from the tables.
_NATIONAL = frozenset(
    {
        "spells", "cases", "events", "success_share", "log_likelihood", "concordance",
        "delivered_files", "delivered_rows", "cost_cells_left_out", "cost_model_r_squared",
        "cost_model_n", "cost_year_correlation", "cost_sensitivity_r_squared", "efficiency_units",
    }
)  # fmt: skip
_OF_THE_WORK = ("seconds_", "rows_")
# These go with the tables of efficiency, which hold them too.
_OF_EFFICIENCY = ("slope_", "frontier_", "reliability")

Tables = Mapping[str, pd.DataFrame]


def run_metrics(of_stages: Mapping[str, float], tables: Tables) -> dict[str, float]:
    """What a tracked run is told, by name; what is not finite is left out.

    ``of_stages``: what the stages counted, over all units; ``tables``: by name, after the
    disclosure rules. A mean over all units less those that are shown would be a single hidden one,
    so that every number over units comes from the tables.
    """
    has_efficiency = "efficiency_regressions" in tables
    leaving = {
        name: value
        for name, value in of_stages.items()
        if name in _NATIONAL
        or name.startswith(_OF_THE_WORK)
        or (has_efficiency and name.startswith(_OF_EFFICIENCY))
    }
    of_tables = [
        _numbers(tables.get("benchmark_summary")),
        _variances(tables.get("variance_reduction")),
        _models(tables.get("model_verdicts")),
        calibration_metrics(tables["calibration"]) if "calibration" in tables else {},
        _checks(tables),
        {f"stability_{name}": v for name, v in _numbers(tables.get("stability")).items()},
        _costs(tables),
    ]
    for numbers in of_tables:
        leaving |= numbers
    return {name: value for name, value in leaving.items() if np.isfinite(value)}


def calibration_metrics(rows: pd.DataFrame) -> dict[str, float]:
    """How many groups of the calibration are shown, and how many are outside their interval."""
    shown = rows[pd.to_numeric(rows["observed_events"]).notna()]
    low, high = pd.to_numeric(shown["ci_low"]), pd.to_numeric(shown["ci_high"])
    return {
        "calibration_groups": float(len(shown)),
        "calibration_outside": float(((low > 1) | (high < 1)).sum()),
    }


def _numbers(rows: pd.DataFrame | None) -> dict[str, float]:
    """The numbers of a table of one row."""
    if rows is None or rows.empty:
        return {}
    row = rows.iloc[0].drop(["analysis", "run_id"], errors="ignore")
    known = pd.to_numeric(row, errors="coerce").dropna()
    return {str(name): float(value) for name, value in known.items()}


def _variances(rows: pd.DataFrame | None) -> dict[str, float]:
    """Table 3.1: the share of the variance removed, and the two means."""
    if rows is None or rows.empty:
        return {}
    by_component = rows.set_index("component")
    removed = pd.to_numeric(by_component["variance_reduction"])
    metrics = {"variance_reduction": float(removed.loc["unexplained"])}
    for column, measured in (("mean_weeks", "duration"), ("mean_share", "share")):
        if column in by_component and by_component[column].notna().any():
            means = by_component[column].astype(float)
            metrics[f"observed_{measured}_mean"] = float(means["observed"])
            metrics[f"expected_{measured}_mean"] = float(means["observed"] - means["unexplained"])
    return metrics


def _models(rows: pd.DataFrame | None) -> dict[str, float]:
    """How many of the units shown have another verdict or fifth under the pooled model, and how
    many pairs the tiers of the two models do not tell apart alike."""
    return {} if rows is None or rows.empty else changes_from_pooled(rows)


def _checks(tables: Tables) -> dict[str, float]:
    """Headline figures of each check of a choice in the model: not of halves, which are none, nor
    of other models, whose figures stand beside those of the verdicts."""
    rows, indicators = tables.get("sensitivity"), _indicators(tables)
    if rows is None or indicators is None:
        return {}
    verdicts = indicators.set_index("municipality_code")["assessment"]
    models = tables["model_verdicts"]["model"] if "model_verdicts" in tables else ()
    tried = rows[~rows["check"].isin([*HALVES, *models])]
    return {
        f"check_{check}_{name}": value
        for check, of_check in tried.groupby("check", sort=False)
        for name, value in summarise_check(of_check, verdicts).items()
    }


def _costs(tables: Tables) -> dict[str, float]:
    """The mean unit cost of the municipalities compared, how many cost more and less than their
    need, and how the choice of account groups changes the cost indicators."""
    metrics: dict[str, float] = {}
    indicators = _indicators(tables)
    if indicators is not None and "unit_costs" in tables:
        compared = frozenset(
            indicators.loc[indicators["included"].astype(bool), "municipality_code"]
        )
        costs = tables["unit_costs"]
        costs = costs.assign(unit_cost=pd.to_numeric(costs["unit_cost"]))
        shown = costs[costs["unit_cost"].notna()]
        if shown["municipality_code"].isin(compared).any():
            summary = summarise_unit_costs(shown, compared)
            metrics["unit_cost_mean"] = float(summary["mean"].iloc[-1])
    if "cost_indicators" not in tables:
        return metrics
    main = tables["cost_indicators"]
    for name in ("above", "below", "as_expected"):
        metrics[f"cost_{name}"] = float((main["assessment"] == name).sum())
    if "cost_sensitivity" in tables:
        both = main.merge(
            tables["cost_sensitivity"], on="municipality_code", suffixes=("", "_fewer")
        )
        pair = both[["cost_indicator", "cost_indicator_fewer"]].astype(float).dropna()
        # A correlation needs three municipalities: two lie on a line whatever they cost.
        if len(pair) > 2:
            main_costs, costs_of_fewer = (pair[name] for name in pair)
            metrics["cost_sensitivity_correlation"] = float(main_costs.corr(costs_of_fewer))
    return metrics


def _indicators(tables: Tables) -> pd.DataFrame | None:
    return next((tables[name] for name in INDICATOR_TABLES if name in tables), None)
