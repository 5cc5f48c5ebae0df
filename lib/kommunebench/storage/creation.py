"""Creating tables as they are declared: types, keys that are never null, rules, comments,
clustering; and the version of the declarations a store was made with."""

import logging
import shutil
from pathlib import Path

from kommunebench.column_descriptions import describe_column
from kommunebench.errors import StoreError, TableError
from kommunebench.storage.conflicts import condition_of, is_conflict
from kommunebench.storage.direct import create_directly, is_direct, properties_of
from kommunebench.storage.store import Store, quoted
from kommunebench.tables import Table

# Raised whenever a declared table changes, so that a store of another version is refused by name.
SCHEMA_VERSION = "4"
_VERSION_PROPERTY = "kommunebench.schema_version"
# Columns that name or describe one person; on Databricks they are tagged as personal data.
PERSONAL_COLUMNS = frozenset(
    {
        "person_id",
        "person_key",
        "spell_id",
        "spell_ids",
        "partner_id",
        "mother_id",
        "father_id",
        "cluster_id",
        "family_id",
        "birth_date",
    }
)
# What every read of silver and gold names.
_FILTERED = ("analysis", "run_id")
_log = logging.getLogger(__name__)


def create_table(store: Store, table: Table) -> None:
    """Create an empty table with its keys, rules, comments and clustering, in one commit where the
    platform allows it.

    Where it does not (some refuse rules or clustering at creation), the plain table is made and
    each of these added by itself; what is refused even then is logged. Raises StoreError where the
    catalog has no such schema.
    """
    _remove_remains(store, table)
    # Rules beside the keys raise the version of the table's format, which delta-rs leaves to Delta.
    if is_direct(store) and not table.constraints:
        create_directly(store, table, _never_null(table), _properties(store, table))
        return
    try:
        store.spark.sql(_statement(store, table, with_rules=True, clustered=True))
    except Exception as error:
        if is_conflict(error):
            raise
        if condition_of(error).startswith("SCHEMA_NOT_FOUND"):
            raise StoreError(
                f"The schema {store.location} does not exist: create it (CREATE SCHEMA"
                f" {store.schema()}), or correct --store."
            ) from error
        _create_in_steps(store, table, error)
    if store.is_catalog and store.environment.platform == "databricks":
        _tag_personal_data(store, table)


def _remove_remains(store: Store, table: Table) -> None:
    """Take away what a process left in a local folder that died while it made the table: files of a
    log without a commit. Nothing refers to them, and Spark would take them for the table."""
    if store.local_folder() is None:
        return
    log = Path(store.path(table)) / "_delta_log"
    # A commit or, where the log is kept in checkpoints alone, one of these is a table.
    if log.is_dir() and not any(
        file.suffix == ".json" or "checkpoint" in file.name for file in log.iterdir()
    ):
        shutil.rmtree(log.parent)


def _create_in_steps(store: Store, table: Table, first_error: Exception) -> None:
    """The plain table first, then rules and clustering one by one."""
    _log.warning(
        "table=%s created_in_steps=%s", table.qualified_name, condition_of(first_error) or "refused"
    )
    store.spark.sql(_statement(store, table, with_rules=False, clustered=False))
    complete_table(store, table)


def complete_table(store: Store, table: Table) -> None:
    """Add the rules and the clustering that a table created in steps still lacks, and its version
    last: a table without a version is one whose creation was interrupted."""
    if not _has_steps(store, table):
        return
    there = _properties_now(store, table)
    if _VERSION_PROPERTY in there:
        return
    name = store.identifier(table)
    for rule, condition in table.constraints.items():
        if f"delta.constraints.{rule}" not in there:
            _try(store, f"ALTER TABLE {name} ADD CONSTRAINT {rule} CHECK ({condition})", rule)
    if keys := clustering_keys(store, table):
        _try(store, f"ALTER TABLE {name} CLUSTER BY ({', '.join(keys)})", "clustering")
    version = f"{quoted(_VERSION_PROPERTY)} = {quoted(SCHEMA_VERSION)}"
    _try(store, f"ALTER TABLE {name} SET TBLPROPERTIES ({version})", "version")


def _has_steps(store: Store, table: Table) -> bool:
    """Whether a platform may refuse a part of the table at its creation."""
    return bool(table.constraints or clustering_keys(store, table))


