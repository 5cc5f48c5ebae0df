"""Several analyses in one call: one that cannot be run does not keep the others from running."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from kommunebench.cli import main
from kommunebench.errors import RegisterError, StoreError
from kommunebench.settings import AnalysisSettings, load_analyses
from kommunebench.tracked import FinishedRun

FIVE = [settings.name for settings in load_analyses(["factsheet"])]


def run_all(monkeypatch: pytest.MonkeyPatch, folder: Path, failing: dict[str, Exception]) -> int:
    """Exit status of a run of the five, of which some fail."""

    def started(_: object, settings: AnalysisSettings, *__: object, **___: object) -> object:
        if settings.name in failing:
            raise failing[settings.name]
        return SimpleNamespace(run_id=f"run_of_{settings.name}")

    monkeypatch.setattr("kommunebench.calls.get_spark", lambda environment: None)
    monkeypatch.setattr("kommunebench.commands.hold_analysis", lambda *_: nullcontext())
    monkeypatch.setattr("kommunebench.commands.run_on_delivery", started)
    monkeypatch.setattr("kommunebench.tracked.run_tracked", lambda *_: FinishedRun({}))
    return main(["run", "factsheet", "--registers", str(folder), "--store", str(folder / "store")])


def test_the_others_run_and_the_one_that_failed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = {FIVE[0]: RegisterError("no marks."), FIVE[3]: StoreError("held by another.")}
    assert run_all(monkeypatch, tmp_path, failing) == 2
    shown = capsys.readouterr()
    for name in FIVE:
        assert (f"run_of_{name}" in shown.out) == (name not in failing)
    assert f"kommunebench run {FIVE[0]}: no marks." in shown.err
    assert f"kommunebench run {FIVE[3]}: held by another." in shown.err
    last = shown.err.splitlines()[-1]
    assert "3 of 5 analyses ended as they should" in last
    assert f"not {FIVE[0]}, {FIVE[3]}" in last


def test_data_that_are_not_good_enough_for_one_give_its_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_all(monkeypatch, tmp_path, {FIVE[4]: RegisterError("no permits.")}) == 1
    assert "4 of 5 analyses" in capsys.readouterr().err


def test_where_all_end_as_they_should_nothing_is_said_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_all(monkeypatch, tmp_path, {}) == 0
    assert "ended as they should" not in capsys.readouterr().err


def test_an_error_nobody_foresaw_stops_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_all(monkeypatch, tmp_path, {FIVE[1]: ValueError("secret")}) == 1
    shown = capsys.readouterr()
    assert f"run_of_{FIVE[0]}" in shown.out and f"run_of_{FIVE[2]}" not in shown.out
    assert "secret" not in shown.err
