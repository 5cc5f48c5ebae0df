"""Health by person and year: what of a register goes on to the window of health."""

import datetime as dt

from kommunebench.populations.person_years import PERSON_YEAR, _by_person_year
from kommunebench.spells.health import days_of_health

KEYS = [("m-2009", "m", 2009), ("m-2011", "m", 2011), ("f-2009", "f", 2009)]


def kept(spark, register, rows, schema):
    """The keys and amounts of the rows of a register that are of a year looked at."""
    keys = spark.createDataFrame(KEYS, f"{PERSON_YEAR} string, subject_id string, year int")
    frame = _by_person_year(spark.createDataFrame(rows, schema), keys, days_of_health()[register])
    assert "subject_id" not in frame.columns
    return sorted((row["person_id"], row["amount"]) for row in frame.collect())


def test_a_row_is_not_copied_for_the_years_it_is_not_of(spark):
    days = [dt.date(2009, 1, 1), dt.date(2009, 12, 31), dt.date(2010, 6, 1), dt.date(2011, 6, 1)]
    rows = [(person, day, amount) for person in "mfx" for amount, day in enumerate([*days, None])]
    for register, day in (("hospital_contacts", "admission"), ("prescriptions", "dispensed")):
        assert kept(spark, register, rows, f"person_id string, {day}_date date, amount int") == [
            ("f-2009", 0), ("f-2009", 1), ("m-2009", 0), ("m-2009", 1), ("m-2011", 3),
        ]  # fmt: skip


def test_a_week_of_fees_is_of_the_year_of_its_sunday_and_a_yearly_row_of_its_year(spark):
    """The column year of the register itself stays what it was."""
    rows = [
        ("m", 2008, dt.date(2008, 12, 29), 1),
        ("m", 2009, dt.date(2009, 12, 28), 2),
        ("m", 2011, None, 3),
        ("m", 2010, None, 4),
    ]
    schema = "person_id string, year int, fee_week date, amount int"
    assert kept(spark, "health_services", rows, schema) == [("m-2009", 1), ("m-2011", 3)]
