"""The order on frontiers without inefficiency, which is by residual and no ranking."""

from functools import partial

from kommunebench.report.edition import Edition
from kommunebench.report.frontiers import ordered_by_residual
from kommunebench.report.results_by_cost import first_by_residual, ratio_label
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, text_column


def residual_order_table(edition: Edition) -> HtmlTable | None:
    """The first ten by signed residual of each side on which no inefficiency was found, with
    result, cost and residual (method, section 8.3.4); None where there is no such side."""
    scores, words = edition.data.frontier_scores, edition.words
    if scores is None or edition.data.cost_indicators is None:
        return None
    sides = [
        side
        for side in words.in_order("side", scores["side"])
        if ordered_by_residual(edition.data.frontier_parameters, scores, side)
    ]
    if not sides:
        return None
    columns = (
        Column(words("place")),
        text_column(words("Unit")),
        Column(ratio_label(edition)),
        Column(words("ax_cost")),
        Column(words("residual")),
    )
    return HtmlTable(
        key="residual_order",
        caption=words("residual_order_table"),
        columns=columns,
        blocks=tuple(block for block in map(partial(_block, edition), sides) if block.rows),
        notes=(words("note_residual_order"),),
    )


def _block(edition: Edition, side: str) -> Block:
    words, fmt = edition.words, edition.fmt
    lines = tuple(
        Row(
            (
                fmt.number(row["rank"]),
                str(row["municipality"]),
                fmt.number(row["ratio"], 3),
                fmt.number(row["cost_indicator"], 3),
                fmt.signed(row["residual"], 3),
            )
        )
        for _, row in first_by_residual(edition, side).iterrows()
    )
    return Block(lines, words(f"ten_by_residual_{side}", side=words.code("side", side)))
