"""What a stage is: the tables it reads and writes, the settings it depends on, and the function
between them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from kommunebench.settings import AnalysisSettings
from kommunebench.storage import Store, read_table
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True, slots=True)
class StageInputs:
    """What a stage function may see: its analysis, its run, and the rows of its input tables."""

    store: Store
    settings: AnalysisSettings
    run_id: str

    @property
    def spark(self) -> "SparkSession":
        """The session, for frames made from results."""
        return self.store.spark

    def read(self, table: Table) -> "DataFrame":
        """Rows of a table that belong to this analysis and run, without those two columns."""
        condition = row_filter(table, self.settings.name, self.run_id)
        frame = read_table(self.store, table, condition)
        return frame.drop("analysis", "run_id") if condition else frame

    def own(self, table: Table, frame: "DataFrame") -> "DataFrame":
        """The frame with the analysis and run its table declares, in declared column order."""
        from pyspark.sql import functions as F

        own = {"analysis": self.settings.name, "run_id": self.run_id}
        added = [F.lit(value).alias(name) for name, value in own.items() if name in table.columns]
        return frame.select(*added, *(F.col(name) for name in table.columns if name not in own))

    def frame(self, table: Table, rows: "pd.DataFrame") -> "DataFrame":
        """A Spark frame of a table from computed rows (of municipality size), missing values as
        null."""
        names = [name for name in table.columns if name not in ("analysis", "run_id")]
        schema = ", ".join(f"{name} {table.columns[name]}" for name in names)
        records = rows.reindex(columns=names).astype(object)
        typed = [
            tuple(
                _plain(value, table.columns[name]) for name, value in zip(names, row, strict=True)
            )
            for row in records.itertuples(index=False, name=None)
        ]
        return self.own(table, self.spark.createDataFrame(typed, schema))


@dataclass(frozen=True, slots=True)
class StageOutput:
    """Frames by table, headline numbers for the tracked run, and what the person at the terminal
    must know of the stage."""

    frames: Mapping[Table, "DataFrame"]
    metrics: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a run. ``sections`` are the settings whose change makes it run again."""

    name: str
    verb: str
    reads: tuple[Table, ...]
    writes: tuple[Table, ...]
    sections: tuple[str, ...]
    build: Callable[[StageInputs], StageOutput]
    after: tuple[str, ...] = ()


def row_filter(table: Table, analysis: str, run_id: str) -> str | None:
    """The condition that names a table's rows of one analysis and run; None for tables that have
    neither."""
    parts = []
    if "analysis" in table.columns:
        parts.append(f"analysis = '{analysis}'")
    if "run_id" in table.columns:
        parts.append(f"run_id = '{run_id}'")
    return " AND ".join(parts) or None


def _plain(value: object, kind: str) -> object:
    """A NumPy scalar as the Python value Spark's declared type takes."""
    if value is None or value is pd.NA or value != value:
        return None
    if kind in ("long", "int"):
        return int(value)  # type: ignore[call-overload]
    if kind == "double":
        return float(value)  # type: ignore[arg-type]
    if kind == "boolean":
        return bool(value)
    return str(value) if kind == "string" else value
