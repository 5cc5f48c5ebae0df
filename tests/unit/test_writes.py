"""What a write asks of Spark and Delta, with a session that only notes it: tables that are made in
steps, rows that are replaced where other analyses write, a write that changes nothing."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kommunebench.bronze import DEATHS, DELIVERED_FROM
from kommunebench.gold import QUINTILE_MEANS
from kommunebench.settings import EnvironmentSettings
from kommunebench.silver import SPELLS
from kommunebench.storage import Store, arrow_rows, write_table, writing
from kommunebench.storage.direct import write_directly
from kommunebench.storage.reading import COMMITS_LOOKED_AT, version_written
from kommunebench.storage.writing import create_if_missing
from kommunebench.tables import Table

CLUSTER = EnvironmentSettings(name="test", platform="cluster")
DATABRICKS = EnvironmentSettings(name="test", platform="databricks", cluster_tables=True)
OWN = "analysis = 'a' AND run_id = 'r'"


class Killed(BaseException):
    """What a process that dies leaves behind: no clean-up of ours sees it."""


class Platform:
    """A catalog that refuses rules at creation and holds one table's properties."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.properties: dict[str, str] | None = None
        self.dies_at = "nothing"
        self.catalog = SimpleNamespace(tableExists=lambda _: self.properties is not None)

    def sql(self, statement: str) -> Any:
        if self.dies_at in statement:
            raise Killed
        if statement.startswith("SHOW TBLPROPERTIES"):
            assert self.properties is not None
            return SimpleNamespace(collect=lambda: list(self.properties.items()))
        if "delta.constraints" in statement:
            raise RuntimeError("[DELTA_UNKNOWN_CONFIGURATION] rules are refused here")
        self.said.append(statement)
        if statement.startswith("CREATE TABLE"):
            marked = "kommunebench.schema_version" in statement
            self.properties = {"kommunebench.schema_version": "2"} if marked else {}
        elif "ADD CONSTRAINT" in statement:
            rule = statement.split("ADD CONSTRAINT ")[1].split(maxsplit=1)[0]
            self.properties[f"delta.constraints.{rule}"] = "…"
        elif "SET TBLPROPERTIES" in statement:
            self.properties["kommunebench.schema_version"] = "2"
        return None


def rules(platform: Platform) -> set[str]:
    assert platform.properties is not None
    prefix = "delta.constraints."
    return {name.removeprefix(prefix) for name in platform.properties if name.startswith(prefix)}


def catalog(platform: Platform, environment: EnvironmentSettings = CLUSTER) -> Store:
    return Store(platform, "research.integration", environment)  # type: ignore[arg-type]


@pytest.mark.parametrize("environment", [CLUSTER, DATABRICKS])
def test_a_table_whose_maker_died_between_its_steps_gets_the_rest_from_the_next(environment):
    platform = Platform()
    platform.dies_at = f"ADD CONSTRAINT {list(SPELLS.constraints)[1]}"
    with pytest.raises(Killed):
        create_if_missing(catalog(platform, environment), SPELLS)
    assert len(rules(platform)) == 1 and len(SPELLS.constraints) > 1
    platform.dies_at, platform.said = "nothing", []
    create_if_missing(catalog(platform, environment), SPELLS)
    assert rules(platform) == set(SPELLS.constraints)
    added = [s for s in platform.said if "ADD CONSTRAINT" in s]
    assert len(added) == len(SPELLS.constraints) - 1
    assert "kommunebench.schema_version" in platform.said[-1]
    platform.said = []
    create_if_missing(catalog(platform, environment), SPELLS)
    assert platform.said == []


def test_a_table_without_rules_is_whole_with_its_first_statement():
    platform = Platform()
    create_if_missing(catalog(platform), QUINTILE_MEANS)
    assert len(platform.said) == 1 and "kommunebench.schema_version" in platform.said[0]


class Writer:
    """Notes how a frame was to be written, and writes nothing."""

    def __init__(self, said: list[str]) -> None:
        self.said = said

    def format(self, name: str) -> "Writer":
        return self

    def mode(self, name: str) -> "Writer":
        self.said.append(name)
        return self

    def option(self, name: str, value: str) -> "Writer":
        if name == "replaceWhere":
            self.said.append(f"replaceWhere {value}")
        return self

    def save(self, place: str) -> None:
        self.said.append("save")

    saveAsTable = save  # noqa: N815  (Spark's name)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked for when a frame is written that must not be computed for anything else."""
    said: list[str] = []
    frame = SimpleNamespace(write=Writer(said))  # it has nothing but this
    monkeypatch.setattr(writing, "_declared", lambda table, _: frame)
    monkeypatch.setattr(writing, "create_if_missing", lambda *_: None)
    monkeypatch.setattr(writing, "version_written", lambda *_: None)
    monkeypatch.setattr(writing, "current_version", lambda *_: 7)
    monkeypatch.setattr(
        writing, "delete_rows", lambda store, table, where: said.append(f"delete {where}")
    )
    return said


def write(location: str, table: Table, where: str | None) -> Any:
    store = Store(None, location, CLUSTER)  # type: ignore[arg-type]
    return write_table(store, table, None, where, {})  # type: ignore[arg-type]


@pytest.mark.parametrize("location", ["research.integration", "hdfs:/store", "s3a://bucket/store"])
def test_rows_in_a_table_of_several_analyses_are_deleted_then_added(location, said):
    """What is added depends on nothing another run commits, so that no frame is computed twice."""
    write(location, QUINTILE_MEANS, OWN)
    assert said == [f"delete {OWN}", "append", "save"]


def test_on_a_local_folder_and_in_bronze_rows_are_replaced_by_one_commit(said, tmp_path):
    """There no other run writes the table meanwhile."""
    where = f"{DELIVERED_FROM} IN ('DOD')"
    write("research.integration", DEATHS, where)
    assert said == ["overwrite", f"replaceWhere {where}", "save"]
    said.clear()
    write(str(tmp_path), QUINTILE_MEANS, OWN)
    assert said == ["overwrite", f"replaceWhere {OWN}", "save"]


def test_a_write_that_changed_nothing_is_told_from_the_commits_not_from_the_frame(said):
    assert write("research.integration", DEATHS, None).rows == 0


def test_a_commit_is_found_behind_many_of_other_runs(tmp_path: Path):
    store = Store(None, str(tmp_path), EnvironmentSettings(name="test"))  # type: ignore[arg-type]
    create_if_missing(store, QUINTILE_MEANS)
    rows = arrow_rows(QUINTILE_MEANS.columns, [])
    for n in range(COMMITS_LOOKED_AT + 2):
        write_directly(store, QUINTILE_MEANS, rows, None, {"write_id": f"<{n}>"}, append=True)
    found = version_written(store, QUINTILE_MEANS, "<0>")
    assert found is not None and found.version == 1
    assert version_written(store, QUINTILE_MEANS, "<none>") is None
