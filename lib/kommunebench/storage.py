"""The only module that reads or writes Delta tables. A store is a folder, or catalog.schema."""

import json
import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kommunebench.errors import TableError
from kommunebench.settings import EnvironmentSettings
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SCHEMA_VERSION = "1"
_ATTEMPTS = 3
# Commits are mostly waiting on the driver: a few tables are written side by side.
_WRITERS = 4
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Store:
    """Where the tables of a store lie, and the session that reaches them."""

    spark: "SparkSession"
    location: str
    environment: EnvironmentSettings
    is_catalog: bool = field(init=False)

    def __post_init__(self) -> None:
        parts = self.location.split(".")
        catalog = (
            len(parts) == 2
            and all(part.isidentifier() for part in parts)
            and not Path(self.location).exists()
        )
        object.__setattr__(self, "is_catalog", catalog)

    def identifier(self, table: Table) -> str:
        """The table as SQL names it, quoted."""
        if self.is_catalog:
            return ".".join(f"`{part}`" for part in (*self.location.split("."), table.name))
        return f"delta.`{self.path(table)}`"

    def path(self, table: Table) -> str:
        """Folder of a table of a store on a file system."""
        return self._folder(table.layer, table.name)

    def _folder(self, layer: str, name: str) -> str:
        root = self.location if "://" in self.location else str(Path(self.location).resolve())
        return f"{root}/{layer}/{name}"

    def named(self, qualified_name: str) -> dict[str, str]:
        """Where a table lies, by its qualified name, in the words of a dataset source: a folder or
        a catalog's table."""
        layer, name = qualified_name.split(".")
        if self.is_catalog:
            return {"delta_table_name": f"{self.location}.{name}"}
        return {"path": self._folder(layer, name)}

    def local_folder(self) -> Path | None:
        """The store as a local folder, None where it is a catalog or on another file system."""
        return None if self.is_catalog or "://" in self.location else Path(self.location)


@dataclass(frozen=True, slots=True)
class TableVersion:
    """A table and the version read or written."""

    table: str
    version: int


def table_exists(store: Store, table: Table) -> bool:
    """Whether the store holds the table."""
    folder = store.local_folder()
    if folder is not None:
        return (Path(store.path(table)) / "_delta_log").is_dir()
    if store.is_catalog:
        return store.spark.catalog.tableExists(store.identifier(table))
    try:
        return bool(store.spark.read.format("delta").load(store.path(table)).columns)
    except Exception:
        return False


def holds_declared_columns(store: Store, table: Table) -> bool:
    """Whether a table of the store has all its declared columns; one of an earlier version may not."""
    reader = store.spark.read
    frame = (
        reader.table(store.identifier(table))
        if store.is_catalog
        else reader.format("delta").load(store.path(table))
    )
    return set(table.columns | table.stored) <= set(frame.columns)


def read_table(store: Store, table: Table, where: str | None = None) -> "DataFrame":
    """The declared columns of a table, optionally only the rows of a condition.

    Raises TableError when the table is missing, naming the stage to run first.
    """
    if not table_exists(store, table):
        raise TableError(
            f"{table.qualified_name} is not in the store {store.location}: run the stage that"
            " writes it first (`kommunebench run` runs all stages in order)."
        )
    frame = (
        store.spark.read.table(store.identifier(table))
        if store.is_catalog
        else (store.spark.read.format("delta").load(store.path(table)))
    )
    selected = frame.select(*table.column_names)
    return selected.where(where) if where else selected


def write_table(
    store: Store,
    table: Table,
    frame: "DataFrame",
    replace_where: str | None,
    metadata: dict[str, str],
) -> TableVersion:
    """Write a frame as a table: the whole table, or atomically the rows of ``replace_where`` and no
    others.

    Columns are brought into the declared order and checked against the declaration. Raises
    TableError when they differ.
    """
    checked = _declared(table, frame)
    if not table_exists(store, table):
        _create(store, table)
    writer = (
        checked.write.format("delta")
        .mode("overwrite")
        .option("userMetadata", json.dumps(metadata, sort_keys=True))
    )
    if replace_where:
        writer = writer.option("replaceWhere", replace_where)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            if store.is_catalog:
                writer.saveAsTable(store.identifier(table))
            else:
                writer.save(store.path(table))
            break
        except Exception as error:
            if attempt == _ATTEMPTS or "Concurrent" not in type(error).__name__ + str(
                getattr(error, "getCondition", lambda: "")()
            ):
                raise
            _log.warning(
                "table=%s attempt=%d conflict=%s",
                table.qualified_name,
                attempt,
                type(error).__name__,
            )
    return TableVersion(table.qualified_name, current_version(store, table))


