"""The tables of the overview page over several analyses."""

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing
from kommunebench.report.published import printed_table
from kommunebench.report.tables.model import (
    Block,
    Column,
    HtmlTable,
    Row,
    plain_rows,
    text_column,
)
from kommunebench.report.tables.units import danish_order

LISTED = 10
_SIGNS = {"better": "▲", "worse": "▼", "as_expected": "="}


def best_of(edition: Edition) -> list[str]:
    """Codes of the ten best units of an analysis, in alphabetical order of their names: the run's
    list, or by the plain indicator where the run has none."""
    lists = edition.data.ten_best
    if lists is not None:
        codes = list(lists.loc[lists["side"] == "best", "municipality_code"])
    else:
        rows = edition.compared
        position = edition.scale.sign * edition.scale.position(rows["plain"].astype(float))
        order = np.argsort(-np.nan_to_num(position, nan=-np.inf), kind="stable")[:LISTED]
        codes = list(rows["municipality_code"].iloc[order])
    return sorted(codes, key=lambda code: danish_order(edition.unit_names[code]))


def in_several(editions: Sequence[Edition]) -> set[str]:
    """Codes of the units among the best of more than one analysis."""
    counts = Counter(code for edition in editions for code in best_of(edition))
    return {code for code, count in counts.items() if count > 1}


def best_table(editions: Sequence[Edition]) -> HtmlTable:
    """The ten best of every analysis side by side, units in several lists marked."""
    words, several = editions[0].words, in_several(editions)
    lists = []
    for edition in editions:
        verdicts = _by_code(edition, "assessment")
        lists.append(
            [
                _marked(edition.unit_names[code], code in several, verdicts.get(code))
                for code in best_of(edition)
            ]
        )
    return HtmlTable(
        key="best",
        caption=words("o_best_table"),
        columns=tuple(text_column(edition.title) for edition in editions),
        blocks=plain_rows(list(zip_longest(*lists, fillvalue=""))),
        wide=True,
    )


def _marked(name: str, in_several_lists: bool, assessment: object) -> str:
    sign = " °" if assessment is None else " ▲" if assessment == "better" else ""
    return f"{name}{' ●' if in_several_lists else ''}{sign}"


def several_table(editions: Sequence[Edition]) -> HtmlTable:
    """Units among the best of more than one analysis, with which."""
    words = editions[0].words
    names = {code: name for edition in editions for code, name in edition.unit_names.items()}
    lines = []
    for code in sorted(in_several(editions), key=lambda code: danish_order(names[code])):
        titles = [edition.title for edition in editions if code in best_of(edition)]
        lines.append((names[code], "; ".join(titles)))
    return HtmlTable(
        key="several",
        caption=words("o_several_table"),
        columns=(text_column(words("Unit")), text_column(words("o_in_lists"))),
        blocks=plain_rows(lines),
    )


def published_table(editions: Sequence[Edition], numbers: Sequence[str | None]) -> HtmlTable | None:
    """The fact sheet's printed lists of the analyses that are in it (``numbers``: which of its
    analyses each is, None where it is none); None where no analysis is."""
    printed, words = printed_table("factsheet_top10"), editions[0].words
    columns, lists, shared = [], [], []
    for edition, analysis in zip(editions, numbers, strict=True):
        if analysis is None:
            continue
        rows = printed[printed["analysis"] == analysis]
        columns.append(text_column(edition.title))
        both = set(rows["municipality_code"]) & set(best_of(edition))
        marks = rows["municipality_code"].isin(both).map({True: " ✓", False: ""})
        lists.append(sorted(rows["municipality"] + marks, key=danish_order))
        shared.append(f"{words('o_shared')}: {edition.fmt.number(len(both))}")
    if not columns:
        return None
    lines = [Row(tuple(shared), "total"), *(Row(row) for row in zip_longest(*lists, fillvalue=""))]
    return HtmlTable(
        key="published_lists",
        caption=words("o_published_table"),
        columns=tuple(columns),
        blocks=(Block(tuple(lines)),),
        wide=True,
    )


def shared_by_chance(editions: Sequence[Edition]) -> float:
    """How many names the printed ten and the run's ten have in common if the run's are drawn at
    random from the units compared, on average over the analyses."""
    drawn = [LISTED * len(best_of(edition)) / len(edition.compared) for edition in editions]
    return float(np.mean(drawn))


def matrix_table(editions: Sequence[Edition]) -> HtmlTable:
    """Every unit with its verdict in each analysis."""
    words = editions[0].words
    names = {code: name for edition in editions for code, name in edition.unit_names.items()}
    cells = [_verdict_cells(edition) for edition in editions]
    lines = [
        (names[code], *(of_analysis.get(code, "") for of_analysis in cells))
        for code in sorted(names, key=lambda code: danish_order(names[code]))
    ]
    return HtmlTable(
        key="matrix",
        caption=words("o_matrix"),
        columns=(text_column(words("Unit")), *(Column(e.title) for e in editions)),
        blocks=plain_rows(lines),
        wide=True,
    )


def _verdict_cells(edition: Edition) -> dict[str, str]:
    cells = {}
    for _, row in edition.compared.iterrows():
        if row["assessment"] is None or is_missing(row["verdict"]):
            continue
        shown = edition.indicator(row["verdict"])
        cells[str(row["municipality_code"])] = f"{shown} {_SIGNS[str(row['assessment'])]}"
    return cells


def _by_code(edition: Edition, column: str) -> dict[str, object]:
    return dict(zip(edition.units["municipality_code"], edition.units[column], strict=True))


def runs_table(editions: Sequence[Edition]) -> HtmlTable:
    """Which run of each analysis the page shows."""
    words = editions[0].words
    lines = [(e.title, e.settings.name, e.data.run.run_id) for e in editions]
    return HtmlTable(
        key="runs",
        caption=words("o_runs_table"),
        columns=tuple(text_column(words(name)) for name in ("o_analysis", "o_name", "run_id")),
        blocks=plain_rows(lines),
    )
