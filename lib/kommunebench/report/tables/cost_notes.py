"""What stands behind the cost figures: cells left out, standard errors, fewer account groups."""

import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.formats import is_missing
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import Column, HtmlTable, plain_rows, text_column
from kommunebench.report.tables.units import danish_order

_SHOWN_NAMES = 8
# Their reason is a sentence; no cells stand behind it.
_WITHOUT_CELLS = (
    "cost_model_not_fitted",
    "cost_intervals_not_computed",
    "cost_sensitivity_not_fitted",
)
_COST_CLASSES = ("above", "as_expected", "below")


def exclusion_table(edition: Edition) -> HtmlTable | None:
    """Cells of accounts, persons and cost model that do not count, by reason, with the first
    names."""
    rows = edition.data.cost_exclusions
    if rows is None:
        return None
    words, names = edition.words, edition.unit_names
    columns = (
        text_column(words("cost_part")),
        text_column(words("reason")),
        Column(words("cells")),
        text_column(words("which")),
    )
    lines = []
    for (scope, reason), cells in rows.groupby(["part", "reason"], sort=False):
        lines.append(
            (
                words.code("cost_part", scope),
                words.code("cost_reason", reason),
                edition.fmt.number(cells["rows"].sum()),
                _which(edition, str(scope), cells, names),
            )
        )
    return HtmlTable(
        key="cost_exclusions",
        caption=words("cost_exclusions"),
        columns=columns,
        blocks=plain_rows(lines),
        notes=(words("note_cost_exclusions"),),
    )


def _which(edition: Edition, scope: str, cells: pd.DataFrame, names: dict[str, str]) -> str:
    """What the cells of one reason are: municipalities with their years, or codes, or shares; the
    first of them."""
    words = edition.words
    if scope == "cost_model_term":
        return ", ".join(
            words.code("cost_term", term) for term in cells["account_group"].dropna().unique()
        )
    if scope in _WITHOUT_CELLS:
        return ""
    if cells["municipality_code"].isna().all():
        return runs_of(sorted({int(year) for year in cells["year"].dropna()}))
    listed = []
    for code, of_unit in cells[cells["municipality_code"].notna()].groupby("municipality_code"):
        years = sorted({int(year) for year in of_unit["year"].dropna()})
        groups = sorted({str(group) for group in of_unit["account_group"].dropna()})
        label = names.get(str(code), str(code))
        listed.append(
            " ".join(
                [label, runs_of(years), *([f"({', '.join(groups[:3])})"] if groups else [])]
            ).strip()
        )
    listed.sort(key=danish_order)
    rest = len(listed) - _SHOWN_NAMES
    return ", ".join(listed[:_SHOWN_NAMES]) + (words("and_more", n=rest) if rest > 0 else "")


def runs_of(numbers: list[int], width: int = 0) -> str:
    """Numbers as runs of neighbours, 2011–2013, 2015; with leading zeros to the width."""
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return ", ".join(
        f"{a:0{width}d}" if a == b else f"{a:0{width}d}–{b:0{width}d}"
        for a, b in zip(starts, ends, strict=True)
    )


def cost_intro(edition: Edition) -> tuple[str, ...]:
    """What is counted as expenditure, and what could not be; nothing without the section cost."""
    if edition.settings.cost is None or edition.data.expenditure is None:
        return ()
    cost, words = edition.settings.cost, edition.words
    intro = words(
        "costs_intro",
        function=cost.function,
        groups=runs_of(sorted(int(group) for group in cost.groups), 3),
        first=cost.first_year,
        last=cost.last_year,
        payments=cost.kinds.payments,
        price_year=cost.price_year,
    )
    rows = edition.data.cost_exclusions
    return (intro,) if rows is None else (intro, *_faults(edition, rows))


