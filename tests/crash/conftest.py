"""What the crash tests share: starting the command in a process of its own, killing it, and
comparing whole stores. Run by `make crash`."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "spark" / "registers"))

ENVIRONMENT = """
name: crash
platform: local
master: local[2]
driver_memory: 1g
spark:
  spark.sql.shuffle.partitions: "2"
  spark.sql.adaptive.enabled: "false"
"""
Command = Callable[..., subprocess.CompletedProcess[str]]
Kill = tuple[str, str, int]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.crash)


@pytest.fixture(scope="session")
def environment_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("environment") / "crash.yaml"
    path.write_text(ENVIRONMENT, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def command(environment_file: Path) -> Command:
    """`kommunebench` in a process group of its own; ``kill``: stage, during or after, number of the
    write it dies at."""

    def start(*arguments: str, kill: Kill | None = None) -> subprocess.CompletedProcess[str]:
        script = [str(Path(__file__).with_name("killed_run.py")), *map(str, kill)] if kill else []
        call = [sys.executable, *(script or ["-m", "kommunebench"]), *arguments, "--quiet"]
        done = subprocess.run(
            [*call, "--env", str(environment_file)],
            env=os.environ | {"PYTHONPATH": str(ROOT / "lib"), "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True, capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        expected = -9 if kill else 0
        assert done.returncode == expected, f"{arguments} {kill}: {done.stderr[-2000:]}"
        return done

    return start


def kill_points(stage: str, writes: int) -> list[Kill]:
    """First, middle and last write of a stage: while the first is being written, when half of them
    are committed, and when all are."""
    half = [(stage, "after", writes // 2)] if writes > 1 else []
    return [(stage, "during", 0), *half, (stage, "after", writes)]


def rows_of(store: Path, layers: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """Every table of these layers, its rows in a fixed order."""
    tables = {}
    for folder in sorted(p for layer in layers for p in (store / layer).glob("*")):
        rows = DeltaTable(str(folder)).to_pandas()
        order = rows.astype(str).sort_values(list(rows.columns)).index
        tables[f"{folder.parent.name}.{folder.name}"] = rows.loc[order].reset_index(drop=True)
    return tables


def assert_same_rows(
    found: dict[str, pd.DataFrame], expected: dict[str, pd.DataFrame], names: set[str] | None = None
) -> None:
    """The tables hold the same rows; sums may differ in their last digits with the order of
    tasks."""
    names = set(expected) if names is None else names
    assert names <= set(found)
    for name in sorted(names):
        pd.testing.assert_frame_equal(
            found[name], expected[name], check_exact=False, rtol=1e-10, atol=1e-12, obj=name
        )
