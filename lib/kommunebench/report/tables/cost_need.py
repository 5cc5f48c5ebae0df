"""Tables 5.1 and 5.2: what composition predicts, and the cost indicator by fifth and by
municipality."""

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.formats import NumberFormat
from kommunebench.report.published import figures_by, printed_table
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, text_column
from kommunebench.report.tables.units import danish_order, telling_interval


def cost_need_tables(edition: Edition) -> list[HtmlTable]:
    """Table 5.1 and the fifths of table 5.2."""
    tables = []
    if edition.data.cost_model is not None:
        tables.append(_cost_model(edition, edition.data.cost_model))
    if edition.data.cost_indicators is not None:
        tables.append(_cost_fifths(edition, edition.data.cost_indicators))
    return tables


def _cost_model(edition: Edition, rows: pd.DataFrame) -> HtmlTable:
    words = edition.words
    beside = Beside(edition)
    models = sorted({int(model) for model in rows["model"]})
    columns: tuple[Column, ...] = (text_column(words("term")),)
    for model in models:
        label = words("model", number=model)
        names = (
            ("run", "t_value", "published", "difference")
            if beside.compares
            else ("coefficient", "t_value")
        )
        columns += tuple(Column(words(name), label) for name in names)
    by_key = {(int(row["model"]), row["term"]): row for _, row in rows.iterrows()}
    lines = []
    for term in words.in_order("cost_term", rows[rows["model"] == models[-1]]["term"]):
        cells: list[str] = [_term_label(edition, term)]
        for model in models:
            cells += _model_cells(edition, model, term, by_key.get((model, term)))
        lines.append(Row(tuple(cells)))
    limit = edition.settings.cost.min_full_year_persons if edition.settings.cost else 0
    notes = (words("note_cost_model", limit=edition.fmt.number(limit)), *beside.notes("note_a19"))
    blocks = (Block(tuple(lines)), Block(_fit_rows(edition, rows, models), words("fit")))
    return HtmlTable(
        key="table_5_1",
        caption=words("table_5_1"),
        columns=columns,
        blocks=blocks,
        notes=notes,
        wide=True,
    )


def _model_cells(edition: Edition, model: int, term: str, row: pd.Series | None) -> tuple[str, ...]:
    beside = Beside(edition)
    width = 4 if beside.compares else 2
    if row is None:
        return ("",) * width
    if row["is_reference"]:
        return (edition.words("reference"), *("",) * (width - 1))
    printed = beside.printed("table_5_1_cost_model", ("model", "term"), "coefficient")
    of_run, *rest = beside.cells(row["coefficient"], printed(model, term))
    return (of_run, edition.fmt.number(row["t_value"], 2), *rest)


def _fit_rows(edition: Edition, rows: pd.DataFrame, models: list[int]) -> tuple[Row, ...]:
    beside = Beside(edition)
    lines = []
    for column, decimals, label in (("n", 0, "observations"), ("r_squared", 3, "r_squared")):
        cells: list[str] = [edition.words(label)]
        for model in models:
            value = rows.loc[rows["model"] == model, column].iloc[0]
            printed = beside.printed("table_5_1_cost_model_fit", ("model",), column)
            of_run, *rest = beside.cells(value, printed(model), decimals)
            cells += [of_run, "", *rest]
        lines.append(Row(tuple(cells)))
    return tuple(lines)


def _term_label(edition: Edition, term: str) -> str:
    if edition.language == "da":
        reference = printed_table("table_5_1_cost_model")
        labels = dict(zip(reference["term"], reference["term_label_da"], strict=True))
        if term in labels:
            return (
                _DANISH_UNKNOWN if term == "danish_unknown" else labels[term].replace(" (ref.)", "")
            )
    return edition.words.code("cost_term", term)


_DANISH_UNKNOWN = "Andel, Danskudd. ukendt"


