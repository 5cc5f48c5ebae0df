"""Tracked runs as a data scientist finds them: tags, a model that loads anywhere, a registered
name; and a server that is away."""

import errno
import math
import shlex
import sqlite3
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import requests
from packaging.requirements import Requirement

from kommunebench import tracked
from kommunebench.commands import _announce
from kommunebench.errors import ConfigError, PlatformError
from kommunebench.settings import AnalysisSettings, EnvironmentSettings, load_analysis
from kommunebench.stages.published import PublishedResults
from kommunebench.storage import Store, TableVersion
from kommunebench.tracking import (
    TrackedRun,
    log_national_model,
    parse_registration,
    read_run,
    tracked_run,
)
from kommunebench.tracking.model import MODEL_REQUIREMENTS, example_rows

ROOT = Path(__file__).resolve().parents[2]
PAYLOAD: dict[str, Any] = {
    "group": "sex",
    "horizon": 3,
    "measure": "restricted_mean",
    "covariates": [
        {"column": "origin", "kind": "category", "prefix": "origin_"},
        {"column": "age", "kind": "number", "prefix": "age_"},
    ],
    "groups": {
        "men": {
            "coefficients": {
                "origin_syria": 0.5,
                "origin_turkey": 0.0,
                "origin_eritrea": "-inf",
                "age": 0.1,
            },
            "centres": {"age": 1.5},
            "log_survival": [math.log(s) for s in (0.9, 0.8, 0.7)],
        },
        "women": {
            "coefficients": {"origin_syria": 0.2, "origin_turkey": 0.0, "age": 0.0},
            "centres": {"age": 1.5},
            "log_survival": [math.log(s) for s in (0.95, 0.9, 0.85)],
        },
    },
}


def store_in(folder: Path, **settings: Any) -> Store:
    return Store(None, str(folder), EnvironmentSettings(name="test", **settings))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def analysis() -> AnalysisSettings:
    return load_analysis("dialysis_centres")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, analysis: AnalysisSettings) -> Any:
    """A tracked run in an SQLite store, whose model is registered: client, run, store."""
    store = store_in(tmp_path_factory.mktemp("Mit lager æøå"))
    ends: list[str] = []
    with tracked_run(store, analysis, "abc") as run:
        real = run.client.set_terminated
        run.client.set_terminated = lambda *a, **k: (ends.append("end"), real(*a, **k))
        run.metrics({"spells": 12.0, "empty": float("nan")})
        run.tables({"benchmark_indicators": pd.DataFrame({"municipality_code": ["101"]})})
        versions = (TableVersion("silver.imported_spells", 3),)
        run.versions(store, versions, (TableVersion("gold.km_curves", 7),))
        log_national_model(run, PAYLOAD, "dialysis@champion")
    return SimpleNamespace(
        client=run.client, run_id=run.mlflow_run_id, store=store, ends=ends, uri=run.tracking_uri
    )


def test_a_run_says_who_ran_what_from_which_code(recorded: Any) -> None:
    run = recorded.client.get_run(recorded.run_id)
    tags = run.data.tags
    assert tags["mlflow.user"] and tags["mlflow.source.name"]
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert tags["mlflow.source.git.commit"] == commit
    assert commit.startswith(tags["git_commit"].removesuffix("-dirty"))
    assert tags["analysis"] == "dialysis_centres" and tags["run_id"] == "abc"
    assert run.data.metrics == {"spells": 12.0}
    assert run.info.run_name == "dialysis_centres-abc"


def test_a_run_is_finished_once(recorded: Any) -> None:
    assert recorded.client.get_run(recorded.run_id).info.status == "FINISHED"
    assert recorded.ends == []


def test_versions_of_tables_are_datasets_of_the_run(recorded: Any) -> None:
    inputs = recorded.client.get_run(recorded.run_id).inputs.dataset_inputs
    found = {(i.dataset.name, i.dataset.digest, i.tags[0].value) for i in inputs}
    assert found == {
        ("silver.imported_spells", "v3", "read"),
        ("gold.km_curves", "v7", "written"),
    }


