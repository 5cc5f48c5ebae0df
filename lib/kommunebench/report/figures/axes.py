"""Axes of indicators: limits that no single unit can stretch without bound, and few round ticks."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter, NullLocator
from numpy.typing import ArrayLike, NDArray

from kommunebench.report.edition import Edition
from kommunebench.report.figures.style import INK
from kommunebench.report.scale import IndicatorScale

MOST_TICKS = 9
# So many times the typical distance from the centre before something is cut off.
_OF_INTERVALS, _OF_POINTS = 6.0, 8.0
_MARGIN = 0.04
# Within this factor an axis of ratios has equal steps.
_CLOSE = 6.0
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """Ends of an axis, as indicators; ``cuts``: something that is drawn lies beyond them."""

    low: float
    high: float
    cuts: bool

    def cuts_points(self, values: ArrayLike) -> bool:
        """Whether one of the values lies beyond the ends."""
        points = np.asarray(values, float)
        return bool(((points < self.low) | (points > self.high)).any())


def bounded_limits(
    scale: IndicatorScale, horizon: float, drawn: ArrayLike, intervals: ArrayLike = ()
) -> Limits:
    """Limits with room for the points and the ends of intervals, unless a few lie so far out that
    the rest could no longer be told apart: those are left beyond the limits.

    The reach from the centre is at most six times the median distance of the intervals' ends (or
    eight times the upper quartile of the points' distances where that is larger), and never above
    ``scale.widest``.
    """
    points, ends = _distances(scale, drawn), _distances(scale, intervals)
    everything = np.concatenate([points, ends])
    typical = max(_OF_INTERVALS * _quantile(ends, 0.5), _OF_POINTS * _quantile(points, 0.75))
    widest = scale.widest(horizon)
    reach = min(max(typical, widest / 500), widest)
    low = max(float(everything.min(initial=0.0)), -reach)
    high = min(float(everything.max(initial=0.0)), reach)
    cuts = bool((everything < low - 1e-12).any() or (everything > high + 1e-12).any())
    margin = _MARGIN * max(high - low, widest / 500)
    low, high = scale.indicator([low - margin, high + margin])
    return Limits(float(low), float(high), cuts)


def _distances(scale: IndicatorScale, values: ArrayLike) -> NDArray[np.float64]:
    distance = scale.position(np.asarray(values, float).ravel())
    return distance[~np.isnan(distance)]


def _quantile(distance: NDArray[np.float64], share: float) -> float:
    """A quantile of the absolute finite distances, 0 where there are none."""
    finite = np.abs(distance[np.isfinite(distance)])
    return float(np.quantile(finite, share)) if len(finite) else 0.0


def indicator_axis(axes: Axes, edition: Edition, which: str, limits: Limits) -> None:
    """An axis of indicators between two limits, labelled at round steps, with a line at the
    centre."""
    _axis(axes, edition, which, limits, edition.scale)


def ratio_axis(axes: Axes, edition: Edition, which: str, limits: Limits) -> None:
    """The same for ratios, whatever the run's indicator is."""
    _axis(axes, edition, which, limits, IndicatorScale())


def _axis(axes: Axes, edition: Edition, which: str, limits: Limits, scale: IndicatorScale) -> None:
    horizontal = which == "x"
    axis = axes.xaxis if horizontal else axes.yaxis
    if scale.logarithmic:
        (axes.set_xscale if horizontal else axes.set_yscale)("log")
    (axes.set_xlim if horizontal else axes.set_ylim)(limits.low, limits.high)
    axis.set_major_locator(FixedLocator(indicator_ticks(scale, limits)))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())
    decimals = 2 if scale.logarithmic and limits.high / limits.low < _CLOSE else None
    axis.set_major_formatter(
        FuncFormatter(lambda value, _at: edition.fmt.number(value, _decimals(value, decimals)))
    )
    line = axes.axvline if horizontal else axes.axhline
    line(scale.centre, color=INK, linewidth=0.8, zorder=1)


def indicator_ticks(scale: IndicatorScale, limits: Limits) -> list[float]:
    """At most ten round values between the limits: equal steps where the limits are close, else
    1, 2 and 5 times powers of ten, else powers of ten."""
    low, high = limits.low, limits.high
    if not scale.logarithmic:
        steps = MaxNLocator(MOST_TICKS).tick_values(low, high)
        return [float(tick) for tick in steps if low <= tick <= high]
    step = next((s for s in _STEPS if (high - low) / s <= MOST_TICKS), None)
    if step is not None and high / low < _CLOSE:
        first, last = int(np.ceil(low / step)), int(np.floor(high / step))
        return [round(k * step, 4) for k in range(max(first, 1), last + 1)]
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    for digits in ((1, 2, 5), (1, 3), (1,)):
        ticks = [d * 10.0**k for k in decades for d in digits if low <= d * 10.0**k <= high]
        if len(ticks) <= MOST_TICKS:
            return ticks
    return ticks[:: len(ticks) // MOST_TICKS + 1]


def _decimals(tick: float, decimals: int | None) -> int:
    """The decimals asked for; none: as many as the tick has (at most four)."""
    if decimals is not None:
        return decimals
    return next((d for d in range(4) if abs(round(tick, d) - tick) < 1e-9), 4)


def draw_interval(
    axes: Axes, limits: Limits, ends: tuple[float, float], height: float, shade: str
) -> None:
    """A horizontal interval; an end beyond the limits is cut off there and shown by an arrow."""
    low, high = (float(np.clip(end, limits.low, limits.high)) for end in ends)
    axes.plot([low, high], [height, height], color=shade, linewidth=1.3, solid_capstyle="butt")
    for end, edge, marker in ((ends[0], limits.low, "<"), (ends[1], limits.high, ">")):
        if (end < edge) if marker == "<" else (end > edge):
            axes.plot(edge, height, marker, color=shade, markersize=4.5, clip_on=False, zorder=5)


def inside(limits: Limits, values: ArrayLike) -> NDArray[np.float64]:
    """The values, those beyond the limits moved to the nearer limit."""
    return np.clip(np.asarray(values, float), limits.low, limits.high)
