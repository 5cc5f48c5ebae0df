"""The command line: verbs of the contract, exit statuses, no stack trace for a user's mistake."""

import subprocess
import sys
from pathlib import Path

import pytest

from kommunebench.cli import build_parser, main

VERBS = {
    "simulate",
    "validate",
    "ingest",
    "panel",
    "benchmark",
    "uncertainty",
    "cost",
    "efficiency",
    "report",
    "run",
    "compare",
    "overview",
    "prune",
    "demo",
}
JOBS = Path(__file__).resolve().parents[2] / "jobs"


def test_every_verb_has_a_script_for_a_cluster() -> None:
    assert {path.stem for path in JOBS.glob("*.py")} == VERBS


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        build_parser().parse_args([verb, "--help"])
    assert stopped.value.code == 0
    assert "usage: kommunebench" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "no_such_analysis", "--registers", ".", "--store", "s"], "known: "),
        (
            ["run", "integration_employment", "--registers", "no/such/folder", "--store", "s"],
            "no such file or folder",
        ),
        (
            ["run", "integration_employment", "--spells", "x.csv", "--store", "s"],
            "starts from registers",
        ),
        (["run", "dialysis_centres", "--registers", ".", "--store", "s"], "starts from spells"),
        (
            [
                "run",
                "integration_employment",
                "--registers",
                ".",
                "--store",
                "s",
                "--set",
                "model.min_spell=3",
            ],
            "unknown key",
        ),
        (["simulate", "--out", "x", "--scale", "-1"], "--scale"),
        (["prune", "--store", "s", "--keep", "0"], "--keep 0"),
        (["prune", "--store", "no/such/store"], "no such folder"),
        (["report", "dialysis_centres", "--store", "s", "--register", "m@latest"], "for itself"),
        (["report", "dialysis_centres", "--store", "s", "--register", "@x"], "NAME@ALIAS"),
        (
            ["panel", "integration_employment", "--store", "s", "--env", "nowhere"],
            "'nowhere' is not in",
        ),
    ],
)
def test_a_wrong_call_ends_with_status_2_and_a_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error


def test_help_needs_neither_java_nor_spark() -> None:
    code = (
        "import sys; from kommunebench.cli import build_parser; build_parser(); sys.exit('pyspark'"
        " in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
