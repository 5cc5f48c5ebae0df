"""Figures 5.3 and 5.4: the two frontiers with the first ten of each."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kommunebench.costs import fit_regression, quadratic_design
from kommunebench.report.edition import Edition
from kommunebench.report.figures.efficiency import result_limits
from kommunebench.report.figures.labels import name_points
from kommunebench.report.figures.style import GREEN, PAPER, RED, number_ticks, sheet
from kommunebench.report.frontiers import frontier_curve, is_ranking, ordered_by_residual
from kommunebench.report.results_by_cost import (
    FIRST,
    INPUT_AND_OUTCOME,
    ranked_on,
    ratio_label,
)


def frontier(edition: Edition, side: str) -> Figure | None:
    """Figures 5.3 (production: result over cost) and 5.4 (cost: cost over result), the first ten
    numbered in red; with open circles and under another heading where no inefficiency was found, so
    that their order is by residual. None where the run lacks the tables, or fewer than three
    municipalities have both indicators."""
    parameters, all_scores = edition.data.frontier_parameters, edition.data.frontier_scores
    if edition.data.cost_indicators is None or parameters is None or all_scores is None:
        return None
    rows = ranked_on(edition, side)
    if len(rows) < 3:
        return None
    by_residual = ordered_by_residual(parameters, all_scores, side)
    x, y = INPUT_AND_OUTCOME[side]
    figure = sheet(9.6, 5.2)
    axes = figure.add_subplot()
    set_limits = axes.set_ylim if y == "ratio" else axes.set_xlim
    set_limits(*result_limits(edition, rows))
    open_label = edition.words("open_circles") if by_residual else None
    _scatter_ten(axes, rows, x, y, open_label)
    _curves(axes, edition, rows, side, is_regression=by_residual)
    _label(axes, edition, x, y)
    ranking = is_ranking(parameters, all_scores, side, edition.level)
    unranked = "ten_residual" if by_residual else "ten_unranked"
    _list_ten(axes, edition, rows, "ten_best" if ranking else unranked)
    return figure


def _curves(
    axes: Axes, edition: Edition, rows: pd.DataFrame, side: str, *, is_regression: bool
) -> None:
    """The frontier, named for the regression it is without inefficiency, and the weighted
    regression line dashed."""
    x, y = INPUT_AND_OUTCOME[side]
    grid = np.linspace(rows[x].min(), rows[x].max(), 120)
    assert edition.data.frontier_parameters is not None
    curve = frontier_curve(edition.data.frontier_parameters, side)
    if curve is not None:
        label = edition.words("frontier_is_regression" if is_regression else "frontier_line")
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


def _scatter_ten(axes: Axes, rows: pd.DataFrame, x: str, y: str, open_label: str | None) -> None:
    """All municipalities, the first ten red with their number: dots, or open circles with an entry
    in the legend where ``open_label`` is given."""
    ten, rest = rows[rows["rank"] <= FIRST], rows[~(rows["rank"] <= FIRST)]
    axes.scatter(rest[x], rest[y], s=15, color="#b4babf", linewidths=0)
    is_filled = open_label is None
    axes.scatter(
        ten[x],
        ten[y],
        s=22 if is_filled else 26,
        facecolors=RED if is_filled else PAPER,
        edgecolors=RED,
        linewidths=0 if is_filled else 1.2,
        label=open_label,
        zorder=4,
    )
    axes.figure.draw_without_rendering()  # type: ignore[union-attr]
    points = [
        (float(row[x]), float(row[y]), f"{int(row['rank'])}")
        for _, row in ten.sort_values("rank").iterrows()
    ]
    name_points(axes, points, list(zip(rows[x], rows[y], strict=True)), RED)


def _list_ten(axes: Axes, edition: Edition, rows: pd.DataFrame, heading: str) -> None:
    ten = rows[rows["rank"] <= FIRST].sort_values("rank")
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
