"""Who came when, and with which residence basis, of immigrants in a spell: read by hand from
migrations that reach back to 1973, or begin later, and from permits."""

from datetime import date
from types import SimpleNamespace

import pytest
from register_rows import frame, person, registers_of

from kommunebench import bronze
from kommunebench.populations.immigrants import find_immigrants
from kommunebench.settings import load_analysis
from kommunebench.silver import IMMIGRANTS
from kommunebench.spells.arrivals import migrations_begin
from kommunebench.stages import immigrants as stage

OVER = load_analysis("immigrants_over_10_years")
EARLIER, NO_PERMIT, UNMAPPED = (
    "arrival_before_vnds_begins",
    "arrived_since_1997_without_permit",
    "permit_codes_not_in_list",
)
HERE = "in 2005-03-07\nbef_in 1990-03-05\n"
PEOPLE = {
    # Here since 1990, abroad for a year before the window: VNDS as delivered begins in 2005.
    "came_back": HERE,
    # Left in it and came back in 2008: was here when VNDS begins, abroad when the window opens.
    "left_and_came_back": "out 2006-12-01\nin 2008-05-19\nbef_in 1990-03-05",
    # The return is the first thing VNDS knows of: abroad when VNDS begins, and until then.
    "came_back_in_the_window": "in 2008-05-19\nbef_in 1990-03-05",
    # VNDS reaches back to what BEF says and has a later day: VNDS decides, as it always does.
    "a_later_day_in_vnds": "in 2006-03-06\nbef_in 2006-01-02",
    # BEF says later than VNDS, or nothing.
    "a_later_day_in_bef": "in 2005-03-07\nbef_in 2006-01-02",
    "not_told_by_bef": "in 2005-03-07",
    "told_by_bef_alone": "bef_in 2003-01-06",
}
PERMITS = {
    # Rows of OPHG, residence basis, remark.
    "none_since_2003": ("bef_in 2003-01-06", "none_known", NO_PERMIT),
    "none_since_1996": ("bef_in 1996-12-31", "none_known", ""),
    "none_since_1997": ("bef_in 1997-01-01", "none_known", NO_PERMIT),
    "work": ("bef_in 2003-01-06\npermit 2003-01-06 work", "other", ""),
    "work_before_1997": ("bef_in 1997-01-06\npermit 1996-12-31 work", "none_known", ""),
    "work_of_1997": ("bef_in 1997-01-06\npermit 1997-01-01 work", "other", ""),
    "convention_before_1997": ("permit 1996-12-31 convention", "refugee_convention", ""),
    "category_9999": ("bef_in 1990-01-01\npermit 1990-01-01 before_1997", "none_known", ""),
    "category_9999_without_date": ("bef_in 1990-01-01\npermit ? before_1997", "none_known", ""),
    "category_9999_and_work_later": (
        "bef_in 1990-01-01\npermit ? before_1997\npermit 2003-01-06 work",
        "none_known",
        "",
    ),
    "codes_not_in_list": ("bef_in 2003-01-06\npermit 2003-01-06 unmapped", "other", UNMAPPED),
    "codes_not_in_list_before_1997": ("permit 1996-06-03 unmapped", "none_known", UNMAPPED),
}


def migrations_of(years) -> list[tuple]:
    """Somebody else's arrivals, one in each year."""
    return [("somebody_else", "immigration", date(year, 7, 1)) for year in years]


def found(spark, first_year: int) -> dict:
    """Rows of find_immigrants by person, where VNDS has events in every year from one on."""
    people = [person(name, text) for name, text in PEOPLE.items()]
    people += [person(name, text) for name, (text, _, _) in PERMITS.items()]
    events = [row for p in people for row in p.migrations]
    migrations = frame(spark, bronze.MIGRATIONS, events + migrations_of(range(first_year, 2013)))
    registers = registers_of(spark, people, migrations=migrations)
    return {row.person_id: row for row in find_immigrants(registers, OVER).collect()}


@pytest.fixture(scope="module")
def from_2005(spark):
    return found(spark, 2005)


