"""Lines of the comparison with the printed report: expenditure, cost need, costs and results."""

from collections.abc import Iterator

import numpy as np

from kommunebench.report.edition import Edition
from kommunebench.report.published import figures_by, printed_table

# Label, the run's figure, the published one, decimals.
Line = tuple[str, float | None, float | None, int]
_NEIGHBOURS = 1


def expenditure(edition: Edition) -> Iterator[Line]:
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


def groups(edition: Edition) -> Iterator[Line]:
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


def unit_costs(edition: Edition) -> Iterator[Line]:
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


def cost_model(edition: Edition) -> Iterator[Line]:
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
    yield edition.words("cmp_within"), share_within(pairs), 100.0, 0


def cost_fifths(edition: Edition) -> Iterator[Line]:
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


def classes(edition: Edition) -> Iterator[Line]:
    if not edition.compares("indicators"):
        return
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


def share_within(pairs: list[tuple[float, float, float, float]]) -> float | None:
    """Percent of pairs (own, error, published, error) no more than two combined standard errors
    apart."""
    values = np.array(pairs, float).reshape(-1, 4)
    values = values[np.isfinite(values).all(axis=1)]
    if not len(values):
        return None
    distance = np.abs(values[:, 0] - values[:, 2]) / np.hypot(values[:, 1], values[:, 3])
    return float(100 * (distance <= 2).mean())
