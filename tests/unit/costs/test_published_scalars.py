"""Every number the report and the fact sheet state in words: recomputed from their tables, met by a
default, or neither and said so.

Anomalies of the source keep the number of the reference tables' notes (A01 …): there the stated
number must *not* come back.
"""

import re

import numpy as np
import pandas as pd
import pytest

from kommunebench.costs import find_cost_potential, fit_regression
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
    return find_cost_potential(
        units.assign(municipality_code=[str(i) for i in range(len(units))])
    ).difference


COST_FIFTHS = cells("table_5_2_cost_quintiles", "municipality_code", "quintile")
FIT = cells("table_5_1_cost_model_fit", "model", "r_squared")

# key: (value from the tables, half a unit of the last digit stated, or what the words and the
# rounding of the parts allow)
RECOMPUTED = {
    "municipalities_in_study": (len(COST_FIFTHS), 0),
    "municipalities_in_denmark": (len(read_reference("municipalities")), 0),
    "excluded_count_tables_2_1_2_2": (98 - len(COST_FIFTHS), 0),
    "text_success_percent": (100 * SPELLS[("total", "success")] / SPELLS[("total", "total")], 0.5),
    "text_mean_weeks_all_spells": (
        sum(WEEKS[(s, "all")] * SPELLS[(s, "total")] for s in ("men", "women")) / SPELLS[("total", "total")], 1),  # both sexes rounded
    "text_mean_weeks_refugees": (BASIS_CORRECTED[("refugee", "success", "mean_weeks")], 0.5),
    "text_mean_weeks_family_reunified": (BASIS_CORRECTED[("family_reunified", "success", "mean_weeks")], 0.5),
    "text_basis_gap_weeks_just_under": (
        BASIS_CORRECTED[("refugee", "success", "mean_weeks")] - BASIS_CORRECTED[("family_reunified", "success", "mean_weeks")], 1),
    "mean_weeks_to_employment": (table_3_1("mean_weeks")["observed"], 0.5),
    "variance_reduction_percent": (variance_reduction(), 0.5),
    "remaining_variance_percent": (100 - variance_reduction(), 0.5),
    "programme_net_2011_rounded": (programme(2011), 5),
    "programme_net_2014_rounded": (programme(2014), 5),
    "programme_net_2015_rounded": (programme(2015), 50),
    "programme_growth_factor": (programme(2015) / programme(2011), 0.05),
    "state_refund_2011_rounded": (-total("state_refund", 2011), 50),
    "state_refund_2015_rounded": (-total("state_refund", 2015), 50),
    "state_refund_growth_percent": (100 * (total("state_refund", 2015) / total("state_refund", 2011) - 1), 0.5),
    "net_2011_rounded": (total("net", 2011), 5),
    "net_2015_rounded": (total("net", 2015), 2.5),
    "net_growth_factor": (total("net", 2015) / total("net", 2011), 0.05),
    "danish_education_2011_2013_rounded": (mean_over((10, 11)), 50),
    "danish_education_2013_rounded": (group(2013, 10, 11), 5),
    "danish_education_2015_rounded": (group(2015, 10, 11), 5),
    "guidance_2011_2013_rounded": (mean_over((1,)), 50),
    "guidance_2013_just_over": (group(2013, 1), 5),
    "guidance_2015_rounded": (group(2015, 1), 5),
    "mentors_2013_rounded": (group(2013, 4), 0.5),
    "mentors_2015_rounded": (group(2015, 4), 0.5),
    "interpreters_2013_rounded": (group(2013, 14), 0.5),
    "interpreters_2015_rounded": (group(2015, 14), 0.5),
    "unit_cost_2014_rounded": (unit_cost("2014", "mean"), 500),
    "unit_cost_2012_rounded": (unit_cost("2012", "mean"), 500),
    "unit_cost_2011_min_rounded": (unit_cost("2011", "min"), 500),
    "unit_cost_2015_min_rounded": (unit_cost("2015", "min"), 500),
    "unit_cost_2015_max_rounded": (unit_cost("2015", "max"), 500),
    "cost_model_r_squared_percent": (100 * FIT["3"], 0.5),
    "cost_quintile_1_size": (sum(fifth == 1 for fifth in COST_FIFTHS.values()), 0),
    "cost_quintile_1_below_expected_percent": (
        100 * (1 - cells("table_5_2_cost_quintiles", "quintile", "quintile_mean_cost_indicator")["1"]), 0.5),
    "cost_quintile_5_above_expected_percent": (
        100 * (cells("table_5_2_cost_quintiles", "quintile", "quintile_mean_cost_indicator")["5"] - 1), 0.5),
    "figure_5_1_municipalities": (cells("figure_5_1_regression", "specification", "corrected_municipalities")["all"], 0),
    "text_effect_of_cost_1_5_against_0_5": (
        100 * slope("all") * (stated("text_cost_indicator_high") - stated("text_cost_indicator_low")), 0.5),
    "text_low_cost_good_result_municipalities": (COUNT[("below", "better")], 0),
    "text_low_cost_good_result_cost": (COST[("below", "better")], 0),
    "text_low_cost_good_result_indicator": (RESULT[("below", "better")], 0),
    "text_mean_cost_all": (COST[("total", "total")], 0),
    "text_low_cost_good_result_saving": (COST[("total", "total")] - COST[("below", "better")], 1000),
    "text_expected_cost_good_result_above_percent": (100 * (RESULT[("as_expected", "better")] - 1), 0.5),
    "as_expected_result_municipalities": (COUNT[("total", "as_expected")], 0),
    "as_expected_result_percent": (100 * COUNT[("total", "as_expected")] / COUNT[("total", "total")], 0.5),
    "as_expected_cost_municipalities": (COUNT[("as_expected", "total")], 0),
    "as_expected_result_high_cost_municipalities": (COUNT[("above", "as_expected")], 0),
    "as_expected_result_low_cost_municipalities": (COUNT[("below", "as_expected")], 0),
    "possible_saving_per_person": (potential(), 500),
    "fs_analyses": (len(FACT_SHEET), 0),
    "fs_best_listed": (read_reference("factsheet_top10").groupby("analysis").size().min(), 0),
    "fs_arrival_age_max": (float(FACT_SHEET.loc["2", "arrival_age_max"]), 0),
    "fs_youth_age_min": (float(FACT_SHEET.loc["2", "age_min"]), 0),
    "fs_youth_age_max": (float(FACT_SHEET.loc["2", "age_max"]), 0),
    "fs_immigrant_age_min": (float(FACT_SHEET.loc["3", "age_min"]), 0),
    "fs_immigrant_age_max": (float(FACT_SHEET.loc["4", "age_max"]), 0),
    "fs_horizon_years": (float(FACT_SHEET.loc["5", "horizon_years"]), 0),
    "fs_refugee_age_min": (float(FACT_SHEET.loc["5", "age_min"]), 0),
    "fs_refugee_age_max": (float(FACT_SHEET.loc["5", "age_max"]), 0),
}  # fmt: skip

