"""Spells of the fact sheet's analyses 3 to 5 of drawn persons against the rules in plain Python."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from plain_spells import INTEGRATION_ACT, Rules, spells_of
from pyspark.sql import functions as F
from random_persons import draw
from register_rows import Person, registers_of

from kommunebench.populations.immigrant_spells import lose_spells
from kommunebench.populations.immigrants import find_immigrants
from kommunebench.settings import load_analysis
from kommunebench.silver import IMMIGRANTS, PERMIT_HOLDERS, WEEKLY_PANEL
from kommunebench.spells import (
    build_weekly_panel,
    find_permit_holders,
    find_spell_candidates,
    select_population,
)

UP_TO_10, OVER_10 = "immigrants_up_to_10_years", "immigrants_over_10_years"
OPENS = date(2007, 1, 1)
UP_TO = Rules(
    last_week=date(2012, 12, 24),
    last_start=date(2012, 12, 31),
    education_counts=True,
    opens=OPENS,
    age_limit_year=65,
)
OVER = replace(UP_TO, over_ten_years=True)
PERSONS = 600


def immigrant(number: int) -> Person:
    """A drawn person who came so long ago that ten years end in the window, or shortly before it;
    born so that no minor is among them."""
    person = draw(number)
    years = number % 13 if number % 2 else 7 + number % 9
    back = timedelta(days=365 * years + number % 7)
    first = min(day for _, event, day in person.migrations if event == "immigration")
    if back:
        person.migrations.append((person.name, "immigration", first - back))
        person.addresses.append((person.name, first - back, first - timedelta(days=1), "101"))
    return person


def stored(spark, table, frame):  # type: ignore[no-untyped-def]
    """The frame once computed: one plan less in every frame made of it."""
    names = [name for name in table.columns if name != "analysis"]
    schema = ", ".join(f"{name} {table.columns[name]}" for name in names)
    return spark.createDataFrame(frame.select(*names).collect(), schema)


def told_of(candidates) -> dict[str, str]:  # type: ignore[no-untyped-def]
    told: dict[str, str] = {}
    rows = candidates.where(F.col("lost").isNull()).collect()
    for row in sorted(rows, key=lambda r: (r.person_id, r.start_week)):
        one = f"{row.start_week}-{row.end_week} {row.end_reason} {row.municipality_code}"
        told[row.person_id] = "; ".join(filter(None, [told.get(row.person_id), one]))
    return told


def differences(told: dict[str, str], people: list[Person], rules: Rules) -> dict:
    wanted = {p.name: spells_of(p, rules) for p in people}
    return {
        name: (told.get(name, ""), text)
        for name, text in wanted.items()
        if told.get(name, "") != text
    }


def reasons_in(told: dict[str, str]) -> set[str]:
    return {spell.split()[1] for text in told.values() for spell in text.split("; ")}


@pytest.fixture(scope="module")
def immigrants(spark):
    people = [immigrant(number) for number in range(PERSONS)]
    registers, settings = registers_of(spark, people), load_analysis(UP_TO_10)
    found = {
        name: stored(spark, IMMIGRANTS, find_immigrants(registers, load_analysis(name)))
        for name in (UP_TO_10, OVER_10)
    }
    # Each analysis follows those who can have spells in it; the weeks of a person are the same.
    followed = {name: frame.where("reason IS NULL") for name, frame in found.items()}
    everyone = followed[UP_TO_10].unionByName(followed[OVER_10]).dropDuplicates(["person_id"])
    panel = stored(spark, WEEKLY_PANEL, build_weekly_panel(everyone, registers, settings))
    names = {row.person_id for row in everyone.collect()}
    return (
        [p for p in people if p.name in names],
        find_spell_candidates(panel, everyone, settings),
        followed,
    )


@pytest.mark.long
@pytest.mark.parametrize(
    ("analysis", "rules"),
    [(UP_TO_10, UP_TO), (OVER_10, OVER)],
)
def test_spells_of_immigrants_are_those_of_the_rules(immigrants, analysis, rules):
    people, candidates, followed = immigrants
    settings = load_analysis(analysis)
    # Of persons that the analysis does not follow there are no spells: none is told, none wanted.
    told = told_of(lose_spells(candidates, followed[analysis], settings, schooling_known=True))
    assert 0 < followed[analysis].count() < len(people)
    assert differences(told, people, rules) == {}
    assert len(told) > PERSONS / 25
    assert reasons_in(told) >= {"success", "moved_municipality", "end_of_data", "maternity"}


@pytest.mark.long
def test_spells_under_the_integration_act_end_with_education_too(spark):
    people = [draw(number) for number in range(PERSONS)]
    settings = load_analysis("integration_act_work_or_education")
    registers = registers_of(spark, people)
    holders = stored(spark, PERMIT_HOLDERS, find_permit_holders(registers, settings))
    names = ("person_id", "birth_date", "origin_monday", "last_followed_week", "arrival_date")
    population = select_population(holders, settings).select(*names)
    population = spark.createDataFrame(population.collect(), population.schema)
    panel = stored(spark, WEEKLY_PANEL, build_weekly_panel(population, registers, settings))
    told = told_of(find_spell_candidates(panel, population, settings))
    names_in = {row.person_id for row in population.collect()}
    kept = [p for p in people if p.name in names_in]
    assert len(kept) > PERSONS / 4
    assert differences(told, kept, INTEGRATION_ACT) == {}
    by_education = [
        p.name
        for p in kept
        if spells_of(p, INTEGRATION_ACT)
        != spells_of(p, replace(INTEGRATION_ACT, education_counts=False))
    ]
    assert len(by_education) > 10
