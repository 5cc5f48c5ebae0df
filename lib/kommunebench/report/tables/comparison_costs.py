"""Lines of the comparison with the printed report: expenditure, cost need, costs and results."""

from collections.abc import Iterator

import numpy as np

from kommunebench.report.edition import Edition
from kommunebench.report.published import figures_by, printed_table

# Label, the run's figure, the published one, decimals.
Line = tuple[str, float | None, float | None, int]
_NEIGHBOURS = 1


def expenditure(edition: Edition) -> Iterator[Line]:
    """Programme expenditure and state refund of each year."""
    rows = edition.data.expenditure
    if rows is None:
        return
    printed = figures_by("table_4_1_expenditure", ("block", "line", "year"), "million_dkk_2015")
    of_run = {
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
                of_run.get((block, line, year)),
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
    """Mean and standard deviation of unit costs in each year."""
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
        for year, costs in compared.groupby("year")["unit_cost"]:
            yield (
                edition.words(key, year=int(float(str(year)))),
                float(costs.agg(statistic)),
                printed(int(float(str(year)))),
                0,
            )


def cost_model(edition: Edition) -> Iterator[Line]:
    """Fit of each cost model, and how many coefficients of the last agree with the printed ones."""
    rows = edition.data.cost_model
    if rows is None:
        return
    for model, terms in rows.groupby(rows["model"].astype(int)):
        fit = figures_by("table_5_1_cost_model_fit", ("model",), "r_squared")(model)
        yield edition.words("cmp_r2", model=model), terms["r_squared"].iloc[0], fit, 3
    last = rows[rows["model"] == rows["model"].max()]
    last_model = int(last["model"].iloc[0])
    printed, t_value = (
        figures_by("table_5_1_cost_model", ("model", "term"), c) for c in ("coefficient", "t_value")
    )
    yield (
        edition.words("cmp_observations"),
        last["n"].iloc[0],
        figures_by("table_5_1_cost_model_fit", ("model",), "n")(last_model),
        0,
    )
    pairs = []
    for _, row in last[~last["is_reference"]].iterrows():
        value, t = printed(last_model, row["term"]), t_value(last_model, row["term"])
        if value is not None and t:
            pairs.append((row["coefficient"], row["se"], value, abs(value / t)))
    yield edition.words("cmp_within"), share_within(pairs), 100.0, 0


def cost_fifths(edition: Edition) -> Iterator[Line]:
    """Mean cost indicator of each fifth, and how many municipalities are in the same fifth or the
    next."""
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
    same = [abs(one - other) <= _NEIGHBOURS for one, other in pairs if other is not None]
    if same:
        yield edition.words("cmp_same_fifth"), float(100 * np.mean(same)), 100.0, 0


def classes(edition: Edition) -> Iterator[Line]:
    """Municipalities in each class of cost and of result, and the slope of result on cost."""
    if not edition.compares("indicators"):
        return
    rows, words = edition.data.cost_by_result, edition.words
    if rows is not None:
        keys = ("cost_class", "result_class")
        printed = figures_by("table_5_3_cost_by_result", keys, "corrected_municipalities")
        of_run = {(r["cost_class"], r["result_class"]): r["units"] for _, r in rows.iterrows()}
        labels = {
            (name, "total"): words("cmp_cost_class", what=words.code("cost_class", name).lower())
            for name in ("above", "as_expected", "below")
        } | {
            ("total", name): words("cmp_result_class", what=edition.short_assessment(name))
            for name in ("better", "as_expected", "worse")
        }
        for key, label in labels.items():
            yield label, of_run.get(key), printed(*key), 0
    yield from _slope(edition)


def _slope(edition: Edition) -> Iterator[Line]:
    rows = edition.data.efficiency_regressions
    if rows is None:
        return
    slope = rows[(rows["specification"] == "linear") & (rows["term"] == "cost_indicator")]
    if len(slope):
        printed = figures_by("figure_5_1_regression", ("specification", "term"), "coefficient")
        published = printed("all", "cost_indicator")
        yield edition.words("cmp_slope"), slope["coefficient"].iloc[0], published, 3


def share_within(pairs: list[tuple[float, float, float, float]]) -> float | None:
    """Percent of pairs (the run's figure, its error, the published one, its error) that are no more
    than two combined standard errors apart."""
    values = np.array(pairs, float).reshape(-1, 4)
    values = values[np.isfinite(values).all(axis=1)]
    if not len(values):
        return None
    distance = np.abs(values[:, 0] - values[:, 2]) / np.hypot(values[:, 1], values[:, 3])
    return float(100 * (distance <= 2).mean())
