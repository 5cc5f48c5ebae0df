"""The Databricks bundle, checked without a workspace: known fields, declared variables, parameters
the command accepts."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from kommunebench.cli import build_parser

ROOT = Path(__file__).resolve().parents[2]
JOB_FILES = ("benchmark.yml", "benchmark_serverless.yml")


def load(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs() -> list[dict[str, Any]]:
    return [
        job
        for name in JOB_FILES
        for job in load(ROOT / "deploy/resources" / name)["resources"]["jobs"].values()
    ]


@pytest.mark.parametrize("job", jobs(), ids=lambda job: job["name"])
def test_a_job_has_only_fields_databricks_knows(job: dict[str, Any]) -> None:
    from databricks.bundles.jobs import Job

    assert Job.from_dict(job).name == job["name"]


@pytest.mark.parametrize("job", jobs(), ids=lambda job: job["name"])
def test_every_task_calls_the_command_with_options_it_has(job: dict[str, Any]) -> None:
    parser = build_parser()
    for task in job["tasks"]:
        parameters = task["python_wheel_task"]["parameters"]
        assert parser.parse_args(parameters).verb == task["task_key"]


@pytest.mark.parametrize("job", jobs(), ids=lambda job: job["name"])
def test_tasks_form_one_chain_over_declared_keys(job: dict[str, Any]) -> None:
    keys = [task["task_key"] for task in job["tasks"]]
    named = [task["depends_on"][0]["task_key"] for task in job["tasks"][1:]]
    assert named == keys[:-1]
    places = {c["job_cluster_key"] for c in job.get("job_clusters", [])} | {
        e["environment_key"] for e in job.get("environments", [])
    }
    assert {
        task.get("job_cluster_key") or task.get("environment_key") for task in job["tasks"]
    } <= places


def test_every_variable_that_is_used_is_declared() -> None:
    bundle = load(ROOT / "databricks.yml")
    texts = [(ROOT / "databricks.yml").read_text()] + [
        p.read_text() for p in (ROOT / "deploy/resources").glob("*.yml")
    ]
    used = {name for text in texts for name in re.findall(r"\$\{var\.(\w+)\}", text)}
    assert used == set(bundle["variables"])
