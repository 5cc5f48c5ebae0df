"""Writing tables of a store: one atomic commit a table, several tables side by side."""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import pyarrow as pa

from kommunebench.errors import StoreError, TableError
from kommunebench.storage.arrow_rows import arrow_rows, collected_rows, spark_frame
from kommunebench.storage.conflicts import (
    one_writer,
    place_is_taken,
    retried,
)
from kommunebench.storage.creation import complete_table, create_table
from kommunebench.storage.direct import is_direct, write_directly
from kommunebench.storage.maintenance import delete_rows
from kommunebench.storage.reading import current_version, table_exists, version_written
from kommunebench.storage.store import Store, TableVersion
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, DataFrameWriter

# Commits are mostly waiting on the driver: a few tables are written side by side.
_WRITERS = 4


@dataclass(frozen=True, slots=True)
class TableWrite:
    """One table to be written: a frame (rows computed on the driver as an Arrow table) and the rows
    it replaces.

    ``append``: the table has no such rows yet, so that the frame is only added, which is faster and
    does not conflict with other writers. ``few_rows``: there are so few rows that they may be
    collected; they are written without Spark where that is possible.
    """

    table: Table
    frame: "DataFrame | pa.Table"
    replace_where: str | None = None
    append: bool = False
    few_rows: bool = False


def write_table(
    store: Store,
    table: Table,
    frame: "DataFrame | pa.Table",
    replace_where: str | None,
    metadata: dict[str, str],
    *,
    append: bool = False,
    few_rows: bool = False,
) -> TableVersion:
    """Write a frame as a table: as the whole table, in place of the rows of ``replace_where`` only,
    or in addition to what is there.

    This is one commit, except for a table of several analyses outside a local folder, where the
    replaced rows are deleted first. ``few_rows``: as in TableWrite. Columns are brought into the
    declared order and checked against the declaration. Raises TableError if they differ, StoreError
    if other writers always commit first.
    """
    if isinstance(frame, pa.Table):
        if is_direct(store):
            return _write_rows(store, table, frame, replace_where, metadata, append=append)
        frame = spark_frame(store.spark, frame, table.columns | table.stored)
    checked = _declared(table, frame)
    if few_rows and is_direct(store):
        rows = collected_rows(checked, table.columns | table.stored)
        return _write_rows(store, table, rows, replace_where, metadata, append=append)
    if replace_where and not append and _written_by_others(store, table):
        create_if_missing(store, table)
        delete_rows(store, table, replace_where)
        append = True
    write_id = uuid4().hex
    writer = (
        checked.write.format("delta")
        .mode("append" if append else "overwrite")
        .option("userMetadata", json.dumps({**metadata, "write_id": write_id}, sort_keys=True))
    )
    if replace_where and not append:
        writer = writer.option("replaceWhere", replace_where)
    with one_writer(store, table):
        create_if_missing(store, table)
        retried(lambda: _save(store, table, writer), store, table)
        written = version_written(store, table, write_id)
        # Delta makes no commit of a write that changes nothing.
        return written or TableVersion(table.qualified_name, current_version(store, table), 0)


def _written_by_others(store: Store, table: Table) -> bool:
    """Whether other analyses may write to a table at the same time.

    A write that replaces rows depends on the whole table: Delta refuses it after another commit,
    and the frame would be computed again. Adding rows depends on nothing. On a local folder a table
    has one writer at a time, and there one commit is better than two.
    """
    return "analysis" in table.columns and store.local_folder() is None


def _write_rows(
    store: Store,
    table: Table,
    rows: pa.Table,
    replace_where: str | None,
    metadata: dict[str, str],
    *,
    append: bool,
) -> TableVersion:
    """`write_table` of rows on the driver into a table this process reaches itself."""
    declared = list(table.columns | table.stored)
    _check_columns(table, declared, rows.column_names)
    ordered = rows.select(declared)

    def write() -> TableVersion:
        return write_directly(store, table, ordered, replace_where, metadata, append=append)

    with one_writer(store, table):
        create_if_missing(store, table)
        return retried(write, store, table)


def _save(store: Store, table: Table, writer: "DataFrameWriter") -> None:
    if store.is_catalog:
        writer.saveAsTable(store.identifier(table))
    else:
        writer.save(store.location_of(table))


def create_if_missing(store: Store, table: Table) -> None:
    """Create the declared table unless this process or another has done so, and complete it if its
    creation was interrupted. Raises StoreError where files without a commit are in its way, which
    Spark takes for the table."""

    def create() -> None:
        if table_exists(store, table):
            complete_table(store, table)
            return
        create_table(store, table)
        if not table_exists(store, table):
            raise StoreError(place_is_taken(store, table, "not created"))

    retried(create, store, table)


def append_rows(store: Store, table: Table, rows: list[tuple[object, ...]]) -> None:
    """Add a few computed rows to a table of the layer meta."""
    if is_direct(store):
        _write_rows(store, table, arrow_rows(table.columns, rows), None, {}, append=True)
        return
    frame = store.spark.createDataFrame(rows, table.schema)
    with one_writer(store, table):
        create_if_missing(store, table)
        writer = frame.coalesce(1).write.format("delta").mode("append")
        retried(lambda: _save(store, table, writer), store, table)


def write_tables(
    store: Store,
    writes: Iterable[TableWrite],
    metadata: dict[str, str],
    before_each: Callable[[], None] = lambda: None,
) -> tuple[TableVersion, ...]:
    """Write several independent tables, a few at a time; all versions in the order given. The first
    failure is raised. ``before_each`` is called before each table is written, and keeps it from
    being written where it raises."""

    def write(one: TableWrite) -> TableVersion:
        before_each()
        return write_table(
            store,
            one.table,
            one.frame,
            one.replace_where,
            metadata,
            append=one.append,
            few_rows=one.few_rows,
        )

    with ThreadPoolExecutor(max_workers=_WRITERS) as pool:
        return tuple(pool.map(write, writes))


def _declared(table: Table, frame: "DataFrame") -> "DataFrame":
    """The frame with exactly the declared columns and types, in the declared order."""
    from pyspark.sql import functions as F

    declared = table.columns | table.stored
    _check_columns(table, list(declared), frame.columns)
    return frame.select(*(F.col(name).cast(kind).alias(name) for name, kind in declared.items()))


def _check_columns(table: Table, declared: list[str], delivered: list[str]) -> None:
    """Raise TableError where a frame's columns are not the declared ones."""
    missing = [name for name in declared if name not in delivered]
    extra = sorted(set(delivered) - set(declared))
    if missing or extra:
        raise TableError(
            f"{table.qualified_name}: missing columns {missing}, undeclared columns {extra}."
        )
