"""What the published cost tables say of themselves; anomalies of the source are met knowingly, by
their number."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from scipy.stats import t as student_t

from kommunebench.costs import fit_efficiency_regressions
from kommunebench.reference import read_reference

SCALARS = read_reference("scalars").set_index("key")["value"]
YEARS = [str(year) for year in range(2011, 2016)]


def stated(key: str) -> float:
    return float(SCALARS[key])


def numbers(name: str) -> pd.DataFrame:
    frame = read_reference(name)
    return frame.apply(lambda column: pd.to_numeric(column, errors="coerce").fillna(column))


@pytest.fixture
def table_4_1() -> pd.DataFrame:
    frame = read_reference("table_4_1_expenditure")
    return frame.assign(value=frame["million_dkk_2015"].astype(float)).pivot(
        index="year", columns=["block", "line"], values="value"
    )


def by_group(year: str, *groups: int) -> float:
    frame = read_reference("table_4_2_expenditure_by_group")
    codes = {f"5.60.{group:03d}" for group in groups}
    return float(
        frame[(frame["year"] == year) & frame["group_code"].isin(codes)]["million_dkk_2015"]
        .astype(float)
        .sum()
    )


def test_net_of_table_4_1_is_the_sum_of_its_lines(table_4_1: pd.DataFrame) -> None:
    total = table_4_1["total"]
    net = total["gross_less_payments"] + total["state_refund"] + total["other_income"]
    assert net.to_numpy() == pytest.approx(total["net"].to_numpy(), abs=0.11)
    for line in ("gross", "payments_from_municipalities", "gross_less_payments"):
        blocks = table_4_1["programme"][line] + table_4_1["other_groups"][line]
        assert blocks.to_numpy() == pytest.approx(total[line].to_numpy(), abs=0.11)


def test_tables_4_1_and_4_2_agree(table_4_1: pd.DataFrame) -> None:
    groups = (*range(1, 12), 14, 15, 16)
    sums = np.array([by_group(year, *groups) for year in YEARS])
    assert sums == pytest.approx(table_4_1["programme"]["gross_less_payments"].to_numpy(), abs=0.21)


def test_numbers_in_the_text_of_chapter_4(table_4_1: pd.DataFrame) -> None:
    programme, total = table_4_1["programme"]["gross_less_payments"], table_4_1["total"]
    found = {
        "programme_growth_factor": (programme["2015"] / programme["2011"], 0.05),
        "net_growth_factor": (total["net"]["2015"] / total["net"]["2011"], 0.05),
        "state_refund_growth_percent": (
            100 * (total["state_refund"]["2015"] / total["state_refund"]["2011"] - 1),
            1.0,
        ),
        "net_2015_rounded": (total["net"]["2015"], 2.5),
        "danish_education_2013_rounded": (by_group("2013", 10, 11), 5.0),
        "danish_education_2015_rounded": (by_group("2015", 10, 11), 5.0),
        "guidance_2015_rounded": (by_group("2015", 1), 5.0),
        "mentors_2013_rounded": (by_group("2013", 4), 0.5),
        "mentors_2015_rounded": (by_group("2015", 4), 0.5),
        "interpreters_2013_rounded": (by_group("2013", 14), 0.5),
    }
    for key, (value, tolerance) in found.items():
        assert value == pytest.approx(stated(key), abs=tolerance), key


def test_a29_groups_1_to_9_are_a_quarter_and_not_a_third() -> None:
    share = sum(by_group(y, *range(1, 10)) for y in YEARS) / sum(
        by_group(y, *range(1, 12), 14, 15, 16) for y in YEARS
    )
    assert share == pytest.approx(0.274, abs=0.0005)
    assert abs(share - stated("sensitivity_expenditure_share")) > 0.05


def test_a16_printed_deviations_of_table_4_3_are_standard_errors() -> None:
    for row in numbers("table_4_3_unit_cost_by_year").head(5).itertuples():
        low, high, mean, n = (
            row.min_dkk_2015,
            row.max_dkk_2015,
            row.mean_dkk_2015,
            row.municipalities,
        )
        rest = (n * mean - low - high) / (n - 2)
        least = np.sqrt(
            ((low - mean) ** 2 + (high - mean) ** 2 + (n - 2) * (rest - mean) ** 2) / (n - 1)
        )
        assert row.std_dev_dkk_2015 < least
        assert row.corrected_std_dev_dkk_2015 > least
        assert row.std_dev_dkk_2015 * np.sqrt(n) == pytest.approx(
            row.corrected_std_dev_dkk_2015, abs=0.5
        )


def test_a17_and_a18_mean_of_years_and_highest_cost() -> None:
    table = numbers("table_4_3_unit_cost_by_year")
    yearly = table["mean_dkk_2015"].head(5).mean()
    assert yearly == pytest.approx(81_922, abs=0.5)
    assert table.loc[5, "mean_dkk_2015"] == 83_329
    assert abs(table.loc[0, "max_dkk_2015"] - stated("unit_cost_2011_max_rounded")) > 1000
    assert table.loc[4, "max_dkk_2015"] / table.loc[4, "min_dkk_2015"] > stated(
        "unit_cost_2015_max_to_min_more_than"
    )
    for key, value in (("unit_cost_2014_rounded", 76_084), ("unit_cost_2012_rounded", 87_046)):
        assert round(value, -3) == stated(key)


def test_stars_of_table_5_1_follow_from_its_t_values() -> None:
    table = read_reference("table_5_1_cost_model").query("is_reference == 'false'")
    for row in table.itertuples():
        p = 2 * norm.sf(abs(float(row.t_value)))
        assert row.stars == "*" * sum(p < level for level in (0.10, 0.05, 0.01)), row.term


def test_a19_one_percentage_point_is_a_hundredth_of_the_coefficient() -> None:
    third = (
        read_reference("table_5_1_cost_model")
        .query("model == '3'")
        .set_index("term")["coefficient"]
    )
    for term, key in (("refugee", "text_refugee_effect"), ("danish_2", "text_danish_2_effect")):
        assert round(float(third[term]), -3) == stated(key)
        assert abs(float(third[term]) / 100 - stated(key)) > 10_000


def test_first_and_last_fifth_of_table_5_2_are_those_of_the_text() -> None:
    means = (
        numbers("table_5_2_cost_quintiles")
        .groupby("quintile")["quintile_mean_cost_indicator"]
        .first()
    )
    assert 100 * (1 - means[1]) == pytest.approx(stated("cost_quintile_1_below_expected_percent"))
    assert 100 * (means[5] - 1) == pytest.approx(stated("cost_quintile_5_above_expected_percent"))


def r_squared_from_t(coefficient: float, se: float, df: int) -> tuple[float, float]:
    """Lowest and highest R² that the rounding of coefficient and error to three digits allows."""
    t = [(coefficient + a) / (se + b) for a in (-0.0005, 0.0005) for b in (-0.0005, 0.0005)]
    return min(t) ** 2 / (min(t) ** 2 + df), max(t) ** 2 / (max(t) ** 2 + df)


def test_figure_5_1_r_squared_follows_from_the_slope() -> None:
    """In a regression on one variable R² = t² / (t² + n - 2); A21: without municipality 169 there
    are 91."""
    table = numbers("figure_5_1_regression").query("term == 'cost_indicator'")
    for row in table.itertuples():
        low, high = r_squared_from_t(
            row.coefficient, row.std_error, int(row.corrected_municipalities) - 2
        )
        assert low - 0.0005 <= row.r_squared <= high + 0.0005, row.specification


def test_a20_p_values_of_figure_5_1_are_interchanged() -> None:
    for row in numbers("figure_5_1_regression").itertuples():
        df = int(row.corrected_municipalities) - 2
        p = [2 * student_t.sf(row.coefficient / (row.std_error + d), df) for d in (-0.0005, 0.0005)]
        assert min(p) - 0.006 <= float(row.corrected_p_value) <= max(p) + 0.006
        if row.specification == "all":
            assert float(row.p_value) != float(row.corrected_p_value)


def test_identity_of_r_squared_and_slope_holds_for_our_own_regressions() -> None:
    rng = np.random.default_rng(8)
    cost = rng.uniform(0.5, 2.0, 92)
    units = pd.DataFrame(
        {
            "municipality_code": [str(100 + i) for i in range(92)],
            "cost_indicator": cost,
            "indicator": 0.95 + 0.05 * cost + 0.05 * rng.normal(size=92),
            "persons": rng.integers(100, 1800, 92),
        }
    )
    fit = fit_efficiency_regressions(units).fits["linear"]
    t2 = fit.t_values["cost_indicator"] ** 2
    assert fit.r_squared == pytest.approx(t2 / (t2 + 90))
