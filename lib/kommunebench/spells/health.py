"""Health from arrival to the end of the selection year (method, section 6; appendix 1.1)."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

GENERAL_PRACTICE = ("80", "81", "82", "83", "89")
SPECIALISTS = ("04", "06", "07", "08", "09", "19", "21", "24")
MENTAL_CARE, PAIN_CARE, EYE_CARE, DENTISTS = ("24", "63"), ("06",), ("19",), ("50",)
# Indicator: ICD-10 chapter letters, ATC groups, provider specialties.
CONDITIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "mental_illness": (("F",), ("N05", "N06"), MENTAL_CARE),
    "musculoskeletal": (("M",), ("M01",), ()),
    "cardiovascular": (("I",), ("C01", "C03", "C07", "C08", "C09", "C10"), ()),
    "nervous_system": (("G",), (), ()),
    "nutritional": (("E",), ("A10",), ()),
    "pain": ((), ("N02",), PAIN_CARE),
    "eye": (("H",), (), EYE_CARE),
    "dentist": ((), (), DENTISTS),
    "specialist": ((), (), SPECIALISTS),
}
_DAYS_A_MONTH = 365.25 / 12
_INPATIENT = "0"


def add_health(persons: "DataFrame", registers: RegisterFrames, settings: AnalysisSettings) -> "DataFrame":
    """Persons with gp_contacts (class of contacts scaled to twelve months), hospital_days, hospital_4_days_plus, and conditions."""
    window = _window(persons, settings)
    signs = [
        part
        for part in (_services(window, registers), _contacts(window, registers), _prescriptions(window, registers))
        if part is not None
    ]
    joined = persons.join(window.select("person_id", "health_months"), "person_id", "left")
    for part in signs:
        joined = joined.join(part, "person_id", "left")
    return _finish(joined)


def _window(persons: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """First and last day health is observed, and months between them, at least the least number set.

    From arrival to 31 December of the selection year; or a whole year from arrival, which looks into the spell.
    """
    year_end = F.make_date(F.year("selection_date"), F.lit(12), F.lit(31))
    whole_year = settings.measurement.health_window == "first_year"
    last = F.date_add("arrival_date", 364) if whole_year else year_end
    observed = persons.select("person_id", "arrival_date", last.alias("last_day"))
    months = (F.datediff("last_day", "arrival_date") + 1) / F.lit(_DAYS_A_MONTH)
    return observed.withColumn("health_months", F.greatest(months, F.lit(settings.measurement.health_min_months)))


def _in_window(rows: "DataFrame", window: "DataFrame", day: str) -> "DataFrame":
    joined = rows.join(window.select("person_id", "arrival_date", "last_day"), "person_id", "inner")
    return joined.where(F.col(day).between(F.col("arrival_date"), F.col("last_day")))


def _any(condition: "Column") -> "Column":
    return F.max(condition.cast("int"))


def _services(window: "DataFrame", registers: RegisterFrames) -> "DataFrame | None":
    """Contacts with general practice, and conditions seen in the providers' specialties; a yearly table counts whole years."""
    if registers.health_services is None:
        return None
    used = {specialty for _, _, specialties in CONDITIONS.values() for specialty in specialties} | set(GENERAL_PRACTICE)
    rows = registers.health_services.where(F.col("specialty").isin(*sorted(used)) & (F.col("contacts") != 0))
    day = F.coalesce(F.date_add("fee_week", 6), F.make_date("year", F.lit(12), F.lit(31)))
    rows = _in_window(rows.withColumn("day", day), window, "day")
    contacts = F.sum(F.when(F.col("specialty").isin(*GENERAL_PRACTICE), F.col("contacts"))).alias("gp_total")
    seen = [
        _any(F.col("specialty").isin(*specialties)).alias(f"{name}_by_care")
        for name, (_, _, specialties) in CONDITIONS.items()
        if specialties
    ]
    return rows.groupBy("person_id").agg(contacts, *seen)


