"""Keeping a store small and whole: bringing small files together, deleting rows, going back to an
earlier version, removing files nothing refers to."""

import logging
from typing import TYPE_CHECKING

from kommunebench.storage.conflicts import is_conflict, one_writer, retried
from kommunebench.storage.direct import is_direct, number_of_files
from kommunebench.storage.store import Store
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_log = logging.getLogger(__name__)


def compact(store: Store, table: Table) -> None:
    """Merge the small files of a table; not now if another run is writing to it."""
    with one_writer(store, table):
        try:
            store.spark.sql(f"OPTIMIZE {store.identifier(table)}").collect()
        except Exception as error:
            if not is_conflict(error):
                raise
            _log.info("table=%s compaction=left_for_later", table.qualified_name)


def file_count(store: Store, table: Table) -> int:
    """How many files hold the rows of a table."""
    if is_direct(store):
        return number_of_files(store, table)
    described = store.spark.sql(f"DESCRIBE DETAIL {store.identifier(table)}").select("numFiles")
    return int(described.collect()[0][0])


def delete_rows(store: Store, table: Table, where: str) -> None:
    """Delete the rows of a condition."""

    def delete() -> "DataFrame":
        return store.spark.sql(f"DELETE FROM {store.identifier(table)} WHERE {where}")

    with one_writer(store, table):
        retried(delete, store, table).collect()


def restore(store: Store, table: Table, version: int) -> None:
    """Bring a table back to the content of an earlier version."""
    statement = f"RESTORE TABLE {store.identifier(table)} TO VERSION AS OF {version}"
    with one_writer(store, table):
        retried(lambda: store.spark.sql(statement), store, table).collect()


def vacuum(store: Store, table: Table) -> None:
    """Remove files no version within the retention refers to (Delta's default: seven days)."""
    with one_writer(store, table):
        store.spark.sql(f"VACUUM {store.identifier(table)}").collect()
