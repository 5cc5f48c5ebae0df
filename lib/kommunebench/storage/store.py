"""Where the tables of a store are: in a folder of any file system Spark knows, or in
catalog.schema."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kommunebench.errors import ConfigError
from kommunebench.places import has_scheme, is_databricks_folder, local_path, local_uri
from kommunebench.settings import EnvironmentSettings
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True, slots=True)
class Store:
    """Where the tables of a store are, and the Spark session that reaches them. Raises ConfigError
    as `check_location` does."""

    spark: "SparkSession"
    location: str
    environment: EnvironmentSettings
    is_catalog: bool = field(init=False)

    def __post_init__(self) -> None:
        check_location(self.location, self.environment)
        object.__setattr__(self, "is_catalog", _names_a_schema(self.location, self.environment))

    def identifier(self, table: Table) -> str:
        """The table as SQL names it, quoted."""
        if self.is_catalog:
            return f"{self.schema()}.{_quoted_name(table.name)}"
        return f"delta.`{self.location_of(table).replace('`', '``')}`"

    def schema(self) -> str:
        """The schema of a store in a catalog as SQL names it, quoted."""
        return ".".join(map(_quoted_name, self.location.split(".")))

    def path(self, table: Table) -> str:
        """Folder of a table of a store on a file system, as this process reaches it."""
        return self._folder(table.layer, table.name)

    def location_of(self, table: Table) -> str:
        """The same as Spark is told it."""
        folder = self.path(table)
        return folder if self.local_folder() is None else local_uri(Path(folder))

    def _folder(self, layer: str, name: str) -> str:
        local = self.local_folder()
        root = self.location.rstrip("/") if local is None else str(local.resolve())
        return f"{root}/{layer}/{name}"

    def source_of(self, qualified_name: str) -> dict[str, str]:
        """Where a table lies, by its qualified name, in the words of MLflow's dataset source: a
        folder or a catalog's table."""
        layer, name = qualified_name.split(".")
        if self.is_catalog:
            return {"delta_table_name": f"{self.location}.{name}"}
        return {"path": self._folder(layer, name)}

    def local_folder(self) -> Path | None:
        """The store as a local folder, None where it is a catalog or on another file system."""
        if self.is_catalog:
            return None
        return local_path(self.location)


def check_location(location: str, environment: EnvironmentSettings) -> None:
    """Raise ConfigError for a location that no tables can be kept at. On Databricks that is a path
    relative to a folder of the driver, whose disk goes with the cluster, and the volumes and
    workspace files, which are for files and none of a table's places (Databricks documentation,
    "What are Unity Catalog volumes?")."""
    if environment.platform != "databricks" or _is_two_names(location):
        return
    if is_databricks_folder(location):
        raise ConfigError(
            f"--store {location}: volumes and workspace folders hold files, not tables. Give"
            " catalog.schema, or a location of an object store (abfss://…, s3://…, gs://…)."
        )
    if not has_scheme(location) and not location.startswith("/"):
        raise ConfigError(
            f"--store {location}: this is neither catalog.schema, nor a location with a scheme"
            " (abfss://…, s3://…), nor an absolute path. On Databricks it would be a folder of the"
            " driver's disk, which is lost with the cluster. Give catalog.schema."
        )


def _is_two_names(location: str) -> bool:
    """Whether a location is written as catalog.schema. Which letters a name may have is for the
    catalog to say; a slash, a blank or a scheme makes a path."""
    parts = location.split(".")
    return len(parts) == 2 and all(parts) and not any(c in "/\\" or c.isspace() for c in location)


def _names_a_schema(location: str, environment: EnvironmentSettings) -> bool:
    """Whether a location is catalog.schema. On a laptop only a catalog Spark was told of is one, so
    that a new folder may be called results.v2."""
    if not _is_two_names(location):
        return False
    if environment.platform != "local":
        return True
    known = {"spark_catalog"} | {
        key.split(".")[3] for key in environment.spark if key.startswith("spark.sql.catalog.")
    }
    return location.partition(".")[0] in known and not Path(location).exists()


def _quoted_name(name: str) -> str:
    """A name of Spark SQL, which may have any letters."""
    return "`" + name.replace("`", "``") + "`"


def quoted(text: str) -> str:
    """A string literal of Spark SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@dataclass(frozen=True, slots=True)
class TableVersion:
    """A table and the version read or written; ``rows``: how many rows that version's commit wrote,
    None where nobody counted."""

    table: str
    version: int
    rows: int | None = None
