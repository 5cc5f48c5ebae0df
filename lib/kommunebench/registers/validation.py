"""Everything wrong with a delivery, as a table on screen and as JSON; nothing is changed."""

from dataclasses import asdict, dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table as ScreenTable

from kommunebench.registers.delivery import find_delivery
from kommunebench.registers.findings import Finding, percent
from kommunebench.registers.inspection import inspect_files, packaged
from kommunebench.registers.locations import AnyPath
from kommunebench.registers.needs import registers_of
from kommunebench.settings import AnalysisSettings, DeliveryMapping

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_UNKNOWN_SHOWN = 5


@dataclass(frozen=True, slots=True)
class RegisterSummary:
    """Files and rows of a register as they were read."""

    register: str
    files: int
    rows: int
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """``problems`` stop an analysis, one sentence each; ``findings`` are counted rows and values,
    fatal ones among them; ``unknown``: names of files that belong to no register."""

    problems: tuple[str, ...]
    findings: tuple[Finding, ...]
    registers: tuple[RegisterSummary, ...]
    unknown: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether the analysis could go on."""
        return not self.problems and not any(finding.fatal for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "usable": self.usable,
            "registers": [asdict(register) for register in self.registers],
            "problems": list(self.problems),
            "findings": [
                asdict(finding) | {"message": finding.message} for finding in self.findings
            ],
            "unknown_files": list(self.unknown),
        }


def validate_delivery(
    spark: "SparkSession",
    folder: AnyPath,
    settings: AnalysisSettings,
    mapping: DeliveryMapping | None = None,
) -> ValidationReport:
    """Check a delivery for an analysis, every register whatever is wrong with another. Raises
    RegisterError only for a folder that does not exist."""
    delivery = find_delivery(folder, settings, mapping)
    files = [
        file
        for register in registers_of(settings)
        for file in delivery.files.get(register.name) or packaged(register)
    ]
    inspection = inspect_files(spark, delivery, files, settings, examples=True)
    summaries = [
        RegisterSummary(
            checked.rows.register.name,
            len(checked.rows.files),
            sum(checked.rows_of.values()),
            tuple(sorted({file.format for file in checked.rows.files})),
        )
        for checked in inspection.registers
    ]
    unknown = tuple(
        path.relative_to(delivery.folder).as_posix()  # type: ignore[arg-type]
        for path in delivery.unknown
    )
    return ValidationReport(inspection.problems, inspection.findings, tuple(summaries), unknown)


def show_report(report: ValidationReport, width: int = 140) -> str:
    """The report as text for a terminal."""
    out = StringIO()
    console = Console(file=out, width=width, highlight=False)
    read = ScreenTable("register", "format", title="Registers read", title_justify="left")
    for name in ("files", "rows"):
        read.add_column(name, justify="right")
    for register in report.registers:
        read.add_row(
            register.register,
            ", ".join(register.formats),
            f"{register.files:,}",
            f"{register.rows:,}",
        )
    console.print(read)
    if report.unknown:
        more = " …" if len(report.unknown) > _UNKNOWN_SHOWN else ""
        console.print(
            f"{len(report.unknown)} files belong to no register:"
            f" {', '.join(report.unknown[:_UNKNOWN_SHOWN])}{more}",
            markup=False,
        )
    if report.findings:
        console.print(_findings_table(report.findings))
    for problem in report.problems:
        console.print(f"✗ {problem}", markup=False)
    for finding in report.findings:
        if finding.fatal:
            console.print(f"✗ {finding.message}", markup=False)
    console.print(
        "The delivery can be used." if report.usable else "The delivery cannot be used as it is."
    )
    return out.getvalue().rstrip()


def _findings_table(findings: tuple[Finding, ...]) -> ScreenTable:
    table = ScreenTable(
        "register",
        "column",
        "reason",
        title="Rows and values that cannot be used",
        title_justify="left",
    )
    for name in ("rows", "of", "share"):
        table.add_column(name, justify="right")
    for name in ("files", "for instance", "what happens"):
        table.add_column(name)
    for f in findings:
        counts = (f"{f.rows:,}", f"{f.of_rows:,}", percent(f.rows, f.of_rows))
        table.add_row(f.register, f.column, f.reason, *counts, f.where(), f.quoted(), f.fate)
    return table
