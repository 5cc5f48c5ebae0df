"""A store on a disk that is full, and on one that is read-only: one sentence and status 2, no stack
trace; with room again the run goes on. Needs the right to mount (root)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.crash.conftest import ROOT, Command, assert_same_rows, rows_of

EXAMPLE = ROOT / "examples" / "dialysis_centres.csv"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs the right to mount")


def mount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte: room for a few commits, not for a run."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount(folder, "size=1m")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def arguments(store: Path) -> list[str]:
    words = ["run", "dialysis_centres", "--spells", str(EXAMPLE), "--store", str(store)]
    return [*words, "--set", "uncertainty.replicates=8"]


def fails(environment_file: Path, store: Path) -> str:
    """What a run says that cannot write its store."""
    call = [sys.executable, "-m", "kommunebench", *arguments(store), "--quiet"]
    done = subprocess.run(
        [*call, "--env", str(environment_file)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "lib")},
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr[-2000:]
    assert "Traceback" not in done.stderr and "\tat " not in done.stderr
    return done.stderr


def test_a_full_disk_is_named_and_the_run_goes_on_with_more_room(
    disk: Path, environment_file: Path, command: Command, tmp_path: Path
) -> None:
    store = disk / "store"
    assert "no space is left on the disk of the store" in fails(environment_file, store)
    subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
    command(*arguments(store))
    command(*arguments(tmp_path / "alone"))
    layers = ("silver", "gold")
    assert_same_rows(rows_of(store, layers), rows_of(tmp_path / "alone", layers))


def test_a_read_only_place_is_named(disk: Path, environment_file: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    said = fails(environment_file, disk / "store")
    assert "cannot be written to: the place is read-only" in said
