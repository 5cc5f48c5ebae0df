"""Appendix table 6.1: the national model's coefficients, one set of columns for each group."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.published import figures_by
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import (
    Block,
    Column,
    HtmlTable,
    Row,
    plain_rows,
    text_column,
)
from kommunebench.report.tables.terms import term_label, terms_by_covariate

# Signs of terms whose coefficient is not an ordinary estimate, by the mark in the table.
_MARKS = {"no_events": "°", "all_events": "¤", "few_events": "‡", "held": "†", "omitted": "§"}


def coefficient_table(edition: Edition) -> HtmlTable:
    """Coefficients with their standard errors by group, terms in the order of the covariates in the
    settings; those that are omitted in every group are named in a note, where no printed figures
    stand beside them."""
    rows = edition.coefficients
    # Beside the printed table every term keeps its line for the printed figure.
    omitted = set() if Beside(edition).compares else _omitted_everywhere(rows)
    groups = list(dict.fromkeys(rows["group"]))
    words = edition.words
    columns: tuple[Column, ...] = (text_column(words("term")),)
    for group in groups:
        columns += _group_columns(edition, group)
    by_key = {(row["group"], row["term"]): row for _, row in rows.iterrows()}
    blocks = []
    left_out = []
    references = reference_terms(rows)
    others = words("other_covariates")
    for heading, terms in terms_by_covariate(edition, references):
        kept = [(term, label) for term, label in terms if term not in omitted]
        if any(not references[term] for term, _ in kept):
            lines = tuple(_line(edition, label, term, groups, by_key) for term, label in kept)
            blocks.append(Block(lines, heading))
        of_heading = [label for term, label in terms if term in omitted]
        if of_heading:
            named = ", ".join(of_heading)
            left_out.append(named if heading == others else f"{heading}: {named}")
    beside = Beside(edition)
    as_printed = edition.from_registers and not edition.of_cases
    piecewise = edition.settings.model.baseline == "piecewise"
    kind = words("of_piecewise" if piecewise else "of_cox")
    key = "appendix_6_1" if as_printed else "model_coefficients"
    notes = (
        words("note_coefficients"),
        *_mark_notes(edition, rows),
        *([words("note_omitted_terms", names="; ".join(left_out))] if left_out else []),
        *beside.notes("note_a26"),
    )
    return HtmlTable(
        key=key,
        caption=words(key, kind=kind),
        columns=columns,
        blocks=tuple(blocks),
        notes=notes,
        wide=len(groups) > 1,
    )


def second_stage_table(edition: Edition) -> HtmlTable | None:
    """The circumstances that hardly change within a unit, with their coefficients by group; None
    where the run has none."""
    rows = edition.data.second_stage
    if rows is None:
        return None
    words, fmt = edition.words, edition.fmt
    columns = (
        text_column(words("group_column")),
        text_column(words("term")),
        Column(words("coefficient")),
        Column(words("se")),
        Column(words("unit_sd")),
        Column(words("Units_count")),
    )
    lines = []
    for _, row in rows.iterrows():
        sign = _MARKS["omitted"] if row["omitted"] else ""
        cells = (
            words.code("group", row["group"]),
            term_label(edition, str(row["term"])),
            fmt.number(row["coefficient"], 3) + sign,
            fmt.number(row["se"], 3),
            fmt.number(row["unit_sd"], 3),
            fmt.number(row["units"]),
        )
        lines.append(cells)
    return HtmlTable(
        key="second_stage",
        caption=words("second_stage"),
        columns=columns,
        blocks=plain_rows(lines),
        notes=(words("note_second_stage"),),
    )


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
            tests = [by_key.get((group, term)) for group in groups]
            cells = [
                ("", "") if r is None else (fmt.number(r["chi2"], 1), fmt.p_value(r["p_value"]))
                for r in tests
            ]
            lines.append(Row((label, *(cell for pair in cells for cell in pair))))
        blocks.append(Block(tuple(lines), heading))
    return HtmlTable(
        key="proportionality",
        caption=words("proportionality"),
        columns=columns,
        blocks=tuple(blocks),
        notes=(words("note_proportionality"),),
    )


def reference_terms(rows: pd.DataFrame) -> dict[str, bool]:
    """Every term once, with whether it is the reference of its covariate."""
    return dict(zip(rows["term"], rows["is_reference"], strict=True))


def _omitted_everywhere(rows: pd.DataFrame) -> set[str]:
    """Terms that the data of no group hold any information on."""
    estimated = rows[~rows["is_reference"].astype(bool)]
    omitted = (estimated["mark"] == "omitted").groupby(estimated["term"]).all()
    return {str(term) for term in omitted.index[omitted]}


def _group_columns(edition: Edition, group: object) -> tuple[Column, ...]:
    words = edition.words
    label = words.code("group", group)
    columns = (
        Column(words("coefficient"), label),
        text_column("", label),
        Column(words("se_robust"), label),
    )
    if not Beside(edition).compares:
        return (*columns, Column(words("hazard_ratio"), label), Column(words("p_value"), label))
    return (
        *columns,
        *(Column(words(key), label) for key in ("published", "published_se", "difference")),
    )


def _mark_notes(edition: Edition, rows: pd.DataFrame) -> tuple[str, ...]:
    """A footnote for each kind of mark among the terms, and for errors that are withheld."""
    if "mark" not in rows:
        return ()
    marks = set(rows["mark"].dropna())
    notes = [f"note_mark_{mark}" for mark in _MARKS if mark in marks]
    if rows.loc[rows["mark"].isin(["few_events", "held"]), "se_robust"].isna().any():
        notes.append("note_missing_short")
    return tuple(edition.words(note) for note in notes)


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
    mark = _MARKS.get(str(row.get("mark")), "")
    figures = (
        fmt.number(row["coefficient"], 3),
        _stars(row["p_value"]) + mark,
        fmt.number(row["se_robust"], 3),
    )
    if not beside.compares:
        hazard_ratio = fmt.number(float(np.exp(row["coefficient"])), 2)
        return (*figures, hazard_ratio, fmt.p_value(row["p_value"]))
    _, printed, gap = beside.cells(row["coefficient"], _printed("coefficient")(group, term), 3)
    _, error, _ = beside.cells(None, _printed("std_error")(group, term), 3)
    return (*figures, printed, error, gap)


def _printed(column: str) -> Callable[..., float | None]:
    return figures_by("appendix_6_1_cox_coefficients", ("sex", "term_en"), column)


def _stars(p_value: float) -> str:
    return next(
        (stars for limit, stars in ((0.001, "***"), (0.01, "**"), (0.05, "*")) if p_value < limit),
        "",
    )
