"""Costs of one choice of account groups, from the accounts to the cost indicators."""

from dataclasses import dataclass
from typing import get_args

import pandas as pd

from kommunebench.cost_rules import CONFIDENCE_LEVEL, AccountSettings, Autocorrelation
from kommunebench.costs.accounts import Expenditure, build_expenditure
from kommunebench.costs.confidence import check_confidence_level
from kommunebench.costs.cost_indicators import (
    CostIndicators,
    build_cost_indicators,
)
from kommunebench.costs.cost_need import CostNeed, CostNeedSettings, fit_cost_need
from kommunebench.costs.unit_cost import UnitCosts, build_unit_costs
from kommunebench.errors import InputError
from kommunebench.survival.arguments import refuse_unknown_choice

CELL = ["municipality_code", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRules:
    """The choices of sections 8.1 and 8.2 of the method."""

    accounts: AccountSettings
    need: CostNeedSettings
    autocorrelation: Autocorrelation = "none"
    confidence_level: float = CONFIDENCE_LEVEL


@dataclass(frozen=True, slots=True, kw_only=True)
class CostAnalysis:
    """What the accounts of one choice of groups give.

    ``fault``: why there is no cost model, else empty; with a fault, ``need`` and ``indicators``
    have no rows and ``r_squared`` is NaN.
    """

    expenditure: Expenditure
    unit_costs: UnitCosts
    need: CostNeed
    indicators: CostIndicators
    fault: str = ""

    @property
    def r_squared(self) -> float:
        """Of the last cost model, which gives the need."""
        models = self.need.models
        return float("nan") if models.empty else float(models["r_squared"].iloc[-1])

    @property
    def unit_costs_with_need(self) -> pd.DataFrame:
        """Unit costs, with need and cost indicator in the municipality-years that count."""
        need = self.need.yearly[[*CELL, "cost_need", "cost_indicator"]]
        return self.unit_costs.unit_costs.merge(need, "left", CELL)

    @property
    def indicators_with_persons(self) -> pd.DataFrame:
        """Cost indicators with the mean full-year persons of the counted years, on which their
        disclosure rests."""
        persons = self.need.yearly.groupby("municipality_code")["full_year_persons"].mean()
        table = self.indicators.table
        return table.assign(full_year_persons=table["municipality_code"].map(persons))


def analyse_costs(
    accounts: pd.DataFrame,
    price_index: pd.DataFrame,
    full_year_persons: pd.DataFrame,
    rules: CostRules,
) -> CostAnalysis:
    """Expenditure, unit costs, cost need and cost indicators.

    Arguments as in build_expenditure and build_unit_costs. Where no cost model can be fitted, the
    expenditure and the unit costs stand and ``fault`` says why. Raises InputError as those two do,
    and for rules that are none.
    """
    check_confidence_level("confidence_level", rules.confidence_level)
    refuse_unknown_choice("autocorrelation", rules.autocorrelation, get_args(Autocorrelation))
    expenditure = build_expenditure(accounts, price_index, rules.accounts)
    unit_costs = build_unit_costs(expenditure, full_year_persons, rules.accounts)
    fault = ""
    try:
        need = _usable_need(unit_costs.unit_costs, rules.need)
    except InputError as error:
        need, indicators = _without_model(unit_costs.unit_costs)
        fault = str(error)
    else:
        # The need stands where intervals cannot be computed: that is in the indicators.
        indicators = build_cost_indicators(
            need.yearly, rules.autocorrelation, rules.confidence_level
        )
    return CostAnalysis(
        expenditure=expenditure,
        unit_costs=unit_costs,
        need=need,
        indicators=indicators,
        fault=fault,
    )


def _usable_need(unit_costs: pd.DataFrame, rules: CostNeedSettings) -> CostNeed:
    need = fit_cost_need(unit_costs, rules)
    if need.yearly.empty:
        raise InputError("cost model: it predicts no cost above zero in any municipality-year.")
    return need


def _without_model(unit_costs: pd.DataFrame) -> tuple[CostNeed, CostIndicators]:
    """Need and indicators without a row."""
    columns = [*CELL, "full_year_persons", "unit_cost"]
    need = CostNeed(
        models=pd.DataFrame(columns=["model", "term", "is_reference", "n", "r_squared"]),
        yearly=unit_costs.head(0)[columns].assign(cost_need=0.0, cost_indicator=0.0),
        left_out=pd.DataFrame(columns=[*CELL, "reason"]),
        constant_terms=(),
    )
    table = pd.DataFrame(columns=["municipality_code", "cost_indicator", "assessment", "quintile"])
    return need, CostIndicators(table, None, None)


@dataclass(frozen=True, slots=True)
class CostSensitivity:
    """The costs once more with fewer account groups (None where these have no expenditure), and why
    they have no cost indicators, else empty."""

    costs: CostAnalysis | None
    fault: str = ""

    @property
    def indicators(self) -> pd.DataFrame:
        """Cost indicators with what the last cost model explains; without a row under a fault."""
        if self.costs is None:
            return pd.DataFrame()
        return self.costs.indicators_with_persons.assign(r_squared=self.costs.r_squared)


def analyse_sensitivity(
    accounts: pd.DataFrame,
    price_index: pd.DataFrame,
    full_year_persons: pd.DataFrame,
    rules: CostRules,
) -> CostSensitivity:
    """As analyse_costs, for groups that need not have any expenditure: a side calculation stops
    nothing."""
    try:
        costs = analyse_costs(accounts, price_index, full_year_persons, rules)
    except InputError as error:
        return CostSensitivity(None, str(error))
    return CostSensitivity(costs, costs.fault)


def cost_exclusions(costs: CostAnalysis, sensitivity: CostSensitivity) -> pd.DataFrame:
    """Every cell that does not count: part, municipality_code, year, account_group, reason, rows.

    Parts: account rows, unit costs, years of the cost model, its shares without variation, the
    model itself where there is none, the intervals of the indicators where there are none, the
    sensitivity where there is none.
    """
    parts = {
        "accounts": costs.expenditure.problems,
        "unit_cost": costs.unit_costs.problems,
        "cost_model": costs.need.left_out.assign(rows=1),
        "cost_model_term": pd.DataFrame(
            {
                "account_group": list(costs.need.constant_terms),
                "reason": "share_without_variation",
                "rows": 1,
            }
        ),
    }
    if costs.fault:
        parts["cost_model_not_fitted"] = pd.DataFrame({"reason": [costs.fault], "rows": 1})
    if costs.indicators.interval_fault:
        fault = pd.DataFrame({"reason": [costs.indicators.interval_fault], "rows": 1})
        parts["cost_intervals_not_computed"] = fault
    if sensitivity.fault:
        fault = pd.DataFrame({"reason": [sensitivity.fault], "rows": 1})
        parts["cost_sensitivity_not_fitted"] = fault
    rows = [
        {**row, "part": excluded_from}
        for excluded_from, cells in parts.items()
        for row in cells.to_dict("records")
    ]
    return pd.DataFrame(rows)


def cost_metrics(main: CostAnalysis, sensitivity: CostSensitivity) -> dict[str, float]:
    """Numbers of the cost models by name; those over municipalities follow from the published
    tables."""
    left_out = float(len(main.unit_costs.problems) + len(main.need.left_out))
    metrics = {"cost_cells_left_out": left_out}
    if main.fault:
        return metrics
    metrics |= {
        "cost_model_r_squared": main.r_squared,
        "cost_model_n": float(main.need.models["n"].iloc[-1]),
    }
    if main.indicators.correlation is not None:
        metrics["cost_year_correlation"] = main.indicators.correlation
    if sensitivity.costs is not None and not sensitivity.fault:
        metrics["cost_sensitivity_r_squared"] = sensitivity.costs.r_squared
    return metrics
