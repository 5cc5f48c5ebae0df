"""Every command of benchmarks/ starts: at its smallest size, or with --help if it needs Spark."""

import importlib
import sys
import warnings

import pytest
from tests.benchmarks.commands import (
    SLOW,
    SMALL,
    SPARK,
    STARTED_BY_ANOTHER,
    named_in_documents,
    with_main,
)


def start(monkeypatch: pytest.MonkeyPatch, name: str, arguments: str) -> None:
    """Run a command's main with these arguments."""
    module = importlib.import_module(f"benchmarks.{name}")
    monkeypatch.setattr(sys, "argv", [name, *arguments.split()])
    module.main()


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.long if name in SLOW else ()) for name in SMALL],
)
def test_a_command_without_spark_runs(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if name == "bootstrap_ratios":
        pytest.importorskip("lifelines", reason="the naive loop's models are fitted by lifelines")
    with warnings.catch_warnings():
        # One country has no spread over countries.
        warnings.simplefilter("ignore", RuntimeWarning)
        start(monkeypatch, name, SMALL[name])
    assert "|---" in capsys.readouterr().out


@pytest.mark.parametrize("name", SPARK)
def test_a_command_with_spark_reads_its_arguments(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        start(monkeypatch, name, "--help")
    assert ended.value.code == 0
    assert "usage:" in capsys.readouterr().out


def test_no_command_is_forgotten() -> None:
    assert with_main() == SMALL.keys() | SPARK.keys() | STARTED_BY_ANOTHER


def test_documents_name_commands_and_options_that_exist(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named = named_in_documents()
    assert "benchmarks.recovery_seeds" in named
    for module, options in named.items():
        name = module.removeprefix("benchmarks.")
        assert name in SMALL | SPARK, f"documents start {module}, which is no command"
        with pytest.raises(SystemExit):
            start(monkeypatch, name, "--help")
        usage = capsys.readouterr().out
        assert not [option for option in options if option not in usage], module
