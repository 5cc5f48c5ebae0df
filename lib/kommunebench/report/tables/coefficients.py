"""Appendix table 6.1: the national model's coefficients, one set of columns for each group."""

from collections.abc import Callable

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.published import figures_by, printed_table
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, text_column
from kommunebench.settings.analysis import Covariate


def coefficient_table(edition: Edition) -> HtmlTable:
    """Coefficients with their standard errors by group, terms in the order of the covariates in the settings."""
    rows = edition.data.cox_coefficients
    groups = list(dict.fromkeys(rows["group"]))
    words = edition.words
    columns: tuple[Column, ...] = (text_column(words("term")),)
    for group in groups:
        columns += _group_columns(edition, group)
    by_key = {(row["group"], row["term"]): row for _, row in rows.iterrows()}
    blocks = []
    for heading, terms in _blocks(edition, list(dict.fromkeys(rows["term"]))):
        lines = tuple(_line(edition, label, term, groups, by_key) for term, label in terms)
        blocks.append(Block(lines, heading))
    beside = Beside(edition)
    key = "appendix_6_1" if edition.from_registers else "model_coefficients"
    notes = (words("note_coefficients"), *beside.notes("note_a26"))
    return HtmlTable(key, words(key), columns, tuple(blocks), notes, wide=len(groups) > 1)


def _group_columns(edition: Edition, group: object) -> tuple[Column, ...]:
    words = edition.words
    label = words.code("group", group)
    own = (Column(words("coefficient"), label), text_column("", label), Column(words("se_robust"), label))
    if not Beside(edition).compares:
        return (*own, Column(words("hazard_ratio"), label), Column(words("p_value"), label))
    return (*own, *(Column(words(key), label) for key in ("published", "published_se", "difference")))


def _line(edition: Edition, label: str, term: str, groups: list[str], by_key: dict[tuple[str, str], pd.Series]) -> Row:
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
    own = (fmt.number(row["coefficient"], 3), _stars(row["p_value"]), fmt.number(row["se_robust"], 3))
    if not beside.compares:
        return (*own, fmt.number(_exp(row["coefficient"]), 2), fmt.p_value(row["p_value"]))
    _, printed, gap = beside.cells(row["coefficient"], _printed("coefficient")(group, term), 3)
    _, error, _ = beside.cells(None, _printed("std_error")(group, term), 3)
    return (*own, printed, error, gap)


def _printed(column: str) -> Callable[..., float | None]:
    return figures_by("appendix_6_1_cox_coefficients", ("sex", "term_en"), column)


def _exp(value: float) -> float:
    return float(2.718281828459045**value)


def _stars(p_value: float) -> str:
    return next((stars for limit, stars in ((0.001, "***"), (0.01, "**"), (0.05, "*")) if p_value < limit), "")


def _blocks(edition: Edition, terms: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Terms under the label of the covariate they belong to, each with its own label."""
    blocks: dict[str, list[tuple[str, str]]] = {}
    for term in terms:
        covariate = _covariate(edition, term)
        heading = _label(covariate, edition.language) if covariate and covariate.kind == "category" else ""
        heading = heading or edition.words("other_covariates")
        blocks.setdefault(heading, []).append((term, term_label(edition, term)))
    others = edition.words("other_covariates")
    return [item for item in blocks.items() if item[0] != others] + [item for item in blocks.items() if item[0] == others]


def _covariate(edition: Edition, term: str) -> Covariate | None:
    covariates = edition.settings.model.covariates
    exact = [c for c in covariates if c.column == term]
    prefixed = [c for c in covariates if c.kind == "category" and term.startswith(_prefix(c)) and _prefix(c)]
    bare = [c for c in covariates if c.kind == "category" and c.prefix == ""]
    return next(iter([*exact, *prefixed, *bare]), None)


def _prefix(covariate: Covariate) -> str:
    prefix = covariate.column if covariate.prefix is None else covariate.prefix
    return f"{prefix}_" if prefix else ""


def _label(covariate: Covariate, language: str) -> str:
    return (covariate.label_da if language == "da" else covariate.label_en) or covariate.column.replace("_", " ")


def term_label(edition: Edition, term: str) -> str:
    """A term in words: the report's Danish label where it has one, else the covariate's label or its value."""
    if edition.language == "da" and edition.from_registers:
        printed = printed_table("appendix_6_1_cox_coefficients")
        labels = dict(zip(printed["term_en"], printed["term_da"], strict=True))
        if term in labels:
            return labels[term]
    if edition.words.knows("term", term):
        return edition.words.code("term", term)
    covariate = _covariate(edition, term)
    if covariate is None or covariate.kind != "category":
        return _label(covariate, edition.language) if covariate else term.replace("_", " ")
    return _value_label(term.removeprefix(_prefix(covariate)))


def _value_label(value: str) -> str:
    parts = value.replace("_plus", "+").split("_")
    if all(part.rstrip("+").isdigit() for part in parts):
        return "–".join(parts)
    text = " ".join(parts)
    return text[:1].upper() + text[1:]
