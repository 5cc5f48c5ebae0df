"""Permits, population, migrations, deaths, residence, jobs, courses: delivered rows to bronze
columns."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.catalogue import VNDS_IND
from kommunebench.registers.checks import one_of_each, usable_rows
from kommunebench.registers.reading import UNIT, RegisterRows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def prepare_ophg(rows: RegisterRows) -> "DataFrame":
    """bronze.permits. A permit can stand in a file several times: equal rows are one permit."""
    return usable_rows(rows).drop("period").dropDuplicates()


def prepare_bef(rows: RegisterRows) -> "DataFrame":
    """bronze.population_snapshots. The snapshot's date is REFERENCETID, else the last day of the
    period in the file's name."""
    sex = F.when(F.col("sex") == "1", F.lit("men")).otherwise(F.lit("women"))
    partner = F.when(F.col("partner_id") != F.col("person_id"), F.col("partner_id"))
    frame = usable_rows(rows).drop("period").withColumns({"sex": sex, "partner_id": partner})
    return one_of_each(frame, rows, ["person_id", "snapshot_date"])


def prepare_vnds(rows: RegisterRows) -> "DataFrame":
    """bronze.migrations from VNDS or VNDS_HIST, arrivals and departures in one file. Exact
    duplicates are one event."""
    event = F.when(F.col("event") == "I", F.lit("immigration")).otherwise(F.lit("emigration"))
    return (
        usable_rows(rows)
        .select("person_id", event.alias("event"), "event_date", UNIT)
        .dropDuplicates()
    )


def prepare_vnds_apart(rows: RegisterRows) -> "DataFrame":
    """bronze.migrations from VNDS_IND (arrivals) or VNDS_UD (departures)."""
    event = F.lit("immigration" if rows.register is VNDS_IND else "emigration")
    return (
        usable_rows(rows)
        .select("person_id", event.alias("event"), "event_date", UNIT)
        .dropDuplicates()
    )


def prepare_dod(rows: RegisterRows) -> "DataFrame":
    """bronze.deaths: one row per person, the earliest date."""
    if rows.unique:
        return usable_rows(rows).select("person_id", "death_date", UNIT)
    return (
        usable_rows(rows)
        .groupBy("person_id")
        .agg(F.min("death_date").alias("death_date"), F.min(UNIT).alias(UNIT))
    )


def prepare_befbop(rows: RegisterRows) -> "DataFrame":
    """bronze.address_spells. A date after 2100 means still open and has become null."""
    return usable_rows(rows).drop("period").dropDuplicates()


def prepare_befadr(rows: RegisterRows) -> "DataFrame":
    """bronze.addresses."""
    return usable_rows(rows).drop("period").dropDuplicates()


def prepare_flyt(rows: RegisterRows) -> "DataFrame":
    """bronze.moves."""
    return usable_rows(rows).drop("period").dropDuplicates()


def prepare_bfl(rows: RegisterRows) -> "DataFrame":
    """bronze.employment_months. Equal rows are two payments and stay."""
    return usable_rows(rows).drop("period")


def prepare_danskudd(rows: RegisterRows) -> "DataFrame":
    """bronze.danish_courses."""
    return usable_rows(rows).drop("period").dropDuplicates()