# key: (anomaly, value from the tables, how far the stated number at least is from it)
CONTRADICTED = {
    "excluded_count_table_3_1": ("A01", 98 - len(COST_FIFTHS), 1),
    "best_fifth_faster_percent": ("A13", 100 * (FIFTHS.loc["1", "benchmark_indicator"] / FIFTHS.loc["5", "benchmark_indicator"] - 1), 5),
    "best_fifth_faster_months": (
        "A13", (FIFTHS.loc["5", "mean_observed_weeks"] - FIFTHS.loc["1", "mean_observed_weeks"]) * 12 / 52.18, 3),
    "share_within_statistical_margin": ("A15", COUNT[("total", "as_expected")] / COUNT[("total", "total")], 0.05),
    "cost_variation_explained_summary": ("A35", FIT["3"], 0.01),
    "best_group_shorter_than_expected": ("A14", 100 * (1 - 1 / FIFTHS.loc["1", "benchmark_indicator"]), 0.2),
    "worst_group_longer_than_expected": ("A14", 100 * (1 / FIFTHS.loc["5", "benchmark_indicator"] - 1), 0.1),
    "text_success_percent_higher": ("A11", BASIS[("refugee", "success", "percent")], 40),
    "text_success_percent_lower": ("A11", BASIS[("family_reunified", "success", "percent")], 40),
    "unit_cost_2011_max_rounded": ("A18", unit_cost("2011", "max"), 1000),
    "unit_cost_2011_2015_rounded": ("A17", np.mean([unit_cost(str(y), "mean") for y in range(2011, 2016)]), 1500),
    "text_refugee_effect": ("A19", cells("table_5_1_cost_model", "model term", "coefficient")[("3", "refugee")] / 100, 10_000),
    "text_danish_2_effect": ("A19", cells("table_5_1_cost_model", "model term", "coefficient")[("3", "danish_2")] / 100, 10_000),
    "sensitivity_expenditure_share": (
        "A29", sum(group(y, *range(1, 10)) for y in range(2011, 2016)) / sum(programme(y) for y in range(2011, 2016)), 0.05),
    "text_expected_cost_good_result_municipalities": ("A22", COUNT[("as_expected", "better")], 20),
    "text_expected_cost_good_result_cost": ("A23", COST[("as_expected", "better")], 2500),
}  # fmt: skip
SAME_AS = {
    "best_to_worst_fifth_months": "best_fifth_faster_months",
    "discussion_faster_months": "best_fifth_faster_months",
    "discussion_faster_percent": "best_fifth_faster_percent",
}

