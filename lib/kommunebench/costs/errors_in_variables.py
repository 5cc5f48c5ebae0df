"""Benchmark on cost when both are estimates (method, section 8.4)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import t as student_t

from kommunebench.costs.normal_tails import Array
from kommunebench.errors import InputError

LEAST_RELIABILITY = 0.2
LAMBDAS = (0.0, 0.5, 1.0, 1.5, 2.0)


@dataclass(frozen=True, slots=True)
class Slope:
    """A slope with its delete-one-municipality jackknife error; t and interval with n - 2 degrees
    of freedom."""

    estimate: float
    se: float
    t_value: float
    p_value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class ErrorsInVariablesFit:
    """Three slopes of the same line: ``plain`` ignores the error in x, ``moment`` takes it out,
    ``simex`` extrapolates.

    ``reliability`` is the share of the weighted variance of x that is not error. Below 0.2
    ``identified`` is False and ``moment`` and ``simex`` are NaN throughout. ``intercept`` belongs
    to ``moment``.
    """

    n: int
    reliability: float
    identified: bool
    intercept: float
    moment: Slope
    simex: Slope
    plain: Slope


@dataclass(frozen=True, slots=True)
class SimexSettings:
    """Draws of the simulated noise and their seed."""

    draws: int = 200
    seed: int = 20181


@dataclass(frozen=True, slots=True)
class _Data:
    x: Array
    y: Array
    weights: Array
    error_variance: Array
    error_covariance: Array
    noise: Array  # n by draws, centred a municipality

    def without(self, i: int) -> "_Data":
        keep = np.arange(len(self.x)) != i
        arrays = (
            self.x,
            self.y,
            self.weights,
            self.error_variance,
            self.error_covariance,
            self.noise,
        )
        return _Data(*(values[keep] for values in arrays))


def fit_errors_in_variables(
    units: pd.DataFrame,
    *,
    error_variance: ArrayLike,
    error_covariance: ArrayLike | None = None,
    simex: SimexSettings | None = None,
) -> ErrorsInVariablesFit:
    """Slope of ``indicator`` on ``cost_indicator`` with weights ``persons``, error variances in x
    known.

    ``units`` has one row a municipality; ``error_variance`` is that of its cost indicator,
    ``error_covariance`` its covariance with the error of the benchmark (0 if not given). Raises
    InputError for unusable values.
    """
    data = _prepare(units, error_variance, error_covariance, simex or SimexSettings())
    n = len(data.x)
    reliability = _reliability(data)
    identified = reliability >= LEAST_RELIABILITY
    nothing = Slope(*(float("nan"),) * 6)
    moment = _jackknifed(data, _moment_slope) if identified else nothing
    w = data.weights / data.weights.sum()
    return ErrorsInVariablesFit(
        n=n,
        reliability=reliability,
        identified=identified,
        intercept=float(w @ data.y - moment.estimate * (w @ data.x)),
        moment=moment,
        simex=_jackknifed(data, _simex_slope) if identified else nothing,
        plain=_jackknifed(data, _plain_slope),
    )


def mean_error_variance(yearly: pd.DataFrame) -> pd.Series:
    """Error variance of each municipality's mean cost indicator, by municipality_code.

    Variance over its years divided by their number; with one year the pooled variance within
    municipalities. ``yearly``: municipality_code, cost_indicator. Raises InputError if no
    municipality has two years.
    """
    grouped = yearly.groupby("municipality_code")["cost_indicator"]
    years = grouped.size()
    squares = grouped.agg(lambda values: float(((values - values.mean()) ** 2).sum()))
    freedom = int((years - 1).sum())
    if freedom == 0:
        raise InputError(
            "yearly: no municipality has two years, so the error of a year's cost indicator is"
            " unknown."
        )
    pooled = float(squares.sum()) / freedom
    own = squares / (years - 1).clip(lower=1)
    return (own.where(years > 1, pooled) / years).rename("error_variance")


def _prepare(
    units: pd.DataFrame,
    error_variance: ArrayLike,
    error_covariance: ArrayLike | None,
    simex: SimexSettings,
) -> _Data:
    n = len(units)
    covariance = (
        np.zeros(n) if error_covariance is None else np.asarray(error_covariance, dtype=float)
    )
    arrays = {
        name: units[name].to_numpy(dtype=float)
        for name in ("cost_indicator", "indicator", "persons")
    }
    arrays |= {
        "error_variance": np.asarray(error_variance, dtype=float),
        "error_covariance": covariance,
    }
    for name, values in arrays.items():
        if values.shape != (n,):
            raise InputError(
                f"{name} must have one value a row of units ({n}), got shape {values.shape}."
            )
        bad = ~np.isfinite(values)
        bad |= (
            (values <= 0.0)
            if name == "persons"
            else (values < 0.0)
            if name == "error_variance"
            else False
        )
        if bad.any():
            rows = ", ".join(map(str, np.flatnonzero(bad)[:5]))
            raise InputError(
                f"{name}: {int(bad.sum())} values are missing or unusable; first rows (from 0):"
                f" {rows}."
            )
    if n < 5:
        raise InputError(f"units has {n} rows: errors in variables need at least 5.")
    noise = np.random.default_rng(simex.seed).standard_normal((n, simex.draws))
    # Centred a municipality, so that the draws add no error of their own to the mean of x.
    noise -= noise.mean(axis=1, keepdims=True)
    x, y, weights, variance, covariance = arrays.values()
    return _Data(x, y, weights, variance, covariance, noise)


def _moments(data: _Data, x: Array) -> tuple[Array, Array]:
    """Weighted variance of x and covariance with y; x may hold draws in columns."""
    w = data.weights / data.weights.sum()
    deviation = x - w @ x
    return w @ np.square(deviation), (w * (data.y - w @ data.y)) @ deviation


def _reliability(data: _Data) -> float:
    w = data.weights / data.weights.sum()
    variance, _ = _moments(data, data.x)
    if variance <= 0.0:
        raise InputError("cost_indicator is the same in all rows of units: there is no slope.")
    return float(1.0 - (w * (1.0 - w)) @ data.error_variance / variance)


def _plain_slope(data: _Data) -> float:
    variance, covariance = _moments(data, data.x)
    return float(covariance / variance)


def _moment_slope(data: _Data) -> float:
    w = data.weights / data.weights.sum()
    variance, covariance = _moments(data, data.x)
    share = w * (1.0 - w)
    return float(
        (covariance - share @ data.error_covariance) / (variance - share @ data.error_variance)
    )


def _simex_slope(data: _Data) -> float:
    spread = np.sqrt(data.error_variance)[:, None] * data.noise
    slopes = []
    for factor in LAMBDAS:
        variance, covariance = _moments(data, data.x[:, None] + np.sqrt(factor) * spread)
        slopes.append(float(np.mean(covariance / variance)))
    return float(np.polyval(np.polyfit(LAMBDAS, slopes, 2), -1.0))


def _jackknifed(data: _Data, slope: Callable[[_Data], float]) -> Slope:
    n = len(data.x)
    estimate = slope(data)
    left_out = np.array([slope(data.without(i)) for i in range(n)])
    se = float(np.sqrt((n - 1) / n * np.square(left_out - left_out.mean()).sum()))
    t_value = estimate / se
    reach = float(student_t.ppf(0.975, n - 2)) * se
    p_value = float(2.0 * student_t.sf(abs(t_value), n - 2))
    return Slope(estimate, se, t_value, p_value, estimate - reach, estimate + reach)
