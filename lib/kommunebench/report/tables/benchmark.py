"""Tables 3.1 and 3.2 and the list of all units (appendix table 5.1)."""

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing
from kommunebench.report.published import figures_by
from kommunebench.report.summary import own_fifth_probability
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, text_column


def variance_table(edition: Edition) -> HtmlTable:
    """Table 3.1: mean and spread of observed durations, before and after what was expected is taken
    out."""
    words = edition.words
    beside = Beside(edition)
    columns = (
        text_column(words("component")),
        *beside.columns(words("mean_time")),
        *beside.columns(words("sd_time")),
        *beside.columns(words("variance")),
        *beside.columns(words("variance_reduction")),
    )
    lines = [_component(edition, row) for _, row in edition.data.variance_reduction.iterrows()]
    notes = (
        words("note_plain", verdict=edition.verdict_word),
        *beside.notes("note_a01", "note_a04", "note_a06"),
    )
    return HtmlTable(
        "table_3_1",
        words("table_3_1"),
        columns,
        (Block(tuple(lines)),),
        notes,
        wide=beside.compares,
    )


def _component(edition: Edition, row: pd.Series) -> Row:
    beside = Beside(edition)
    name = str(row["component"])
    quantities = (
        ("mean_weeks", 1, 1.0),
        ("sd_weeks", 1, 1.0),
        ("variance", 1, 1.0),
        ("variance_reduction", 1, 100.0),
    )
    cells: list[str] = [edition.words.code("component", name)]
    for quantity, decimals, factor in quantities:
        column = "variance_reduction_percent" if quantity == "variance_reduction" else quantity
        printed = (
            figures_by("table_3_1_variance_reduction", ("component",), column)(name)
            if beside.compares
            else None
        )
        if quantity == "variance_reduction" and is_missing(row[quantity]):
            cells += [""] * len(beside.columns(""))
            continue
        cells += beside.cells(factor * row[quantity], printed, decimals)
    return Row(tuple(cells))


def quintile_table(edition: Edition) -> HtmlTable:
    """Table 3.2: means of the fifths."""
    words = edition.words
    beside = Beside(edition)
    columns = (
        text_column(words("fifth")),
        Column(words("Units_count")),
        *beside.columns(words("indicator")),
        *beside.columns(words("observed_time")),
        *beside.columns(words("expected_time")),
    )
    published = {
        name: (
            figures_by("table_3_2_quintiles", ("quintile",), name)
            if beside.compares
            else (lambda *_: None)
        )
        for name in ("benchmark_indicator", "mean_observed_weeks", "mean_expected_weeks")
    }
    lines = []
    for _, row in edition.data.quintile_means.sort_values("quintile").iterrows():
        fifth = int(row["quintile"])
        cells = (
            words.code("fifth", fifth) if edition.sooner_is_better else str(fifth),
            edition.fmt.number(row["units"]),
            *beside.cells(row["indicator"], published["benchmark_indicator"](fifth), 3),
            *beside.cells(row["observed_duration"], published["mean_observed_weeks"](fifth), 1),
            *beside.cells(row["expected_duration"], published["mean_expected_weeks"](fifth), 1),
        )
        lines.append(Row(cells))
    share = own_fifth_probability(edition)
    own = () if share is None else (words("note_own_fifth", share=edition.fmt.percent(share)),)
    notes = (
        words("note_plain", verdict=edition.verdict_word),
        *own,
        *beside.notes("note_a14", "note_a31"),
    )
    return HtmlTable(
        "table_3_2",
        words("table_3_2"),
        columns,
        (Block(tuple(lines)),),
        notes,
        wide=beside.compares,
    )


def units_table(edition: Edition) -> HtmlTable:
    """Every unit: counts, durations, indicators, interval, verdict, tier, rank with its interval,
    fifth."""
    words = edition.words
    happened = "successes" if edition.from_registers else "events"
    columns = (
        text_column(words("Unit")),
        *(
            Column(words(key))
            for key in ("spells", happened, "observed", "observed_robust", "expected")
        ),
        *(Column(words(key), words("indicator")) for key in ("plain", "robust", "shrunk")),
        Column(words("interval")),
        text_column(words("assessment")),
        *(Column(words(key)) for key in ("tier", "rank", "fifth")),
    )
    rows = edition.data.benchmark_indicators.sort_values(
        "municipality", key=lambda names: names.map(danish_order)
    )
    lines = tuple(_unit(edition, row) for _, row in rows.iterrows())
    notes = tuple(
        words(key, limit=edition.settings.model.min_spells)
        for key in ("note_units", "note_missing")
    )
    return HtmlTable("units", words("units_table"), columns, (Block(lines),), notes, wide=True)