# key: value the tables give, above the one stated as exceeded
BOUNDS = {
    "explained_between_municipalities_more_than": variance_reduction(),
    "discussion_explained_more_than": variance_reduction(),
    "text_basis_gap_success_more_than": BASIS[("family_reunified", "success", "percent")] - BASIS[("refugee", "success", "percent")],
    "unit_cost_2015_max_to_min_more_than": unit_cost("2015", "max") / unit_cost("2015", "min"),
}  # fmt: skip

# Choices of the report that are defaults of the main analysis.
CHOICES = {
    "expenditure_first_year": lambda a: a.cost.first_year,
    "expenditure_last_year": lambda a: a.cost.last_year,
    "cost_model_first_year": lambda a: a.cost.first_year,
    "cost_model_last_year": lambda a: a.cost.last_year,
    "permit_first_year": lambda a: a.population.window_start.year,
    "permit_last_year": lambda a: a.population.window_end.year,
    "population_age_min": lambda a: a.population.age_min,
    "population_age_max": lambda a: a.population.age_max,
    "age_at_exit": lambda a: a.observation.age_limit_year,
    "success_min_weeks": lambda a: a.employment.weeks,
    "success_min_hours_per_week": lambda a: a.employment.hours_per_week,
    "employment_mean_hours_per_week": lambda a: a.employment.hours_per_week,
    "horizon_weeks": lambda a: a.observation.horizon_weeks,
    "appendix_3_horizon_weeks": lambda a: a.observation.horizon_weeks,
    "min_spells_per_municipality": lambda a: a.model.min_spells,
    "min_spells_benchmark": lambda a: a.model.min_spells,
    "min_persons_per_year_cost_model": lambda a: a.cost.min_full_year_persons,
    "min_persons_per_year_cost_indicator": lambda a: a.cost.min_full_year_persons,
    "outlier_municipality_code": lambda a: float(a.efficiency.outliers[0]),
    "account_type_payments_from_municipalities": lambda a: float(a.cost.kinds.payments) / 10,
    "ten_best_shown": lambda a: 10,
    "years_a_person_counts": lambda a: a.observation.horizon_weeks / 52,
    "horizon_years": lambda a: a.observation.horizon_weeks / 52,
}

