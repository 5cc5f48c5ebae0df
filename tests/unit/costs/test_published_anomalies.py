"""Numbers of the report that have a test of their own, and what its anomalies are.

The numbers of the anomalies (A01 …) are those of the reference tables' notes.
"""

import re

import numpy as np
import pandas as pd
import pytest
from published_tables import (
    BASIS,
    BASIS_CORRECTED,
    COX,
    COX_SE,
    FACT_SHEET,
    FIFTHS,
    MAIN,
    SCALARS,
    SPELLS,
    WEEKS,
    cells,
    excluded,
    stated,
    table_3_1,
    variance_reduction,
)

from kommunebench.costs import fit_regression
from kommunebench.reference import read_reference


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
    means = {
        name: np.average(FIFTHS["mean_observed_weeks"], weights=sizes)
        for name, sizes in (("ours", (19, 19, 18, 18, 18)), ("other", (18, 18, 18, 19, 19)))
    }
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
