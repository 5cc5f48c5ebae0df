"""The bronze table each register ends in, and the function that prepares its rows for it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kommunebench import bronze
from kommunebench.registers import dream, education, health, municipal, people
from kommunebench.registers.catalogue import DREAM
from kommunebench.registers.checks import CheckedRegister
from kommunebench.registers.reading import RegisterRows
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Prepare = Callable[[RegisterRows], "DataFrame"]
# One function per register and version, all of a table ending in the same columns.
PREPARATIONS: dict[str, tuple[Table, Prepare]] = {
    "OPHG": (bronze.PERMITS, people.prepare_ophg),
    "BEF": (bronze.POPULATION_SNAPSHOTS, people.prepare_bef),
    "VNDS": (bronze.MIGRATIONS, people.prepare_vnds),
    "VNDS_HIST": (bronze.MIGRATIONS, people.prepare_vnds),
    "VNDS_IND": (bronze.MIGRATIONS, people.prepare_vnds_apart),
    "VNDS_UD": (bronze.MIGRATIONS, people.prepare_vnds_apart),
    "DOD": (bronze.DEATHS, people.prepare_dod),
    "BEFBOP": (bronze.ADDRESS_SPELLS, people.prepare_befbop),
    "BEFADR": (bronze.ADDRESSES, people.prepare_befadr),
    "FLYT": (bronze.MOVES, people.prepare_flyt),
    "BFL": (bronze.EMPLOYMENT_MONTHS, people.prepare_bfl),
    "DANSKUDD": (bronze.DANISH_COURSES, people.prepare_danskudd),
    "LPR_ADM": (bronze.HOSPITAL_CONTACTS, health.prepare_contacts),
    "PSYK_ADM": (bronze.HOSPITAL_CONTACTS, health.prepare_contacts),
    "LPR_A_KONTAKT": (bronze.HOSPITAL_CONTACTS, health.prepare_lpr3_contacts),
    "LPR_DIAG": (bronze.HOSPITAL_DIAGNOSES, health.prepare_diagnoses),
    "PSYK_DIAG": (bronze.HOSPITAL_DIAGNOSES, health.prepare_diagnoses),
    "LPR_A_DIAGNOSE": (bronze.HOSPITAL_DIAGNOSES, health.prepare_lpr3_diagnoses),
    "SSSY": (bronze.HEALTH_SERVICES, health.prepare_services),
    "SSKO": (bronze.HEALTH_SERVICES, health.prepare_yearly_services),
    "LMDB": (bronze.PRESCRIPTIONS, health.prepare_lmdb),
    "UDFK": (bronze.SCHOOL_MARKS, education.prepare_udfk),
    "UDDA": (bronze.EDUCATIONS, education.prepare_udda),
    "KOTRE": (bronze.EDUCATION_SPELLS, education.prepare_kotre),
    "REGK100": (bronze.MUNICIPAL_ACCOUNTS, municipal.prepare_regk100),
    "AUL01": (bronze.UNEMPLOYMENT, municipal.prepare_aul01),
    "JOBS": (bronze.JOBS, municipal.prepare_plain),
    "PRICE_INDEX": (bronze.PRICE_INDEX, municipal.prepare_plain),
    "COMMUTING_AREAS": (bronze.COMMUTING_AREAS, municipal.prepare_plain),
    "URBAN_SHARE": (bronze.URBAN_SHARES, municipal.prepare_plain),
    "EDUCATION_LEVELS": (bronze.EDUCATION_LEVELS, education.prepare_education_levels),
    "COUNTRIES": (bronze.COUNTRIES, municipal.prepare_countries),
    "RESIDENCE_BASIS_CODES": (
        bronze.RESIDENCE_BASIS_CODES,
        municipal.prepare_residence_basis_codes,
    ),
}


def preparation(checked: CheckedRegister) -> tuple[Table, Prepare]:
    """The bronze table of a checked register, and what makes its rows of the delivered ones."""
    if checked.rows.register is DREAM:
        return bronze.BENEFIT_WEEKS, dream.version_of(checked.rows.files[0].period).prepare
    return PREPARATIONS[checked.rows.register.name]


def table_of(register: str) -> Table:
    """The bronze table a register's rows go to."""
    return bronze.BENEFIT_WEEKS if register == DREAM.name else PREPARATIONS[register][0]
