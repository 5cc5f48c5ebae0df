"""A municipality's cost against its need over the years, and how sure that is (method, section
8.2)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import t as student_t

from kommunebench.benchmark.comparison.fifths import FIFTHS, fifths_from_highest
from kommunebench.costs.normal_tails import Array
from kommunebench.errors import InputError

Autocorrelation = Literal["none", "pooled"]
# Beyond this the years hardly differ and the correlation cannot be told from a lasting level.
LARGEST_CORRELATION = 0.95


@dataclass(frozen=True, slots=True)
class CostIndicators:
    """Cost indicators and what the years of one municipality have in common.

    ``table``: one row a municipality, by code: municipality_code, years, mean_unit_cost,
    mean_cost_need, cost_indicator (mean over its counted years), se, ci_low, ci_high (95 %
    t-interval; missing with one year), assessment (``above``, ``as_expected``, ``below``), quintile
    (1 lowest). ``lag_one_ratio`` and ``correlation`` are r₁ and ρ of the pooled option, None
    without it.
    """

    table: pd.DataFrame
    lag_one_ratio: float | None
    correlation: float | None


def build_cost_indicators(
    yearly: pd.DataFrame, autocorrelation: Autocorrelation = "none"
) -> CostIndicators:
    """Mean of the yearly cost indicators of each municipality, with interval and class.

    ``yearly``: municipality_code, year, unit_cost, cost_need, cost_indicator, one row a counted
    year. ``pooled`` widens the interval for correlation between the years of one municipality.
    Raises InputError if ``pooled`` is asked for and no municipality has two adjacent years, or
    ``yearly`` is empty.
    """
    if yearly.empty:
        raise InputError("yearly has no rows: no municipality-year was counted.")
    yearly = yearly.sort_values(["municipality_code", "year"])
    groups = {str(code): rows for code, rows in yearly.groupby("municipality_code")}
    ratio = correlation = None
    if autocorrelation == "pooled":
        series = [
            (rows["year"].to_numpy(), rows["cost_indicator"].to_numpy(float))
            for rows in groups.values()
        ]
        ratio = _lag_one_ratio(series)
        correlation = _correlation([years for years, _ in series], ratio)
    table = pd.DataFrame([_row(code, rows, correlation or 0.0) for code, rows in groups.items()])
    table["quintile"] = FIFTHS + 1 - fifths_from_highest(table["cost_indicator"].to_numpy(float))
    return CostIndicators(table=table, lag_one_ratio=ratio, correlation=correlation)


def _row(code: str, rows: pd.DataFrame, correlation: float) -> dict[str, object]:
    values, count = rows["cost_indicator"].to_numpy(float), len(rows)
    mean = float(values.mean())
    se = (
        _standard_error(rows["year"].to_numpy(), values, correlation) if count > 1 else float("nan")
    )
    reach = float(student_t.ppf(0.975, count - 1)) * se if count > 1 else float("nan")
    low, high = mean - reach, mean + reach
    return {
        "municipality_code": code,
        "years": count,
        "mean_unit_cost": float(rows["unit_cost"].mean()),
        "mean_cost_need": float(rows["cost_need"].mean()),
        "cost_indicator": mean,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        # Comparisons with NaN are false: one year is as expected.
        "assessment": "above" if low > 1.0 else "below" if high < 1.0 else "as_expected",
    }


def _centred_correlation(years: Array, correlation: float) -> tuple[Array, Array]:
    """V = ρ^|i-j| by calendar distance, and C V C with C taking out the mean."""
    v = (
        correlation ** np.abs(np.subtract.outer(years, years))
        if correlation
        else np.eye(len(years))
    )
    centring = np.eye(len(years)) - 1.0 / len(years)
    return v, centring @ v @ centring


def _standard_error(years: Array, values: Array, correlation: float) -> float:
    v, centred = _centred_correlation(years, correlation)
    variance = float(np.square(values - values.mean()).sum()) / float(np.trace(centred))
    return float(np.sqrt(variance * v.sum()) / len(values))


def _adjacent(years: Array) -> np.ndarray:
    return np.flatnonzero(np.diff(years) == 1)


def _lag_one_ratio(series: list[tuple[Array, Array]]) -> float:
    products = squares = 0.0
    pairs = 0
    for years, values in series:
        deviation = values - values.mean()
        first = _adjacent(years)
        pairs += len(first)
        products += float(deviation[first] @ deviation[first + 1])
        squares += float(deviation @ deviation)
    if pairs == 0 or squares == 0.0:
        raise InputError(
            "autocorrelation='pooled' needs municipalities with two adjacent years that differ."
        )
    return products / squares


def _correlation(years: list[Array], ratio: float) -> float:
    """ρ at which the expected lag-one ratio of within deviations is the one observed, kept within
    ±0.95."""
    longer = [y for y in years if len(y) > 1]

    def excess(rho: float) -> float:
        pairs = squares = 0.0
        for y in longer:
            _, centred = _centred_correlation(y, rho)
            first = _adjacent(y)
            pairs += float(centred[first, first + 1].sum())
            squares += float(np.trace(centred))
        return pairs / squares - ratio

    if excess(LARGEST_CORRELATION) <= 0.0:
        return LARGEST_CORRELATION
    if excess(-LARGEST_CORRELATION) >= 0.0:
        return -LARGEST_CORRELATION
    return float(brentq(excess, -LARGEST_CORRELATION, LARGEST_CORRELATION))
