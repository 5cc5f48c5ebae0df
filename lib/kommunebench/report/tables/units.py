"""The lists of all units: indicators and verdicts, and appendix table 5.1."""

from collections.abc import Sequence

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.formats import NumberFormat, is_missing
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, text_column


def in_danish_order(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows by name, with æ, ø and å last."""
    return rows.sort_values("municipality", key=lambda names: names.map(danish_order))


def danish_order(name: object) -> str:
    """A sort key with æ, ø and å last, aa as å."""
    return str(name).casefold().replace("aa", "å").translate(str.maketrans("æøå", "{|}"))


def units_table(edition: Edition) -> HtmlTable:
    """Every unit: counts, durations or shares, indicators, interval, verdict, tier, rank with its
    interval, fifth. Observed values and indicators no unit has are left out."""
    words, rows = edition.words, _with_expected(edition)
    happened = "successes" if edition.from_registers else "events"
    measured = _measured_columns(rows)
    columns = (
        text_column(words("Unit")),
        Column(words("spells")),
        Column(words(happened)),
        *(Column(_measured_label(edition, name, measured)) for name in measured),
        *(Column(words(key), words("indicator")) for key in _indicator_columns(edition)),
        Column(words("interval")),
        text_column(words("assessment")),
        *(Column(words(key)) for key in ("tier", "rank_with_interval", "fifth")),
    )
    lines = tuple(_unit(edition, row, measured) for _, row in in_danish_order(rows).iterrows())
    notes = (
        words("note_units", verdict=edition.verdict_word),
        *((words("note_ranked_anew"),) if edition.data.ranked_anew and edition.ranked else ()),
        _missing_note(edition),
    )
    return HtmlTable(
        key="units",
        caption=words("units_table"),
        columns=columns,
        blocks=(Block(lines),),
        notes=notes,
        wide=True,
    )


def _missing_note(edition: Edition) -> str:
    """Which figures are not shown: of a share also those of units where few lack the event."""
    words, few = edition.words, edition.settings.disclosure.min_persons
    shares = edition.scale.measure == "share"
    or_not = words("note_few_without", few=few) if shares else ""
    least = edition.settings.model.min_spells
    return words("note_missing", limit=least, few=few, or_not=or_not)


def _with_expected(edition: Edition) -> pd.DataFrame:
    """The units with ``expected_robust``: what the robust indicator rests on, where it and the
    robust observed value are there."""
    rows = edition.units
    robust = edition.scale.expected(rows["observed_robust"], rows["robust"])
    return rows.assign(expected_robust=robust)


def _measured_columns(rows: pd.DataFrame) -> list[str]:
    names = ("observed", "observed_robust", "expected", "expected_robust")
    return [name for name in names if rows[name].notna().any()]


def _measured_label(edition: Edition, name: str, names: Sequence[str]) -> str:
    """Heading of an observed or expected value; the plain one says so where the verdicts rest on
    another, which of cases is not shown."""
    hidden = name == "expected" and edition.of_cases and edition.settings.verdict_model == "within"
    return edition.words(f"{name}_plain" if hidden or f"{name}_robust" in names else name)


def _indicator_columns(edition: Edition) -> list[str]:
    """Headings of the indicators the run has; the shrunk one always, so that raw and shrunk stand
    side by side."""
    return [name for name in ("plain", "robust") if edition.units[name].notna().any()] + ["shrunk"]


def _unit(edition: Edition, row: pd.Series, measured_names: Sequence[str]) -> Row:
    fmt = edition.fmt
    measured = [fmt.number(row[name], 1) for name in measured_names]
    raw = [name for name in _indicator_columns(edition) if name != "shrunk"]
    indicators = [edition.indicator(row[name]) for name in raw]
    figures = [fmt.number(row["cases"]), fmt.number(row["events"]), *measured, *indicators]
    if not row["included"]:
        left_out = edition.words("not_compared")
        # A unit below the least size may have a shrunk indicator, but never a rank.
        shrunk = row["indicator_shrunk"]
        shown = "" if is_missing(shrunk) else edition.indicator(shrunk)
        return Row((str(row["municipality"]), *figures, shown, "", left_out, "", "", ""), "aside")
    flag = "†" if row["tail_extended"] is True else ""
    cells = (
        f"{row['municipality']}{flag}",
        *figures,
        edition.indicator(row["indicator_shrunk"]),
        interval_text(edition, row["ci_low"], row["ci_high"]),
        assessment_text(edition, row),
        fmt.number(row["tier"]),
        rank_text(edition, row),
        fmt.number(row["quintile"]),
    )
    verdict = str(row["assessment"]) if row["assessment"] else ""
    return Row(cells, verdict if edition.sooner_is_better else "")


def interval_text(edition: Edition, low: float, high: float) -> str:
    """An interval of an indicator, with as many decimals as show on which side of the centre its
    ends lie; an end too large to print as a bound."""
    if is_missing(low) and is_missing(high):
        return edition.fmt.number(None)
    decimals = _telling_decimals(low, high, edition.scale.decimals, edition.scale.centre)
    first, last = (edition.indicator(end, decimals) for end in (low, high))
    return f"{first}–{last}" if edition.scale.logarithmic else apart(first, last)


def telling_interval(fmt: NumberFormat, low: float, high: float, usual: int, centre: float) -> str:
    """An interval of any figure, with as many decimals as show on which side of the centre its ends
    lie."""
    return fmt.interval(low, high, _telling_decimals(low, high, usual, centre))


def _telling_decimals(low: float, high: float, usual: int, centre: float) -> int:
    """The usual decimals, or up to two more where an end would be rounded to the centre."""
    ends = [float(end) for end in (low, high) if not is_missing(end)]
    telling = range(usual, usual + 3)
    return next((d for d in telling if all(round(end, d) != centre for end in ends)), usual + 2)


def apart(first: str, last: str) -> str:
    """An interval whose ends may be negative: a minus sign beside a dash cannot be read."""
    return f"{first} … {last}"


def assessment_text(edition: Edition, row: pd.Series) -> str:
    """The verdict, starred where it survives false-discovery control; without one, the reason."""
    if row["assessment"] is None:
        reason = row["no_verdict_reason"]
        return edition.words.code("no_verdict", reason) if reason else edition.fmt.number(None)
    departs = row["assessment"] in ("better", "worse")
    star = "*" if departs and row["assessment_fdr"] == row["assessment"] else ""
    return edition.short_assessment(str(row["assessment"])) + star


def rank_text(edition: Edition, row: pd.Series) -> str:
    """A rank, never without its interval."""
    if is_missing(row["rank"]) or is_missing(row["rank_low"]) or is_missing(row["rank_high"]):
        return edition.fmt.number(None)
    fmt = edition.fmt
    return f"{fmt.number(row['rank'])} ({fmt.interval(row['rank_low'], row['rank_high'])})"


def appendix_5_1(edition: Edition) -> HtmlTable | None:
    """Counts and observed durations of all municipalities beside the published ones; None without
    comparison."""
    counts, durations = Beside(edition), Beside(edition, "durations")
    if not durations.compares:
        return None
    words, keys = edition.words, ("municipality_code",)
    columns = (
        text_column(words("Unit")),
        *counts.columns(words("spells")),
        *counts.columns(words("success_percent")),
        *durations.columns(words("observed_time")),
    )
    spells, success, weeks = (
        counts.printed("appendix_5_1_municipalities", keys, name)
        for name in ("corrected_spells", "success_percent", "mean_observed_weeks")
    )
    lines = []
    for _, row in in_danish_order(edition.units).iterrows():
        code = row["municipality_code"]
        cells = (
            str(row["municipality"]),
            *counts.cells(row["cases"], spells(code)),
            *counts.cells(100 * row["events"] / row["cases"], success(code)),
            *durations.cells(row["observed"], weeks(code), 1),
        )
        lines.append(Row(cells, "" if row["included"] else "aside"))
    return HtmlTable(
        key="appendix_5_1",
        caption=words("appendix_5_1"),
        columns=columns,
        blocks=(Block(tuple(lines)),),
        notes=counts.notes("note_a02", "note_a03", "note_a04"),
        wide=True,
    )
