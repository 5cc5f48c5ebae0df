"""Writes whose commit may come after another process has taken over: the log is told, so that the
next run replaces them."""

from collections.abc import Iterator
from contextlib import contextmanager

from kommunebench.leases import Lease
from kommunebench.run_log import RunLog, StageRecord


@contextmanager
def late_writes_recorded(log: RunLog, record: StageRecord, lease: Lease | None) -> Iterator[None]:
    """Writes of a stage whose start, ``record``, is in the log. Where the lease is found lost after
    them, or when one of them fails, the start is recorded again behind everything that whoever took
    over has recorded.

    Raises StoreError where the lease is lost; without a lease nothing is checked.
    """
    try:
        yield
        if lease is not None:
            lease.check()
    except BaseException:
        if lease is not None and not lease.is_held():
            log.start_after_all_others(record)
        raise
