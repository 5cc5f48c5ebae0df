"""Thousands of drawn persons against the rules in plain Python, and against themselves in another
order."""

from collections import Counter

import plain_cases
import pytest
from case_rows import person, registers_of
from hand_checked_cases import PUPILS, RESIDENTS
from random_cases import draw_pupil, draw_resident

from kommunebench.populations import NO_MARKS, case_population
from kommunebench.settings import load_analysis

DRAWN = [draw_pupil(number) for number in range(2500)]
DRAWN += [draw_resident(number) for number in range(2500)]


def told_by_spark(spark, analysis: str, people, partitions=None) -> dict[str, str]:
    settings = load_analysis(analysis)
    registers = registers_of(spark, people, partitions)
    rows = case_population(settings).select(registers, settings)
    told = {}
    for row in rows.select(
        "person_id", "lost", "outcome", "municipality_code", "no_mark_reason"
    ).collect():
        reason = f" {row.no_mark_reason or 'not_given'}" if row.lost == NO_MARKS else ""
        told[row.person_id] = (
            f"{row.lost}{reason}" if row.lost else f"{row.outcome} {row.municipality_code}"
        )
    return told


@pytest.mark.parametrize(
    ("analysis", "plain"),
    [("school_exams", plain_cases.pupil), ("upper_secondary", plain_cases.resident)],
)
def test_cases_are_those_of_the_rules_in_plain_python(spark, analysis, plain):
    expected = {p.name: said for p in DRAWN if (said := plain(p)) is not None}
    told = told_by_spark(spark, analysis, DRAWN)
    assert told == expected
    # The drawn persons reach every rule and both outcomes, each often enough to be a test.
    reached = Counter(said.split()[0] for said in told.values())
    rules = {*case_population(load_analysis(analysis)).reasons, "0", "1"}
    assert {rule for rule in rules if reached[rule] < 5} == set()
    if analysis == "school_exams":
        shuffled = told_by_spark(spark, analysis, DRAWN[::-1], partitions=5)
        assert shuffled == told


@pytest.mark.parametrize("name", PUPILS)
def test_the_second_opinion_agrees_with_the_pupils_read_by_hand(name):
    assert plain_cases.pupil(person(name, PUPILS[name][0])) == PUPILS[name][1]


@pytest.mark.parametrize("name", RESIDENTS)
def test_the_second_opinion_agrees_with_the_residents_read_by_hand(name):
    assert plain_cases.resident(person(name, RESIDENTS[name][0])) == RESIDENTS[name][1]