def _faults(edition: Edition, rows: pd.DataFrame) -> tuple[str, ...]:
    """Sentences on faults of the data; limits of the comparison are choices and not told here."""
    words = edition.words
    unfitted = tuple(
        words("costs_no_model", reason=reason)
        for reason in rows.loc[rows["part"] == "cost_model_not_fitted", "reason"]
    )
    faults = rows[rows["part"].isin(["accounts", "unit_cost"])]
    if faults.empty:
        return unfitted
    listed = []
    for scope, of_part in faults.groupby("part"):
        counts = of_part.groupby("reason", sort=False)["rows"].sum()
        reasons = ", ".join(
            f"{words.code('cost_reason', reason)} ({edition.fmt.number(count)})"
            for reason, count in counts.items()
        )
        listed.append(f"{words(f'faults_{scope}')}: {reasons}")
    return (words("costs_left_out", cells="; ".join(listed)), *unfitted)


def cost_error_table(edition: Edition) -> HtmlTable | None:
    """The last cost model with plain standard errors and with those that let a municipality's years
    go together."""
    rows = edition.data.cost_model
    if rows is None:
        return None
    words, fmt = edition.words, edition.fmt
    last = rows[(rows["model"] == rows["model"].max()) & ~rows["is_reference"]]
    by_term = {str(row["term"]): row for _, row in last.iterrows()}
    columns = (
        text_column(words("term")),
        Column(words("coefficient")),
        Column(words("plain_error")),
        Column(words("clustered_error")),
        Column(words("clustered_t")),
    )
    lines = []
    for term in words.in_order("cost_term", by_term):
        row = by_term[term]
        t_value = row["coefficient"] / row["se_clustered"]
        money = (fmt.number(row[name]) for name in ("coefficient", "se", "se_clustered"))
        lines.append((words.code("cost_term", term), *money, fmt.number(t_value, 2)))
    return HtmlTable(
        key="cost_errors",
        caption=words("cost_errors"),
        columns=columns,
        blocks=plain_rows(lines),
        notes=(words("note_cost_errors"),),
    )


def sensitivity_table(edition: Edition) -> HtmlTable | None:
    """How cost class changes when fewer account groups count (the report's sensitivity)."""
    fewer, costs = edition.data.cost_sensitivity, edition.data.cost_indicators
    if fewer is None or fewer.empty or costs is None:
        return None
    words, groups = edition.words, _ranges(edition)
    both = costs.merge(fewer, on="municipality_code", suffixes=("", "_fewer"))
    both = both[~both["assessment"].map(is_missing) & ~both["assessment_fewer"].map(is_missing)]
    head = words("fewer_groups", groups=groups)
    columns = (
        text_column(words("all_groups")),
        *(Column(words.code("cost_class", name), head) for name in _COST_CLASSES),
    )
    lines = []
    for name in _COST_CLASSES:
        fewer_class = both.loc[both["assessment"] == name, "assessment_fewer"]
        counts = (edition.fmt.number((fewer_class == other).sum()) for other in _COST_CLASSES)
        lines.append((words.code("cost_class", name), *counts))
    return HtmlTable(
        key="cost_sensitivity",
        caption=words("cost_sensitivity", groups=groups),
        columns=columns,
        blocks=plain_rows(lines),
        notes=_sensitivity_notes(edition, both, fewer),
    )


def _sensitivity_notes(
    edition: Edition, both: pd.DataFrame, fewer: pd.DataFrame
) -> tuple[str, ...]:
    """How alike the two cost indicators are, and what goes with composition when fewer groups
    count."""
    words, fmt = edition.words, edition.fmt
    alike = words(
        "note_sensitivity",
        correlation=fmt.number(both["cost_indicator"].corr(both["cost_indicator_fewer"]), 2),
        same=fmt.number((both["quintile"] == both["quintile_fewer"]).sum()),
        n=fmt.number(len(both)),
    )
    shares = fewer["r_squared"].dropna()
    if shares.empty:
        return (alike,)
    share = words("note_sensitivity_explained", share=fmt.percent(shares.iloc[0]))
    return alike, " ".join([share, *Beside(edition).notes("note_sensitivity_stated")])


def _ranges(edition: Edition) -> str:
    """The account groups that count in the sensitivity, runs of neighbours as first–last."""
    assert edition.settings.cost is not None
    return runs_of(sorted(int(code) for code in edition.settings.cost.sensitivity_groups), 3)
