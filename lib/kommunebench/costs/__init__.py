"""Unit cost, cost need and efficiency: what the library offers on arrays and data frames."""

from kommunebench.cost_rules import (
    AccountKinds,
    AccountSettings,
    EfficiencyRules,
    IntervalKind,
    IntervalSettings,
    SimexSettings,
)
from kommunebench.costs.accounts import Expenditure, build_expenditure
from kommunebench.costs.classification import (
    CostByResult,
    CostPotential,
    build_cost_by_result,
    find_cost_potential,
)
from kommunebench.costs.cost_analysis import (
    CostAnalysis,
    CostRules,
    CostSensitivity,
    analyse_costs,
    analyse_sensitivity,
    cost_exclusions,
    cost_metrics,
)
from kommunebench.costs.cost_indicators import (
    CostIndicators,
    build_cost_indicators,
    error_variance_if_known,
    mean_error_variance,
)
from kommunebench.costs.cost_need import CostNeed, CostNeedSettings, fit_cost_need
from kommunebench.costs.efficiency import (
    LEAST_UNITS,
    Efficiency,
    assess_efficiency,
    sensitivity_if_any,
    sensitivity_rows,
)
from kommunebench.costs.efficiency_regressions import (
    EfficiencyRegressions,
    fit_efficiency_regressions,
    quadratic_design,
)
from kommunebench.costs.efficiency_units import (
    BenchmarkColumns,
    benchmark_as_ratio,
    both_indicators,
    efficiency_notes,
)
from kommunebench.costs.errors_in_variables import (
    ErrorsInVariablesFit,
    fit_errors_in_variables,
)
from kommunebench.costs.frontier import fit_frontier
from kommunebench.costs.frontier_fit import FrontierFit
from kommunebench.costs.regression import (
    RegressionFit,
    fit_regression,
    predict_mean,
    quadratic_vertex,
)
from kommunebench.costs.unit_cost import UnitCosts, build_unit_costs, summarise_unit_costs

__all__ = [
    "LEAST_UNITS",
    "AccountKinds",
    "AccountSettings",
    "BenchmarkColumns",
    "CostAnalysis",
    "CostByResult",
    "CostIndicators",
    "CostNeed",
    "CostNeedSettings",
    "CostPotential",
    "CostRules",
    "CostSensitivity",
    "Efficiency",
    "EfficiencyRegressions",
    "EfficiencyRules",
    "ErrorsInVariablesFit",
    "Expenditure",
    "FrontierFit",
    "IntervalKind",
    "IntervalSettings",
    "RegressionFit",
    "SimexSettings",
    "UnitCosts",
    "analyse_costs",
    "analyse_sensitivity",
    "assess_efficiency",
    "benchmark_as_ratio",
    "both_indicators",
    "build_cost_by_result",
    "build_cost_indicators",
    "build_expenditure",
    "build_unit_costs",
    "cost_exclusions",
    "cost_metrics",
    "efficiency_notes",
    "error_variance_if_known",
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
    "sensitivity_if_any",
    "sensitivity_rows",
    "summarise_unit_costs",
]
