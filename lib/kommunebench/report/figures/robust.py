"""Plain against robust indicator."""

import numpy as np
from matplotlib.figure import Figure

from kommunebench.report.edition import Edition
from kommunebench.report.figures.funnel import with_verdict
from kommunebench.report.figures.labels import name_points
from kommunebench.report.figures.style import BLUE, GREY, INK, PAPER, ratio_axis, sheet

_MOST_NAMES = 12


def differing(edition: Edition) -> int:
    """How many units with a verdict have a plain and a robust indicator further apart than chance
    would have it (5 %)."""
    return int((with_verdict(edition)["robust_z"].abs() > 1.96).sum())


def plain_robust(edition: Edition) -> Figure | None:
    """Square scatter on log axes with the line of equality."""
    rows = with_verdict(edition)
    rows = rows[rows["indicator"].notna() & rows["indicator_robust"].notna()]
    if rows.empty:
        return None
    far = rows["robust_z"].abs() > 1.96
    both = np.concatenate([rows["indicator"], rows["indicator_robust"]])
    low, high = float(both.min()) * 0.985, float(both.max()) * 1.02
    figure = sheet(6.6, 6.2)
    axes = figure.add_subplot()
    ratio_axis(axes, edition, "x", low, high)
    ratio_axis(axes, edition, "y", low, high)
    axes.plot(
        [low, high],
        [low, high],
        color=INK,
        linewidth=0.8,
        linestyle=(0, (4, 3)),
        label=edition.words("equal_line"),
    )
    axes.scatter(rows["indicator"], rows["indicator_robust"], s=26, facecolors=[BLUE if f else PAPER for f in far],
                 edgecolors=[BLUE if f else GREY for f in far], linewidths=0.9, zorder=4)  # fmt: skip
    axes.set_xlabel(edition.words("ax_plain"))
    axes.set_ylabel(edition.words("ax_robust"))
    axes.legend(loc="upper left")
    figure.draw_without_rendering()
    named = (
        rows[far]
        .assign(z=rows["robust_z"].abs())
        .sort_values("z", ascending=False)
        .head(_MOST_NAMES)
    )
    points = [
        (float(r["indicator"]), float(r["indicator_robust"]), str(r["municipality"]))
        for _, r in named.iterrows()
    ]
    name_points(axes, points, list(zip(rows["indicator"], rows["indicator_robust"], strict=True)))
    return figure
