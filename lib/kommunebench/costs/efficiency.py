"""Benchmark against cost, whole: regressions, slopes with both in error, frontiers, classes
(method, sections 8.3, 8.4)."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kommunebench.costs.classification import build_cost_by_result
from kommunebench.costs.efficiency_regressions import fit_efficiency_regressions, quadratic_design
from kommunebench.costs.errors_in_variables import (
    ErrorsInVariablesFit,
    SimexSettings,
    Slope,
    fit_errors_in_variables,
)
from kommunebench.costs.frontier import DistributionName, FrontierFit, Noise, fit_frontier
from kommunebench.costs.frontier_scores import Side
from kommunebench.errors import InputError

# Below this a quadratic frontier with two scales has next to nothing left to judge its fit by.
LEAST_UNITS = 10
SIDES: tuple[Side, Side] = ("production", "cost")
_NEEDED = (
    "municipality_code", "indicator", "indicator_se", "persons", "cost_indicator", "cost_error_variance", "mean_unit_cost",
    "result_assessment", "cost_assessment",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EfficiencyRules:
    """Choices of section 8.3: outliers by code, distribution of inefficiency, noise, draws and seed
    of SIMEX."""

    outliers: tuple[str, ...] = ()
    distribution: DistributionName = "half_normal"
    noise: Noise = "estimated"
    simex: SimexSettings = field(default_factory=SimexSettings)


@dataclass(frozen=True, slots=True)
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
    interior maximum is in ``not_fitted``; the rest goes on. Raises InputError for missing columns
    or fewer than LEAST_UNITS municipalities.
    """
    missing = [column for column in _NEEDED if column not in units.columns]
    if missing:
        raise InputError(f"units lacks the columns {', '.join(missing)}.")
    if len(units) < LEAST_UNITS:
        raise InputError(
            f"units: {len(units)} municipalities have both a benchmark and a cost indicator;"
            f" efficiency needs {LEAST_UNITS}. Lower model.min_spells or"
            " cost.min_full_year_persons, or leave the section efficiency out."
        )
    units = units.sort_values("municipality_code", ignore_index=True)
    lines = fit_efficiency_regressions(units, rules.outliers)
    fits, not_fitted = _frontiers(units, rules)
    slopes = None
    if units["cost_error_variance"].isna().any():
        not_fitted.append(
            (
                "errors_in_variables",
                "no municipality has two years, so the error of a cost indicator is unknown",
            )
        )
    else:
        slopes = fit_errors_in_variables(
            units, error_variance=units["cost_error_variance"], simex=rules.simex
        )
    corrected = [] if slopes is None else [errors_in_variables_rows(slopes)]
    return Efficiency(
        regressions=pd.concat([lines.table, *corrected], ignore_index=True),
        influence=lines.influence,
        parameters=_stack([frontier_parameters(fit) for fit in fits]),
        scores=_stack([frontier_scores(fit, units["municipality_code"]) for fit in fits]),
        cost_by_result=build_cost_by_result(units).table,
        not_fitted=pd.DataFrame(not_fitted, columns=["part", "reason"]),
        metrics=_metrics(lines.table, slopes, fits, len(units)),
    )


def _frontiers(
    units: pd.DataFrame, rules: EfficiencyRules
) -> tuple[list[FrontierFit], list[tuple[str, str]]]:
    fits, not_fitted = [], []
    for side in SIDES:
        try:
            fits.append(fit_side(units, side, rules))
        except InputError as error:
            not_fitted.append((f"frontier_{side}", str(error)))
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
    if rules.noise == "known_variance":
        error = (
            units["indicator_se"] if side == "production" else np.sqrt(units["cost_error_variance"])
        )
        return fit_frontier(
            units[outcome],
            design,
            side=side,
            distribution=rules.distribution,
            noise="known_variance",
            noise_se=error,
        )
    return fit_frontier(
        units[outcome], design, side=side, distribution=rules.distribution, weights=units["persons"]
    )