# Tested by name below.
BY_NAME = {
    "account_programme", "account_groups_counted", "sensitivity_groups", "excluded_list_tables_2_1_2_2", "excluded_list_table_3_1",
    "follow_up_end", "text_mean_weeks_successes", "text_age_significant_from", "text_reference_age", "hospital_days_threshold",
    "discussion_best_share", "fs_residence_split_years", "fs_grade_threshold", "fs_refugee_permit_since", "stata_command",
    "text_cost_indicator_high", "text_cost_indicator_low", "indicator_neutral_value", "min_persons_figure_3_1",
}  # fmt: skip

# Law, dates, other accounts, prices of courses, axes of figures, and results whose data were never
# printed.
NOT_RECOMPUTABLE = {
    "earlier_analysis_first_year", "earlier_analysis_last_year", "integration_act_municipal_duty_from", "programme_age_min",
    "programme_max_years", "programme_max_years_after_2015", "programme_max_years_per_person", "aliens_act_refugee_sections",
    "aliens_act_family_section", "account_cash_benefit", "account_repatriation", "programme_hours_per_week",
    "introduction_offer_age_min", "act_widened_from", "max_years_under_programme", "danish_1_fee_above_danish_2_percent",
    "fee_paid_on_completion_percent", "sensitivity_r_squared_percent", "figure_5_2_benchmark_axis_min",
    "figure_5_2_benchmark_axis_max", "figure_5_2_cost_axis_min", "figure_5_2_cost_axis_max",
    "two_best_cost_above_expected_more_than", "ten_most_cost_efficient_below_1", "fs_policy_month", "fs_tender_year", "fs_reports",
    "fs_exam_grade_level", "fs_gap_best_to_worst_fifth", "fs_data_until",
}  # fmt: skip


def test_every_stated_number_has_its_place_and_only_one() -> None:
    places = [
        set(RECOMPUTED),
        set(CONTRADICTED),
        set(SAME_AS),
        set(BOUNDS),
        set(CHOICES),
        BY_NAME,
        NOT_RECOMPUTABLE,
    ]
    assert sum(len(place) for place in places) == len(set().union(*places))
    assert set().union(*places) == set(SCALARS.index)
    # Nothing that can be computed hides among the rest.
    assert len(NOT_RECOMPUTABLE) == 30


@pytest.mark.parametrize("key", RECOMPUTED)
def test_recomputed_from_the_tables(key: str) -> None:
    value, tolerance = RECOMPUTED[key]
    assert value == pytest.approx(stated(key), abs=tolerance + 1e-9)


@pytest.mark.parametrize("key", CONTRADICTED)
def test_an_anomaly_does_not_come_back(key: str) -> None:
    anomaly, value, least = CONTRADICTED[key]
    noted = SCALARS.loc[key, "anomaly"]
    assert noted in (anomaly, "")
    assert abs(value - stated(key)) > least
    for other, same in SAME_AS.items():
        if same == key:
            assert stated(other) == stated(key)
            assert SCALARS.loc[other, "anomaly"] == anomaly


@pytest.mark.parametrize("key", BOUNDS)
def test_a_bound_holds(key: str) -> None:
    assert BOUNDS[key] > stated(key)


@pytest.mark.parametrize("key", CHOICES)
def test_a_choice_of_the_report_is_the_default(key: str) -> None:
    assert float(CHOICES[key](MAIN)) == stated(key)


def test_account_groups_are_those_of_the_defaults_and_of_the_list() -> None:
    assert MAIN.cost is not None
    for key, groups in (
        ("account_groups_counted", MAIN.cost.groups),
        ("sensitivity_groups", MAIN.cost.sensitivity_groups),
    ):
        ranges = [part.split("-") for part in SCALARS.loc[key, "value"].split(";")]
        assert list(groups) == [
            f"{n:03d}" for low, high in ranges for n in range(int(low), int(high) + 1)
        ]
    assert {code[-3:] for code in read_reference("account_groups")["group_code"]} == set(
        MAIN.cost.groups
    )
    assert SCALARS.loc["account_programme", "value"].replace(".", "") == MAIN.cost.function


