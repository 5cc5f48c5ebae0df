"""The one place that makes a Spark session."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kommunebench.errors import PlatformError
from kommunebench.settings import EnvironmentSettings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# The same values everywhere, because Spark 4.0, 4.1 and 4.2 and Databricks differ in their
# defaults.
SESSION_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "10000",
    "spark.sql.execution.pandas.convertToArrowArraySafely": "true",
}
_REFERENCE = Path(__file__).parent / "reference"
# Jobs that run at the same time share the cores. In Spark's own order a job waits for all tasks of
# the jobs before it, and the renewal of a lease would wait for the longest stage.
SHARED_CORES = {
    "spark.scheduler.mode": "FAIR",
    # Not as_uri(): Hadoop takes a location as it stands, and would look for %20 in a folder's name.
    "spark.scheduler.allocation.file": f"file:{_REFERENCE / 'scheduler.xml'}",
}
DELTA_SETTINGS = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.databricks.delta.snapshotPartitions": "2",
}


def project_folder() -> Path:
    """The clone: where `make setup` keeps Java and the Delta jars (.java, .jars)."""
    return Path(__file__).resolve().parents[2]


def get_spark(environment: EnvironmentSettings) -> "SparkSession":
    """The session of an environment, made or found.

    Raises PlatformError when PySpark, Java or the Delta jars are missing, with what to do.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise PlatformError(
            "PySpark is not installed. On a laptop: `make setup` or `pip install"
            " kommunebench[local]`; on a cluster start the job with spark-submit."
        ) from error
    # `builder` is a class property that gives a new Builder each time.
    builder = SparkSession.builder
    if environment.platform == "databricks":
        session = builder.getOrCreate()
        _set_session_values(session, SESSION_SETTINGS | environment.spark)
        return session
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for key, value in _static_settings(environment).items():
        builder = builder.config(key, value)
    if environment.platform == "local":
        _prepare_local_machine()
    try:
        return builder.appName("kommunebench").getOrCreate()
    except Exception as error:
        raise PlatformError(_explain_start_failure(error)) from error


def _static_settings(environment: EnvironmentSettings) -> dict[str, str]:
    """Everything a session outside Databricks starts with."""
    values = SESSION_SETTINGS | DELTA_SETTINGS | SHARED_CORES | _delta_jars(environment)
    if environment.platform == "local":
        cores, cache = os.cpu_count() or 2, project_folder() / ".cache"
        values |= {
            "spark.master": environment.master or "local[*]",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.log.level": "OFF",  # messages of failing casts hold the value of the cell
            "spark.sql.shuffle.partitions": str(2 * cores),
            "spark.driver.memory": environment.driver_memory or "3g",
            "spark.driver.extraJavaOptions": java_options(environment, cache),
            "spark.sql.warehouse.dir": str(project_folder() / ".cache" / "warehouse"),
        }
    elif environment.master:
        values["spark.master"] = environment.master
    return values | environment.spark


def java_options(
    environment: EnvironmentSettings, cache: Path, reference: Path = _REFERENCE
) -> str:
    """Options of the local Java machine, those of the environment last; names of folders may have
    spaces. ``reference``: where the package's files for Java are."""
    options = [
        f'-Dderby.system.home="{cache}"',
        "-Duser.timezone=UTC",
        f'-Dlog4j2.configurationFile="{(reference / "log4j2.properties").as_uri()}"',
        # Plans over many registers generate much code: the default cache fills up and the compiler
        # stops.
        "-XX:ReservedCodeCacheSize=512m",
        # Spark compiles this code with a compiler written in Java (Janino), and parses types and
        # conditions with ANTLR. Both work for seconds only, but Java's optimising compiler took a
        # quarter of its time for them: here it leaves them to the quick one. Java says so in a
        # line, which shall not stand among a command's results.
        "-XX:+DisplayVMOutputToStderr",
        "-XX:+UnlockDiagnosticVMOptions",
        f'-XX:CompilerDirectivesFile="{reference / "java_compiler.json"}"',
        environment.java_options or "",
    ]
    return " ".join(options).strip()


def _delta_jars(environment: EnvironmentSettings) -> dict[str, str]:
    """Where the Delta jars come from: a folder, the folder `make setup` filled, the runtime itself,
    or the resolver."""
    folder = Path(environment.delta_jars) if environment.delta_jars else project_folder() / ".jars"
    jars = sorted(folder.glob("*.jar")) if folder.is_dir() else []
    if jars:
        return {"spark.jars": ",".join(str(jar) for jar in jars)}
    if environment.delta_jars:
        raise PlatformError(f"delta_jars: {folder} holds no jar.")
    if _delta_in_spark_home() or environment.platform == "cluster":
        return {}
    from importlib.metadata import PackageNotFoundError, version

    try:
        delta = version("delta-spark")
    except PackageNotFoundError as error:
        raise PlatformError(
            "delta-spark is not installed: `make setup`, or `pip install kommunebench[local]`."
        ) from error
    spark_minor = ".".join(version("pyspark").split(".")[:2])
    return {"spark.jars.packages": f"io.delta:delta-spark_{spark_minor}_2.13:{delta}"}


def _delta_in_spark_home() -> bool:
    home = os.environ.get("SPARK_HOME")
    return bool(home) and any(Path(str(home), "jars").glob("delta-spark*.jar"))


def _prepare_local_machine() -> None:
    """Point Java at the runtime `make setup` installed where the machine has none; keep Spark on
    the loopback address."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    java = project_folder() / ".java"
    if "JAVA_HOME" not in os.environ and (java / "bin" / "java").exists():
        os.environ["JAVA_HOME"] = str(java)


def _set_session_values(session: "SparkSession", values: dict[str, str]) -> None:
    """Run-time values on a session that is not ours; a refused one is reported, not fatal
    (serverless refuses some)."""
    import logging

    for key, value in values.items():
        try:
            session.conf.set(key, value)
        except Exception as error:
            logging.getLogger(__name__).warning("setting=%s refused=%s", key, type(error).__name__)


def _explain_start_failure(error: Exception) -> str:
    return (
        f"Spark did not start ({type(error).__name__}). It needs Java 17 or 21 (JAVA_HOME or PATH)"
        " and the Delta jars. Three ways to supply the jars: `make setup` (fills .jars/ from the"
        " package index), `delta_jars:` in the environment file naming a folder, or the jars in"
        " $SPARK_HOME/jars. A half-filled ~/.m2 or ~/.ivy2 (descriptions without jars) makes the"
        " resolver fail: remove it and run `make setup` again."
    )
