"""Health from arrival to the end of the selection year (method, section 6; appendix 1.1)."""

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.ages import anniversary
from kommunebench.spells.health_classes import contact_class, day_class, yearly_contacts
from kommunebench.spells.joins import are_few, small_side

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
_SUMS = ("gp_total", "bed_days")


class HealthRegisters(Protocol):
    """The registers that health is measured from; None where one is not delivered."""

    @property
    def hospital_contacts(self) -> "DataFrame | None": ...
    @property
    def hospital_diagnoses(self) -> "DataFrame | None": ...
    @property
    def health_services(self) -> "DataFrame | None": ...
    @property
    def prescriptions(self) -> "DataFrame | None": ...


class _Observed(NamedTuple):
    """Rows with arrival_date and last_day of their window, the column they and the registers are
    joined by, and whether they are few."""

    rows: "DataFrame"
    key: str
    few: bool


def add_health(
    persons: "DataFrame",
    registers: HealthRegisters,
    settings: AnalysisSettings,
    *,
    key: str = "person_id",
    few: bool | None = None,
) -> "DataFrame":
    """Persons with gp_contacts (class of contacts scaled to twelve months), hospital_days,
    hospital_4_days_plus, and conditions.

    An indicator is 0 where no sign of it is found, and null where a register that could show it is
    not delivered. ``key``: the column that a row of ``persons`` is found by in the registers, where
    it is not the person. ``few``: whether the persons are few (joins.are_few), where that is known.
    """
    window = _window(persons, settings)
    observed = _Observed(window, key, are_few(persons) if few is None else few)
    sources = {
        "care": _services(observed, registers),
        "diagnosis": _hospital(observed, registers),
        "drug": _drugs(observed, registers),
    }
    delivered = {name: rows for name, rows in sources.items() if rows is not None}
    joined = window
    if delivered:
        # The rows of all registers are summed up in one pass: one shuffle and one join.
        rows = reduce(
            lambda one, other: one.unionByName(other, allowMissingColumns=True), delivered.values()
        )
        joined = window.join(_summed(rows, key), key, "left")
    return _finish(joined, frozenset(delivered))


def days_of_health() -> "dict[str, Column]":
    """By register whose rows name a person: the day that places a row in the window or outside; a
    week of fees ends on its Sunday, a yearly table on 31 December."""
    fee_day = F.coalesce(F.date_add("fee_week", 6), F.make_date("year", F.lit(12), F.lit(31)))
    return {
        "hospital_contacts": F.col("admission_date"),
        "health_services": fee_day,
        "prescriptions": F.col("dispensed_date"),
    }


def _window(persons: "DataFrame", settings: AnalysisSettings) -> "DataFrame":
    """Persons with last_day of the window health is observed in from the arrival on, and
    health_months, its length.

    To 31 December of the selection year; or a whole year from arrival, which looks into the spell.
    The months are at least the number set.
    """
    year_end = F.make_date(F.year("selection_date"), F.lit(12), F.lit(31))
    whole_year = settings.measurement.health_window == "first_year"
    last_day = F.date_sub(anniversary(F.col("arrival_date"), 1), 1) if whole_year else year_end
    months = (F.datediff(last_day, F.col("arrival_date")) + 1) / F.lit(_DAYS_A_MONTH)
    least = F.lit(settings.measurement.health_min_months)
    return persons.withColumns({"last_day": last_day, "health_months": F.greatest(months, least)})


def _in_window(rows: "DataFrame", observed: _Observed, register: str) -> "DataFrame":
    day, key = days_of_health()[register], observed.key
    windows = small_side(observed.rows.select(key, "arrival_date", "last_day"), observed.few)
    joined = rows.join(windows, key, "inner")
    return joined.where(day.between(F.col("arrival_date"), F.col("last_day")))


def _summed(rows: "DataFrame", key: str) -> "DataFrame":
    """One row per key: contacts and days summed, and 1 for a condition any row shows."""
    sums = [F.sum(name).alias(name) for name in _SUMS if name in rows.columns]
    signs = [name for name in rows.columns if name not in (key, *_SUMS)]
    return rows.groupBy(key).agg(*sums, *(F.max(name).alias(name) for name in signs))


