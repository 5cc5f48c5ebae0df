"""Other sources and settings: moves or snapshots instead of addresses, ATP instead of hours,
education as success, counts."""

from dataclasses import replace
from datetime import date

import pytest
from register_rows import frame, person, registers_of

from kommunebench import bronze
from kommunebench.errors import RegisterError
from kommunebench.settings import load_analysis
from kommunebench.spells import (
    build_weekly_panel,
    find_permit_holders,
    find_spell_candidates,
    select_population,
)
from kommunebench.spells.ends import count_ends
from kommunebench.spells.outcomes import count_outcomes, keep_compared
from kommunebench.spells.residence import (
    count_unplaced_addresses,
    municipality_on,
    residence_histories,
)
from kommunebench.spells.risk_sets import count_risk_sets
from kommunebench.spells.spell_table import spell_id
from kommunebench.stages.panel import _about_addresses

SETTINGS = load_analysis("integration_employment")
D = date.fromisoformat
HERE = "permit 2010-03-01\nin 2010-03-01\n"


def bef(name, day, place, since=None):
    return (
        name,
        D(day),
        "men",
        D("1980-01-01"),
        5486,
        2,
        place,
        "f",
        1,
        5,
        None,
        None,
        since and D(since),
    )


@pytest.fixture(scope="module")
def homes(spark):
    """Municipality on days asked for, by source."""
    registers = registers_of(spark, [person(name, HERE) for name in ("mover", "stayer", "nowhere")])
    snapshots = frame(
        spark,
        bronze.POPULATION_SNAPSHOTS,
        [
            bef("mover", "2010-03-31", "101", "2010-03-01"),
            bef("mover", "2010-09-30", "147", "2010-07-15"),
            bef("mover", "2010-12-31", "751"),
            bef("stayer", "2010-03-31", "101"),
            bef("nowhere", "2010-03-31", "851"),
        ],
    )
    moves = frame(
        spark,
        bronze.MOVES,
        [
            ("mover", D("2010-03-20"), "101", "201"),
            ("mover", D("2010-07-15"), "147", "101"),
            ("mover", D("2010-11-05"), "751", "147"),
        ],
    )
    addresses = registers.address_spells.where("person_id <> 'nowhere'")
    sources = {
        "addresses": {"population_snapshots": snapshots, "address_spells": addresses},
        "moves": {"population_snapshots": snapshots, "addresses": None, "moves": moves},
        "snapshots": {"population_snapshots": snapshots, "addresses": None, "address_spells": None},
    }
    days = spark.createDataFrame(
        [(D(d),) for d in ("2010-03-01", "2010-03-29", "2010-07-19", "2010-11-08", "2011-01-03")],
        "day date",
    )
    found = {}
    for name, frames in sources.items():
        known = {
            field: getattr(registers, field) for field in registers.__dataclass_fields__
        } | frames
        persons = spark.createDataFrame([("mover",), ("stayer",), ("nowhere",)], "person_id string")
        histories = residence_histories(type(registers)(**known), persons).crossJoin(days)
        rows = histories.select(
            "person_id",
            "day",
            municipality_on(histories["residences"], histories["day"]).alias("place"),
        ).collect()
        found[name] = {(row.person_id, row.day.isoformat()): row.place for row in rows}
    return found


def test_moves_start_from_the_first_snapshot_or_the_municipality_left_before_it(homes):
    places = [
        homes["moves"]["mover", day]
        for day in ("2010-03-01", "2010-03-29", "2010-07-19", "2010-11-08", "2011-01-03")
    ]
    assert places == ["201", "101", "147", "751", "751"]
    assert homes["moves"]["stayer", "2011-01-03"] == "101"


def test_snapshots_place_a_move_on_the_day_the_address_began(homes):
    places = [
        homes["snapshots"]["mover", day]
        for day in ("2010-03-01", "2010-03-29", "2010-07-19", "2010-11-08", "2011-01-03")
    ]
    assert places == ["101", "101", "147", "147", "751"]