def materialise(
    store: Store, table: Table, frame: "DataFrame", replace_where: str, metadata: dict[str, str]
) -> "DataFrame":
    """The frame written as rows of a table and read back: what several passes go over is made once,
    whatever the memory."""
    write_table(store, table, frame, replace_where, metadata)
    return read_table(store, table, replace_where)


@dataclass(frozen=True, slots=True)
class TableWrite:
    """One table to be written: frame and the rows it replaces."""

    table: Table
    frame: "DataFrame"
    replace_where: str | None = None


def write_tables(
    store: Store, writes: Iterable[TableWrite], metadata: dict[str, str]
) -> tuple[TableVersion, ...]:
    """Write several independent tables, a few at a time; all versions in the order given. The first
    failure is raised."""
    with ThreadPoolExecutor(max_workers=_WRITERS) as pool:
        jobs = [
            pool.submit(write_table, store, w.table, w.frame, w.replace_where, metadata)
            for w in writes
        ]
        return tuple(job.result() for job in jobs)


@contextmanager
def unwritten_on_failure(store: Store, tables: Iterable[Table]) -> Iterator[None]:
    """Writes to several tables as one: when the block fails, tables that got a new version go back
    to the content of the one before (a table that did not exist, to its empty first one)."""
    before = {
        table: current_version(store, table) if table_exists(store, table) else None
        for table in tables
    }
    try:
        yield
    except BaseException:
        for table, version in before.items():
            if table_exists(store, table) and current_version(store, table) not in (version, 0):
                store.spark.sql(
                    f"RESTORE TABLE {store.identifier(table)} TO VERSION AS OF {version or 0}"
                )
        raise


def current_version(store: Store, table: Table) -> int:
    """Newest version number of a table, from its log."""
    folder = store.local_folder()
    if folder is not None:
        # The name of the newest commit is the version: no Spark job for it.
        return max(
            int(p.stem)
            for p in (Path(store.path(table)) / "_delta_log").glob("*.json")
            if p.stem.isdigit()
        )
    row = (
        store.spark.sql(f"DESCRIBE HISTORY {store.identifier(table)} LIMIT 1")
        .select("version")
        .first()
    )
    if row is None:
        raise TableError(f"{table.qualified_name} has no history.")
    return int(row[0])


def _declared(table: Table, frame: "DataFrame") -> "DataFrame":
    """The frame with exactly the declared columns and types, in the declared order."""
    from pyspark.sql import functions as F

    declared = table.columns | table.stored
    found = set(frame.columns)
    missing = [name for name in declared if name not in found]
    extra = sorted(found - set(declared))
    if missing or extra:
        raise TableError(
            f"{table.qualified_name}: missing columns {missing}, undeclared columns {extra}."
        )
    return frame.select(*(F.col(name).cast(kind).alias(name) for name, kind in declared.items()))


def _create(store: Store, table: Table) -> None:
    """Create an empty table with types, NOT NULL keys and constraints, in one commit."""
    never_null = {*table.key, *table.not_null, *table.stored}
    declared = table.columns | table.stored
    listing = ", ".join(
        f"`{name}` {kind}{' NOT NULL' if name in never_null else ''}"
        for name, kind in declared.items()
    )
    properties = {f"delta.constraints.{name}": rule for name, rule in table.constraints.items()}
    properties["kommunebench.schema_version"] = SCHEMA_VERSION
    environment = store.environment
    if environment.log_retention:
        properties["delta.logRetentionDuration"] = environment.log_retention
    if environment.deleted_file_retention:
        properties["delta.deletedFileRetentionDuration"] = environment.deleted_file_retention
    quoted = ", ".join(
        f"'{key}' = '{value.replace(chr(39), chr(92) + chr(39))}'"
        for key, value in properties.items()
    )
    cluster = ""
    if environment.cluster_tables and table.layer in ("silver", "gold"):
        cluster = (
            f"CLUSTER BY ({'person_id' if 'person_id' in table.columns else 'analysis, run_id'}) "
        )
    store.spark.sql(
        f"CREATE TABLE IF NOT EXISTS {store.identifier(table)} ({listing}) USING delta {cluster}"
        f"COMMENT '{table.grain.replace(chr(39), '')}' TBLPROPERTIES ({quoted})"
    )


def append_rows(store: Store, table: Table, rows: list[tuple[object, ...]]) -> None:
    """Add a few computed rows to a log table."""
    if not table_exists(store, table):
        _create(store, table)
    writer = store.spark.createDataFrame(rows, table.schema).write.format("delta").mode("append")
    if store.is_catalog:
        writer.saveAsTable(store.identifier(table))
    else:
        writer.save(store.path(table))
