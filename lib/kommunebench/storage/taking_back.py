"""Taking writes to several tables back, where one of them fails."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from kommunebench.storage.conflicts import condition_of
from kommunebench.storage.maintenance import delete_rows, restore
from kommunebench.storage.reading import current_version, table_exists
from kommunebench.storage.store import Store
from kommunebench.tables import Table

_log = logging.getLogger(__name__)


@contextmanager
def unwritten_on_failure(
    store: Store,
    tables: Iterable[Table],
    taken_back: Callable[[], None],
    may_take_back: Callable[[], bool] = lambda: True,
) -> Iterator[None]:
    """Writes to several tables that are undone together: if the block fails, tables with a new
    version are restored to the content of the version before (a table that did not exist, to no
    rows).

    ``taken_back`` is called when all tables are restored. If one of them could not be, the others
    are restored nevertheless, and it is not called. If ``may_take_back`` returns False, another run
    holds the tables, and they are left as they are.
    """
    before = {
        table: current_version(store, table) if table_exists(store, table) else None
        for table in tables
    }
    try:
        yield
    except BaseException:
        if not may_take_back():
            raise
        # Every table is tried, whatever becomes of the others.
        outcomes = [_is_taken_back(store, table, version) for table, version in before.items()]
        if all(outcomes):
            taken_back()
        raise


def _is_taken_back(store: Store, table: Table, version: int | None) -> bool:
    """Bring a table back to a version, or to no rows where it did not exist; whether that was
    possible."""
    try:
        if not table_exists(store, table) or current_version(store, table) == version:
            return True
        if version is None:
            # Not to its first version: the rules may have been added after it.
            delete_rows(store, table, "true")
        else:
            restore(store, table, version)
    except Exception as error:
        reason = condition_of(error) or type(error).__name__
        _log.warning("table=%s not_taken_back=%s", table.qualified_name, reason)
        return False
    return True
