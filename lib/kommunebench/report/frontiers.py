"""What the tables of a frontier say: its curve, whether there is inefficiency, whether its order is
a ranking."""

from collections.abc import Callable

import numpy as np
import pandas as pd

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


# A ranking whose intervals typically span more of the list than this is not called one.
_WIDEST_SPAN = 0.5


def rank_span(scores: pd.DataFrame, side: str) -> float | None:
    """Median share of the list that the interval of a rank spans; None where there are no
    intervals."""
    rows = scores[scores["side"] == side]
    width = (rows["rank_high"] - rows["rank_low"] + 1).dropna()
    return float((width / len(rows)).median()) if len(width) else None


def wide_ranks(scores: pd.DataFrame, side: str) -> float | None:
    """The span of the ranks' intervals where it is too wide for a ranking, else None. The run's own
    judgement, ``ranks_span_most``, decides where the table has it."""
    span = rank_span(scores, side)
    if span is None:
        return None
    rows = scores[scores["side"] == side]
    judged = rows["ranks_span_most"].dropna() if "ranks_span_most" in rows else rows.iloc[:0]
    wide = bool(judged.astype(bool).any()) if len(judged) else span > _WIDEST_SPAN
    return span if wide else None


def is_ranking(parameters: pd.DataFrame | None, scores: pd.DataFrame, side: str) -> bool:
    """Whether the order on a side may be called a ranking: inefficiency is told from noise, and
    the intervals of the ranks are narrow enough."""
    if (scores.loc[scores["side"] == side, "ranked_by"] == "residual").any():
        return False
    if parameters is not None:
        if side in no_inefficiency_sides(parameters):
            return False
        if chance_p_value(parameters, side) is not None:
            return False
    return rank_span(scores, side) is not None and wide_ranks(scores, side) is None


def chance_p_value(rows: pd.DataFrame, side: str, level: float = 0.05) -> float | None:
    """The p-value of the test for inefficiency on a side where it is not below the level; None
    where it is, or there is no test."""
    p_values = rows.loc[rows["side"] == side, "lr_p_value"].dropna()
    return float(p_values.iloc[0]) if len(p_values) and float(p_values.iloc[0]) >= level else None


def no_inefficiency_sides(rows: pd.DataFrame) -> list[str]:
    """Sides on which no inefficiency was found: sigma_u is zero."""
    sides = rows.loc[(rows["term"] == "sigma_u") & (rows["estimate"] == 0), "side"]
    return list(dict.fromkeys(str(side) for side in sides))
