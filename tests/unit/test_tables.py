"""The declarations of the store's tables."""

from kommunebench.column_descriptions import column_descriptions
from kommunebench.declared_tables import declared_tables
from kommunebench.run_log import STAGE_LOG
from kommunebench.settings import EnvironmentSettings
from kommunebench.silver import SPELLS, WEEKLY_PANEL
from kommunebench.storage import Store
from kommunebench.storage.creation import clustering_keys


def test_every_column_has_a_description() -> None:
    """Comments of the tables' columns: what a data catalogue shows to whoever looks a table up."""
    names = {name for table in declared_tables() for name in table.columns | table.stored}
    described = column_descriptions()
    assert names - set(described) == set()
    assert all(text == text.strip() and len(text) > 5 for text in described.values())


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
