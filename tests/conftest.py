"""One Spark session for each process of the test run, started only where a test asks for it."""

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
        "driver_memory": "3g",
        "spark": _LOCAL.spark | {"spark.sql.shuffle.partitions": "2"},
    }
)

# What takes longest goes first, so that the processes of `make test` end together.
_FOLDERS_FIRST = ("pipeline", "spark")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of one file in one process (they share what they set up), and all tests of
    the whole job, which share one run."""

    def folder(item: pytest.Item) -> str:
        return item.path.relative_to(Path(__file__).parent).parts[0]

    for item in items:
        group = folder(item) if folder(item) == "pipeline" else item.nodeid.split("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))
    order = {name: position for position, name in enumerate(_FOLDERS_FIRST)}
    items.sort(key=lambda item: order.get(folder(item), len(order)))


@pytest.fixture(scope="session")
def spark() -> Iterator["SparkSession"]:
    session = get_spark(TEST_ENVIRONMENT)
    yield session
    session.stop()


@pytest.fixture
def store(spark: "SparkSession", tmp_path: Path) -> "Store":
    from kommunebench.storage import Store

    return Store(spark, str(tmp_path / "store"), TEST_ENVIRONMENT)
