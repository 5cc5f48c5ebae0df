"""Rows of the efficiency tables from fitted frontiers and slopes."""

import numpy as np
import pandas as pd

from kommunebench.cost_rules import MOST_OF_LIST
from kommunebench.costs.errors_in_variables import ErrorsInVariablesFit, Slope
from kommunebench.costs.frontier_fit import FrontierFit


def frontier_parameters(fit: FrontierFit) -> pd.DataFrame:
    """Rows of gold.frontier_parameters: coefficients with sandwich errors, scales with errors by
    the delta method."""
    robust = pd.Series(np.sqrt(np.diag(fit.covariance_robust)), index=fit.covariance_robust.index)
    estimates = {str(term): float(value) for term, value in fit.coefficients.items()}
    errors = {str(term): float(value) for term, value in fit.se_robust.items()}
    logs = {"ln_sigma_u": ("sigma_u", fit.sigma_u), "ln_sigma_v": ("sigma_v", fit.sigma_v)}
    for log_name, (name, scale) in logs.items():
        estimates[name] = scale
        # Delta method: d exp(x) = exp(x) dx. A scale of zero has no error.
        errors[name] = scale * float(robust.get(log_name, np.nan))
    for name in fit.parameters.index.difference([*fit.coefficients.index, *logs], sort=False):
        estimates[name], errors[name] = float(fit.parameters[name]), float(robust[name])
    rows = pd.DataFrame(
        {"term": list(estimates), "estimate": list(estimates.values()), "se": list(errors.values())}
    )
    return rows.assign(
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
    """Rows of gold.frontier_scores, in the order of the fit.

    ``ranks_span_most``: the median interval of a rank covers more than half of the list, so that
    the order is no ranking; missing where there are no intervals.
    """
    span = fit.rank_span
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
            "ranks_span_most": None if np.isnan(span) else bool(span > MOST_OF_LIST),
        }
    )


def errors_in_variables_rows(fit: ErrorsInVariablesFit) -> pd.DataFrame:
    """Slopes of section 8.4 as rows of gold.efficiency_regressions; ``r_squared`` of them is
    missing, reliability is a term."""

    slopes = {
        "plain_jackknife": fit.plain,
        "errors_in_variables": fit.moment,
        "simex": fit.simex,
    }
    rows = [_slope_row(specification, slope) for specification, slope in slopes.items()]
    reliability = {
        "specification": "errors_in_variables",
        "term": "reliability",
        "coefficient": fit.reliability,
    }
    return pd.DataFrame([*rows[:2], reliability, *rows[2:]]).assign(n=fit.n)


def _slope_row(specification: str, slope: Slope) -> dict[str, object]:
    return {
        "specification": specification,
        "term": "cost_indicator",
        "coefficient": slope.estimate,
        "se": slope.se,
        "t_value": slope.t_value,
        "p_value": slope.p_value,
    }


def efficiency_metrics(
    lines: pd.DataFrame, slopes: ErrorsInVariablesFit | None, fits: list[FrontierFit], units: int
) -> dict[str, float]:
    """Slopes, reliability, scales and likelihood ratios by name; what is not finite is left out."""
    slope = lines[lines["term"] == "cost_indicator"].set_index("specification")
    values = {"efficiency_units": float(units)}
    for name in ("linear", "linear_without_outliers"):
        if name in slope.index:
            values[f"slope_{name}"] = float(slope["coefficient"][name])
            values[f"slope_{name}_se"] = float(slope["se"][name])
    if slopes is not None:
        values["reliability"] = slopes.reliability
        values["slope_errors_in_variables"] = slopes.moment.estimate
        values["slope_simex"] = slopes.simex.estimate
    for fit in fits:
        of_fit = {
            "sigma_u": fit.sigma_u,
            "sigma_v": fit.sigma_v,
            "lr": fit.lr_statistic,
            "lr_p_value": fit.lr_p_value,
            "mean_efficiency": float(fit.efficiency.mean()),
            "rank_span": fit.rank_span,
            **{str(term): float(value) for term, value in fit.coefficients.items()},
        }
        values |= {f"frontier_{fit.side}_{name}": value for name, value in of_fit.items()}
    return {name: value for name, value in values.items() if np.isfinite(value)}
