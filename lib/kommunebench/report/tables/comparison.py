"""Each published table of the KORA report in a few figures beside the run's."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.published import figures_by, printed_table
from kommunebench.report.tables import comparison_costs
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.comparison_costs import Line, share_within
from kommunebench.report.tables.model import Block, HtmlTable, Row, text_column

_FIFTHS = (1, 3, 5)


def comparison_table(edition: Edition) -> HtmlTable | None:
    """Key figures of every published table the run has a counterpart to; None without comparison or
    where the run has none."""
    beside = Beside(edition)
    if not beside.compares or not edition.from_registers:
        return None
    blocks = []
    for key, make in _makers().items():
        rows = tuple(
            Row((label, *beside.cells(run, printed, decimals)))
            for label, run, printed, decimals in make(edition)
        )
        if rows:
            blocks.append(Block(rows, edition.words(key)))
    columns = (text_column(edition.words("figure_of_table")), *beside.columns(""))
    caption = edition.words(
        "comparison_table_simulated" if edition.data.run.simulated else "comparison_table"
    )
    return HtmlTable(
        key="comparison",
        caption=caption,
        columns=columns,
        blocks=tuple(blocks),
        notes=(edition.words("note_comparison"),),
    )


def _makers() -> dict[str, Callable[[Edition], Iterator[Line]]]:
    """What makes the lines of each published table."""
    return {
        "cmp_t21": _by_sex,
        "cmp_t22": _by_basis,
        "cmp_t31": _variance,
        "cmp_t32": _fifths,
        "cmp_t41": comparison_costs.expenditure,
        "cmp_t42": comparison_costs.groups,
        "cmp_t43": comparison_costs.unit_costs,
        "cmp_t51": comparison_costs.cost_model,
        "cmp_t52": comparison_costs.cost_fifths,
        "cmp_t53": comparison_costs.classes,
        "cmp_a51": _municipalities,
        "cmp_a61": _coefficients,
    }


def _outcomes(
    edition: Edition, breakdown: str, reference: str, column: str, values: tuple[str, ...]
) -> Iterator[Line]:
    rows, words = edition.data.spell_outcomes, edition.words
    if rows is None:
        return
    printed = figures_by(reference, (breakdown, "outcome", "quantity"), column)
    of_run = {
        (r["value"], r["outcome"]): r for _, r in rows[rows["breakdown"] == breakdown].iterrows()
    }
    for value in values:
        who = words("cmp_everybody") if value == "total" else words.code("breakdown_value", value)
        cells = {outcome: of_run.get((value, outcome)) for outcome in ("success", "left", "total")}
        success, left, total = cells["success"], cells["left"], cells["total"]
        if success is None or left is None or total is None:
            continue
        figures = (
            ("cmp_spells", total["spells"], ("total", "spells")),
            ("cmp_success", 100 * success["share"], ("success", "percent")),
            ("cmp_left", 100 * left["share"], ("left", "percent")),
            ("cmp_weeks", success["mean_weeks"], ("success", "mean_weeks")),
            ("cmp_all_weeks", total["mean_weeks"], ("all", "mean_weeks")),
        )
        for key, figure, place in figures:
            yield words(key, who=who), figure, printed(value, *place), 0


def _by_sex(edition: Edition) -> Iterator[Line]:
    return _outcomes(edition, "sex", "table_2_1_spells_by_sex", "value", ("men", "women", "total"))


def _by_basis(edition: Edition) -> Iterator[Line]:
    values = ("refugee", "family_reunified")
    return _outcomes(
        edition, "residence_basis", "table_2_2_spells_by_residence_basis", "corrected_value", values
    )


def _variance(edition: Edition) -> Iterator[Line]:
    if not edition.compares("durations"):
        return
    words, by_component = edition.words, edition.data.variance_reduction.set_index("component")
    for component in [c for c in ("observed", "unexplained") if c in by_component.index]:
        row, who = by_component.loc[[component]].iloc[0], words.code("component", component)
        for key, column in (("cmp_mean", "mean_weeks"), ("cmp_sd", "sd_weeks")):
            printed = figures_by("table_3_1_variance_reduction", ("component",), column)(component)
            yield words(key, who=who), float(row[column]), printed, 1
        if component == "unexplained":
            printed = figures_by(
                "table_3_1_variance_reduction", ("component",), "variance_reduction_percent"
            )(component)
            yield words("cmp_reduction"), 100 * float(row["variance_reduction"]), printed, 1


def _fifths(edition: Edition) -> Iterator[Line]:
    if not edition.compares("indicators"):
        return
    of_run = {int(row["quintile"]): row for _, row in edition.data.quintile_means.iterrows()}
    quantities = (
        ("cmp_indicator", "indicator", "benchmark_indicator", 3),
        ("cmp_observed", "observed_duration", "mean_observed_weeks", 1),
    )
    for key, column, reference, decimals in quantities:
        printed = figures_by("table_3_2_quintiles", ("quintile",), reference)
        for fifth in [f for f in _FIFTHS if f in of_run]:
            yield (
                edition.words(key, fifth=fifth),
                float(of_run[fifth][column]),
                printed(fifth),
                decimals,
            )


def _municipalities(edition: Edition) -> Iterator[Line]:
    words = edition.words
    table = printed_table("appendix_5_1_municipalities").set_index("municipality_code")
    rows = edition.compared.set_index("municipality_code")
    codes = [code for code in rows.index if code in table.index]
    if len(codes) < 3:
        return
    rows, table = rows.loc[codes], table.loc[codes]
    quantities = {
        "cmp_what_spells": (rows["cases"], "corrected_spells", 0),
        "cmp_what_success": (100 * rows["events"] / rows["cases"], "success_percent", 1),
    }
    if edition.compares("durations"):
        quantities["cmp_what_weeks"] = (rows["observed"], "mean_observed_weeks", 1)
    for key, (run, column, decimals) in quantities.items():
        printed = pd.to_numeric(table[column])
        yield (
            words("cmp_correlation", what=words(key)),
            float(np.corrcoef(run.astype(float), printed)[0, 1]),
            1.0,
            2,
        )
        yield (
            words("cmp_apart", what=words(key)),
            float((run.astype(float) - printed).abs().mean()),
            0.0,
            decimals,
        )


def _coefficients(edition: Edition) -> Iterator[Line]:
    printed, error = (
        figures_by("appendix_6_1_cox_coefficients", ("sex", "term_en"), c)
        for c in ("coefficient", "std_error")
    )
    for group, rows in edition.data.cox_coefficients.groupby("group"):
        pairs = []
        for _, row in rows[~rows["is_reference"]].iterrows():
            value, se = printed(group, row["term"]), error(group, row["term"])
            if value is not None and se is not None:
                pairs.append((row["coefficient"], row["se"], value, se))
        share = share_within(pairs)
        if share is not None:
            yield (
                f"{edition.words('cmp_within')}, {edition.words.code('group', group).lower()}",
                share,
                100.0,
                0,
            )
