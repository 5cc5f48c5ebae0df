"""Hospital contacts and diagnoses, health insurance, prescriptions: delivered rows to bronze columns."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.catalogue import PSYK_ADM, PSYK_DIAG, SSKO
from kommunebench.registers.checks import usable_rows
from kommunebench.registers.reading import RegisterRows

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def prepare_contacts(rows: RegisterRows) -> "DataFrame":
    """bronze.hospital_contacts from LPR_ADM or PSYK_ADM."""
    source = F.lit("psyk" if rows.register is PSYK_ADM else "lpr")
    return usable_rows(rows).drop("period").withColumn("source", source)


def prepare_diagnoses(rows: RegisterRows) -> "DataFrame":
    """bronze.hospital_diagnoses from LPR_DIAG or PSYK_DIAG."""
    source = F.lit("psyk" if rows.register is PSYK_DIAG else "lpr")
    return usable_rows(rows).drop("period").withColumn("source", source)


def prepare_services(rows: RegisterRows) -> "DataFrame":
    """bronze.health_services from SSSY (lines with their fee week) or SSKO (contacts of a year).

    Contacts are the services of lines flagged as contact; a service for a child on the adult's card is not the adult's.
    """
    frame = usable_rows(rows)
    specialty = F.when(F.length("specialty") <= 2, F.lpad("specialty", 2, "0")).otherwise(F.substring("specialty", 1, 2))
    year = F.substring("period", 1, 4).try_cast("int")
    if rows.register is SSKO:
        return frame.select(
            "person_id",
            specialty.alias("specialty"),
            "contacts",
            F.lit(None).cast("date").alias("fee_week"),
            year.alias("year"),
        )
    own = frame.where(F.coalesce(F.col("child"), F.lit("0")) != "1")
    contacts = F.when(F.col("is_contact") == "1", F.coalesce("services", F.lit(1))).otherwise(F.lit(0))
    return own.select(
        "person_id",
        specialty.alias("specialty"),
        contacts.alias("contacts"),
        monday_of_label(F.col("fee_week")).alias("fee_week"),
        year.alias("year"),
    )


def monday_of_label(label: "Column") -> "Column":
    """Monday of an ISO week written YYWW (91-99 are 19YY); null for a label that is no week."""
    short = F.substring(label, 1, 2).try_cast("int")
    week = F.substring(label, 3, 2).try_cast("int")
    year = F.when(short >= 91, short + 1900).otherwise(short + 2000)
    first = F.date_trunc("week", F.make_date(year, F.lit(1), F.lit(4))).cast("date")
    return F.when(week.between(1, 53), F.date_add(first, (week - 1) * 7))


def prepare_lmdb(rows: RegisterRows) -> "DataFrame":
    """bronze.prescriptions: the ATC group is the first three characters in every version of the register."""
    return usable_rows(rows).select("person_id", "dispensed_date", F.upper(F.substring("atc", 1, 3)).alias("atc_group"))