def test_a01_six_and_not_eight_municipalities_have_fewer_than_a_hundred_spells() -> None:
    spells = cells("appendix_5_1_municipalities", "municipality", "corrected_spells")
    few = sorted(
        name for name, count in spells.items() if count < stated("min_spells_per_municipality")
    )
    assert (
        few
        == excluded("six")
        == sorted(SCALARS.loc["excluded_list_tables_2_1_2_2", "value"].split(";"))
    )
    eight = sorted(SCALARS.loc["excluded_list_table_3_1", "value"].split(";"))
    assert eight == excluded("eight")
    assert set(eight) - set(few) == {"Glostrup", "Langeland"}
    # A28: the same limit is once spells and once persons.
    assert stated("min_persons_figure_3_1") == stated("min_spells_benchmark")


def test_a10_mean_weeks_of_successes_from_the_sexes_and_from_the_bases() -> None:
    of_sexes = (
        sum(WEEKS[(s, "success")] * SPELLS[(s, "success")] for s in ("men", "women"))
        / SPELLS[("total", "success")]
    )
    assert of_sexes == pytest.approx(61.4, abs=0.5)
    assert stated("text_mean_weeks_successes") == WEEKS[("total", "success")] == 62
    counts = {b: BASIS[(b, "success", "spells")] for b in ("refugee", "family_reunified")}
    corrected = {b: BASIS_CORRECTED[(b, "success", "mean_weeks")] for b in counts}
    printed = {b: BASIS[(b, "success", "mean_weeks")] for b in counts}
    pooled = {
        name: sum(weeks[b] * counts[b] for b in counts) / sum(counts.values())
        for name, weeks in (("c", corrected), ("p", printed))
    }
    # A09: only the corrected order agrees with the total.
    assert pooled["c"] == pytest.approx(61.3, abs=0.05)
    assert pooled["p"] == pytest.approx(73.7, abs=0.05)


def test_a26_what_the_text_of_appendix_6_says_of_age_is_not_what_its_table_says() -> None:
    ages = [term for sex, term in COX if sex == "men" and str(term).startswith("age_")]
    significant = {
        str(term)
        for term in ages
        if (("men", term) in COX_SE) and abs(COX[("men", term)]) > 1.96 * COX_SE[("men", term)]
    }
    younger = {
        term
        for term in significant
        if int(term.split("_")[1]) < stated("text_age_significant_from")
    }
    assert younger == {"age_45_49"}
    # A32: the reference is named 16-19, the population starts at 18.
    low, high = SCALARS.loc["text_reference_age", "value"].split("-")
    assert (int(low), int(high)) == (16, 19)
    assert MAIN.population.age_min == 18
    assert "age_18_19" in set(
        read_reference("appendix_6_1_cox_coefficients").query("is_reference == 'true'")["term_en"]
    )


def test_terms_and_limits_that_names_carry() -> None:
    days = int(stated("hospital_days_threshold"))
    assert f"hospital_{days}_days_plus" in set(
        read_reference("appendix_6_1_cox_coefficients")["term_en"]
    )
    assert 100 / stated("discussion_best_share") == len(FIFTHS)
    assert stated("indicator_neutral_value") == 100
    assert re.match(
        SCALARS.loc["follow_up_end", "value"], MAIN.observation.observation_end.isoformat()
    )
    assert MAIN.model.ties == "breslow", (
        "the default of Stata's " + SCALARS.loc["stata_command", "value"]
    )
    assert (
        FACT_SHEET.loc["3", "residence_years"]
        == f"at most {stated('fs_residence_split_years'):.0f}"
    )
    assert (
        FACT_SHEET.loc["1", "outcome_threshold"] == f"{stated('fs_grade_threshold'):.0f} or higher"
    )
    assert f"{stated('fs_refugee_permit_since'):.0f}" in FACT_SHEET.loc["5", "population"]


