"""One Spark session for the whole test run, started only where a test asks for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kommunebench.settings import load_environment
from kommunebench.spark import get_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from kommunebench.storage import Store

_LOCAL = load_environment("local")
# The local environment, with two shuffle partitions, because tables are tiny.
TEST_ENVIRONMENT = _LOCAL.model_copy(
    update={
        "name": "test",
        "master": "local[2]",
        "driver_memory": "4g",
        "spark": _LOCAL.spark | {"spark.sql.shuffle.partitions": "2"},
    }
)


@pytest.fixture(scope="session")
def spark() -> Iterator["SparkSession"]:
    session = get_spark(TEST_ENVIRONMENT)
    yield session
    session.stop()


@pytest.fixture
def store(spark: "SparkSession", tmp_path: Path) -> "Store":
    from kommunebench.storage import Store

    return Store(spark, str(tmp_path / "store"), TEST_ENVIRONMENT)
