"""First immigration of pupils and residents whom VNDS as delivered does not reach back to."""

from dataclasses import replace

import pytest
from case_rows import migrations_from, person, registers_of

from kommunebench import bronze
from kommunebench.populations import case_population
from kommunebench.settings import load_analysis

# Pupils born on 1 May 1995, who sat the exams of 2011; came to Denmark as immigrants.
PUPIL = "homes 2005 2012 101\nexam 2011 4 4 4 4\ntype 2\n"
PUPILS = {
    # Here from 2000 to 2004, and back at 13 years: arrived at 4 or, by VNDS alone, at 13.
    "came_back": PUPIL + "in 2009-01-01\nfirst 2000-01-01",
    # VNDS reaches back to the day BEF gives, and knows a later one.
    "a_later_day_in_vnds": PUPIL + "in 2009-01-01\nfirst 2007-01-01",
    "not_told_by_bef": PUPIL + "in 2009-01-01",
    "told_by_bef_alone": PUPIL + "first 2000-01-01",
    # A descendant has not arrived, whatever VNDS says of a return.
    "descendant": PUPIL.replace("type 2", "type 3") + "in 2009-01-01\nfirst 2000-01-01",
}
ABOVE = "arrived_above_age"
EARLIER = "arrival_before_vnds_begins"


@pytest.mark.parametrize(
    ("first_year", "expected"),
    [
        (1973, {"came_back": ABOVE, "a_later_day_in_vnds": ABOVE, "not_told_by_bef": ABOVE}),
        (2005, {"a_later_day_in_vnds": ABOVE, "not_told_by_bef": ABOVE}),
    ],
)
def test_who_came_before_vnds_begins_came_when_bef_says(spark, first_year, expected):
    registers = registers_of(spark, [person(name, text) for name, text in PUPILS.items()])
    events = [row for row in registers.migrations.collect() if row.person_id in PUPILS]
    rows = [tuple(row) for row in events] + migrations_from(first_year)
    delivered = spark.createDataFrame(rows, bronze.MIGRATIONS.schema)
    settings = load_analysis("school_exams")
    select = case_population(settings).select
    found = select(replace(registers, migrations=delivered), settings).collect()
    assert {row.person_id: row.lost for row in found if row.lost} == expected
    noted = {row.person_id for row in found if EARLIER in row.remarks}
    assert noted == ({"came_back"} if first_year > 1973 else set())
    years = {row.person_id: row.years_in_denmark for row in found}
    assert years["descendant"] == "born_here"
    assert years["came_back"] == ("11_plus" if first_year > 1973 else "0_5")
