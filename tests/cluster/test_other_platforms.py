"""The main job through a local Spark Connect server, into a schema of a catalog, and from and to a
file system that only Spark reaches: every table equals that of a classic session with a folder.

Not part of `make test` (four runs of a small country); run by `make cluster`.
"""

from pathlib import Path

import pandas as pd
import pytest
from tests.own_processes import (
    COUNTRY,
    SETTINGS,
    assert_same_rows,
    rows_of,
    rows_of_table,
    set_options,
    succeeds,
    written_environment,
)

pytestmark = pytest.mark.cluster
LAYERS = ("bronze", "silver", "gold")
# Makes the schema in the session that the command then finds.
IN_A_CATALOG = """
import sys
from kommunebench.cli import main
from kommunebench.settings import load_environment
from kommunebench.spark import get_spark

environment, folder, *arguments = sys.argv[1:]
get_spark(load_environment(environment)).sql(f"CREATE SCHEMA results LOCATION '{folder}'")
sys.exit(main([*arguments, "--env", environment]))
"""
# Ends with an error where the session is no session over Connect.
OVER_CONNECT = """
import sys
from pyspark.sql import SparkSession
from kommunebench.cli import main

status = main(sys.argv[1:])
assert "connect" in type(SparkSession.getActiveSession()).__module__
sys.exit(status)
"""
# The second environment is a platform's, which finds the session of the first.
FOUND_SESSION = """
import sys
from kommunebench.settings import load_environment
from kommunebench.spark import get_spark

ours, found = (load_environment(name) for name in sys.argv[1:])
before = get_spark(ours).conf.get("spark.sql.warehouse.dir")
session = get_spark(found)
assert "connect" in type(session).__module__
assert session.conf.get("spark.sql.warehouse.dir") == before
assert session.conf.get("spark.sql.shuffle.partitions") == "3"
"""


@pytest.fixture(scope="module")
def classic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment of a session in this process' own Java."""
    return written_environment(tmp_path_factory.mktemp("environment") / "x.yaml", name="classic")


@pytest.fixture(scope="module")
def registers(classic: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    words = ("simulate", "--out", str(folder), *COUNTRY, "--env", str(classic), "--quiet")
    succeeds("-m", "kommunebench", *words)
    return folder / "registers"


@pytest.fixture(scope="module")
def expected(
    classic: Path, registers: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, pd.DataFrame]:
    """Every table of a local session with a folder."""
    store = tmp_path_factory.mktemp("classic") / "store"
    succeeds("-m", "kommunebench", *run(registers, str(store), classic))
    return rows_of(store, LAYERS)


def without_folder(folder: Path) -> dict[str, str]:
    """What an environment needs whose store has no folder for the tracked runs."""
    return {"name": "elsewhere", "tracking_uri": f"sqlite:///{folder}/mlflow.db"}


def run(registers: Path | str, store: str, environment: Path | None = None) -> list[str]:
    words = ["run", "integration_employment", "--registers", str(registers), "--store", store]
    env = ["--env", str(environment)] if environment else []
    return [*words, *env, "--quiet", *set_options(*SETTINGS)]


def without_fingerprints(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables without what follows from how a file is recognised: a small one on a local disk
    by its content, one that only Spark reaches by size, time and footer."""
    names = ["fingerprint", "read_as", "run_id"]
    return {name: rows.drop(columns=names, errors="ignore") for name, rows in tables.items()}


def test_the_main_job_through_spark_connect(
    registers: Path, expected: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    """All Python talks to Spark through Connect, as on Databricks."""
    spark = {"spark.api.mode": "connect"}
    environment = written_environment(tmp_path / "x.yaml", name="connect", spark=spark)
    succeeds("-c", OVER_CONNECT, *run(registers, str(tmp_path / "store"), environment))
    assert_same_rows(rows_of(tmp_path / "store", LAYERS), expected)


def test_a_session_over_connect_that_refuses_settings_is_used_all_the_same(tmp_path: Path) -> None:
    spark = {"spark.api.mode": "connect"}
    ours = written_environment(tmp_path / "x.yaml", name="connect", spark=spark)
    refused = {"spark.sql.warehouse.dir": "/SECRET", "spark.sql.shuffle.partitions": "3"}
    found = written_environment(
        tmp_path / "y.yaml", name="found", platform="databricks", spark=refused
    )
    said = succeeds("-c", FOUND_SESSION, str(ours), str(found))
    assert "setting=spark.sql.warehouse.dir refused=" in said and "SECRET" not in said


def test_the_main_job_into_a_catalog(
    registers: Path, expected: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    """The store is a schema: tables are found by name, and there is no folder beside them. The
    delivery is named by a URI."""
    results = tmp_path / "results"
    environment = written_environment(tmp_path / "x.yaml", **without_folder(tmp_path))
    words = run(f"file:{registers}", "spark_catalog.results")
    succeeds("-c", IN_A_CATALOG, str(environment), str(results), *words)
    found = {name: rows_of_table(results / name.split(".")[1]) for name in expected}
    assert_same_rows(found, expected)


def test_the_main_job_on_a_file_system_only_spark_reaches(
    registers: Path, expected: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    """``viewfs`` is Hadoop's own; it shows local folders under another scheme."""
    spark = {"spark.hadoop.fs.viewfs.mounttable.default.linkFallback": "file:///"}
    values = without_folder(tmp_path)
    environment = written_environment(tmp_path / "x.yaml", spark=spark, **values)
    store = tmp_path / "store"
    words = run(f"viewfs://{registers}", f"viewfs://{store}", environment)
    succeeds("-m", "kommunebench", *words)
    assert not (store / ".locks").exists()  # the store was no local folder to the run
    assert_same_rows(without_fingerprints(rows_of(store, LAYERS)), without_fingerprints(expected))
