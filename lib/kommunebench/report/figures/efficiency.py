"""Figures 5.1 to 5.4: result against cost, classes, and the two frontiers with their ten best."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kommunebench.report.edition import Edition
from kommunebench.report.figures.axes import bounded_limits
from kommunebench.report.figures.labels import name_points
from kommunebench.report.figures.style import BLUE, GREEN, GREY, INK, RED, number_ticks, sheet
from kommunebench.report.frontiers import frontier_curve, is_ranking

_CLASSES = {
    ("better", "below"): ("high_low", GREEN, "o"),
    ("better", "above"): ("high_high", BLUE, "s"),
    ("worse", "below"): ("low_low", RED, "v"),
    ("worse", "above"): ("low_high", INK, "X"),
}


def both_indicators(edition: Edition) -> pd.DataFrame:
    """Municipalities with a benchmark and a cost indicator: their classes, persons as weights."""
    costs = edition.data.cost_indicators
    assert costs is not None
    rows = edition.compared.merge(
        costs, on="municipality_code", how="inner", suffixes=("", "_cost")
    )
    return rows[rows["verdict"].notna() & rows["cost_indicator"].notna()].reset_index(drop=True)


def result_by_cost(edition: Edition) -> Figure | None:
    """Figure 5.1: scatter with the weighted regression lines, with and without the outliers named
    in the settings."""
    if edition.data.cost_indicators is None or edition.data.efficiency_regressions is None:
        return None
    rows = both_indicators(edition)
    figure = sheet(8.2, 5.2)
    axes = figure.add_subplot()
    _frame(axes, edition, rows)
    weights = rows["persons"].fillna(rows["persons"].median())
    axes.scatter(
        rows["cost_indicator"],
        rows["verdict"],
        s=160 * weights / weights.max() + 8,
        color=BLUE,
        alpha=0.45,
        linewidths=0,
    )
    reach = np.array([rows["cost_indicator"].min(), rows["cost_indicator"].max()])
    labels = {
        "linear": edition.words("all_municipalities_line"),
        "linear_without_outliers": _without(edition, rows),
    }
    for (specification, label), dash in zip(labels.items(), ("-", (0, (4, 3))), strict=True):
        line = _line(edition.data.efficiency_regressions, specification)
        if line is not None:
            axes.plot(
                reach,
                line[0] + line[1] * reach,
                color=RED,
                linewidth=1.4,
                linestyle=dash,
                label=f"{edition.words('regression_line')}, {label}",
            )
    figure.legend(loc="outside upper center", ncols=2)
    figure.draw_without_rendering()
    named = rows[rows["municipality_code"].isin(edition.outliers)]
    name_points(
        axes,
        _points(named, "cost_indicator", "verdict"),
        list(zip(rows["cost_indicator"], rows["verdict"], strict=True)),
    )
    return figure


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
    """Figure 5.2: colour and shape where both results are certain, grey elsewhere."""
    if edition.data.cost_indicators is None:
        return None
    rows = both_indicators(edition)
    keys = list(zip(rows["assessment"], rows["assessment_cost"], strict=True))
    figure = sheet(8.2, 5.6)
    axes = figure.add_subplot()
    _frame(axes, edition, rows)
    both_clear = pd.Series([key in _CLASSES for key in keys], index=rows.index)
    grey = rows[~both_clear]
    axes.scatter(
        grey["cost_indicator"],
        grey["verdict"],
        s=16,
        color="#b4babf",
        linewidths=0,
        label=edition.words("uncertain", n=len(grey)),
    )
    for key, (label, shade, marker) in _CLASSES.items():
        in_class = rows[[k == key for k in keys]]
        text = f"{edition.words(label)} ({len(in_class)})"
        axes.scatter(
            in_class["cost_indicator"],
            in_class["verdict"],
            s=34,
            color=shade,
            marker=marker,
            linewidths=0,
            label=text,
            zorder=4,
        )
    figure.legend(loc="outside upper center", ncols=3)
    figure.draw_without_rendering()
    name_points(
        axes,
        _points(rows[both_clear], "cost_indicator", "verdict"),
        list(zip(rows["cost_indicator"], rows["verdict"], strict=True)),
    )
    return figure


def frontier(edition: Edition, side: str) -> Figure | None:
    """Figures 5.3 (production: result over cost) and 5.4 (cost: cost over result), the ten best
    numbered in red."""
    data = edition.data
    if (
        data.cost_indicators is None
        or data.frontier_parameters is None
        or data.frontier_scores is None
    ):
        return None
    scores = data.frontier_scores[data.frontier_scores["side"] == side]
    rows = both_indicators(edition).merge(
        scores[["municipality_code", "rank", "efficiency"]],
        on="municipality_code",
        suffixes=("_bench", ""),
    )
    if len(rows) < 3:
        return None
    x, y = ("cost_indicator", "verdict") if side == "production" else ("verdict", "cost_indicator")
    figure = sheet(9.6, 5.2)
    axes = figure.add_subplot()
    set_limits = axes.set_ylim if y == "verdict" else axes.set_xlim
    set_limits(*_result_limits(edition, rows))
    _scatter_ten(axes, rows, x, y)
    grid = np.linspace(rows[x].min(), rows[x].max(), 120)
    curve = frontier_curve(data.frontier_parameters, side)
    if curve is not None:
        axes.plot(
            grid, curve(grid), color=GREEN, linewidth=1.8, label=edition.words("frontier_line")
        )
    slope, level = np.polyfit(
        rows[x], rows[y], 1, w=np.sqrt(rows["persons"].fillna(rows["persons"].median()))
    )
    axes.plot(
        grid,
        level + slope * grid,
        color=RED,
        linewidth=1.4,
        linestyle=(0, (4, 3)),
        label=edition.words("regression_line"),
    )
    _label_frontier(axes, edition, x, y)
    ranking = is_ranking(data.frontier_parameters, scores, side)
    _list_ten(axes, edition, rows, "ten_best" if ranking else "ten_unranked")
    return figure


def _label_frontier(axes: Axes, edition: Edition, x: str, y: str) -> None:
    labels = {
        "cost_indicator": edition.words("ax_cost"),
        "verdict": edition.of_scale("ax_indicator"),
    }
    decimals = {"cost_indicator": 2, "verdict": _result_decimals(edition)}
    axes.set_xlabel(labels[x])
    axes.set_ylabel(labels[y])
    number_ticks(axes, edition, x=decimals[x], y=decimals[y])


def _scatter_ten(axes: Axes, rows: pd.DataFrame, x: str, y: str) -> None:
    ten, rest = rows[rows["rank"] <= 10], rows[~(rows["rank"] <= 10)]
    axes.scatter(rest[x], rest[y], s=15, color="#b4babf", linewidths=0)
    axes.scatter(ten[x], ten[y], s=22, color=RED, linewidths=0, zorder=4)
    axes.figure.draw_without_rendering()  # type: ignore[union-attr]
    points = [
        (float(r[x]), float(r[y]), f"{int(r['rank'])}")
        for _, r in ten.sort_values("rank").iterrows()
    ]
    name_points(axes, points, list(zip(rows[x], rows[y], strict=True)), RED)


def _list_ten(axes: Axes, edition: Edition, rows: pd.DataFrame, heading: str) -> None:
    ten = rows[rows["rank"] <= 10].sort_values("rank")
    names = [f"{int(r['rank'])}  {r['municipality']}" for _, r in ten.iterrows()]
    text = "\n".join([edition.words(heading), *names])
    axes.annotate(
        text,
        (1.02, 0.72),
        xycoords="axes fraction",
        va="top",
        ha="left",
        fontsize=8.5,
        color=RED,
        annotation_clip=False,
    )
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _frame(axes: Axes, edition: Edition, rows: pd.DataFrame) -> None:
    axes.axhline(edition.scale.centre, color=GREY, linewidth=0.8)
    axes.axvline(1, color=GREY, linewidth=0.8)
    axes.set_xlabel(edition.words("ax_cost"))
    axes.set_ylabel(edition.of_scale("ax_indicator"))
    axes.set_xlim(rows["cost_indicator"].min() * 0.95, rows["cost_indicator"].max() * 1.05)
    axes.set_ylim(*_result_limits(edition, rows))
    number_ticks(axes, edition, x=1, y=_result_decimals(edition))


def _result_limits(edition: Edition, rows: pd.DataFrame) -> tuple[float, float]:
    limits = bounded_limits(edition.scale, edition.horizon, rows["verdict"])
    return limits.low, limits.high


def outside(edition: Edition) -> int:
    """How many municipalities have a result beyond the edge of figures 5.1 to 5.4."""
    rows = both_indicators(edition)
    low, high = _result_limits(edition, rows)
    return int((~rows["verdict"].between(low, high)).sum())


def _result_decimals(edition: Edition) -> int:
    return 2 if edition.scale.logarithmic else 0


def _points(rows: pd.DataFrame, x: str, y: str) -> list[tuple[float, float, str]]:
    return [(float(r[x]), float(r[y]), str(r["municipality"])) for _, r in rows.iterrows()]
