"""Spells of drawn persons against the rules in plain Python, and against themselves under another
order of rows."""

import pytest
from hand_checked import CASES
from plain_spells import spells_of
from pyspark.sql import functions as F
from random_persons import draw
from register_rows import Person, person, registers_of

from kommunebench.settings import load_analysis
from kommunebench.spells import (
    build_weekly_panel,
    find_permit_holders,
    find_spell_candidates,
    select_population,
)

SETTINGS = load_analysis("integration_employment")
DRAWN = [draw(number) for number in range(400)]


def found(spark, people, partitions=None):
    """Spells of each person as told by hand_checked: start-end reason municipality; and the weekly
    hours."""
    registers = registers_of(spark, people, partitions)
    holders = find_permit_holders(registers, SETTINGS)
    built = select_population(holders, SETTINGS).select(
        *(column.split()[0] for column in _PERSON.split(", "))
    )
    population = spark.createDataFrame(built.collect(), _PERSON)
    panel_rows = build_weekly_panel(population, registers, SETTINGS).collect()
    panel = spark.createDataFrame(panel_rows, _PANEL)
    rows = (
        find_spell_candidates(panel, population, SETTINGS).where(F.col("lost").isNull()).collect()
    )
    told: dict[str, str] = {row.person_id: "" for row in population.collect()}
    for row in sorted(rows, key=lambda r: (r.person_id, r.start_week)):
        one = f"{row.start_week}-{row.end_week} {row.end_reason} {row.municipality_code}"
        told[row.person_id] += ("; " if told[row.person_id] else "") + one
    return told, sorted(map(tuple, panel_rows), key=str)


_PERSON = (
    "person_id string, birth_date date, origin_monday date, last_followed_week int, arrival_date"
    " date"
)
_PANEL = (
    "person_id string, week int, iso_week string, municipality_code string, dream_code string,"
    " state string, hours double, is_transfer_free boolean, is_employed boolean, absence string"
)


@pytest.fixture(scope="module")
def spells(spark):
    return found(spark, DRAWN)


def test_spells_are_those_of_the_rules_in_plain_python(spells):
    told, _ = spells
    wrong = {
        p.name: (told[p.name], spells_of(p))
        for p in DRAWN
        if p.name in told and told[p.name] != spells_of(p)
    }
    assert wrong == {}


def test_the_persons_drawn_reach_every_end_and_later_spells(spells):
    told, _ = spells
    reasons = {part.split()[1] for text in told.values() if text for part in text.split("; ")}
    assert reasons >= {
        "success",
        "death",
        "emigration",
        "moved_municipality",
        "disability_pension",
        "education",
        "maternity",
        "age_limit",
        "end_of_data",
    }
    assert sum("; " in text for text in told.values()) > 40


@pytest.mark.long
def test_order_of_rows_and_partitions_change_nothing(spark, spells):
    shuffled = [
        Person(
            **{
                **vars(p),
                "pays": p.pays[::-1],
                "migrations": p.migrations[::-1],
                "addresses": p.addresses[::-1],
            }
        )
        for p in reversed(DRAWN)
    ]
    told, panel = found(spark, shuffled, partitions=5)
    assert told == spells[0]
    assert panel == spells[1]


@pytest.mark.parametrize("name", CASES)
def test_the_second_opinion_agrees_with_the_cases_read_by_hand(name):
    case = person(name, CASES[name][0])
    if any(event == "immigration" for _, event, _ in case.migrations):
        work_first = [row for row in case.permits if row[1] == 3]
        case.permits = [row for row in case.permits if row not in work_first]
        assert spells_of(case) == CASES[name][1]
