"""A municipality's cost against its need over the years, and how sure that is (method, section
8.2)."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from kommunebench.benchmark.comparison.fifths import FIFTHS, fifths_from_highest
from kommunebench.cost_rules import CONFIDENCE_LEVEL, Autocorrelation
from kommunebench.costs.confidence import check_confidence_level, t_multiple
from kommunebench.costs.linear_inputs import as_vector
from kommunebench.costs.named_columns import (
    frame_with_columns,
    refuse_repeated,
    with_codes,
    with_known_years,
)
from kommunebench.costs.year_correlation import (
    YearSeries,
    freedom,
    mean_variance,
    year_correlation,
)
from kommunebench.errors import InputError
from kommunebench.survival.arguments import refuse_unknown_choice


@dataclass(frozen=True, slots=True)
class CostIndicators:
    """Cost indicators and what the years of one municipality have in common.

    ``table``: one row a municipality, by code: municipality_code, years, mean_unit_cost,
    mean_cost_need, cost_indicator (mean over its counted years), se, ci_low, ci_high (t-interval at
    the confidence level asked for; missing with one year, and with years that do not differ),
    assessment (``above``, ``as_expected``, ``below``), quintile (1 lowest). ``lag_one_ratio`` and
    ``correlation`` are r₁ and ρ of the pooled option, None without it. ``interval_fault``: why
    nobody has an interval under the pooled option, else empty.
    """

    table: pd.DataFrame
    lag_one_ratio: float | None
    correlation: float | None
    interval_fault: str = ""


def build_cost_indicators(
    yearly: pd.DataFrame,
    autocorrelation: Autocorrelation = "none",
    confidence_level: float = CONFIDENCE_LEVEL,
) -> CostIndicators:
    """Mean of the yearly cost indicators of each municipality, with interval and class.

    ``yearly``: municipality_code, year, unit_cost, cost_need, cost_indicator, one row a counted
    year. ``pooled`` widens the interval for correlation between the years of one municipality;
    where that cannot be estimated, nobody has an interval and everybody is as expected. Raises
    InputError if ``yearly`` is empty, a municipality's year occurs twice, or a value is missing.
    """
    check_confidence_level("confidence_level", confidence_level)
    yearly = _checked(yearly, autocorrelation, ("year", "unit_cost", "cost_need"))
    series = _by_municipality(yearly)
    correlation = year_correlation(series, autocorrelation)
    rows = []
    for code, of_years in yearly.groupby("municipality_code"):
        limits = _interval(series[str(code)], correlation.rho, confidence_level)
        means = of_years[["unit_cost", "cost_need"]].mean()
        rows.append(
            {
                "municipality_code": str(code),
                "years": len(of_years),
                "mean_unit_cost": float(means["unit_cost"]),
                "mean_cost_need": float(means["cost_need"]),
                **limits,
            }
        )
    table = pd.DataFrame(rows)
    table["quintile"] = FIFTHS + 1 - fifths_from_highest(table["cost_indicator"].to_numpy(float))
    return CostIndicators(
        table=table,
        lag_one_ratio=correlation.lag_one_ratio,
        correlation=correlation.rho if autocorrelation == "pooled" else None,
        interval_fault=correlation.fault,
    )


def mean_error_variance(
    yearly: pd.DataFrame, autocorrelation: Autocorrelation = "none"
) -> pd.Series:
    """Error variance of each municipality's mean cost indicator, by municipality_code.

    From the variance over its years, as in the interval of its cost indicator; with one year, or
    years that do not differ, from the variance of a year pooled within municipalities. ``yearly``:
    municipality_code, cost_indicator, and year under ``pooled``. Raises InputError if no
    municipality has two years that differ, the correlation asked for cannot be estimated, one of
    its years occurs twice, or a value is missing.
    """
    yearly = _checked(yearly, autocorrelation, ("year",) if autocorrelation == "pooled" else ())
    series = _by_municipality(yearly)
    correlation = year_correlation(series, autocorrelation)
    if correlation.rho is None:
        raise InputError(f"yearly: {correlation.fault}")
    variances = _error_variances(series, correlation.rho)
    if variances.empty:
        raise InputError(
            "yearly: no municipality has two years that differ, so the error of a year's cost"
            " indicator is unknown."
        )
    return variances


def error_variance_if_known(
    yearly: pd.DataFrame, autocorrelation: Autocorrelation = "none"
) -> pd.Series:
    """As mean_error_variance, but empty where no municipality has two years that differ, or the
    correlation asked for cannot be estimated."""
    needed = ("year",) if autocorrelation == "pooled" else ()
    yearly = frame_with_columns("yearly", yearly, ("municipality_code",))
    if yearly.empty:
        return _error_variances({}, 0.0)
    series = _by_municipality(_checked(yearly, autocorrelation, needed))
    rho = year_correlation(series, autocorrelation).rho
    return _error_variances({} if rho is None else series, rho or 0.0)


def _error_variances(series: dict[str, YearSeries], rho: float) -> pd.Series:
    """Error variance of each municipality's mean, by code; empty where no years tell one."""
    several = [one for one in series.values() if len(one.years) > 1]
    variances = {}
    if any(one.tells_error for one in several):
        pooled = sum(one.squares for one in several) / sum(freedom(one, rho) for one in several)
        variances = {
            code: mean_variance(one, rho, None if one.tells_error else pooled)
            for code, one in series.items()
        }
    named = pd.Series(variances, dtype=float, name="error_variance")
    return named.rename_axis("municipality_code")


def _checked(
    yearly: pd.DataFrame, autocorrelation: Autocorrelation, needed: tuple[str, ...]
) -> pd.DataFrame:
    """The years with codes as text and finite numbers, one row a municipality's year."""
    refuse_unknown_choice("autocorrelation", autocorrelation, get_args(Autocorrelation))
    columns = ("municipality_code", "cost_indicator", *needed)
    yearly = with_codes("yearly", frame_with_columns("yearly", yearly, columns))
    if yearly.empty:
        raise InputError("yearly has no rows: no municipality-year was counted.")
    if "year" in yearly:
        yearly = with_known_years("yearly", yearly)
        refuse_repeated("yearly", yearly, ["municipality_code", "year"], "municipality-years")
    finite = {
        name: as_vector(f"yearly['{name}']", yearly[name]) for name in columns[1:] if name != "year"
    }
    return yearly.assign(**finite)


def _by_municipality(yearly: pd.DataFrame) -> dict[str, YearSeries]:
    # Without a year the order does not matter, and neighbours are not looked for.
    ordered = yearly if "year" in yearly else yearly.assign(year=np.arange(len(yearly)))
    ordered = ordered.sort_values(["municipality_code", "year"])
    return {
        str(code): YearSeries(rows["year"].to_numpy(float), rows["cost_indicator"].to_numpy(float))
        for code, rows in ordered.groupby("municipality_code")
    }


def _interval(series: YearSeries, rho: float | None, confidence_level: float) -> dict[str, object]:
    """Mean, standard error, t-interval and class of one municipality."""
    mean = float(series.values.mean())
    se = reach = float("nan")
    # Years that are equal would have an interval of width zero, and any indicator a class.
    if rho is not None and series.tells_error:
        se = float(np.sqrt(mean_variance(series, rho)))
        reach = t_multiple(confidence_level, len(series.years) - 1) * se
    low, high = mean - reach, mean + reach
    return {
        "cost_indicator": mean,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        # Comparisons with NaN are false: without an interval the cost is as expected.
        "assessment": "above" if low > 1.0 else "below" if high < 1.0 else "as_expected",
    }
