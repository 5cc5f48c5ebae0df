"""Where a run happens: Spark master, store, tracking server, Spark settings."""

from typing import Literal

from pydantic import Field

from kommunebench.settings.analysis import Settings


class EnvironmentSettings(Settings):
    """One YAML file in conf/env."""

    name: str = Field(description="name of the environment; that of its file in conf/env")
    platform: Literal["local", "cluster", "databricks"] = Field(
        "local", description="a laptop; a cluster that spark-submit reaches; Databricks"
    )
    master: str | None = Field(
        None, description="Spark master; none on a platform that brings its own session"
    )
    driver_memory: str | None = Field(
        None, description="memory of the local Java machine, e.g. 2g; none: 3g"
    )
    java_options: str | None = Field(
        None, description="further options of the local Java machine (garbage collector, compiler)"
    )
    tracking_uri: str | None = Field(
        None, description="MLflow server; none: an SQLite file in the store"
    )
    experiment: str = Field("kommunebench", description="MLflow experiment of the runs")
    delta_jars: str | None = Field(
        None,
        description=(
            "folder with the Delta jars; none: those of make setup (.jars/), else of the"
            " Spark installation, else from the package index"
        ),
    )
    staging_folder: str | None = Field(
        None,
        description="folder that the driver and all workers reach under this path (a mounted disk,"
        " /Volumes/…), where SAS files are kept as Parquet while a delivery is read; {catalog} and"
        " {schema} stand for those of the store, and nothing is kept where that folder is not"
        " there; none: STORE/staging where the store is a folder, else nothing is kept",
    )
    cluster_tables: bool = Field(
        False, description="true: tables are created with CLUSTER BY (catalogs)"
    )
    log_retention: str | None = Field(None, description="Delta property, e.g. 'interval 30 days'")
    deleted_file_retention: str | None = Field(
        None, description="Delta property: how long files of former versions are kept"
    )
    lease_seconds: int = Field(
        600,
        ge=30,
        description="after this time without a sign of life another run may take over",
    )
    spark: dict[str, str] = Field(default_factory=dict, description="further Spark settings")
