"""A run that is stopped dead at the first, middle and last write of every stage: what it left is
gone on with, and every table equals that of a run nobody disturbed. And a run that is killed.

A process group that is stopped (SIGSTOP) leaves on the disk what one leaves that is killed
(SIGKILL), byte for byte. Its store is copied and the run goes on to the next point, so that one run
gives the remains of all; they are gone on with in this process, one after the other. What is left
in the middle of a write is made from what is left after it, by taking its commit away.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from tests.crash.conftest import Command
from tests.own_processes import (
    COUNTRY,
    SETTINGS,
    assert_same_rows,
    rows_of,
    set_options,
    variables,
)

from kommunebench.pipeline import run_stages
from kommunebench.run_opening import hold_analysis, run_on_store
from kommunebench.settings import AnalysisSettings, load_analysis, load_environment
from kommunebench.stages.order import stages_of
from kommunebench.storage import Store

ANALYSIS = "integration_employment"
LAYERS = ("bronze", "silver", "gold")
OTHER = ("employment.weeks=26",)
# Makes a table, without rows.
FIRST_COMMIT = "00000000000000000000.json"


@pytest.fixture(scope="module")
def registers(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    command("simulate", "--out", str(folder), *COUNTRY)
    return folder / "registers"


def whole(registers: Path, store: Path, *more: str) -> list[str]:
    """The arguments of a run from registers to report."""
    words = ["run", ANALYSIS, "--registers", str(registers), "--store", str(store)]
    return [*words, *set_options(*SETTINGS, *more)]


@dataclass(frozen=True)
class Remains:
    """What a process left that was stopped at a point of a stage."""

    stage: str
    point: str
    store: Path


class StoppedRun:
    """Follows stopped_run.py from point to point."""

    def __init__(self, store: Path, copies: Path, arguments: list[str]) -> None:
        self.store, self.copies, self.remains = store, copies, []
        copies.mkdir()
        self.said = copies / "said.log"
        told, to = os.pipe()
        back, self.answer = os.pipe()
        script = str(Path(__file__).with_name("stopped_run.py"))
        with self.said.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, script, str(to), str(back), *arguments, "--quiet"],
                env=variables(), pass_fds=(to, back), start_new_session=True,
                stdout=log, stderr=log,
            )  # fmt: skip
        os.close(to)
        os.close(back)
        self.told = os.fdopen(told)

    def follow(self) -> tuple[Remains, ...]:
        """Stop at every point; what was left at each."""
        first_write = None
        while line := self.told.readline():
            word, stage, rest = line.rstrip("\n").split(" ", 2)
            if word == "during":
                first_write = Path(rest), commits_of(Path(rest))
            else:
                copied = self.copy(stage, f"after {rest}")
                if first_write is not None:
                    self.uncommit(copied, *first_write)
                first_write = None
            self.go_on()
        assert self.process.wait(timeout=900) == 0, self.said.read_text(encoding="utf-8")[-3000:]
        return tuple(self.remains)

    def uncommit(self, copied: Remains, folder: Path, before: set[str]) -> None:
        """What was left before the first write was committed: its data files are there, and no
        commit names them. Waiting for the moment misses it where a write takes milliseconds."""
        target = self.copies / f"{copied.stage}_during_0"
        shutil.copytree(copied.store, target, copy_function=_copied)
        table = target / folder.relative_to(self.store)
        for name in commits_of(table) - (before or {FIRST_COMMIT}):
            (table / "_delta_log" / name).unlink()
        self.remains.append(Remains(copied.stage, "during 0", target))

    def go_on(self) -> None:
        os.write(self.answer, b"\n")

    def copy(self, stage: str, point: str) -> Remains:
        """Copy the store while nothing of the group runs."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        time.sleep(0.05)
        target = self.copies / f"{stage}_{point.replace(' ', '_')}"
        shutil.copytree(self.store, target, copy_function=_copied)
        self.remains.append(Remains(stage, point, target))
        os.killpg(self.process.pid, signal.SIGCONT)
        return self.remains[-1]


def commits_of(table: Path) -> set[str]:
    """The files of a table's log; none where there is no table."""
    return {file.name for file in (table / "_delta_log").glob("*") if file.is_file()}


def _copied(source: str, target: str) -> None:
    """Copy a file; what the run only reads is not there twice."""
    (os.link if "/bronze/" in source else shutil.copy2)(source, target)


