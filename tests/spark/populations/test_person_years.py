"""Health by person and year: what of a register goes on to the window of health."""

import datetime as dt

from kommunebench import bronze
from kommunebench.populations.person_years import (
    PERSON_YEAR,
    _by_person_year,
    add_health_of_year,
)
from kommunebench.settings import load_analysis
from kommunebench.spells import RegisterFrames
from kommunebench.spells.health import days_of_health

KEYS = [("m-2009", "m", 2009), ("m-2011", "m", 2011), ("f-2009", "f", 2009)]


def kept(spark, register, rows, schema):
    """The keys and amounts of the rows of a register that are of a year looked at."""
    keys = spark.createDataFrame(KEYS, f"{PERSON_YEAR} string, subject_id string, year int")
    frame = _by_person_year(spark.createDataFrame(rows, schema), keys, days_of_health()[register])
    assert "subject_id" not in frame.columns
    return sorted((row[PERSON_YEAR], row["amount"]) for row in frame.collect())


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


def test_a_whole_year_has_its_31_december_in_leap_years_too(spark):
    """Rows of SSKO and a prescription of that day, the year looked at wholly or to its end."""
    services = [("m", "80", 5, None, year) for year in (2011, 2012)]
    drugs = [("m", dt.date(year, 12, 31), "N02") for year in (2011, 2012)]
    registers = RegisterFrames(
        **dict.fromkeys(
            ("permits", "population_snapshots", "migrations", "deaths", "countries",
             "residence_basis_codes"),
        ),
        health_services=spark.createDataFrame(services, bronze.HEALTH_SERVICES.schema),
        prescriptions=spark.createDataFrame(drugs, bronze.PRESCRIPTIONS.schema),
    )  # fmt: skip
    years = [(f"m-{year}", "m", year) for year in (2011, 2012)]
    subjects = spark.createDataFrame(years, f"{PERSON_YEAR} string, subject_id string, year int")
    for window in ("selection_year", "first_year"):
        settings = load_analysis("integration_employment", (f"measurement.health_window={window}",))
        rows = add_health_of_year(subjects, registers, settings).collect()
        assert [(row.gp_contacts, row.pain) for row in rows] == [("5_8", 1)] * 2
