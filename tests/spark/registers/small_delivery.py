"""A delivery of a few dozen persons that an analysis could start from, to be damaged in one place
or several."""

import csv
import json
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
from sas_files import write_sas

from kommunebench.registers import content_fingerprints, read_delivery, units_of
from kommunebench.registers.delivery import Delivery
from kommunebench.registers.ingestion import FileRecord, ReadDelivery
from kommunebench.registers.staging import Staging
from kommunebench.settings import AnalysisSettings, load_analysis

# The weeks of 2015, no covariates that need registers of their own, but the unit cost, whose model
# needs Danish courses.
OVERRIDES = (
    "model.covariates=[{column: weeks_since_permit, kind: number}]",
    "population.window_start=2015-01-01",
    "population.window_end=2015-12-31",
    "observation.observation_end=2016-01-03",
)
PERSONS = 40
WEEKS = tuple(f"Y_15{week:02d}" for week in range(1, 54))


def small_analysis() -> AnalysisSettings:
    return load_analysis("integration_employment", OVERRIDES)


def person(number: int) -> str:
    """A marked identifier: it may be in no message."""
    return f"SECRET{number:06d}"


@dataclass
class File:
    """Header and rows of text; ``raw`` bytes are written instead where they are set."""

    header: list[str]
    rows: list[list[str]]
    format: str = "csv"
    separator: str = ";"
    encoding: str = "utf-8"
    raw: bytes | None = None
    dates: tuple[str, ...] = ()

    def column(self, name: str) -> int:
        return self.header.index(name)


@dataclass
class SmallDelivery:
    """Files by relative name without extension."""

    files: dict[str, File] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        for name, file in self.files.items():
            path = folder / f"{name}.{file.format}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.raw) if file.raw is not None else _write(path, file)
        return folder

    def of(self, register: str) -> list[str]:
        """Names of a register's files."""
        return sorted(name for name in self.files if name.split("/")[0] == register)


def small_delivery(format: str = "csv") -> SmallDelivery:
    files: dict[str, File] = {}
    for year in (2014, 2015, 2016):
        permits = [
            [person(n), "1", "11", "111", f"{year}-02-{1 + n % 27:02d}", f"{year}-03-01"]
            for n in range(PERSONS)
        ]
        files[f"ophg/ophg{year}"] = File(
            ["PNR", "KATEGORI", "GRUNDLAG", "FORKLAR", "TILLADELSESDATO", "INDVANDRINGSDATO"],
            permits,
            dates=("TILLADELSESDATO", "INDVANDRINGSDATO"),
        )
        residents = [
            [
                person(n),
                str(1 + n % 2),
                f"19{60 + n % 40}-05-17",
                "5100",
                "2",
                "101" if n % 2 else "860",
            ]
            for n in range(PERSONS)
        ]
        files[f"bef/bef{year}12"] = File(
            ["PNR", "KOEN", "FOED_DAG", "OPR_LAND", "IE_TYPE", "KOM"],
            residents,
            dates=("FOED_DAG",),
        )
        jobs = [
            [person(n), f"{year}-0{1 + n % 9}-01", f"{year}-0{1 + n % 9}-28", f"{100 + n},5"]
            for n in range(PERSONS)
        ]
        files[f"bfl/bfl{year}"] = File(
            ["PNR", "AJO_JOB_START_DATO", "AJO_JOB_SLUT_DATO", "AJO_LOENTIMER"],
            jobs,
            dates=("AJO_JOB_START_DATO", "AJO_JOB_SLUT_DATO"),
        )
    moves = [[person(n), "I", f"2015-03-{1 + n % 27:02d}"] for n in range(PERSONS)]
    files["vnds/vnds2016"] = File(["PNR", "INDUD_KODE", "HAEND_DATO"], moves, dates=("HAEND_DATO",))
    files["dod/dod2016"] = File(
        ["PNR", "DODDATO"], [[person(n), "2016-01-02"] for n in range(30)], dates=("DODDATO",)
    )
    files["dream/dream201609"] = File(
        ["PNR", *WEEKS], [[person(n), *(["710"] * len(WEEKS))] for n in range(PERSONS)]
    )
    courses = [[person(n), str(1 + n % 3), "2015-04-07"] for n in range(PERSONS)]
    files["danskudd/danskudd"] = File(
        ["PNR", "UUddNr", "START_DATO"], courses, dates=("START_DATO",)
    )
    cells = [
        [code, "54660", "001", "1", "1", kind, "2015", "1.234,5"]
        for code in ("101", "860")
        for kind in ("UE", "77")
    ]
    files["municipal/regk100"] = File(
        ["OMRÅDE", "FUNKTION", "GRUPPERING", "EJER", "DRANST", "ART", "TID", "INDHOLD"], cells * 1
    )
    files["municipal/price_index"] = File(
        ["year", "index"], [[str(year), f"{90 + year - 2008},5"] for year in range(2008, 2017)]
    )
    for file in files.values():
        file.format = format if len(file.header) != 2 or file.dates else "csv"
    return SmallDelivery(files)


def _write(path: Path, file: File) -> None:
    if file.format == "csv":
        out = StringIO()
        writer = csv.writer(out, delimiter=file.separator, lineterminator="\n")
        writer.writerows([file.header, *file.rows])
        path.write_bytes(out.getvalue().encode(file.encoding))
    elif file.format == "parquet":
        pd.DataFrame(file.rows, columns=file.header).to_parquet(path)
    else:
        write_sas(path, *sas_content(file))


def sas_content(file: File) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """Columns and formats as SAS has them: dates and codes of digits are numbers, codes without
    their leading zeros."""
    columns: dict[str, list[Any]] = {}
    for number, name in enumerate(file.header):
        values: list[Any] = [row[number] for row in file.rows]
        if name in file.dates:
            values = [
                float((pd.Timestamp(v) - pd.Timestamp("1960-01-01")).days) if v else None
                for v in values
            ]
        elif all(v.replace(",", "").replace(".", "").isdigit() or not v for v in values):
            values = [float(v.replace(".", "").replace(",", ".")) if v else None for v in values]
        columns[name] = values
    return columns, dict.fromkeys(file.dates, "DATE")


def read_only(
    spark: Any,
    delivery: Delivery,
    settings: AnalysisSettings,
    *registers: str,
    staging: Staging | None = None,
) -> ReadDelivery:
    """What is read of a delivery of which the store has all registers but these: a test of a few
    registers need not read the others."""
    contents = content_fingerprints(delivery)
    stored = []
    for unit, read_as in units_of(delivery, contents, settings).items():
        register, _, period = unit.partition(" ")
        if register not in registers:
            stored.append(
                FileRecord(
                    register=register,
                    period=period,
                    file=unit,
                    bytes=0,
                    rows=0,
                    fingerprint="",
                    delivered_from=unit,
                    read_as=read_as,
                    findings="[]",
                )
            )
    return read_delivery(spark, delivery, contents, settings, stored=tuple(stored), staging=staging)


def sentences(report: Any) -> str:
    """Everything a report says: problems, findings, screen and JSON."""
    from kommunebench.registers.validation import show_report

    return "\n".join(
        [
            *report.problems,
            *(f.message for f in report.findings),
            show_report(report),
            json.dumps(report.as_json(), ensure_ascii=False),
        ]
    )
