"""Tables of the chapter that checks the national model."""

from collections.abc import Mapping

from kommunebench.benchmark.comparison.models import PairsApart
from kommunebench.report import sensitivity as checks
from kommunebench.report.calibration import calibration_rows, groups_not_shown
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
from kommunebench.report.tables.units import danish_order, telling_interval


def check_tables(edition: Edition) -> list[HtmlTable]:
    """Units whose verdict depends on the model, other choices, stability, calibration; those the
    run has."""
    tables = (
        model_changes_table(edition),
        sensitivity_table(edition),
        stability_table(edition),
        calibration_table(edition),
    )
    return [table for table in tables if table is not None]


def model_changes_table(edition: Edition) -> HtmlTable | None:
    """Units whose verdict or fifth differs between the model with terms for the units and the
    pooled one, and in a note how many pairs their tiers tell apart; None where the run has one
    model."""
    changes = checks.model_changes(edition)
    if changes is None:
        return None
    words, fmt = edition.words, edition.fmt
    heads = (words("within_model"), words("pooled_model"))
    # Elsewhere in the report a fifth is of the plain indicator.
    is_plain = edition.settings.uncertainty.verdict_indicator == "plain"
    fifth = "fifth" if is_plain else "fifth_robust"
    columns = [text_column(words("Unit"))]
    for head in heads:
        columns.append(text_column(words("assessment"), head))
        columns += [Column(words(key), head) for key in ("tier", fifth)]
    differs = changes[["verdict_differs", "fifth_differs"]]
    shown = changes[differs.any(axis=1)]
    lines = []
    for _, row in shown.sort_values(
        "municipality", key=lambda names: names.map(danish_order)
    ).iterrows():
        cells = [str(row["municipality"])]
        for end in ("", "_pooled"):
            verdict = row[f"assessment{end}"]
            cells.append(fmt.number(None) if verdict is None else edition.short_assessment(verdict))
            cells += [fmt.number(row[f"{name}{end}"]) for name in ("tier", "fifth")]
        lines.append(tuple(cells))
    counts = {
        place: fmt.number(differs[column].sum())
        for place, column in zip(("verdicts", "fifths"), differs, strict=True)
    }
    pairs = checks.tier_pairs(changes)
    return HtmlTable(
        key="model_changes",
        caption=words("model_changes"),
        columns=tuple(columns),
        blocks=plain_rows(lines),
        notes=(_changes_note(edition, counts), *_pairs_note(edition, pairs)),
    )


def _changes_note(edition: Edition, counts: Mapping[str, str]) -> str:
    """Which model the report's verdicts come from, and how many differ under the other."""
    words, settings = edition.words, edition.settings
    # Persons with an outcome have one indicator.
    has_two = settings.uncertainty.verdict_indicator == "robust" and not edition.of_cases
    carrying = f"note_model_changes_{settings.verdict_model}"
    of_fifths = words("of_fifths_robust") if has_two else ""
    return words(carrying) + words("note_model_changes", of_fifths=of_fifths, **counts)


def _pairs_note(edition: Edition, pairs: PairsApart) -> tuple[str, ...]:
    """How many pairs the tiers of both models tell apart; nothing without tiers."""
    if pairs.pairs == 0:
        return ()
    fmt = edition.fmt
    return (
        edition.words(
            "note_pairs_apart",
            pairs=fmt.number(pairs.pairs),
            both=fmt.number(pairs.both),
            within=fmt.number(pairs.only_one),
            pooled=fmt.number(pairs.only_other),
            opposite=fmt.number(pairs.opposite),
        ),
    )


