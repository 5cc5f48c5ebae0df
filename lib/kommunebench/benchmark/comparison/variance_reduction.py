"""How much of the variation between units goes with whom they receive (table 3.1)."""

from typing import Literal

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Floats


def variance_reduction(
    observed: Floats, expected: Floats, unit: Literal["weeks", "share"] = "weeks"
) -> pd.DataFrame:
    """Table 3.1 over units, unweighted: mean, standard deviation, sample variance of observed and
    of observed - expected; share removed. Columns of gold.variance_reduction, means and spreads
    named by their unit."""
    rows = []
    for name, value in (("observed", observed), ("unexplained", observed - expected)):
        variance = float(np.var(value, ddof=1)) if len(value) > 1 else np.nan
        rows.append(
            {
                "component": name,
                f"mean_{unit}": float(value.mean()) if len(value) else np.nan,
                f"sd_{unit}": float(np.sqrt(variance)),
                "variance": variance,
            }
        )
    table = pd.DataFrame(rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        removed = 1.0 - np.divide(*table["variance"].to_numpy()[::-1])
    table["variance_reduction"] = [np.nan, removed]
    return table
