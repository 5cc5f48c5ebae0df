"""Registers with the identifiers of another project are refused, and only those."""

import pytest
from pyspark.sql import functions as F

from kommunebench.errors import RegisterError
from kommunebench.spells import RegisterFrames
from kommunebench.spells.persons_found import refuse_registers_of_others

NAMES = ("benefit_weeks", "employment_months", "prescriptions")


def ids(spark, prefix: str, first: int, last: int):
    number = F.lpad(F.col("id").cast("string"), 6, "0")
    return spark.range(first, last).select(F.concat(F.lit(prefix), number).alias("person_id"))


def frames(spark, **registers):
    empty = ids(spark, "p", 0, 0)
    needed = ("permits", "population_snapshots", "migrations", "deaths", "countries")
    return RegisterFrames(
        **dict.fromkeys((*needed, "residence_basis_codes"), empty),
        **registers,
    )


def test_registers_in_which_nobody_is_found_are_named(spark):
    registers = frames(
        spark,
        benefit_weeks=ids(spark, "p", 100, 101),
        employment_months=ids(spark, "q", 0, 3000),
    )
    with pytest.raises(RegisterError) as stopped:
        refuse_registers_of_others(ids(spark, "p", 0, 300), registers, NAMES)
    message = str(stopped.value)
    assert message.startswith("none of 300 persons of the population has a row in bronze.")
    assert "bronze.employment_months:" in message and "one project" in message
    assert "benefit_weeks" not in message and "000" not in message
    # A register that is not at hand says nothing.
    assert "prescriptions" not in message


def test_one_person_found_is_enough(spark):
    registers = frames(
        spark,
        benefit_weeks=ids(spark, "p", 299, 300),
        employment_months=ids(spark, "p", 0, 300),
        prescriptions=ids(spark, "p", 5, 6),
    )
    refuse_registers_of_others(ids(spark, "p", 0, 300), registers, NAMES)


def test_few_persons_may_be_in_no_register(spark):
    registers = frames(spark, benefit_weeks=ids(spark, "q", 0, 10))
    refuse_registers_of_others(ids(spark, "p", 0, 199), registers, NAMES)
