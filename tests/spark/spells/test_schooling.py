"""Who of the minors is in education, read by hand from KOTRE and UDDA (fact sheet, section 5).

All were born on Saturday 2 January 1993 and followed from Monday 1 January 2007: of age on Sunday
2 January 2011, so that their last week as minors is that of Monday 27 December 2010.
"""

from datetime import date

import pytest
from register_rows import frame, registers_of

from kommunebench import bronze
from kommunebench.settings import load_analysis
from kommunebench.spells.schooling import schooling_of_minors, years_of_unknown_schooling
from kommunebench.stages.immigrants import _about_schooling

BORN, FIRST_MONDAY = date(1993, 1, 2), date(2007, 1, 1)
# Person: spells of KOTRE; counts of UDDA with the day on which the education began.
KOTRE = {
    "in_kotre_alone": [("2009-08-10", "2010-06-25")],
    "in_both": [("2009-08-10", "2010-03-05")],
    "in_both_without_end": [("2009-08-10", None)],
    "left_before_the_count": [("2008-08-11", "2009-06-26")],
    "grown_up_in_kotre": [("2011-08-08", "2012-06-22")],
}
UDDA = {
    "in_udda_alone": [("2009-10-01", None)],
    "in_udda_since": [("2009-10-01", "2009-09-14")],
    "in_udda_until_of_age": [("2010-10-01", None)],
    "in_both": [("2009-10-01", "2009-08-10")],
    "in_both_without_end": [("2009-10-01", "2009-08-10")],
    "left_before_the_count": [("2009-10-01", "2009-08-10")],
    "grown_up_in_udda": [("2011-10-01", "2011-08-08")],
}
# Mondays of the first and the last week in education.
BY_BOTH = {
    "in_kotre_alone": [("2009-08-10", "2010-06-21")],
    # 1 August 2009 is a Saturday, 31 July 2010 one, too.
    "in_udda_alone": [("2009-07-27", "2010-07-26")],
    "in_udda_since": [("2009-09-14", "2010-07-26")],
    "in_udda_until_of_age": [("2010-07-26", "2010-12-27")],
    # KOTRE has the spell in which the count lies: it ended on 5 March, not with the school year.
    "in_both": [("2009-08-10", "2010-03-01")],
    "in_both_without_end": [("2009-08-10", "2010-12-27")],
    # In another education by the count of the year after: both are told.
    "left_before_the_count": [("2008-08-11", "2009-06-22"), ("2009-08-10", "2010-07-26")],
}
BY_UDDA = {
    "in_udda_alone": BY_BOTH["in_udda_alone"],
    "in_udda_since": BY_BOTH["in_udda_since"],
    "in_udda_until_of_age": BY_BOTH["in_udda_until_of_age"],
    "in_both": [("2009-08-10", "2010-07-26")],
    "in_both_without_end": [("2009-08-10", "2010-07-26")],
    "left_before_the_count": [("2009-08-10", "2010-07-26")],
}
BY_KOTRE = {name: BY_BOTH[name] for name in ("in_kotre_alone", "in_both", "in_both_without_end")}
BY_KOTRE["left_before_the_count"] = BY_BOTH["left_before_the_count"][:1]


def day(text):
    return date.fromisoformat(text) if text else None


def kotre(spark):
    rows = [
        (name, "0900", day(first), day(last))
        for name, spells in KOTRE.items()
        for first, last in spells
    ]
    return frame(spark, bronze.EDUCATION_SPELLS, rows)


def udda(spark, *, with_udd: bool = True):
    """Counts of UDDA; of everybody also one of somebody in no education."""
    rows = [
        (name, day(counted), "0900", None, None, "0900" if with_udd else None, day(since))
        for name, counts in UDDA.items()
        for counted, since in counts
    ]
    rows += [(name, date(2008, 10, 1), "0900", None, None, None, None) for name in UDDA]
    return frame(spark, bronze.EDUCATIONS, rows)


def told(spark, registers) -> dict:
    names = sorted({*KOTRE, *UDDA})
    persons = spark.createDataFrame(
        [(name, BORN, FIRST_MONDAY) for name in names],
        "person_id string, birth_date date, origin_monday date",
    )
    rows = schooling_of_minors(registers, persons).collect()
    return {
        row.person_id: sorted((str(s.first_monday), str(s.last_monday)) for s in row.schooling)
        for row in rows
    }


@pytest.mark.parametrize(
    ("delivered", "expected"),
    [
        (("education_spells", "educations"), BY_BOTH),
        (("education_spells",), BY_KOTRE),
        (("educations",), BY_UDDA),
    ],
)
def test_minors_are_in_education_by_either_register(spark, delivered, expected):
    frames = {"education_spells": kotre(spark), "educations": udda(spark)}
    registers = registers_of(spark, [], **{name: frames[name] for name in delivered})
    assert told(spark, registers) == expected


def test_nobody_is_in_education_where_no_register_says_so(spark):
    assert schooling_of_minors(registers_of(spark, []), spark.range(0)) is None
    without_udd = registers_of(spark, [], educations=udda(spark, with_udd=False))
    assert told(spark, without_udd) == {}


def test_who_is_of_age_in_the_first_week_is_not_looked_up(spark):
    persons = spark.createDataFrame(
        [("in_both", BORN, date(2011, 1, 3))],
        "person_id string, birth_date date, origin_monday date",
    )
    registers = registers_of(spark, [], education_spells=kotre(spark))
    assert schooling_of_minors(registers, persons).collect() == []


WINDOW = (date(2007, 1, 1), date(2012, 12, 31))


def test_udda_without_current_educations_tells_of_nobody(spark):
    """UDD is an optional column: without it everybody of 16 and 17 would be in no education."""
    years = tuple(range(2006, 2013))
    without = registers_of(spark, [], educations=udda(spark, with_udd=False))
    assert years_of_unknown_schooling(without, *WINDOW) == years
    assert years_of_unknown_schooling(registers_of(spark, []), *WINDOW) == years
    # The counts of 2009 to 2011 have the column.
    partly = registers_of(spark, [], educations=udda(spark))
    assert years_of_unknown_schooling(partly, *WINDOW) == (2006, 2007, 2008, 2012)
    note = _about_schooling((2006, 2007), without)
    assert "UDDA has nobody in an education (UDD) on 1 October of 2006, 2007" in note
    assert "KOTRE is not delivered" in note and "from 18 years on" in note
    assert "neither KOTRE nor UDDA is delivered" in _about_schooling(years, registers_of(spark, []))
    assert _about_schooling((), without) == ""


def test_schooling_is_known_where_one_of_both_tells_of_every_school_year(spark):
    by_kotre = registers_of(
        spark, [], education_spells=kotre(spark), educations=udda(spark, with_udd=False)
    )
    assert years_of_unknown_schooling(by_kotre, *WINDOW) == ()
    by_udda = registers_of(spark, [], educations=udda(spark))
    # From the school year that holds the first day to the last count before the end.
    assert years_of_unknown_schooling(by_udda, date(2010, 7, 31), date(2011, 12, 31)) == ()
    assert years_of_unknown_schooling(by_udda, date(2009, 7, 31), date(2010, 12, 31)) == (2008,)
    assert years_of_unknown_schooling(by_udda, date(2009, 8, 1), date(2012, 9, 30)) == ()


def test_the_default_analyses_ask_for_the_counts_of_their_window():
    settings = load_analysis("immigrants_up_to_10_years")
    assert (settings.population.window_start, settings.observation.observation_end) == WINDOW