def test_a_person_without_an_address_is_taken_from_the_snapshots(homes):
    assert homes["addresses"]["nowhere", "2010-07-19"] == "851"
    assert homes["addresses"]["stayer", "2010-07-19"] == "101"


def places_of(registers, spark, name, days):
    """Where a person lives on these days."""
    persons = spark.createDataFrame([(name,)], "person_id string")
    dates = spark.createDataFrame([(D(day),) for day in days], "day date")
    histories = residence_histories(registers, persons).crossJoin(dates)
    rows = histories.select(
        "day", municipality_on(histories["residences"], histories["day"]).alias("place")
    ).collect()
    found = {row.day.isoformat(): row.place for row in rows}
    return [found[day] for day in days]


def registers_with(spark, **frames):
    """The registers of one person who has a permit, with these rows instead of their own."""
    registers = registers_of(spark, [person("one", HERE)])
    known = {field: getattr(registers, field) for field in registers.__dataclass_fields__}
    tables = {table.name: table for table in bronze.BRONZE_TABLES}
    made = {
        name: None if rows is None else frame(spark, tables[name], rows)
        for name, rows in frames.items()
    }
    return type(registers)(**(known | made))


def at_addresses(spark, addresses, second_until=None):
    """Municipality 101 in BEF, 147 from July 2010 on; two address spells, before and after."""
    return registers_with(
        spark,
        population_snapshots=[
            bef("one", "2010-03-31", "101", "2010-03-01"),
            bef("one", "2010-12-31", "147", "2010-07-03"),
        ],
        address_spells=[
            ("one", "first", D("2010-03-01"), D("2010-06-30")),
            ("one", "second", D("2010-07-01"), second_until),
        ],
        addresses=addresses,
    )


def test_days_at_an_address_without_municipality_are_taken_from_the_snapshots(spark):
    days = ["2010-06-28", "2010-07-05", "2011-01-03"]
    registers = at_addresses(spark, [("first", "101", None, None)])
    assert places_of(registers, spark, "one", days) == ["101", "147", "147"]
    persons = spark.createDataFrame([("one",), ("other",)], "person_id string")
    assert count_unplaced_addresses(registers, persons) == (1, 1)
    # A spell that ends before it begins has no days to fill.
    backwards = at_addresses(spark, [("first", "101", None, None)], D("2010-06-30"))
    assert places_of(backwards, spark, "one", days) == ["101", "101", "101"]


def test_the_stage_says_which_addresses_are_not_used(spark):
    persons = spark.createDataFrame([("one",)], "person_id string")
    unplaced, said = _about_addresses(at_addresses(spark, [("first", "101", None, None)]), persons)
    assert unplaced == 1 and said.startswith("1 address spells at 1 addresses that BEFADR places")
    placed = [("first", "101", None, None), ("second", "147", None, None)]
    assert _about_addresses(at_addresses(spark, placed), persons) == (0, "")
    without = replace(at_addresses(spark, placed), addresses=None)
    assert _about_addresses(without, persons) == (
        0,
        "BEFBOP without BEFADR is not used: municipalities are taken from BEF",
    )


def test_an_address_that_was_not_valid_in_the_spell_does_not_place_it(spark):
    # The second address was 751's until 2009, and nothing is known of it in the spell.
    gone = ("second", "751", D("1990-01-01"), D("2009-12-31"))
    registers = at_addresses(spark, [("first", "101", None, None), gone])
    assert places_of(registers, spark, "one", ["2010-06-28", "2010-07-05"]) == ["101", "147"]
    persons = spark.createDataFrame([("one",)], "person_id string")
    assert count_unplaced_addresses(registers, persons) == (1, 1)
    # An earlier validity beside the one of the spell makes no gap.
    placed = [("first", "101", None, None), gone, ("second", "753", D("2010-01-01"), None)]
    registers = at_addresses(spark, placed)
    assert places_of(registers, spark, "one", ["2010-06-28", "2010-07-05"]) == ["101", "753"]
    assert count_unplaced_addresses(registers, persons) == (0, 0)


