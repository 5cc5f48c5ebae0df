"""Leases: one run an analysis and store, the others wait or are told who holds it; a dead holder is
no obstacle, and a holder that lost its lease stops."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from kommunebench.errors import StoreError
from kommunebench.leases import DELIVERY, LEASES, held
from kommunebench.processes import Holder
from kommunebench.storage import Store, quoted, update_rows

pytestmark = pytest.mark.delta
PAST = {"expires_at": "current_timestamp() - INTERVAL 1 SECOND"}


def test_a_second_run_is_told_who_holds_the_analysis_and_another_analysis_is_free(store):
    with held(store, "a"):
        said = rf"analysis a .* process {os.getpid()} since"
        with pytest.raises(StoreError, match=said), held(store, "a"):
            pass
        with held(store, "b"), held(store, DELIVERY):
            pass
    with held(store, "a"):
        pass


def test_a_run_that_waits_goes_on_when_the_first_is_done(store):
    order, said, holding = [], [], threading.Event()

    def first():
        with held(store, "a"):
            holding.set()
            time.sleep(3)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    holding.wait(60)
    with held(store, "a", wait_seconds=300, tell=said.append):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]
    assert len(said) == 1 and "waiting for the analysis a" in said[0]


def test_of_many_that_try_at_once_one_gets_it(store):
    got, refused, together = [], [], threading.Barrier(4)

    def attempt(runner):
        together.wait()
        try:
            with held(store, "a"):
                got.append(runner)
                while len(got) + len(refused) < 4:
                    time.sleep(0.1)
        except StoreError:
            refused.append(runner)

    threads = [threading.Thread(target=attempt, args=(runner,)) for runner in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1 and len(refused) == 3


def test_a_lease_left_by_a_dead_process_is_taken_over_at_once(store):
    done = subprocess.run(
        [sys.executable, "-c", "from kommunebench.processes import *; h = Holder.of_this_process();"
         " print(h.name, h.machine, h.process, sep='|')"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    dead = Holder(*done.stdout.strip().split("|"))
    assert dead.is_gone() and not Holder.of_this_process().is_gone()
    with held(store, "a"):
        left = {"held_by": quoted(dead.name), "process": quoted(dead.process), "holder": "'dead'"}
        update_rows(store, LEASES, left, "analysis = 'a'")
        with held(store, "a"):
            pass


def test_a_holder_of_another_machine_is_waited_for_until_its_lease_expires(store):
    with held(store, "a"):
        update_rows(store, LEASES, {"machine": "'elsewhere'", "holder": "'x'"}, "analysis = 'a'")
        with pytest.raises(StoreError, match="being worked on"), held(store, "a"):
            pass
        update_rows(store, LEASES, PAST, "analysis = 'a'")
        with held(store, "a"):
            pass


def test_a_lease_is_renewed_and_a_lost_one_stops_its_holder(store):
    environment = replace_lease(store, 30)
    with held(environment, "a") as lease:
        before = expiry(environment)
        lease.renew()
        assert expiry(environment) > before
        lease.check()
        update_rows(environment, LEASES, {"holder": "'somebody else'"}, "analysis = 'a'")
        lease.renew()
        with pytest.raises(StoreError, match="another run has taken over"):
            lease.check()


def test_a_holder_that_could_not_renew_in_time_goes_on_only_where_nobody_took_over(store):
    with held(store, "a") as lease:
        overdue = store.environment.lease_seconds + 1
        update_rows(store, LEASES, PAST, "analysis = 'a'")
        lease.renewed -= overdue
        lease.check()
        with pytest.raises(StoreError, match="being worked on"), held(store, "a"):
            pass
        update_rows(store, LEASES, {**PAST, "holder": "'somebody else'"}, "analysis = 'a'")
        lease.renewed -= overdue
        with pytest.raises(StoreError, match="another run has taken over"):
            lease.check()


def test_a_holder_whose_machine_slept_notices_by_the_clock_on_the_wall(store):
    """The monotonic clock stands still meanwhile: by it nothing is overdue."""
    with held(store, "a") as lease:
        update_rows(store, LEASES, {**PAST, "holder": "'somebody else'"}, "analysis = 'a'")
        lease.check()
        lease.renewed_at -= store.environment.lease_seconds + 1
        with pytest.raises(StoreError, match="another run has taken over"):
            lease.check()


def test_a_renewal_does_not_wait_for_all_tasks_of_a_long_job(store, tmp_path):
    """A stage of many tasks is in front of everything that is asked for later, unless jobs share
    the cores."""
    tasks, go = 40, tmp_path / "go"

    def wait(batches):
        for batch in batches:
            (tmp_path / f"task_{batch['id'][0]}").touch()
            end = time.monotonic() + 0.3
            while time.monotonic() < end and not go.exists():
                time.sleep(0.05)
            yield batch

    with held(store, "a") as lease:
        long = store.spark.range(0, tasks, numPartitions=tasks).mapInPandas(wait, "id long")
        thread = threading.Thread(target=long.collect)
        thread.start()
        while not list(tmp_path.glob("task_*")):
            time.sleep(0.05)
        lease.renew()
        begun = len(list(tmp_path.glob("task_*")))
        go.touch()
        thread.join()
    assert begun < tasks


def replace_lease(store: Store, seconds: int) -> Store:
    changed = store.environment.model_copy(update={"lease_seconds": seconds})
    return replace(store, environment=changed)


def expiry(store: Store):
    from kommunebench.storage import read_table

    return read_table(store, LEASES, "analysis = 'a'").first()["expires_at"]