def test_the_model_loads_and_predicts_where_this_package_is_not(
    recorded: Any, tmp_path: Path
) -> None:
    """Another process in which the package cannot be imported."""
    from mlflow.artifacts import download_artifacts

    version = recorded.client.get_model_version_by_alias("dialysis", "champion")
    model = recorded.client.get_logged_model(version.source.rpartition("/")[2])
    folder = download_artifacts(artifact_uri=model.artifact_location, dst_path=str(tmp_path))
    code = (
        "import sys; sys.modules['kommunebench'] = None\n"
        "import mlflow, pandas as pd\n"
        f"model = mlflow.pyfunc.load_model({folder!r})\n"
        "rows = pd.DataFrame({'sex': ['men'], 'origin': ['syria'], 'age': [2.0]})\n"
        "print(repr(float(model.predict(rows)[0])))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    risk = np.exp(0.5 + 0.1 * (2.0 - 1.5))
    expected = 1.0 + 0.9**risk + 0.8**risk
    assert float(done.stdout) == pytest.approx(expected, rel=1e-12)
    assert version.run_id == recorded.run_id
    lines = (Path(folder) / "requirements.txt").read_text(encoding="utf-8").split()
    assert set(map(Requirement, lines)) == set(map(Requirement, MODEL_REQUIREMENTS))


def test_the_models_requirements_are_those_of_the_package() -> None:
    setup = (ROOT / "setup.py").read_text(encoding="utf-8")
    for requirement in MODEL_REQUIREMENTS:
        assert f'"{requirement.replace("mlflow>", "mlflow-skinny>")}"' in setup


def test_the_example_is_made_of_levels_and_zeros(recorded: Any) -> None:
    rows = example_rows(PAYLOAD)
    assert rows.to_dict("records") == [
        {"origin": "syria", "age": 0.0, "sex": "men"},
        {"origin": "syria", "age": 0.0, "sex": "women"},
    ]


@pytest.mark.parametrize("name", ["@alias", "name@", "name@latest", "name@v3"])
def test_a_registration_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="--register"):
        parse_registration(name)
    assert parse_registration("a.b.c") == ("a.b.c", "candidate")


def test_a_run_is_found_by_its_names_and_a_missing_one_is_named(recorded: Any) -> None:
    for name in (recorded.run_id, "abc", "dialysis_centres-abc"):
        assert read_run(recorded.store, name).indicators["municipality_code"].tolist() == ["101"]
    with pytest.raises(ConfigError, match="Run 'nobody' is not among the finished runs"):
        read_run(recorded.store, "nobody")