def test_of_snapshots_that_tell_of_one_day_the_newest_counts(spark):
    registers = registers_with(
        spark,
        population_snapshots=[
            bef("one", "2010-06-30", "751", "2010-03-01"),
            bef("one", "2010-12-31", "101", "2010-03-01"),
        ],
        address_spells=None,
        addresses=None,
    )
    assert places_of(registers, spark, "one", ["2010-03-01", "2011-01-03"]) == ["101", "101"]


def test_moves_of_one_day_follow_each_other(spark):
    registers = registers_with(
        spark,
        population_snapshots=[bef("one", "2010-12-31", "101")],
        address_spells=None,
        addresses=None,
        moves=[("one", D("2010-05-03"), "101", "751"), ("one", D("2010-05-03"), "751", "201")],
    )
    assert places_of(registers, spark, "one", ["2010-05-02", "2010-05-03"]) == ["201", "101"]


@pytest.fixture(scope="module")
def two(spark):
    """A student and an ATP payer, with the population they make."""
    student = person(
        "student",
        HERE
        + "code 2010-W09 2010-W20 710\ncode 2010-W21 2010-W21 651\ncode 2010-W22 2010-W40 710\n"
        + "code 2010-W41 2011-W05 651\ncode 2011-W06 .. 710",
    )
    payer = person(
        "payer",
        HERE + "code 2010-W09 2010-W20 710\ncode 2010-W21 2010-W21 555\ncode 2010-W22 2010-W22 710",
    )
    payer.pays = [
        ("payer", date(2010, m, 1), date(2010, m, 28), 0.0, band)
        for m in range(6, 13)
        for band in ("2", "1", None)
    ]
    registers = registers_of(spark, [student, payer])
    columns = (
        "person_id string, birth_date date, origin_monday date, last_followed_week int,"
        " arrival_date date"
    )
    rows = (
        select_population(find_permit_holders(registers, SETTINGS), SETTINGS)
        .select(*(c.split()[0] for c in columns.split(", ")))
        .collect()
    )
    return registers, spark.createDataFrame(rows, columns)


def spells(panel, population, settings):
    rows = sorted(
        find_spell_candidates(panel, population, settings).where("lost IS NULL").collect(),
        key=lambda r: r.start_week,
    )
    return [(row.person_id, row.start_week, row.end_week, row.end_reason) for row in rows]


def test_education_is_success_where_the_settings_say_so_and_a_censoring_otherwise(two):
    registers, population = two
    student = population.where("person_id = 'student'")
    plain = build_weekly_panel(student, registers, SETTINGS)
    assert spells(plain, student, SETTINGS) == [("student", 0, 12, "education")]
    counts = load_analysis("integration_employment", ("employment.education_counts=true",))
    panel = build_weekly_panel(student, registers, counts)
    # "The first week of education, no least length": week 12 alone is a success, and so are weeks
    # 32 to 48. Each next spell begins with the benefit after it.
    assert spells(panel, student, counts) == [
        ("student", 0, 12, "success"),
        ("student", 13, 32, "success"),
        ("student", 49, 156, "end_of_follow_up"),
    ]


def test_atp_bands_stand_for_weekly_hours_of_each_job(two):
    registers, population = two
    payer = population.where("person_id = 'payer'")
    settings = load_analysis("integration_employment", ("employment.hours_source=atp",))
    panel = build_weekly_panel(payer, registers, settings)
    rows = {row.week: row for row in panel.collect()}
    # 18 and 9 hours a week in June (1-28): week 14 (7-13 June) has seven days, week 13 six, week 17
    # (28 June - 4 July) five.
    assert [rows[week].hours for week in (13, 14, 17)] == pytest.approx(
        [27 * 6 / 7, 27.0, 27 * 5 / 7]
    )
    # A code the list does not hold is kept as a transfer.
    unknown = [row for row in rows.values() if row.state == "unknown"]
    assert [(row.dream_code, row.is_transfer_free) for row in unknown] == [("555", False)]


