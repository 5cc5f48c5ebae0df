"""The only module that imports MLflow: one tracked run per run and analysis, and reading runs back
for `compare`."""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kommunebench import __version__
from kommunebench.errors import ConfigError, PlatformError
from kommunebench.settings import AnalysisSettings
from kommunebench.storage import Store, TableVersion

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_VALUE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class TrackedRun:
    """An open run at the tracking server."""

    mlflow_run_id: str
    tracking_uri: str
    client: Any

    def metrics(self, values: Mapping[str, float]) -> None:
        """Headline numbers, in one call."""
        from mlflow.entities import Metric

        now = _now_milliseconds()
        batch = [
            Metric(name, float(value), now, 0) for name, value in values.items() if value == value
        ]
        self.client.log_batch(self.mlflow_run_id, metrics=batch)

    def curve(self, name: str, values: Mapping[int, float]) -> None:
        """A curve by week or rank."""
        from mlflow.entities import Metric

        now = _now_milliseconds()
        points = [Metric(name, float(value), now, int(step)) for step, value in values.items()]
        self.client.log_batch(self.mlflow_run_id, metrics=points)

    def tables(self, tables: Mapping[str, "pd.DataFrame"]) -> None:
        """Gold tables as artifacts (gold/NAME.json), after the disclosure rules."""
        for name, frame in tables.items():
            self.client.log_table(self.mlflow_run_id, data=frame, artifact_file=f"gold/{name}.json")

    def texts(self, texts: Mapping[str, str]) -> None:
        """Pages and settings as artifacts."""
        for name, text in texts.items():
            self.client.log_text(self.mlflow_run_id, text, name)

    def figures(self, figures: Mapping[str, "Figure"]) -> None:
        """Figures as SVG and PNG."""
        for name, figure in figures.items():
            for kind in ("svg", "png"):
                self.client.log_figure(self.mlflow_run_id, figure, f"figures/{name}.{kind}")

    def versions(
        self, store: Store, read: tuple[TableVersion, ...], written: tuple[TableVersion, ...]
    ) -> None:
        """Versions of the tables read and written: as datasets of the run, and as one small
        artifact.

        A dataset is only named, by place and version: nothing is read for it.
        """
        from mlflow.data.delta_dataset_source import DeltaDatasetSource
        from mlflow.data.meta_dataset import MetaDataset
        from mlflow.entities import DatasetInput, InputTag

        listing, inputs = {}, []
        for context, versions in (("read", read), ("written", written)):
            listing[context] = {version.table: version.version for version in versions}
            for name, version in listing[context].items():
                source = DeltaDatasetSource(**store.named(name), delta_table_version=version)
                dataset = MetaDataset(source, name=name, digest=f"v{version}")
                inputs.append(
                    DatasetInput(
                        dataset._to_mlflow_entity(), [InputTag("mlflow.data.context", context)]
                    )
                )
        self.client.log_inputs(self.mlflow_run_id, datasets=inputs)
        self.client.log_text(
            self.mlflow_run_id, json.dumps(listing, indent=2), "table_versions.json"
        )

    def tag(self, key: str, value: str) -> None:
        """A tag of the run."""
        self.client.set_tag(self.mlflow_run_id, key, value)


def tracking_location(store: Store) -> tuple[str, str | None]:
    """Tracking URI and artifact folder: the environment's server, else an SQLite file in the store."""
    if store.environment.tracking_uri:
        return store.environment.tracking_uri, None
    folder = store.local_folder()
    if folder is None:
        raise PlatformError(
            f"The store {store.location} is not a folder, so tracking has no place of its own: name"
            " tracking_uri in the environment file."
        )
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder.resolve()}/mlflow.db", (folder.resolve() / "mlartifacts").as_uri()


@contextmanager
def tracked_run(
    store: Store, settings: AnalysisSettings, run_id: str, tags: Mapping[str, str]
) -> Iterator[TrackedRun]:
    """An MLflow run with every setting as a parameter; ended as failed when the block raises."""
    client, uri, experiment = _client(store)
    name = f"{settings.name}-{run_id}"
    all_tags = {
        "analysis": settings.name,
        "run_id": run_id,
        "code_version": __version__,
        **_git_commit(),
        **tags,
    }
    created = client.create_run(experiment, tags=all_tags, run_name=name)
    run = TrackedRun(created.info.run_id, uri, client)
    _log_settings(run, settings)
    try:
        yield run
    except BaseException:
        client.set_terminated(run.mlflow_run_id, "FAILED")
        raise
    client.set_terminated(run.mlflow_run_id, "FINISHED")


