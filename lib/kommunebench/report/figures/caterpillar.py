"""Indicators with intervals, ordered by posterior mean, tiers in the background."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from kommunebench.report.edition import Edition
from kommunebench.report.figures.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PAPER,
    colour,
    ratio_axis,
    sheet,
)

_ROW_INCHES = 0.162


def ordered_units(edition: Edition) -> pd.DataFrame:
    """Units with an interval, highest shrunk indicator first."""
    rows = edition.compared
    shown = rows[rows["ci_low"].notna() & rows["indicator_shrunk"].notna()]
    return shown.sort_values("indicator_shrunk", ascending=False, kind="stable").reset_index(
        drop=True
    )


def caterpillar(edition: Edition) -> Figure | None:
    """Columns of at most 50 units beside each other on one scale, so that every name can be read
    and printed."""
    rows = ordered_units(edition)
    if rows.empty:
        return None
    panels = max(1, math.ceil(len(rows) / 50))
    per_panel = math.ceil(len(rows) / panels)
    figure = sheet(11.0, 1.25 + _ROW_INCHES * per_panel)
    low, high = _range(rows)
    for panel in range(panels):
        axes = figure.add_subplot(1, panels, panel + 1)
        _panel(axes, edition, rows.iloc[panel * per_panel : (panel + 1) * per_panel], per_panel)
        ratio_axis(axes, edition, "x", low, high)
        axes.set_xlabel(edition.words("ax_indicator"))
    _legend(figure, edition)
    return figure


def _range(rows: pd.DataFrame) -> tuple[float, float]:
    """Room for every interval, unless a few are so wide that the rest could no longer be told
    apart."""
    widest = 4 * float(np.abs(np.log(rows[["ci_low", "ci_high"]].to_numpy(float))).mean())
    farthest = float(np.abs(np.log(rows["verdict"])).max())
    reach = np.exp(max(widest, farthest) * 1.1)
    return max(float(rows["ci_low"].min()) * 0.99, 1 / reach), min(
        float(rows["ci_high"].max()) * 1.01, float(reach)
    )


def _panel(axes: Axes, edition: Edition, rows: pd.DataFrame, length: int) -> None:
    heights = np.arange(len(rows))
    _tiers(axes, edition, rows)
    for height, (_, row) in zip(heights, rows.iterrows(), strict=True):
        shade = colour(edition, row["assessment"])
        axes.plot(
            [row["ci_low"], row["ci_high"]],
            [height, height],
            color=shade,
            linewidth=1.3,
            solid_capstyle="butt",
        )
        axes.plot(row["verdict"], height, "o", color=shade, markersize=4)
    axes.plot(
        rows["indicator_shrunk"],
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
            edition.words("tier_n", n=int(tier)), (1, bottom), xycoords=("axes fraction", "data"), xytext=(3, 2),
            textcoords="offset points", ha="left", va="bottom", fontsize=8, color="#5b6268",
        )  # fmt: skip


def _legend(figure: Figure, edition: Edition) -> None:
    sides = ("better", "as_expected", "worse")
    if not edition.sooner_is_better:
        shades = {"better": ORANGE, "as_expected": GREY, "worse": BLUE}
    else:
        shades = {"better": BLUE, "as_expected": GREY, "worse": ORANGE}
    handles = [
        Line2D([], [], color=shades[s], marker="o", markersize=4, label=edition.assessment(s))
        for s in sides
    ]
    handles.append(
        Line2D(
            [],
            [],
            color=INK,
            marker="D",
            markerfacecolor=PAPER,
            markersize=4,
            linestyle="none",
            label=edition.words("shrunk_legend"),
        )
    )
    figure.legend(handles=handles, loc="outside upper center", ncols=4)