@pytest.mark.parametrize(
    ("name", "arrival", "here_at_opening", "origin"),
    [
        ("came_back", date(1990, 3, 5), True, date(2007, 1, 1)),
        ("left_and_came_back", date(1990, 3, 5), True, date(2007, 1, 1)),
        ("came_back_in_the_window", date(1990, 3, 5), False, date(2008, 5, 19)),
        ("a_later_day_in_vnds", date(2006, 3, 6), True, date(2007, 1, 1)),
        ("a_later_day_in_bef", date(2005, 3, 7), True, date(2007, 1, 1)),
        ("not_told_by_bef", date(2005, 3, 7), True, date(2007, 1, 1)),
        ("told_by_bef_alone", date(2003, 1, 6), True, date(2007, 1, 1)),
    ],
)
def test_an_arrival_before_vnds_begins_is_that_of_bef(
    from_2005, name, arrival, here_at_opening, origin
):
    row = from_2005[name]
    assert (row.arrival_date, row.lived_here_at_opening) == (arrival, here_at_opening)
    assert row.origin_date == origin
    assert (EARLIER in row.remarks) == (arrival == date(1990, 3, 5))


def test_migrations_that_reach_back_to_1973_decide_alone(spark):
    rows = found(spark, 1973)
    assert {name: rows[name].arrival_date for name in PEOPLE} == {
        "came_back": date(2005, 3, 7),
        "left_and_came_back": date(2008, 5, 19),
        "came_back_in_the_window": date(2008, 5, 19),
        "a_later_day_in_vnds": date(2006, 3, 6),
        "a_later_day_in_bef": date(2005, 3, 7),
        "not_told_by_bef": date(2005, 3, 7),
        "told_by_bef_alone": date(2003, 1, 6),
    }
    assert not any(EARLIER in row.remarks for row in rows.values())


@pytest.mark.parametrize("name", PERMITS)
def test_residence_basis_and_what_is_said_of_it(from_2005, name):
    row, (_, basis, remark) = from_2005[name], PERMITS[name]
    assert row.residence_basis == basis
    assert [one for one in row.remarks if one != EARLIER] == ([remark] if remark else [])


@pytest.mark.parametrize(
    ("years", "begin"),
    [
        (range(1973, 2013), None),
        (range(1960, 2013), None),
        (range(1974, 2013), date(1974, 1, 1)),
        # An event registered late, twelve years before the first file, shows no file of 1993.
        ([1993, *range(2005, 2013)], date(2005, 1, 1)),
        # VNDS_HIST to 2004 without the files of 2005 and 2006.
        ([*range(1973, 2005), *range(2007, 2013)], date(2007, 1, 1)),
        ([], None),
    ],
)
def test_migrations_begin_with_the_years_delivered_without_a_gap(spark, years, begin):
    assert migrations_begin(frame(spark, bronze.MIGRATIONS, migrations_of(years))) == begin


def test_single_events_of_a_year_show_no_file(spark):
    """One event of 2004 beside 200 of each year since: registered late."""
    events = migrations_of([2004, *(year for year in range(2005, 2013) for _ in range(200))])
    assert migrations_begin(frame(spark, bronze.MIGRATIONS, events)) == date(2005, 1, 1)


@pytest.mark.parametrize(
    ("first_year", "taken", "said"),
    [
        (1973, 0, ""),
        # Ten completed years before the window can be counted, and nobody is concerned.
        (1995, 0, ""),
        (1995, 2, "VNDS begins in 1995 as delivered, not in 1973"),
        (2005, 0, "VNDS begins in 2005 as delivered, not in 1973"),
    ],
)
def test_the_run_says_where_migrations_begin_late(spark, first_year, taken, said):
    names = [name for name in IMMIGRANTS.columns if name != "analysis"]
    rows = [{"person_id": f"p{n}", "remarks": [EARLIER]} for n in range(taken)]
    # Of somebody who is not followed nothing is said.
    rows.append({"person_id": "kept out", "reason": "western_origin", "remarks": [EARLIER]})
    schema = ", ".join(f"{name} {IMMIGRANTS.columns[name]}" for name in names)
    known = spark.createDataFrame([tuple(row.get(n) for n in names) for row in rows], schema)
    inputs = SimpleNamespace(settings=OVER, read={IMMIGRANTS: known}.__getitem__)
    migrations = frame(spark, bronze.MIGRATIONS, migrations_of(range(first_year, 2013)))
    note = stage._about_arrivals(inputs, SimpleNamespace(migrations=migrations))
    assert note.startswith(said) and bool(note) == bool(said)
    assert f"first arrival of {taken} immigrants" in note or not said
