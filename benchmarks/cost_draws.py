"""Costs and results drawn anew for the municipality-years of a simulated country, and what the
estimators make of them."""

import numpy as np
import pandas as pd

from kommunebench.costs import (
    CostNeedSettings,
    SimexSettings,
    build_cost_indicators,
    fit_cost_need,
    fit_errors_in_variables,
    mean_error_variance,
)
from kommunebench.simulation.true_costs import TrueCosts

# Of the benchmark indicator on the true cost indicator, and about the line.
SLOPE, SCATTER = 0.20, 0.04


def draw(truth: pd.DataFrame, true: TrueCosts, seed: int) -> pd.DataFrame:
    """The municipality-years with other inefficiency (half-normal), local difference (normal) and
    noise (lognormal of mean one)."""
    rng = np.random.default_rng([seed, 4])
    codes = truth["municipality_code"].unique()
    lasting = np.abs(rng.normal(0.0, true.inefficiency_sd, len(codes))) + rng.normal(
        0.0, true.local_sd, len(codes)
    )
    of_municipality = truth["municipality_code"].map(pd.Series(lasting, codes))
    spread = truth["year"].map(dict(true.noise)) * np.sqrt(
        true.noise_persons / truth["full_year_persons"].clip(25.0, 400.0)
    )
    factor = np.exp(spread * rng.normal(size=len(truth)) - spread**2 / 2)
    cost = (truth["cost_need"] + of_municipality).clip(lower=8_000.0) * factor
    return truth.assign(base=truth["cost_need"], lasting=of_municipality, unit_cost=cost).drop(
        columns="cost_need"
    )


def mean_ratio(cost: pd.Series, need: pd.Series, codes: pd.Series) -> pd.Series:
    """Mean over a municipality's counted years of cost over need, by code."""
    return (cost / need).groupby(codes).mean()


def one_country(
    truth_table: pd.DataFrame, weights: pd.Series, compared: frozenset[str], seed: int
) -> tuple[pd.DataFrame, list[dict]]:
    """Coefficients of the third model; slopes and coverage where the need is known and where it is
    fitted."""
    true = TrueCosts()
    drawn = draw(truth_table, true, seed)
    fitted = fit_cost_need(drawn, CostNeedSettings(compared=compared))
    yearly_drawn = fitted.yearly.merge(
        drawn[["municipality_code", "year", "base", "lasting"]], on=["municipality_code", "year"]
    )
    lasting, need, codes = (
        yearly_drawn["base"] + yearly_drawn["lasting"],
        yearly_drawn["base"] + true.mean_inefficiency,
        yearly_drawn["municipality_code"],
    )
    truth = mean_ratio(lasting, need, codes)
    result = (
        1.0
        + SLOPE * (truth - 1.0)
        + SCATTER * np.random.default_rng([seed, 77]).normal(size=len(truth))
    )
    figures = []
    for name, yearly in (
        (
            "known",
            yearly_drawn.assign(cost_need=need, cost_indicator=yearly_drawn["unit_cost"] / need),
        ),
        ("fitted", yearly_drawn),
    ):
        signal = mean_ratio(lasting, yearly["cost_need"], codes)
        of_need = one_slope(yearly, result, truth, signal=signal, weights=weights, seed=seed)
        figures.append({"need": name, **of_need})
    third = fitted.models[(fitted.models["model"] == 3) & ~fitted.models["is_reference"]].set_index(
        "term"
    )
    # The third model's rows hold its terms, of which the references are none.
    freedom = int(third["n"].iloc[0]) - len(third)
    return third[["coefficient", "se", "se_clustered"]].assign(df_residual=freedom), figures


def one_slope(
    yearly: pd.DataFrame,
    result: pd.Series,
    truth: pd.Series,
    *,
    signal: pd.Series,
    weights: pd.Series,
    seed: int,
) -> dict[str, float]:
    """The three slopes of a result on the cost indicator, and what theory makes of the true one.

    ``signal``: the cost indicator without the years' noise. The plain slope is the true one times
    the slope of the truth on the indicator.
    """
    indicators = (
        build_cost_indicators(yearly).table.set_index("municipality_code").reindex(truth.index)
    )
    units = pd.DataFrame(
        {
            "cost_indicator": indicators["cost_indicator"],
            "indicator": result,
            "persons": weights.reindex(truth.index),
        }
    )
    variance = mean_error_variance(yearly).reindex(units.index)
    w = units["persons"] / units["persons"].sum()
    noise = units["cost_indicator"] - signal
    fit = fit_errors_in_variables(
        units, error_variance=variance, simex=SimexSettings(draws=100, seed=seed)
    )
    known = indicators["ci_low"].notna()
    inside = (indicators["ci_low"] <= truth) & (truth <= indicators["ci_high"])
    slopes = {"plain": fit.plain, "moment": fit.moment, "simex": fit.simex}
    return {
        "reliability": fit.reliability,
        "theory_plain": weighted_slope(truth, units["cost_indicator"], units["persons"]),
        "error_estimated": float((w * (1 - w)) @ variance),
        "error_actual": float(w @ (noise - w @ noise) ** 2),
        "identified": fit.identified,
        "interval_holds": inside[known].mean(),
        **{name: slope.estimate for name, slope in slopes.items()},
        **{
            f"{name}_holds": slope.ci_low <= SLOPE <= slope.ci_high
            for name, slope in slopes.items()
        },
    }


def weighted_slope(y: pd.Series, x: pd.Series, weights: pd.Series) -> float:
    """Slope of the weighted regression of y on x."""
    w = weights / weights.sum()
    deviation = x - w @ x
    return float((w * (y - w @ y) * deviation).sum() / (w * deviation**2).sum())
