"""Where a store lies, and what is said when it cannot be written to."""

import errno
from pathlib import Path

import pytest

from kommunebench.cli import main
from kommunebench.errors import ConfigError
from kommunebench.settings import EnvironmentSettings
from kommunebench.silver import SPELLS
from kommunebench.storage import Store, explain_failure

LOCAL = EnvironmentSettings(name="test")
CLUSTER = EnvironmentSettings(name="test", platform="cluster")
DATABRICKS = EnvironmentSettings(name="test", platform="databricks")


def store(location: str, environment: EnvironmentSettings = LOCAL) -> Store:
    return Store(None, location, environment)  # type: ignore[arg-type]


def test_a_new_folder_may_have_a_dot_in_its_name_on_a_laptop() -> None:
    assert not store("results.v2").is_catalog
    assert store("research.integration", CLUSTER).is_catalog
    assert store("spark_catalog.results").is_catalog
    unity = {"spark.sql.catalog.research": "io.unitycatalog.spark.UCSingleCatalog"}
    told = EnvironmentSettings(name="test", spark=unity)
    assert store("research.integration", told).is_catalog


def test_tables_of_a_catalog_have_three_names_and_of_a_folder_a_path(tmp_path: Path) -> None:
    assert store("research.integration", CLUSTER).identifier(SPELLS) == (
        "`research`.`integration`.`spells`"
    )
    assert (
        store("s3a://bucket/store/").identifier(SPELLS)
        == "delta.`s3a://bucket/store/silver/spells`"
    )
    odd = tmp_path / "Mit lager æøå`"
    assert (
        store(str(odd)).identifier(SPELLS)
        == f"delta.`file:{tmp_path}/Mit lager æøå``/silver/spells`"
    )


@pytest.mark.parametrize("environment", [CLUSTER, DATABRICKS])
def test_names_of_a_catalog_may_have_letters_no_program_would_use(
    environment: EnvironmentSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unity Catalog allows hyphens. Taken for a folder, the tables would lie on the driver's disk,
    also where a folder of that name happens to be there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-catalog.results_2024").mkdir()
    for location in ("my-catalog.results_2024", "2024.æøå"):
        assert store(location, environment).is_catalog
        assert store(location, environment).local_folder() is None
    assert store("my-catalog.a`b", environment).identifier(SPELLS) == (
        "`my-catalog`.`a``b`.`spells`"
    )


@pytest.mark.parametrize(
    "location", ["results", "data/results.v2", "./a.b", "a.b.c", "a b.c", ".a"]
)
def test_databricks_takes_no_folder_of_the_drivers_disk(location: str) -> None:
    with pytest.raises(ConfigError, match=r"neither catalog\.schema"):
        store(location, DATABRICKS)
    assert not store(location, CLUSTER).is_catalog


@pytest.mark.parametrize(
    "location", ["/Volumes/a/b/c", "dbfs:/Volumes/a/b/c", "file:/Volumes/a/b", "/Workspace/x"]
)
def test_databricks_keeps_no_tables_among_files(location: str) -> None:
    with pytest.raises(ConfigError, match=r"hold files, not tables\. Give catalog\.schema"):
        store(location, DATABRICKS)


@pytest.mark.parametrize("location", ["abfss://c@a.dfs.core.windows.net/s", "dbfs:/s", "/mnt/s"])
def test_databricks_takes_other_places(location: str) -> None:
    assert not store(location, DATABRICKS).is_catalog


def test_a_place_for_no_tables_is_refused_before_spark_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def started(environment: object) -> None:
        raise AssertionError("Spark was started")

    monkeypatch.setattr("kommunebench.calls.get_spark", started)
    call = ["panel", "integration_employment", "--store", "results", "--env", "databricks"]
    assert main(call) == 2
    assert "Give catalog.schema" in capsys.readouterr().err


def test_a_file_uri_is_a_local_folder() -> None:
    assert store("file:///tmp/Mit%20lager").local_folder() == Path("/tmp/Mit lager")
    assert store("file:/tmp/Mit lager").local_folder() == Path("/tmp/Mit lager")
    assert store("s3a://bucket/store").local_folder() is None


def test_a_scheme_with_one_slash_is_a_scheme() -> None:
    for location in ("hdfs:/data/store", "dbfs:/data/store"):
        assert store(location).local_folder() is None
        assert store(location).identifier(SPELLS) == f"delta.`{location}/silver/spells`"
    assert store("C:/data").local_folder() == Path("C:/data")  # a drive


def test_spark_is_told_that_a_local_folder_is_local_and_this_process_the_plain_path() -> None:
    """The default file system of a cluster may be another one, where Spark would write."""
    for location in ("/data/store", "file:///data/store", "/data/../data/store"):
        assert store(location).location_of(SPELLS) == "file:/data/store/silver/spells"
        assert store(location).path(SPELLS) == "/data/store/silver/spells"
    # A volume of Databricks is none of the executors' local folders.
    assert store("/Volumes/a/b/c").location_of(SPELLS) == "/Volumes/a/b/c/silver/spells"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no space is left"),
        (OSError(errno.EROFS, "Read-only file system"), "cannot be written to"),
        (PermissionError(errno.EACCES, "Permission denied"), "cannot be written to"),
        (RuntimeError("java.io.IOException: No space left on device\n\tat java.base"), "no space"),
        (RuntimeError("java.io.IOException: Mkdirs failed to create file:/x"), "cannot be written"),
        (RuntimeError("sqlite3.OperationalError: database or disk is full"), "no space"),
        (RuntimeError("attempt to write a readonly database"), "cannot be written"),
    ],
)
def test_a_full_or_read_only_place_is_named(error: Exception, said: str) -> None:
    explained = explain_failure(error, "my/store")
    assert explained is not None and said in explained and "my/store" in explained


def test_the_cause_of_a_failure_counts_and_any_other_failure_is_not_explained_away() -> None:
    try:
        try:
            raise OSError(errno.ENOSPC, "full")
        except OSError as error:
            raise ValueError("person 0101") from error
    except ValueError as error:
        explained = explain_failure(error, "s")
    assert explained is not None and "0101" not in explained
    assert explain_failure(ValueError("no permission needed"), "s") is None


def test_a_store_that_cannot_be_made_ends_with_status_2_and_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("kommunebench.commands.store_of", full)
    words = ["report", "dialysis_centres", "--store", str(tmp_path), "--quiet"]
    assert main(words) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "no space is left" in error and "Traceback" not in error


@pytest.mark.parametrize("location", ["hdfs:/data/store", "dbfs:/store", "s3a://bucket/store"])
def test_prune_looks_for_no_folder_where_a_store_is_sparks(
    location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr("kommunebench.prune.old_runs", lambda *_: asked.append(1) or ())
    monkeypatch.setattr("kommunebench.store_commands.store_of", lambda options: None)
    assert main(["prune", "--store", location, "--quiet"]) == 0
    assert asked
