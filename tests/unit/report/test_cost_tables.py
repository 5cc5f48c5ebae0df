"""What stands behind the cost figures: faults named with places and years, sensitivity, rankings
that chance could have made."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from synthetic_measures import measuring
from synthetic_results import registers_results, registers_settings

from kommunebench.report.cost_chapters import figure_caption
from kommunebench.report.cost_sentences import both_in_error, cost_potential
from kommunebench.report.data import tidy
from kommunebench.report.edition import Edition
from kommunebench.report.frontiers import chance_p_value, is_ranking, rank_span, wide_ranks
from kommunebench.report.tables.cost_need import cost_units_table
from kommunebench.report.tables.cost_notes import (
    cost_intro,
    exclusion_table,
    runs_of,
    sensitivity_table,
)
from kommunebench.report.tables.efficiency import efficiency_tables
from kommunebench.report.tables.efficiency_notes import efficiency_notes, ten_best_table


def edition(language="en", **tables) -> Edition:
    return Edition(tidy(replace(registers_results(), **tables)), registers_settings(), language)


def exclusions(*rows) -> pd.DataFrame:
    return pd.DataFrame(
        rows, columns=["part", "municipality_code", "year", "account_group", "reason", "rows"]
    )


FAULTS = exclusions(
    ("accounts", "751", 2014, "077", "unknown_group", 3),
    ("accounts", None, 2011, None, "year_without_price_index", 80),
    ("accounts", "411", 2014, "010", "not_a_municipality", 1),
    ("unit_cost", "101", 2013, None, "no_accounts", 1),
    ("unit_cost", "101", 2014, None, "no_accounts", 1),
    ("unit_cost", "461", 2012, None, "negative_expenditure", 1),
    ("cost_model", "155", 2011, None, "not_compared", 1),
    ("cost_model_term", None, None, "turkey", "share_without_variation", 1),
)


def test_faults_of_the_data_are_told_where_the_expenditure_stands_and_limits_are_not():
    intro, left_out = cost_intro(edition(cost_exclusions=FAULTS))
    assert "groups 001–011, 014–016, 2011–2015" in intro
    assert (
        "account rows: unknown account group (3), year without price index (80), not a municipality"
        " code (1); " in left_out
    )
    assert "municipality-years: no accounts (2), negative net expenditure (1)" in left_out
    assert "comparison" not in left_out
    assert len(cost_intro(edition(cost_exclusions=FAULTS.tail(2)))) == 1


def test_the_table_names_municipality_years_and_codes():
    table = exclusion_table(edition(cost_exclusions=FAULTS))
    rows = {row.cells[1]: row.cells for block in table.blocks for row in block.rows}
    assert rows["unknown account group"] == (
        "Account rows",
        "unknown account group",
        "3",
        "Aarhus 2014 (077)",
    )
    assert rows["year without price index"][2:] == ("80", "2011")
    assert rows["no accounts"][2:] == ("2", "København 2013–2014")
    assert rows["not a municipality code"][3] == "411 2014 (010)"
    assert rows["share without variation"][3] == "Share from Turkey"


@pytest.mark.parametrize(
    ("numbers", "shown"), [([1, 2, 3, 9], "001–003, 009"), ([], ""), ([10], "010")]
)
def test_runs_of_numbers(numbers, shown):
    assert runs_of(numbers, 3) == shown


def test_sensitivity_shows_classes_and_what_the_model_explains():
    costs = registers_results().cost_indicators
    fewer = costs.assign(r_squared=0.07)
    table = sensitivity_table(edition(cost_sensitivity=fewer))
    cells = [[int(cell) for cell in row.cells[1:]] for row in table.blocks[0].rows]
    assert all(cells[i][j] == 0 for i in range(3) for j in range(3) if i != j)
    assert sum(map(sum, cells)) == len(costs)
    assert "7% of the variation goes with composition. KORA states 7%" in table.notes[1]


def test_an_order_that_chance_could_have_made_is_marked():
    parameters = registers_results().frontier_parameters
    for p_value, marked in ((0.4, True), (0.01, False)):
        own = parameters.assign(
            lr_p_value=p_value,
            estimate=parameters["estimate"].where(parameters["term"] != "sigma_u", 0.2),
        )
        told = figure_caption(edition(frontier_parameters=own), "figure_5_4")
        assert ("the order is not a ranking" in told) is marked
    untested = parameters.assign(lr_p_value=float("nan"))
    assert chance_p_value(untested, "cost", 0.95) is None
    assert "there is no test" in figure_caption(edition(frontier_parameters=untested), "figure_5_4")
    none_found = parameters.assign(
        estimate=parameters["estimate"].where(parameters["term"] != "sigma_u", 0.0)
    )
    assert "no inefficiency was found" in figure_caption(
        edition(frontier_parameters=none_found), "figure_5_3"
    )


def test_regressions_the_report_does_not_print_have_no_dashes():
    printed = registers_results().efficiency_regressions
    both = pd.concat(
        [
            printed,
            printed[printed["specification"] == "linear"].assign(
                specification="errors_in_variables"
            ),
        ]
    )
    table = next(
        t for t in efficiency_tables(edition(efficiency_regressions=both)) if t.key == "regressions"
    )
    by_heading = {block.heading: block for block in table.blocks}
    linear = by_heading["Linear, all municipalities"].rows[-1].cells
    assert linear[2] == "0.051"
    assert linear[8] == "0.055"
    assert all(
        "–" not in cell
        for row in by_heading["Slope corrected for error (moments)"].rows
        for cell in row.cells[1:]
    )


def test_what_could_not_be_estimated_is_said():
    notes = pd.DataFrame(
        [
            ("errors_in_variables", None, "no municipality has two years"),
            ("frontier_production", None, "sigma_v goes to zero"),
            ("efficiency", None, "too_few_municipalities"),
            ("intervals_cost", None, "12 effective draws"),
            ("sensitivity", None, "no rows"),
            ("units", "155", "no_cost_indicator"),
            ("units", "161", "no_verdict"),
        ],
        columns=["part", "municipality_code", "reason"],
    )
    texts = efficiency_notes(edition(efficiency_notes=notes))
    assert "the slope is not corrected" in texts[0]
    assert "Production side: the frontier could not be estimated (sigma_v goes to zero)" in texts[1]
    assert texts[2].startswith("Fewer than 10 municipalities have both")
    assert "Cost side: the intervals of efficiency and rank could not be drawn (12" in texts[3]
    assert "fewer account groups could not be estimated (no rows)" in texts[4]
    assert texts[5] == "Without a cost indicator and therefore left out: Dragør."
    assert texts[6].endswith("not in table 5.3: Glostrup.")


def ranks(width: int, ranked_by: str = "efficiency") -> pd.DataFrame:
    order = np.arange(1, 41)
    return pd.DataFrame(
        {
            "side": "cost",
            "municipality_code": [str(100 + k) for k in order],
            "inefficiency": 0.1,
            "efficiency": 0.9,
            "ci_low": 0.8,
            "ci_high": 1.0,
            "rank": order,
            "rank_low": np.maximum(order - width // 2, 1),
            "rank_high": order + width // 2,
            "ranked_by": ranked_by,
            "ranks_span_most": width > 20,
        }
    )


@pytest.mark.parametrize(("scores", "ranking"), [(ranks(10), True), (ranks(34), False)])
def test_an_order_is_called_a_ranking_only_where_its_intervals_are_narrow(scores, ranking):
    one = edition(frontier_scores=scores)
    table = ten_best_table(one)
    assert ("the ten ranked best" in table.blocks[0].heading) is ranking
    assert ("not a ranking" in table.blocks[0].heading) is not ranking
    wide = len(scores) and scores["rank_high"].iloc[20] - scores["rank_low"].iloc[20] > 20
    assert any("typically span" in note for note in table.notes) is bool(wide)
    judged = is_ranking(one.data.frontier_parameters, one.data.frontier_scores, "cost", 0.95)
    assert judged is ranking
    assert ("order is not a ranking" in figure_caption(one, "figure_5_4")) is bool(wide)


def test_without_intervals_of_rank_nothing_is_called_a_ranking():
    scores = ranks(10).assign(rank_low=np.nan, rank_high=np.nan)
    assert rank_span(scores, "cost") is None
    assert not is_ranking(with_p_value(0.01), scores, "cost", 0.95)


def with_p_value(p_value: float) -> pd.DataFrame:
    """The parameters of frontiers with inefficiency and this p-value of its test."""
    parameters = registers_results().frontier_parameters
    is_sigma = parameters["term"] == "sigma_u"
    estimate = parameters["estimate"].where(~is_sigma, 0.2)
    return parameters.assign(estimate=estimate, lr_p_value=p_value)


def test_an_order_without_a_test_of_inefficiency_is_no_ranking():
    """A gamma frontier has no likelihood ratio test, so its p-value is missing."""
    assert is_ranking(with_p_value(0.01), ranks(10), "cost", 0.95)
    assert not is_ranking(with_p_value(np.nan), ranks(10), "cost", 0.95)
    assert not is_ranking(None, ranks(10), "cost", 0.95)


def test_the_test_of_inefficiency_is_at_the_level_of_the_analysis():
    assert [is_ranking(with_p_value(0.07), ranks(10), "cost", level) for level in (0.9, 0.95)] == [
        True, False,
    ]  # fmt: skip
    told = {}
    for level in (0.9, 0.95):
        settings = measuring(
            registers_settings(), "restricted_mean", "ratio", confidence_level=level
        )
        data = replace(
            registers_results(), frontier_scores=ranks(10), frontier_parameters=with_p_value(0.07)
        )
        told[level] = figure_caption(Edition(tidy(data), settings, "en"), "figure_5_4")
    assert "not a ranking" in told[0.95] and "not a ranking" not in told[0.9]


def test_the_span_that_decides_is_the_span_that_is_printed():
    """The run judges (high - low) steps of n - 1; 19 steps of 39 are less than half of them, and
    the 20 places that such an interval holds are half of the 40."""
    scores = ranks(0).drop(columns="ranks_span_most")
    scores = scores.assign(rank_low=1.0, rank_high=20.0)
    assert rank_span(scores, "cost") == pytest.approx(19 / 39)
    assert wide_ranks(scores.assign(rank_high=21.0), "cost") == pytest.approx(20 / 39)


def test_the_judgement_of_the_run_on_its_ranks_decides():
    for judged in (True, False):
        scores = ranks(20).assign(ranks_span_most=judged)
        assert (wide_ranks(scores, "cost") is not None) is judged
        assert is_ranking(with_p_value(0.01), scores, "cost", 0.95) is not judged


def regressions(se: float, p_value: float) -> pd.DataFrame:
    printed = registers_results().efficiency_regressions
    rows = pd.DataFrame(
        [
            ("errors_in_variables", "reliability", 0.83, np.nan, np.nan),
            ("errors_in_variables", "cost_indicator", 0.018, se, p_value),
            ("simex", "cost_indicator", 0.018, 0.03, 0.6),
        ],
        columns=["specification", "term", "coefficient", "se", "p_value"],
    )
    return pd.concat([printed, rows], ignore_index=True)


def test_a_slope_is_told_with_its_error_and_whether_it_differs_from_zero():
    told = both_in_error(edition(efficiency_regressions=regressions(0.033, 0.586)))
    assert told.endswith(
        "The slope cannot be told from zero (standard error 0.033, p = 0.586): the run shows no"
        " association between cost and result."
    )
    told = both_in_error(edition("da", efficiency_regressions=regressions(0.004, 1e-5)))
    assert "uden rettelse (standardfejl 0,004, p < 0,001). En hældning viser" in told
    assert "skelnes fra nul" not in told


def classes(above: int, below: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cost_class": ["above", "below"],
            "result_class": "as_expected",
            "mean_unit_cost": [107_659.0, 65_433.0],
            "mean_indicator": 1.0,
            "units": [above, below],
        }
    )


def test_costs_of_a_class_are_compared_only_where_it_holds_enough_municipalities():
    told = cost_potential(edition(cost_by_result=classes(5, 14)))
    assert "DKK 107,659" in told and "(5 municipalities)" in told
    for few in (classes(1, 14), classes(14, 4), classes(9, 9).head(1)):
        assert cost_potential(edition("da", cost_by_result=few)).startswith("For få kommuner har")
    assert cost_potential(edition(cost_by_result=None)) == ""


def test_the_chance_of_a_frontier_is_not_rounded_to_the_level():
    own = registers_results().frontier_parameters.assign(lr_p_value=0.052)
    own["estimate"] = own["estimate"].where(own["term"] != "sigma_u", 0.2)
    assert "(p = 0.052)" in figure_caption(edition(frontier_parameters=own), "figure_5_4")


@pytest.mark.parametrize("language", ["en", "da"])
def test_intervals_of_costs_can_be_read_beside_their_classes(language):
    """One year; an interval below zero; an end that is rounded to 1 although it lies below."""
    rows = registers_results().cost_indicators.head(3).reset_index(drop=True)
    rows["years"] = [1, 2, 5]
    rows["assessment"] = ["as_expected", "as_expected", "below"]
    rows["ci_low"], rows["ci_high"] = [np.nan, -0.88, 0.82], [np.nan, 2.61, 0.998]
    one = edition(language, cost_indicators=rows)
    table = cost_units_table(one)
    cells = {row.cells[1]: row.cells[5:7] for row in table.blocks[0].rows}
    wanted = {
        "1": ("·", "as expected (one year)"),
        "2": ("0.00–2.61°", "as expected"),
        "5": ("0.820–0.998", "below expected"),
    }
    if language == "da":
        wanted = {
            "1": ("·", "som forventet (ét år)"),
            "2": ("0,00–2,61°", "som forventet"),
            "5": ("0,820–0,998", "under forventet"),
        }
    assert cells == wanted
    starts = ("One year:", "° :") if language == "en" else ("Ét år:", "° :")
    assert [note for note in table.notes if note.startswith(starts)] == list(table.notes[1:3])
    usual = cost_units_table(edition(language, cost_indicators=rows.tail(1)))
    assert not [note for note in usual.notes if note.startswith(starts)]
