"""Reading tables of a store, and their versions."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kommunebench.errors import TableError
from kommunebench.storage.conflicts import condition_of
from kommunebench.storage.direct import is_direct, read_directly
from kommunebench.storage.store import Store, TableVersion, quoted
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Version, the writer's own metadata, and Delta's counts.
Commit = tuple[int, str | None, dict[str, str] | None]
# A write looks for its own commit among this many first: other runs may have committed since.
COMMITS_LOOKED_AT = 50
_ABSENT = (
    "PATH_NOT_FOUND",
    "TABLE_OR_VIEW_NOT_FOUND",
    "DELTA_TABLE_NOT_FOUND",
    "DELTA_MISSING_DELTA_TABLE",
    "DELTA_PATH_DOES_NOT_EXIST",
)


def table_exists(store: Store, table: Table) -> bool:
    """Whether the store holds the table."""
    if store.local_folder() is not None:
        # A folder without a commit is what a process left that died while it made the table.
        return any((Path(store.path(table)) / "_delta_log").glob("*.json"))
    if store.is_catalog:
        return store.spark.catalog.tableExists(store.identifier(table))
    try:
        return bool(store.spark.read.format("delta").load(store.location_of(table)).columns)
    except Exception as error:
        if condition_of(error).startswith(_ABSENT):
            return False
        raise


def read_table(
    store: Store, table: Table, where: str | None = None, version: int | None = None
) -> "DataFrame":
    """The declared columns of a table: of its newest version or the one given, optionally only the
    rows of a condition.

    Raises TableError when the table is missing, naming the stage to run first.
    """
    _check_exists(store, table)
    if store.is_catalog:
        pinned = "" if version is None else f" VERSION AS OF {version}"
        frame = store.spark.sql(f"SELECT * FROM {store.identifier(table)}{pinned}")
    else:
        reader = store.spark.read.format("delta")
        if version is not None:
            reader = reader.option("versionAsOf", version)
        frame = reader.load(store.location_of(table))
    selected = frame.select(*table.column_names)
    return selected.where(where) if where else selected


def read_rows(
    store: Store,
    table: Table,
    equal: Mapping[str, str] | None = None,
    version: int | None = None,
) -> pa.Table:
    """The same of a small table, on the driver; optionally only the rows with these values."""
    _check_exists(store, table)
    if is_direct(store):
        return read_directly(store, table, equal, version)
    conditions = (f"{name} = {quoted(value)}" for name, value in (equal or {}).items())
    return read_table(store, table, " AND ".join(conditions) or None, version).toArrow()


def _check_exists(store: Store, table: Table) -> None:
    if not table_exists(store, table):
        raise TableError(
            f"{table.qualified_name} is not in the store {store.location}: run the stage that"
            " writes it first (`kommunebench run` runs all stages in order)."
        )


def current_version(store: Store, table: Table) -> int:
    """Newest version number of a table, from its log."""
    if store.local_folder() is not None:
        return _local_versions(store, table)[0]
    row = (
        store.spark.sql(f"DESCRIBE HISTORY {store.identifier(table)} LIMIT 1")
        .select("version")
        .first()
    )
    if row is None:
        raise TableError(f"{table.qualified_name} has no history.")
    return int(row[0])


def version_written(store: Store, table: Table, write_id: str) -> TableVersion | None:
    """The version of the commit whose metadata carry this id, and how many rows it wrote.

    This is not always the newest version, because another run may have committed since. None if no
    commit of the table carries the id: then nothing was committed.
    """
    for newest in (COMMITS_LOOKED_AT, None):
        for version, metadata, metrics in _commits(store, table, newest):
            if metadata and write_id in metadata:
                rows_written = (metrics or {}).get("numOutputRows")
                count = None if rows_written is None else int(rows_written)
                return TableVersion(table.qualified_name, int(version), count)
    return None


def _commits(store: Store, table: Table, newest: int | None) -> Iterator[Commit]:
    """Commits of a table, newest first: that many, or all."""
    if store.local_folder() is not None:
        return _local_commits(store, table, newest)
    return _described_commits(store, table, newest)


def _local_versions(store: Store, table: Table) -> list[int]:
    """Versions of a table on a local folder, newest first: the names of its commits."""
    folder = Path(store.path(table)) / "_delta_log"
    return sorted((int(p.stem) for p in folder.glob("*.json") if p.stem.isdigit()), reverse=True)


def _described_commits(store: Store, table: Table, newest: int | None) -> Iterator[Commit]:
    """Commits of a table anywhere."""
    limit = "" if newest is None else f" LIMIT {newest}"
    history = store.spark.sql(f"DESCRIBE HISTORY {store.identifier(table)}{limit}")
    rows = history.select("version", "userMetadata", "operationMetrics").collect()
    yield from ((row[0], row[1], row[2]) for row in rows)


def _local_commits(store: Store, table: Table, newest: int | None) -> Iterator[Commit]:
    """Commits of a table on a local folder: no Spark job."""
    for version in _local_versions(store, table)[:newest]:
        path = Path(store.path(table)) / "_delta_log" / f"{version:020d}.json"
        with open(path, encoding="utf-8") as lines:
            actions = (json.loads(line) for line in lines)
            commit: dict[str, Any] = next(
                (a["commitInfo"] for a in actions if "commitInfo" in a), {}
            )
        yield version, commit.get("userMetadata"), commit.get("operationMetrics")
