"""The bronze tables: registers under our names and types. After them nobody can tell which delivery
a row came from.

The store keeps in ``delivered_from`` which register and period a row was delivered with, so that a
corrected year replaces that year.
"""

from kommunebench.bronze.declaration import DELIVERED_FROM
from kommunebench.bronze.education import (
    EDUCATION_LEVELS,
    EDUCATION_SPELLS,
    EDUCATIONS,
    SCHOOL_MARKS,
)
from kommunebench.bronze.health import (
    HEALTH_SERVICES,
    HOSPITAL_CONTACTS,
    HOSPITAL_DIAGNOSES,
    PRESCRIPTIONS,
)
from kommunebench.bronze.municipal import (
    COMMUTING_AREAS,
    COUNTRIES,
    JOBS,
    MUNICIPAL_ACCOUNTS,
    PRICE_INDEX,
    RESIDENCE_BASIS_CODES,
    UNEMPLOYMENT,
    URBAN_SHARES,
)
from kommunebench.bronze.people import (
    ADDRESS_SPELLS,
    ADDRESSES,
    BENEFIT_WEEKS,
    DANISH_COURSES,
    DEATHS,
    EMPLOYMENT_MONTHS,
    MIGRATIONS,
    MOVES,
    PERMITS,
    POPULATION_SNAPSHOTS,
)
from kommunebench.tables import Table, columns

DELIVERED_FILES = Table(
    name="delivered_files",
    layer="bronze",
    grain="one delivered file as it was read",
    key=("register", "file"),
    columns=columns("""
        register string, period string, file string, bytes long, rows long, fingerprint string,
        delivered_from string, read_as string, findings string
    """),
)

BRONZE_TABLES = (
    PERMITS,
    POPULATION_SNAPSHOTS,
    MIGRATIONS,
    DEATHS,
    ADDRESS_SPELLS,
    ADDRESSES,
    MOVES,
    BENEFIT_WEEKS,
    EMPLOYMENT_MONTHS,
    DANISH_COURSES,
    HOSPITAL_CONTACTS,
    HOSPITAL_DIAGNOSES,
    HEALTH_SERVICES,
    PRESCRIPTIONS,
    SCHOOL_MARKS,
    EDUCATIONS,
    EDUCATION_SPELLS,
    MUNICIPAL_ACCOUNTS,
    UNEMPLOYMENT,
    JOBS,
    PRICE_INDEX,
    COMMUTING_AREAS,
    URBAN_SHARES,
    EDUCATION_LEVELS,
    COUNTRIES,
    RESIDENCE_BASIS_CODES,
    DELIVERED_FILES,
)

__all__ = [
    "ADDRESSES",
    "ADDRESS_SPELLS",
    "BENEFIT_WEEKS",
    "BRONZE_TABLES",
    "COMMUTING_AREAS",
    "COUNTRIES",
    "DANISH_COURSES",
    "DEATHS",
    "DELIVERED_FILES",
    "DELIVERED_FROM",
    "EDUCATIONS",
    "EDUCATION_LEVELS",
    "EDUCATION_SPELLS",
    "EMPLOYMENT_MONTHS",
    "HEALTH_SERVICES",
    "HOSPITAL_CONTACTS",
    "HOSPITAL_DIAGNOSES",
    "JOBS",
    "MIGRATIONS",
    "MOVES",
    "MUNICIPAL_ACCOUNTS",
    "PERMITS",
    "POPULATION_SNAPSHOTS",
    "PRESCRIPTIONS",
    "PRICE_INDEX",
    "RESIDENCE_BASIS_CODES",
    "SCHOOL_MARKS",
    "UNEMPLOYMENT",
    "URBAN_SHARES",
]
