"""Figure 3.1: the municipalities as tiles, by fifth and by assessment."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from kommunebench.reference import read_reference
from kommunebench.report.edition import Edition
from kommunebench.report.figures.style import (
    BLUE,
    INK,
    ORANGE,
    PAPER,
    colour,
    fifth_colour,
    sheet,
)

_LEFT_OUT = "#ffffff"
_MIDDLE = "#e4e4df"
# Where long names are broken; names with a hyphen of their own break at it.
_BROKEN = """
Frederiks-havn Frederiks-berg Frederiks-sund Brønders-lev Fredens-borg Alberts-lund Vallens-bæk
Køben-havn Nord-djurs Syd-djurs Guldborg-sund Vording-borg Vest-himmer-lands Jammer-bugt
Mariager-fjord Haders-lev Sønder-borg Skander-borg Kerte-minde Kalund-borg Frede-ricia Svend-borg
Lange-land Middel-fart Heden-sted Glad-saxe Aaben-raa Silke-borg Holste-bro Hel-singør Ruders-dal
Hørs-holm Hvid-ovre Gen-tofte
"""
_BREAKS = {name.replace("-", ""): name.replace("-", "-\n") for name in _BROKEN.split()}
_BREAKS["Ringkøbing-Skjern"] = "Ringkø-\nbing-\nSkjern"


def fifths_map(edition: Edition) -> Figure | None:
    """Tiles coloured and numbered by fifth; None where no unit has one."""
    rows = edition.compared[edition.compared["quintile"].notna()]
    shades = {fifth: fifth_colour(edition, fifth) for fifth in range(1, 6)}
    fills = {
        str(code): (shades[int(fifth)], str(int(fifth)))
        for code, fifth in zip(rows["municipality_code"], rows["quintile"], strict=True)
    }
    legend = [(shade, edition.fifth(fifth)) for fifth, shade in shades.items()]
    return _map(edition, fills, [*legend, (_LEFT_OUT, edition.words("not_in_comparison"))])


def assessment_map(edition: Edition) -> Figure | None:
    """Tiles coloured by assessment, with a triangle up where the event comes sooner than expected
    and down where it comes later, so that colour is not needed to read it; None where
    no unit has a verdict."""
    looks = {
        "better": (colour(edition, "better"), "▲"),
        "worse": (colour(edition, "worse"), "▼"),
        "as_expected": (_MIDDLE, ""),
    }
    rows = edition.compared[edition.compared["assessment"].notna()]
    fills = {
        str(code): looks[str(assessment)]
        for code, assessment in zip(rows["municipality_code"], rows["assessment"], strict=True)
    }
    legend = [
        (shade, f"{sign} {edition.assessment(code)}".strip())
        for code, (shade, sign) in looks.items()
    ]
    legend.append(
        (_LEFT_OUT, f"{edition.words('not_in_comparison')} / {edition.words('no_figure')}")
    )
    return _map(edition, fills, legend)


def _map(
    edition: Edition, fills: dict[str, tuple[str, str]], legend: list[tuple[str, str]]
) -> Figure | None:
    if not fills:
        return None
    tiles = read_reference("municipality_tiles")
    columns, rows = tiles["col"].astype(int), tiles["row"].astype(int)
    figure = sheet(11.0, 6.7)
    axes = figure.add_subplot()
    for code, name, col, row in zip(tiles["code"], tiles["name"], columns, rows, strict=True):
        fill, sign = fills.get(code, (_LEFT_OUT, ""))
        _tile(axes, (col, row), _broken(name), fill, sign)
    _legend(axes, legend)
    axes.set_xlim(-0.05, columns.max() + 1.05)
    axes.set_ylim(rows.max() + 1.05, -0.05)
    axes.set_axis_off()
    return figure


def _broken(name: str) -> str:
    return _BREAKS.get(name, name.replace("-", "-\n"))


def _tile(axes: Axes, at: tuple[int, int], name: str, fill: str, sign: str) -> None:
    col, row = at
    left_out = fill == _LEFT_OUT
    edge, dashes = ("#a8adb2", (0, (2, 2))) if left_out else (fill, "-")
    axes.add_patch(
        Rectangle(
            (col + 0.03, row + 0.03),
            0.94,
            0.94,
            facecolor=fill,
            edgecolor=edge,
            linestyle=dashes,
            linewidth=0.8,
        )
    )
    ink = PAPER if fill in (BLUE, ORANGE) else ("#6a7076" if left_out else INK)
    axes.text(
        col + 0.5,
        row + 0.5 + (0.06 if sign else 0),
        name,
        ha="center",
        va="center",
        fontsize=6.8,
        color=ink,
        linespacing=0.95,
    )
    if sign:
        axes.text(col + 0.92, row + 0.06, sign, ha="right", va="top", fontsize=5.8, color=ink)


def _legend(axes: Axes, entries: list[tuple[str, str]]) -> None:
    for k, (fill, label) in enumerate(entries):
        top = 0.15 + 0.52 * k
        edge = "#a8adb2" if fill == _LEFT_OUT else fill
        axes.add_patch(
            Rectangle((8.7, top), 0.42, 0.36, facecolor=fill, edgecolor=edge, linewidth=0.8)
        )
        axes.text(9.25, top + 0.19, label, ha="left", va="center", fontsize=9)
