"""A run that is killed at the first, middle and last write of every stage, and run again each time:
every table equals that of a run nobody disturbed."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from tests.crash.conftest import Command, kill_points
from tests.own_processes import COUNTRY, SETTINGS, assert_same_rows, rows_of, set_options

from kommunebench.settings import load_analysis
from kommunebench.stages.order import stages_of
from kommunebench.stages.stage import Stage

ANALYSIS = "integration_employment"
LAYERS = ("bronze", "silver", "gold")
OTHER = ("employment.weeks=26",)


@pytest.fixture(scope="module")
def registers(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    command("simulate", "--out", str(folder), *COUNTRY)
    return folder / "registers"


def whole(registers: Path, store: Path, *more: str) -> list[str]:
    """The arguments of a run from registers to report."""
    words = ["run", ANALYSIS, "--registers", str(registers), "--store", str(store)]
    return [*words, *set_options(*SETTINGS, *more)]


def alone(verb: str, store: Path) -> list[str]:
    """The arguments of the stages of one verb, on what the store holds."""
    return [verb, ANALYSIS, "--store", str(store), *set_options(*SETTINGS)]


@pytest.fixture(scope="module")
def ingested(registers: Path, command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds the delivery and nothing else."""
    store = tmp_path_factory.mktemp("ingested") / "store"
    words = ["ingest", "--registers", str(registers), "--store", str(store)]
    command(*words, *set_options(*SETTINGS))
    return store


@pytest.fixture(scope="module")
def undisturbed(
    registers: Path, ingested: Path, command: Command, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The store of a run that nobody disturbed."""
    store = shutil.copytree(ingested, tmp_path_factory.mktemp("undisturbed") / "store")
    command(*whole(registers, store))
    return store


@pytest.fixture(scope="module")
def expected(undisturbed: Path) -> dict[str, pd.DataFrame]:
    return rows_of(undisturbed, LAYERS)


def stages() -> tuple[Stage, ...]:
    return stages_of(load_analysis(ANALYSIS, SETTINGS))


def test_a_run_killed_at_every_stage_ends_as_an_undisturbed_one(
    registers: Path, ingested: Path, expected, command: Command, tmp_path: Path
) -> None:
    """Each process is killed once; the next finishes what that one had begun, and is killed in its
    turn. What was killed first is compared as soon as it is finished."""
    store, finished = shutil.copytree(ingested, tmp_path / "store"), set()
    # A stage that fills in a table of an earlier one is compared when the last of them is done.
    last_writer = {table.qualified_name: stage.name for stage in stages() for table in stage.writes}
    for stage in stages():
        for kill in kill_points(stage.name, len(stage.writes)):
            command(*alone(stage.verb, store), kill=kill)
        if finished:
            assert_same_rows(rows_of(store, LAYERS), expected, finished)
        finished |= {name for name, writer in last_writer.items() if writer == stage.name}
    command(*whole(registers, store))
    assert_same_rows(rows_of(store, LAYERS), expected)


def test_another_setting_that_was_killed_leaves_no_row_behind(
    registers: Path, undisturbed: Path, expected, command: Command, tmp_path: Path
) -> None:
    """Run A finished, run B (other settings, same analysis) died when the panel was written: A
    again must not take B's panel for its own."""
    store = shutil.copytree(undisturbed, tmp_path / "store")
    command(*whole(registers, store, *OTHER), kill=("spells", "after", 1))
    with pytest.raises(AssertionError):
        assert_same_rows(rows_of(store, LAYERS), expected)
    command(*whole(registers, store))
    assert_same_rows(rows_of(store, LAYERS), expected)
