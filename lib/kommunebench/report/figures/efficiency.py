"""Figures 5.1 and 5.2: result against cost, and classes of both. The result is a ratio whatever
the form of the run's indicator, as in the regressions and frontiers."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kommunebench.report.edition import Edition
from kommunebench.report.figures.axes import bounded_limits
from kommunebench.report.figures.labels import name_points
from kommunebench.report.figures.style import BLUE, GREEN, GREY, INK, RED, number_ticks, sheet
from kommunebench.report.results_by_cost import both_indicators, ratio_label
from kommunebench.report.scale import IndicatorScale

_CLASSES = {
    ("better", "below"): ("high_low", GREEN, "o"),
    ("better", "above"): ("high_high", BLUE, "s"),
    ("worse", "below"): ("low_low", RED, "v"),
    ("worse", "above"): ("low_high", INK, "X"),
}


def result_by_cost(edition: Edition) -> Figure | None:
    """Figure 5.1: scatter with the weighted regression lines, with and without the outliers named
    in the settings; nothing where no municipality has both indicators."""
    if edition.data.cost_indicators is None or edition.data.efficiency_regressions is None:
        return None
    rows = both_indicators(edition)
    if rows.empty:
        return None
    figure = sheet(8.2, 5.2)
    axes = figure.add_subplot()
    _frame(axes, edition, rows)
    weights = rows["persons"].fillna(rows["persons"].median())
    axes.scatter(
        rows["cost_indicator"],
        rows["ratio"],
        s=160 * weights / weights.max() + 8,
        color=BLUE,
        alpha=0.45,
        linewidths=0,
    )
    _regression_lines(axes, edition, rows)
    figure.legend(loc="outside upper center", ncols=2)
    figure.draw_without_rendering()
    named = rows[rows["municipality_code"].isin(edition.outliers)]
    name_points(
        axes,
        points_of(named, "cost_indicator", "ratio"),
        list(zip(rows["cost_indicator"], rows["ratio"], strict=True)),
    )
    return figure


def _regression_lines(axes: Axes, edition: Edition, rows: pd.DataFrame) -> None:
    """The weighted regressions, solid with all municipalities and dashed without the outliers."""
    regressions = edition.data.efficiency_regressions
    assert regressions is not None
    reach = np.array([rows["cost_indicator"].min(), rows["cost_indicator"].max()])
    labels = {
        "linear": edition.words("all_municipalities_line"),
        "linear_without_outliers": _without(edition, rows),
    }
    for (specification, label), dash in zip(labels.items(), ("-", (0, (4, 3))), strict=True):
        line = _line(regressions, specification)
        if line is not None:
            axes.plot(
                reach,
                line[0] + line[1] * reach,
                color=RED,
                linewidth=1.4,
                linestyle=dash,
                label=f"{edition.words('regression_line')}, {label}",
            )


def _without(edition: Edition, rows: pd.DataFrame) -> str:
    names = rows.loc[rows["municipality_code"].isin(edition.outliers), "municipality"]
    return edition.words("without_outliers_line", names=", ".join(names) or "–")


def _line(regressions: pd.DataFrame, specification: str) -> tuple[float, float] | None:
    terms = regressions[regressions["specification"] == specification].set_index("term")[
        "coefficient"
    ]
    if not {"intercept", "cost_indicator"} <= set(terms.index):
        return None
    return float(terms["intercept"]), float(terms["cost_indicator"])


def classes(edition: Edition) -> Figure | None:
    """Figure 5.2: colour and shape where both results are certain, grey elsewhere; nothing where no
    municipality has both indicators."""
    if edition.data.cost_indicators is None:
        return None
    rows = both_indicators(edition)
    if rows.empty:
        return None
    keys = list(zip(rows["assessment"], rows["assessment_cost"], strict=True))
    figure = sheet(8.2, 5.6)
    axes = figure.add_subplot()
    _frame(axes, edition, rows)
    both_clear = pd.Series([key in _CLASSES for key in keys], index=rows.index)
    grey = rows[~both_clear]
    axes.scatter(
        grey["cost_indicator"],
        grey["ratio"],
        s=16,
        color="#b4babf",
        linewidths=0,
        label=edition.words("uncertain", n=len(grey)),
    )
    for key, (label, shade, marker) in _CLASSES.items():
        in_class = rows[[k == key for k in keys]]
        axes.scatter(
            in_class["cost_indicator"],
            in_class["ratio"],
            s=34,
            color=shade,
            marker=marker,
            linewidths=0,
            label=f"{edition.words(label)} ({len(in_class)})",
            zorder=4,
        )
    figure.legend(loc="outside upper center", ncols=3)
    figure.draw_without_rendering()
    name_points(
        axes,
        points_of(rows[both_clear], "cost_indicator", "ratio"),
        list(zip(rows["cost_indicator"], rows["ratio"], strict=True)),
    )
    return figure


def _frame(axes: Axes, edition: Edition, rows: pd.DataFrame) -> None:
    axes.axhline(1, color=GREY, linewidth=0.8)
    axes.axvline(1, color=GREY, linewidth=0.8)
    axes.set_xlabel(edition.words("ax_cost"))
    axes.set_ylabel(ratio_label(edition))
    axes.set_xlim(rows["cost_indicator"].min() * 0.95, rows["cost_indicator"].max() * 1.05)
    axes.set_ylim(*result_limits(edition, rows))
    number_ticks(axes, edition, x=1, y=2)


def result_limits(edition: Edition, rows: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis of results, which are ratios."""
    limits = bounded_limits(IndicatorScale(), edition.horizon, rows["ratio"])
    return limits.low, limits.high


def outside(edition: Edition) -> int:
    """How many municipalities have a result beyond the edge of figures 5.1 to 5.4."""
    rows = both_indicators(edition)
    low, high = result_limits(edition, rows)
    return int((~rows["ratio"].between(low, high)).sum())


def points_of(rows: pd.DataFrame, x: str, y: str) -> list[tuple[float, float, str]]:
    """Points with the names of their municipalities."""
    return [(float(r[x]), float(r[y]), str(r["municipality"])) for _, r in rows.iterrows()]
