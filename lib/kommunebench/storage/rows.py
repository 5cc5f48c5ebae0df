"""Changing single rows of small tables by one conditional commit each."""

from collections.abc import Mapping

from kommunebench.storage.conflicts import one_writer, retried
from kommunebench.storage.direct import is_direct, merge_directly, update_directly
from kommunebench.storage.store import Store
from kommunebench.storage.writing import create_if_missing
from kommunebench.tables import Table


def merge_row(
    store: Store, table: Table, values: Mapping[str, str], *, key: str, update_when: str
) -> bool:
    """Write a row of SQL expressions: a new one, or over the one with the same key where the
    condition (of that row, ``t``) holds; whether it was written.

    Of two writers at once one commits first, and the other sees its row.
    """
    assignments = ", ".join(f"t.{name} = {value}" for name, value in values.items())
    statement = (
        f"MERGE INTO {store.identifier(table)} AS t"
        f" USING (SELECT {values[key]} AS {key}) AS s ON t.{key} = s.{key}"
        f" WHEN MATCHED AND ({update_when}) THEN UPDATE SET {assignments}"
        f" WHEN NOT MATCHED THEN INSERT ({', '.join(values)}) VALUES ({', '.join(values.values())})"
    )

    def merge() -> int:
        if is_direct(store):
            return merge_directly(store, table, values, key, update_when)
        return _affected(store, statement)

    with one_writer(store, table):
        create_if_missing(store, table)
        return retried(merge, store, table) > 0


def update_rows(store: Store, table: Table, values: Mapping[str, str], where: str) -> int:
    """Give the rows of a condition new values (SQL expressions); how many there were."""
    assignments = ", ".join(f"{name} = {value}" for name, value in values.items())
    statement = f"UPDATE {store.identifier(table)} SET {assignments} WHERE {where}"

    def update() -> int:
        if is_direct(store):
            return update_directly(store, table, values, where)
        return _affected(store, statement)

    with one_writer(store, table):
        return retried(update, store, table)


def _affected(store: Store, statement: str) -> int:
    row = store.spark.sql(statement).select("num_affected_rows").first()
    return 0 if row is None else int(row[0])
