"""Who works on a store: one lease for every analysis and one for the delivery, so that two runs
never write the same rows.

A lease is a row of meta.leases. It is taken by a conditional commit (MERGE: of two that try at once
Delta lets one through), renewed while its holder lives, and taken over when it has expired or when
its holder was a process of this machine that is gone. All times are those of the Spark session, or
of this machine where its process writes the table itself (a local folder).
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from kommunebench.errors import StoreError
from kommunebench.processes import Holder
from kommunebench.storage import (
    Store,
    merge_row,
    quoted,
    read_table,
    table_exists,
    update_rows,
)
from kommunebench.tables import Table, columns

LEASES = Table(
    name="leases",
    layer="meta",
    grain="one analysis (empty: the delivery) and the process that works on it",
    key=("analysis",),
    columns=columns(
        """analysis string, holder string, held_by string, machine string, process string,
        acquired_at timestamp, expires_at timestamp"""
    ),
)
# The lease of the bronze tables, which all analyses of a store share.
DELIVERY = ""
_POLL_SECONDS = 2.0
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Lease:
    """A lease this process holds; ``renewed``, ``renewed_at``: when it was last renewed, by the
    monotonic clock and by that on the wall."""

    store: Store
    analysis: str
    holder: str
    renewed: float = field(default_factory=time.monotonic)
    renewed_at: float = field(default_factory=time.time)
    lost: bool = False

    def check(self) -> None:
        """Make sure that this process still holds the lease, renewing it where that is overdue.

        Raises StoreError where another process has taken it over. A lease that expired and is still
        this process's own was taken by nobody, so that it goes on.
        """
        lifetime = self.store.environment.lease_seconds
        if not self.lost and self._seconds_since_renewal() > lifetime:
            self.renew()
        if self.lost:
            raise StoreError(
                f"This run's hold on {_what(self.analysis)} in the store {self.store.location} was"
                " not renewed in time, and another run has taken over; this run writes nothing"
                " more. Run again."
            )

    def is_held(self) -> bool:
        """Whether this process still holds the lease, by `check`."""
        try:
            self.check()
        except StoreError:
            return False
        return True

    def renew(self) -> None:
        """Put the expiry off."""
        before = time.monotonic(), time.time()
        if update_rows(self.store, LEASES, {"expires_at": _expiry(self.store)}, _mine(self)):
            self.renewed, self.renewed_at = before
        else:
            self.lost = True

    def _seconds_since_renewal(self) -> float:
        """By the clock that went further: one stands still while the machine sleeps (Linux), the
        other may be set back."""
        return max(time.monotonic() - self.renewed, time.time() - self.renewed_at)

    def release(self) -> None:
        """Give the lease back."""
        given_back = {"expires_at": "acquired_at", "holder": "''"}
        update_rows(self.store, LEASES, given_back, _mine(self))


@contextmanager
def held(
    store: Store,
    analysis: str,
    *,
    wait_seconds: float = 0.0,
    tell: Callable[[str], None] = lambda text: None,
) -> Iterator[Lease]:
    """Hold the lease of an analysis, or of the delivery, while the block runs; it is renewed in the
    background.

    Where another process holds it, wait that long, telling so once. Raises StoreError naming the
    holder when it is still held then.
    """
    lease = _take(store, analysis, wait_seconds, tell)
    ended = threading.Event()
    renewal = threading.Thread(target=_renew_until, args=(lease, ended), daemon=True)
    renewal.start()
    try:
        yield lease
    finally:
        ended.set()
        renewal.join()
        _give_back(lease)


def _take(store: Store, analysis: str, wait_seconds: float, tell: Callable[[str], None]) -> Lease:
    """The lease as soon as it is free, expired, or left by a process that is gone."""
    me = Holder.of_this_process()
    lease = Lease(store=store, analysis=analysis, holder=uuid4().hex)
    give_up, told = time.monotonic() + wait_seconds, False
    gone: str | None = None
    while True:
        lease.renewed, lease.renewed_at = time.monotonic(), time.time()
        if _claim(lease, me, gone):
            return lease
        row = _current(store, analysis)
        if row is None or not row["live"]:
            continue
        other = Holder(row["held_by"], row["machine"], row["process"])
        gone = row["holder"] if other.is_gone() else None
        if gone:
            _log.warning("lease=%s taken_over_from=%s", analysis or "delivery", other.name)
            continue
        if time.monotonic() >= give_up:
            raise StoreError(_held_by(store, analysis, row))
        if not told:
            tell(f"waiting for {_what(analysis)}, which is held by {other.name}")
            told = True
        time.sleep(_POLL_SECONDS)


def _claim(lease: Lease, me: Holder, gone: str | None) -> bool:
    """Try to write this process into the lease's row; whether it is there now."""
    store = lease.store
    values = {
        "analysis": quoted(lease.analysis),
        "holder": quoted(lease.holder),
        "held_by": quoted(me.name),
        "machine": quoted(me.machine),
        "process": quoted(me.process),
        "acquired_at": "current_timestamp()",
        "expires_at": _expiry(store),
    }
    free = "t.holder = '' OR t.expires_at <= current_timestamp()"
    if gone:
        free += f" OR t.holder = {quoted(gone)}"
    return merge_row(store, LEASES, values, key="analysis", update_when=free)


def _current(store: Store, analysis: str) -> Any:
    """The row of a lease, with ``live``: it is held and has not expired; ``since`` and ``until`` as
    people read them."""
    from pyspark.sql import functions as F

    if not table_exists(store, LEASES):
        return None
    rows = read_table(store, LEASES, f"analysis = {quoted(analysis)}")
    live = (F.col("holder") != "") & (F.col("expires_at") > F.current_timestamp())
    return rows.withColumns(
        {
            "live": live,
            "since": F.date_format("acquired_at", "yyyy-MM-dd HH:mm"),
            "until": F.date_format("expires_at", "HH:mm"),
        }
    ).first()


def _renew_until(lease: Lease, ended: threading.Event) -> None:
    """Renew a lease three times within its duration until the block that holds it ends."""
    pause = lease.store.environment.lease_seconds / 3
    while not ended.wait(pause) and not lease.lost:
        try:
            lease.renew()
        except Exception as error:  # the next try may succeed; `check` stops the run when none does
            _log.warning("lease=%s not_renewed=%s", lease.analysis, type(error).__name__)


def _give_back(lease: Lease) -> None:
    try:
        lease.release()
    except Exception as error:  # it expires by itself
        _log.warning("lease=%s not_released=%s", lease.analysis, type(error).__name__)


def _held_by(store: Store, analysis: str, row: Any) -> str:
    return (
        f"{_what(analysis)} in the store {store.location} is being worked on by {row['held_by']}"
        f" since {row['since']} UTC. Wait until it has finished (`--wait"
        f" MINUTES` does that), or, if that process is dead, until {row['until']} UTC,"
        " when its hold expires."
    )


def _what(analysis: str) -> str:
    return f"the analysis {analysis}" if analysis else "the delivery"


def _mine(lease: Lease) -> str:
    return f"analysis = {quoted(lease.analysis)} AND holder = {quoted(lease.holder)}"


def _expiry(store: Store) -> str:
    return f"current_timestamp() + INTERVAL {store.environment.lease_seconds} SECONDS"
