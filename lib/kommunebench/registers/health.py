"""Hospital contacts and diagnoses, health insurance, prescriptions: delivered rows to bronze
columns."""

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.catalogue import PSYK_ADM, PSYK_DIAG
from kommunebench.registers.checks import one_of_each, usable_rows
from kommunebench.registers.reading import UNIT, RegisterRows

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# Monday of the first ISO week of 1991 and of each of the 99 years after it.
_FIRST_MONDAYS = [date.fromisocalendar(year, 1, 1) for year in range(1991, 2091)]


def prepare_contacts(rows: RegisterRows) -> "DataFrame":
    """bronze.hospital_contacts from LPR_ADM or PSYK_ADM."""
    source = F.lit("psyk" if rows.register is PSYK_ADM else "lpr")
    contacts = one_of_each(usable_rows(rows).drop("period"), rows, rows.register.key)
    return contacts.withColumn("source", source)


def prepare_diagnoses(rows: RegisterRows) -> "DataFrame":
    """bronze.hospital_diagnoses from LPR_DIAG or PSYK_DIAG."""
    source = F.lit("psyk" if rows.register is PSYK_DIAG else "lpr")
    return usable_rows(rows).drop("period").withColumn("source", source)


def prepare_lpr3_contacts(rows: RegisterRows) -> "DataFrame":
    """bronze.hospital_contacts from LPR_A_KONTAKT.

    The third edition has no bed days: they are the nights between start and end. Its contact type
    tells attendance, not admission, so that only the delivered patient type (0: inpatient) makes
    them days admitted. UNVERIFIED; the study ends before it.
    """
    between = F.datediff("discharge_date", "admission_date")
    nights = F.when(between >= 0, between)  # null while the contact is open
    return one_of_each(usable_rows(rows), rows, rows.register.key).select(
        "person_id",
        "contact_id",
        F.lit("lpr3").alias("source"),
        "patient_type",
        nights.alias("bed_days"),
        "admission_date",
        "action_diagnosis",
        UNIT,
    )


def prepare_lpr3_diagnoses(rows: RegisterRows) -> "DataFrame":
    """bronze.hospital_diagnoses from LPR_A_DIAGNOSE, without those that were later disproved."""
    stands = F.lower(F.coalesce("later_disproved", F.lit(""))) != "ja"
    kept = usable_rows(rows).where(stands)
    return kept.select(
        "contact_id", F.lit("lpr3").alias("source"), "diagnosis", "diagnosis_type", UNIT
    )


def prepare_services(rows: RegisterRows) -> "DataFrame":
    """bronze.health_services from SSSY: lines with their fee week.

    Contacts are the services of lines flagged as contact; a service for a child on the adult's card
    is not the adult's.
    """
    services = usable_rows(rows).where(F.coalesce(F.col("child"), F.lit("0")) != "1")
    contacts = F.when(F.col("is_contact") == "1", F.coalesce("services", F.lit(1))).otherwise(
        F.lit(0)
    )
    fee_week = monday_of_label(F.col("fee_week"))
    return services.select(
        "person_id",
        _specialty(),
        contacts.alias("contacts"),
        fee_week.alias("fee_week"),
        _year(),
        UNIT,
    )


def prepare_yearly_services(rows: RegisterRows) -> "DataFrame":
    """bronze.health_services from SSKO: contacts of a year by specialty."""
    no_week = F.lit(None).cast("date").alias("fee_week")
    return usable_rows(rows).select("person_id", _specialty(), "contacts", no_week, _year(), UNIT)


def _specialty() -> "Column":
    code = F.col("specialty")
    short = F.when(F.length(code) <= 2, F.lpad(code, 2, "0")).otherwise(F.substring(code, 1, 2))
    return short.alias("specialty")


def _year() -> "Column":
    return F.substring("period", 1, 4).try_cast("int").alias("year")


def monday_of_label(label: "Column") -> "Column":
    """Monday of an ISO week written YYWW (91-99 are 19YY); null for a label that is no week."""
    as_integer = label.try_cast("int")
    week = F.pmod(as_integer, F.lit(100))
    years_since_first = F.pmod(F.floor(as_integer / 100).cast("int") + 9, F.lit(100))
    first_monday = F.get(F.array(*map(F.lit, _FIRST_MONDAYS)), years_since_first)
    return F.when(week.between(1, 53), F.date_add(first_monday, (week - 1) * 7))


def prepare_lmdb(rows: RegisterRows) -> "DataFrame":
    """bronze.prescriptions: the ATC group is the first three characters in every version of the
    register."""
    return usable_rows(rows).select(
        "person_id", "dispensed_date", F.upper(F.substring("atc", 1, 3)).alias("atc_group"), UNIT
    )
