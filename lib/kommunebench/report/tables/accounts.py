"""Tables 4.1 to 4.3: what the municipalities spent."""

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing
from kommunebench.report.published import figures_by, printed_table
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, text_column


def account_tables(edition: Edition) -> list[HtmlTable]:
    """Tables 4.1, 4.2 and 4.3, as far as the run has them."""
    tables = []
    if edition.data.expenditure is not None:
        tables.append(_expenditure(edition, edition.data.expenditure))
    if edition.data.expenditure_by_group is not None:
        tables.append(_by_group(edition, edition.data.expenditure_by_group))
    if edition.data.unit_costs is not None:
        tables.append(_unit_costs(edition, edition.data.unit_costs))
    return tables


def _expenditure(edition: Edition, rows: pd.DataFrame) -> HtmlTable:
    printed = figures_by("table_4_1_expenditure", ("block", "line", "year"), "million_dkk_2015")
    years = _years(rows)
    blocks = []
    words = edition.words
    for block in words.in_order("account_block", rows["block"]):
        of_block = rows[rows["block"] == block]
        lines: list[Row] = []
        for line in words.in_order("account_line", of_block["line"]):
            cells = of_block[of_block["line"] == line]
            run = dict(zip(cells["year"].astype(int), cells["million_dkk_2015"], strict=True))
            label = edition.words.code("account_line", line)
            lines += _triple(edition, label, [(run.get(y), printed(block, line, y)) for y in years])
        blocks.append(Block(tuple(lines), edition.words.code("account_block", block)))
    notes = Beside(edition).notes("note_a34")
    return HtmlTable(
        key="table_4_1",
        caption=edition.words("table_4_1", price_year=edition.price_year),
        columns=_year_columns(edition, years),
        blocks=tuple(blocks),
        notes=notes,
    )


def _by_group(edition: Edition, rows: pd.DataFrame) -> HtmlTable:
    reference = printed_table("table_4_2_expenditure_by_group")
    printed = {
        (row["group_code"][-3:], int(row["year"])): float(row["million_dkk_2015"])
        for _, row in reference.iterrows() if row["million_dkk_2015"]
    }  # fmt: skip
    years = _years(rows)
    lines: list[Row] = []
    for group, of_group in rows.groupby("account_group", sort=True):
        code = str(group)[-3:]
        run = dict(zip(of_group["year"].astype(int), of_group["million_dkk_2015"], strict=True))
        pairs = [(run.get(year), printed.get((code, year))) for year in years]
        style = "total" if str(group) == "total" else ""
        lines += _triple(edition, _group_label(edition, str(group)), pairs, style)
    return HtmlTable(
        key="table_4_2",
        caption=edition.words("table_4_2", price_year=edition.price_year),
        columns=_year_columns(edition, years),
        blocks=(Block(tuple(lines)),),
        notes=Beside(edition).notes("note_a34"),
    )


def _group_label(edition: Edition, group: str) -> str:
    """The code of an account group and its name: the accounts' own in Danish."""
    if group == "total":
        return edition.words("total")
    code = group[-3:]
    if edition.language == "en":
        name = edition.words.code("account_group", code) if code.isdigit() else code
    else:
        rows = printed_table("table_4_2_expenditure_by_group")
        names = {row["group_code"][-3:]: row["label_da"] for _, row in rows.iterrows()}
        name = names.get(code, "")
    return f"{code} {name}"


def _years(rows: pd.DataFrame) -> list[int]:
    return sorted({int(year) for year in rows["year"]})


def _year_columns(edition: Edition, years: list[int]) -> tuple[Column, ...]:
    source = (text_column(""),) if Beside(edition).compares else ()
    return (text_column(edition.words("line")), *source, *(Column(str(year)) for year in years))


def _triple(
    edition: Edition, label: str, pairs: list[tuple[float | None, float | None]], style: str = ""
) -> list[Row]:
    """A line of the accounts; with comparison the published one and the difference beneath it."""
    beside = Beside(edition)
    cells = [beside.cells(run, printed, 1) for run, printed in pairs]
    if not beside.compares:
        return [Row((label, *(cell[0] for cell in cells)), style)]
    names = (edition.words("run"), edition.words("published"), edition.words("difference"))
    return [
        Row(
            (label if line == 0 else "", name, *(cell[line] for cell in cells)),
            f"{style} part{line}".strip(),
        )
        for line, name in enumerate(names)
    ]


def _unit_costs(edition: Edition, rows: pd.DataFrame) -> HtmlTable:
    beside = Beside(edition)
    words = edition.words
    measures = (
        ("mean_dkk_2015", "mean"),
        ("min_dkk_2015", "minimum"),
        ("max_dkk_2015", "maximum"),
        ("corrected_std_dev_dkk_2015", "sd"),
    )
    columns: tuple[Column, ...] = (text_column(words("year")), Column(words("Units_count")))
    for _, label in measures:
        columns += beside.columns(words(label))
    lines = []
    for period, values in unit_costs_by_period(edition, rows).items():
        run = (values.mean(), values.min(), values.max(), values.std())
        cells: list[str] = [period, edition.fmt.number(len(values))]
        for (column, _), of_run in zip(measures, run, strict=True):
            printed = beside.printed("table_4_3_unit_cost_by_year", ("period",), column)
            cells += beside.cells(of_run, printed(period.replace("–", "/")))
        lines.append(Row(tuple(cells), "total" if "–" in period else ""))
    notes = (words("note_unit_cost"), *beside.notes("note_a16", "note_a17"))
    return HtmlTable(
        key="table_4_3",
        caption=words("table_4_3", price_year=edition.price_year),
        columns=columns,
        blocks=(Block(tuple(lines)),),
        notes=notes,
        wide=beside.compares,
    )


def unit_costs_by_period(edition: Edition, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Unit costs of the compared municipalities by year, and each one's mean over the years;
    unknown ones left out."""
    names = set(edition.compared["municipality_code"])
    kept = rows[rows["municipality_code"].isin(names) & ~rows["unit_cost"].map(is_missing)]
    periods = {
        str(year): of_year["unit_cost"] for year, of_year in kept.groupby(kept["year"].astype(int))
    }
    if len(periods) > 1:
        years = list(periods)
        periods[f"{years[0]}–{years[-1]}"] = kept.groupby("municipality_code")["unit_cost"].mean()
    return periods
