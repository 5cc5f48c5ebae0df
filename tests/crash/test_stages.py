"""A run that is killed at the first, middle and last write of every stage, and run again each time:
every table equals that of a run nobody disturbed."""

from pathlib import Path

import pytest
from tests.crash.conftest import Command, kill_points
from tests.own_processes import COUNTRY, SETTINGS, assert_same_rows, rows_of, set_options

from kommunebench.settings import load_analysis
from kommunebench.stages.order import stages_of
from kommunebench.stages.stage import Stage

LAYERS = ("bronze", "silver", "gold")
OTHER = ("employment.weeks=26",)


@pytest.fixture(scope="module")
def registers(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    command("simulate", "--out", str(folder), *COUNTRY)
    return folder / "registers"


def arguments(registers: Path, store: Path, *more: str) -> list[str]:
    words = ["run", "integration_employment", "--registers", str(registers), "--store", str(store)]
    return [*words, *set_options(*SETTINGS, *more)]


@pytest.fixture(scope="module")
def undisturbed(registers: Path, command: Command, tmp_path_factory: pytest.TempPathFactory):
    store = tmp_path_factory.mktemp("undisturbed") / "store"
    command(*arguments(registers, store))
    return rows_of(store, LAYERS)


def stages() -> tuple[Stage, ...]:
    return stages_of(load_analysis("integration_employment", SETTINGS))


def test_a_run_killed_at_every_stage_ends_as_an_undisturbed_one(
    registers: Path, undisturbed, command: Command, tmp_path: Path
) -> None:
    store, finished = tmp_path / "store", set()
    # A stage that fills in a table of an earlier one is compared when the last of them is done.
    last_writer = {table.qualified_name: stage.name for stage in stages() for table in stage.writes}
    for stage in stages():
        for kill in kill_points(stage.name, len(stage.writes)):
            command(*arguments(registers, store), kill=kill)
        if finished:
            assert_same_rows(rows_of(store, LAYERS), undisturbed, finished)
        finished |= {name for name, writer in last_writer.items() if writer == stage.name}
    command(*arguments(registers, store))
    assert_same_rows(rows_of(store, LAYERS), undisturbed)


def test_another_setting_that_was_killed_leaves_no_row_behind(
    registers: Path, undisturbed, command: Command, tmp_path: Path
) -> None:
    """Run A finished, run B (other settings, same analysis) died when the panel was written: A
    again must not take B's panel for its own."""
    store = tmp_path / "store"
    command(*arguments(registers, store))
    command(*arguments(registers, store, *OTHER), kill=("spells", "after", 1))
    command(*arguments(registers, store))
    assert_same_rows(rows_of(store, LAYERS), undisturbed)
