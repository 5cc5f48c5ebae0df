"""Newcomers who reach work or education, read by hand: one run over all of them, from permits to
spells (fact sheet, section 6).

Who came on Monday 2 March 2009 is in week 0 in 2009-W10, in week 22 in 2009-W32, in week 44 in
2010-W01, in week 156 in 2012-W09 (27 February 2012). Data end with 2012, so that the last week in
which a success of 13 weeks can be seen is 2012-W40: week 135 of who came on 1 March 2010.
"""

from types import SimpleNamespace

import pytest
from register_rows import person, registers_of

from kommunebench.settings import load_analysis
from kommunebench.silver import (
    PERMIT_HOLDERS,
    POPULATION,
    SPELL_CANDIDATES,
    SPELLS,
    WEEKLY_PANEL,
)
from kommunebench.spells import (
    build_population,
    build_spells,
    build_weekly_panel,
    find_permit_holders,
    find_spell_candidates,
)

SETTINGS = load_analysis("integration_act_work_or_education")
CAME_2007 = "permit 2007-03-05\nin 2007-03-05\n"
CAME_2009 = "permit 2009-03-02\nin 2009-03-02\n"
CAME_2010 = "permit 2010-03-01\nin 2010-03-01\n"
ON_BENEFIT = "code 2009-W10 .. 710\n"
# Person: rows, and the spells that count.
CASES: dict[str, tuple[str, str]] = {
    # --- neither work nor education
    "neither": (CAME_2009 + ON_BENEFIT, "0-156 end_of_follow_up 101"),
    "supported_by_a_spouse": (CAME_2009, "0-156 end_of_follow_up 101"),
    # Permits of 2007 belong to this analysis; hours and benefits are known from 2008 on.
    "of_2007": (CAME_2007 + "code 2008-W01 .. 710", "0-156 end_of_follow_up 101"),
    # --- work
    "works": (
        CAME_2009 + "code 2009-W10 2009-W21 710\njob 2009-05-25 2012-12-31 37",
        "0-12 success 101",
    ),
    "works_twelve_weeks": (
        CAME_2009 + ON_BENEFIT.replace("..", "2009-W21") + "job 2009-05-25 2009-08-16 37\n"
        "code 2009-W34 .. 710",
        "0-156 end_of_follow_up 101",
    ),
    "works_nineteen_hours": (
        CAME_2009 + "code 2009-W10 2009-W21 710\njob 2009-05-25 2012-12-31 19",
        "0-156 end_of_follow_up 101",
    ),
    # --- education by the grant: SU 651, 652, adult apprentices 661
    "studies": (
        CAME_2009 + ON_BENEFIT + "code 2009-W32 2010-W30 651",
        "0-22 success 101; 74-156 end_of_follow_up 101",
    ),
    "studies_one_week": (
        CAME_2009 + ON_BENEFIT + "code 2009-W32 2009-W32 652",
        "0-22 success 101; 23-156 end_of_follow_up 101",
    ),
    "apprentice": (CAME_2009 + ON_BENEFIT + "code 2009-W32 .. 661", "0-22 success 101"),
    "of_2007_studies": (
        CAME_2007 + "code 2008-W01 .. 710\ncode 2008-W10 .. 651",
        "0-52 success 101",
    ),
    # In education from week 0 to 2: the spell begins when it ends.
    "studies_on_arrival": (
        CAME_2009 + ON_BENEFIT + "code 2009-W10 2009-W12 651",
        "3-156 end_of_follow_up 101",
    ),
    "studies_from_week_0_on": (CAME_2009 + "code 2009-W10 .. 651", ""),
    # Ordinary education while on assistance (714) is activation, and no grant.
    "activated_in_education": (CAME_2009 + "code 2009-W10 .. 714", "0-156 end_of_follow_up 101"),
    # Work follows the education without a week between: one success, no spell between.
    "studies_then_works": (
        CAME_2009 + ON_BENEFIT.replace("..", "2009-W31") + "code 2009-W32 2010-W25 651\n"
        "job 2010-06-28 2011-01-02 37\ncode 2011-W01 .. 710",
        "0-22 success 101; 96-156 end_of_follow_up 101",
    ),
    # --- censoring
    "maternity": (CAME_2009 + ON_BENEFIT + "code 2009-W32 2010-W20 881", "0-22 maternity 101"),
    "studies_after_maternity": (
        CAME_2009 + ON_BENEFIT + "code 2009-W32 2009-W40 881\ncode 2009-W41 .. 651",
        "0-22 maternity 101",
    ),
    "studies_before_maternity": (
        CAME_2009 + ON_BENEFIT + "code 2009-W31 2009-W31 651\ncode 2009-W32 2010-W20 881",
        "0-21 success 101; 64-156 end_of_follow_up 101",
    ),
    "emigrates": (CAME_2009 + ON_BENEFIT + "out 2009-08-03", "0-22 emigration 101"),
    # The grant of somebody who is abroad is no education here.
    "studies_abroad": (
        CAME_2009 + ON_BENEFIT + "out 2009-08-03\ncode 2009-W32 .. 651",
        "0-22 emigration 101",
    ),
    "dies": (CAME_2009 + ON_BENEFIT + "dead 2009-08-05", "0-22 death 101"),
    "moves": (
        CAME_2009 + ON_BENEFIT + "lives 2009-03-02 2009-12-31 101\nlives 2010-01-01 .. 147",
        "0-44 moved_municipality 101",
    ),
    # Of a success and a move in one week the success counts, for the municipality left.
    "moves_to_study": (
        CAME_2009 + ON_BENEFIT + "lives 2009-03-02 2009-12-31 101\nlives 2010-01-01 .. 147\n"
        "code 2010-W01 2010-W01 651",
        "0-44 success 101; 45-156 end_of_follow_up 147",
    ),
    # --- the limit of 156 weeks
    "works_in_week_156": (
        CAME_2009 + "code 2009-W10 2012-W08 710\njob 2012-02-27 2012-12-31 37",
        "0-156 success 101",
    ),
    "works_in_week_157": (
        CAME_2009 + "code 2009-W10 2012-W09 710\njob 2012-03-05 2012-12-31 37",
        "0-156 end_of_follow_up 101",
    ),
    "studies_in_week_156": (
        CAME_2009 + ON_BENEFIT + "code 2012-W09 .. 651",
        "0-156 success 101",
    ),
    "studies_in_week_157": (
        CAME_2009 + ON_BENEFIT + "code 2012-W10 .. 651",
        "0-156 end_of_follow_up 101",
    ),
    # The limit is counted from the origin: a later spell has what is left of it.
    "second_spell_ends_with_week_156": (
        CAME_2009 + ON_BENEFIT + "code 2011-W40 2011-W45 651\ncode 2012-W10 .. 651",
        "0-135 success 101; 141-156 end_of_follow_up 101",
    ),
    # --- the end of the data
    "seen_to_the_end": (CAME_2010 + "code 2010-W09 .. 710", "0-135 end_of_data 101"),
    "studies_in_the_last_week": (
        CAME_2010 + "code 2010-W09 .. 710\ncode 2012-W40 .. 651",
        "0-135 success 101",
    ),
    "studies_after_the_last_week": (
        CAME_2010 + "code 2010-W09 .. 710\ncode 2012-W41 .. 651",
        "0-135 end_of_data 101",
    ),
}
# Person: rows, and the rule that keeps the person out.
DROPPED = {
    "of_germany": (CAME_2009 + "country 5180", "western_origin"),
    "seventeen": (CAME_2009 + "born 1991-03-03", "age_outside_limits"),
    "sixty_five": (CAME_2009 + "born 1944-03-02", "age_outside_limits"),
    "of_2006": ("permit 2006-12-29\nin 2006-12-29", "arrival_outside_window"),
    "to_work": ("permit 2009-03-02 work\nin 2009-03-02", "permit_outside_population"),
}