def _tag_personal_data(store: Store, table: Table) -> None:
    """Unity Catalog's tags on a table with persons and on its columns; other catalogs have none."""
    personal = [c for c in table.columns if c in PERSONAL_COLUMNS]
    if not personal:
        return
    name = store.identifier(table)
    _try(store, f"ALTER TABLE {name} SET TAGS ('personal_data' = 'pseudonymous')", "tags")
    for column in personal:
        tag = f"ALTER TABLE {name} ALTER COLUMN `{column}` SET TAGS"
        _try(store, f"{tag} ('personal_data' = 'pseudonymous')", f"tag of {column}")


def _try(store: Store, statement: str, what: str) -> None:
    """Run a statement that a platform may refuse: the table can be used without it, and the log
    says what was refused. If another writer has committed first, that is no refusal, and the
    conflict is raised."""
    try:
        store.spark.sql(statement)
    except Exception as error:
        if is_conflict(error):
            raise
        _log.warning("refused=%s condition=%s", what, condition_of(error) or type(error).__name__)


def clustering_keys(store: Store, table: Table) -> tuple[str, ...]:
    """Columns a table is clustered by, which are those reads filter on: the analysis, then the run
    or the person."""
    if not store.environment.cluster_tables or table.layer not in ("silver", "gold"):
        return ()
    return tuple(name for name in (*_FILTERED, "person_id") if name in table.columns)


def _columns_with_statistics(table: Table, clustered: tuple[str, ...]) -> str:
    """The columns by which rows are looked up, for which Delta keeps statistics: statistics of all
    columns take a third of the time of a write."""
    filtered = (name for name in _FILTERED if name in table.columns)
    return ",".join(dict.fromkeys((*table.stored, *filtered, *clustered)))


def _statement(store: Store, table: Table, *, with_rules: bool, clustered: bool) -> str:
    never_null, declared = _never_null(table), (table.columns | table.stored).items()
    listing = ", ".join(_column(table, name, kind, name in never_null) for name, kind in declared)
    properties = _properties(store, table)
    if not with_rules and _has_steps(store, table):
        del properties[_VERSION_PROPERTY]  # it comes when all steps are done
    if with_rules:
        properties |= {f"delta.constraints.{name}": r for name, r in table.constraints.items()}
    keys = clustering_keys(store, table) if clustered else ()
    cluster = f"CLUSTER BY ({', '.join(keys)}) " if keys else ""
    pairs = ", ".join(f"{quoted(key)} = {quoted(value)}" for key, value in properties.items())
    return (
        f"CREATE TABLE IF NOT EXISTS {store.identifier(table)} ({listing}) USING delta {cluster}"
        f"COMMENT {quoted(table.grain)} TBLPROPERTIES ({pairs})"
    )


def _never_null(table: Table) -> frozenset[str]:
    return frozenset((*table.key, *table.not_null, *table.stored))


def _properties(store: Store, table: Table) -> dict[str, str]:
    """The properties with which a table is created, without its rules."""
    properties = {_VERSION_PROPERTY: SCHEMA_VERSION}
    environment = store.environment
    if environment.log_retention:
        properties["delta.logRetentionDuration"] = environment.log_retention
    if environment.deleted_file_retention:
        properties["delta.deletedFileRetentionDuration"] = environment.deleted_file_retention
    if with_statistics := _columns_with_statistics(table, clustering_keys(store, table)):
        properties["delta.dataSkippingStatsColumns"] = with_statistics
    return properties


def _column(table: Table, name: str, kind: str, never_null: bool) -> str:
    description = describe_column(table, name)
    comment = f" COMMENT {quoted(description)}" if description else ""
    return f"`{name}` {kind}{' NOT NULL' if never_null else ''}{comment}"


def check_schema_version(store: Store, table: Table) -> None:
    """Raise TableError when a table of the store was made with other declarations than these."""
    properties = _properties_now(store, table)
    version = properties.get(_VERSION_PROPERTY, "1")
    if version == SCHEMA_VERSION:
        return
    older = version.isdigit() and int(version) < int(SCHEMA_VERSION)
    advice = (
        "Its results stay readable; name a new store for this version and run again."
        if older
        else "Install that version of kommunebench, or name a new store."
    )
    raise TableError(
        f"The store {store.location} was made by {'an earlier' if older else 'a later'} version of"
        f" kommunebench: its tables are of version {version}, this program's of version"
        f" {SCHEMA_VERSION}. {advice}"
    )


def _properties_now(store: Store, table: Table) -> dict[str, str]:
    """The properties a table of the store has."""
    if is_direct(store):
        return properties_of(store, table)
    rows = store.spark.sql(f"SHOW TBLPROPERTIES {store.identifier(table)}").collect()
    return {row[0]: row[1] for row in rows}
