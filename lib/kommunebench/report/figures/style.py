"""Colours, type and the mark on figures of simulated data. Colours are told apart by colour-blind
readers, too."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from kommunebench.report.edition import Edition

BLUE = "#1b5e9e"
ORANGE = "#c4510c"
GREY = "#8a8f94"
LIGHT = "#dfe2e5"
INK = "#22282e"
GREEN = "#2c7a3f"
RED = "#b3202a"
PAPER = "#ffffff"

# Fifth 1 to 5, favourable to unfavourable.
FIFTHS = ("#1b5e9e", "#7fb2dc", "#e4e4df", "#f3b272", "#c4510c")

_RC: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "kommunebench",
    "font.family": "sans-serif",
    "font.sans-serif": ["Liberation Sans", "Arial", "Helvetica", "DejaVu Sans"],
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "axes.edgecolor": "#9aa0a6",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": PAPER,
    "path.simplify": True,
    "axes.unicode_minus": True,
}


@contextmanager
def drawing() -> Iterator[None]:
    """The report's look for everything drawn inside."""
    with mpl.rc_context(_RC):  # type: ignore[arg-type]  # the stubs want every key spelt as a literal
        yield


def sheet(width: float, height: float) -> Figure:
    """An empty figure in inches, not known to pyplot (so it is freed with its last reference)."""
    return Figure(figsize=(width, height), layout="constrained")


def mark_simulated(figure: Figure, edition: Edition) -> Figure:
    """The figure with the words *simulated registers* in its corner, where they are."""
    if edition.data.run.simulated:
        figure.supxlabel(
            edition.words("banner_short"), x=0.995, ha="right", fontsize=7.5, color=RED
        )
    return figure


def colour(edition: Edition, assessment: object) -> str:
    """Blue on the favourable side, orange on the unfavourable, grey between; of the event where it
    is unwanted."""
    favourable = "better" if edition.sooner_is_better else "worse"
    if assessment not in ("better", "worse"):
        return GREY
    return BLUE if assessment == favourable else ORANGE


def fifth_colour(edition: Edition, fifth: int) -> str:
    """The colour of a fifth; in fifth 1 the event comes soonest, or to most, against what was
    expected."""
    return FIFTHS[fifth - 1] if edition.sooner_is_better else FIFTHS[5 - fifth]


def number_ticks(axes: Axes, edition: Edition, x: int | None = None, y: int | None = None) -> None:
    """Tick labels with that many decimals, as the language writes numbers."""
    for axis, decimals in ((axes.xaxis, x), (axes.yaxis, y)):
        if decimals is not None:
            axis.set_major_formatter(
                FuncFormatter(lambda value, _at, d=decimals: edition.fmt.number(value, d))
            )