def stored(spark, table, frame):
    """The frame once computed, and its rows."""
    names = [name for name in table.columns if name != "analysis"]
    schema = ", ".join(f"{name} {table.columns[name]}" for name in names)
    rows = frame.select(*names).collect()
    return rows, spark.createDataFrame(rows, schema)


@pytest.fixture(scope="module")
def run(spark):
    people = [person(name, text) for name, (text, _) in (CASES | DROPPED).items()]
    registers = registers_of(spark, people)
    who, holders = stored(spark, PERMIT_HOLDERS, find_permit_holders(registers, SETTINGS))
    _, population = stored(spark, POPULATION, build_population(holders, registers, SETTINGS))
    _, panel = stored(spark, WEEKLY_PANEL, build_weekly_panel(population, registers, SETTINGS))
    found = find_spell_candidates(panel, population, SETTINGS)
    lost, candidates = stored(spark, SPELL_CANDIDATES, found)
    spells, _ = stored(spark, SPELLS, build_spells(candidates, population, registers, SETTINGS))
    return SimpleNamespace(
        reasons={row.person_id: row.reason for row in who},
        lost={(row.person_id, row.start_week): row.lost for row in lost if row.lost},
        spells={(row.person_id, row.start_week): row for row in spells},
    )


@pytest.mark.parametrize("name", CASES)
def test_spells_are_those_read_from_the_rows(run, name):
    told = "; ".join(
        f"{row.start_week}-{row.end_week} {row.end_reason} {row.municipality_code}"
        for (person_id, _), row in sorted(run.spells.items())
        if person_id == name
    )
    assert told == CASES[name][1]
    assert run.reasons[name] is None


@pytest.mark.parametrize("name", DROPPED)
def test_who_is_not_of_the_population_is_kept_out_by_its_rule(run, name):
    assert run.reasons[name] == DROPPED[name][1]
    assert name not in {person_id for person_id, _ in run.spells}


def test_education_is_a_success_like_work_and_nothing_else_is(run):
    events = {spell: (row.event, row.outcome) for spell, row in run.spells.items()}
    assert events["works", 0] == events["studies", 0] == (1, "success")
    assert events["maternity", 0] == (0, "left")
    assert events["neither", 0] == events["moves", 0] == (0, "unfinished")
    assert run.spells["studies", 74].potential_follow_up == 156 - 74


def test_no_spell_follows_a_censoring(run):
    assert run.lost["maternity", 64] == "after_a_censoring"
    assert run.lost["moves", 44] == "after_a_censoring"
    assert ("studies_before_maternity", 64) not in run.lost
