"""How spells end over time: shares by competing end, stacked."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kommunebench.report.edition import Edition
from kommunebench.report.figures.style import BLUE, ORANGE, number_ticks, sheet

_SHADES = {"success": BLUE, "left": ORANGE, "moved": "#f3b272", "open": "#eef1f4"}
_SPARE = ("#7fb2dc", "#8a8f94", "#2c7a3f")
_MOST_PANELS = 6


def cumulative_incidence(edition: Edition) -> Figure | None:
    """A panel per value of the breakdowns (all first), each with the shares by end stacked on top
    of each other; what is left is still open."""
    rows = edition.data.cumulative_incidence
    if rows is None:
        return None
    rows = rows[rows["share"].notna() & (rows["end"] != "open")]
    panels = _panels(edition, rows)
    if not panels:
        return None
    ends = edition.words.in_order("end", rows["end"])
    figure = sheet(11.0, 3.4)
    first: Axes | None = None
    middle = (len(panels) + 1) // 2
    for place, (title, panel) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), place, sharey=first)
        first = first or axes
        _stack(axes, edition, panel, ends)
        axes.set_title(title, fontsize=9)
        axes.tick_params(labelleft=place == 1)
        # Not the figure's own label: that is where simulated registers are marked.
        if place == middle:
            axes.set_xlabel(edition.words("ax_time"))
    assert first is not None
    first.set_ylabel(edition.words("ax_share_of_spells"))
    handles, labels = first.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=4)
    return figure


def _panels(edition: Edition, rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    panels = []
    for breakdown in edition.words.in_order("breakdown", rows["breakdown"].map(_all)):
        of_breakdown = rows[rows["breakdown"].map(_all) == breakdown]
        for value in edition.words.in_order("breakdown_value", of_breakdown["value"].map(_all)):
            title = edition.words.code("breakdown_value", value)
            panels.append((title, of_breakdown[of_breakdown["value"].map(_all) == value]))
    return panels[:_MOST_PANELS]


def _all(value: object) -> str:
    return "all" if value is None else str(value)


def _stack(axes: Axes, edition: Edition, rows: pd.DataFrame, ends: list[str]) -> None:
    wide = rows.pivot(index="week", columns="end", values="share").sort_index()
    wide = wide.reindex(columns=ends).ffill().fillna(0.0)
    weeks = np.concatenate([[0.0], wide.index.to_numpy(float)])
    base = np.zeros(len(weeks))
    spare = iter(_SPARE)
    for end in ends:
        top = base + np.concatenate([[0.0], wide[end].to_numpy(float)])
        shade = _SHADES.get(end) or next(spare, "#5b6268")
        label = edition.words.code("end", end)
        axes.fill_between(weeks, base, top, step="post", color=shade, linewidth=0, label=label)
        base = top
    label = edition.words.code("end", "open")
    axes.fill_between(weeks, base, 1, step="post", color=_SHADES["open"], linewidth=0, label=label)
    axes.set_xlim(0, edition.horizon)
    axes.set_ylim(0, 1)
    step = next((s for s in (1, 2, 4, 6, 12, 26, 52) if edition.horizon / s <= 4), 104)
    axes.set_xticks(np.arange(0, edition.horizon + 1, step))
    number_ticks(axes, edition, x=0)
    axes.yaxis.set_major_formatter(lambda value, _at: edition.fmt.percent(value))
