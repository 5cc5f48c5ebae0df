"""Spread, potential and rank correlations of the analyses on the overview page."""

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from kommunebench.benchmark.comparison.rank_correlation import rank_correlation
from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing
from kommunebench.report.tables.model import Column, HtmlTable, plain_rows, text_column
from kommunebench.report.tables.units import interval_text


def spread_table(editions: Sequence[Edition]) -> HtmlTable:
    """Counts, verdicts, spread and potential of every analysis."""
    words = editions[0].words
    names = ("compared", "national", "better", "worse", "tau", "chance", "raw", "shrunk")
    return HtmlTable(
        key="spread",
        caption=words("o_spread_table"),
        columns=(
            text_column(words("o_analysis")),
            *(Column(words(f"o_{name}")) for name in names),
        ),
        blocks=plain_rows([_spread_cells(edition) for edition in editions]),
        notes=(words("o_note_spread"), *_no_potential(editions)),
        wide=True,
    )


def _no_potential(editions: Sequence[Edition]) -> tuple[str, ...]:
    """Why some analyses have no potential."""
    durations = any(edition.scale.measure == "restricted_mean" for edition in editions)
    return (editions[0].words("o_note_no_potential"),) if durations else ()


def _spread_cells(edition: Edition) -> tuple[str, ...]:
    fmt, row = edition.fmt, edition.summary
    return (
        edition.title,
        fmt.number(row["units_compared"]),
        _national(edition),
        *(
            f"{fmt.number(row[side])} ({fmt.number(row[f'{side}_fdr'])})"
            for side in ("better", "worse")
        ),
        _tau(edition),
        fmt.number(None if is_missing(row["chance_share"]) else 100 * row["chance_share"]),
        *(_potential(edition, basis) for basis in ("raw", "shrunk")),
    )


def _national(edition: Edition) -> str:
    value = edition.pooled("observed")
    unit = "" if edition.scale.measure == "share" else f" {edition.words.places['measured_in']}"
    return edition.measured(value) + unit


def _tau(edition: Edition) -> str:
    row = edition.summary
    if is_missing(row["tau"]):
        return edition.fmt.number(None)
    # The spread is of the pace, the log of a hazard (or odds) ratio, and shown as percent.
    ends = edition.fmt.interval(100 * row["tau_low"], 100 * row["tau_high"], 1)
    return f"{edition.fmt.percent(row['tau'], 1)} ({ends})"


def _potential(edition: Edition, basis: str) -> str:
    rows = edition.data.potentials
    rows = rows[rows["basis"] == basis] if rows is not None else pd.DataFrame()
    if rows.empty:
        return edition.fmt.number(None)
    row = rows.iloc[0]
    interval = interval_text(edition, row["ci_low"], row["ci_high"])
    return f"{edition.fmt.number(row['potential'], 1)} ({interval})"


def correlation_table(editions: Sequence[Edition]) -> HtmlTable:
    """Rank correlations of all pairs of analyses, with what chance allows."""
    words, fmt = editions[0].words, editions[0].fmt
    lines: list[tuple[str, ...]] = []
    outside = 0
    for one, other in combinations(editions, 2):
        shared = _results(one).index.intersection(_results(other).index)
        shares = tuple(float(e.summary["chance_share"]) for e in (one, other))
        known = rank_correlation(
            _results(one)[shared].to_numpy(float),
            _results(other)[shared].to_numpy(float),
            (shares[0], shares[1]),
            one.level,
        )
        if known is None:
            continue
        outside += abs(known.correlation) > known.by_chance
        lines.append(
            (
                f"{one.title} – {other.title}",
                fmt.number(known.units),
                fmt.signed(known.correlation, 2),
                fmt.number(known.by_chance, 2),
                fmt.number(known.ceiling, 2),
            )
        )
    names = ("o_units", "o_r", "o_by_chance", "o_ceiling")
    chance = (1 - editions[0].level) * len(lines)
    counted = words(
        "o_note_pairs",
        outside=fmt.number(outside),
        n=fmt.number(len(lines)),
        chance=fmt.number(chance, 0 if chance >= 1.5 else 1),
    )
    return HtmlTable(
        key="correlation",
        caption=words("o_correlation_table"),
        columns=(text_column(words("o_pair")), *(Column(words(name)) for name in names)),
        blocks=plain_rows(lines),
        notes=(words("o_note_correlation"), counted),
    )


def _results(edition: Edition) -> pd.Series:
    """Performance by code of the units compared: more is better."""
    rows = edition.compared
    position = edition.scale.sign * edition.scale.position(rows["verdict"].astype(float))
    return pd.Series(position, index=rows["municipality_code"].astype(str))
