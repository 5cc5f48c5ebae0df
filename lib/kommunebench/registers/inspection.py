"""Opening and checking the registers of a delivery side by side: everything wrong is found in one
go, nothing is changed."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from kommunebench.errors import RegisterError
from kommunebench.registers.catalogue import DREAM, Register
from kommunebench.registers.checks import CheckedRegister, check_register
from kommunebench.registers.delivered_file import DeliveredFile, delivered_file
from kommunebench.registers.delivery import Delivery, problems_of_delivery
from kommunebench.registers.describing import describe_files
from kommunebench.registers.dream import read_dream, unknown_codes
from kommunebench.registers.failures import damaged_file, is_from_spark
from kommunebench.registers.file_columns import FileColumns
from kommunebench.registers.findings import Finding
from kommunebench.registers.further_checks import further_check
from kommunebench.registers.identifiers import identifier_problems
from kommunebench.registers.needs import PACKAGED, as_needed
from kommunebench.registers.reading import read_register
from kommunebench.registers.staging import Staging
from kommunebench.settings import AnalysisSettings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Registers are checked side by side: planning a register's check is work for one core, and its job
# often waits for files.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Inspection:
    """Registers that could be opened, with all findings; ``problems``: what cannot be opened or is
    missing, one sentence each; ``rows_of``: number of rows by file."""

    registers: tuple[CheckedRegister, ...]
    findings: tuple[Finding, ...]
    problems: tuple[str, ...]
    rows_of: dict[DeliveredFile, int]


def inspect_files(
    spark: "SparkSession",
    delivery: Delivery,
    chosen: Sequence[DeliveredFile],
    settings: AnalysisSettings,
    *,
    examples: bool,
    staging: Staging | None = None,
) -> Inspection:
    """Open and check the chosen files of a delivery, and the delivery as a whole for what is
    missing in it.

    ``examples``: look up offending values of every finding; ``staging``: where SAS files may be
    kept as Parquet.
    """
    by_register: dict[str, list[DeliveredFile]] = {}
    for file in chosen:
        by_register.setdefault(file.register.name, []).append(file)
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        # The largest first, so that no core is idle while the last register is read.
        jobs = {
            name: pool.submit(
                _inspect_register, spark, listed, settings, examples=examples, staging=staging
            )
            for name, listed in sorted(by_register.items(), key=lambda item: -_bytes_of(item[1]))
        }
        done = [jobs[name].result() for name in by_register]
    problems = problems_of_delivery(delivery, settings)
    for register, sentences in done:
        problems += [*sentences, *(register.problems if register else ())]
    checked = tuple(register for register, _ in done if register is not None)
    problems += identifier_problems(spark, delivery, checked)
    rows_of = {
        register.rows.files[file_number]: rows
        for register in checked
        for file_number, rows in register.rows_of.items()
    }
    findings = tuple(finding for register in checked for finding in register.findings)
    return Inspection(checked, findings, tuple(problems), rows_of)


def _bytes_of(listed: Sequence[DeliveredFile]) -> int:
    return sum(file.bytes for file in listed)


def _inspect_register(
    spark: "SparkSession",
    listed: Sequence[DeliveredFile],
    settings: AnalysisSettings,
    *,
    examples: bool,
    staging: Staging | None,
) -> tuple[CheckedRegister | None, list[str]]:
    """The files of one register with their findings, None where none could be opened; and why files
    could not."""
    register = as_needed(listed[0].register, settings)
    described, problems = describe_files(spark, register, listed, staging)
    if not described:
        return None, problems
    try:
        return _check(spark, register, described, settings, examples), problems
    except RegisterError as error:
        return None, [*problems, str(error)]
    except Exception as error:
        if not is_from_spark(error):
            raise
        if len(described) == 1:
            return None, [*problems, damaged_file(described[0][0], error)]
    # One damaged file stops the job over all of them: find out which, and check the others.
    readable = []
    for one in described:
        try:
            _check(spark, register, [one], settings, examples=False)
            readable.append(one)
        except Exception as error:
            if not is_from_spark(error):
                raise
            problems.append(damaged_file(one[0], error))
    return (_check(spark, register, readable, settings, examples) if readable else None), problems


def _check(
    spark: "SparkSession",
    register: Register,
    described: Sequence[tuple[DeliveredFile, FileColumns]],
    settings: AnalysisSettings,
    examples: bool,
) -> CheckedRegister:
    if register is not DREAM:
        checked = check_register(read_register(spark, register, described), examples)
        return checked if checked.problems else further_check(checked, settings)
    rows = read_dream(spark, *described[0], settings)
    checked = check_register(rows, examples)
    strange = unknown_codes(rows) if not checked.problems else None
    return checked.with_finding(strange) if strange is not None else checked


def packaged(register: Register) -> tuple[DeliveredFile, ...]:
    """The packaged code list of a register that has one, where none was delivered."""
    if register not in PACKAGED:
        return ()
    with as_file(files("kommunebench.reference") / f"{register.stems[0]}.csv") as path:
        return (delivered_file(register, path),)
