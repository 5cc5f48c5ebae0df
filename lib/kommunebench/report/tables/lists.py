"""The fact sheet's tables of one analysis: ten best and ten worst, potential, pupils without
marks."""

from itertools import zip_longest

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing
from kommunebench.report.tables.model import (
    Block,
    Column,
    HtmlTable,
    Row,
    plain_rows,
    text_column,
)
from kommunebench.report.tables.units import in_danish_order, interval_text

_SIDES = ("best", "worst")
_SIGNS = {"better": " ▲", "worse": " ▼"}
_NO_VERDICT = " °"


def lists_table(edition: Edition) -> HtmlTable | None:
    """The best and the worst side by side, each in alphabetical order; None where the run has no
    lists."""
    rows = edition.data.ten_best
    if rows is None:
        return None
    words = edition.words
    lists = [_listed(edition, rows[rows["side"] == side]) for side in _SIDES]
    # The disclosure rules may take a municipality from one side.
    lines = list(zip_longest(*lists, fillvalue=""))
    return HtmlTable(
        key="lists",
        caption=words("lists_table", n=edition.fmt.number(len(lines))),
        columns=tuple(text_column(words(side)) for side in _SIDES),
        blocks=plain_rows(lines),
        notes=(words("note_lists"), *_without_verdict(edition, rows), *_other_indicator(edition)),
    )


def _other_indicator(edition: Edition) -> tuple[str, ...]:
    return (edition.words("note_lists_other"),) if lists_differ(edition) else ()


def lists_differ(edition: Edition) -> bool:
    """Whether the lists follow another indicator than the verdicts, so that a name may stand on
    one against its verdict."""
    return edition.settings.verdict_indicator == "robust"


def _listed(edition: Edition, rows: pd.DataFrame) -> list[str]:
    """Names in alphabetical order, with a sign where the verdict says the same, and where there is
    no verdict."""
    codes = edition.units["municipality_code"]
    verdicts = dict(zip(codes, edition.units["assessment"], strict=True))
    names = []
    for _, row in in_danish_order(rows).iterrows():
        verdict = verdicts.get(row["municipality_code"])
        sign = _NO_VERDICT if verdict is None else _SIGNS.get(str(verdict), "")
        names.append(f"{row['municipality']}{sign}")
    return names


def _without_verdict(edition: Edition, rows: pd.DataFrame) -> tuple[str, ...]:
    """That some of those listed have no verdict, and for which reasons."""
    words, units = edition.words, edition.units
    unjudged = units[units["municipality_code"].isin(rows["municipality_code"])]
    unjudged = unjudged[unjudged["assessment"].isna()]
    if unjudged.empty:
        return ()
    codes = words.in_order("no_verdict", unjudged["no_verdict_reason"].dropna())
    reasons = [words.code("no_verdict", code) for code in codes]
    said = f" ({'; '.join(reasons)})" if reasons else ""
    return (words("note_lists_no_verdict", reasons=said),)


def potential_table(edition: Edition) -> HtmlTable | None:
    """The potential from measured and from shrunk differences; None where the run has none."""
    rows = edition.data.potentials
    if rows is None:
        return None
    words = edition.words
    columns = (
        text_column(words("potential_basis")),
        *(Column(words(name)) for name in ("best_fifth", "worst_fifth", "potential", "interval")),
    )
    lines = [
        (
            words(f"potential_{row['basis']}"),
            *(edition.indicator(row[name]) for name in ("best_fifth", "worst_fifth", "potential")),
            interval_text(edition, row["ci_low"], row["ci_high"]),
        )
        for _, row in rows.sort_values("basis").iterrows()
    ]
    return HtmlTable(
        key="potentials",
        caption=words("potential_table"),
        columns=columns,
        blocks=plain_rows(lines),
        notes=(words("note_potential") + _of_plain(edition),),
    )


def _of_plain(edition: Edition) -> str:
    return edition.words("potential_plain") if lists_differ(edition) else ""


def without_marks_tables(edition: Edition) -> list[HtmlTable]:
    """Pupils without marks by reason in the nation, and by unit with the indicator beside; none
    where the analysis is not about marks."""
    rows = edition.data.pupils_without_marks
    if rows is None or rows.empty:
        return []
    national = rows[rows["municipality_code"] == "all"].sort_values(["kind", "reason"])
    return [_by_reason(edition, national), _by_unit(edition, rows, national)]


def _by_reason(edition: Edition, ordered: pd.DataFrame) -> HtmlTable:
    words, fmt = edition.words, edition.fmt
    columns = (
        text_column(words("mark_kind")),
        text_column(words("mark_reason")),
        Column(words("pupils")),
    )
    lines = [
        Row(
            (
                words("total") if row["kind"] == "total" else words.code("mark_kind", row["kind"]),
                "" if row["kind"] == "total" else words.code("mark_reason", row["reason"]),
                fmt.number(row["pupils"]),
            ),
            "total" if row["kind"] == "total" else "",
        )
        for _, row in ordered.iterrows()
    ]
    return HtmlTable(
        key="without_marks_reasons",
        caption=words("without_marks_reasons"),
        columns=columns,
        blocks=(Block(tuple(lines)),),
        notes=(words("note_without_marks"),),
    )


def _by_unit(edition: Edition, rows: pd.DataFrame, national: pd.DataFrame) -> HtmlTable:
    """Every unit with its pupils without marks, in all and by each reason the nation has."""
    words, fmt = edition.words, edition.fmt
    totals = rows[rows["kind"] == "total"]
    of_nation = national[national["kind"] != "total"]
    reasons = list(zip(of_nation["kind"], of_nation["reason"], strict=True))
    counts = dict(
        zip(
            zip(rows["municipality_code"], rows["kind"], rows["reason"], strict=True),
            rows["pupils"],
            strict=True,
        )
    )
    columns = (
        text_column(words("Unit")),
        Column(words("all_pupils")),
        Column(words("without_marks_pupils")),
        Column(words("without_marks_percent")),
        *(
            Column(words.code("mark_reason", reason), words(f"marks_{kind}"))
            for kind, reason in reasons
        ),
        Column(words("indicator_beside") + words.places["indicator_in"]),
    )
    lines = []
    for _, row in in_danish_order(
        edition.units.merge(totals, "left", "municipality_code")
    ).iterrows():
        code, share = row["municipality_code"], 100 * row["pupils"] / row["all_pupils"]
        # Of a unit whose total is not shown no reason is: their sum would be it.
        none = float("nan") if is_missing(row["pupils"]) else 0.0
        lines.append(
            (
                str(row["municipality"]),
                fmt.number(row["all_pupils"]),
                fmt.number(row["pupils"]),
                fmt.number(share, 1),
                *(fmt.number(counts.get((code, *reason), none)) for reason in reasons),
                edition.indicator(row["verdict"]) if row["included"] else "",
            )
        )
    return HtmlTable(
        key="without_marks_units",
        caption=words("without_marks_units"),
        columns=columns,
        blocks=plain_rows(lines),
        notes=(words("note_without_marks_units"),),
        wide=True,
    )
