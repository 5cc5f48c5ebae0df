"""What stands behind the figures of results and costs: influence, the first ten on each side, and
what could not be estimated."""

import pandas as pd

from kommunebench.costs.efficiency import LEAST_UNITS
from kommunebench.report.edition import Edition
from kommunebench.report.frontiers import is_ranking, ordered_by_residual, wide_ranks
from kommunebench.report.results_by_cost import both_indicators
from kommunebench.report.tables.model import Block, Column, HtmlTable, Row, plain_rows, text_column
from kommunebench.report.tables.units import danish_order

_SHOWN_INFLUENCE = 8
_TEN = 10


def influence_table(edition: Edition) -> HtmlTable | None:
    """Municipalities that pull most at the linear regression, and the outliers named in the
    settings."""
    rows = edition.data.efficiency_influence
    if rows is None:
        return None
    words, fmt, names = edition.words, edition.fmt, edition.unit_names
    ordered = rows.sort_values("cooks_distance", ascending=False, kind="stable")
    shown = pd.concat(
        [ordered.head(_SHOWN_INFLUENCE), ordered[ordered["is_outlier"]]]
    ).drop_duplicates("municipality_code")
    columns = (
        text_column(words("Unit")),
        Column(words("leverage")),
        Column(words("cooks_distance")),
        text_column(words("named_outlier")),
    )
    lines = [
        (
            names.get(row["municipality_code"], row["municipality_code"]),
            fmt.number(row["leverage"], 3),
            fmt.number(row["cooks_distance"], 3),
            words("yes") if row["is_outlier"] else "",
        )
        for _, row in shown.iterrows()
    ]
    numbers = {"mean": fmt.number(2 / len(rows), 3), "limit": fmt.number(4 / len(rows), 3)}
    notes = (words("note_influence", n=fmt.number(len(rows)), **numbers),)
    return HtmlTable(
        key="influence",
        caption=words("influence"),
        columns=columns,
        blocks=plain_rows(lines),
        notes=notes,
    )


def ten_best_table(edition: Edition) -> HtmlTable | None:
    """The first ten of each side with efficiency, its interval and that of the rank, of the
    municipalities whose result and cost are shown; a side without inefficiency is in the table of
    residuals instead. The heading calls the order a ranking only where it is one."""
    scores = edition.data.frontier_scores
    if scores is None:
        return None
    words, shown = edition.words, both_indicators(edition)["municipality_code"]
    columns = (
        Column(words("place")),
        text_column(words("Unit")),
        Column(words("efficiency")),
        Column(words("interval")),
        Column(words("rank_interval")),
    )
    interval = getattr(edition.settings.efficiency, "interval", "parameters_known")
    blocks, notes = [], [words(f"note_scores_{interval}")]
    for side in words.in_order("side", scores["side"]):
        of_side = scores[scores["side"] == side].sort_values("rank")
        label = words.code("side", side)
        if ordered_by_residual(edition.data.frontier_parameters, of_side, side):
            notes.append(words("none_inefficient", side=label))
            continue
        first = of_side[of_side["municipality_code"].isin(shown)].head(_TEN)
        lines = tuple(_score_row(edition, row) for _, row in first.iterrows())
        blocks.append(Block(lines, words(_ten_heading(edition, of_side, side), side=label)))
        span = wide_ranks(scores, side)
        if span is not None:
            notes.append(words("note_unranked", side=label, share=edition.fmt.percent(span)))
    return HtmlTable(
        key="ten_best",
        caption=words("ten_best_table"),
        columns=columns,
        blocks=tuple(blocks),
        notes=tuple(notes),
    )


def _ten_heading(edition: Edition, scores: pd.DataFrame, side: str) -> str:
    ranking = is_ranking(edition.data.frontier_parameters, scores, side, edition.level)
    return "ten_by_efficiency" if ranking else "ten_by_efficiency_unranked"


def _score_row(edition: Edition, row: pd.Series) -> Row:
    fmt = edition.fmt
    code = str(row["municipality_code"])
    return Row(
        (
            fmt.number(row["rank"]),
            edition.unit_names.get(code, code),
            fmt.number(row["efficiency"], 3),
            fmt.interval(row["ci_low"], row["ci_high"], 3),
            fmt.interval(row["rank_low"], row["rank_high"]),
        )
    )


def efficiency_notes(edition: Edition) -> tuple[str, ...]:
    """Sentences on what could not be compared or fitted; none where everything could."""
    rows = edition.data.efficiency_notes
    if rows is None:
        return ()
    words, names = edition.words, edition.unit_names
    texts = []
    for (scope, reason), of_reason in rows.groupby(["part", "reason"], sort=False):
        if str(scope).startswith("frontier_"):
            side = words.code("side", str(scope).removeprefix("frontier_"))
            texts.append(words("frontier_not_fitted", side=side, reason=str(reason)))
        elif str(scope).startswith("intervals_"):
            side = words.code("side", str(scope).removeprefix("intervals_"))
            texts.append(words("intervals_not_drawn", side=side, reason=str(reason)))
        elif scope == "sensitivity":
            texts.append(words("sensitivity_not_fitted", reason=str(reason)))
        elif scope == "efficiency":
            texts.append(words("efficiency_too_few", n=LEAST_UNITS))
        elif scope == "errors_in_variables":
            texts.append(words("correction_not_fitted"))
        else:
            listed = sorted(
                (names.get(code, code) for code in of_reason["municipality_code"]), key=danish_order
            )
            texts.append(f"{words.code('efficiency_reason', reason)}: {', '.join(listed)}.")
    return tuple(texts)
