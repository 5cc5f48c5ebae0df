"""What the tables of a frontier say: its curve, whether there is inefficiency, whether its order is
a ranking."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from kommunebench.cost_rules import MOST_OF_LIST
from kommunebench.costs.frontier_fit import median_rank_span

_CONSTANTS = ("intercept", "constant", "const")
_NOT_OF_THE_CURVE = ("sigma", "log_", "ln_", "mu", "lambda", "gamma", "shape", "scale")


def frontier_curve(
    parameters: pd.DataFrame, side: str
) -> Callable[[np.ndarray], np.ndarray] | None:
    """The fitted frontier of a side as a function of its one input; None where its coefficients are
    not in the table."""
    rows = parameters[parameters["side"] == side]
    if rows.empty:
        return None
    rows = rows[rows["distribution"] == rows["distribution"].iloc[0]]
    terms = {str(row["term"]): float(row["estimate"]) for _, row in rows.iterrows()}
    constant = next((terms[name] for name in _CONSTANTS if name in terms), None)
    slopes = {
        name: value
        for name, value in terms.items()
        if name not in _CONSTANTS and not name.startswith(_NOT_OF_THE_CURVE)
    }
    square = next((value for name, value in slopes.items() if name.endswith("squared")), 0.0)
    slope = next((value for name, value in slopes.items() if not name.endswith("squared")), None)
    if constant is None or slope is None:
        return None
    level, steep = constant, slope
    return lambda x: level + steep * x + square * x**2


def rank_span(scores: pd.DataFrame, side: str) -> float | None:
    """Median share of the list that the interval of a rank spans, as the run judges it; None where
    there are no intervals."""
    rows = scores[scores["side"] == side]
    low, high = (rows[name].to_numpy(float) for name in ("rank_low", "rank_high"))
    span = median_rank_span(low, high) if len(rows) > 1 else np.nan
    return None if np.isnan(span) else span


def wide_ranks(scores: pd.DataFrame, side: str) -> float | None:
    """The span of the ranks' intervals where it is too wide for a ranking, else None. The run's own
    judgement, ``ranks_span_most``, decides where the table has it."""
    span = rank_span(scores, side)
    if span is None:
        return None
    rows = scores[scores["side"] == side]
    judged = rows["ranks_span_most"].dropna() if "ranks_span_most" in rows else rows.iloc[:0]
    wide = bool(judged.astype(bool).any()) if len(judged) else span > MOST_OF_LIST
    return span if wide else None


def ordered_by_residual(parameters: pd.DataFrame | None, scores: pd.DataFrame, side: str) -> bool:
    """Whether no inefficiency was found on a side: all efficiencies are then 1, and the order is
    that of signed residuals, which is no ranking."""
    if parameters is not None and side in no_inefficiency_sides(parameters):
        return True
    return bool((scores.loc[scores["side"] == side, "ranked_by"] == "residual").any())


def is_ranking(
    parameters: pd.DataFrame | None, scores: pd.DataFrame, side: str, confidence_level: float
) -> bool:
    """Whether the order on a side may be called a ranking: inefficiency is told from noise by a
    test, and the intervals of the ranks are narrow enough."""
    if parameters is None or ordered_by_residual(parameters, scores, side):
        return False
    p_value = tested_p_value(parameters, side)
    # A gamma distribution has no test: what is not told from noise is no ranking.
    if p_value is None or _by_chance(p_value, confidence_level):
        return False
    return rank_span(scores, side) is not None and wide_ranks(scores, side) is None


def tested_p_value(rows: pd.DataFrame, side: str) -> float | None:
    """The p-value of the test for inefficiency on a side; None where there is no test."""
    p_values = rows.loc[rows["side"] == side, "lr_p_value"].dropna()
    return float(p_values.iloc[0]) if len(p_values) else None


def chance_p_value(rows: pd.DataFrame, side: str, confidence_level: float) -> float | None:
    """The p-value of that test where chance could have made the inefficiency at the confidence
    level; None where it could not, or there is no test."""
    p_value = tested_p_value(rows, side)
    return p_value if p_value is not None and _by_chance(p_value, confidence_level) else None


def _by_chance(p_value: float, confidence_level: float) -> bool:
    return p_value >= 1.0 - confidence_level


def no_inefficiency_sides(rows: pd.DataFrame) -> list[str]:
    """Sides on which no inefficiency was found: sigma_u is zero."""
    sides = rows.loc[(rows["term"] == "sigma_u") & (rows["estimate"] == 0), "side"]
    return list(dict.fromkeys(str(side) for side in sides))
