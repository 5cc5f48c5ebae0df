"""Code lists and dates the spells rest on, without Spark."""

from datetime import date, timedelta

import pytest

from kommunebench.reference import read_reference
from kommunebench.settings.analysis import CENSORING_REASONS, RESIDENCE_BASES
from kommunebench.spells.benefits import END_REASON_CODES, HOLIDAY_FROM_WORK, known_states
from kommunebench.spells.flow import ORDER
from kommunebench.spells.health import CONDITIONS
from kommunebench.spells.iso_weeks import last_whole_week
from kommunebench.spells.lost_spells import LOST_REASONS
from kommunebench.spells.population import DROP_REASONS


@pytest.mark.parametrize(
    ("end", "monday"),
    [
        (date(2016, 8, 31), date(2016, 8, 22)),  # a Wednesday: W34 ended on the 28th
        (date(2016, 8, 28), date(2016, 8, 22)),  # the Sunday itself lies wholly before or on it
        (date(2016, 8, 27), date(2016, 8, 15)),
        (date(2016, 1, 3), date(2015, 12, 28)),  # 2015-W53
    ],
)
def test_the_last_week_lies_wholly_before_or_on_the_observation_end(end, monday):
    assert last_whole_week(end) == monday
    assert (
        last_whole_week(end) + timedelta(days=6) <= end < last_whole_week(end) + timedelta(days=13)
    )


def test_every_code_that_ends_a_spell_is_in_the_list_and_gives_one_reason():
    codes = [code for group in END_REASON_CODES.values() for code in group]
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(known_states())
    assert set(END_REASON_CODES) <= set(CENSORING_REASONS)


def test_end_reasons_stand_in_the_order_in_which_ties_are_decided():
    order = [reason for reason in CENSORING_REASONS if reason in END_REASON_CODES]
    assert list(END_REASON_CODES) == order


def test_holiday_allowance_from_work_is_listed_as_self_supported():
    assert {known_states()[code] for code in HOLIDAY_FROM_WORK} == {"self_supported"}
    assert known_states()["710"] == "integration_benefit"


def test_every_rule_of_the_flow_stands_in_it_once():
    assert len(ORDER) == len(set(ORDER))
    assert set(DROP_REASONS) <= set(ORDER)
    assert {f"lost_{reason}" for reason in LOST_REASONS} <= set(ORDER)


def test_residence_bases_of_the_settings_are_those_of_the_code_list():
    listed = set(read_reference("residence_basis_codes")["residence_basis"]) - {""}
    assert listed == set(RESIDENCE_BASES)


def test_health_conditions_are_the_terms_of_the_published_model():
    terms = set(read_reference("appendix_6_1_cox_coefficients")["term_en"])
    assert set(CONDITIONS) <= terms
