"""The list of a store's tracked runs: names that `compare` takes, what was set differently,
headline numbers; and stores that have none."""

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import yaml

from kommunebench.cli import main
from kommunebench.processes import user_name
from kommunebench.run_listing import headline_numbers, settings_that_differ
from kommunebench.settings import EnvironmentSettings, load_analysis
from kommunebench.settings.loading import conf_folder
from kommunebench.storage import Store
from kommunebench.tracking import list_runs, read_run, recorded_params, tracked_run

METRICS = {"units_compared": 50.0, "better": 4.0, "worse": 3.0, "tau": 0.12345, "tiers": 2.0}


def store_in(folder: Path) -> Store:
    return Store(None, str(folder), EnvironmentSettings(name="test"))  # type: ignore[arg-type]


def track(store: Store, run_id: str, *overrides: str, analysis: str = "dialysis_centres") -> Any:
    """A finished run, with the tables `compare` reads."""
    with tracked_run(store, load_analysis(analysis, overrides), run_id) as run:
        run.metrics({**METRICS, "seconds_report": 3.0})
        run.tables({"benchmark_indicators": pd.DataFrame({"municipality_code": ["101"]})})
    return run


@pytest.fixture(scope="module")
def tracked(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A store with, from old to new: a run on the defaults, the same again, one with other
    settings, one of an analysis conf/analyses does not describe, one that failed; and one of
    another program."""
    folder = tmp_path_factory.mktemp("Mit lager æøå")
    store = store_in(folder)
    first = track(store, "aaa")
    second = track(store, "aaa")
    track(store, "bbb", "uncertainty.replicates=200", "model.min_spells=60")
    described = conf_folder() / "analyses" / "dialysis_centres.yaml"
    content = yaml.safe_load(described.read_text(encoding="utf-8"))
    ours = folder.parent / "ours.yaml"
    ours.write_text(yaml.safe_dump(content | {"name": "ours"}), encoding="utf-8")
    track(store, "ccc", "model.min_spells=60", analysis=str(ours))
    with pytest.raises(ZeroDivisionError), tracked_run(store, load_analysis("school_exams"), "ddd"):
        raise ZeroDivisionError
    experiment = first.client.get_run(first.mlflow_run_id).info.experiment_id
    first.client.create_run(experiment, run_name="a notebook's")
    return SimpleNamespace(folder=folder, store=store, first=first, second=second, ours=ours)


def listing(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["runs", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def files_of(folder: Path) -> dict[str, int]:
    return {str(f): f.stat().st_mtime_ns for f in folder.rglob("*")}


def test_the_list_is_newest_first_with_settings_and_results(
    tracked: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Spark, and without writing anything."""

    def started(environment: object) -> None:
        raise AssertionError("Spark was started")

    monkeypatch.setattr("kommunebench.calls.get_spark", started)
    before = files_of(tracked.folder)
    lines = listing(capsys, "--store", str(tracked.folder))
    assert files_of(tracked.folder) == before
    assert lines[0] == f"{tracked.folder}: 5 tracked runs, newest first"
    older = f"aaa:{tracked.first.mlflow_run_id[:6]}"
    runs = [line for line in lines[3:] if not line.startswith(" ")]
    assert [line.split()[0] for line in runs] == ["ddd", "ccc", "bbb", "aaa", older]
    assert [line.split()[3] for line in runs] == ["failed", *["finished"] * 4]
    at = lines.index(runs[2])
    assert lines[at + 1] == "    settings: model.min_spells=60, uncertainty.replicates=200"
    assert lines[at + 2] == (
        "    results: units compared 50, better 4, worse 3, tau 0.123, tiers 2"
    )
    assert lines.count("    settings: the defaults") == 3
    assert "conf/analyses does not describe ours" in " ".join(lines)
    assert max(map(len, lines[1:])) <= 100
    assert not any(user_name() in line for line in lines[1:])


def test_compare_takes_every_name_of_a_finished_run(tracked: Any) -> None:
    listed = [run for run in list_runs(tracked.store) if run.state == "finished"]
    recorded = [read_run(tracked.store, run.short_name) for run in listed]
    assert [run.params for run in recorded] == [run.params for run in listed]
    ids = [run.mlflow_run_id for run in recorded]
    assert ids[-2:] == [tracked.second.mlflow_run_id, tracked.first.mlflow_run_id]
    as_compare_shows_it = f"dialysis_centres-aaa:{ids[-1][:6]}"
    assert read_run(tracked.store, as_compare_shows_it).mlflow_run_id == ids[-1]


def test_a_run_that_goes_on_leaves_the_name_to_the_finished_one(tracked: Any) -> None:
    client, finished = tracked.first.client, tracked.second.mlflow_run_id
    experiment = client.get_run(finished).info.experiment_id
    tags = {"analysis": "dialysis_centres", "run_id": "aaa", "simulated": "true"}
    run = client.create_run(experiment, start_time=1_900_000_000_000, tags=tags)
    try:
        newest = list_runs(tracked.store)[0]
    finally:
        client.delete_run(run.info.run_id)
    assert newest.short_name == f"aaa:{run.info.run_id[:6]}"
    assert newest.state == "running" and newest.is_simulated
    assert newest.started_at.timestamp() == 1_900_000_000
    assert newest.started_at.timetuple()[:5] == time.localtime(1_900_000_000)[:5]


def test_one_analysis_or_the_newest_are_listed(
    tracked: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A YAML file is what its own runs are held against."""
    store = ["--store", str(tracked.folder)]
    lines = listing(capsys, *store, "--analysis", "dialysis_centres", "--newest", "2")
    assert lines[0].endswith(": 2 of 3 tracked runs, newest first")
    assert [line.split()[0] for line in lines[3:] if line[0] != " "] == ["bbb", "aaa"]
    lines = listing(capsys, *store, "--analysis", str(tracked.ours))
    assert lines[0].endswith(": 1 tracked run, newest first")
    assert lines[4] == "    settings: model.min_spells=60"
    assert main(["runs", *store, "--analysis", "nobody"]) == 2
    assert "has runs of dialysis_centres, ours, school_exams only" in capsys.readouterr().err


@pytest.mark.parametrize("verb", [["runs"], ["compare", "a", "b"]])
def test_a_folder_without_tracked_runs_is_said_to_be_one_and_stays_as_it_is(
    verb: list[str], tracked: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*verb, "--store", str(tmp_path)]) == 2
    assert "no run has been tracked in this folder" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    assert main([*verb, "--store", str(tracked.folder), "--experiment", "other"]) == 2
    assert "has no experiment other" in capsys.readouterr().err
    assert tracked.first.client.get_experiment_by_name("other") is None


def test_an_experiment_without_runs_is_named(
    tracked: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = tracked.first.client.create_experiment("empty")
    tracked.first.client.create_run(experiment, run_name="a notebook's")
    assert main(["runs", "--store", str(tracked.folder), "--experiment", "empty"]) == 2
    assert "has no run in the experiment empty" in capsys.readouterr().err


@pytest.mark.parametrize("verb", [["runs"], ["compare", "a", "b"]])
@pytest.mark.parametrize("away", ["server", "file"])
def test_tracking_that_cannot_be_read_is_said_in_a_sentence(
    verb: list[str],
    away: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    (tmp_path / "mlflow.db").write_text("no database " * 100, encoding="utf-8")
    uri = "tracking_uri: http://127.0.0.1:9\n" if away == "server" else ""
    (tmp_path / "ours.yaml").write_text(f"name: ours\n{uri}", encoding="utf-8")
    call = [*verb, "--store", str(tmp_path), "--env", str(tmp_path / "ours.yaml")]
    assert main(call) == 2
    error = capsys.readouterr().err
    place = "http://127.0.0.1:9" if away == "server" else "the SQLite file in"
    assert f"the tracked runs could not be read from {place}" in error
    assert len(error.splitlines()) == 1


def test_sections_and_covariates_that_come_and_go_are_told_once() -> None:
    usual = recorded_params(load_analysis("integration_employment"))
    without_cost = {k: v for k, v in usual.items() if not k.startswith(("cost.", "efficiency"))}
    assert differing(without_cost | {"cost": "None", "efficiency": "None"}) == [
        "cost=None",
        "efficiency=None",
    ]
    covariate = next(key for key in usual if key.startswith("model.covariates."))
    kept = {key: value for key, value in usual.items() if key != covariate}
    assert differing(kept | {"labels.title_en": "x" * 100}) == [
        f"labels.title_en={'x' * 59}…",
        f"without {covariate}",
    ]


def differing(params: dict[str, str]) -> list[str]:
    """Against the defaults of the main analysis."""
    run: Any = SimpleNamespace(params=params)
    return settings_that_differ(run, load_analysis("integration_employment"))


def test_numbers_a_run_does_not_have_are_left_out() -> None:
    assert headline_numbers({"seconds_report": 2.0, "rows_spells": 7.0}) == []
    assert headline_numbers({"cost_above": 7.0, "cost_below": 19.0, "tiers": 6.0}) == [
        "tiers 6",
        "below cost need 19",
        "above it 7",
    ]
