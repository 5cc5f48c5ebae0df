"""A tracked run: settings, metrics, tables, figures and pages of one run of one analysis."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kommunebench.settings import AnalysisSettings
from kommunebench.storage import Store, TableVersion
from kommunebench.tracking.server import calling, connect
from kommunebench.tracking.tags import run_tags

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
        from mlflow.entities import Dataset, DatasetInput, InputTag

        listing, inputs = {}, []
        for context, versions in (("read", read), ("written", written)):
            listing[context] = {version.table: version.version for version in versions}
            for name, version in listing[context].items():
                source = DeltaDatasetSource(**store.source_of(name), delta_table_version=version)
                dataset = MetaDataset(source, name=name, digest=f"v{version}")
                tag = InputTag("mlflow.data.context", context)
                inputs.append(DatasetInput(Dataset(**dataset.to_dict()), [tag]))
        self.client.log_inputs(self.mlflow_run_id, datasets=inputs)
        self.client.log_text(
            self.mlflow_run_id, json.dumps(listing, indent=2), "table_versions.json"
        )

    def tag(self, key: str, value: str) -> None:
        """A tag of the run."""
        self.client.set_tag(self.mlflow_run_id, key, value)


@contextmanager
def tracked_run(store: Store, settings: AnalysisSettings, run_id: str) -> Iterator[TrackedRun]:
    """An MLflow run with every setting as a parameter. It is MLflow's active run inside the block
    and is ended once, as failed if the block raises.

    Raises PlatformError as `connect` does, and TrackingError if the server does not answer when the
    run begins or ends. What the block raises passes as it is, also where the run cannot be ended.
    """
    import mlflow

    with calling(store):
        server = connect(store)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(server.uri)
    mlflow.autolog(disable=True)
    try:
        with calling(store):
            active = mlflow.start_run(
                experiment_id=server.experiment,
                run_name=f"{settings.name}-{run_id}",
                tags=run_tags(settings.name, run_id, store.environment.platform),
            )
        run = TrackedRun(active.info.run_id, server.uri, server.client)
        try:
            with calling(store):
                _log_settings(run, settings)
            yield run
        except BaseException:
            with suppress(Exception):
                mlflow.end_run("FAILED")
            raise
        with calling(store):
            mlflow.end_run("FINISHED")
    finally:
        mlflow.set_tracking_uri(before)


def _log_settings(run: TrackedRun, settings: AnalysisSettings) -> None:
    """Every setting as a parameter, flattened, values cut at MLflow's limit; the full settings as
    YAML."""
    import yaml
    from mlflow.entities import Param

    content = settings.model_dump(mode="json")
    flat = [Param(key, value) for key, value in recorded_params(settings).items()]
    for start in range(0, len(flat), 100):
        run.client.log_batch(run.mlflow_run_id, params=flat[start : start + 100])
    run.client.log_text(
        run.mlflow_run_id,
        yaml.safe_dump(content, allow_unicode=True, sort_keys=False),
        "settings.yaml",
    )


def recorded_params(settings: AnalysisSettings) -> dict[str, str]:
    """Settings as a run records them: dotted keys, values as text of at most 500 characters."""
    flat = flatten(settings.model_dump(mode="json"))
    return {key: str(value)[:_VALUE_LIMIT] for key, value in flat.items()}


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


def _now_milliseconds() -> int:
    import time

    return int(time.time() * 1000)
