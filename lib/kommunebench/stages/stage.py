"""What a stage is: the tables it reads and writes, the settings it depends on, and the function
between them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from kommunebench.errors import TableError
from kommunebench.settings import AnalysisSettings
from kommunebench.storage import Store, arrow_rows, read_rows, read_table
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True, slots=True, kw_only=True)
class StageInputs:
    """What a stage function may see: its analysis, its run, and the rows of the tables its stage
    declares. ``versions``: the version of every table as the run itself wrote it or found it at its
    start, by qualified name."""

    store: Store
    settings: AnalysisSettings
    run_id: str
    reads: tuple[Table, ...]
    versions: Mapping[str, int]

    @property
    def spark(self) -> "SparkSession":
        """The session, for frames made from results."""
        return self.store.spark

    def holds(self, table: Table) -> bool:
        """Whether the store held a declared table when the run started, or the run wrote it."""
        self._check_declared(table)
        return table.qualified_name in self.versions

    def read(self, table: Table) -> "DataFrame":
        """Rows of a table that belong to this analysis and run, without those two columns.

        Raises TableError for a table the store does not hold, and for one the stage does not
        declare that it reads.
        """
        self._check_declared(table)
        version = self.versions.get(table.qualified_name)
        return rows_of_run(self.store, table, self.settings.name, self.run_id, version=version)

    def rows(self, table: Table) -> pa.Table:
        """The same of a small table, on the driver."""
        self._check_declared(table)
        version = self.versions.get(table.qualified_name)
        return small_rows_of_run(
            self.store, table, self.settings.name, self.run_id, version=version
        )

    def _check_declared(self, table: Table) -> None:
        if table not in self.reads:
            raise TableError(
                f"{table.qualified_name} is read by a stage that does not declare it: name it in"
                " the stage's reads, so that its version is pinned."
            )

    def of_run(self, table: Table, frame: "DataFrame") -> "DataFrame":
        """The frame with the analysis and run its table declares, in declared column order."""
        from pyspark.sql import functions as F

        run_columns = {"analysis": self.settings.name, "run_id": self.run_id}
        added = [
            F.lit(value).alias(name) for name, value in run_columns.items() if name in table.columns
        ]
        computed = [F.col(name) for name in table.columns if name not in run_columns]
        return frame.select(*added, *computed)

    def frame(self, table: Table, rows: "pd.DataFrame") -> pa.Table:
        """The rows of a table from computed ones (of municipality size), with the analysis and run
        it declares, missing values as null."""
        names = list(table.columns)
        known = rows.assign(analysis=self.settings.name, run_id=self.run_id)
        records = known.reindex(columns=names).astype(object)
        typed = [
            tuple(
                _plain(value, table.columns[name]) for name, value in zip(names, row, strict=True)
            )
            for row in records.itertuples(index=False, name=None)
        ]
        return arrow_rows(table.columns, typed)


@dataclass(frozen=True, slots=True)
class StageOutput:
    """Frames by table (rows computed on the driver as Arrow tables), headline numbers for the
    tracked run, and what the person at the terminal must know of the stage."""

    frames: Mapping[Table, "DataFrame | pa.Table"]
    metrics: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a run. ``reads``: every table its function asks for, no other can be read;
    ``writes``: every table it may write; ``sections``: the settings whose change makes it run
    again; ``after``: the stages whose results it builds on."""

    name: str
    verb: str
    reads: tuple[Table, ...]
    writes: tuple[Table, ...]
    sections: tuple[str, ...]
    build: Callable[[StageInputs], StageOutput]
    after: tuple[str, ...] = ()


def rows_of_run(
    store: Store, table: Table, analysis: str, run_id: str, *, version: int | None = None
) -> "DataFrame":
    """Rows of a table that belong to an analysis and run, without those two columns; of the newest
    version, or of the one given."""
    condition = row_filter(table, analysis, run_id)
    frame = read_table(store, table, condition, version)
    return frame.drop("analysis", "run_id") if condition else frame


def small_rows_of_run(
    store: Store, table: Table, analysis: str, run_id: str, *, version: int | None = None
) -> pa.Table:
    """The same of a small table, on the driver."""
    equal = _of_run(table, analysis, run_id)
    return read_rows(store, table, equal, version).drop_columns(list(equal))


def row_filter(table: Table, analysis: str, run_id: str) -> str | None:
    """The condition that names a table's rows of one analysis and run; None for tables that have
    neither."""
    equal = _of_run(table, analysis, run_id)
    return " AND ".join(f"{name} = '{value}'" for name, value in equal.items()) or None


def _of_run(table: Table, analysis: str, run_id: str) -> dict[str, str]:
    """What a table's rows of one analysis and run have in those of the two columns it declares."""
    values = {"analysis": analysis, "run_id": run_id}
    return {name: value for name, value in values.items() if name in table.columns}


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
