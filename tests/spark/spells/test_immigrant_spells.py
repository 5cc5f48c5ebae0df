"""Immigrants in a spell, read by hand: one run over all of them (fact sheet, sections 5 and 8).

The window opens on Monday 1 January 2007, week 0; 2008-W01 is week 52, 2010-W01 week 157, 2012-W01
week 261. Data end with 2012; the last followed week is 300 (2012-W40).
"""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from register_rows import Person, frame, person, registers_of

from kommunebench import bronze
from kommunebench.populations.immigrant_flow import count_immigrant_flow
from kommunebench.populations.immigrant_spells import build_immigrant_spells, lose_spells
from kommunebench.populations.immigrants import find_immigrants
from kommunebench.settings import load_analysis
from kommunebench.silver import IMMIGRANTS, SPELL_CANDIDATES, SPELLS, WEEKLY_PANEL
from kommunebench.spells import build_weekly_panel, find_spell_candidates

UP_TO, OVER = "immigrants_up_to_10_years", "immigrants_over_10_years"
# At work from 2008-01-01 to 2010-01-03; from week 157, 4 January 2010, neither.
WORKED = "job 2008-01-01 2010-01-03 37\n"
HERE = "in 2005-01-01\n"
# Person: rows, and the spells told: start-end reason municipality, or why they are lost.
CASES: dict[str, tuple[str, str]] = {
    # "An observed change from work to neither"; followed to 300.
    "loses_work": (HERE + WORKED, "0-52 lost under_way; 157-300 end_of_data 101"),
    "finds_work": (
        HERE + WORKED + "job 2010-07-05 2012-12-31 37",
        "0-52 lost under_way; 157-183 success 101",
    ),
    # "The first week of education, no least length".
    "one_week_of_education": (
        HERE + WORKED + "code 2010-W20 2010-W20 651",
        "0-52 lost under_way; 157-176 success 101; 177-300 end_of_data 101",
    ),
    # SU in the first week after the work: no spell begins before it ends.
    "education_in_the_first_week": (
        HERE + WORKED + "code 2010-W01 2010-W10 652",
        "0-52 lost under_way; 167-300 end_of_data 101",
    ),
    # "Left-truncated: such a spell's start is unknown, so it is left out", whatever ends it.
    "under_way": (HERE, "0-156 lost under_way"),
    # Maternity leave until week 72 and no work before it: no change from work is seen.
    "leave_before_any_work": (
        HERE + "code 2008-W01 2008-W20 881",
        "0-52 lost under_way; 72-228 lost under_way",
    ),
    # Abroad when the window opens: the stay begins in it, in week 72.
    "comes_back_in_the_window": (
        HERE + "out 2006-12-01\nin 2008-05-19",
        "72-228 end_of_follow_up 101",
    ),
    # Three years from the spell's start, not from the origin.
    "three_years": (
        HERE + "job 2008-01-01 2008-06-29 37",
        "0-52 lost under_way; 78-234 end_of_follow_up 101",
    ),
    # Going on without work after the three years is no other spell, wherever one lives then.
    "moves_after_three_years": (
        HERE
        + "job 2008-01-01 2008-06-29 37\nlives 2000-01-01 2011-12-31 101\nlives 2012-01-01 .. 751",
        "0-52 lost under_way; 78-234 end_of_follow_up 101",
    ),
    # Work from week 178 to 208: the spell after it follows on one that was censored in week 156.
    "works_after_three_years": (
        HERE + "job 2010-05-31 2011-01-02 37",
        "0-156 lost under_way; 209-300 lost after_a_censoring",
    ),
    # "Residence beginning in the window": from the week of the arrival.
    "arrives": ("in 2009-03-02\n", "0-156 end_of_follow_up 101"),
    "arrives_and_works": (
        "in 2009-03-02\njob 2009-03-30 2012-12-31 37",
        "0-4 success 101",
    ),
    "comes_back": (
        HERE + "job 2008-01-01 2008-12-28 37\nout 2008-12-29\nin 2010-01-04",
        "0-52 lost under_way; 157-300 end_of_data 101",
    ),
    "moves": (
        "in 2009-03-02\nlives 2009-03-02 2009-12-31 101\nlives 2010-01-01 .. 751",
        "0-44 moved_municipality 101; 44-187 lost after_a_censoring",
    ),
    # Two spells of one person: both count.
    "twice": (
        HERE + WORKED + "job 2010-07-05 2011-01-02 37\ncode 2011-W01 .. 710",
        "0-52 lost under_way; 157-183 success 101; 209-300 end_of_data 101",
    ),
    # Ten completed years on 4 January 2010 and 364 days more: at most ten; a day later eleven.
    "ten_years_and_364_days": (
        "in 1999-01-05\n" + WORKED,
        "0-52 lost under_way; 157-300 end_of_data 101",
    ),
    "eleven_years": ("in 1999-01-04\n" + WORKED, "0-52 lost under_way; 157-300 lost years"),
    # Eleven completed years when the window opens: no spell of it can be of at most ten. A day less
    # and the spells of the first day could.
    "eleven_years_at_the_opening": ("in 1996-01-01\n" + WORKED, ""),
    "eleven_years_the_day_after": (
        "in 1996-01-02\n" + WORKED,
        "0-52 lost under_way; 157-300 lost years",
    ),
    # Of age: 16 to 64 at the start. Born 4 January 1994: 16 that day; a day later not yet.
    "sixteen_on_the_day": (
        "in 2009-12-07\nborn 1994-01-04\nschool 2009-12-07 2010-01-03",
        "4-147 end_of_data 101",
    ),
    "sixteen_the_day_after": (
        "in 2009-12-07\nborn 1994-01-05\nschool 2009-12-07 2010-01-03",
        "4-147 lost age",
    ),
    "sixty_four": (HERE + WORKED + "born 1945-01-05", "0-52 lost under_way"),
    # A 16-year-old in grade 10 is in education until its end; a 17-year-old in no education is not.
    "in_grade_10": (
        "in 2009-03-02\nborn 1994-01-01\nschool 2008-08-01 2010-06-27",
        "69-187 end_of_data 101",
    ),
    "seventeen_in_no_education": (
        "in 2009-03-02\nborn 1992-01-01",
        "0-156 end_of_follow_up 101",
    ),
    # From 18 on the education grant decides, not KOTRE.
    "grown_up_in_kotre": (
        "in 2009-03-02\nborn 1990-01-01\nschool 2008-08-01 2012-06-30",
        "0-156 end_of_follow_up 101",
    ),
    "schooling_ends_with_the_18th_birthday": (
        "in 2009-03-02\nborn 1992-01-04\nschool 2008-08-01 2012-06-30",
        "44-187 end_of_data 101",
    ),
    # Neither VNDS nor FOERSTE_INDVANDRING: first seen in December 2008, too short a time to tell.
    "arrival_unknown": (WORKED, "53-196 lost no_arrival"),
}
SHORT = {
    "under_way_when_the_window_opens": "under_way",
    "years_in_denmark_outside_limits": "years",
    "age_outside_limits": "age",
    "no_arrival_date": "no_arrival",
    "later_spell_of_the_person": "later",
    "minor_with_unknown_schooling": "minor",
}


