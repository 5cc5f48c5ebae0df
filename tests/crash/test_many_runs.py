"""Ten runs at once on one store, as processes of their own: each is done, or is told who holds its
analysis; the results are those of a run alone."""

import subprocess
import sys
from pathlib import Path

from tests.crash.conftest import Command
from tests.own_processes import ROOT, assert_same_rows, rows_of, variables

ANALYSES = 5
EXAMPLE = ROOT / "examples" / "dialysis_centres.csv"


def arguments(analyses: list[Path], store: Path) -> list[str]:
    words = ["run", *map(str, analyses), "--spells", str(EXAMPLE), "--store", str(store)]
    return [*words, "--set", "uncertainty.replicates=8"]


def written_under(name: str, folder: Path) -> Path:
    """The example's analysis under another name."""
    text = (ROOT / "conf" / "analyses" / "dialysis_centres.yaml").read_text(encoding="utf-8")
    path = folder / f"{name}.yaml"
    path.write_text(text.replace("name: dialysis_centres", f"name: {name}"), encoding="utf-8")
    return path


def test_ten_runs_at_once(command: Command, environment_file: Path, tmp_path: Path) -> None:
    analyses = [written_under(f"analysis_{n}", tmp_path) for n in range(ANALYSES)]
    store = tmp_path / "store"
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "kommunebench", *arguments([analysis], store), "--quiet",
             "--env", str(environment_file)],
            env=variables(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for analysis in analyses * 2
    ]  # fmt: skip
    said = [process.communicate(timeout=1800) for process in processes]
    for process, (_, error) in zip(processes, said, strict=True):
        told = "is being worked on by" in error and "process" in error
        assert process.returncode == 0 or (process.returncode == 2 and told), error[-2000:]
    done = [process.returncode == 0 for process in processes]
    assert all(done[n] or done[n + ANALYSES] for n in range(ANALYSES))
    alone = tmp_path / "alone"
    command(*arguments(analyses, alone))
    assert_same_rows(rows_of(store, ("silver", "gold")), rows_of(alone, ("silver", "gold")))
