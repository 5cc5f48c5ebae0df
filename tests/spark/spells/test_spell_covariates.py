"""Covariates at the time and over the window the model measures them, worked out by hand."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from register_rows import FIRST_MONDAY, WEEKS, frame, person, registers_of

from kommunebench import bronze
from kommunebench.settings import load_analysis
from kommunebench.silver import PERMIT_HOLDERS, POPULATION, SPELLS
from kommunebench.spells import build_population, build_spells, find_permit_holders
from kommunebench.spells.labour_market import local_labour_market

SETTINGS = load_analysis("integration_employment")
D = date.fromisoformat
TEXTS = {
    # Family of three children; the partner, of Danish origin, lives in another family.
    "parent": "permit 2010-03-01\nin 2010-03-01\nborn 1990-03-02",
    # Arrived in December; in no snapshot before March 2011.
    "december": "permit 2010-12-20\nin 2010-12-20\nborn 1990-12-20",
    # A grown child with married parents in December 2015, under that year's new codes.
    "child": "permit 2015-03-02\nin 2015-03-02\nborn 1995-01-01\ncountry 5172",
    "unseen": "permit 2010-03-01\nin 2010-03-01\ncountry 9999",
    # A permit of 2006 counts as 2008; arrived on 1 July: six months to the end of the year.
    "early_permit": "permit 2006-03-01\nin 2010-07-01\nborn 1950-07-01",
    # The origin's Monday lies in 2007.
    "new_year": "permit 2008-01-01\nin 2008-01-01",
}
PEOPLE = [person(name, text) for name, text in TEXTS.items()]


def bef(
    name,
    day,
    *,
    kind=5,
    position=1,
    family=None,
    partner=None,
    born="1980-06-15",
    ie=2,
    place="101",
    country=5486,
):
    family = family or f"f{name}"
    return (
        name,
        D(day),
        "women",
        D(born),
        country,
        ie,
        place,
        family,
        position,
        kind,
        partner,
        None,
        None,
    )


SNAPSHOTS = [
    bef("parent", "2010-09-30", born="1990-03-02", kind=1),
    bef("parent", "2010-12-31", born="1990-03-02", kind=3, partner="dane"),
    bef("dane", "2010-12-31", ie=1, family="elsewhere"),
    bef("baby", "2010-12-31", position=3, family="fparent", born="2010-06-01"),
    bef(
        "toddler", "2010-12-31", position=3, family="fparent", born="2007-12-31"
    ),  # three on that day
    bef(
        "teenager", "2010-12-31", position=3, family="fparent", born="1992-12-31"
    ),  # eighteen on that day
    bef("cousin", "2010-12-31", position=2, family="fparent", born="2000-01-01"),
    bef("december", "2011-03-31", kind=1, partner="spouse", born="1990-12-20"),
    bef("spouse", "2011-03-31", family="fdecember", position=2),
    bef("december", "2011-12-31", kind=5, born="1990-12-20"),
    bef("child", "2015-12-31", kind=7, position=3, family="home", born="1995-01-01", country=5172),
    bef("unseen", "2009-12-31", country=9999),
    bef("early_permit", "2010-12-31", kind=4, born="1950-07-01"),
    bef("new_year", "2008-12-31", kind=5),
]


def services(name, specialty, contacts, week):
    return (name, specialty, contacts, D(week), int(week[:4]))


def match_groups(**quarters):
    """Groups by quarter from 2008Q1, as q2010_3='2'."""
    groups = [None] * 36
    for name, group in quarters.items():
        year, quarter = name[1:].split("_")
        groups[(int(year) - 2008) * 4 + int(quarter) - 1] = group
    return groups


@pytest.fixture(scope="module")
def run(spark):
    weeks = ["710"] * WEEKS
    further = {
        bronze.POPULATION_SNAPSHOTS: (
            SNAPSHOTS
            + [
                bef(f"resident{n}", "2010-12-31", place=place, born="1970-01-01")
                for n, place in enumerate(["147"] * 6 + ["751"] * 4)
            ]
        ),
        bronze.DANISH_COURSES: [
            ("parent", "3", D("2010-09-01")),
            ("parent", "2", D("2010-05-01")),
            ("december", "1", None),
            ("child", "9", None),
        ],
        bronze.HEALTH_SERVICES: [
            services("early_permit", "80", 3, "2010-09-06"),  # three in six months: six a year
            services("early_permit", "80", 9, "2010-06-14"),  # before the arrival
            services("parent", "80", 20, "2011-01-03"),  # after the selection year
            services("parent", "19", 1, "2010-06-07"),
            services("december", "24", 1, "2010-12-20"),
            services("december", "81", 1, "2010-12-20"),
            ("child", "50", 2, None, 2015),  # the yearly register
        ],
        bronze.HOSPITAL_CONTACTS: [
            ("parent", "c1", "lpr", "0", 3, D("2010-05-01"), "DM545"),
            ("parent", "c2", "lpr", "2", 9, D("2010-05-02"), "DZ000"),
            ("early_permit", "c3", "lpr", "0", 2, D("2010-08-01"), "DZ000"),
            ("early_permit", "c4", "psyk", "0", 2, D("2010-08-09"), "DZ000"),
            ("unseen", "c5", "lpr", "0", 9, D("2011-01-01"), "DF200"),  # after the selection year
        ],
        bronze.HOSPITAL_DIAGNOSES: [
            ("c2", "lpr", "DF329", "A"),
            ("c3", "lpr", "DI100", "B"),
            ("c3", "psyk", "DF200", "A"),
            ("c4", "psyk", "DG400", "A"),
            ("c9", "lpr", "DE100", "A"),
        ],
        bronze.PRESCRIPTIONS: [
            ("parent", D("2010-06-01"), "N02"),
            ("early_permit", D("2010-06-30"), "A10"),
            ("child", D("2015-12-31"), "C09"),
        ],
        bronze.BENEFIT_WEEKS: [
            (
                "parent",
                FIRST_MONDAY,
                weeks,
                D("2008-01-01"),
                match_groups(q2010_3="3", q2011_1="1"),
            ),
            (
                "december",
                FIRST_MONDAY,
                weeks,
                D("2008-01-01"),
                match_groups(q2010_3="2", q2011_1="1", q2011_2="2"),
            ),
            ("early_permit", FIRST_MONDAY, weeks, D("2008-01-01"), match_groups(q2014_1="2")),
        ],
        bronze.UNEMPLOYMENT: [
            ("101", 2010, 1.0),
            ("147", 2010, 2.0),
            ("751", 2010, 1.0),
            ("101", 2009, 3.0),
        ],
        bronze.JOBS: [
            ("101", 2010, 20.0, 5000.0),
            ("147", 2010, 4.0, 1000.0),
            ("751", 2010, 2.0, 9.0),
        ],
        bronze.COMMUTING_AREAS: [("101", "capital"), ("147", "capital"), ("751", "east")],
    }
    registers = registers_of(
        spark, PEOPLE, **{table.name: frame(spark, table, rows) for table, rows in further.items()}
    )
    found = find_permit_holders(registers, SETTINGS).collect()
    holders = spark.createDataFrame([tuple(row) for row in found], _schema(PERMIT_HOLDERS))
    rows = build_population(holders, registers, SETTINGS).collect()
    population = spark.createDataFrame([tuple(row) for row in rows], _schema(POPULATION))
    # Spells as find_spell_candidates gives them: of "december" from week 2 to 30 (2011-01-03 to
    # 2011-07-18), of the others 40 weeks.
    candidates = spark.createDataFrame(
        [
            (
                row.person_id,
                "101",
                *((2, 30) if row.person_id == "december" else (0, 40)),
                row.last_followed_week,
                row.origin_monday,
                row.origin_monday,
                1,
                "success",
                False,
                None,
            )
            for row in rows
        ],
        "person_id string, municipality_code string, start_week int, end_week int,"
        " last_followed_week int, origin_monday date, start_monday date, event int, end_reason"
        " string, early_move boolean, lost string",
    ).selectExpr(
        "* except (start_monday)", "date_add(origin_monday, start_week * 7) AS start_monday"
    )
    limited = load_analysis("integration_employment", ("measurement.match_group_weeks=20",))
    at_home = load_analysis("integration_employment", ("measurement.child_at_home=true",))
    by_position = build_population(holders, registers, at_home).select("person_id", "family_type")
    return SimpleNamespace(
        family_type_by_position=dict(by_position.collect()),
        person={row.person_id: row for row in rows},
        spell={
            row.person_id: row
            for row in build_spells(candidates, population, registers, SETTINGS).collect()
        },
        limited={
            row.person_id: row
            for row in build_spells(candidates, population, registers, limited).collect()
        },
        market={
            (row.municipality_code, row.year): row
            for row in local_labour_market(registers, SETTINGS).collect()
        },
    )


def _schema(table):
    return ", ".join(f"{name} {kind}" for name, kind in table.columns.items() if name != "analysis")


def test_population_and_spells_have_their_declared_columns(run):
    assert [name for name in POPULATION.columns if name != "analysis"] == list(
        run.person["parent"].asDict()
    )
    assert {name for name in SPELLS.columns if name != "analysis"} <= set(
        run.spell["parent"].asDict()
    )


def test_age_is_in_completed_years_on_the_selection_date(run):
    # "parent" turns 20 the day after; "december" on the day; "early_permit" turns 60 on the day of
    # arrival, which selects.
    groups = {name: row.age_group for name, row in run.person.items()}
    assert groups == {
        "parent": "18_19",
        "december": "20_24",
        "child": "20_24",
        "unseen": "25_29",
        "early_permit": "60_64",
        "new_year": "25_29",
    }


def test_origin_and_continent_come_from_the_country_list_and_unlisted_countries_are_other(run):
    assert (run.person["parent"].origin, run.person["parent"].continent) == ("syria", "asia")
    assert run.person["child"].origin == "turkey"
    assert (run.person["unseen"].origin, run.person["unseen"].continent) == ("other", "unknown")


def test_a_permit_before_the_window_counts_with_its_first_year(run):
    assert (run.person["early_permit"].permit_year, run.person["child"].permit_year) == (
        "2008",
        "2015",
    )
    assert run.person["early_permit"].selection_date == D("2010-07-01")


def test_children_are_counted_in_december_of_the_selection_year_by_completed_years(run):
    row = run.person["parent"]
    assert (row.children_0_2, row.children_3_6, row.children_0_17) == (1, 1, 2)
    assert (row.family_type, row.has_partner, row.danish_partner) == ("cohabiting", 1, 1)


def test_who_is_not_there_in_december_is_read_at_the_next_snapshot(run):
    row = run.person["december"]
    assert (row.family_type, row.has_partner, row.danish_partner) == ("married", 1, 0)


def test_the_family_codes_of_2015_and_a_grown_child_at_home(run):
    assert (run.person["child"].family_type, run.person["child"].child_at_home) == ("married", 1)
    assert (run.person["unseen"].family_type, run.person["unseen"].children_0_17) == ("unknown", 0)


def test_a_child_at_home_has_a_family_type_of_its_own_where_the_settings_ask_for_it(run):
    levels = run.family_type_by_position
    assert levels.pop("child") == "child_at_home"
    assert levels == {name: row.family_type for name, row in run.person.items() if name != "child"}


def test_the_first_danish_course_counts_and_none_is_unknown(run):
    courses = {name: row.danish_education for name, row in run.person.items()}
    assert courses == {
        "parent": "2",
        "december": "1",
        "child": "unknown",
        "unseen": "unknown",
        "early_permit": "unknown",
        "new_year": "unknown",
    }


def test_contacts_are_scaled_to_twelve_months_of_the_time_since_arrival(run):
    # Three contacts in 184 days of 2010 are six a year; one in twelve days counts as one in a
    # month: twelve a year.
    classes = {name: row.gp_contacts for name, row in run.person.items()}
    assert classes["early_permit"] == "5_8"
    assert classes["december"] == "9_12"
    assert classes["parent"] == "0"


def test_conditions_come_from_diagnoses_drugs_and_providers_inside_the_window(run):
    def conditions(name):
        names = (
            "specialist",
            "mental_illness",
            "musculoskeletal",
            "cardiovascular",
            "nervous_system",
            "nutritional",
            "pain",
            "eye",
            "dentist",
        )
        return {condition for condition in names if run.person[name][condition] == 1}

    # M54 and F32 as action diagnoses of the contact and of the list, N02 as drug, specialty 19.
    assert conditions("parent") == {
        "specialist",
        "mental_illness",
        "musculoskeletal",
        "pain",
        "eye",
    }
    # Only action diagnoses of the person's own contact of the same source; the drug of 30 June came
    # before the arrival.
    assert conditions("early_permit") == {"nervous_system"}
    assert conditions("december") == {"specialist", "mental_illness"}
    assert conditions("child") == {"cardiovascular", "dentist"}
    assert conditions("unseen") == set()


def test_days_in_hospital_are_those_of_full_day_admissions(run):
    assert (run.person["parent"].hospital_days, run.person["parent"].hospital_4_days_plus) == (
        "1_3",
        0,
    )
    assert (
        run.person["early_permit"].hospital_days,
        run.person["early_permit"].hospital_4_days_plus,
    ) == ("4_plus", 1)
    assert run.person["unseen"].hospital_days == "0"


def test_the_start_year_is_that_of_the_start_week_s_monday_but_not_before_the_origin(run):
    assert run.spell["december"].start_year == "2011"
    assert run.spell["new_year"].start_year == "2008"
    assert (run.spell["december"].weeks_since_permit, run.spell["parent"].weeks_since_permit) == (
        2,
        0,
    )


def test_the_first_match_group_seen_in_the_spell_decides(run):
    groups = {name: row.match_group for name, row in run.spell.items()}
    # "december": group 2 before the spell and 1 first in it. "early_permit": group 2 comes years
    # after the spell.
    assert groups == {
        "parent": "2_3",
        "december": "other",
        "child": "other",
        "unseen": "other",
        "early_permit": "other",
        "new_year": "other",
    }


def test_the_search_for_a_match_group_can_be_limited(run):
    # The spell of "parent" starts in March 2010; twenty weeks reach into July, the third quarter.
    assert run.limited["parent"].match_group == "2_3"
    assert {row.match_group for name, row in run.limited.items() if name != "parent"} == {"other"}


def test_the_local_labour_market_is_that_of_the_commuting_area_in_the_selection_year(run):
    # Capital, December 2010: residents 18-64 are six in 147 and, in 101, parent, dane, teenager and
    # early_permit.
    row = run.spell["parent"]
    assert row.local_unemployment_percent == pytest.approx(100 * 3 / 10)
    assert row.local_jobs_per_18_64 == pytest.approx(24 / 10)
    assert row.local_jobs_skilled == pytest.approx(0.6)


def test_a_figure_that_a_year_lacks_is_the_nearest_earlier_one(run):
    # 2015 has residents (the child, 20), but jobs and unemployment of 2010.
    row = run.market["101", 2015]
    assert row.local_unemployment_percent == pytest.approx(100 * 3 / 1)
    # 2008 has residents only ("new_year"); jobs are those of 2010, the first later year, and so is
    # unemployment: that of 2009 is known of one of the two municipalities alone.
    assert run.market["101", 2008].local_jobs_skilled == pytest.approx(0.6)
    assert run.market["101", 2008].local_unemployment_percent == pytest.approx(100 * 3 / 1)


def test_an_area_one_municipality_of_which_lacks_a_figure_has_that_of_another_year(spark):
    """Jobs of 2011 and 2012 lack 147: the area's are those of 2010, not 101's alone."""
    residents = [
        bef(f"{year}{place}", f"{year}-12-31", place=place)
        for year in (2010, 2011, 2012)
        for place in ("101", "147", "751")
    ]
    jobs = [("101", 2010, 20.0, 1e4), ("147", 2010, 4.0, 1e4), ("751", 2010, 2.0, 1e4)]
    jobs += [("101", 2011, 30.0, 1e4), ("101", 2012, 30.0, 1e4), ("751", 2012, 3.0, 1e4)]
    unemployed = [(c, y, 1.0) for c in ("101", "147", "751") for y in (2010, 2011, 2012)]
    frames = {
        bronze.POPULATION_SNAPSHOTS: residents,
        bronze.JOBS: jobs,
        bronze.UNEMPLOYMENT: unemployed,
        bronze.COMMUTING_AREAS: [("101", "capital"), ("147", "capital"), ("751", "east")],
    }
    registers = registers_of(
        spark, [], **{table.name: frame(spark, table, rows) for table, rows in frames.items()}
    )
    rows = local_labour_market(registers, SETTINGS).collect()
    ratio = {(row.municipality_code, row.year): row.local_jobs_per_18_64 for row in rows}
    assert [ratio["101", year] for year in (2010, 2011, 2012)] == [12.0, 12.0, 12.0]
    assert [ratio["751", year] for year in (2010, 2011, 2012)] == [2.0, 2.0, 3.0]
    # A municipality without residents that lacks a figure makes no gap.
    empty = replace(
        registers,
        population_snapshots=registers.population_snapshots.where("municipality_code <> '147'"),
    )
    rows = local_labour_market(empty, SETTINGS).collect()
    ratio = {(row.municipality_code, row.year): row.local_jobs_per_18_64 for row in rows}
    assert [ratio["147", year] for year in (2010, 2011)] == [24.0, 30.0]
