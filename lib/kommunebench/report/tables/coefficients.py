"""Appendix table 6.1: the national model's coefficients, one set of columns for each group."""

import math
from collections.abc import Callable

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.published import figures_by
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, text_column
from kommunebench.report.tables.terms import terms_by_covariate


def coefficient_table(edition: Edition) -> HtmlTable:
    """Coefficients with their standard errors by group, terms in the order of the covariates in the
    settings."""
    rows = edition.data.cox_coefficients
    groups = list(dict.fromkeys(rows["group"]))
    words = edition.words
    columns: tuple[Column, ...] = (text_column(words("term")),)
    for group in groups:
        columns += _group_columns(edition, group)
    by_key = {(row["group"], row["term"]): row for _, row in rows.iterrows()}
    blocks = []
    for heading, terms in terms_by_covariate(edition, reference_terms(rows)):
        lines = tuple(_line(edition, label, term, groups, by_key) for term, label in terms)
        blocks.append(Block(lines, heading))
    beside = Beside(edition)
    key = "appendix_6_1" if edition.from_registers else "model_coefficients"
    notes = (words("note_coefficients"), *beside.notes("note_a26"))
    return HtmlTable(key, words(key), columns, tuple(blocks), notes, wide=len(groups) > 1)


def proportionality_table(edition: Edition) -> HtmlTable | None:
    """The Schoenfeld test of every term by group, None where the run did not ask for it."""
    rows = edition.data.proportionality
    if rows is None:
        return None
    words, fmt = edition.words, edition.fmt
    groups = list(dict.fromkeys(rows["group"]))
    columns: tuple[Column, ...] = (text_column(words("term")),)
    for group in groups:
        label = words.code("group", group)
        columns += (Column(words("chi_squared"), label), Column(words("p_value"), label))
    by_key = {(row["group"], row["term"]): row for _, row in rows.iterrows()}
    blocks = []
    for heading, terms in terms_by_covariate(edition, dict.fromkeys(rows["term"], False)):
        lines = []
        for term, label in terms:
            found = [by_key.get((group, term)) for group in groups]
            cells = [
                ("", "") if r is None else (fmt.number(r["chi2"], 1), fmt.p_value(r["p_value"]))
                for r in found
            ]
            lines.append(Row((label, *(cell for pair in cells for cell in pair))))
        blocks.append(Block(tuple(lines), heading))
    return HtmlTable(
        "proportionality",
        words("proportionality"),
        columns,
        tuple(blocks),
        (words("note_proportionality"),),
    )


def reference_terms(rows: pd.DataFrame) -> dict[str, bool]:
    """Every term once, with whether it is the reference of its covariate."""
    return dict(zip(rows["term"], rows["is_reference"], strict=True))


def _group_columns(edition: Edition, group: object) -> tuple[Column, ...]:
    words = edition.words
    label = words.code("group", group)
    own = (
        Column(words("coefficient"), label),
        text_column("", label),
        Column(words("se_robust"), label),
    )
    if not Beside(edition).compares:
        return (*own, Column(words("hazard_ratio"), label), Column(words("p_value"), label))
    return (
        *own,
        *(Column(words(key), label) for key in ("published", "published_se", "difference")),
    )


def _line(
    edition: Edition,
    label: str,
    term: str,
    groups: list[str],
    by_key: dict[tuple[str, str], pd.Series],
) -> Row:
    cells: list[str] = [label]
    for group in groups:
        cells += _cells(edition, group, term, by_key.get((group, term)))
    return Row(tuple(cells))


def _cells(edition: Edition, group: str, term: str, row: pd.Series | None) -> tuple[str, ...]:
    fmt = edition.fmt
    beside = Beside(edition)
    width = 6 if beside.compares else 5
    if row is None:
        return ("",) * width
    if row["is_reference"]:
        return (edition.words("reference"), *("",) * (width - 1))
    own = (
        fmt.number(row["coefficient"], 3),
        _stars(row["p_value"]),
        fmt.number(row["se_robust"], 3),
    )
    if not beside.compares:
        return (*own, fmt.number(_exp(row["coefficient"]), 2), fmt.p_value(row["p_value"]))
    _, printed, gap = beside.cells(row["coefficient"], _printed("coefficient")(group, term), 3)
    _, error, _ = beside.cells(None, _printed("std_error")(group, term), 3)
    return (*own, printed, error, gap)


def _printed(column: str) -> Callable[..., float | None]:
    return figures_by("appendix_6_1_cox_coefficients", ("sex", "term_en"), column)


def _exp(value: float) -> float:
    return math.exp(value)


def _stars(p_value: float) -> str:
    return next(
        (stars for limit, stars in ((0.001, "***"), (0.01, "**"), (0.05, "*")) if p_value < limit),
        "",
    )
