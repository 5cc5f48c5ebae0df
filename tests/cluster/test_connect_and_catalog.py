"""The main job through a local Spark Connect server, and into a schema of a catalog: every table
equals that of a plain local session with a folder.

Not part of `make test` (three runs of a small country); run by `make cluster`.
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


def run(registers: Path, store: str, environment: Path | None = None) -> list[str]:
    words = ["run", "integration_employment", "--registers", str(registers), "--store", store]
    env = ["--env", str(environment)] if environment else []
    return [*words, *env, "--quiet", *set_options(*SETTINGS)]


def test_the_main_job_through_spark_connect(
    registers: Path, expected: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    """All Python talks to Spark through Connect, as on Databricks."""
    spark = {"spark.api.mode": "connect"}
    environment = written_environment(tmp_path / "x.yaml", name="connect", spark=spark)
    succeeds("-m", "kommunebench", *run(registers, str(tmp_path / "store"), environment))
    assert_same_rows(rows_of(tmp_path / "store", LAYERS), expected)


def test_the_main_job_into_a_catalog(
    registers: Path, expected: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    """The store is a schema: tables are found by name, and there is no folder beside them."""
    results = tmp_path / "results"
    server = f"sqlite:///{tmp_path}/mlflow.db"
    environment = written_environment(tmp_path / "x.yaml", name="catalog", tracking_uri=server)
    words = run(registers, "spark_catalog.results")
    succeeds("-c", IN_A_CATALOG, str(environment), str(results), *words)
    found = {name: rows_of_table(results / name.split(".")[1]) for name in expected}
    assert_same_rows(found, expected)
