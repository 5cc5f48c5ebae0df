"""Permits, population, migrations, deaths, residence, jobs, courses: delivered rows to bronze columns."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.catalogue import VNDS_IND
from kommunebench.registers.checks import usable_rows
from kommunebench.registers.reading import RegisterRows

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def prepare_ophg(rows: RegisterRows) -> "DataFrame":
    """bronze.permits. The same permit can stand in a file several times: equal rows are one permit."""
    frame = usable_rows(rows).drop("period")
    return frame.dropDuplicates()


def prepare_bef(rows: RegisterRows) -> "DataFrame":
    """bronze.population_snapshots. The snapshot's date is REFERENCETID, else the last day of the period in the file's name."""
    sex = F.when(F.col("sex") == "1", F.lit("men")).otherwise(F.lit("women"))
    frame = (
        usable_rows(rows)
        .withColumn("sex", sex)
        .withColumn("snapshot_date", F.coalesce("snapshot_date", _period_end(F.col("period"))))
    )
    partner = F.when(F.col("partner_id") != F.col("person_id"), F.col("partner_id"))
    return frame.drop("period").withColumn("partner_id", partner).dropDuplicates(["person_id", "snapshot_date"])


def _period_end(period: "Column") -> "Column":
    month = F.when(F.length(period) == 6, F.concat(period, F.lit("01"))).when(
        F.length(period) == 4, F.concat(period, F.lit("1201"))
    )
    return F.last_day(F.try_to_timestamp(month, F.lit("yyyyMMdd")).cast("date"))


def prepare_vnds(rows: RegisterRows) -> "DataFrame":
    """bronze.migrations from VNDS, or from one of VNDS_IND and VNDS_UD. Exact duplicates are one event."""
    frame = usable_rows(rows)
    if "event" in frame.columns:
        event = F.when(F.col("event") == "I", F.lit("immigration")).otherwise(F.lit("emigration"))
    else:
        event = F.lit("immigration" if rows.register is VNDS_IND else "emigration")
    return frame.select("person_id", event.alias("event"), "event_date").dropDuplicates()


def prepare_dod(rows: RegisterRows) -> "DataFrame":
    """bronze.deaths: one row per person, the earliest date."""
    return usable_rows(rows).groupBy("person_id").agg(F.min("death_date").alias("death_date"))


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
