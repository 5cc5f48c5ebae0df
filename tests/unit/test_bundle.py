"""The Databricks bundle, checked without a workspace: known fields, declared variables, references
that resolve, parameters the command accepts."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from kommunebench.cli import build_parser, main
from kommunebench.settings import load_analysis

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "deploy" / "resources"
CHAIN = ["ingest", "panel", "benchmark", "uncertainty", "cost", "efficiency", "report"]


FROM_REGISTERS = [
    path.stem
    for path in sorted((ROOT / "conf" / "analyses").glob("*.yaml"))
    if path.stem != "factsheet" and load_analysis(path.stem).starts_from == "registers"
]


class SparkStarted(BaseException):
    """What a command that has something to do ends with here: nothing of it is caught."""


def load(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def resources() -> dict[str, dict[str, Any]]:
    """All resources of the bundle by kind and key."""
    merged: dict[str, dict[str, Any]] = {}
    for path in sorted(RESOURCES.glob("*.yml")):
        for kind, named in load(path)["resources"].items():
            merged.setdefault(kind, {}).update(named)
    return merged


def jobs() -> list[dict[str, Any]]:
    return list(resources()["jobs"].values())


every_job = pytest.mark.parametrize("job", jobs(), ids=lambda job: job["name"])


@every_job
def test_a_job_has_only_fields_databricks_knows(job: dict[str, Any]) -> None:
    from databricks.bundles.jobs import Job

    assert Job.from_dict(job).name == job["name"]


def test_schema_and_volume_have_only_fields_databricks_knows() -> None:
    from databricks.bundles.schemas import Schema
    from databricks.bundles.volumes import Volume

    assert Schema.from_dict(resources()["schemas"]["store"]).comment
    for name in ("registers", "staging"):
        assert Volume.from_dict(resources()["volumes"][name]).name == name


def test_the_bundle_makes_the_volume_in_which_sas_files_are_kept() -> None:
    from kommunebench.settings import load_environment

    volume = resources()["volumes"]["staging"]
    place = "${resources.schemas.store.catalog_name}", "${resources.schemas.store.name}"
    assert (volume["catalog_name"], volume["schema_name"]) == place
    named = load_environment("databricks").staging_folder
    assert named == f"/Volumes/{{catalog}}/{{schema}}/{volume['name']}"


@every_job
def test_every_task_calls_the_command_with_options_it_has(job: dict[str, Any]) -> None:
    """Parsed by the real parser; the job's parameters arrive where they belong."""
    for task in job["tasks"]:
        options = vars(build_parser().parse_args(task["python_wheel_task"]["parameters"]))
        assert options["verb"] == task["task_key"]
        assert options["store"] == "{{job.parameters.store}}"
        assert options["experiment"] == "{{job.parameters.experiment}}"
        assert options["env"] == "databricks"
        analysis = options.get("analysis") or options["analyses"][0]
        assert analysis == "{{job.parameters.analysis}}"
        reads_delivery = task["task_key"] in ("ingest", "run")
        assert options.get("registers") == (
            "{{job.parameters.registers}}" if reads_delivery else None
        )


@every_job
@pytest.mark.parametrize("analysis", FROM_REGISTERS)
def test_no_task_of_a_job_fails_for_want_of_a_section(
    job: dict[str, Any],
    analysis: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of the analyses only the main one has costs; the tasks after them must run for all."""

    def started(environment: object) -> None:
        raise SparkStarted

    monkeypatch.setattr("kommunebench.calls.get_spark", started)
    values = {"analysis": analysis, "store": "main.x", "registers": "/", "experiment": "/x"}
    given = {f"{{{{job.parameters.{name}}}}}": value for name, value in values.items()}
    idle = set()
    for task in job["tasks"]:
        call = [given.get(word, word) for word in task["python_wheel_task"]["parameters"]]
        try:
            assert main(call) == 0, capsys.readouterr().err
            assert "has nothing to do" in capsys.readouterr().out
            idle.add(task["task_key"])
        except SparkStarted:
            pass
    has_costs = analysis == "integration_employment"
    assert idle == (set() if has_costs or len(job["tasks"]) == 1 else {"cost", "efficiency"})


@every_job
def test_every_parameter_is_declared_and_used(job: dict[str, Any]) -> None:
    used = set(re.findall(r"\{\{job\.parameters\.(\w+)\}\}", str(job["tasks"])))
    assert used == {parameter["name"] for parameter in job["parameters"]}


@every_job
def test_a_task_waits_longer_than_a_dead_run_holds_its_lease(job: dict[str, Any]) -> None:
    """A task that is tried again on another machine finds the lease of the one that died."""
    from kommunebench.settings import load_environment

    for task in job["tasks"]:
        wait = build_parser().parse_args(task["python_wheel_task"]["parameters"]).wait
        assert wait * 60 > load_environment("databricks").lease_seconds


@every_job
def test_tasks_form_one_chain_over_declared_keys(job: dict[str, Any]) -> None:
    keys = [task["task_key"] for task in job["tasks"]]
    assert keys in (CHAIN, ["run"])
    named = [task["depends_on"][0]["task_key"] for task in job["tasks"][1:]]
    assert named == keys[:-1]
    places = {c["job_cluster_key"] for c in job.get("job_clusters", [])} | {
        e["environment_key"] for e in job.get("environments", [])
    }
    assert {
        task.get("job_cluster_key") or task.get("environment_key") for task in job["tasks"]
    } <= places


@every_job
def test_every_task_installs_the_wheel_and_nothing_else(job: dict[str, Any]) -> None:
    """What the package needs beyond the platform is named in the wheel itself, once."""
    for task in job["tasks"]:
        if "environment_key" in task:
            libraries = job["environments"][0]["spec"]["dependencies"]
        else:
            libraries = [item.get("whl") for item in task["libraries"]]
        assert libraries == ["../../dist/*.whl"]


def test_one_variable_names_the_runtime_of_every_job_cluster() -> None:
    """18 LTS, whose key has no minor version: 18.0.x is a release before it."""
    clusters = [c["new_cluster"] for job in jobs() for c in job.get("job_clusters", [])]
    assert len(clusters) == 2
    assert {cluster["spark_version"] for cluster in clusters} == {"${var.spark_version}"}
    default = load(ROOT / "databricks.yml")["variables"]["spark_version"]["default"]
    assert default == "18.x-scala2.13"


def test_nothing_spells_out_a_name_that_development_prefixes() -> None:
    """`mode: development` renames schemas and experiments: whoever writes their names himself
    writes to a place that was not made."""
    for path in RESOURCES.glob("*.yml"):
        if path.name != "store.yml":
            text = path.read_text(encoding="utf-8")
            assert "${var.schema}" not in text and "${var.catalog}" not in text
            assert "/Shared/" not in text and "/Volumes/main" not in text


def test_every_reference_is_to_a_resource_and_field_that_exist() -> None:
    known = resources()
    texts = "".join(path.read_text(encoding="utf-8") for path in RESOURCES.glob("*.yml"))
    references = set(re.findall(r"\$\{resources\.(\w+)\.(\w+)\.(\w+)\}", texts))
    assert ("schemas", "store", "name") in references
    assert ("experiments", "runs", "name") in references
    for kind, key, field in references:
        assert field in known[kind][key]


def test_every_variable_that_is_used_is_declared() -> None:
    bundle = load(ROOT / "databricks.yml")
    texts = [(ROOT / "databricks.yml").read_text()] + [p.read_text() for p in RESOURCES.glob("*")]
    used = {name for text in texts for name in re.findall(r"\$\{var\.(\w+)\}", text)}
    assert used == set(bundle["variables"])
