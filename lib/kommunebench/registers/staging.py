"""SAS files staged as Parquet: a register is read several times (checked, then written), its SAS
files only once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.registers.fingerprints import combined
from kommunebench.registers.locations import AnyPath, spark_location, written_location
from kommunebench.registers.sas_files import SasPart, read_parts

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_PLACES = ("file_number", "unreadable", "row_file", "row_number")


@dataclass(frozen=True, slots=True)
class Staging:
    """A folder that all workers reach, in which SAS files are kept as Parquet until the delivery is
    in the store. It holds rows of persons."""

    folder: AnyPath

    def remove(self) -> None:
        """Take everything staged away; on a file system that only Spark reaches it stays."""
        if isinstance(self.folder, Path):
            rmtree(self.folder, ignore_errors=True)


def open_sas(
    spark: "SparkSession",
    parts: Sequence[SasPart],
    states: Sequence[object],
    names: Sequence[str],
    *,
    types: dict[str, str],
    staging: Staging | None,
) -> "DataFrame":
    """The named columns of SAS files of equal shape, and where each row stands.

    With ``staging`` the files are read now, unless they are staged already, and the frame is that
    of the staged files; else they are read anew whenever the frame is gone through. ``states``:
    what a file's staged rows depend on beside its path (size, time of change).
    """
    frame = read_parts(spark, parts, names, types)
    if staging is None:
        return frame
    by_place = [f"c{place}" for place, _ in enumerate(names)]
    key = combined([*parts, *states, *names])
    target = staging.folder / key
    finished = isinstance(target, Path) and (target / "_SUCCESS").is_file()
    if not finished:
        frame.toDF(*by_place, *_PLACES).write.mode("overwrite").parquet(written_location(target))
    kinds = ["string" if types[name] == "string" else "double" for name in names]
    schema = ", ".join(
        [
            *(f"{name} {kind}" for name, kind in zip(by_place, kinds, strict=True)),
            "file_number int, unreadable string, row_file string, row_number long",
        ]
    )
    staged = spark.read.schema(schema).parquet(spark_location(target))
    renamed = [F.col(place).alias(name) for place, name in zip(by_place, names, strict=True)]
    return staged.select(*renamed, *_PLACES)