@pytest.fixture(scope="module")
def ingested(registers: Path, command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds the delivery and nothing else."""
    store = tmp_path_factory.mktemp("ingested") / "store"
    words = ["ingest", "--registers", str(registers), "--store", str(store)]
    command(*words, *set_options(*SETTINGS))
    return store


@pytest.fixture(scope="module")
def stopped(
    registers: Path,
    ingested: Path,
    environment_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Remains, ...]:
    """What a run leaves at every point, from a store that holds the delivery."""
    folder = tmp_path_factory.mktemp("stopped")
    store = shutil.copytree(ingested, folder / "store", copy_function=_copied)
    arguments = [*whole(registers, store), "--env", str(environment_file)]
    return StoppedRun(store, folder / "copies", arguments).follow()


@pytest.fixture(scope="module")
def undisturbed(
    registers: Path, ingested: Path, command: Command, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The store of a run nobody disturbed."""
    store = shutil.copytree(ingested, tmp_path_factory.mktemp("undisturbed") / "store")
    command(*whole(registers, store))
    return store


@pytest.fixture(scope="module")
def expected(undisturbed: Path) -> dict[str, pd.DataFrame]:
    return rows_of(undisturbed, LAYERS)


def settings() -> AnalysisSettings:
    return load_analysis(ANALYSIS, SETTINGS)


def go_on(spark, store: Path, environment: Path, last: str) -> None:
    """The stages of a run up to one, on what a dead process left."""
    place = Store(spark, str(store), load_environment(str(environment)))
    stages = stages_of(settings())
    count = [stage.name for stage in stages].index(last) + 1
    options = Namespace(store=str(store), quiet=True, force=False)
    with hold_analysis(place, settings(), options) as lease:
        run_stages(run_on_store(place, settings(), options, lease), stages[:count])


def test_a_run_stopped_at_any_write_is_made_good_by_the_next(
    stopped: tuple[Remains, ...], expected, environment_file: Path, spark, tmp_path: Path
) -> None:
    points: dict[str, list[str]] = {stage.name: [] for stage in stages_of(settings())}
    for remains in stopped:
        points[remains.stage].append(remains.point.split()[0])
    assert all({"during", "after"} == set(found) for found in points.values()), points
    # A stage that fills in a table of an earlier one is compared with what it leaves.
    writers = {table.qualified_name: s.name for s in stages_of(settings()) for table in s.writes}
    for remains in stopped:
        store = shutil.copytree(remains.store, tmp_path / "store", copy_function=_copied)
        go_on(spark, store, environment_file, remains.stage)
        names = {name for name, writer in writers.items() if writer == remains.stage}
        assert_same_rows(rows_of(store, LAYERS, names), expected, names)
        shutil.rmtree(store)


def test_a_killed_run_ends_as_an_undisturbed_one(
    registers: Path, stopped: tuple[Remains, ...], expected, command: Command, tmp_path: Path
) -> None:
    """A run that was stopped in the benchmark is gone on with, killed in the uncertainty, and gone
    on with to its end."""
    remains = next(r for r in stopped if (r.stage, r.point) == ("benchmark", "during 0"))
    store = shutil.copytree(remains.store, tmp_path / "store")
    command(*whole(registers, store), kill=("uncertainty", "after", 2))
    command(*whole(registers, store))
    assert_same_rows(rows_of(store, LAYERS), expected)


def test_another_setting_that_was_killed_leaves_no_row_behind(
    registers: Path, undisturbed: Path, expected, command: Command, tmp_path: Path
) -> None:
    """Run A finished. Run B (other settings, same analysis) is killed when it has written its
    spells, and run A, which is killed at its own and runs again, must not take B's for them."""
    store = shutil.copytree(undisturbed, tmp_path / "store")
    command(*whole(registers, store, *OTHER), kill=("spells", "after", 1))
    with pytest.raises(AssertionError):
        assert_same_rows(rows_of(store, ("silver",)), expected, {"silver.spells"})
    command(*whole(registers, store), kill=("spells", "during", 0))
    command(*whole(registers, store))
    run_a = set(expected["gold.run_delivery"]["run_id"])
    found, only_of_b = {}, set()
    for name, rows in rows_of(store, LAYERS).items():
        is_of_b = ~rows["run_id"].isin(run_a) if "run_id" in rows else pd.Series(False, rows.index)
        only_of_b |= {name} if is_of_b.any() else set()
        found[name] = rows[~is_of_b].reset_index(drop=True)
    # The delivery it read is all that run B wrote under its own name before it was killed.
    assert only_of_b <= {"gold.run_delivery", "gold.run_rejected_rows"}
    assert_same_rows(found, expected)
