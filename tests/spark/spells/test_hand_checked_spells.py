"""Persons whose spells are known by reading their rows: one run for all, one assertion for each."""

from datetime import date
from types import SimpleNamespace

import pytest
from hand_checked import CASES, DROPPED, WITHOUT_SPELL
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
    count_drops,
    find_permit_holders,
    find_spell_candidates,
)
from kommunebench.spells.flow import count_flow
from kommunebench.spells.person_weeks import count_full_year_persons

SETTINGS = load_analysis("integration_employment")
PEOPLE = [person(name, text) for name, (text, _) in (CASES | DROPPED).items()]


def stored(spark, table, frame):
    """The frame as a table that was written and read back, so that what follows does not compute it
    again."""
    names = [name for name in table.columns if name != "analysis"]
    schema = ", ".join(f"{name} {table.columns[name]}" for name in names)
    rows = frame.select(*names).collect()
    return rows, spark.createDataFrame(rows, schema)


def told(rows) -> str:
    ordered = sorted(rows, key=lambda row: row.start_week)
    return "; ".join(
        f"{row.start_week}-{row.end_week} {row.end_reason} {row.municipality_code}"
        for row in ordered
    )


@pytest.fixture(scope="module")
def run(spark):
    registers = registers_of(spark, PEOPLE)
    _, holders = stored(spark, PERMIT_HOLDERS, find_permit_holders(registers, SETTINGS))
    population, population_frame = stored(
        spark, POPULATION, build_population(holders, registers, SETTINGS)
    )
    panel, panel_frame = stored(
        spark, WEEKLY_PANEL, build_weekly_panel(population_frame, registers, SETTINGS)
    )
    candidates, candidates_frame = stored(
        spark, SPELL_CANDIDATES, find_spell_candidates(panel_frame, population_frame, SETTINGS)
    )
    spells = build_spells(candidates_frame, population_frame, registers, SETTINGS)
    dropped = count_drops(holders).collect()
    flow = count_flow(spark.createDataFrame(dropped), population_frame, candidates_frame, 100, 64)
    return SimpleNamespace(
        registers=registers,
        population={row.person_id: row for row in population},
        population_frame=population_frame,
        dropped={row.reason: row.persons for row in dropped},
        panel={(row.person_id, row.week): row for row in panel},
        panel_frame=panel_frame,
        candidates=candidates,
        spells=spells.select(*(name for name in SPELLS.columns if name != "analysis")).collect(),
        flow={row.reason: row for row in flow.collect()},
        full_years=count_full_year_persons(panel_frame, population_frame, SETTINGS).collect(),
    )


@pytest.mark.parametrize("name", CASES)
def test_spells_are_those_read_from_the_rows(run, name):
    assert told([row for row in run.spells if row.person_id == name]) == CASES[name][1]


@pytest.mark.parametrize("name", CASES)
def test_who_qualifies_is_in_the_population(run, name):
    assert name in run.population


@pytest.mark.parametrize("name", DROPPED)
def test_who_does_not_qualify_is_not(run, name):
    assert name not in run.population


def test_everybody_kept_out_is_counted_under_the_first_rule_that_does(run):
    expected = {reason: 0 for _, reason in DROPPED.values()}
    for _, reason in DROPPED.values():
        expected[reason] += 1
    counted = {reason: persons for reason, persons in run.dropped.items() if reason is not None}
    assert counted == expected | {"origin_not_in_country_list": 1}
    assert run.dropped[None] == len(CASES)


@pytest.mark.parametrize(
    ("name", "origin", "week", "last"),
    [
        ("permit_before_arrival", date(2010, 5, 10), "2010-W19", 156),
        ("arrival_on_a_monday", date(2010, 5, 10), "2010-W19", 156),
        ("permit_on_the_day_of_arrival", date(2010, 5, 5), "2010-W18", 156),
        ("permit_after_arrival", date(2010, 3, 4), "2010-W09", 156),
        ("iso_week_53", date(2009, 12, 14), "2009-W51", 156),
        ("success_in_the_last_followed_week", date(2015, 6, 1), "2015-W23", 52),
        ("origin_after_2015", date(2016, 1, 4), "2016-W01", 21),
    ],
)
def test_origin_and_last_followed_week(run, name, origin, week, last):
    row = run.population[name]
    assert (row.origin_date, row.origin_week, row.last_followed_week) == (origin, week, last)


