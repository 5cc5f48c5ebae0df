"""A store on a disk that is full, and on one that is read-only: one sentence and status 2, no stack
trace; with room again the run goes on. A tracking server that is away: the results are kept and
sent later. All on a path with spaces and Danish letters. Disks need the right to mount (root)."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.crash.conftest import Command
from tests.own_processes import (
    ROOT,
    assert_same_rows,
    rows_of,
    set_options,
    variables,
    written_environment,
)

EXAMPLE = ROOT / "examples" / "dialysis_centres.csv"
LAYERS = ("silver", "gold")
mounting = pytest.mark.skipif(os.geteuid() != 0, reason="needs the right to mount")


def mount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte: room for a few commits, not for a run."""
    folder = tmp_path / "Fælles drev åø"
    folder.mkdir()
    mount(folder, "size=1m")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="module")
def finished(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a run that nothing was in the way of."""
    store = tmp_path_factory.mktemp("Fælles drev åø") / "store"
    command(*arguments(store))
    return store


def arguments(store: Path, *more: str) -> list[str]:
    words = ["run", "dialysis_centres", "--spells", str(EXAMPLE), "--store", str(store)]
    return [*words, *set_options("uncertainty.replicates=8"), *more]


def fails(environment_file: Path, store: Path, **further: str) -> str:
    """What a run says that ends with status 2."""
    call = [sys.executable, "-m", "kommunebench", *arguments(store), "--quiet"]
    done = subprocess.run(
        [*call, "--env", str(environment_file)],
        env=variables() | further, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr[-2000:]
    assert "Traceback" not in done.stderr and "\tat " not in done.stderr
    return done.stderr


@mounting
def test_a_full_disk_is_named_and_the_run_goes_on_with_more_room(
    disk: Path, environment_file: Path, command: Command, finished: Path
) -> None:
    store = disk / "store"
    assert "no space is left on the disk of the store" in fails(environment_file, store)
    subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
    command(*arguments(store))
    assert_same_rows(rows_of(store, LAYERS), rows_of(finished, LAYERS))


@mounting
def test_a_read_only_place_is_named(disk: Path, environment_file: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    said = fails(environment_file, disk / "store")
    assert "cannot be written to: the place is read-only" in said


def test_without_the_tracking_server_the_results_are_kept_and_sent_later(
    finished: Path, tmp_path: Path
) -> None:
    """The command it names sends the run once the server answers."""
    from mlflow import MlflowClient

    store = shutil.copytree(finished, tmp_path / "store")
    away = written_environment(tmp_path / "away.yaml", name="x", tracking_uri="http://127.0.0.1:9")
    said = fails(away, store, MLFLOW_HTTP_REQUEST_MAX_RETRIES="0")
    assert "could not be sent to http://127.0.0.1:9" in said
    words = said.partition("To send the run once the server answers: kommunebench ")[2]
    server = f"sqlite:///{tmp_path}/server.db"
    written_environment(away, name="x", tracking_uri=server)
    sent = subprocess.run(
        ["bash", "-c", f"'{sys.executable}' -m kommunebench {words}"],
        env=variables(), capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert sent.returncode == 0, sent.stderr[-2000:]
    client = MlflowClient(tracking_uri=server)
    experiment = client.get_experiment_by_name("kommunebench")
    assert [run.info.status for run in client.search_runs([experiment.experiment_id])] == [
        "FINISHED"
    ]
    assert_same_rows(rows_of(store, LAYERS), rows_of(finished, LAYERS))
