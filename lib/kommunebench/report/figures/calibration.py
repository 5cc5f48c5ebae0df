"""Observed against expected events of the national model, by group."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kommunebench.report.calibration import calibration_rows
from kommunebench.report.edition import Edition
from kommunebench.report.figures.axes import (
    Limits,
    bounded_limits,
    draw_interval,
    inside,
    ratio_axis,
)
from kommunebench.report.figures.style import BLUE, GREY, PAPER, sheet
from kommunebench.report.scale import IndicatorScale

_ROW_INCHES = 0.19
# How far from 1 the axis goes at most to hold the groups that are off, and the room beside them.
_FURTHEST, _ROOM = 5.0, 1.05


def calibration(edition: Edition) -> Figure | None:
    """Ratios with intervals, one row per group; breakdowns side by side on one scale."""
    rows = _told(calibration_rows(edition))
    if rows.empty:
        return None
    columns = _columns(rows)
    limits = calibration_limits(edition)
    longest = max(len(column) + column["breakdown"].nunique() for column in columns)
    figure = sheet(11.0, 0.9 + _ROW_INCHES * longest)
    for place, column in enumerate(columns, start=1):
        axes = figure.add_subplot(1, len(columns), place)
        ratio_axis(axes, edition, "x", limits)
        _panel(axes, edition, column, longest, limits)
        axes.set_xlabel(edition.words("ax_calibration"))
    return figure


def calibration_limits(edition: Edition) -> Limits:
    """Ends of the axis of ratios. The groups furthest from 1 are what the figure is for: their dots
    are inside, up to five times more or less than expected."""
    rows = _told(calibration_rows(edition))
    drawn = rows[["ratio", "low", "high"]].to_numpy(float)
    usual = bounded_limits(IndicatorScale(), edition.horizon, drawn[:, 0], drawn[:, 1:])
    off = rows.loc[rows["outside"], "ratio"].clip(1 / _FURTHEST, _FURTHEST)
    low = min([usual.low, *(off / _ROOM)])
    high = max([usual.high, *(off * _ROOM)])
    return Limits(low, high, bool(((drawn < low) | (drawn > high)).any()))


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """The groups with a ratio."""
    return rows[rows["ratio"].notna()] if len(rows) else rows


def _columns(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Whole breakdowns in at most two columns of about the same length."""
    groups = [group for _, group in rows.groupby("breakdown", sort=False)]
    if len(groups) == 1:
        return groups
    lengths = np.cumsum([len(group) + 1 for group in groups])
    first = 1 + int(np.argmin(np.abs(lengths[:-1] - lengths[-1] / 2)))
    return [pd.concat(groups[:first]), pd.concat(groups[first:])]


def _panel(axes: Axes, edition: Edition, rows: pd.DataFrame, length: int, limits: Limits) -> None:
    height, ticks, labels = 0, [], []
    for breakdown, group in rows.groupby("breakdown", sort=False):
        axes.annotate(
            edition.words.code("calibration", breakdown),
            (0, height),
            xycoords=("axes fraction", "data"),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontweight="bold",
            fontsize=8.5,
            # The line at 1 must not run through the words.
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.0},
        )
        height += 1
        for _, row in group.iterrows():
            shade = BLUE if row["outside"] else GREY
            draw_interval(axes, limits, (row["low"], row["high"]), height, shade)
            face = shade if row["outside"] else PAPER
            at = float(inside(limits, row["ratio"]))
            axes.plot(at, height, "o", color=shade, markerfacecolor=face, markersize=4.5)
            ticks.append(height)
            labels.append(row["label"])
            height += 1
    axes.set_yticks(ticks, labels)
    axes.tick_params(axis="y", length=0, labelsize=8)
    axes.set_ylim(length - 0.4, -0.8)
    axes.spines["left"].set_visible(False)
