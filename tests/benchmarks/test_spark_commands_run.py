"""The commands of benchmarks/ that need Spark or a demo's folder, at their smallest size."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.benchmarks.commands import ROOT, SPARK

pytestmark = pytest.mark.benchmark


def run(*command: str) -> str:
    """What a command prints; fails with what it says where it does not end well."""
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A demo's folder, on a country small enough for minutes."""
    folder = tmp_path_factory.mktemp("small") / "demo"
    program = Path(sys.executable).with_name("kommunebench")
    run(str(program), "demo", "--out", str(folder), "--scale", "0.1")
    return str(folder)


@pytest.mark.parametrize("name", [name for name, text in SPARK.items() if "DEMO" not in text])
def test_a_command_with_spark_runs(name: str) -> None:
    assert "|" in run(sys.executable, "-m", f"benchmarks.{name}", *SPARK[name].split())


@pytest.mark.parametrize("name", [name for name, text in SPARK.items() if "DEMO" in text])
def test_a_command_on_a_demo_runs(name: str, demo: str) -> None:
    if name == "against_r" and shutil.which("Rscript") is None:
        pytest.skip("needs R with its packages survival and sandwich")
    arguments = SPARK[name].replace("DEMO", demo).split()
    assert run(sys.executable, "-m", f"benchmarks.{name}", *arguments)


def test_the_whole_frontier_study_runs() -> None:
    assert "###" in run(sys.executable, "-m", "benchmarks.frontier_study", "--samples", "4")
