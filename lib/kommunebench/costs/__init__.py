"""Unit cost, cost need and efficiency: what the library offers on arrays and data frames."""

from kommunebench.costs.accounts import (
    AccountKinds,
    AccountSettings,
    Expenditure,
    build_expenditure,
)
from kommunebench.costs.classification import (
    CostByResult,
    CostPotential,
    best_on_frontier,
    build_cost_by_result,
    colour_classes,
    find_cost_potential,
)
from kommunebench.costs.cost_indicators import CostIndicators, build_cost_indicators
from kommunebench.costs.cost_need import CostNeed, CostNeedSettings, fit_cost_need
from kommunebench.costs.efficiency_regressions import (
    EfficiencyRegressions,
    fit_efficiency_regressions,
    quadratic_design,
)
from kommunebench.costs.errors_in_variables import (
    ErrorsInVariablesFit,
    SimexSettings,
    fit_errors_in_variables,
    mean_error_variance,
)
from kommunebench.costs.frontier import FrontierFit, fit_frontier
from kommunebench.costs.regression import (
    RegressionFit,
    fit_regression,
    predict_mean,
    quadratic_vertex,
)
from kommunebench.costs.unit_cost import UnitCosts, build_unit_costs, summarise_unit_costs

__all__ = [
    "AccountKinds",
    "AccountSettings",
    "CostByResult",
    "CostIndicators",
    "CostNeed",
    "CostNeedSettings",
    "CostPotential",
    "EfficiencyRegressions",
    "ErrorsInVariablesFit",
    "Expenditure",
    "FrontierFit",
    "RegressionFit",
    "SimexSettings",
    "UnitCosts",
    "best_on_frontier",
    "build_cost_by_result",
    "build_cost_indicators",
    "build_expenditure",
    "build_unit_costs",
    "colour_classes",
    "find_cost_potential",
    "fit_cost_need",
    "fit_efficiency_regressions",
    "fit_errors_in_variables",
    "fit_frontier",
    "fit_regression",
    "mean_error_variance",
    "predict_mean",
    "quadratic_design",
    "quadratic_vertex",
    "summarise_unit_costs",
]
