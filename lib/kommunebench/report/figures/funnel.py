"""Funnel plot: indicator against precision, with limits for chance alone and for the estimated
spread."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kommunebench.benchmark.comparison.funnel import funnel_limits
from kommunebench.report.edition import Edition
from kommunebench.report.figures.axes import Limits, bounded_limits, indicator_axis, inside
from kommunebench.report.figures.labels import name_points
from kommunebench.report.figures.style import GREY, INK, colour, number_ticks, sheet

# A funnel's limits are by custom those of 95 % and 99.8 % of a normal distribution, whatever level
# the verdicts use.
FUNNEL_Z = (1.96, 3.09)
MOST_NAMES = 24
# The least precise units would stretch the limits' curves far beyond every point: the axis leaves
# room for the inner limit at this quantile of the precision, and for the outer one at its median.
_LEAST_PRECISE = 0.05


def with_verdict(edition: Edition) -> pd.DataFrame:
    """Units with a verdict: without one an indicator can lie anywhere."""
    rows = edition.compared
    usable = rows["verdict"].notna() & (rows["verdict_se"] > 0) & np.isfinite(rows["verdict_se"])
    return rows[rows["assessment"].notna() & usable]


def indicator_spread(edition: Edition) -> float:
    """The estimated standard deviation between units on the scale of the indicator's errors; 0
    where there is none.

    The run estimates it in the pace; it is translated by the median over units of indicator by
    pace.
    """
    tau = edition.summary["tau"]
    if pd.isna(tau):
        return 0.0
    rows = with_verdict(edition)
    pace = rows["pace"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.abs(edition.scale.position(rows["verdict"]) / pace)
    slope = slope[np.isfinite(slope)]
    return float(tau) * float(np.median(slope)) if len(slope) else 0.0


def funnel_axis(edition: Edition) -> Limits:
    """Limits of the axis of indicators."""
    rows = with_verdict(edition)
    least_precise = float(rows["verdict_se"].quantile(1 - _LEAST_PRECISE, "lower"))
    typical = float(np.hypot(rows["verdict_se"].median(), indicator_spread(edition)))
    room = 1.1 * max(FUNNEL_Z[0] * least_precise, FUNNEL_Z[1] * typical)
    widths = edition.scale.indicator([-room, room])
    return bounded_limits(edition.scale, edition.horizon, rows["verdict"], widths)


def funnel(edition: Edition) -> Figure | None:
    """Every unit with a verdict; those outside the 95 % limit of chance are named."""
    rows = with_verdict(edition)
    if rows.empty:
        return None
    figure = sheet(10.0, 5.6)
    axes = figure.add_subplot()
    precision = 1 / rows["verdict_se"]
    grid = np.linspace(precision.min() * 0.9, precision.max() * 1.06, 160)
    limits = funnel_axis(edition)
    indicator_axis(axes, edition, "y", limits)
    axes.set_xlim(grid[0], grid[-1])
    _curves(axes, edition, grid)
    axes.scatter(
        precision,
        inside(limits, rows["verdict"]),
        c=[colour(edition, a) for a in rows["assessment"]],
        s=22,
        zorder=4,
        linewidths=0,
        clip_on=False,
    )
    figure.legend(loc="outside upper center", ncols=2)
    axes.set_xlabel(edition.of_error("ax_precision"))
    axes.set_ylabel(edition.of_scale("ax_indicator"))
    number_ticks(axes, edition, x=_decimals_over(grid[-1] - grid[0]))
    figure.draw_without_rendering()
    _names(axes, edition, rows, inside(limits, rows["verdict"]))
    return figure


def _decimals_over(width: float) -> int:
    """As many decimals as tell the ticks of an axis of this width apart."""
    return max(0, 1 - math.floor(math.log10(width / 2.5)))


def _curves(axes: Axes, edition: Edition, grid: np.ndarray) -> None:
    spread, widest = indicator_spread(edition), 2 * edition.scale.widest(edition.horizon)
    kinds = (("-", edition.words("limits_95")), ((0, (4, 3)), edition.words("limits_over")))
    for kind, (dash, label) in enumerate(kinds[: 2 if spread > 0 else 1]):
        for z in FUNNEL_Z:
            width = np.minimum(funnel_limits(1 / grid, spread, z)[kind], widest)
            for side in (1, -1):
                axes.plot(
                    grid,
                    edition.scale.indicator(side * width),
                    color=INK if z == FUNNEL_Z[0] else GREY,
                    linewidth=0.9,
                    linestyle=dash,
                    label=label if z == FUNNEL_Z[0] and side == 1 else None,
                    zorder=2,
                )


def outside_of_chance(edition: Edition) -> pd.DataFrame:
    """Units with a verdict outside the inner curve of chance, the furthest first."""
    rows = with_verdict(edition)
    z = np.abs(edition.scale.position(rows["verdict"])) / rows["verdict_se"]
    far = rows.assign(z=z)[z > FUNNEL_Z[0]]
    return far.sort_values("z", ascending=False, kind="stable")


def _names(axes: Axes, edition: Edition, rows: pd.DataFrame, heights: np.ndarray) -> None:
    placed = rows.assign(height=heights, precision=1 / rows["verdict_se"])
    named = placed.loc[outside_of_chance(edition).head(MOST_NAMES).index]
    points = [
        (float(row["precision"]), float(row["height"]), str(row["municipality"]))
        for _, row in named.iterrows()
    ]
    name_points(axes, points, list(zip(placed["precision"], heights, strict=True)))