def test_the_panel_reaches_twelve_weeks_beyond_the_last_followed_one_and_at_least_to_week_155(run):
    last = {}
    for name, week in run.panel:
        last[name] = max(week, last.get(name, -1))
    # 2016-W34 is the last week observed: week 64 of 2015-W23, week 168 of 2013-W23, 167 of the one
    # after.
    assert last["iso_week_53"] == 168
    assert last["success_in_the_last_followed_week"] == 64
    assert last["last_followed_week_is_156"] == 168
    assert last["last_followed_week_is_155"] == 167
    assert run.panel["success_in_the_last_followed_week", 64].iso_week == "2016-W34"


def test_weeks_have_their_iso_names_across_a_year_of_53_weeks(run):
    assert [run.panel["iso_week_53", week].iso_week for week in range(4)] == [
        "2009-W51",
        "2009-W52",
        "2009-W53",
        "2010-W01",
    ]


def test_a_month_s_hours_fall_on_the_days_of_its_weeks(run):
    # June 2010: 86.67 / 30 a day. 2010-W22 (week 13) holds 6 of its days, 2010-W23 seven; July has
    # 31.
    hours = {week: run.panel["twenty_hour_contract", week].hours for week in (12, 13, 14, 17)}
    assert hours[12] == 0.0
    assert hours[13] == pytest.approx(86.67 * 6 / 30, abs=1e-6)
    assert hours[14] == pytest.approx(86.67 * 7 / 30, abs=1e-6)
    assert hours[17] == pytest.approx(86.67 * (3 / 30 + 4 / 31), abs=1e-6)


def test_a_month_taken_back_has_no_hours(run):
    assert [run.panel["negative_correction", week].hours for week in (13, 14, 15, 16)] == [0.0] * 4
    assert run.panel["negative_correction", 17].hours == pytest.approx(37 * 4 / 7, abs=1e-6)


def test_absence_is_from_the_week_of_departure_to_the_week_before_the_return(run):
    absent = [week for week in range(169) if run.panel["abroad_and_back", week].absence == "abroad"]
    assert absent == list(range(12, 26))  # 2010-W21 to W34; the return on 1 September is in W35
    assert [week for week in range(169) if run.panel["out_twice", week].absence] == list(
        range(12, 26)
    )


def test_death_is_dated_by_the_register_and_stays(run):
    for name in ("death_without_code", "death_by_code_alone", "death_with_a_later_code"):
        assert [run.panel[name, week].absence for week in (11, 12, 13, 168)] == [
            None,
            "dead",
            "dead",
            "dead",
        ]


def test_a_code_means_a_transfer_except_holiday_allowance_from_work(run):
    assert run.panel["holiday_allowance_inside_employment", 19].is_transfer_free
    assert not run.panel["holiday_allowance_from_unemployment", 19].is_transfer_free
    assert not run.panel["code_outside_the_list", 20].is_transfer_free
    assert run.panel["code_outside_the_list", 20].state == "unknown"
    assert not run.panel["coded_abroad_without_emigration", 20].is_transfer_free
    assert run.panel["coded_abroad_without_emigration", 20].absence is None
    assert run.panel["no_benefit_row", 5].state == "self_supported"


def test_employment_lasts_thirteen_weeks_and_then_to_the_first_week_that_ends_it(run):
    employed = [week for week in range(169) if run.panel["thirteen_weeks", week].is_employed]
    assert employed == list(range(12, 25))
    employed = [
        week for week in range(169) if run.panel["four_weeks_without_hours", week].is_employed
    ]
    assert employed == [*range(12, 31), *range(35, 70)]


def test_spells_that_may_not_start_are_counted_by_reason(run):
    lost = {(row.person_id, row.lost) for row in run.candidates if row.lost}
    assert ("start_after_2015", "start_after_last_start_date") in lost
    assert ("origin_after_2015", "start_after_last_start_date") in lost
    assert ("maternity", "after_a_censoring") in lost
    assert ("abroad_and_back", "after_a_censoring") in lost
    assert ("start_after_the_last_followed_week", "start_in_or_after_last_followed_week") in lost
    assert not [
        row
        for row in run.candidates
        if row.lost and row.person_id in ("permit_before_arrival", "death_without_code")
    ]


