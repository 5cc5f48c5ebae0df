"""Benchmark on cost when both are estimates (method, section 8.4)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student_t

from kommunebench.cost_rules import CONFIDENCE_LEVEL, SimexSettings
from kommunebench.costs.confidence import check_confidence_level, t_multiple
from kommunebench.costs.linear_inputs import as_vector
from kommunebench.costs.named_columns import frame_with_columns
from kommunebench.costs.normal_tails import Array
from kommunebench.costs.slope_estimators import (
    SlopeData,
    moment_slope,
    plain_slope,
    reliability_of,
    simex_slope,
)
from kommunebench.errors import InputError
from kommunebench.survival.arguments import (
    Column,
    Table,
    refuse,
    refuse_misaligned,
)
from kommunebench.survival.checks import whole_number

LEAST_RELIABILITY = 0.2
LEAST_ROWS = 5
# The noise is centred over a municipality's draws: one draw would add no error at all.
LEAST_SIMEX_DRAWS = 2
# A spread below this many roundings of the largest value is no variation.
LEAST_ROUNDINGS = 16.0
COLUMNS = ("cost_indicator", "indicator", "persons")


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
    confidence_level: float = CONFIDENCE_LEVEL,
) -> ErrorsInVariablesFit:
    """Slope of ``indicator`` on ``cost_indicator`` with weights ``persons``, error variances in x
    known.

    ``units`` has one row a municipality; ``error_variance`` is that of its cost indicator,
    ``error_covariance`` its covariance with the error of the benchmark (0 if not given). Raises
    InputError for unusable values.
    """
    check_confidence_level("confidence_level", confidence_level)
    simex = simex or SimexSettings()
    check_simex_settings(simex)
    data, scales = _prepare(units, error_variance, error_covariance, simex)
    reliability = reliability_of(data)
    identified = reliability >= LEAST_RELIABILITY

    def slope_by(estimator: Callable[[SlopeData], float]) -> Slope:
        return _jackknifed(data, estimator, scales, confidence_level)

    none = Slope(**dict.fromkeys(Slope.__slots__, float("nan")))
    moment = slope_by(moment_slope) if identified else none
    return ErrorsInVariablesFit(
        n=len(data.x),
        reliability=reliability,
        identified=identified,
        intercept=scales.y_mean - moment.estimate * scales.x_mean,
        moment=moment,
        simex=slope_by(simex_slope) if identified else none,
        plain=slope_by(plain_slope),
    )


def check_simex_settings(simex: SimexSettings) -> None:
    """Raise InputError for too few draws or a seed below zero."""
    whole_number("simex.draws", simex.draws, least=LEAST_SIMEX_DRAWS)
    whole_number("simex.seed", simex.seed, least=0)


def _prepare(
    units: Table,
    error_variance: Column,
    error_covariance: Column | None,
    simex: SimexSettings,
) -> tuple[SlopeData, _Units]:
    refuse_misaligned(
        {"units": units, "error_variance": error_variance, "error_covariance": error_covariance}
    )
    units = _checked_table(units)
    n = len(units)
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
    scales = _scales(x, y, weights)
    noise = np.random.default_rng(simex.seed).standard_normal((n, simex.draws))
    # Centred over a municipality's draws, so that they add no error to the mean of x.
    noise -= noise.mean(axis=1, keepdims=True)
    data = SlopeData(
        x=(x - scales.x_mean) / scales.x_scale,
        y=(y - scales.y_mean) / scales.y_scale,
        weights=weights,
        error_variance=variance / scales.x_scale**2,
        error_covariance=covariance / scales.x_scale / scales.y_scale,
        noise=noise,
    )
    return data, scales


def _checked_table(units: Table) -> pd.DataFrame:
    table = frame_with_columns("units", units, COLUMNS)
    if len(table) < LEAST_ROWS:
        raise InputError(
            f"units has {len(table)} rows: errors in variables need at least {LEAST_ROWS}."
        )
    return table


def _scales(x: Array, y: Array, weights: Array) -> _Units:
    x_mean, y_mean = (float(np.average(values, weights=weights)) for values in (x, y))
    x_scale, y_scale = (float(np.abs(v - mean).max()) for v, mean in ((x, x_mean), (y, y_mean)))
    for name, values in (("cost_indicator", x), ("indicator", y)):
        if _is_constant(values):
            raise InputError(f"{name} is the same in all rows of units: there is no slope.")
    in_order = np.sort(x)
    if _is_constant(in_order[1:]) or _is_constant(in_order[:-1]):
        raise InputError(
            "cost_indicator is the same in all rows of units but one: the slope rests on that one"
            " alone, and its error is unknown."
        )
    return _Units(x_mean, x_scale, y_mean, y_scale)


def _is_constant(values: Array) -> bool:
    """Whether the values differ by rounding only."""
    return bool(np.ptp(values) <= LEAST_ROUNDINGS * np.finfo(float).eps * np.abs(values).max())


def _jackknifed(
    data: SlopeData, slope: Callable[[SlopeData], float], scales: _Units, confidence_level: float
) -> Slope:
    n = len(data.x)
    estimate = scales.slope * slope(data)
    left_out = scales.slope * np.array([slope(data.without(i)) for i in range(n)])
    se = float(np.sqrt((n - 1) / n * np.square(left_out - left_out.mean()).sum()))
    # Rows that lie on one line exactly may leave no error at all.
    with np.errstate(divide="ignore", invalid="ignore"):
        t_value = float(np.divide(estimate, se))
    reach = t_multiple(confidence_level, n - 2) * se
    return Slope(
        estimate=estimate,
        se=se,
        t_value=t_value,
        p_value=float(2.0 * student_t.sf(abs(t_value), n - 2)),
        ci_low=estimate - reach,
        ci_high=estimate + reach,
    )