def _cost_fifths(edition: Edition, rows: pd.DataFrame) -> HtmlTable:
    words = edition.words
    beside = Beside(edition)
    printed = figures_by("table_5_2_cost_quintiles", ("quintile",), "quintile_mean_cost_indicator")
    columns = (
        text_column(words("cost_fifth")),
        Column(words("Units_count")),
        *beside.columns(words("cost_indicator")),
        Column(words("mean_unit_cost")),
        Column(words("mean_cost_need")),
    )
    lines = []
    for fifth, units in rows[rows["quintile"].notna()].groupby("quintile"):
        means = units[["cost_indicator", "mean_unit_cost", "mean_cost_need"]].mean()
        cells = (
            edition.fmt.number(float(str(fifth))),
            edition.fmt.number(len(units)),
            *beside.cells(means["cost_indicator"], printed(int(float(str(fifth)))), 2),
            edition.fmt.number(means["mean_unit_cost"]),
            edition.fmt.number(means["mean_cost_need"]),
        )
        lines.append(Row(cells))
    notes = (words("note_cost_fifths"),)
    return HtmlTable(
        key="table_5_2",
        caption=words("table_5_2"),
        columns=columns,
        blocks=(Block(tuple(lines)),),
        notes=notes,
    )


def cost_units_table(edition: Edition) -> HtmlTable | None:
    """Every municipality's cost indicator (the names of table 5.2); None where the run has none."""
    rows = edition.data.cost_indicators
    if rows is None:
        return None
    words = edition.words
    beside = Beside(edition)
    names = edition.unit_names
    columns = (
        text_column(words("Unit")),
        Column(words("years")),
        Column(words("mean_unit_cost")),
        Column(words("mean_cost_need")),
        Column(words("cost_indicator")),
        Column(words("interval")),
        text_column(words("assessment")),
        Column(words("fifth")),
        *((Column(words("published_fifth")),) if beside.compares else ()),
    )
    named = rows.assign(name=rows["municipality_code"].map(lambda code: names.get(code, code)))
    ordered = named.sort_values("name", key=lambda values: values.map(danish_order))
    lines = tuple(_cost_unit(edition, row) for _, row in ordered.iterrows())
    pooled = edition.settings.cost is not None and edition.settings.cost.autocorrelation == "pooled"
    notes = (
        words("note_years_pooled" if pooled else "note_years_independent"),
        *([words("note_one_year")] if (rows["years"] == 1).any() else []),
        *([words("note_below_zero")] if (rows["ci_low"] < 0).any() else []),
        words("note_missing_short"),
    )
    return HtmlTable(
        key="table_5_2_units",
        caption=words("table_5_2_units"),
        columns=columns,
        blocks=(Block(lines),),
        notes=notes,
        wide=True,
    )


def _cost_unit(edition: Edition, row: pd.Series) -> Row:
    fmt, beside = edition.fmt, Beside(edition)
    assessment = row["assessment"]
    class_text = edition.words.code("cost_class", assessment) if assessment else fmt.number(None)
    if assessment and row["years"] == 1:
        class_text = edition.words("one_year", assessed=class_text)
    cells = (
        str(row["name"]),
        fmt.number(row["years"]),
        fmt.number(row["mean_unit_cost"]),
        fmt.number(row["mean_cost_need"]),
        fmt.number(row["cost_indicator"], 2),
        _ratio_interval(fmt, row["ci_low"], row["ci_high"]),
        class_text,
        fmt.number(row["quintile"]),
    )
    if not beside.compares:
        return Row(cells)
    printed = beside.printed("table_5_2_cost_quintiles", ("municipality_code",), "quintile")
    return Row((*cells, fmt.number(printed(row["municipality_code"]))))


def _ratio_interval(fmt: NumberFormat, low: float, high: float) -> str:
    """An interval of a ratio of costs that tells on which side of 1 its ends lie; from 0, with a
    sign, where a lower end is below it."""
    shown = telling_interval(fmt, 0.0 if low < 0 else low, high, 2, 1.0)
    return f"{shown}°" if low < 0 else shown