def _contacts(window: "DataFrame", registers: RegisterFrames) -> "DataFrame | None":
    """Days in hospital (full-day admissions), and conditions by the chapter of the action diagnoses."""
    if registers.hospital_contacts is None:
        return None
    contacts = _in_window(registers.hospital_contacts, window, "admission_date")
    own = contacts.select(
        "person_id", "contact_id", "source", "patient_type", "bed_days", F.col("action_diagnosis").alias("diagnosis")
    )
    days = F.sum(F.when(F.col("patient_type") == _INPATIENT, F.col("bed_days"))).alias("bed_days")
    totals = own.groupBy("person_id").agg(days, *_by_chapter())
    if registers.hospital_diagnoses is None:
        return totals
    action = registers.hospital_diagnoses.where(F.col("diagnosis_type") == "A").select("contact_id", "source", "diagnosis")
    further = own.drop("diagnosis").join(action, ["contact_id", "source"], "inner").groupBy("person_id").agg(*_by_chapter())
    names = [f"{name}_by_diagnosis" for name in CONDITIONS if CONDITIONS[name][0]]
    further = further.withColumnsRenamed({name: f"{name}_2" for name in names})
    joined = totals.join(further, "person_id", "left")
    return joined.select(
        "person_id", "bed_days", *(F.greatest(name, F.coalesce(f"{name}_2", F.lit(0))).alias(name) for name in names)
    )


def _by_chapter() -> "list[Column]":
    # DF329 is F32.9: the chapter is the second character.
    chapter = F.substring("diagnosis", 2, 1)
    return [
        F.coalesce(_any(chapter.isin(*letters)), F.lit(0)).alias(f"{name}_by_diagnosis")
        for name, (letters, _, _) in CONDITIONS.items()
        if letters
    ]


def _prescriptions(window: "DataFrame", registers: RegisterFrames) -> "DataFrame | None":
    if registers.prescriptions is None:
        return None
    used = sorted({group for _, groups, _ in CONDITIONS.values() for group in groups})
    rows = _in_window(registers.prescriptions.where(F.col("atc_group").isin(*used)), window, "dispensed_date")
    seen = [
        _any(F.col("atc_group").isin(*groups)).alias(f"{name}_by_drug") for name, (_, groups, _) in CONDITIONS.items() if groups
    ]
    return rows.groupBy("person_id").agg(*seen)


def _finish(joined: "DataFrame") -> "DataFrame":
    """Conditions from whatever sign there is; classes of contacts and days; the working columns dropped."""
    columns = set(joined.columns)
    result = joined
    for name in CONDITIONS:
        signs = [f"{name}_by_{source}" for source in ("care", "diagnosis", "drug") if f"{name}_by_{source}" in columns]
        value = F.greatest(F.lit(0), F.lit(0), *(F.coalesce(sign, F.lit(0)) for sign in signs))
        result = result.withColumn(name, value)
    yearly = F.coalesce(F.col("gp_total"), F.lit(0)) * 12 / F.col("health_months") if "gp_total" in columns else F.lit(0.0)
    days = F.coalesce("bed_days", F.lit(0)) if "bed_days" in columns else F.lit(0)
    result = result.withColumn("gp_contacts", contact_class(F.round(yearly))).withColumn("hospital_days", _day_class(days))
    result = result.withColumn("hospital_4_days_plus", (days >= 4).cast("int"))
    working = [name for name in columns if name.endswith(("_by_care", "_by_diagnosis", "_by_drug"))]
    return result.drop("gp_total", "bed_days", "health_months", *working)


def contact_class(contacts: "Column") -> "Column":
    """Class of contacts a year, in table 6.1's names."""
    return (
        F.when(contacts <= 0, F.lit("0"))
        .when(contacts <= 4, F.lit("1_4"))
        .when(contacts <= 8, F.lit("5_8"))
        .when(contacts <= 12, F.lit("9_12"))
        .otherwise(F.lit("13_plus"))
    )


def _day_class(days: "Column") -> "Column":
    return F.when(days <= 0, F.lit("0")).when(days <= 3, F.lit("1_3")).otherwise(F.lit("4_plus"))