def _person(name: str, text: str) -> tuple[Person, list[tuple]]:
    """A person of register_rows, and the spells of KOTRE of its `school` lines."""
    lines = text.strip().splitlines()
    schools = [line.split()[1:] for line in lines if line.startswith("school")]
    rest = "\n".join(line for line in lines if not line.startswith("school"))
    made = person(name, rest)
    if not made.addresses:
        made.addresses.append((name, date(2000, 1, 1), None, "101"))
    rows = [(name, "0900", *map(date.fromisoformat, school)) for school in schools]
    return made, rows


PEOPLE = [_person(name, text) for name, (text, _) in CASES.items()]


@pytest.fixture(scope="module")
def registers(spark):
    made = registers_of(spark, [made for made, _ in PEOPLE])
    schools = [row for _, rows in PEOPLE for row in rows]
    levels = [("0900", 10), ("4080", 30)]
    educations = [
        ("loses_work", date(2009, 10, 1), "4080", date(2000, 6, 30), "17", None, None),
        ("twice", date(2009, 10, 1), "0900", date(2000, 6, 30), "15", None, None),
        ("twice", date(2010, 10, 1), "4080", date(2010, 6, 30), "15", None, None),
        # Not in the list of levels; completed before the birth; in UDDA, with no education.
        ("one_week_of_education", date(2009, 10, 1), "9999", date(2000, 6, 30), "15", None, None),
        ("three_years", date(2007, 10, 1), "4080", date(1979, 6, 30), "15", None, None),
        ("comes_back", date(2009, 10, 1), None, None, None, None, None),
    ]
    return replace(
        made,
        education_spells=frame(spark, bronze.EDUCATION_SPELLS, schools),
        educations=frame(spark, bronze.EDUCATIONS, educations),
        education_levels=frame(spark, bronze.EDUCATION_LEVELS, levels),
        health_services=frame(
            spark,
            bronze.HEALTH_SERVICES,
            [
                ("twice", "80", 3, date(2009, 5, 4), 2009),
                ("twice", "80", 7, date(2010, 5, 3), 2010),
            ],
        ),
        prescriptions=frame(spark, bronze.PRESCRIPTIONS, [("twice", date(2009, 5, 4), "N06")]),
        hospital_contacts=frame(spark, bronze.HOSPITAL_CONTACTS, []),
        hospital_diagnoses=frame(spark, bronze.HOSPITAL_DIAGNOSES, []),
    )


