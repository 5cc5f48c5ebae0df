"""Tables 2.1 and 2.2: how spells end, by sex and by residence basis."""

from collections.abc import Callable

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row

_OUTCOMES = ("success", "left", "unfinished", "total")
_TABLES = {
    "sex": ("table_2_1", "table_2_1_spells_by_sex", "value", ("men", "women", "total")),
    "residence_basis": (
        "table_2_2",
        "table_2_2_spells_by_residence_basis",
        "corrected_value",
        ("refugee", "family_reunified", "total"),
    ),
}


def spell_tables(edition: Edition) -> list[HtmlTable]:
    """Tables 2.1 and 2.2, and any other breakdown the run made."""
    rows = edition.data.spell_outcomes
    if rows is None:
        return []
    order = edition.words.in_order("breakdown", rows["breakdown"])
    return [_table(edition, breakdown, rows[rows["breakdown"] == breakdown]) for breakdown in order]


def _table(edition: Edition, breakdown: str, rows: pd.DataFrame) -> HtmlTable:
    beside = Beside(edition)
    words = edition.words
    key, reference, column, order = _TABLES.get(breakdown, (f"table_{breakdown}", "", "", ()))
    values = [value for value in order if value in set(rows["value"])]
    values += [value for value in rows["value"].unique() if value not in values]
    keys = (breakdown, "outcome", "quantity")
    printed = beside.printed(reference, keys, column) if reference else _nothing
    columns = (
        Column(words("outcome"), kind="text"),
        *beside.columns(words("spells")),
        *beside.columns(words("share_percent")),
        *beside.columns(words("mean_weeks")),
        Column(words("pooled_area")),
    )
    blocks = tuple(
        _block(edition, value, rows[rows["value"] == value], printed) for value in values
    )
    caption = (
        words(key) if reference else words("table_by", breakdown=words.code("breakdown", breakdown))
    )
    notes = (
        words("note_means"),
        *beside.notes(*(("note_a10",) if key == "table_2_1" else _NOTES_2_2)),
    )
    return HtmlTable(
        key=key,
        caption=caption,
        columns=columns,
        blocks=blocks,
        notes=notes if reference else notes[:1],
        wide=beside.compares,
    )


_NOTES_2_2 = ("note_a07", "note_a08", "note_a09", "note_a10")


def _nothing(*_wanted: object) -> None:
    return None


def _block(
    edition: Edition, value: str, rows: pd.DataFrame, printed: Callable[..., float | None]
) -> Block:
    beside = Beside(edition)
    words = edition.words
    by_outcome = {str(row["outcome"]): row for _, row in rows.iterrows()}
    lines = []
    for outcome in [o for o in _OUTCOMES if o in by_outcome]:
        row = by_outcome[outcome]
        mean_key = "all" if outcome == "total" else outcome
        cells = (
            words.code("outcome", outcome),
            *beside.cells(row["spells"], printed(value, outcome, "spells")),
            *beside.cells(100 * row["share"], printed(value, outcome, "percent")),
            *beside.cells(row["mean_weeks"], printed(value, mean_key, "mean_weeks")),
            edition.fmt.number(row["pooled_area_weeks"], 1) if outcome == "total" else "",
        )
        lines.append(Row(cells, "total" if outcome == "total" else ""))
    return Block(tuple(lines), words.code("breakdown_value", value))
