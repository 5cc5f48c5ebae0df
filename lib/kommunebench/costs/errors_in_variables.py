"""Benchmark on cost when both are estimates (method, section 8.4)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student_t

from kommunebench.costs.confidence import check_confidence_level, t_multiple
from kommunebench.costs.linear_inputs import as_vector
from kommunebench.costs.normal_tails import Array
from kommunebench.errors import InputError
from kommunebench.survival.arguments import (
    Column,
    Table,
    as_frame,
    refuse,
    refuse_misaligned,
)

LEAST_RELIABILITY = 0.2
LEAST_ROWS = 5
# A spread below this many roundings of the largest value is no variation.
LEAST_ROUNDINGS = 16.0
COLUMNS = ("cost_indicator", "indicator", "persons")
LAMBDAS = (0.0, 0.5, 1.0, 1.5, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """A slope with its delete-one-municipality jackknife error; t and interval with n - 2 degrees
    of freedom."""

    estimate: float
    se: float
    t_value: float
    p_value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Data:
    """Columns of length n, x and y about their means in units of their largest deviation, weights
    that sum to one; ``noise`` is n by draws, centred over the draws of a municipality."""

    x: Array
    y: Array
    weights: Array
    error_variance: Array
    error_covariance: Array
    noise: Array

    def without(self, i: int) -> "_Data":
        keep = np.arange(len(self.x)) != i
        return _Data(
            x=self.x[keep],
            y=self.y[keep],
            weights=self.weights[keep] / self.weights[keep].sum(),
            error_variance=self.error_variance[keep],
            error_covariance=self.error_covariance[keep],
            noise=self.noise[keep],
        )


@dataclass(frozen=True, slots=True)
class _Units:
    """What takes standardised x and y back to the user's."""

    x_mean: float
    x_scale: float
    y_mean: float
    y_scale: float

    @property
    def slope(self) -> float:
        return self.y_scale / self.x_scale


def fit_errors_in_variables(
    units: Table,
    *,
    error_variance: Column,
    error_covariance: Column | None = None,
    simex: SimexSettings | None = None,
    confidence_level: float = 0.95,
) -> ErrorsInVariablesFit:
    """Slope of ``indicator`` on ``cost_indicator`` with weights ``persons``, error variances in x
    known.

    ``units`` has one row a municipality; ``error_variance`` is that of its cost indicator,
    ``error_covariance`` its covariance with the error of the benchmark (0 if not given). Raises
    InputError for unusable values.
    """
    check_confidence_level("confidence_level", confidence_level)
    data, scales = _prepare(units, error_variance, error_covariance, simex or SimexSettings())
    reliability = _reliability(data)
    identified = reliability >= LEAST_RELIABILITY

    def slope_by(estimator: Callable[[_Data], float]) -> Slope:
        return _jackknifed(data, estimator, scales, confidence_level)

    none = Slope(**dict.fromkeys(Slope.__slots__, float("nan")))
    moment = slope_by(_moment_slope) if identified else none
    return ErrorsInVariablesFit(
        n=len(data.x),
        reliability=reliability,
        identified=identified,
        intercept=scales.y_mean - moment.estimate * scales.x_mean,
        moment=moment,
        simex=slope_by(_simex_slope) if identified else none,
        plain=slope_by(_plain_slope),
    )


def _prepare(
    units: Table,
    error_variance: Column,
    error_covariance: Column | None,
    simex: SimexSettings,
) -> tuple[_Data, _Units]:
    refuse_misaligned(
        {"units": units, "error_variance": error_variance, "error_covariance": error_covariance}
    )
    units = as_frame("units", units)
    missing = [name for name in COLUMNS if name not in units.columns]
    if missing:
        raise InputError(f"units lacks the columns {', '.join(missing)}.")
    n = len(units)
    if n < LEAST_ROWS:
        raise InputError(f"units has {n} rows: errors in variables need at least {LEAST_ROWS}.")
    x, y, persons = (as_vector(name, units[name]) for name in COLUMNS)
    refuse("persons", persons <= 0.0, "not above zero")
    variance = as_vector("error_variance", error_variance, n)
    refuse("error_variance", variance < 0.0, "negative")
    covariance = (
        np.zeros(n)
        if error_covariance is None
        else as_vector("error_covariance", error_covariance, n)
    )
    weights = persons / persons.max()
    weights /= weights.sum()
    x_mean, y_mean = (float(np.average(values, weights=weights)) for values in (x, y))
    x_scale, y_scale = (
        float(np.abs(values - mean).max()) for values, mean in ((x, x_mean), (y, y_mean))
    )
    if x_scale <= LEAST_ROUNDINGS * np.finfo(float).eps * np.abs(x).max():
        raise InputError("cost_indicator is the same in all rows of units: there is no slope.")
    y_scale = y_scale or 1.0
    noise = np.random.default_rng(simex.seed).standard_normal((n, simex.draws))
    # Centred over a municipality's draws, so that they add no error to the mean of x.
    noise -= noise.mean(axis=1, keepdims=True)
    data = _Data(
        x=(x - x_mean) / x_scale,
        y=(y - y_mean) / y_scale,
        weights=weights,
        error_variance=variance / x_scale**2,
        error_covariance=covariance / x_scale / y_scale,
        noise=noise,
    )
    return data, _Units(x_mean, x_scale, y_mean, y_scale)


def _moments(data: _Data, x: Array) -> tuple[Array, Array]:
    """Weighted variance of x and covariance with y; x may hold draws in columns."""
    w = data.weights
    deviation = x - w @ x
    return w @ np.square(deviation), (w * (data.y - w @ data.y)) @ deviation


def _reliability(data: _Data) -> float:
    w = data.weights
    variance, _ = _moments(data, data.x)
    return float(1.0 - (w * (1.0 - w)) @ data.error_variance / variance)


def _plain_slope(data: _Data) -> float:
    variance, covariance = _moments(data, data.x)
    return float(covariance / variance)


def _moment_slope(data: _Data) -> float:
    variance, covariance = _moments(data, data.x)
    share = data.weights * (1.0 - data.weights)
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


def _jackknifed(
    data: _Data, slope: Callable[[_Data], float], scales: _Units, confidence_level: float
) -> Slope:
    n = len(data.x)
    estimate = scales.slope * slope(data)
    left_out = scales.slope * np.array([slope(data.without(i)) for i in range(n)])
    se = float(np.sqrt((n - 1) / n * np.square(left_out - left_out.mean()).sum()))
    t_value = estimate / se
    reach = t_multiple(confidence_level, n - 2) * se
    return Slope(
        estimate=estimate,
        se=se,
        t_value=t_value,
        p_value=float(2.0 * student_t.sf(abs(t_value), n - 2)),
        ci_low=estimate - reach,
        ci_high=estimate + reach,
    )