def _services(observed: _Observed, registers: HealthRegisters) -> "DataFrame | None":
    """Contacts with general practice, and signs of conditions in the providers' specialties; a
    yearly table counts whole years."""
    if registers.health_services is None:
        return None
    used = {
        specialty for _, _, specialties in CONDITIONS.values() for specialty in specialties
    } | set(GENERAL_PRACTICE)
    rows = registers.health_services.where(
        F.col("specialty").isin(*sorted(used)) & (F.col("contacts") != 0)
    )
    rows = _in_window(rows, observed, "health_services")
    contacts = F.when(F.col("specialty").isin(*GENERAL_PRACTICE), F.col("contacts"))
    signs = (
        _sign(F.col("specialty").isin(*specialties), name, "care")
        for name, (_, _, specialties) in CONDITIONS.items()
        if specialties
    )
    return rows.select(observed.key, contacts.alias("gp_total"), *signs)


def _hospital(observed: _Observed, registers: HealthRegisters) -> "DataFrame | None":
    """Days in hospital (full-day admissions), and signs of conditions by the chapters of the action
    diagnoses: of the contacts themselves and of those listed for them."""
    if registers.hospital_contacts is None or registers.hospital_diagnoses is None:
        return None
    contacts = _in_window(registers.hospital_contacts, observed, "hospital_contacts")
    days = F.when(F.col("patient_type") == _INPATIENT, F.col("bed_days"))
    stays = contacts.select(observed.key, days.alias("bed_days"), *_by_chapter("action_diagnosis"))
    action = registers.hospital_diagnoses.where(F.col("diagnosis_type") == "A")
    # The diagnoses have no person: they are reached through the contacts of the window.
    keys = ["contact_id", "source"]
    in_window = small_side(contacts.select(observed.key, *keys), observed.few)
    listed = action.select(*keys, "diagnosis").join(in_window, keys, "inner")
    return stays.unionByName(
        listed.select(observed.key, *_by_chapter("diagnosis")), allowMissingColumns=True
    )


def _by_chapter(diagnosis: str) -> "list[Column]":
    # DF329 is F32.9: the chapter is the second character.
    chapter = F.substring(diagnosis, 2, 1)
    return [
        _sign(chapter.isin(*letters), name, "diagnosis")
        for name, (letters, _, _) in CONDITIONS.items()
        if letters
    ]


def _drugs(observed: _Observed, registers: HealthRegisters) -> "DataFrame | None":
    if registers.prescriptions is None:
        return None
    used = sorted({group for _, groups, _ in CONDITIONS.values() for group in groups})
    dispensed = registers.prescriptions.where(F.col("atc_group").isin(*used))
    rows = _in_window(dispensed, observed, "prescriptions")
    signs = (
        _sign(F.col("atc_group").isin(*groups), name, "drug")
        for name, (_, groups, _) in CONDITIONS.items()
        if groups
    )
    return rows.select(observed.key, *signs)


def _sign(holds: "Column", condition: str, source: str) -> "Column":
    """Whether a row shows a condition, under the name of condition and register: 1, 0 or null."""
    return holds.cast("int").alias(f"{condition}_by_{source}")


def _finish(joined: "DataFrame", delivered: frozenset[str]) -> "DataFrame":
    """Conditions from whatever sign there is; classes of contacts and days; the working columns
    dropped."""
    names = [*CONDITIONS, "gp_contacts", "hospital_days", "hospital_4_days_plus"]
    days = (
        F.coalesce(F.col("bed_days"), F.lit(0))
        if "diagnosis" in delivered
        else F.lit(None).cast("int")
    )
    measured = {name: _condition(name, delivered) for name in CONDITIONS} | {
        "gp_contacts": contact_class(yearly_contacts())
        if "care" in delivered
        else F.lit(None).cast("string"),
        "hospital_days": day_class(days),
        "hospital_4_days_plus": (days >= 4).cast("int"),
    }
    result = joined.withColumns({name: measured[name] for name in names})
    signs = [
        f"{name}_by_{source}"
        for name in CONDITIONS
        for source in _sources(name)
        if source in delivered
    ]
    return result.drop("gp_total", "bed_days", "health_months", "last_day", *signs)


def _sources(name: str) -> tuple[str, ...]:
    """The registers that can show a condition."""
    letters, groups, specialties = CONDITIONS[name]
    used = {"diagnosis": letters, "drug": groups, "care": specialties}
    return tuple(source for source, codes in used.items() if codes)


def _condition(name: str, delivered: frozenset[str]) -> "Column":
    if not delivered.issuperset(_sources(name)):
        return F.lit(None).cast("int")
    return F.greatest(
        F.lit(0), F.lit(0), *(F.col(f"{name}_by_{source}") for source in _sources(name))
    )
