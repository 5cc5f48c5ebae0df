"""The benchmark indicator on the cost indicator: linear and quadratic, with and without outliers
(figure 5.1)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.costs.named_columns import (
    frame_with_columns,
    refuse_repeated,
    with_codes,
    with_numbers,
)
from kommunebench.costs.regression import RegressionFit, fit_regression
from kommunebench.errors import InputError
from kommunebench.survival.arguments import Column, as_numbers

CONSTANT, LINEAR, QUADRATIC = "intercept", "cost_indicator", "cost_indicator_squared"
NEEDED = ("municipality_code", "indicator", "cost_indicator", "persons")


@dataclass(frozen=True, slots=True)
class EfficiencyRegressions:
    """Regressions weighted by persons with spells (method, section 8.3, points 1 and 2).

    ``table``: specification, term, coefficient, se, t_value, p_value, n, r_squared. ``influence``:
    one row a municipality of the linear regression with all: municipality_code, leverage,
    cooks_distance, is_outlier (named in the settings). ``fits`` by specification: ``linear``,
    ``quadratic`` and, if outliers are present, both with the suffix ``_without_outliers``.
    ``outliers_absent``: named outliers that are not among the municipalities.
    """

    table: pd.DataFrame
    influence: pd.DataFrame
    fits: dict[str, RegressionFit]
    outliers_absent: tuple[str, ...]


def quadratic_design(x: Column, quadratic: bool = True) -> pd.DataFrame:
    """Constant, x and (if ``quadratic``) x squared, one row a municipality, with the index of x if
    it has one. Raises InputError for values that are no numbers."""
    values = as_numbers("x", x)
    columns = {CONSTANT: np.ones(len(values)), LINEAR: values}
    if quadratic:
        columns[QUADRATIC] = values**2
    return pd.DataFrame(columns, index=x.index if isinstance(x, pd.Series) else None)


def fit_efficiency_regressions(
    units: pd.DataFrame, outliers: tuple[str, ...] = ()
) -> EfficiencyRegressions:
    """Regress ``indicator`` on ``cost_indicator`` (and its square) with weights ``persons``.

    ``units`` has one row a municipality: municipality_code, indicator, cost_indicator, persons.
    Raises InputError for missing columns, values or weights, for a municipality that occurs twice,
    and where the indicator is the same everywhere.
    """
    units = with_codes("units", frame_with_columns("units", units, NEEDED))
    units = with_numbers("units", units, NEEDED[1:]).reset_index(drop=True)
    refuse_repeated("units", units, ["municipality_code"], "municipalities")
    if len(units) > 1 and units["indicator"].nunique(dropna=False) == 1:
        raise InputError("indicator is the same in all rows of units: there is nothing to explain.")
    is_outlier = units["municipality_code"].isin(outliers)
    samples = {"": units}
    if is_outlier.any():
        samples["_without_outliers"] = units[~is_outlier]
    fits = {
        f"{form}{suffix}": _fit(sample, form == "quadratic")
        for form in ("linear", "quadratic")
        for suffix, sample in samples.items()
    }
    influence = pd.DataFrame(
        {
            "municipality_code": units["municipality_code"],
            "leverage": fits["linear"].leverage,
            "cooks_distance": fits["linear"].cooks_distance,
            "is_outlier": is_outlier,
        }
    )
    absent = tuple(code for code in outliers if code not in set(units["municipality_code"]))
    table = pd.concat([_rows(name, fit) for name, fit in fits.items()], ignore_index=True)
    return EfficiencyRegressions(
        table=table, influence=influence, fits=fits, outliers_absent=absent
    )


def _fit(sample: pd.DataFrame, quadratic: bool) -> RegressionFit:
    design = quadratic_design(sample["cost_indicator"], quadratic)
    return fit_regression(sample["indicator"], design, weights=sample["persons"])


def _rows(specification: str, fit: RegressionFit) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "specification": specification,
            "term": fit.coefficients.index,
            "coefficient": fit.coefficients.to_numpy(),
            "se": fit.se.to_numpy(),
            "t_value": fit.t_values.to_numpy(),
            "p_value": fit.p_values.to_numpy(),
            "n": fit.n,
            "r_squared": fit.r_squared,
        }
    )
