"""Reading a frontier's curve out of its table of parameters."""

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
