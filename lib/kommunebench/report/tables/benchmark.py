"""Tables 3.1 and 3.2: spread of observed durations or shares, and means of the fifths."""

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing
from kommunebench.report.summary import own_fifth_probability
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, text_column

# Columns of gold.variance_reduction, and those of the published table.
_COMPONENT_COLUMNS = {
    "restricted_mean": ("mean_weeks", "sd_weeks", "variance", "variance_reduction"),
    "share": ("mean_share", "sd_share", "variance", "variance_reduction"),
}
_PRINTED = ("mean_weeks", "sd_weeks", "variance", "variance_reduction_percent")


def variance_table(edition: Edition) -> HtmlTable:
    """Table 3.1: mean and spread of observed durations or shares, before and after what was
    expected is taken out."""
    words = edition.words
    beside = Beside(edition, "durations")
    columns = (
        text_column(words("component")),
        *beside.columns(words("mean_time")),
        *beside.columns(words("sd_time")),
        *beside.columns(words("variance")),
        *beside.columns(words("variance_reduction")),
    )
    lines = tuple(_component(edition, row) for _, row in edition.data.variance_reduction.iterrows())
    notes = (
        *_plain_note(edition),
        words("note_in_sample"),
        *beside.notes("note_a01", "note_a04", "note_a06"),
    )
    return HtmlTable(
        key="table_3_1",
        caption=words("table_3_1"),
        columns=columns,
        blocks=(Block(lines),),
        notes=notes,
        wide=beside.compares,
    )


def _component(edition: Edition, row: pd.Series) -> Row:
    beside = Beside(edition, "durations")
    name = str(row["component"])
    factor = edition.scale.factor
    factors = (factor, factor, factor**2, 100.0)
    columns = _COMPONENT_COLUMNS[edition.scale.measure]
    cells: list[str] = [edition.words.code("component", name)]
    for column, reference, unit_factor in zip(columns, _PRINTED, factors, strict=True):
        if column == "variance_reduction" and is_missing(row[column]):
            cells += [""] * len(beside.columns(""))
            continue
        printed = beside.printed("table_3_1_variance_reduction", ("component",), reference)
        cells += beside.cells(unit_factor * row[column], printed(name), 1)
    return Row(tuple(cells))


def quintile_table(edition: Edition) -> HtmlTable:
    """Table 3.2: means of the fifths."""
    words = edition.words
    beside = Beside(edition, "indicators")
    columns = (
        text_column(words("fifth")),
        Column(words("Units_count")),
        *beside.columns(words("indicator")),
        *beside.columns(words("observed_time")),
        *beside.columns(words("expected_time")),
    )
    rows = edition.data.quintile_means.sort_values("quintile")
    lines = tuple(_fifth(edition, row) for _, row in rows.iterrows())
    notes = (
        *_plain_note(edition),
        *_own_fifth(edition),
        *beside.notes("note_a14", "note_a31"),
    )
    return HtmlTable(
        key="table_3_2",
        caption=words("table_3_2"),
        columns=columns,
        blocks=(Block(lines),),
        notes=notes,
        wide=beside.compares,
    )


def _fifth(edition: Edition, row: pd.Series) -> Row:
    beside = Beside(edition, "indicators")
    fifth, factor = int(row["quintile"]), edition.scale.factor
    measured = edition.scale.quantity
    printed = {
        name: beside.printed("table_3_2_quintiles", ("quintile",), name)(fifth)
        for name in ("benchmark_indicator", "mean_observed_weeks", "mean_expected_weeks")
    }
    indicator = (
        beside.cells(row["indicator"], printed["benchmark_indicator"], 3)
        if edition.scale.logarithmic
        else (edition.indicator(row["indicator"]),)
    )
    cells = (
        edition.fifth(fifth),
        edition.fmt.number(row["units"]),
        *indicator,
        *beside.cells(factor * row[f"observed_{measured}"], printed["mean_observed_weeks"], 1),
        *beside.cells(factor * row[f"expected_{measured}"], printed["mean_expected_weeks"], 1),
    )
    return Row(cells)


def _plain_note(edition: Edition) -> tuple[str, ...]:
    """Which indicator a table shows, where there are two."""
    if edition.of_cases and edition.settings.verdict_model == "pooled":
        return ()
    return (edition.words("note_plain", verdict=edition.verdict_word),)


def _own_fifth(edition: Edition) -> tuple[str, ...]:
    """How probable the fifths shown are; they follow the plain indicator, the probabilities the
    one that decides."""
    share = own_fifth_probability(edition)
    if share is None:
        return ()
    robust = edition.settings.verdict_indicator == "robust"
    key = "note_own_fifth_robust" if robust else "note_own_fifth"
    return (edition.words(key, share=edition.fmt.percent(share)),)
