"""Figures 5.3 and 5.4: the two frontiers with the first ten of each."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kommunebench.costs import fit_regression, quadratic_design
from kommunebench.report.edition import Edition
from kommunebench.report.figures.efficiency import (
    both_indicators,
    ratio_label,
    result_limits,
)
from kommunebench.report.figures.labels import name_points
from kommunebench.report.figures.style import GREEN, RED, number_ticks, sheet
from kommunebench.report.frontiers import frontier_curve, is_ranking, no_inefficiency_sides

_TEN = 10
_AXES = {"production": ("cost_indicator", "ratio"), "cost": ("ratio", "cost_indicator")}


def frontier(edition: Edition, side: str) -> Figure | None:
    """Figures 5.3 (production: result over cost) and 5.4 (cost: cost over result), the first ten
    numbered in red."""
    parameters, all_scores = edition.data.frontier_parameters, edition.data.frontier_scores
    if edition.data.cost_indicators is None or parameters is None or all_scores is None:
        return None
    scores = all_scores[all_scores["side"] == side]
    if side in no_inefficiency_sides(parameters):
        # All are equally efficient: nobody is numbered.
        scores = scores.assign(rank=np.nan)
    rows = both_indicators(edition).merge(
        scores[["municipality_code", "rank", "efficiency"]],
        on="municipality_code",
        suffixes=("_bench", ""),
    )
    if len(rows) < 3:
        return None
    x, y = _AXES[side]
    figure = sheet(9.6, 5.2)
    axes = figure.add_subplot()
    set_limits = axes.set_ylim if y == "ratio" else axes.set_xlim
    set_limits(*result_limits(edition, rows))
    _scatter_ten(axes, rows, x, y)
    _curves(axes, edition, rows, side)
    _label(axes, edition, x, y)
    ranking = is_ranking(parameters, scores, side, edition.level)
    _list_ten(axes, edition, rows, "ten_best" if ranking else "ten_unranked")
    return figure


def _curves(axes: Axes, edition: Edition, rows: pd.DataFrame, side: str) -> None:
    """The frontier, and the weighted regression line dashed."""
    x, y = _AXES[side]
    grid = np.linspace(rows[x].min(), rows[x].max(), 120)
    assert edition.data.frontier_parameters is not None
    curve = frontier_curve(edition.data.frontier_parameters, side)
    if curve is not None:
        label = edition.words("frontier_line")
        axes.plot(grid, curve(grid), color=GREEN, linewidth=1.8, label=label)
    weights = rows["persons"].fillna(rows["persons"].median())
    line = fit_regression(rows[y], quadratic_design(rows[x], quadratic=False), weights=weights)
    level, slope = line.coefficients
    axes.plot(
        grid,
        level + slope * grid,
        color=RED,
        linewidth=1.4,
        linestyle=(0, (4, 3)),
        label=edition.words("regression_line"),
    )


def _label(axes: Axes, edition: Edition, x: str, y: str) -> None:
    labels = {"cost_indicator": edition.words("ax_cost"), "ratio": ratio_label(edition)}
    axes.set_xlabel(labels[x])
    axes.set_ylabel(labels[y])
    number_ticks(axes, edition, x=2, y=2)


def _scatter_ten(axes: Axes, rows: pd.DataFrame, x: str, y: str) -> None:
    ten, rest = rows[rows["rank"] <= _TEN], rows[~(rows["rank"] <= _TEN)]
    axes.scatter(rest[x], rest[y], s=15, color="#b4babf", linewidths=0)
    axes.scatter(ten[x], ten[y], s=22, color=RED, linewidths=0, zorder=4)
    axes.figure.draw_without_rendering()  # type: ignore[union-attr]
    points = [
        (float(row[x]), float(row[y]), f"{int(row['rank'])}")
        for _, row in ten.sort_values("rank").iterrows()
    ]
    name_points(axes, points, list(zip(rows[x], rows[y], strict=True)), RED)


def _list_ten(axes: Axes, edition: Edition, rows: pd.DataFrame, heading: str) -> None:
    ten = rows[rows["rank"] <= _TEN].sort_values("rank")
    names = [f"{int(row['rank'])}  {row['municipality']}" for _, row in ten.iterrows()]
    axes.annotate(
        "\n".join([edition.words(heading), *names]) if names else "",
        (1.02, 0.72),
        xycoords="axes fraction",
        va="top",
        ha="left",
        fontsize=8.5,
        color=RED,
        annotation_clip=False,
    )
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
