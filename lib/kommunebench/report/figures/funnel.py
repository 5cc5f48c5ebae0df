"""Funnel plot: indicator against precision, with limits for chance alone and for the estimated
spread."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kommunebench.benchmark.comparison.funnel import funnel_limits
from kommunebench.report.edition import Edition
from kommunebench.report.figures.labels import name_points
from kommunebench.report.figures.style import GREY, INK, colour, number_ticks, ratio_axis, sheet

_Z = (1.96, 3.09)
_MOST_NAMES = 24


def with_verdict(edition: Edition) -> pd.DataFrame:
    """Units with a verdict: without one (few events, short support) an indicator can lie anywhere."""
    rows = edition.compared
    return rows[rows["assessment"].notna() & rows["verdict"].notna() & (rows["verdict_se"] > 0)]


def funnel(edition: Edition) -> Figure | None:
    """Every unit with a verdict; those outside the 95 % limit of chance are named."""
    rows = with_verdict(edition)
    if rows.empty:
        return None
    figure = sheet(10.0, 5.6)
    axes = figure.add_subplot()
    precision = 1 / rows["verdict_se"]
    grid = np.linspace(precision.min() * 0.9, precision.max() * 1.06, 160)
    spread = float(edition.summary["tau"]) if pd.notna(edition.summary["tau"]) else 0.0
    logs = np.log(rows["verdict"])
    room = 2.2 / float(precision.min())
    low, high = (
        np.exp(min(float(logs.min()) * 1.1, -room)),
        np.exp(max(float(logs.max()) * 1.1, room)),
    )
    ratio_axis(axes, edition, "y", float(low), float(high))
    axes.set_xlim(grid[0], grid[-1])
    _limits(axes, edition, grid, spread)
    axes.scatter(
        precision,
        rows["verdict"],
        c=[colour(edition, a) for a in rows["assessment"]],
        s=22,
        zorder=4,
        linewidths=0,
    )
    figure.legend(loc="outside upper center", ncols=2)
    axes.set_xlabel(edition.words("ax_precision"))
    axes.set_ylabel(edition.words("ax_indicator"))
    number_ticks(axes, edition, x=0)
    figure.draw_without_rendering()
    _names(axes, rows, precision)
    return figure


def _limits(axes: Axes, edition: Edition, grid: np.ndarray, spread: float) -> None:
    kinds = (("-", edition.words("limits_95")), ((0, (4, 3)), edition.words("limits_over")))
    for number, (dash, label) in enumerate(kinds[: 2 if spread > 0 else 1]):
        for z in _Z:
            width = funnel_limits(1 / grid, spread, z)[number]
            shade = INK if z == _Z[0] else GREY
            for side in (1, -1):
                first = z == _Z[0] and side == 1
                axes.plot(
                    grid,
                    np.exp(side * width),
                    color=shade,
                    linewidth=0.9,
                    linestyle=dash,
                    label=label if first else None,
                    zorder=2,
                )


def _names(axes: Axes, rows: pd.DataFrame, precision: pd.Series) -> None:
    z = np.log(rows["verdict"]) / rows["verdict_se"]
    named = (
        rows[z.abs() > _Z[0]].assign(z=z.abs()).sort_values("z", ascending=False).head(_MOST_NAMES)
    )
    points = [
        (float(precision[at]), float(row["verdict"]), str(row["municipality"]))
        for at, row in named.iterrows()
    ]
    name_points(axes, points, list(zip(precision, rows["verdict"], strict=True)))
