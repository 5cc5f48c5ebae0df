"""One formula for an age: completed years, and the day on which they are reached."""

from datetime import date

from pyspark.sql import functions as F
from register_rows import frame, person, registers_of

from kommunebench import bronze
from kommunebench.populations.immigrants import is_over_years
from kommunebench.spells.ages import anniversary, completed_years
from kommunebench.spells.schooling import schooling_of_minors

LEAP = date(1992, 2, 29)


def test_an_anniversary_is_the_first_day_of_the_completed_years(spark):
    births = [LEAP, date(1990, 3, 1), date(1991, 2, 28), date(1992, 12, 31)]
    born = spark.createDataFrame([(birth,) for birth in births], "birth date")
    for years, leap_day in ((18, date(2010, 3, 1)), (20, date(2012, 2, 29))):
        turns = anniversary(F.col("birth"), years)
        rows = born.select(
            "birth",
            turns.alias("turns"),
            completed_years(F.col("birth"), turns).alias("then"),
            completed_years(F.col("birth"), F.date_sub(turns, 1)).alias("before"),
        ).collect()
        assert {(row.then, row.before) for row in rows} == {(years, years - 1)}
        assert {row.turns for row in rows if row.birth == LEAP} == {leap_day}


def test_who_is_born_on_29_february_is_a_minor_to_the_end_of_the_month(spark):
    registers = registers_of(
        spark,
        [person("leap", "in 2009-01-01")],
        education_spells=frame(
            spark,
            bronze.EDUCATION_SPELLS,
            [("leap", "0900", date(2010, 2, 28), date(2010, 6, 30))],
        ),
    )
    persons = spark.createDataFrame(
        [("leap", LEAP, date(2009, 1, 5))],
        "person_id string, birth_date date, origin_monday date",
    )
    row = schooling_of_minors(registers, persons).first()
    assert [tuple(stay) for stay in row.schooling] == [(date(2010, 2, 22), date(2010, 2, 22))]


def test_years_in_denmark_are_completed_ones_also_of_who_is_only_seen_here(spark):
    """Ten years and a day are ten completed years, whatever tells of them."""
    schema = "arrival_date date, arrival_is_known boolean, day date"
    rows = [
        (date(2000, 1, 3), known, day)
        for known in (True, False)
        for day in (date(2010, 1, 4), date(2011, 1, 2), date(2011, 1, 3))
    ]
    over = is_over_years(F.col("day"), 10).alias("over")
    found = [row.over for row in spark.createDataFrame(rows, schema).select(over).collect()]
    assert found == [False, False, True] * 2
