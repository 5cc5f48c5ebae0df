"""Where the tables of a store are: in a folder of any file system Spark knows, or in
catalog.schema."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kommunebench.places import local_path, local_uri
from kommunebench.settings import EnvironmentSettings
from kommunebench.tables import Table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True, slots=True)
class Store:
    """Where the tables of a store are, and the Spark session that reaches them."""

    spark: "SparkSession"
    location: str
    environment: EnvironmentSettings
    is_catalog: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_catalog", _names_a_schema(self.location, self.environment))

    def identifier(self, table: Table) -> str:
        """The table as SQL names it, quoted."""
        if self.is_catalog:
            return ".".join(f"`{name}`" for name in (*self.location.split("."), table.name))
        return f"delta.`{self.location_of(table).replace('`', '``')}`"

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


def _names_a_schema(location: str, environment: EnvironmentSettings) -> bool:
    """Whether a location is catalog.schema. On a laptop only a catalog Spark was told of is one, so
    that a new folder may be called results.v2."""
    parts = location.split(".")
    if len(parts) != 2 or not all(name.isidentifier() for name in parts):
        return False
    if Path(location).exists():
        return False
    known = {"spark_catalog"} | {
        key.split(".")[3] for key in environment.spark if key.startswith("spark.sql.catalog.")
    }
    return environment.platform != "local" or parts[0] in known


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
