"""Table 5.3, the regressions under figure 5.1, the frontiers' parameters and their ten best."""

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.frontiers import no_inefficiency_sides
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, text_column

_COST_CLASSES = ("above", "as_expected", "below", "total")
_RESULT_CLASSES = ("better", "as_expected", "worse", "total")
_PRINTED_SPECIFICATIONS = {"linear": "all", "linear_without_outliers": "without_169"}
# Figures of a regression with their names in the printed table.
_REGRESSION_FIGURES = {"coefficient": "coefficient", "se": "std_error", "r_squared": "r_squared"}


def efficiency_tables(edition: Edition) -> list[HtmlTable]:
    """The tables of chapter 5.2, as far as the run has them."""
    data = edition.data
    tables = []
    if data.cost_by_result is not None:
        tables.append(_cost_by_result(edition, data.cost_by_result))
    if data.efficiency_regressions is not None:
        tables.append(_regressions(edition, data.efficiency_regressions))
    if data.frontier_parameters is not None:
        tables.append(_frontiers(edition, data.frontier_parameters))
    return tables


def _cost_by_result(edition: Edition, rows: pd.DataFrame) -> HtmlTable:
    words = edition.words
    beside = Beside(edition, "indicators")
    columns = (
        text_column(words("result")),
        *beside.columns(words("mean_unit_cost")),
        *beside.columns(words("mean_indicator")),
        *beside.columns(words("Units_count")),
    )
    by_key = {(row["cost_class"], row["result_class"]): row for _, row in rows.iterrows()}
    blocks = []
    for cost_class in _COST_CLASSES:
        lines = tuple(
            _result_row(edition, cost_class, result, by_key[(cost_class, result)])
            for result in _RESULT_CLASSES
            if (cost_class, result) in by_key
        )
        if lines:
            blocks.append(Block(lines, words.code("cost_class_long", cost_class)))
    notes = (words("note_cost_by_result"), *beside.notes("note_a22"))
    return HtmlTable(
        key="table_5_3",
        caption=words("table_5_3"),
        columns=columns,
        blocks=tuple(blocks),
        notes=notes,
        wide=beside.compares,
    )


def _result_row(edition: Edition, cost_class: str, result: str, row: pd.Series) -> Row:
    beside = Beside(edition, "indicators")
    columns = (
        "corrected_mean_unit_cost_dkk",
        "mean_benchmark_indicator",
        "corrected_municipalities",
    )
    printed = [
        beside.printed("table_5_3_cost_by_result", ("cost_class", "result_class"), column)(
            cost_class, result
        )
        for column in columns
    ]
    label = edition.words("total") if result == "total" else edition.assessment(result)
    cells = (
        label,
        *beside.cells(row["mean_unit_cost"], printed[0]),
        *beside.cells(row["mean_indicator"], printed[1], 2),
        *beside.cells(row["units"], printed[2]),
    )
    return Row(cells, "total" if result == "total" else "")


def _regressions(edition: Edition, rows: pd.DataFrame) -> HtmlTable:
    words = edition.words
    beside = Beside(edition, "indicators")
    columns = (
        text_column(words("term")),
        *beside.columns(words("coefficient")),
        *beside.columns(words("standard_error")),
        *beside.columns(words("r_squared")),
        Column(words("p_value")),
        Column(words("observations")),
    )
    blocks = []
    for specification in words.in_order("specification", rows["specification"]):
        lines = tuple(
            _regression_row(edition, specification, row)
            for row in _by_term(edition, rows[rows["specification"] == specification])
        )
        blocks.append(Block(lines, words.code("specification", specification)))
    notes = (words("note_regressions"), *beside.notes("note_a20"))
    return HtmlTable(
        key="regressions",
        caption=words("regressions"),
        columns=columns,
        blocks=tuple(blocks),
        notes=notes,
        wide=beside.compares,
    )


def _by_term(edition: Edition, rows: pd.DataFrame) -> list[pd.Series]:
    """Rows in the order a reader expects of their terms: constant, slope, square, variances."""
    by_term = {str(row["term"]): row for _, row in rows.iterrows()}
    return [by_term[term] for term in edition.words.in_order("efficiency_term", by_term)]


def _regression_row(edition: Edition, specification: str, row: pd.Series) -> Row:
    beside = Beside(edition, "indicators")
    fmt = edition.fmt
    reference = _PRINTED_SPECIFICATIONS.get(specification)
    cells: list[str] = [edition.words.code("efficiency_term", row["term"])]
    for name, printed_name in _REGRESSION_FIGURES.items():
        if beside.compares and reference is None:
            # The report prints nothing of this regression: blank, not a row of dashes.
            cells += [fmt.number(row[name], 3), "", ""]
        else:
            keys = ("specification", "term")
            printed = beside.printed("figure_5_1_regression", keys, printed_name)
            cells += beside.cells(row[name], printed(reference, row["term"]), 3)
    return Row((*cells, fmt.p_value(row["p_value"]), fmt.number(row["n"])))


def _frontiers(edition: Edition, rows: pd.DataFrame) -> HtmlTable:
    words = edition.words
    columns = (
        text_column(words("parameter")),
        Column(words("estimate")),
        Column(words("standard_error")),
    )
    blocks = [
        _frontier(edition, fitted)
        for side in words.in_order("side", rows["side"])
        for _, fitted in rows[rows["side"] == side].groupby("distribution", sort=False)
    ]
    efficiency = edition.settings.efficiency
    known = efficiency is not None and efficiency.noise == "known_variance"
    notes = [words("note_known_variance" if known else "note_frontiers")]
    for side in no_inefficiency_sides(rows):
        notes.append(words("note_no_inefficiency", side=words.code("side", side)))
    return HtmlTable(
        key="frontiers",
        caption=words("frontiers"),
        columns=columns,
        blocks=tuple(blocks),
        notes=tuple(notes),
    )


def _frontier(edition: Edition, rows: pd.DataFrame) -> Block:
    """The parameters of one frontier under a heading with its fit."""
    words, fmt, first = edition.words, edition.fmt, rows.iloc[0]
    heading = words(
        "frontier_heading",
        side=words.code("side", first["side"]),
        distribution=words.code("distribution", first["distribution"]),
        ll=fmt.number(first["log_likelihood"], 2),
        lr=fmt.number(first["lr_statistic"], 2),
        p=fmt.p_value(first["lr_p_value"]),
        aic=fmt.number(first["aic"], 1),
        skewness=fmt.number(first["skewness"], 2),
        n=fmt.number(first["n"]),
        effective=fmt.number(first["n_effective"]),
    )
    lines = []
    for row in _by_term(edition, rows):
        figures = (fmt.number(row[name], 4) for name in ("estimate", "se"))
        lines.append(Row((words.code("efficiency_term", row["term"]), *figures)))
    return Block(tuple(lines), heading)
