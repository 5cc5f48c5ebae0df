"""The lists of all units: indicators and verdicts, what is known about each verdict, and appendix
table 5.1."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.comparison.models import UNADJUSTED
from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing
from kommunebench.report.sensitivity import verdicts_under
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, text_column

_BESIDE_VERDICT = (
    "pace",
    "indicator_direct",
    "indicator_unadjusted",
    "reliability",
    "hazard_ratio_to_erase",
    "false_sign_rate",
)


def in_danish_order(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows by name, with æ, ø and å last."""
    return rows.sort_values("municipality", key=lambda names: names.map(danish_order))


def danish_order(name: object) -> str:
    """A sort key with æ, ø and å last, aa as å."""
    return str(name).casefold().replace("aa", "å").translate(str.maketrans("æøå", "{|}"))


def units_table(edition: Edition) -> HtmlTable:
    """Every unit: counts, durations or shares, indicators, interval, verdict, tier, rank with its
    interval, fifth. Observed values and indicators no unit has are left out."""
    words = edition.words
    happened = "successes" if edition.from_registers else "events"
    columns = (
        text_column(words("Unit")),
        Column(words("spells")),
        Column(words(happened)),
        *(Column(words(key)) for key in _measured_columns(edition)),
        *(Column(words(key), words("indicator")) for key in _indicator_columns(edition)),
        Column(words("interval")),
        text_column(words("assessment")),
        *(Column(words(key)) for key in ("tier", "rank_with_interval", "fifth")),
    )
    rows = in_danish_order(edition.units)
    lines = tuple(_unit(edition, row) for _, row in rows.iterrows())
    notes = (
        words("note_units"),
        words(
            "note_missing",
            limit=edition.settings.model.min_spells,
            few=edition.settings.disclosure.min_persons,
        ),
    )
    return HtmlTable(
        key="units",
        caption=words("units_table"),
        columns=columns,
        blocks=(Block(lines),),
        notes=notes,
        wide=True,
    )


def _measured_columns(edition: Edition) -> list[str]:
    names = ("observed", "observed_robust", "expected")
    return [name for name in names if edition.units[name].notna().any()]


def _indicator_columns(edition: Edition) -> list[str]:
    """Headings of the indicators the run has; the shrunk one always, so that raw and shrunk stand
    side by side."""
    return [name for name in ("plain", "robust") if edition.units[name].notna().any()] + ["shrunk"]


def _unit(edition: Edition, row: pd.Series) -> Row:
    fmt = edition.fmt
    measured = [fmt.number(row[name], 1) for name in _measured_columns(edition)]
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
    """An interval of an indicator, with as many decimals (up to two more than usual) as show on
    which side of the centre its ends lie; an end too large to print as a bound."""
    if is_missing(low) and is_missing(high):
        return edition.fmt.number(None)
    usual, centre = edition.scale.decimals, edition.scale.centre
    ends = [float(end) for end in (low, high) if not is_missing(end)]
    telling = range(usual, usual + 3)
    decimals = next((d for d in telling if all(round(end, d) != centre for end in ends)), usual + 2)
    first, last = (edition.indicator(end, decimals) for end in (low, high))
    return f"{first}–{last}" if edition.scale.logarithmic else _ends(first, last)


def _ends(first: str, last: str) -> str:
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


def precision_table(edition: Edition) -> HtmlTable | None:
    """What is known about each verdict: pace with its interval, directly standardised indicator,
    reliability, what would erase it, probability of the wrong side; and the indicator without what
    the second stage takes out, where there is one. None where the run has nothing of it."""
    rows = in_danish_order(edition.units)
    unadjusted = verdicts_under(edition, UNADJUSTED)
    if unadjusted is not None:
        codes = rows["municipality_code"]
        rows = rows.assign(indicator_unadjusted=codes.map(unadjusted["indicator_robust"]))
    names = [name for name in _BESIDE_VERDICT if name in rows and rows[name].notna().any()]
    if not names:
        return None
    words = edition.words
    columns = [text_column(words("Unit"))]
    for name in names:
        columns.append(Column(words(name)))
        if name == "pace":
            columns.append(Column(words("pace_interval")))
    lines = []
    for _, row in rows.iterrows():
        cells = [str(row["municipality"])]
        for name in names:
            cells += _precision_cells(edition, name, row)
        lines.append(Row(tuple(cells), "" if row["included"] else "aside"))
    note = (words("note_unadjusted"),) if unadjusted is not None else ()
    return HtmlTable(
        key="precision",
        caption=words("precision_table"),
        columns=tuple(columns),
        blocks=(Block(tuple(lines)),),
        notes=(words("note_precision"), *note),
        wide=True,
    )


def _precision_cells(edition: Edition, name: str, row: pd.Series) -> tuple[str, ...]:
    fmt = edition.fmt
    if name == "pace":
        # The table holds the log of a hazard ratio; it is shown as percent faster.
        pace, low, high = (
            100 * np.expm1(float(row[column])) for column in ("pace", "pace_low", "pace_high")
        )
        ends = (
            fmt.number(None) if is_missing(low) else _ends(fmt.signed(low, 1), fmt.signed(high, 1))
        )
        return fmt.signed(pace, 1), ends
    if name in ("indicator_direct", "indicator_unadjusted"):
        return (edition.indicator(row[name]),)
    if name == "hazard_ratio_to_erase" and row["assessment"] not in ("better", "worse"):
        return ("",)
    if name == "false_sign_rate":
        return (fmt.number(None if is_missing(row[name]) else 100 * row[name], 1),)
    return (fmt.number(row[name], 2),)


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