def _stored(spark, table, made):
    names = [name for name in table.columns if name != "analysis"]
    schema = ", ".join(f"{name} {table.columns[name]}" for name in names)
    rows = made.select(*names).collect()
    return rows, spark.createDataFrame(rows, schema)


@pytest.fixture(scope="module")
def run(spark, registers):
    settings = load_analysis(UP_TO)
    _, immigrants = _stored(spark, IMMIGRANTS, find_immigrants(registers, settings))
    followed = immigrants.where("reason IS NULL")
    _, panel = _stored(spark, WEEKLY_PANEL, build_weekly_panel(followed, registers, settings))
    found = find_spell_candidates(panel, followed, settings)
    lost = lose_spells(found, followed, settings, schooling_known=True)
    rows, candidates = _stored(spark, SPELL_CANDIDATES, lost)
    spells = build_immigrant_spells(candidates, immigrants, registers, settings)
    spell_rows, spell_frame = _stored(spark, SPELLS, spells)
    flow = count_immigrant_flow(immigrants, candidates, spell_frame, 100)
    over = load_analysis(OVER)
    others = lose_spells(found, followed, over, schooling_known=True).collect()
    grown = lose_spells(found, followed, settings, schooling_known=False).collect()
    first_only = load_analysis(UP_TO, ("spells.first_spell_only=true",))
    first = lose_spells(found, followed, first_only, schooling_known=True).collect()
    return SimpleNamespace(
        told=_tell(rows),
        over=_tell(others),
        without_schooling=_tell(grown),
        first_only=_tell(first),
        spells={(row.person_id, row.start_week): row for row in spell_rows},
        flow={row.reason: row for row in flow.collect()},
        candidates=rows,
    )


def _tell(rows) -> dict[str, str]:
    told: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: row.start_week):
        fate = f"{row.end_reason} {row.municipality_code}"
        if row.lost:
            fate = f"lost {SHORT.get(row.lost, row.lost)}"
        told.setdefault(row.person_id, []).append(f"{row.start_week}-{row.end_week} {fate}")
    return {name: "; ".join(parts) for name, parts in told.items()}


@pytest.mark.parametrize("name", CASES)
def test_spells_are_those_read_from_the_rows(run, name):
    assert run.told.get(name, "") == CASES[name][1]


def test_of_the_spells_that_count_only_the_first_does_where_asked_for(run):
    """The first that counts: not the one that was under way when the window opened."""
    assert run.first_only["one_week_of_education"] == (
        "0-52 lost under_way; 157-176 success 101; 177-300 lost later"
    )
    assert run.first_only["loses_work"] == run.told["loses_work"]


def test_the_other_analysis_has_the_spells_of_more_than_ten_years(run):
    assert run.over["eleven_years"] == "0-52 lost under_way; 157-300 end_of_data 101"
    assert run.over["ten_years_and_364_days"] == "0-52 lost under_way; 157-300 lost years"
    kept = {name for name, told in run.over.items() if "101" in told.replace("lost", "")}
    assert "loses_work" not in kept


