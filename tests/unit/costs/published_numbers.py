"""Numbers that the report states in words and that its tables give, contradict or bound."""

import numpy as np
from published_tables import (
    BASIS,
    BASIS_CORRECTED,
    COST,
    COST_FIFTHS,
    COUNT,
    FACT_SHEET,
    FIFTHS,
    FIT,
    RESULT,
    SPELLS,
    WEEKS,
    cells,
    group,
    mean_over,
    potential,
    programme,
    slope,
    stated,
    table_3_1,
    total,
    unit_cost,
    variance_reduction,
)

from kommunebench.reference import read_reference

# key: (value from the tables, half a unit of the last digit stated, or what the words and the
# rounding of the parts allow)
RECOMPUTED = {
    "municipalities_in_study": (len(COST_FIFTHS), 0),
    "municipalities_in_denmark": (len(read_reference("municipalities")), 0),
    "excluded_count_tables_2_1_2_2": (98 - len(COST_FIFTHS), 0),
    "text_success_percent": (100 * SPELLS[("total", "success")] / SPELLS[("total", "total")], 0.5),
    "text_mean_weeks_all_spells": (
        sum(WEEKS[(s, "all")] * SPELLS[(s, "total")] for s in ("men", "women"))
        / SPELLS[("total", "total")],
        1,
    ),  # both sexes rounded
    "text_mean_weeks_refugees": (BASIS_CORRECTED[("refugee", "success", "mean_weeks")], 0.5),
    "text_mean_weeks_family_reunified": (
        BASIS_CORRECTED[("family_reunified", "success", "mean_weeks")],
        0.5,
    ),
    "text_basis_gap_weeks_just_under": (
        BASIS_CORRECTED[("refugee", "success", "mean_weeks")]
        - BASIS_CORRECTED[("family_reunified", "success", "mean_weeks")],
        1,
    ),
    "mean_weeks_to_employment": (table_3_1("mean_weeks")["observed"], 0.5),
    "variance_reduction_percent": (variance_reduction(), 0.5),
    "remaining_variance_percent": (100 - variance_reduction(), 0.5),
    "programme_net_2011_rounded": (programme(2011), 5),
    "programme_net_2014_rounded": (programme(2014), 5),
    "programme_net_2015_rounded": (programme(2015), 50),
    "programme_growth_factor": (programme(2015) / programme(2011), 0.05),
    "state_refund_2011_rounded": (-total("state_refund", 2011), 50),
    "state_refund_2015_rounded": (-total("state_refund", 2015), 50),
    "state_refund_growth_percent": (
        100 * (total("state_refund", 2015) / total("state_refund", 2011) - 1),
        0.5,
    ),
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
        100
        * (1 - cells("table_5_2_cost_quintiles", "quintile", "quintile_mean_cost_indicator")["1"]),
        0.5,
    ),
    "cost_quintile_5_above_expected_percent": (
        100
        * (cells("table_5_2_cost_quintiles", "quintile", "quintile_mean_cost_indicator")["5"] - 1),
        0.5,
    ),
    "figure_5_1_municipalities": (
        cells("figure_5_1_regression", "specification", "corrected_municipalities")["all"],
        0,
    ),
    "text_effect_of_cost_1_5_against_0_5": (
        100
        * slope("all")
        * (stated("text_cost_indicator_high") - stated("text_cost_indicator_low")),
        0.5,
    ),
    "text_low_cost_good_result_municipalities": (COUNT[("below", "better")], 0),
    "text_low_cost_good_result_cost": (COST[("below", "better")], 0),
    "text_low_cost_good_result_indicator": (RESULT[("below", "better")], 0),
    "text_mean_cost_all": (COST[("total", "total")], 0),
    "text_low_cost_good_result_saving": (
        COST[("total", "total")] - COST[("below", "better")],
        1000,
    ),
    "text_expected_cost_good_result_above_percent": (
        100 * (RESULT[("as_expected", "better")] - 1),
        0.5,
    ),
    "as_expected_result_municipalities": (COUNT[("total", "as_expected")], 0),
    "as_expected_result_percent": (
        100 * COUNT[("total", "as_expected")] / COUNT[("total", "total")],
        0.5,
    ),
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
}

# key: (anomaly, value from the tables, how far the stated number at least is from it)
CONTRADICTED = {
    "excluded_count_table_3_1": ("A01", 98 - len(COST_FIFTHS), 1),
    "best_fifth_faster_percent": (
        "A13",
        100 * (FIFTHS.loc["1", "benchmark_indicator"] / FIFTHS.loc["5", "benchmark_indicator"] - 1),
        5,
    ),
    "best_fifth_faster_months": (
        "A13",
        (FIFTHS.loc["5", "mean_observed_weeks"] - FIFTHS.loc["1", "mean_observed_weeks"])
        * 12
        / 52.18,
        3,
    ),
    "share_within_statistical_margin": (
        "A15",
        COUNT[("total", "as_expected")] / COUNT[("total", "total")],
        0.05,
    ),
    "cost_variation_explained_summary": ("A35", FIT["3"], 0.01),
    "best_group_shorter_than_expected": (
        "A14",
        100 * (1 - 1 / FIFTHS.loc["1", "benchmark_indicator"]),
        0.2,
    ),
    "worst_group_longer_than_expected": (
        "A14",
        100 * (1 / FIFTHS.loc["5", "benchmark_indicator"] - 1),
        0.1,
    ),
    "text_success_percent_higher": ("A11", BASIS[("refugee", "success", "percent")], 40),
    "text_success_percent_lower": ("A11", BASIS[("family_reunified", "success", "percent")], 40),
    "unit_cost_2011_max_rounded": ("A18", unit_cost("2011", "max"), 1000),
    "unit_cost_2011_2015_rounded": (
        "A17",
        np.mean([unit_cost(str(y), "mean") for y in range(2011, 2016)]),
        1500,
    ),
    "text_refugee_effect": (
        "A19",
        cells("table_5_1_cost_model", "model term", "coefficient")[("3", "refugee")] / 100,
        10_000,
    ),
    "text_danish_2_effect": (
        "A19",
        cells("table_5_1_cost_model", "model term", "coefficient")[("3", "danish_2")] / 100,
        10_000,
    ),
    "sensitivity_expenditure_share": (
        "A29",
        sum(group(y, *range(1, 10)) for y in range(2011, 2016))
        / sum(programme(y) for y in range(2011, 2016)),
        0.05,
    ),
    "text_expected_cost_good_result_municipalities": ("A22", COUNT[("as_expected", "better")], 20),
    "text_expected_cost_good_result_cost": ("A23", COST[("as_expected", "better")], 2500),
}
SAME_AS = {
    "best_to_worst_fifth_months": "best_fifth_faster_months",
    "discussion_faster_months": "best_fifth_faster_months",
    "discussion_faster_percent": "best_fifth_faster_percent",
}

# key: value the tables give, above the one stated as exceeded
BOUNDS = {
    "explained_between_municipalities_more_than": variance_reduction(),
    "discussion_explained_more_than": variance_reduction(),
    "text_basis_gap_success_more_than": BASIS[("family_reunified", "success", "percent")]
    - BASIS[("refugee", "success", "percent")],
    "unit_cost_2015_max_to_min_more_than": unit_cost("2015", "max") / unit_cost("2015", "min"),
}