def test_a_run_a_dead_process_left_running_does_not_hide_the_finished_one(
    recorded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is newer, and so are more runs than are asked for at a time."""
    experiment = recorded.client.get_run(recorded.run_id).info.experiment_id
    names = ["dialysis_centres-abc", "other", "another"]
    left = [
        recorded.client.create_run(experiment, run_name=name, tags={"run_id": "abc"})
        for name in names
    ]
    for run in left[1:]:
        recorded.client.set_tag(run.info.run_id, "run_id", "def")
        recorded.client.set_terminated(run.info.run_id)
    monkeypatch.setattr("kommunebench.tracking.recorded._RUNS_A_PAGE", 1)
    try:
        assert read_run(recorded.store, "abc").mlflow_run_id == recorded.run_id
        with pytest.raises(ConfigError, match="is not among the finished runs"):
            read_run(recorded.store, left[0].info.run_id)
    finally:
        for run in left:
            recorded.client.delete_run(run.info.run_id)


def test_a_stage_that_fails_ends_the_run_as_failed(
    recorded: Any, analysis: AnalysisSettings
) -> None:
    with pytest.raises(ZeroDivisionError), tracked_run(recorded.store, analysis, "bad") as run:
        raise ZeroDivisionError
    assert recorded.client.get_run(run.mlflow_run_id).info.status == "FAILED"


def test_tables_that_were_half_made_are_made_anew(
    analysis: AnalysisSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a process that died, or whose disk was full, while MLflow made its tables."""
    store, file = store_in(tmp_path), tmp_path / "mlflow.db"

    def die(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("alembic.command.upgrade", die)
        with pytest.raises(sqlite3.OperationalError), tracked_run(store, analysis, "abc"):
            pass
    assert list(tmp_path.glob("mlflow.db?*")) and not file.exists()
    with tracked_run(store, analysis, "abc") as run:
        run.metrics({"spells": 12.0})
    assert run.client.get_run(run.mlflow_run_id).data.metrics == {"spells": 12.0}
    assert file.exists() and not list(tmp_path.glob("mlflow.db?*"))


class AwayError(Exception):
    """As by the client of an object store, whose package MLflow does not know."""


def published_nothing(run: Any, mlflow_run_id: str) -> Any:
    results = PublishedResults(tables={})
    pages = {"da": "side", "en": "page"}
    return SimpleNamespace(results=results, figures={}, pages=pages, places={"en": "page"})


def a_run(store: Store, settings: AnalysisSettings) -> Any:
    facts: dict[str, Any] = {"metrics": {}, "versions": {}, "written": [], "skipped": []}
    return SimpleNamespace(store=store, settings=settings, run_id="abc", **facts)


def call(store: Store, **options: Any) -> Namespace:
    given = {"verb": "run", "store": store.location, "env": "local", "overrides": []}
    return Namespace(**{**given, "experiment": None, **options})


AWAY = [
    requests.exceptions.ConnectionError("away"),
    AwayError("no answer"),
    PermissionError(errno.EACCES, "Permission denied"),
    OSError(errno.ENOSPC, "No space left on device"),
]


@pytest.mark.parametrize("error", [None, *AWAY], ids=lambda error: type(error).__name__)
def test_without_the_server_the_results_are_kept_and_sent_later(
    error: Exception | None,
    analysis: AnalysisSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The server is away when the run starts (None), or it or its store of artifacts, of whatever
    make, refuses what it is sent."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    made: list[str] = []

    def publish(run: Any, mlflow_run_id: str) -> Any:
        made.append(mlflow_run_id)
        return published_nothing(run, mlflow_run_id)

    def refuse(*_: Any) -> None:
        assert error is not None
        raise error

    monkeypatch.setattr(tracked, "_publish", publish)
    monkeypatch.setattr(TrackedRun, "texts", refuse)
    uri = f"sqlite:///{tmp_path}/server.db" if error else "http://127.0.0.1:9"
    store = store_in(tmp_path / "Mit lager", tracking_uri=uri)
    done = tracked.run_tracked(a_run(store, analysis))
    assert len(made) == 1 and done.pages == {"en": "page"}
    options = call(store, overrides=["uncertainty.replicates=8"], register="m@new")
    assert _announce("our analyses/my.yaml", analysis, "abc", done, options) == 2
    shown = capsys.readouterr()
    assert "report (en)   page" in shown.out
    assert "could not be sent to" in shown.err and "ConnectionError" not in shown.out
    assert error is None or type(error).__name__ in shown.err
    place = shlex.quote(store.location)
    later = f"kommunebench report 'our analyses/my.yaml' --store {place} --env local"
    assert f"{later} --set uncertainty.replicates=8 --register m@new" in shown.err


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_what_fails_in_the_run_itself_is_no_failure_of_the_server(
    error: Exception, recorded: Any, analysis: AnalysisSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish(*_: Any) -> None:
        raise error

    monkeypatch.setattr(tracked, "_publish", publish)
    with pytest.raises(type(error)) as raised:
        tracked.run_tracked(a_run(recorded.store, analysis))
    assert raised.value is error


def test_the_full_disk_of_a_store_that_keeps_its_runs_itself_is_the_stores_failure(
    recorded: Any, analysis: AnalysisSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tracked, "_publish", published_nothing)
    monkeypatch.setattr(TrackedRun, "texts", refuse)
    with pytest.raises(OSError, match="No space left"):
        tracked.run_tracked(a_run(recorded.store, analysis))


def test_a_store_of_artifacts_that_does_not_answer_is_named_when_runs_are_read(
    recorded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise AwayError

    monkeypatch.setattr("mlflow.MlflowClient.download_artifacts", refuse)
    monkeypatch.setattr("mlflow.MlflowClient.list_artifacts", lambda *_: [])
    with pytest.raises(PlatformError, match=r"could not be read from .* \(AwayError\)"):
        read_run(recorded.store, "abc")


def test_a_model_that_may_not_leave_is_not_registered_and_the_call_says_so(
    recorded: Any,
    analysis: AnalysisSettings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(tracked, "_publish", published_nothing)
    done = tracked.run_tracked(a_run(recorded.store, analysis), "m@new")
    options = call(recorded.store, register="m@new")
    assert _announce("dialysis_centres", analysis, "abc", done, options) == 2
    shown = capsys.readouterr()
    assert "tracked run" in shown.out and "nothing was registered as m@new" in shown.err
    asked_for_none = tracked.run_tracked(a_run(recorded.store, analysis))
    assert _announce("dialysis_centres", analysis, "abc", asked_for_none, options) == 0
