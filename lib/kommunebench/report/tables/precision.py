"""What is known about each verdict: pace, standardised indicator, reliability, what would erase
it."""

import numpy as np
import pandas as pd

from kommunebench.benchmark.comparison.models import UNADJUSTED
from kommunebench.report.edition import Edition
from kommunebench.report.formats import NumberFormat, is_missing
from kommunebench.report.sensitivity import verdicts_under
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, text_column
from kommunebench.report.tables.units import apart, in_danish_order

_BESIDE_VERDICT = (
    "pace",
    "indicator_direct",
    "indicator_unadjusted",
    "reliability",
    "hazard_ratio_to_erase",
    "false_sign_rate",
)


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
    explained = words("note_erase") if "hazard_ratio_to_erase" in names else ""
    note = (words("note_unadjusted"),) if unadjusted is not None else ()
    return HtmlTable(
        key="precision",
        caption=words("precision_table"),
        columns=tuple(columns),
        blocks=(Block(tuple(lines)),),
        notes=(words("note_precision", erase=explained), *note),
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
            fmt.number(None) if is_missing(low) else apart(fmt.signed(low, 1), fmt.signed(high, 1))
        )
        return fmt.signed(pace, 1), ends
    if name in ("indicator_direct", "indicator_unadjusted"):
        return (edition.indicator(row[name]),)
    if name == "hazard_ratio_to_erase" and row["assessment"] not in ("better", "worse"):
        return ("",)
    if name == "false_sign_rate":
        return (_small_percent(fmt, row[name]),)
    return (fmt.number(row[name], 2),)


def _small_percent(fmt: NumberFormat, share: float) -> str:
    """A probability in percent to one decimal; one that would be rounded to zero as a bound."""
    if is_missing(share):
        return fmt.number(None)
    percent = 100 * float(share)
    return f"< {fmt.number(0.1, 1)}" if percent < 0.05 else fmt.number(percent, 1)
