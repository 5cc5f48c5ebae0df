"""What the crash tests share: starting the command in a process of its own, and killing it at a
write. Run by `make crash`."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.own_processes import ROOT, variables, written_environment

sys.path.append(str(ROOT / "tests" / "spark" / "registers"))

Command = Callable[..., subprocess.CompletedProcess[str]]
Kill = tuple[str, str, int]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.crash)


@pytest.fixture(scope="session")
def environment_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("environment")
    return written_environment(folder / "crash.yaml", name="crash")


@pytest.fixture(scope="session")
def command(environment_file: Path) -> Command:
    """`kommunebench` in a process group of its own; ``kill``: stage, during or after, number of the
    write it dies at."""

    def start(*arguments: str, kill: Kill | None = None) -> subprocess.CompletedProcess[str]:
        script = [str(Path(__file__).with_name("killed_run.py")), *map(str, kill)] if kill else []
        call = [sys.executable, *(script or ["-m", "kommunebench"]), *arguments, "--quiet"]
        done = subprocess.run(
            [*call, "--env", str(environment_file)],
            env=variables(), start_new_session=True,
            capture_output=True, text=True, timeout=900, check=False,
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