def test_without_benefits_or_employment_no_panel_is_made_and_the_register_is_named(two):
    registers, population = two
    known = {field: getattr(registers, field) for field in registers.__dataclass_fields__}
    for name in ("benefit_weeks", "employment_months"):
        with pytest.raises(RegisterError, match=name):
            build_weekly_panel(population, type(registers)(**(known | {name: None})), SETTINGS)


COUNTED = [
    # municipality, duration, event, outcome, sex, basis
    ("101", 3, 1, "success", "men", "refugee_quota"),
    ("101", 3, 0, "left", "men", "family_refugee"),
    ("101", 5, 0, "unfinished", "women", "family_foreigner"),
    ("147", 5, 1, "success", "women", "refugee_convention"),
]
_COUNTED = (
    "municipality_code string, duration int, event int, outcome string, sex string, residence_basis"
    " string"
)


def test_risk_sets_count_who_is_under_observation_just_before_each_week(spark):
    rows = count_risk_sets(spark.createDataFrame(COUNTED, _COUNTED)).collect()
    found = {
        (row.municipality_code, row.week): (row.at_risk, row.events, row.censored) for row in rows
    }
    assert found == {
        ("101", 3): (3, 1, 1),
        ("101", 5): (1, 0, 1),
        ("147", 5): (1, 1, 0),
        (None, 3): (4, 1, 1),
        (None, 5): (2, 1, 1),
    }


def test_outcomes_are_counted_with_their_shares_and_means(spark):
    rows = count_outcomes(spark.createDataFrame(COUNTED, _COUNTED)).collect()
    found = {
        (row.breakdown, row.value, row.outcome): (row.spells, row.share, row.mean_weeks)
        for row in rows
    }
    assert found["sex", "men", "success"] == (1, 0.5, 3.0)
    assert found["sex", "men", "total"] == (2, 1.0, 3.0)
    assert found["sex", "total", "total"] == (4, 1.0, 4.0)
    assert found["residence_basis", "family_reunified", "left"] == (1, 0.5, 3.0)
    assert found["residence_basis", "refugee", "success"] == (2, 1.0, 4.0)


def test_a_missing_residence_basis_is_neither_kind_in_any_table(spark):
    rows = [(*row, "success" if row[2] else "end_of_data") for row in COUNTED]
    rows.append(("751", 7, 1, "success", "women", None, "success"))
    spells = spark.createDataFrame(rows, f"{_COUNTED}, end_reason string")
    outcomes = {
        (row.value, row.outcome): row.spells
        for row in count_outcomes(spells).where("breakdown = 'residence_basis'").collect()
    }
    assert (outcomes["refugee", "success"], outcomes["total", "success"]) == (2, 3)
    assert {value for value, _ in outcomes} == {"refugee", "family_reunified", "total"}
    of_basis = count_ends(spells).where("breakdown = 'residence_basis'").collect()
    assert sum(row.spells for row in of_basis) == 4


def test_spell_ids_of_late_weeks_differ(spark):
    weeks = spark.createDataFrame(
        [("p", week) for week in (7, 100, 1000)], "person_id string, start_week int"
    )
    found = [row.id for row in weeks.select(spell_id().alias("id")).collect()]
    assert found == ["p-007", "p-100", "p-1000"]


def test_only_municipalities_with_enough_spells_are_compared(spark):
    kept = keep_compared(spark.createDataFrame(COUNTED, _COUNTED), 3).collect()
    assert {row.municipality_code for row in kept} == {"101"}
