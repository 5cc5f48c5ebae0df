"""How the years of one municipality go together, and the error of their mean (method, section
8.2)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from kommunebench.cost_rules import Autocorrelation
from kommunebench.costs.normal_tails import Array

# Beyond this the years hardly differ and the correlation cannot be told from a lasting level.
LARGEST_CORRELATION = 0.95
# Deviations of this part of a municipality's mean are rounding of the fitted cost need.
_ROUNDING = 1e-8
# Where the expected ratio moves by less than this over all correlations it tells none.
_FLAT = 1e-9


@dataclass(frozen=True, slots=True)
class YearSeries:
    """The counted years of one municipality, in order, and its indicator in each, both (T,)."""

    years: Array
    values: Array

    @property
    def squares(self) -> float:
        """Sum of squared deviations from the municipality's mean."""
        return float(np.square(self.values - self.values.mean()).sum())

    @property
    def tells_error(self) -> bool:
        """Whether its years say how sure their mean is: two years or more that differ by more than
        rounding."""
        largest = float(np.abs(self.values).max())
        return len(self.years) > 1 and bool(np.ptp(self.values) > _ROUNDING * largest)


@dataclass(frozen=True, slots=True)
class YearCorrelation:
    """``rho`` ρ of two adjacent years of one municipality, 0 where years are taken as independent,
    None where it cannot be estimated (``fault`` says why), so that no mean over years has an error;
    ``lag_one_ratio`` r₁, None without the pooled option."""

    rho: float | None = 0.0
    lag_one_ratio: float | None = None
    fault: str = ""


def year_correlation(
    series: Mapping[str, YearSeries], autocorrelation: Autocorrelation
) -> YearCorrelation:
    """The correlation that goes with an option: under ``pooled`` the ρ at which the expected
    lag-one ratio of within deviations is the one observed, kept within ±0.95."""
    if autocorrelation != "pooled":
        return YearCorrelation()
    several = [one for one in series.values() if len(one.years) > 1]
    if not any(len(_adjacent(one.years)) for one in several):
        return YearCorrelation(None, None, _no_correlation("has two adjacent years"))
    if not any(one.tells_error for one in several):
        return YearCorrelation(None, None, _no_correlation("has years that differ"))
    ratio = _lag_one_ratio(several)
    lowest, highest = (
        _expected_ratio(several, rho) for rho in (-LARGEST_CORRELATION, LARGEST_CORRELATION)
    )
    if highest - lowest < _FLAT:
        # Two deviations from their mean are d and -d, whatever the correlation.
        return YearCorrelation(
            None, ratio, _no_correlation("has three years, two of them adjacent")
        )
    if ratio >= highest:
        return YearCorrelation(LARGEST_CORRELATION, ratio)
    if ratio <= lowest:
        return YearCorrelation(-LARGEST_CORRELATION, ratio)
    rho = brentq(
        lambda rho: _expected_ratio(several, rho) - ratio,
        -LARGEST_CORRELATION,
        LARGEST_CORRELATION,
    )
    return YearCorrelation(float(rho), ratio)


def _no_correlation(lacking: str) -> str:
    return (
        f"cost.autocorrelation=pooled: no municipality {lacking}, so the correlation between the"
        " years, and with it every interval, cannot be estimated."
    )


def freedom(series: YearSeries, rho: float) -> float:
    """tr(CV): what the sum of squared deviations is of a year's variance, in expectation."""
    return float(np.trace(_centred_correlation(series.years, rho)[1]))


def mean_variance(series: YearSeries, rho: float, year_variance: float | None = None) -> float:
    """Error variance of the mean over the years, variance of a year times 1ᵀV1/T²; the variance of
    a year is Σd²/tr(CV) of the series, which ``tells_error``, where none is given."""
    v, _ = _centred_correlation(series.years, rho)
    if year_variance is None:
        year_variance = series.squares / freedom(series, rho)
    return float(year_variance * v.sum() / len(series.years) ** 2)


def _centred_correlation(years: Array, rho: float) -> tuple[Array, Array]:
    """V = ρ^|i-j| by calendar distance, and C V C with C taking out the mean."""
    v = rho ** np.abs(np.subtract.outer(years, years)) if rho else np.eye(len(years))
    centring = np.eye(len(years)) - 1.0 / len(years)
    return v, centring @ v @ centring


def _adjacent(years: Array) -> np.ndarray:
    return np.flatnonzero(np.diff(years) == 1)


def _lag_one_ratio(several: list[YearSeries]) -> float:
    products = squares = 0.0
    for one in several:
        deviation, first = one.values - one.values.mean(), _adjacent(one.years)
        products += float(deviation[first] @ deviation[first + 1])
        squares += one.squares
    return products / squares


def _expected_ratio(several: list[YearSeries], rho: float) -> float:
    pairs = squares = 0.0
    for one in several:
        _, centred = _centred_correlation(one.years, rho)
        first = _adjacent(one.years)
        pairs += float(centred[first, first + 1].sum())
        squares += float(np.trace(centred))
    return pairs / squares