def sensitivity_table(edition: Edition) -> HtmlTable | None:
    """What other choices do to the indicators; None without gold.sensitivity."""
    results = checks.check_results(edition)
    if not results:
        return None
    words, fmt = edition.words, edition.fmt
    columns = (
        text_column(words("sensitivity_check")),
        Column(words("Units_count")),
        Column(words("mean_change")),
        Column(words("largest_change")),
        text_column(words("largest_where")),
        Column(words("verdicts_changed")),
    )
    lines = [
        (
            words.code("check", checks.label_code(edition, result.check)),
            fmt.number(result.units),
            fmt.number(result.mean_change, 2),
            fmt.number(result.largest_change, 2),
            result.largest_where,
            fmt.number(result.verdicts_changed),
        )
        for result in results
    ]
    return HtmlTable(
        key="sensitivity",
        caption=words("sensitivity_table"),
        columns=columns,
        blocks=plain_rows(lines),
        notes=(words("note_sensitivity_checks"),),
    )


def stability_table(edition: Edition) -> HtmlTable | None:
    """Units by the side they are on in the first and in the second half of the window."""
    halves = checks.stability(edition)
    if halves is None:
        return None
    words, fmt = edition.words, edition.fmt
    sides = {True: words("favourable_side"), False: words("unfavourable_side")}
    columns = (
        text_column(words("stability_first")),
        *(Column(side, words("stability_second")) for side in sides.values()),
    )
    lines = [
        (label, *(fmt.number(halves.count(side, other)) for other in sides))
        for side, label in sides.items()
    ]
    note = words(
        "note_stability",
        n=fmt.number(len(halves.favourable)),
        correlation=fmt.number(halves.correlation, 2),
    )
    lasting = edition.data.stability
    if lasting is not None and not is_missing(lasting["repeated_share"].iloc[0]):
        row = lasting.iloc[0]
        note += words(
            "note_lasting",
            share=fmt.number(row["repeated_share"], 2),
            error=fmt.number(row["repeated_share_se"], 2),
            n=fmt.number(row["units"]),
        )
    return HtmlTable(
        key="stability",
        caption=words("stability_table"),
        columns=columns,
        blocks=plain_rows(lines),
        notes=(note,),
    )


def calibration_table(edition: Edition) -> HtmlTable | None:
    """The figures behind the calibration plot; None without gold.calibration."""
    rows = calibration_rows(edition)
    if rows.empty:
        return None
    words, fmt = edition.words, edition.fmt
    columns = (
        text_column(words("group_column")),
        Column(words("calibration_observed")),
        Column(words("calibration_expected")),
        Column(words("calibration_ratio")),
        Column(words("interval")),
    )
    blocks = []
    for breakdown, group in rows.groupby("breakdown", sort=False):
        lines = tuple(
            Row(
                (
                    str(row["label"]),
                    fmt.number(row["observed"]),
                    fmt.number(row["expected"], 1),
                    fmt.number(row["ratio"], 2),
                    telling_interval(edition.fmt, row["low"], row["high"], 2, 1.0),
                ),
                "" if is_missing(row["low"]) or not row["outside"] else "total",
            )
            for _, row in group.iterrows()
        )
        blocks.append(Block(lines, words.code("calibration", breakdown)))
    return HtmlTable(
        key="calibration",
        caption=words("calibration_table"),
        columns=columns,
        blocks=tuple(blocks),
        notes=(words("note_calibration"), *_not_shown(edition)),
    )


def _not_shown(edition: Edition) -> tuple[str, ...]:
    """Which groups are suppressed, and why."""
    words, groups = edition.words, groups_not_shown(edition)
    notes = []
    for holds_hidden, key in ((True, "note_hidden_provinces"), (False, "note_hidden_groups")):
        of_reason = groups[groups["holds_hidden"] == holds_hidden]
        named = [
            f"{words.code('calibration', breakdown)}: {', '.join(of_breakdown['label'])}"
            for breakdown, of_breakdown in of_reason.groupby("breakdown", sort=False)
        ]
        if named:
            few = edition.fmt.number(edition.settings.disclosure.min_persons)
            notes.append(words(key, names="; ".join(named), few=few))
    return tuple(notes)
