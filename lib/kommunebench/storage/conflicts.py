"""Several writers on one store: which failures of Delta are conflicts with another writer, trying
again, and one process at a time on a local folder."""

import logging
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from kommunebench.errors import StoreError
from kommunebench.storage.failures import explain_failure
from kommunebench.storage.store import Store
from kommunebench.tables import Table

try:
    import fcntl
except ImportError:  # Windows has no flock: there two processes are kept apart by the lease only
    fcntl = None  # type: ignore[assignment]

T = TypeVar("T")
_log = logging.getLogger(__name__)
_ATTEMPTS = 10
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 20.0
# Delta's conditions for "another commit came first: try again" (its file delta-error-classes.json).
_CONFLICT = re.compile(
    r"DELTA_(CONCURRENT_(APPEND|DELETE_DELETE|DELETE_READ|TRANSACTION|WRITE)"
    r"|METADATA_CHANGED|PROTOCOL_CHANGED|MAX_COMMIT_RETRIES_EXCEEDED)"
)
# What a catalog says of a table another writer is making just now: it has begun to fill the folder
# and the table has no first commit yet, or the table is there since this writer looked for it.
_BEING_MADE = re.compile(
    r"DELTA_CREATE_TABLE_WITH_NON_EMPTY_LOCATION|DELTA_TABLE_ALREADY_EXISTS"
    r"|TABLE_OR_VIEW_ALREADY_EXISTS|LOCATION_ALREADY_EXISTS"
)
# Without Delta's Python package a failure arrives as the Java exception's text, stack and all: the
# condition stands in its first lines.
_BEGINNING = 2000


def condition_of(error: BaseException) -> str:
    """The error condition of a Spark or Delta failure, from a classic session or from Spark
    Connect; empty where it has none."""
    condition = getattr(error, "getCondition", lambda: None)()
    if condition:
        return str(condition)
    bracketed = re.search(r"\[([A-Z][A-Z0-9_.]+)\]", str(error)[:_BEGINNING])
    return bracketed.group(1) if bracketed else ""


def is_conflict(error: BaseException) -> bool:
    """Whether another writer has committed first, or has created the same table, so that the same
    action may succeed if it is repeated."""
    if type(error).__name__ == "CommitFailedError":  # delta-rs' word for it, and for a full disk
        return explain_failure(error, "") is None
    condition = condition_of(error)
    return bool(_CONFLICT.match(condition) or _BEING_MADE.match(condition))


def retried(action: Callable[[], T], store: Store, table: Table) -> T:
    """The result of a write, which is repeated with growing pauses while other writers commit
    first. Raises StoreError if it does not succeed in the end."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return action()
        except Exception as error:
            if not is_conflict(error):
                raise
            condition = condition_of(error)
            if attempt == _ATTEMPTS:
                raise StoreError(_given_up(store, table, condition)) from error
            _log.warning(
                "table=%s attempt=%d conflict=%s", table.qualified_name, attempt, condition
            )
        pause = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)
        time.sleep(pause * random.uniform(0.5, 1.0))
    raise AssertionError("unreachable")


def _given_up(store: Store, table: Table, condition: str) -> str:
    """Why a write is not tried again, and what to do."""
    if _BEING_MADE.match(condition):
        return place_is_taken(store, table, condition)
    return (
        f"{table.qualified_name} of the store {store.location} could not be written: {_ATTEMPTS}"
        f" times another run's commit came first ({condition}). Nothing is lost: run again when"
        " fewer runs write to this store."
    )


def place_is_taken(store: Store, table: Table, condition: str) -> str:
    """That a table cannot be made where another one was begun, and what to do."""
    return (
        f"{table.qualified_name} of the store {store.location} could not be made ({condition}): its"
        " place holds files of a table that was never finished, which a process may have left that"
        " died while it made the table. Remove the folder of that table, or name another store."
    )


def one_writer(store: Store, table: Table) -> AbstractContextManager[None]:
    """On a local folder, let one process at a time commit to a table.

    Delta names a commit by moving a file into place unless one is there; on a local file system
    these are two steps (Delta's HDFSLogStore over RawLocalFileSystem), so that of two processes at
    the same instant one could lose its commit. Catalogs and object stores have a commit of their
    own.
    """
    return locked(store, table.qualified_name)


@contextmanager
def locked(store: Store, name: str) -> Iterator[None]:
    """Hold a lock of the operating system in the folder of a store, which is released when the
    process dies; nothing where the store is no local folder."""
    folder = store.local_folder()
    if folder is None or fcntl is None:
        yield
        return
    locks = folder / ".locks"
    locks.mkdir(parents=True, exist_ok=True)
    with open(locks / name, "a", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:  # a network folder without locks: the lease remains
            _log.warning("lock=%s refused=%s", name, error.strerror)
        yield
