"""The published tables by their keys, and the numbers that the report states in words."""

import numpy as np
import pandas as pd

from kommunebench.costs import build_cost_by_result, find_cost_potential
from kommunebench.reference import read_reference
from kommunebench.settings import load_analysis

SCALARS = read_reference("scalars").set_index("key")
MAIN = load_analysis("integration_employment")


def stated(key: str) -> float:
    return float(SCALARS.loc[key, "value"])


def cells(name: str, keys: str, value: str) -> dict[object, float]:
    """A column of a published table by its key columns; blanks left out."""
    rows = read_reference(name)
    rows = rows[rows[value] != ""]
    names = keys.split()
    index = rows[names[0]] if len(names) == 1 else zip(*(rows[n] for n in names), strict=True)
    return dict(zip(index, rows[value].astype(float), strict=True))


SPELLS = {
    (s, o): v
    for (s, o, q), v in cells("table_2_1_spells_by_sex", "sex outcome quantity", "value").items()
    if q == "spells"
}
WEEKS = {
    (s, o): v
    for (s, o, q), v in cells("table_2_1_spells_by_sex", "sex outcome quantity", "value").items()
    if q == "mean_weeks"
}
BASIS = cells("table_2_2_spells_by_residence_basis", "residence_basis outcome quantity", "value")
BASIS_CORRECTED = cells(
    "table_2_2_spells_by_residence_basis", "residence_basis outcome quantity", "corrected_value"
)
FIFTHS = (
    read_reference("table_3_2_quintiles")
    .set_index("quintile")
    .drop(columns="label_da")
    .astype(float)
)
ACCOUNTS = cells("table_4_1_expenditure", "block line year", "million_dkk_2015")
GROUPS = cells("table_4_2_expenditure_by_group", "group_code year", "million_dkk_2015")
UNIT_COST = read_reference("table_4_3_unit_cost_by_year").set_index("period")
COST = cells("table_5_3_cost_by_result", "cost_class result_class", "corrected_mean_unit_cost_dkk")
RESULT = cells("table_5_3_cost_by_result", "cost_class result_class", "mean_benchmark_indicator")
COUNT = cells("table_5_3_cost_by_result", "cost_class result_class", "corrected_municipalities")
COX = cells("appendix_6_1_cox_coefficients", "sex term_en", "coefficient")
COX_SE = cells("appendix_6_1_cox_coefficients", "sex term_en", "std_error")
FACT_SHEET = read_reference("factsheet_analyses").set_index("analysis")


def programme(year: int) -> float:
    return ACCOUNTS[("programme", "gross_less_payments", str(year))]


def total(line: str, year: int) -> float:
    return ACCOUNTS[("total", line, str(year))]


def group(year: int, *numbers: int) -> float:
    return sum(GROUPS[(f"5.60.{number:03d}", str(year))] for number in numbers)


def mean_over(groups: tuple[int, ...]) -> float:
    return float(np.mean([group(year, *groups) for year in (2011, 2012, 2013)]))


def unit_cost(period: str, column: str) -> float:
    return float(UNIT_COST.loc[period, f"{column}_dkk_2015"])


def table_3_1(column: str) -> dict[object, float]:
    return cells("table_3_1_variance_reduction", "component", column)


def variance_reduction() -> float:
    variance = table_3_1("variance")
    return 100 * (1 - variance["unexplained"] / variance["observed"])


def slope(specification: str) -> float:
    return cells("figure_5_1_regression", "specification term", "coefficient")[
        (specification, "cost_indicator")
    ]


def excluded(listed: str) -> list[str]:
    rows = read_reference("excluded_municipalities").query("list == @listed")
    return sorted(rows["municipality"])


def potential() -> float:
    """Section 5.2's difference by the product's own function, from municipalities with the
    published cell means."""
    rows = [
        (c, r, COST[(c, r)], RESULT[(c, r)])
        for (c, r), n in COUNT.items()
        if "total" not in (c, r)
        for _ in range(int(n))
    ]
    units = pd.DataFrame(
        rows, columns=["cost_assessment", "result_assessment", "mean_unit_cost", "indicator"]
    )
    units = units.assign(municipality_code=[str(i) for i in range(len(units))])
    return find_cost_potential(build_cost_by_result(units).table).difference


COST_FIFTHS = cells("table_5_2_cost_quintiles", "municipality_code", "quintile")
FIT = cells("table_5_1_cost_model_fit", "model", "r_squared")