def log_cox_model(run: TrackedRun, payload: Mapping[str, Any]) -> None:
    """The Cox model as a logged model that predicts expected duration for new rows (coefficients
    and baseline as JSON)."""
    import mlflow
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema

    kinds = {"category": DataType.string, "number": DataType.double, "indicator": DataType.double}
    inputs = [ColSpec(kinds[c["kind"]], c["column"]) for c in payload["covariates"]]
    if payload["group"]:
        inputs.append(ColSpec(DataType.string, payload["group"]))
    signature = ModelSignature(
        Schema(inputs), Schema([ColSpec(DataType.double, "expected_duration")])
    )
    mlflow.autolog(disable=True)
    mlflow.set_tracking_uri(run.tracking_uri)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cox_model.json"
        path.write_text(json.dumps(payload), encoding="utf-8")
        with mlflow.start_run(run_id=run.mlflow_run_id):
            mlflow.pyfunc.log_model(
                name="cox_model",
                python_model=str(Path(__file__).with_name("cox_model.py")),
                artifacts={"cox_model": str(path)},
                signature=signature,
                pip_requirements=["numpy", "pandas", f"kommunebench=={__version__}"],
            )


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A finished run as the tracking server holds it; ``indicators`` with the cost and efficiency
    columns it has."""

    mlflow_run_id: str
    name: str
    params: dict[str, str]
    metrics: dict[str, float]
    indicators: "pd.DataFrame"


def read_run(store: Store, run: str) -> RecordedRun:
    """A tracked run by MLflow id, run id or name. Raises ConfigError when there is none."""
    import pandas as pd

    client, _, experiment = _client(store)
    # MLflow's filter language has no OR: the few runs of an experiment are looked through instead
    found = [
        candidate
        for candidate in client.search_runs([experiment], order_by=["attributes.start_time DESC"])
        if run
        in (
            candidate.info.run_id,
            candidate.info.run_name,
            candidate.data.tags.get("run_id"),
        )
    ]
    if not found:
        raise ConfigError(
            f"Run '{run}' is not in the tracking of {store.location}; `kommunebench compare` lists"
            " none like it."
        )
    info = found[0].info
    kept = {item.path for item in client.list_artifacts(info.run_id, "gold")}

    def table(name: str) -> pd.DataFrame:
        content = json.loads(
            Path(client.download_artifacts(info.run_id, f"gold/{name}.json")).read_text(
                encoding="utf-8"
            )
        )
        return pd.DataFrame(content["data"], columns=content["columns"])

    indicators = table("benchmark_indicators")
    if "gold/cost_indicators.json" in kept:
        costs = table("cost_indicators").set_index("municipality_code")[
            ["cost_indicator", "assessment", "quintile"]
        ]
        costs.columns = pd.Index(["cost_indicator", "cost_assessment", "cost_quintile"])
        indicators = indicators.join(costs, on="municipality_code")
    if "gold/frontier_scores.json" in kept:
        scores = (
            table("frontier_scores")
            .pivot(index="municipality_code", columns="side", values="efficiency")
            .add_prefix("efficiency_")
        )
        indicators = indicators.join(scores, on="municipality_code")
    return RecordedRun(
        info.run_id,
        info.run_name,
        dict(found[0].data.params),
        dict(found[0].data.metrics),
        indicators,
    )


def _client(store: Store) -> tuple[Any, str, str]:
    """Client, tracking URI and experiment id; the experiment is made on first use."""
    uri, artifacts = tracking_location(store)
    try:
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=uri)
        experiment = client.get_experiment_by_name(store.environment.experiment)
        identifier = (
            experiment.experiment_id
            if experiment
            else client.create_experiment(store.environment.experiment, artifact_location=artifacts)
        )
    except ImportError as error:
        raise PlatformError(_NO_STORE) from error
    except Exception as error:
        if (
            type(error).__name__ == "UnsupportedModelRegistryStoreURIException"
            or "sqlite" in str(error).lower()
        ):
            raise PlatformError(_NO_STORE) from error
        raise
    return client, uri, identifier


_NO_STORE = (
    "This installation of MLflow is the small one and cannot keep runs in a file. Either `pip"
    " install mlflow` (extra `local`), or name a tracking server: tracking_uri in the environment"
    " file."
)


def _log_settings(run: TrackedRun, settings: AnalysisSettings) -> None:
    """Every setting as a parameter, flattened, values cut at MLflow's limit; the full settings as
    YAML."""
    import yaml
    from mlflow.entities import Param

    content = settings.model_dump(mode="json")
    flat = [Param(key, str(value)[:_VALUE_LIMIT]) for key, value in flatten(content).items()]
    for start in range(0, len(flat), 100):
        run.client.log_batch(run.mlflow_run_id, params=flat[start : start + 100])
    run.client.log_text(
        run.mlflow_run_id,
        yaml.safe_dump(content, allow_unicode=True, sort_keys=False),
        "settings.yaml",
    )


def flatten(content: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings as dotted keys; covariates by their column instead of their position."""
    flat: dict[str, Any] = {}
    for key, value in content.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{name}."))
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for item in value:
                shown = {
                    k: v
                    for k, v in item.items()
                    if v is not None and k != "column" and not k.startswith("label")
                }
                flat[f"{name}.{item['column']}"] = json.dumps(shown, ensure_ascii=False)
        else:
            flat[name] = value
    return flat


def _git_commit() -> dict[str, str]:
    """The commit of the clone the code runs from, where it is one."""
    try:
        done = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"],
            capture_output=True,
            text=True,
            check=True,
            timeout=5,
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"git_commit": done.stdout.strip()}


def _now_milliseconds() -> int:
    import time

    return int(time.time() * 1000)