def test_who_cannot_have_a_spell_of_the_years_is_not_followed(spark):
    """Eleven completed years on the last day a spell may begin, 31 December 2012, or a day
    later."""
    extra = [
        _person("eleven_in_time", "in 2001-12-31\n" + WORKED)[0],
        _person("eleven_too_late", "in 2002-01-01\n" + WORKED)[0],
    ]
    people = [made for made, _ in PEOPLE] + extra
    found = {
        name: {
            row.person_id: row.reason
            for row in find_immigrants(registers_of(spark, people), load_analysis(name)).collect()
        }
        for name in (UP_TO, OVER)
    }
    years = "never_of_the_years_in_the_window"
    assert found[OVER]["eleven_in_time"] is None and found[OVER]["eleven_too_late"] == years
    assert found[UP_TO]["eleven_in_time"] is None and found[UP_TO]["eleven_too_late"] is None
    assert found[UP_TO]["eleven_years_at_the_opening"] == years
    assert found[UP_TO]["eleven_years_the_day_after"] is None
    assert found[OVER]["eleven_years_at_the_opening"] is None
    # Whose arrival is not known is followed, and the spells are lost for that.
    assert found[OVER]["arrival_unknown"] is None and found[UP_TO]["arrival_unknown"] is None


def test_where_no_register_tells_of_school_the_lower_age_limit_is_18(run):
    assert run.without_schooling["seventeen_in_no_education"] == "0-156 lost minor"
    assert run.without_schooling["grown_up_in_kotre"] == "0-156 end_of_follow_up 101"


def test_conditions_are_those_at_the_start_of_each_spell(run):
    first, second = run.spells["twice", 157], run.spells["twice", 209]
    # Started 4 January 2010 and 3 January 2011: health of 2009 and 2010, UDDA of October before.
    assert (first.gp_contacts, second.gp_contacts) == ("1_4", "5_8")
    assert (first.mental_illness, second.mental_illness) == (1, 0)
    assert (first.education, second.education) == (
        "basic_danish",
        "upper_secondary_or_vocational_danish",
    )
    assert run.spells["loses_work", 157].education == "upper_secondary_or_vocational_foreign"
    assert (first.start_year, second.start_year) == ("2010", "2011")
    assert (first.years_in_denmark, second.years_in_denmark) == ("3_5", "6_10")
    # No permit since 1997; a person of 17 years.
    assert first.residence_basis == "none_known"
    assert run.spells["seventeen_in_no_education", 0].age_group == "16_17"
    assert run.spells["arrives", 0].years_in_denmark == "0_2"
    assert first.potential_follow_up == 300 - 157 and first.duration == 26


def test_why_no_education_is_known_is_counted_by_spell(run):
    """One person's two spells with an education outside the list; nothing is remarkable where the
    education is known, or UDDA says that there is none."""
    remarks = {spell: row.remarks for spell, row in run.spells.items()}
    assert remarks["one_week_of_education", 157] == ["education_not_in_list"]
    assert remarks["three_years", 78] == ["education_completed_before_birth"]
    assert remarks["twice", 157] == remarks["comes_back", 157] == []
    assert remarks["finds_work", 157] == ["spell_not_in_udda"]
    unknown = {spell for spell, noted in remarks.items() if noted} | {("comes_back", 157)}
    assert unknown == {
        spell for spell, row in run.spells.items() if row.education == "none_or_unknown"
    }
    counted = {
        name: (run.flow[name].persons, run.flow[name].spells)
        for name in ("education_not_in_list", "education_completed_before_birth")
    }
    assert counted == {
        "education_not_in_list": (1, 2),
        "education_completed_before_birth": (1, 1),
    }
    missing = [spell for spell, noted in remarks.items() if noted == ["spell_not_in_udda"]]
    assert run.flow["spell_not_in_udda"].spells == len(missing)
    assert run.flow["spell_not_in_udda"].persons == len({name for name, _ in missing})


def test_persons_without_a_permit_who_came_since_1997_are_counted(run):
    """Nobody here has a permit; those of before 1997 who are followed, and the one whose arrival is
    not known, need none."""
    early = {"eleven_years_the_day_after", "arrival_unknown"}
    row = run.flow["arrived_since_1997_without_permit"]
    assert row.spells is None
    assert row.persons == run.flow["in_population"].persons - len(early)
    assert run.flow["permit_codes_not_in_list"].persons == 0


def test_the_flow_adds_up(run):
    flow = run.flow
    kept = [row for row in run.candidates if row.lost is None]
    assert flow["with_spells"].spells == len(kept)
    assert flow["in_population"].persons == sum(
        flow[name].persons
        for name in ("never_without_work_or_state", "only_lost_spells", "with_spells")
    )
    lost = sum(row.spells for name, row in flow.items() if name.startswith("lost_"))
    assert lost == len(run.candidates) - len(kept)
    assert flow["immigrants_seen"].persons == len(CASES)
