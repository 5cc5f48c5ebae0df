"""Registers of events that end before the observation does are refused by name."""

from datetime import date, timedelta

import pytest

from kommunebench.errors import RegisterError
from kommunebench.spells.last_events import refuse_registers_that_end_early
from kommunebench.spells.registers import RegisterFrames

END = date(2016, 8, 31)


def days(spark, column: str, last: date, number: int, every: int):
    rows = [(last - timedelta(days=every * n),) for n in range(number)]
    return spark.createDataFrame(rows, f"{column} date")


def registers(spark, **frames) -> RegisterFrames:
    there = {
        "migrations": days(spark, "event_date", END, 200, 2),
        "deaths": days(spark, "death_date", END, 200, 2),
        "address_spells": days(spark, "from_date", END, 200, 2),
        "addresses": spark.createDataFrame([], "address_id string"),
    }
    others = dict.fromkeys(
        ("permits", "population_snapshots", "countries", "residence_basis_codes")
    )
    return RegisterFrames(**others | there | frames)


def test_a_register_that_ends_early_is_named(spark):
    """Events every second day until half a year before the end; dates after the end do not hide
    it."""
    early = days(spark, "death_date", date(2016, 2, 29), 400, 2)
    later = days(spark, "death_date", date(2017, 2, 28), 9, 20)
    with pytest.raises(RegisterError) as raised:
        refuse_registers_that_end_early(registers(spark, deaths=early.union(later)), END)
    message = str(raised.value)
    assert "bronze.deaths: the last death_date is 2016-02-29, after 183 in the year" in message
    assert "bronze.migrations" not in message and "observation.observation_end" in message


@pytest.mark.parametrize(
    ("last", "every"),
    [
        # A month late; so few that half a year without any is nothing special.
        (date(2016, 7, 31), 2),
        (date(2016, 2, 29), 30),
    ],
)
def test_a_register_a_month_late_or_of_few_events_is_used(spark, last, every):
    deaths = days(spark, "death_date", last, 400, every)
    refuse_registers_that_end_early(registers(spark, deaths=deaths), END)


def test_registers_that_are_not_there_or_have_no_rows_are_left_to_others(spark):
    deaths = spark.createDataFrame([], "death_date date")
    refuse_registers_that_end_early(registers(spark, deaths=deaths, address_spells=None), END)
    early = days(spark, "from_date", date(2016, 2, 29), 400, 2)
    unused = registers(spark, address_spells=early, addresses=None)
    refuse_registers_that_end_early(unused, END)
    with pytest.raises(RegisterError, match=r"bronze\.address_spells: the last from_date"):
        refuse_registers_that_end_early(registers(spark, address_spells=early), END)
