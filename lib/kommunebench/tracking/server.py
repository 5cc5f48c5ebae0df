"""The tracking server of a store: where it is, how it is reached, and what is said when it does not
answer."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

from kommunebench.errors import ConfigError, KommunebenchError, PlatformError
from kommunebench.storage import Store, explain_failure, locked

_SMALL_MLFLOW = (
    "This installation of MLflow is the small one and cannot keep runs in a file. Either `pip"
    " install mlflow` (extra `local`), or name a tracking server: tracking_uri in the environment"
    " file."
)
_SQLITE = "sqlite:///"
# Nothing else in a run uses these.
_TRACKING_PACKAGES = ("mlflow", "requests", "urllib3", "sqlalchemy", "alembic", "databricks")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Server:
    """A tracking server that answers: client, address, and the experiment's id."""

    client: Any
    uri: str
    experiment: str


def tracking_location(store: Store) -> tuple[str, str | None]:
    """Tracking URI and artifact folder: the environment's server, else an SQLite file in the
    store."""
    if store.environment.tracking_uri:
        return store.environment.tracking_uri, None
    folder = store.local_folder()
    if folder is None:
        raise PlatformError(
            f"The store {store.location} is not a folder, so tracking has no place of its own: name"
            " tracking_uri in the environment file (copy the one in conf/env; --env FILE.yaml)."
        )
    return f"{_SQLITE}{folder.resolve()}/mlflow.db", (folder.resolve() / "mlartifacts").as_uri()


def check_tracking(store: Store) -> None:
    """Raise PlatformError if runs of the store could not be tracked even by a server that answers.
    This is checked before hours of work, and without asking a server."""
    uri, _ = tracking_location(store)
    # What MLflow keeps runs in a file with, which the small installation lacks.
    if uri.startswith(_SQLITE) and find_spec("sqlalchemy") is None:
        raise PlatformError(_SMALL_MLFLOW)


def connect(store: Store) -> Server:
    """The tracking server; the experiment is created on first use.

    Raises PlatformError if this installation cannot reach any server, and MLflow's or the
    connection's own error if the server does not answer.
    """
    uri, artifacts = tracking_location(store)
    if artifacts is not None:
        Path(uri.removeprefix(_SQLITE)).parent.mkdir(parents=True, exist_ok=True)
    # The first client makes an SQLite file's tables: two at once would be in each other's way.
    with _whole_mlflow(), locked(store, "tracking"):
        from mlflow import MlflowClient

        if store.environment.tracking_uri is None:
            _make_whole(Path(uri.removeprefix(_SQLITE)))
        client = MlflowClient(tracking_uri=uri)
        return Server(client, uri, _experiment(client, store.environment.experiment, artifacts))


@contextmanager
def reading(store: Store) -> Iterator[Server]:
    """The tracking server while runs are read from it; nothing is made that is not there.

    Raises ConfigError where the store has no tracked runs, PlatformError where this installation
    cannot reach any server, or where the server does not answer while the block runs.
    """
    uri, _ = tracking_location(store)
    if store.environment.tracking_uri is None:
        _check_file(store, Path(uri.removeprefix(_SQLITE)))
    try:
        with _whole_mlflow():
            from mlflow import MlflowClient

            client = MlflowClient(tracking_uri=uri)
        name = store.environment.experiment
        experiment = client.get_experiment_by_name(name)
        if experiment is None:
            raise ConfigError(
                f"The tracking of {store.location} has no experiment {name}: `kommunebench run`"
                " makes it with the first run, --experiment names another."
            )
        yield Server(client, uri, str(experiment.experiment_id))
    except Exception as error:
        if not isinstance(error, TrackingError) and not _is_of_tracking(error):
            raise
        raise PlatformError(
            f"the tracked runs could not be read from {_what_failed(store, error)}; --debug shows"
            " the whole message."
        ) from error


def _check_file(store: Store, file: Path) -> None:
    """Raise ConfigError where a store on a folder has no file of tracked runs."""
    if not file.parent.is_dir():
        raise ConfigError(f"--store {store.location}: no such folder.")
    if not file.is_file():
        raise ConfigError(
            f"--store {store.location}: no run has been tracked in this folder (there is no"
            f" {file.name}). `kommunebench run` tracks one."
        )


@contextmanager
def _whole_mlflow() -> Iterator[None]:
    """Raise PlatformError where MLflow lacks what it needs to reach the server."""
    try:
        yield
    except ImportError as error:
        raise PlatformError(_SMALL_MLFLOW) from error
    except Exception as error:
        if type(error).__name__ == "UnsupportedModelRegistryStoreURIException":
            raise PlatformError(_SMALL_MLFLOW) from error
        raise


def _make_whole(file: Path) -> None:
    """Create the SQLite file of a store with all its tables, or not at all.

    MLflow creates the tables one by one. A file left incomplete, because the process died or the
    disk was full, could never be used; therefore it is created beside its place and then moved
    there.
    """
    from mlflow import MlflowClient

    if file.exists():
        return
    for left in file.parent.glob(f"{file.name}.unfinished-*"):
        left.unlink()
    # A name of its own: MLflow keeps connections to a file, by its name, while the process lives.
    unfinished = file.with_name(f"{file.name}.unfinished-{uuid4().hex}")
    MlflowClient(tracking_uri=f"{_SQLITE}{unfinished}").search_experiments(max_results=1)
    unfinished.rename(file)


def _experiment(client: Any, name: str, artifacts: str | None) -> str:
    """Id of an experiment. If two runs create it at the same time, one of them uses the other's."""
    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        try:
            return str(client.create_experiment(name, artifact_location=artifacts))
        except Exception:
            experiment = client.get_experiment_by_name(name)
            if experiment is None:
                raise
    return str(experiment.experiment_id)


class TrackingError(Exception):
    """A tracking server or its store of artifacts does not answer, or refuses what it is sent; the
    cause is the error it gave. It never reaches the person: see explain_tracking_failure."""


@contextmanager
def calling(store: Store) -> Iterator[None]:
    """Raise TrackingError for whatever fails in a block that only calls the tracking server and its
    store of artifacts, which may be of any make (boto3, azure, google, a folder).

    Where the runs are kept in the store itself and its own disk is full or read-only, that error
    passes as it is: nothing else of the run could be written either.
    """
    try:
        yield
    except (KommunebenchError, TrackingError):
        raise
    except Exception as error:
        if (
            store.environment.tracking_uri is None
            and not _is_of_tracking(error)
            and explain_failure(error, store.location)
        ):
            raise
        raise TrackingError(type(error).__name__) from error


def _is_of_tracking(error: BaseException) -> bool:
    """Whether an error is MLflow's or of the connection to a server."""
    return type(error).__module__.split(".")[0] in _TRACKING_PACKAGES


def explain_tracking_failure(store: Store, error: TrackingError) -> str:
    """One sentence on a tracking server that does not answer or refuses what it is sent. The
    error's own text is not quoted: it may be a page of retries."""
    return f"the tracked run could not be sent to {_what_failed(store, error)}."


def _what_failed(store: Store, error: BaseException) -> str:
    """Where the tracking of a store is, and in brackets what kind of error came from there."""
    uri = store.environment.tracking_uri or f"the SQLite file in {store.location}"
    error = error.__cause__ or error if isinstance(error, TrackingError) else error
    code = getattr(error, "error_code", None)
    _log.debug("tracking=%s error=%r", uri, error)
    return f"{uri} ({type(error).__name__}{f', {code}' if code else ''})"
