"""The session of a platform that brings its own, as a stand-in, because no Spark is needed to see
what is set on it; and the options of the local Java machine."""

import logging
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest

from kommunebench.settings import load_environment
from kommunebench.spark import SESSION_SETTINGS, get_spark, java_options


class Session:
    """A session that takes some settings only."""

    def __init__(self, refused: set[str]) -> None:
        self.refused, self.values, self.conf = refused, {}, self

    def set(self, key: str, value: str) -> None:
        if key in self.refused:
            raise ValueError(f"{key} cannot be {value}")
        self.values[key] = value


def test_a_setting_the_platform_refuses_is_named_without_its_value_and_the_others_are_set(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = next(iter(SESSION_SETTINGS))
    session = Session(refused={first, "fs.azure.account.key"})
    builder = SimpleNamespace(getOrCreate=lambda: session)
    monkeypatch.setattr("pyspark.sql.SparkSession", SimpleNamespace(builder=builder))
    secret = {"fs.azure.account.key": "SECRET", "spark.sql.shuffle.partitions": "auto"}
    environment = load_environment("databricks").model_copy(update={"spark": secret})
    with caplog.at_level(logging.WARNING, "kommunebench"):
        assert get_spark(environment) is session
    assert session.values == {
        **{key: value for key, value in SESSION_SETTINGS.items() if key != first},
        "spark.sql.shuffle.partitions": "auto",
    }
    assert [record.getMessage() for record in caplog.records] == [
        f"setting={first} refused=ValueError",
        "setting=fs.azure.account.key refused=ValueError",
    ]


def test_a_worker_whose_task_was_given_up_says_so_without_a_trace(capsys):
    from kommunebench.preloaded_workers import _say_that_a_worker_ended

    try:
        raise ConnectionResetError("0101011234")
    except ConnectionResetError:
        _say_that_a_worker_ended()
    assert capsys.readouterr().err == "a Python worker ended: ConnectionResetError\n"


def test_java_finds_files_in_folders_with_spaces(tmp_path: Path) -> None:
    folder = tmp_path / "my projects" / "kørsel 1"
    words = shlex.split(java_options(load_environment("local"), folder / ".cache", folder))
    assert all(word.startswith("-") for word in words)
    assert f"-XX:CompilerDirectivesFile={folder / 'java_compiler.json'}" in words
    assert f"-Dderby.system.home={folder / '.cache'}" in words
    assert f"-Dlog4j2.configurationFile={(folder / 'log4j2.properties').as_uri()}" in words