def _unit(edition: Edition, row: pd.Series) -> Row:
    fmt = edition.fmt
    verdict = str(row["assessment"]) if row["assessment"] else ""
    counts = (fmt.number(row["spells"]), fmt.number(row["events"]))
    durations = tuple(
        fmt.number(row[c], 1)
        for c in ("observed_duration", "observed_duration_robust", "expected_duration")
    )
    indicators = tuple(
        fmt.number(row[c], 3) for c in ("indicator", "indicator_robust", "indicator_shrunk")
    )
    if not row["included"]:
        empty = ("",) * 5
        cells = (
            row["municipality"],
            *counts,
            *durations,
            *indicators[:2],
            "",
            "",
            edition.words("not_compared"),
            *empty[:3],
        )
        return Row(tuple(map(str, cells)), "aside")
    interval = _telling_interval(edition, row)
    flag = "" if not row["tail_extended"] else "†"
    cells = (
        f"{row['municipality']}{flag}", *counts, *durations, *indicators, interval,
        assessment_text(edition, row), fmt.number(row["tier"]), rank_text(edition, row), fmt.number(row["quintile"]),
    )  # fmt: skip
    return Row(tuple(map(str, cells)), verdict if edition.sooner_is_better else "")


def _telling_interval(edition: Edition, row: pd.Series) -> str:
    """The interval with as many decimals (3 to 5) as show on which side of 1 its ends lie."""
    ends = [float(row[c]) for c in ("ci_low", "ci_high") if not is_missing(row[c])]
    decimals = next((d for d in (3, 4, 5) if all(round(end, d) != 1.0 for end in ends)), 5)
    return edition.fmt.interval(row["ci_low"], row["ci_high"], decimals)


def assessment_text(edition: Edition, row: pd.Series) -> str:
    """The verdict, starred where it survives false-discovery control; without one, the reason."""
    if row["assessment"] is None:
        return (
            edition.words.code("no_verdict", row["no_verdict_reason"])
            if row["no_verdict_reason"]
            else "·"
        )
    star = (
        "*"
        if row["assessment"] in ("better", "worse") and row["assessment_fdr"] == row["assessment"]
        else ""
    )
    return edition.short_assessment(str(row["assessment"])) + star


def rank_text(edition: Edition, row: pd.Series) -> str:
    """A rank, never without its interval."""
    if is_missing(row["rank"]) or is_missing(row["rank_low"]) or is_missing(row["rank_high"]):
        return "·"
    fmt = edition.fmt
    return f"{fmt.number(row['rank'])} ({fmt.interval(row['rank_low'], row['rank_high'])})"


def appendix_5_1(edition: Edition) -> HtmlTable | None:
    """Counts and observed durations of all municipalities beside the published ones; None without
    comparison."""
    beside = Beside(edition)
    if not beside.compares:
        return None
    words = edition.words
    published = {
        name: figures_by("appendix_5_1_municipalities", ("municipality_code",), name)
        for name in ("corrected_spells", "success_percent", "mean_observed_weeks")
    }
    columns = (
        text_column(words("Unit")), *beside.columns(words("spells")), *beside.columns(words("success_percent")),
        *beside.columns(words("observed_time")),
    )  # fmt: skip
    lines = []
    rows = edition.data.benchmark_indicators.sort_values(
        "municipality", key=lambda names: names.map(danish_order)
    )
    for _, row in rows.iterrows():
        code = row["municipality_code"]
        cells = (
            str(row["municipality"]),
            *beside.cells(row["spells"], published["corrected_spells"](code)),
            *beside.cells(100 * row["events"] / row["spells"], published["success_percent"](code)),
            *beside.cells(row["observed_duration"], published["mean_observed_weeks"](code), 1),
        )
        lines.append(Row(cells, "" if row["included"] else "aside"))
    notes = beside.notes("note_a02", "note_a03", "note_a04")
    return HtmlTable(
        "appendix_5_1", words("appendix_5_1"), columns, (Block(tuple(lines)),), notes, wide=True
    )


def danish_order(name: object) -> str:
    """A sort key with æ, ø and å last, aa as å."""
    return str(name).casefold().replace("aa", "å").translate(str.maketrans("æøå", "{|}"))
