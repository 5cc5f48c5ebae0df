"""Plain against robust indicator, both of the pooled model, as the test that tells them apart."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from kommunebench.benchmark.comparison.normal import two_sided_z
from kommunebench.report.edition import Edition
from kommunebench.report.figures.axes import Limits, bounded_limits, indicator_axis, inside
from kommunebench.report.figures.funnel import with_verdict
from kommunebench.report.figures.labels import name_points
from kommunebench.report.figures.style import BLUE, GREY, INK, PAPER, sheet

_MOST_NAMES = 12


def differing(edition: Edition) -> int:
    """How many units with a verdict have a plain and a robust indicator further apart than chance
    would have it at the confidence level."""
    return int(_far(edition, with_verdict(edition)).sum())


def _far(edition: Edition, rows: pd.DataFrame) -> pd.Series:
    return rows["robust_z"].astype(float).abs() > two_sided_z(edition.level)


def _both(edition: Edition) -> pd.DataFrame:
    rows = with_verdict(edition)
    return rows[rows["plain"].notna() & rows["robust_pooled"].notna()]


def robust_limits(edition: Edition) -> Limits:
    """Limits of both axes."""
    values = _both(edition)[["plain", "robust_pooled"]].to_numpy(float)
    return bounded_limits(edition.scale, edition.horizon, values)


def plain_robust(edition: Edition) -> Figure | None:
    """Square scatter with the line of equality."""
    rows = _both(edition)
    if rows.empty:
        return None
    limits = robust_limits(edition)
    plain, robust = inside(limits, rows["plain"]), inside(limits, rows["robust_pooled"])
    figure = sheet(6.6, 6.2)
    axes = figure.add_subplot()
    indicator_axis(axes, edition, "x", limits)
    indicator_axis(axes, edition, "y", limits)
    ends, dashes = [limits.low, limits.high], (0, (4, 3))
    label = edition.words("equal_line")
    axes.plot(ends, ends, color=INK, linewidth=0.8, linestyle=dashes, label=label)
    far = _far(edition, rows).to_numpy()
    axes.scatter(
        plain,
        robust,
        s=26,
        facecolors=[BLUE if f else PAPER for f in far],
        edgecolors=[BLUE if f else GREY for f in far],
        linewidths=0.9,
        zorder=4,
        clip_on=False,
    )
    axes.set_xlabel(edition.words("ax_plain"))
    within = edition.settings.verdict_model == "within"
    axes.set_ylabel(edition.words("ax_robust_pooled" if within else "ax_robust"))
    axes.legend(loc="upper left")
    figure.draw_without_rendering()
    distance = np.where(far, rows["robust_z"].astype(float).abs(), -np.inf)
    names = rows["municipality"].to_numpy()
    points = [
        (float(plain[at]), float(robust[at]), str(names[at]))
        for at in np.argsort(-distance, kind="stable")[: min(_MOST_NAMES, int(far.sum()))]
    ]
    name_points(axes, points, list(zip(plain, robust, strict=True)))
    return figure
