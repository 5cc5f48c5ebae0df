"""Changing single rows of small tables by one conditional commit each."""

from collections.abc import Mapping

from kommunebench.storage.conflicts import one_writer, retried
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
    with one_writer(store, table):
        create_if_missing(store, table)
        return retried(lambda: _affected(store, statement), store, table) > 0


def update_rows(store: Store, table: Table, assignments: str, where: str) -> int:
    """Change the rows of a condition; how many there were."""
    statement = f"UPDATE {store.identifier(table)} SET {assignments} WHERE {where}"
    with one_writer(store, table):
        return retried(lambda: _affected(store, statement), store, table)


def _affected(store: Store, statement: str) -> int:
    row = store.spark.sql(statement).select("num_affected_rows").first()
    return 0 if row is None else int(row[0])
