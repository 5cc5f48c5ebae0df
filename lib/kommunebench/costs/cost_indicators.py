"""A municipality's cost against its need over the years, and how sure that is (method, section
8.2)."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd
from scipy.optimize import brentq

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
from kommunebench.costs.normal_tails import Array
from kommunebench.errors import InputError
from kommunebench.survival.arguments import refuse_unknown_choice

# Beyond this the years hardly differ and the correlation cannot be told from a lasting level.
LARGEST_CORRELATION = 0.95


@dataclass(frozen=True, slots=True)
class CostIndicators:
    """Cost indicators and what the years of one municipality have in common.

    ``table``: one row a municipality, by code: municipality_code, years, mean_unit_cost,
    mean_cost_need, cost_indicator (mean over its counted years), se, ci_low, ci_high (t-interval at
    the confidence level asked for; missing with one year), assessment (``above``, ``as_expected``,
    ``below``), quintile (1 lowest). ``lag_one_ratio`` and ``correlation`` are r₁ and ρ of the
    pooled option, None without it.
    """

    table: pd.DataFrame
    lag_one_ratio: float | None
    correlation: float | None


@dataclass(frozen=True, slots=True)
class _Series:
    """The counted years of one municipality, in order, and its indicator in each."""

    years: Array
    values: Array

    @property
    def squares(self) -> float:
        """Sum of squared deviations from the municipality's mean."""
        return float(np.square(self.values - self.values.mean()).sum())


def build_cost_indicators(
    yearly: pd.DataFrame,
    autocorrelation: Autocorrelation = "none",
    confidence_level: float = CONFIDENCE_LEVEL,
) -> CostIndicators:
    """Mean of the yearly cost indicators of each municipality, with interval and class.

    ``yearly``: municipality_code, year, unit_cost, cost_need, cost_indicator, one row a counted
    year. ``pooled`` widens the interval for correlation between the years of one municipality.
    Raises InputError if ``pooled`` is asked for and no municipality has two adjacent years,
    ``yearly`` is empty, a municipality's year occurs twice, or a value is missing.
    """
    check_confidence_level("confidence_level", confidence_level)
    yearly = _checked(yearly, autocorrelation, ("year", "unit_cost", "cost_need"))
    series = _by_municipality(yearly)
    ratio, correlation = _pooled_correlation(series, autocorrelation)
    rows = []
    for code, of_years in yearly.groupby("municipality_code"):
        limits = _interval(series[str(code)], correlation or 0.0, confidence_level)
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
    return CostIndicators(table=table, lag_one_ratio=ratio, correlation=correlation)


def mean_error_variance(
    yearly: pd.DataFrame, autocorrelation: Autocorrelation = "none"
) -> pd.Series:
    """Error variance of each municipality's mean cost indicator, by municipality_code.

    From the variance over its years, as in the interval of its cost indicator; with one year from
    the variance pooled within municipalities. ``yearly``: municipality_code, cost_indicator, and
    year under ``pooled``. Raises InputError if no municipality has two years, one of its years
    occurs twice, or a value is missing.
    """
    yearly = _checked(yearly, autocorrelation, ("year",) if autocorrelation == "pooled" else ())
    series = _by_municipality(yearly)
    _, correlation = _pooled_correlation(series, autocorrelation)
    rho = correlation or 0.0
    several = [one for one in series.values() if len(one.years) > 1]
    if not several:
        raise InputError(
            "yearly: no municipality has two years, so the error of a year's cost indicator is"
            " unknown."
        )
    freedom = sum(float(np.trace(_centred_correlation(one.years, rho)[1])) for one in several)
    pooled = sum(one.squares for one in several) / freedom
    variances = {
        code: _error_variance(one, rho) if len(one.years) > 1 else pooled
        for code, one in series.items()
    }
    return pd.Series(variances, name="error_variance").rename_axis("municipality_code")


def error_variance_if_known(
    yearly: pd.DataFrame, autocorrelation: Autocorrelation = "none"
) -> pd.Series:
    """As mean_error_variance, but empty where no municipality has two years."""
    yearly = frame_with_columns("yearly", yearly, ("municipality_code",))
    if not yearly["municipality_code"].duplicated().any():
        return pd.Series(dtype=float, name="error_variance")
    return mean_error_variance(yearly, autocorrelation)


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


def _by_municipality(yearly: pd.DataFrame) -> dict[str, _Series]:
    # Without a year the order does not matter, and neighbours are not looked for.
    ordered = yearly if "year" in yearly else yearly.assign(year=np.arange(len(yearly)))
    ordered = ordered.sort_values(["municipality_code", "year"])
    return {
        str(code): _Series(rows["year"].to_numpy(float), rows["cost_indicator"].to_numpy(float))
        for code, rows in ordered.groupby("municipality_code")
    }


def _pooled_correlation(
    series: dict[str, _Series], autocorrelation: Autocorrelation
) -> tuple[float | None, float | None]:
    """r₁ and ρ under ``pooled``, else None."""
    if autocorrelation != "pooled":
        return None, None
    ratio = _lag_one_ratio(list(series.values()))
    return ratio, _correlation([one.years for one in series.values()], ratio)


def _interval(series: _Series, correlation: float, confidence_level: float) -> dict[str, object]:
    """Mean, standard error, t-interval and class of one municipality."""
    mean, freedom = float(series.values.mean()), len(series.years) - 1
    se = reach = float("nan")
    if freedom > 0:
        se = float(np.sqrt(_error_variance(series, correlation)))
        reach = t_multiple(confidence_level, freedom) * se
    low, high = mean - reach, mean + reach
    return {
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


def _error_variance(series: _Series, correlation: float) -> float:
    """[Σd²/tr(CV)]·1ᵀV1/T²: of the mean over at least two years."""
    v, centred = _centred_correlation(series.years, correlation)
    variance = series.squares / float(np.trace(centred))
    return float(variance * v.sum() / len(series.years) ** 2)


def _adjacent(years: Array) -> np.ndarray:
    return np.flatnonzero(np.diff(years) == 1)


def _lag_one_ratio(series: list[_Series]) -> float:
    products = squares = 0.0
    pairs = 0
    for one in series:
        deviation = one.values - one.values.mean()
        first = _adjacent(one.years)
        pairs += len(first)
        products += float(deviation[first] @ deviation[first + 1])
        squares += one.squares
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
