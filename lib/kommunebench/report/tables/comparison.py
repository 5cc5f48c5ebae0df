"""Each published table of the KORA report in a few figures beside the run's."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from kommunebench.report.edition import Edition
from kommunebench.report.published import figures_by, printed_table
from kommunebench.report.tables.beside import Beside
from kommunebench.report.tables.model import Block, HtmlTable, Row, text_column

# Label, the run's figure, the published one, decimals.
Line = tuple[str, float | None, float | None, int]
_FIFTHS = (1, 3, 5)
_NEIGHBOURS = 1


def comparison_table(edition: Edition) -> HtmlTable | None:
    """Key figures of every published table the run has a counterpart to; None without comparison or
    where the run has none."""
    beside = Beside(edition)
    if not beside.compares or not edition.from_registers:
        return None
    makers: dict[str, Callable[[Edition], Iterator[Line]]] = {
        "cmp_t21": _by_sex, "cmp_t22": _by_basis, "cmp_t31": _variance, "cmp_t32": _fifths, "cmp_t41": _expenditure,
        "cmp_t42": _groups, "cmp_t43": _unit_costs, "cmp_t51": _cost_model, "cmp_t52": _cost_fifths, "cmp_t53": _classes,
        "cmp_a51": _municipalities, "cmp_a61": _coefficients,
    }  # fmt: skip
    blocks = []
    for key, make in makers.items():
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
        "comparison", caption, columns, tuple(blocks), (edition.words("note_comparison"),)
    )


def _outcomes(
    edition: Edition, breakdown: str, reference: str, column: str, values: tuple[str, ...]
) -> Iterator[Line]:
    rows, words = edition.data.spell_outcomes, edition.words
    if rows is None:
        return
    printed = figures_by(reference, (breakdown, "outcome", "quantity"), column)
    own = {
        (r["value"], r["outcome"]): r for _, r in rows[rows["breakdown"] == breakdown].iterrows()
    }
    for value in values:
        who = words("cmp_everybody") if value == "total" else words.code("breakdown_value", value)
        cells = {outcome: own.get((value, outcome)) for outcome in ("success", "left", "total")}
        success, left, total = cells["success"], cells["left"], cells["total"]
        if success is None or left is None or total is None:
            continue
        yield words("cmp_spells", who=who), total["spells"], printed(value, "total", "spells"), 0
        yield (
            words("cmp_success", who=who),
            100 * success["share"],
            printed(value, "success", "percent"),
            0,
        )
        yield words("cmp_left", who=who), 100 * left["share"], printed(value, "left", "percent"), 0
        yield (
            words("cmp_weeks", who=who),
            success["mean_weeks"],
            printed(value, "success", "mean_weeks"),
            0,
        )
        yield (
            words("cmp_all_weeks", who=who),
            total["mean_weeks"],
            printed(value, "all", "mean_weeks"),
            0,
        )


def _by_sex(edition: Edition) -> Iterator[Line]:
    return _outcomes(edition, "sex", "table_2_1_spells_by_sex", "value", ("men", "women", "total"))


def _by_basis(edition: Edition) -> Iterator[Line]:
    values = ("refugee", "family_reunified")
    return _outcomes(
        edition, "residence_basis", "table_2_2_spells_by_residence_basis", "corrected_value", values
    )


def _variance(edition: Edition) -> Iterator[Line]:
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
    own = {int(row["quintile"]): row for _, row in edition.data.quintile_means.iterrows()}
    quantities = (
        ("cmp_indicator", "indicator", "benchmark_indicator", 3), ("cmp_observed", "observed_duration", "mean_observed_weeks", 1),
    )  # fmt: skip
    for key, column, reference, decimals in quantities:
        printed = figures_by("table_3_2_quintiles", ("quintile",), reference)
        for fifth in [f for f in _FIFTHS if f in own]:
            yield (
                edition.words(key, fifth=fifth),
                float(own[fifth][column]),
                printed(fifth),
                decimals,
            )


def _expenditure(edition: Edition) -> Iterator[Line]:
    rows = edition.data.expenditure
    if rows is None:
        return
    printed = figures_by("table_4_1_expenditure", ("block", "line", "year"), "million_dkk_2015")
    own = {
        (r["block"], r["line"], int(r["year"])): r["million_dkk_2015"] for _, r in rows.iterrows()
    }
    years = sorted({int(year) for year in rows["year"]})
    for key, block, line in (
        ("cmp_programme", "programme", "gross_less_payments"),
        ("cmp_refund", "total", "state_refund"),
    ):
        for year in years:
            yield (
                edition.words(key, year=year),
                own.get((block, line, year)),
                printed(block, line, year),
                1,
            )


def _groups(edition: Edition) -> Iterator[Line]:
    """The three largest groups of the last year."""
    rows = edition.data.expenditure_by_group
    if rows is None:
        return
    year = int(rows["year"].max())
    printed = {
        row["group_code"][-3:]: float(row["million_dkk_2015"])
        for _, row in printed_table("table_4_2_expenditure_by_group").iterrows()
        if row["year"] == str(year) and row["million_dkk_2015"]
    }
    last = rows[(rows["year"] == year) & (rows["account_group"] != "total")].nlargest(
        3, "million_dkk_2015"
    )
    for _, row in last.iterrows():
        code = str(row["account_group"])[-3:]
        yield (
            edition.words("cmp_group", group=code, year=year),
            row["million_dkk_2015"],
            printed.get(code),
            1,
        )


def _unit_costs(edition: Edition) -> Iterator[Line]:
    rows = edition.data.unit_costs
    if rows is None:
        return
    included = set(edition.compared["municipality_code"])
    compared = rows[rows["municipality_code"].isin(included)]
    for key, column, statistic in (
        ("cmp_unit_cost", "mean_dkk_2015", "mean"),
        ("cmp_unit_cost_sd", "corrected_std_dev_dkk_2015", "std"),
    ):
        printed = figures_by("table_4_3_unit_cost_by_year", ("period",), column)
        for year, own in compared.groupby("year")["unit_cost"]:
            yield (
                edition.words(key, year=int(float(str(year)))),
                float(own.agg(statistic)),
                printed(int(float(str(year)))),
                0,
            )


def _cost_model(edition: Edition) -> Iterator[Line]:
    rows = edition.data.cost_model
    if rows is None:
        return
    for model, own in rows.groupby("model"):
        number = int(float(str(model)))
        fit = figures_by("table_5_1_cost_model_fit", ("model",), "r_squared")(number)
        yield edition.words("cmp_r2", model=number), own["r_squared"].iloc[0], fit, 3
    last = rows[rows["model"] == rows["model"].max()]
    number = int(last["model"].iloc[0])
    printed, t_value = (
        figures_by("table_5_1_cost_model", ("model", "term"), c) for c in ("coefficient", "t_value")
    )
    yield (
        edition.words("cmp_observations"),
        last["n"].iloc[0],
        figures_by("table_5_1_cost_model_fit", ("model",), "n")(number),
        0,
    )
    pairs = []
    for _, row in last[~last["is_reference"]].iterrows():
        value, t = printed(number, row["term"]), t_value(number, row["term"])
        if value is not None and t:
            pairs.append((row["coefficient"], row["se"], value, abs(value / t)))
    yield edition.words("cmp_within"), _within(pairs), 100.0, 0


def _within(pairs: list[tuple[float, float, float, float]]) -> float | None:
    """Percent of pairs (own, error, published, error) no more than two combined standard errors
    apart."""
    values = np.array(pairs, float).reshape(-1, 4)
    values = values[np.isfinite(values).all(axis=1)]
    if not len(values):
        return None
    distance = np.abs(values[:, 0] - values[:, 2]) / np.hypot(values[:, 1], values[:, 3])
    return float(100 * (distance <= 2).mean())


def _cost_fifths(edition: Edition) -> Iterator[Line]:
    rows = edition.data.cost_indicators
    if rows is None:
        return
    means = rows[rows["quintile"].notna()].groupby("quintile")["cost_indicator"].mean()
    printed = figures_by("table_5_2_cost_quintiles", ("quintile",), "quintile_mean_cost_indicator")
    for fifth, mean in means.items():
        yield (
            edition.words("cmp_cost_fifth", fifth=int(float(str(fifth)))),
            mean,
            printed(int(float(str(fifth)))),
            2,
        )
    published = figures_by("table_5_2_cost_quintiles", ("municipality_code",), "quintile")
    pairs = [
        (row["quintile"], published(row["municipality_code"]))
        for _, row in rows[rows["quintile"].notna()].iterrows()
    ]
    same = [abs(own - other) <= _NEIGHBOURS for own, other in pairs if other is not None]
    if same:
        yield edition.words("cmp_same_fifth"), float(100 * np.mean(same)), 100.0, 0


def _classes(edition: Edition) -> Iterator[Line]:
    rows, words = edition.data.cost_by_result, edition.words
    if rows is not None:
        printed = figures_by(
            "table_5_3_cost_by_result", ("cost_class", "result_class"), "corrected_municipalities"
        )
        own = {(r["cost_class"], r["result_class"]): r["units"] for _, r in rows.iterrows()}
        for name in ("above", "as_expected", "below"):
            key = (name, "total")
            yield (
                words("cmp_cost_class", what=words.code("cost_class", name).lower()),
                own.get(key),
                printed(*key),
                0,
            )
        for name in ("better", "as_expected", "worse"):
            key = ("total", name)
            yield (
                words("cmp_result_class", what=edition.short_assessment(name)),
                own.get(key),
                printed(*key),
                0,
            )
    lines = edition.data.efficiency_regressions
    if lines is not None:
        slope = lines[(lines["specification"] == "linear") & (lines["term"] == "cost_indicator")]
        if len(slope):
            printed_slope = figures_by(
                "figure_5_1_regression", ("specification", "term"), "coefficient"
            )
            yield (
                words("cmp_slope"),
                slope["coefficient"].iloc[0],
                printed_slope("all", "cost_indicator"),
                3,
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
        "cmp_what_spells": (rows["spells"], "corrected_spells", 0),
        "cmp_what_success": (100 * rows["events"] / rows["spells"], "success_percent", 1),
        "cmp_what_weeks": (rows["observed_duration"], "mean_observed_weeks", 1),
    }
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
        share = _within(pairs)
        if share is not None:
            yield (
                f"{edition.words('cmp_within')}, {edition.words.code('group', group).lower()}",
                share,
                100.0,
                0,
            )