def test_every_person_of_the_population_has_a_spell_or_a_counted_reason_for_none(run):
    with_spells = {row.person_id for row in run.spells}
    assert set(run.population) - with_spells == set(WITHOUT_SPELL)
    for reason in set(WITHOUT_SPELL.values()):
        assert run.flow[reason].persons == list(WITHOUT_SPELL.values()).count(reason)
    assert run.flow["with_spells"].persons == len(with_spells)
    assert run.flow["with_spells"].spells == len(run.spells)


def test_the_flow_adds_up_from_permits_to_spells(run):
    persons = {reason: row.persons for reason, row in run.flow.items()}
    assert persons["with_permit"] == len(PEOPLE)
    assert persons["in_population"] == len(CASES)
    assert persons["with_permit"] - sum(
        persons[reason] for reason in {r for _, r in DROPPED.values()}
    ) == len(CASES)
    assert run.flow["in_municipalities_too_small"].spells + run.flow["in_comparison"].spells == len(
        run.spells
    )
    lost = [row for row in run.candidates if row.lost]
    assert sum(row.spells for reason, row in run.flow.items() if reason.startswith("lost_")) == len(
        lost
    )
    assert [row.step for row in sorted(run.flow.values(), key=lambda r: r.step)] == list(
        range(1, len(run.flow) + 1)
    )


def test_early_moves_are_counted_without_a_grace_period(run):
    touched = {row.person_id for row in run.candidates if row.early_move and row.lost is None}
    assert touched == {"move_in_week_0", "moves_in_weeks_3_and_18"}
    assert run.flow["touched_by_placement_grace"].spells == 2


def test_a_grace_period_gives_the_spell_to_the_municipality_moved_to_and_goes_on(run):
    settings = load_analysis("integration_employment", ("spells.placement_grace_weeks=4",))
    found = [
        row
        for row in find_spell_candidates(run.panel_frame, run.population_frame, settings).collect()
        if row.lost is None
    ]
    of = {name: told([row for row in found if row.person_id == name]) for name in CASES}
    assert of["move_in_week_0"] == "0-156 end_of_follow_up 147"
    assert of["moves_in_weeks_3_and_18"] == "0-18 moved_municipality 147"
    assert of["move_before_work"] == "0-18 moved_municipality 101"


def test_durations_follow_ups_and_outcomes_are_those_of_the_weeks(run):
    for row in run.spells:
        assert row.duration == row.end_week - row.start_week >= 1
        assert (
            row.potential_follow_up
            == run.population[row.person_id].last_followed_week - row.start_week
            >= row.duration
        )
        assert row.event == (row.end_reason == "success") == (row.outcome == "success")
        assert (row.outcome == "unfinished") == (
            row.end_reason in ("moved_municipality", "end_of_follow_up", "end_of_data")
        )


def test_person_weeks_of_the_panel_are_all_accounted_for(run):
    before_horizon = [row for row in run.panel.values() if row.week < 156]
    lived = [row for row in before_horizon if row.absence is None]
    assert len(before_horizon) - len(lived) > 1000  # dead or abroad
    assert sum(row.person_weeks for row in run.full_years) == len(lived)


def test_full_year_persons_are_person_weeks_over_the_weeks_of_the_iso_year(run):
    cells = {(row.municipality_code, row.year): row for row in run.full_years}
    weeks_2015 = sum(
        1
        for row in run.panel.values()
        if row.week < 156
        and row.absence is None
        and row.municipality_code == "101"
        and row.iso_week.startswith("2015-")
    )
    assert cells["101", 2015].full_year_persons == pytest.approx(weeks_2015 / 53)
    assert cells["101", 2011].full_year_persons == pytest.approx(
        cells["101", 2011].person_weeks / 52
    )
    assert cells["147", 2011].refugee == 1.0
    assert cells["147", 2011].asia == 1.0
    assert cells["147", 2011].syria == 1.0
    assert cells["147", 2011].africa == 0.0