def frontier_parameters(fit: FrontierFit) -> pd.DataFrame:
    """Rows of gold.frontier_parameters: coefficients with sandwich errors, scales with errors by
    the delta method."""
    scales = {"sigma_u": "ln_sigma_u", "sigma_v": "ln_sigma_v"}
    values = {"sigma_u": fit.sigma_u, "sigma_v": fit.sigma_v}
    robust = pd.Series(np.sqrt(np.diag(fit.covariance_robust)), index=fit.covariance_robust.index)
    rows = [
        (str(term), float(fit.coefficients[str(term)]), float(fit.se_robust[str(term)]))
        for term in fit.coefficients.index
    ]
    for name, log_name in scales.items():
        rows.append(
            (
                name,
                values[name],
                values[name] * float(robust[log_name]) if log_name in robust else float("nan"),
            )
        )
    shape = [
        str(p)
        for p in fit.parameters.index
        if p not in fit.coefficients.index and p not in scales.values()
    ]
    rows += [(name, float(fit.parameters[name]), float(robust[name])) for name in shape]
    return pd.DataFrame(rows, columns=["term", "estimate", "se"]).assign(
        side=fit.side,
        distribution=fit.distribution,
        log_likelihood=fit.log_likelihood,
        lr_statistic=fit.lr_statistic,
        lr_p_value=fit.lr_p_value,
        aic=fit.aic,
        skewness=fit.skewness,
        n=fit.n,
        n_effective=fit.n_effective,
    )


def frontier_scores(fit: FrontierFit, municipality_codes: pd.Series) -> pd.DataFrame:
    """Rows of gold.frontier_scores, in the order of the fit."""
    return pd.DataFrame(
        {
            "side": fit.side,
            "municipality_code": municipality_codes.to_numpy(),
            "inefficiency": fit.inefficiency,
            "efficiency": fit.efficiency,
            "ci_low": fit.efficiency_low,
            "ci_high": fit.efficiency_high,
            "rank": fit.rank,
            "rank_low": fit.rank_low,
            "rank_high": fit.rank_high,
            "ranked_by": fit.ranked_by,
        }
    )


def errors_in_variables_rows(fit: ErrorsInVariablesFit) -> pd.DataFrame:
    """Slopes of section 8.4 as rows of gold.efficiency_regressions; ``r_squared`` of them is
    missing, reliability is a term."""

    def row(specification: str, slope: Slope) -> dict[str, object]:
        return {
            "specification": specification, "term": "cost_indicator", "coefficient": slope.estimate, "se": slope.se,
            "t_value": slope.t_value, "p_value": slope.p_value, "n": fit.n,
        }  # fmt: skip

    reliability = {
        "specification": "errors_in_variables",
        "term": "reliability",
        "coefficient": fit.reliability,
        "n": fit.n,
    }
    rows = [
        row("plain_jackknife", fit.plain),
        row("errors_in_variables", fit.moment),
        reliability,
        row("simex", fit.simex),
    ]
    return pd.DataFrame(rows)


def sensitivity_rows(units: pd.DataFrame, outliers: tuple[str, ...]) -> pd.DataFrame:
    """The linear regressions once more with the cost of fewer account groups (the report's footnote
    17).

    ``units`` as in fit_efficiency_regressions; the specifications carry the suffix
    ``_sensitivity``.
    """
    table = fit_efficiency_regressions(units, outliers).table
    linear = table[table["specification"].str.startswith("linear")]
    return linear.assign(specification=linear["specification"] + "_sensitivity")


def _metrics(
    lines: pd.DataFrame, slopes: ErrorsInVariablesFit | None, fits: list[FrontierFit], units: int
) -> dict[str, float]:
    slope = lines[lines["term"] == "cost_indicator"].set_index("specification")
    found = {"efficiency_units": float(units)}
    for name in ("linear", "linear_without_outliers"):
        if name in slope.index:
            found[f"slope_{name}"] = float(slope["coefficient"][name])
            found[f"slope_{name}_se"] = float(slope["se"][name])
    if slopes is not None:
        found["reliability"] = slopes.reliability
        found |= {
            "slope_errors_in_variables": slopes.moment.estimate,
            "slope_simex": slopes.simex.estimate,
        }
    of_fit: dict[str, Callable[[FrontierFit], float]] = {
        "sigma_u": lambda fit: fit.sigma_u,
        "sigma_v": lambda fit: fit.sigma_v,
        "lr": lambda fit: fit.lr_statistic,
        "lr_p_value": lambda fit: fit.lr_p_value,
        "mean_efficiency": lambda fit: float(fit.efficiency.mean()),
    }
    for fit in fits:
        found |= {f"frontier_{fit.side}_{name}": value(fit) for name, value in of_fit.items()}
        found |= {
            f"frontier_{fit.side}_{term}": float(value) for term, value in fit.coefficients.items()
        }
    return {name: value for name, value in found.items() if np.isfinite(value)}


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
