"""Small tables of a store on a local folder, read and written by this process without Spark
(delta-rs).

A commit of a few rows takes Spark's planning, code generation and scheduling half a second and
delta-rs some milliseconds, and a run makes a hundred of them. Keys and rules are those the table
declares: delta-rs checks them as Spark does.
"""

import json
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pyarrow as pa

from kommunebench.column_descriptions import describe_column
from kommunebench.storage.arrow_rows import arrow_type
from kommunebench.storage.store import Store, TableVersion
from kommunebench.tables import Table

if TYPE_CHECKING:
    from deltalake import CommitProperties


def is_direct(store: Store) -> bool:
    """Whether this process reaches the tables of a store itself: they lie in a local folder (on
    Databricks one only looks local), and delta-rs is installed. Clustered tables need Delta's own
    writer."""
    return (
        store.local_folder() is not None
        and store.environment.platform != "databricks"
        and not store.environment.cluster_tables
        and find_spec("deltalake") is not None
    )


def create_directly(
    store: Store,
    table: Table,
    never_null: frozenset[str],
    properties: Mapping[str, str],
) -> None:
    """Create an empty table; nothing where it is there."""
    from deltalake import DeltaTable

    fields = [
        pa.field(
            name,
            arrow_type(kind),
            nullable=name not in never_null,
            metadata={"comment": comment} if (comment := describe_column(table, name)) else None,
        )
        for name, kind in (table.columns | table.stored).items()
    ]
    DeltaTable.create(
        store.path(table),
        pa.schema(fields),
        mode="ignore",
        description=table.grain,
        configuration=dict(properties),
        raise_if_key_not_exists=False,
    )


def write_directly(
    store: Store,
    table: Table,
    rows: pa.Table,
    replace_where: str | None,
    metadata: Mapping[str, str],
    *,
    append: bool = False,
) -> TableVersion:
    """Write rows as one commit: in addition to what is there, in place of the rows of a condition
    (which the new ones must fulfil), or as the whole table."""
    from deltalake import DeltaTable, write_deltalake

    target, described = DeltaTable(store.path(table)), _described(metadata)
    if append:
        write_deltalake(target, rows, mode="append", commit_properties=described)
    else:
        write_deltalake(
            target,
            rows,
            mode="overwrite",
            predicate=replace_where,
            commit_properties=described,
        )
    return TableVersion(table.qualified_name, target.version(), rows.num_rows)


def read_directly(
    store: Store,
    table: Table,
    equal: Mapping[str, str] | None = None,
    version: int | None = None,
) -> pa.Table:
    """The declared columns of a table, of its newest version or the one given; only the rows with
    these values."""
    from deltalake import DeltaTable

    filters = [(name, "=", value) for name, value in (equal or {}).items()] or None
    content = DeltaTable(store.path(table), version=version)
    return content.to_pyarrow_table(columns=list(table.column_names), filters=filters)


def merge_directly(
    store: Store, table: Table, values: Mapping[str, str], key: str, update_when: str
) -> int:
    """`merge_row` of one table; how many rows it wrote."""
    from deltalake import DeltaTable

    expressions = {name: _standard(value) for name, value in values.items()}
    merged = (
        DeltaTable(store.path(table))
        .merge(
            pa.table({"one_row": [1]}),
            f"t.{key} = {expressions[key]}",
            source_alias="s",
            target_alias="t",
        )
        .when_matched_update(updates=expressions, predicate=_standard(update_when))
        .when_not_matched_insert(updates=expressions)
        .execute()
    )
    return int(merged["num_target_rows_inserted"]) + int(merged["num_target_rows_updated"])


def update_directly(store: Store, table: Table, values: Mapping[str, str], where: str) -> int:
    """`update_rows` of one table; how many rows there were."""
    from deltalake import DeltaTable

    expressions = {name: _standard(value) for name, value in values.items()}
    updated = DeltaTable(store.path(table)).update(expressions, predicate=_standard(where))
    return int(updated["num_updated_rows"])


def number_of_files(store: Store, table: Table) -> int:
    """How many files hold the rows of a table."""
    from deltalake import DeltaTable

    return len(DeltaTable(store.path(table)).file_uris())


def properties_of(store: Store, table: Table) -> dict[str, str]:
    """The properties of a table."""
    from deltalake import DeltaTable

    return dict(DeltaTable(store.path(table)).metadata().configuration)


def _described(metadata: Mapping[str, str]) -> "CommitProperties":
    """The writer's own metadata where Delta's history shows them."""
    from deltalake import CommitProperties

    return CommitProperties(
        custom_metadata={"userMetadata": json.dumps(dict(metadata), sort_keys=True)}
    )


def _standard(expression: str) -> str:
    """An expression of Spark SQL in standard SQL: apostrophes in a text are doubled."""
    return expression.replace("\\'", "''")
