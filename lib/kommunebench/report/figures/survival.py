"""Kaplan-Meier curves: all spells with their band, and the mean curve of each fifth."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kommunebench.report.edition import Edition
from kommunebench.report.figures.style import BLUE, fifth_colour, number_ticks, sheet
from kommunebench.report.formats import is_missing


def survival(edition: Edition) -> Figure | None:
    """Two panels on one scale of time and share."""
    curves = edition.data.km_curves
    if curves.empty or edition.compared["quintile"].isna().all():
        return None
    figure = sheet(11.0, 4.6)
    left = figure.add_subplot(1, 2, 1)
    right = figure.add_subplot(1, 2, 2, sharey=left)
    _national(left, edition)
    _fifths(right, edition)
    for axes in (left, right):
        axes.set_xlim(0, edition.horizon)
        step = next(s for s in (1, 2, 4, 6, 12, 26, 52) if edition.horizon / s <= 8)
        axes.set_xticks(np.arange(0, edition.horizon + 1, step))
        axes.set_xlabel(edition.words("ax_time"))
        axes.set_ylim(0, 1)
        axes.yaxis.set_major_formatter(lambda value, _at: edition.fmt.percent(value))
        axes.grid(axis="y", color="#e6e8ea", linewidth=0.7)
        number_ticks(axes, edition, x=0)
    left.set_ylabel(edition.words("ax_survival"))
    return figure


def _national(axes: Axes, edition: Edition) -> None:
    curves = edition.data.km_curves
    rows = curves[curves["municipality_code"].isna()].sort_values("week")
    weeks = _from_zero(rows["week"], 0.0)
    share = _from_zero(rows["survival"], 1.0)
    if edition.scale.measure == "restricted_mean":
        axes.fill_between(weeks, 0, share, step="post", color="#eaf1f8", linewidth=0)
    axes.fill_between(
        weeks,
        _from_zero(rows["ci_low"], 1.0),
        _from_zero(rows["ci_high"], 1.0),
        step="post",
        color="#9fc2e2",
        linewidth=0,
    )
    axes.step(weeks, share, where="post", color=BLUE, linewidth=1.6)
    value = edition.pooled("observed")
    if not is_missing(value):
        text = edition.of_measure("survival_value", value=edition.measured(value))
        axes.text(0.04 * edition.horizon, 0.08, text, fontsize=10, color=BLUE)
    if len(rows) and not is_missing(rows["median_duration"].iloc[0]):
        _mark_median(axes, edition, float(rows["median_duration"].iloc[0]))
    axes.set_title(edition.words("survival_all"))


def _mark_median(axes: Axes, edition: Edition, median: float) -> None:
    axes.plot([0, median, median], [0.5, 0.5, 0], color=BLUE, linewidth=0.8, linestyle=(0, (2, 2)))
    text = edition.words("survival_median", value=edition.fmt.number(median))
    axes.annotate(text, (median, 0.5), xytext=(4, 4), textcoords="offset points", color=BLUE)


def _from_zero(values: pd.Series, start: float) -> np.ndarray:
    return np.concatenate([[start], values.to_numpy(float)])


def mean_curves(edition: Edition) -> dict[int, pd.Series]:
    """Mean survival by week in each fifth over its units. Of a unit's curve the weeks are published
    between which enough had the event: it is straight between them, and flat after the last."""
    curves = edition.data.km_curves
    wide = curves[curves["municipality_code"].notna()].pivot(
        index="week", columns="municipality_code", values="survival"
    )
    wide = wide.reindex(np.arange(0, edition.horizon + 1, dtype=float))
    wide.loc[0] = wide.loc[0].fillna(1.0)
    wide = wide.interpolate(method="index", limit_area="inside").ffill()
    rows = edition.compared[edition.compared["quintile"].notna()]
    return {
        int(fifth): wide.reindex(columns=list(units["municipality_code"])).mean(axis=1)
        for fifth, units in rows.groupby(rows["quintile"].astype(int))
    }


def _fifths(axes: Axes, edition: Edition) -> None:
    axes.set_title(edition.words("survival_fifths"))
    looks = {1: "-", 2: (0, (5, 1.5)), 3: "-", 4: (0, (5, 1.5)), 5: "-"}
    for fifth, curve in mean_curves(edition).items():
        shade = "#6f6f68" if fifth == 3 else fifth_colour(edition, fifth)
        label = edition.words("fifth_n", n=edition.fifth(fifth))
        axes.step(
            curve.index,
            curve,
            where="post",
            color=shade,
            linestyle=looks[fifth],
            linewidth=1.7,
            label=label,
        )
    axes.legend(loc="lower left")
