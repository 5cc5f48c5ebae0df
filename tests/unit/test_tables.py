"""The declarations of the store's tables."""

from kommunebench import bronze
from kommunebench.column_descriptions import column_descriptions, describe_column
from kommunebench.declared_tables import declared_tables
from kommunebench.gold import MODEL_VERDICTS, SENSITIVITY
from kommunebench.reference import read_reference
from kommunebench.run_log import STAGE_LOG
from kommunebench.settings import EnvironmentSettings
from kommunebench.silver import SPELLS, WEEKLY_PANEL
from kommunebench.storage import Store
from kommunebench.storage.creation import clustering_keys


def test_every_column_has_a_description() -> None:
    """Comments of the tables' columns: what a data catalogue shows to whoever looks a table up."""
    undescribed = [
        f"{table.qualified_name}.{name}"
        for table in declared_tables()
        for name in table.columns | table.stored
        if not describe_column(table, name)
    ]
    assert not undescribed
    described = column_descriptions()
    assert all(text == text.strip() and len(text) > 5 for text in described.values())


def test_no_description_stands_twice_and_each_is_used() -> None:
    keys = list(read_reference("columns")["column"])
    assert not sorted({key for key in keys if keys.count(key) > 1})
    used = {
        full if (full := f"{table.qualified_name}.{name}") in keys else name
        for table in declared_tables()
        for name in table.columns | table.stored
    }
    assert set(keys) - used == set()


def test_a_name_that_means_something_else_in_a_table_is_described_there() -> None:
    assert describe_column(SENSITIVITY, "difference_in_se") != describe_column(
        MODEL_VERDICTS, "difference_in_se"
    )
    assert "address" in describe_column(bronze.ADDRESS_SPELLS, "from_date")
    assert "education" in describe_column(bronze.EDUCATION_SPELLS, "from_date")
    assert describe_column(STAGE_LOG, "fingerprint") != describe_column(
        bronze.DELIVERED_FILES, "fingerprint"
    )
    assert "benefit" in describe_column(WEEKLY_PANEL, "state")
    assert "benefit" not in describe_column(STAGE_LOG, "state")


def test_the_declared_tables_are_all_there_and_have_names_of_their_own() -> None:
    tables = declared_tables()
    assert {STAGE_LOG, SPELLS} <= set(tables)
    assert len({table.qualified_name for table in tables}) == len(tables)


def test_tables_with_persons_are_clustered_by_what_is_read() -> None:
    """Every read of silver asks for an analysis first, then joins by person."""
    clustered = EnvironmentSettings(name="test", platform="databricks", cluster_tables=True)
    store = Store(None, "research.integration", clustered)  # type: ignore[arg-type]
    assert clustering_keys(store, WEEKLY_PANEL) == ("analysis", "person_id")
    folder = Store(None, "store", EnvironmentSettings(name="test"))  # type: ignore[arg-type]
    assert clustering_keys(folder, WEEKLY_PANEL) == ()