def test_a07_the_residence_bases_do_not_add_up_to_the_sexes_total() -> None:
    everyone = sum(BASIS[(b, "total", "spells")] for b in ("refugee", "family_reunified"))
    assert SPELLS[("total", "total")] - everyone == 472
    assert SPELLS[("men", "total")] + SPELLS[("women", "total")] == SPELLS[("total", "total")]
    # A08: 107 weeks cannot come of 121 and 101.
    weeks = {b: BASIS[(b, "all", "mean_weeks")] for b in ("refugee", "family_reunified")}
    of_bases = sum(weeks[b] * BASIS[(b, "total", "spells")] for b in weeks) / everyone
    assert of_bases == pytest.approx(112.0, abs=0.05)
    assert abs(of_bases - WEEKS[("total", "all")]) > 4


def test_a06_variance_of_table_3_1_is_not_the_square_of_its_deviation() -> None:
    sd, variance = table_3_1("sd_weeks"), table_3_1("variance")
    assert abs(sd["observed"] ** 2 - variance["observed"]) > 2.5
    assert sd["unexplained"] ** 2 == pytest.approx(variance["unexplained"], abs=0.5)
    assert variance_reduction() == pytest.approx(
        table_3_1("variance_reduction_percent")["unexplained"], abs=0.05
    )


def test_table_3_2_indicators_are_the_ratio_of_its_means_and_sizes_give_table_3_1() -> None:
    ratio = FIFTHS["mean_expected_weeks"] / FIFTHS["mean_observed_weeks"]
    assert ratio.to_numpy() == pytest.approx(FIFTHS["benchmark_indicator"].to_numpy(), abs=0.006)
    # A31: 19, 19, 18, 18, 18 and not 18, 18, 18, 19, 19
    means = {name: np.average(FIFTHS["mean_observed_weeks"], weights=sizes)
             for name, sizes in (("ours", (19, 19, 18, 18, 18)), ("other", (18, 18, 18, 19, 19)))}  # fmt: skip
    assert means["ours"] == pytest.approx(table_3_1("mean_weeks")["observed"], abs=0.1)
    assert abs(means["other"] - table_3_1("mean_weeks")["observed"]) > 0.5


def test_a03_what_the_two_missing_municipalities_must_have() -> None:
    spells = cells("appendix_5_1_municipalities", "municipality", "corrected_spells")
    successes = cells("appendix_5_1_municipalities", "municipality", "corrected_successes")
    kept = [name for name in spells if name not in excluded("six")]
    assert SPELLS[("total", "total")] - sum(spells[n] for n in kept) == 1631
    assert SPELLS[("total", "success")] - sum(successes[n] for n in kept) == 451
    assert set(read_reference("municipalities")["municipality"]) - set(spells) == {
        "Aabenraa",
        "Aalborg",
    }


def test_a04_and_a05_appendix_5_1_is_not_what_table_3_1_was_made_from() -> None:
    weeks = cells("appendix_5_1_municipalities", "municipality", "mean_observed_weeks")
    spells = cells("appendix_5_1_municipalities", "municipality", "corrected_spells")
    own = np.array([value for name, value in weeks.items() if name not in excluded("six")])
    # A05: one quantity at three levels: 107 in table 2.1, 114.3 here, 122.7 in table 3.1.
    pooled = np.average(
        own, weights=[spells[name] for name in weeks if name not in excluded("six")]
    )
    assert pooled == pytest.approx(114.3, abs=0.05)
    assert (
        stated("text_mean_weeks_all_spells") < pooled - 5 < table_3_1("mean_weeks")["observed"] - 10
    )
    line = fit_regression(own, pd.DataFrame({"constant": np.ones(len(own))}))
    assert (line.coefficients["constant"], line.sigma) == pytest.approx((114.8, 7.5), abs=0.06)
    assert abs(line.sigma - table_3_1("sd_weeks")["observed"]) > 10
    assert own.max() < FIFTHS.loc["4", "mean_observed_weeks"]
