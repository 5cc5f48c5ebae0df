"""Indicators with intervals, ordered by rank, tiers in the background."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from kommunebench.report.edition import Edition
from kommunebench.report.figures.axes import Limits, bounded_limits, draw_interval, indicator_axis
from kommunebench.report.figures.style import INK, PAPER, colour, sheet
from kommunebench.report.units import best_first

_ROW_INCHES = 0.162
_MOST_ROWS = 50


def ordered_units(edition: Edition) -> pd.DataFrame:
    """Units with an interval, best rank first."""
    rows = edition.compared
    shown = rows[rows["ci_low"].notna() & rows["ci_high"].notna() & rows["verdict"].notna()]
    return best_first(shown, edition.scale)


def caterpillar_limits(edition: Edition) -> Limits:
    """Limits of the axis of indicators."""
    rows = ordered_units(edition)
    points = rows[["verdict", "indicator_shrunk"]].to_numpy(float)
    intervals = rows[["ci_low", "ci_high"]].to_numpy(float)
    return bounded_limits(edition.scale, edition.horizon, points, intervals)


def caterpillar(edition: Edition) -> Figure | None:
    """Columns of at most 50 units beside each other on one scale, so that every name can be read
    and printed."""
    rows = ordered_units(edition)
    if rows.empty:
        return None
    panels = math.ceil(len(rows) / _MOST_ROWS)
    per_panel = math.ceil(len(rows) / panels)
    limits = caterpillar_limits(edition)
    figure = sheet(11.0, 1.25 + _ROW_INCHES * per_panel)
    for panel in range(panels):
        axes = figure.add_subplot(1, panels, panel + 1)
        indicator_axis(axes, edition, "x", limits)
        shown = rows.iloc[panel * per_panel : (panel + 1) * per_panel]
        _panel(axes, edition, shown, per_panel, limits)
        axes.set_xlabel(edition.of_scale("ax_indicator"))
    _legend(figure, edition)
    return figure


def _panel(axes: Axes, edition: Edition, rows: pd.DataFrame, length: int, limits: Limits) -> None:
    heights = np.arange(float(len(rows)))
    _tiers(axes, edition, rows)
    for height, (_, row) in zip(heights, rows.iterrows(), strict=True):
        shade = colour(edition, row["assessment"])
        draw_interval(axes, limits, (row["ci_low"], row["ci_high"]), float(height), shade)
        if limits.low <= row["verdict"] <= limits.high:
            axes.plot(row["verdict"], height, "o", color=shade, markersize=4)
    shrunk = rows["indicator_shrunk"].to_numpy(float)
    axes.plot(
        np.where((shrunk >= limits.low) & (shrunk <= limits.high), shrunk, np.nan),
        heights,
        "D",
        markerfacecolor=PAPER,
        markeredgecolor=INK,
        markersize=3,
        markeredgewidth=0.7,
        linestyle="none",
    )
    axes.set_yticks(heights, list(rows["municipality"]))
    axes.tick_params(axis="y", length=0, labelsize=8)
    axes.set_ylim(length - 0.4, -0.6)
    axes.spines["left"].set_visible(False)


def _tiers(axes: Axes, edition: Edition, rows: pd.DataFrame) -> None:
    """A band for every tier in the panel, its number at the right edge."""
    tiers = rows["tier"].reset_index(drop=True)
    for tier in tiers.dropna().unique():
        places = tiers.index[tiers == tier]
        top, bottom = places.min() - 0.5, places.max() + 0.5
        if int(tier) % 2:
            axes.axhspan(top, bottom, color="#eef1f4", linewidth=0, zorder=0)
        axes.annotate(
            edition.words("tier_n", n=int(tier)),
            (1, bottom),
            xycoords=("axes fraction", "data"),
            xytext=(6, 2),
            textcoords="offset points",
            ha="left",
            va="bottom",
            fontsize=8,
            color="#5b6268",
        )


def _legend(figure: Figure, edition: Edition) -> None:
    handles = [
        Line2D(
            [],
            [],
            color=colour(edition, side),
            marker="o",
            markersize=4,
            label=edition.assessment(side),
        )
        for side in ("better", "as_expected", "worse")
    ]
    if edition.ranked:
        handles.append(_diamond(edition.words("shrunk_legend")))
    figure.legend(handles=handles, loc="outside upper center", ncols=4)


def _diamond(label: str) -> Line2D:
    return Line2D(
        [],
        [],
        color=INK,
        marker="D",
        markerfacecolor=PAPER,
        markersize=4,
        linestyle="none",
        label=label,
    )
