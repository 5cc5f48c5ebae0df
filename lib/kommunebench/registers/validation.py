"""Everything wrong with a delivery, as a table on screen and as JSON; nothing is changed."""

from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table as ScreenTable

from kommunebench.registers.checks import Finding
from kommunebench.registers.ingestion import inspect_delivery
from kommunebench.settings import AnalysisSettings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """``problems`` stop an analysis, one sentence each; ``findings`` are counted rows and values, fatal ones among them."""

    problems: tuple[str, ...]
    findings: tuple[Finding, ...]
    registers: tuple[str, ...]

    @property
    def usable(self) -> bool:
        """Whether the analysis could go on."""
        return not self.problems and not any(finding.fatal for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The report as plain data."""
        findings = [asdict(finding) | {"message": finding.message} for finding in self.findings]
        return {"usable": self.usable, "registers": list(self.registers), "problems": list(self.problems), "findings": findings}


def validate_delivery(spark: "SparkSession", folder: Path, settings: AnalysisSettings) -> ValidationReport:
    """Check a delivery for an analysis in one pass over every register. Raises RegisterError only for a folder that does not exist."""
    inspection = inspect_delivery(spark, folder, settings)
    names = [rows.register.name for rows in inspection.rows] + (["DREAM"] if inspection.dream else [])
    return ValidationReport(inspection.problems, inspection.findings, tuple(sorted(names)))


def show_report(report: ValidationReport) -> str:
    """The report as text for a terminal."""
    out = StringIO()
    console = Console(file=out, width=140, highlight=False)
    console.print(f"registers read: {', '.join(report.registers)}")
    for problem in report.problems:
        console.print(f"✗ {problem}", markup=False)
    if report.findings:
        table = ScreenTable("register", "column", "reason", "rows", "of", "what happens")
        for f in report.findings:
            fate = (
                "stops the run"
                if f.fatal
                else "row not used"
                if f.set_aside
                else "one kept"
                if f.reason == "row_repeated"
                else "value missing"
            )
            table.add_row(f.register, f.column, f.reason, f"{f.rows:,}", f"{f.of_rows:,}", fate)
        console.print(table)
    console.print("The delivery can be used." if report.usable else "The delivery cannot be used as it is.")
    return out.getvalue().rstrip()
