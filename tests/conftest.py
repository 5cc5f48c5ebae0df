"""One Spark session for each process of the test run, started only where a test asks for it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from kommunebench.settings import load_environment
from kommunebench.spark import get_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from kommunebench.storage import Store

# How long one example takes depends on the machine and on what else it does; no test is about that.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

_LOCAL = load_environment("local")
# The local environment, with two shuffle partitions, because tables are tiny, and without code made
# for a plan, because few plans are run often enough to repay it (the tests of the whole job switch
# it on; `make demo`, `make cluster` and `make crash` have it). Java's optimising compiler leaves
# such code alone as well: on the small run of tests/pipeline it took 66 of 147 s of the processor
# and saved 3. It compiles what plans queries, most of the work of the other tests. Classes have
# their room at once, or each time it grows all memory is searched.
INTERPRETED = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
TEST_ENVIRONMENT = _LOCAL.model_copy(
    update={
        "name": "test",
        "master": "local[2]",
        "driver_memory": "2g",
        "java_options": (
            "-XX:+UseSerialGC -XX:MetaspaceSize=400m -Xms1g -Xmn500m"
            " -XX:Tier4InvocationThreshold=25000 -XX:Tier4MinInvocationThreshold=3000"
            " -XX:Tier4CompileThreshold=75000 -XX:Tier4BackEdgeThreshold=400000"
            f' -XX:CompilerDirectivesFile="{Path(__file__).with_name("java_compiler.json")}"'
        ),
        "spark": _LOCAL.spark
        | {
            "spark.sql.shuffle.partitions": "2",
            **INTERPRETED,
        },
    }
)

# What takes longest goes first, so that the processes of `make test` end together.
_FOLDERS_FIRST = ("pipeline", "spark")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the whole job first, then those that need Spark, then the others."""

    def position(item: pytest.Item) -> int:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        return (*_FOLDERS_FIRST, folder).index(folder)

    items.sort(key=position)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where tests run in several processes, those of one file stay together, because they share
    what they set up, and so do all tests of the whole job, which share one run."""
    from xdist.scheduler import LoadScopeScheduling

    class FilesTogether(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", maxsplit=1)[0]
            return "tests/pipeline" if file.startswith("tests/pipeline/") else file

    return FilesTogether(config, log)


@pytest.fixture(scope="session")
def spark() -> Iterator["SparkSession"]:
    session = get_spark(TEST_ENVIRONMENT)
    yield session
    session.stop()


@pytest.fixture
def store(spark: "SparkSession", tmp_path: Path) -> "Store":
    from kommunebench.storage import Store

    return Store(spark, str(tmp_path / "store"), TEST_ENVIRONMENT)
