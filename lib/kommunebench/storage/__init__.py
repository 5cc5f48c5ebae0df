"""The only package that reads or writes Delta tables. A store is a folder, or catalog.schema."""

from kommunebench.storage.arrow_rows import arrow_rows
from kommunebench.storage.conflicts import is_conflict, locked, retried
from kommunebench.storage.creation import SCHEMA_VERSION, check_schema_version
from kommunebench.storage.failures import explain_failure
from kommunebench.storage.maintenance import compact, delete_rows, file_count, vacuum
from kommunebench.storage.reading import (
    current_version,
    read_rows,
    read_table,
    table_exists,
)
from kommunebench.storage.rows import merge_row, update_rows
from kommunebench.storage.store import Store, TableVersion, check_location, quoted
from kommunebench.storage.taking_back import unwritten_on_failure
from kommunebench.storage.writing import (
    TableWrite,
    append_rows,
    write_table,
    write_tables,
)

__all__ = [
    "SCHEMA_VERSION",
    "Store",
    "TableVersion",
    "TableWrite",
    "append_rows",
    "arrow_rows",
    "check_location",
    "check_schema_version",
    "compact",
    "current_version",
    "delete_rows",
    "explain_failure",
    "file_count",
    "is_conflict",
    "locked",
    "merge_row",
    "quoted",
    "read_rows",
    "read_table",
    "retried",
    "table_exists",
    "unwritten_on_failure",
    "update_rows",
    "vacuum",
    "write_table",
    "write_tables",
]
