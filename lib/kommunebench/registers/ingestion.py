"""From a delivery to bronze frames: everything is checked before anything is handed on to be written."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from kommunebench import bronze
from kommunebench.errors import RegisterError
from kommunebench.registers import catalogue, health, municipal, people
from kommunebench.registers.catalogue import Register
from kommunebench.registers.checks import Finding, check_register
from kommunebench.registers.delivery import DeliveredFile, find_delivery, problems_of_delivery
from kommunebench.registers.dream import prepare_dream
from kommunebench.registers.file_columns import FileColumns, read_file_columns
from kommunebench.registers.reading import RegisterRows, read_register
from kommunebench.settings import AnalysisSettings
from kommunebench.silver import REJECTED_ROWS
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Prepare = Callable[[RegisterRows], "DataFrame"]
# One function per register and version, all of a table ending in the same columns.
PREPARATIONS: dict[str, tuple[Table, Prepare]] = {
    "OPHG": (bronze.PERMITS, people.prepare_ophg),
    "BEF": (bronze.POPULATION_SNAPSHOTS, people.prepare_bef),
    "VNDS": (bronze.MIGRATIONS, people.prepare_vnds),
    "VNDS_IND": (bronze.MIGRATIONS, people.prepare_vnds),
    "VNDS_UD": (bronze.MIGRATIONS, people.prepare_vnds),
    "DOD": (bronze.DEATHS, people.prepare_dod),
    "BEFBOP": (bronze.ADDRESS_SPELLS, people.prepare_befbop),
    "BEFADR": (bronze.ADDRESSES, people.prepare_befadr),
    "FLYT": (bronze.MOVES, people.prepare_flyt),
    "BFL": (bronze.EMPLOYMENT_MONTHS, people.prepare_bfl),
    "DANSKUDD": (bronze.DANISH_COURSES, people.prepare_danskudd),
    "LPR_ADM": (bronze.HOSPITAL_CONTACTS, health.prepare_contacts),
    "PSYK_ADM": (bronze.HOSPITAL_CONTACTS, health.prepare_contacts),
    "LPR_DIAG": (bronze.HOSPITAL_DIAGNOSES, health.prepare_diagnoses),
    "PSYK_DIAG": (bronze.HOSPITAL_DIAGNOSES, health.prepare_diagnoses),
    "SSSY": (bronze.HEALTH_SERVICES, health.prepare_services),
    "SSKO": (bronze.HEALTH_SERVICES, health.prepare_services),
    "LMDB": (bronze.PRESCRIPTIONS, health.prepare_lmdb),
    "REGK100": (bronze.MUNICIPAL_ACCOUNTS, municipal.prepare_regk100),
    "AUL01": (bronze.UNEMPLOYMENT, municipal.prepare_aul01),
    "JOBS": (bronze.JOBS, municipal.prepare_plain),
    "PRICE_INDEX": (bronze.PRICE_INDEX, municipal.prepare_plain),
    "COMMUTING_AREAS": (bronze.COMMUTING_AREAS, municipal.prepare_plain),
    "COUNTRIES": (bronze.COUNTRIES, municipal.prepare_countries),
    "RESIDENCE_BASIS_CODES": (bronze.RESIDENCE_BASIS_CODES, municipal.prepare_residence_basis_codes),
}
# Registers are checked side by side: each check is one Spark job that waits mostly for files.
_CHECKS_AT_ONCE = 3
_HASHED_BYTES = 1 << 22


@dataclass(frozen=True, slots=True)
class BronzeResult:
    """A bronze table and its new content."""

    table: Table
    frame: "DataFrame"


@dataclass(frozen=True, slots=True)
class ReadDelivery:
    """Bronze frames, counts of unusable rows (silver.rejected_rows), files read (bronze.delivered_files)."""

    results: tuple[BronzeResult, ...]
    rejected: "DataFrame"
    files: "DataFrame"


@dataclass(frozen=True, slots=True)
class Inspection:
    """A delivery with its registers opened and every finding; ``problems``: what cannot be opened or is missing, one sentence each."""

    rows: tuple[RegisterRows, ...]
    dream: tuple[DeliveredFile, FileColumns] | None
    benefit_weeks: "DataFrame | None"
    findings: tuple[Finding, ...]
    problems: tuple[str, ...]


def read_delivery(spark: "SparkSession", folder: Path, settings: AnalysisSettings) -> ReadDelivery:
    """Bronze frames of a delivery. Raises RegisterError listing every structural problem; nothing has been written then."""
    inspection = inspect_delivery(spark, folder, settings)
    stopping = [*inspection.problems, *(finding.message for finding in inspection.findings if finding.fatal)]
    if stopping:
        raise RegisterError("the delivery cannot be used:\n  " + "\n  ".join(stopping))
    by_table: dict[str, list[BronzeResult]] = {}
    for rows in inspection.rows:
        table, prepare = PREPARATIONS[rows.register.name]
        by_table.setdefault(table.name, []).append(BronzeResult(table, prepare(rows)))
    results = [
        BronzeResult(parts[0].table, reduce(lambda a, b: a.unionByName(b), [p.frame for p in parts]))
        for parts in by_table.values()
    ]
    if inspection.benefit_weeks is not None:
        results.append(BronzeResult(bronze.BENEFIT_WEEKS, inspection.benefit_weeks))
    return ReadDelivery(tuple(results), _rejected(spark, inspection.findings), _files(spark, inspection))


def inspect_delivery(spark: "SparkSession", folder: Path, settings: AnalysisSettings) -> Inspection:
    """Open and check every register an analysis reads; nothing is changed."""
    delivery = find_delivery(folder, settings)
    problems = problems_of_delivery(delivery, settings)
    opened: list[RegisterRows] = []
    dream, benefit_weeks = None, None
    for register in catalogue.registers_of(settings):
        own = delivery.files.get(register.name) or _packaged(register)
        try:
            if register is catalogue.DREAM and own:
                dream = (own[0], read_file_columns(own[0]))
                benefit_weeks = prepare_dream(spark, *dream, settings)
            elif own:
                opened.append(read_register(spark, register, own))
        except RegisterError as error:
            problems.append(str(error))
    with ThreadPoolExecutor(max_workers=_CHECKS_AT_ONCE) as pool:
        checked = list(pool.map(_check, opened))
    findings = [finding for found, _ in checked for finding in found]
    problems += [problem for _, problem in checked if problem]
    return Inspection(tuple(opened), dream, benefit_weeks, tuple(findings), tuple(problems))


def _check(rows: RegisterRows) -> tuple[list[Finding], str | None]:
    """Findings of a register, or why Spark could not read it to its end (without Spark's words, which quote rows)."""
    from pyspark.errors import PySparkException

    try:
        return check_register(rows), None
    except RegisterError as error:
        return [], str(error)
    except PySparkException as error:
        names = ", ".join(file.path.name for file in rows.files[:3])
        reason = error.getCondition() or type(error).__name__
        return (
            [],
            f"register {rows.register.name}: the files ({names} …) could not be read to their end ({reason}); deliver them again.",
        )


def _packaged(register: Register) -> tuple[DeliveredFile, ...]:
    """The packaged code list, where none was delivered."""
    if register not in catalogue.PACKAGED:
        return ()
    with as_file(files("kommunebench.reference") / f"{register.stems[0]}.csv") as path:
        return (DeliveredFile(register, path, ""),)


def _rejected(spark: "SparkSession", findings: tuple[Finding, ...]) -> "DataFrame":
    rows = [(f.register, f.column, f.reason, f.rows, f.set_aside) for f in findings]
    return spark.createDataFrame(rows, REJECTED_ROWS.schema)


def _files(spark: "SparkSession", inspection: Inspection) -> "DataFrame":
    described = [(file, columns) for rows in inspection.rows for file, columns in zip(rows.files, rows.columns_of, strict=True)]
    if inspection.dream is not None:
        described.append(inspection.dream)
    listing = [
        (file.register.name, file.period, file.path.name, file.bytes, columns.rows, _content_hash(file))
        for file, columns in described
    ]
    return spark.createDataFrame(listing, bronze.DELIVERED_FILES.schema)


def _content_hash(file: DeliveredFile) -> str:
    """Hash of names, sizes and first bytes of a file's parts: enough to recognise it, cheap for files of many gigabytes."""
    digest = hashlib.sha256()
    for part in file.parts():
        digest.update(f"{part.name} {part.stat().st_size}".encode())
        with part.open("rb") as handle:
            digest.update(handle.read(_HASHED_BYTES))
    return digest.hexdigest()[:16]
