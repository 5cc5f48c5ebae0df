"""The national model as a logged model, and under a name in the model registry."""

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kommunebench.errors import ConfigError
from kommunebench.tracking.runs import TrackedRun

if TYPE_CHECKING:
    import pandas as pd

# What served_model.py imports, in setup.py's ranges: whoever loads the model needs no more.
MODEL_REQUIREMENTS = ("mlflow>=3.0.1,<4", "numpy>=2.1,<3", "pandas>=2.2.3,<3")
DEFAULT_ALIAS = "candidate"


def log_national_model(
    run: TrackedRun, payload: Mapping[str, Any], register: str | None = None
) -> None:
    """Log the national model as one that predicts expected durations or shares for new rows
    (coefficients and baseline as JSON), into the run that is open.

    ``register``: NAME or NAME@ALIAS in the model registry; the alias then points to this version.
    Raises ConfigError for a name that cannot be one.
    """
    import mlflow
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema

    kinds = {"category": DataType.string, "number": DataType.double, "indicator": DataType.double}
    inputs = [ColSpec(kinds[c["kind"]], c["column"]) for c in payload["covariates"]]
    if payload["group"]:
        inputs.append(ColSpec(DataType.string, payload["group"]))
    is_share = payload["measure"] == "share"
    predicted = "expected_share" if is_share else "expected_duration"
    outputs = Schema([ColSpec(DataType.double, predicted)])
    name, alias = parse_registration(register) if register else (None, "")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "national_model.json"
        path.write_text(json.dumps(payload), encoding="utf-8")
        logged = mlflow.pyfunc.log_model(
            name="national_model",
            python_model=str(Path(__file__).with_name("served_model.py")),
            artifacts={"national_model": str(path)},
            signature=ModelSignature(Schema(inputs), outputs),
            input_example=example_rows(payload),
            pip_requirements=list(MODEL_REQUIREMENTS),
            registered_model_name=name,
        )
    if name:
        run.client.set_registered_model_alias(name, alias, logged.registered_model_version)


def parse_registration(register: str) -> tuple[str, str]:
    """Name and alias of NAME or NAME@ALIAS. Raises ConfigError where either is empty, or where the
    alias is one MLflow keeps for itself."""
    name, at, alias = register.partition("@")
    if not name or (at and not alias):
        raise ConfigError(f"--register {register}: give NAME or NAME@ALIAS.")
    reserved = alias.lower() == "latest" or (alias[:1].lower() == "v" and alias[1:].isdigit())
    if reserved:
        raise ConfigError(f"--register {register}: MLflow keeps the alias {alias} for itself.")
    return name, alias or DEFAULT_ALIAS


def example_rows(payload: Mapping[str, Any]) -> "pd.DataFrame":
    """Rows to show how the model is called, made up from the model's own levels: one for each
    group, numbers and indicators 0. No person is in them."""
    import pandas as pd

    rows = []
    for group, model in payload["groups"].items():
        row: dict[str, object] = {}
        for covariate in payload["covariates"]:
            column, is_category = covariate["column"], covariate["kind"] == "category"
            terms = model["coefficients"]
            row[column] = _first_level(column, payload["covariates"], terms) if is_category else 0.0
        if payload["group"]:
            row[payload["group"]] = group
        rows.append(row)
    return pd.DataFrame(rows)


def _first_level(column: str, covariates: Sequence[Mapping[str, str]], terms: Iterable[str]) -> str:
    """A level of a category: that of the first term which is no number's and with whose beginning
    no other category's prefix, or only a shorter one, agrees."""
    numbers = {c["column"] for c in covariates if c["kind"] != "category"}
    numbers |= {f"{name}_0" for name in numbers}
    prefixes = {c["column"]: c["prefix"] for c in covariates if c["kind"] == "category"}
    for term in terms:
        if term not in numbers and term.startswith(prefixes[column]):
            agreeing = [name for name, prefix in prefixes.items() if term.startswith(prefix)]
            if max(agreeing, key=lambda name: len(prefixes[name])) == column:
                return term.removeprefix(prefixes[column])
    return "reference"
