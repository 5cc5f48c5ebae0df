"""Figures 4.1 and 4.2: expenditure, full-year persons, and what one costs the other."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kommunebench.report.edition import Edition
from kommunebench.report.figures.style import BLUE, LIGHT, ORANGE, number_ticks, sheet
from kommunebench.report.tables.accounts import unit_costs_by_period


def expenditure(edition: Edition) -> Figure | None:
    """Two panels with one scale of years: million DKK, and thousands of full-year persons, all
    municipalities."""
    rows = edition.data.unit_costs
    if rows is None:
        return None
    totals = _totals(edition, rows)
    figure = sheet(9.0, 3.5)
    words = edition.words
    panels = (
        (
            "programme_expenditure",
            1e6,
            words("million_dkk", price_year=edition.price_year),
            BLUE,
            0,
        ),
        ("full_year_persons", 1e3, words("full_year_persons_thousands"), ORANGE, 1),
    )
    for place, (column, unit, title, shade, decimals) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, 2, place)
        axes.set_title(title)
        _bars(axes, edition, totals[column] / unit, shade, decimals)
    return figure


def _bars(axes: Axes, edition: Edition, values: pd.Series, shade: str, decimals: int) -> None:
    """A bar for every year, its value above it."""
    axes.bar(values.index.astype(int).astype(str), values, color=shade, width=0.62)
    for at, value in enumerate(values):
        label = edition.fmt.number(value, decimals)
        axes.text(at, value, label, ha="center", va="bottom", fontsize=8.5)
    axes.set_ylim(0, values.max() * 1.12)
    axes.tick_params(axis="x", length=0)
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    number_ticks(axes, edition, y=0)


def _totals(edition: Edition, rows: pd.DataFrame) -> pd.DataFrame:
    """By year; the expenditure that of table 4.1 where the run has it (cells may be suppressed)."""
    totals = rows.groupby("year")[["programme_expenditure", "full_year_persons"]].sum()
    lines = edition.data.expenditure
    if lines is None:
        return totals
    net = lines[(lines["block"] == "programme") & (lines["line"] == "gross_less_payments")]
    national = 1e6 * net.set_index("year")["million_dkk_2015"]
    return totals.assign(
        programme_expenditure=national.reindex(totals.index).fillna(totals["programme_expenditure"])
    )


def unit_costs(edition: Edition) -> Figure | None:
    """Every municipality's unit cost by year as a dot, with the unweighted mean; nothing where none
    that is compared has a unit cost."""
    rows = edition.data.unit_costs
    if rows is None:
        return None
    periods = {
        period: values
        for period, values in unit_costs_by_period(edition, rows).items()
        if "–" not in period
    }
    if not periods:
        return None
    figure = sheet(9.0, 3.8)
    axes = figure.add_subplot()
    top = max(float(values.quantile(0.995)) for values in periods.values()) / 1000 * 1.08
    _dots(axes, edition, [values / 1000 for values in periods.values()], top)
    axes.set_xticks(range(len(periods)), list(periods))
    axes.set_xlim(-0.5, len(periods) - 0.3)
    axes.set_ylim(0, top * 1.03)
    axes.set_ylabel(edition.words("dkk_thousand_per_person"))
    axes.grid(axis="y", color=LIGHT, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(axis="x", length=0)
    number_ticks(axes, edition, y=0)
    return figure


def _dots(axes: Axes, edition: Edition, years: list[pd.Series], top: float) -> None:
    """A jittered dot for every value of each year, values above the top on it, and the mean as a
    bar."""
    random = np.random.default_rng(5)
    for at, values in enumerate(years):
        jitter = at + random.uniform(-0.16, 0.16, len(values))
        heights = np.minimum(values, top)
        axes.scatter(jitter, heights, s=9, color="#b9c4ce", linewidths=0, zorder=2)
        mean = float(values.mean())
        axes.plot([at - 0.3, at + 0.3], [mean, mean], color=BLUE, linewidth=2.2, zorder=3)
        label = edition.fmt.number(mean, 1)
        axes.text(at + 0.33, mean, label, va="center", ha="left", fontsize=9, color=BLUE)
