"""Rows computed on the driver as Arrow tables with the declared columns of a table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_TYPES = {
    "string": pa.string(),
    "int": pa.int32(),
    "long": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"),
    "binary": pa.binary(),
}


def arrow_type(kind: str) -> pa.DataType:
    """Arrow's type for a declared one."""
    if kind.startswith("array<"):
        return pa.list_(arrow_type(kind.removeprefix("array<").removesuffix(">")))
    return _TYPES[kind]


def arrow_rows(columns: Mapping[str, str], rows: Sequence[Sequence[object]]) -> pa.Table:
    """Rows with their values in the order of the declared columns."""
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    arrays = [
        pa.array(list(column), arrow_type(kind))
        for column, kind in zip(values, columns.values(), strict=True)
    ]
    return pa.Table.from_arrays(arrays, names=list(columns))


def collected_rows(frame: "DataFrame", columns: Mapping[str, str]) -> pa.Table:
    """The rows of a Spark frame of the declared columns."""
    declared = pa.schema([(name, arrow_type(kind)) for name, kind in columns.items()])
    return frame.toArrow().cast(declared)


def spark_frame(spark: "SparkSession", rows: pa.Table, columns: Mapping[str, str]) -> "DataFrame":
    """The same as a Spark frame."""
    listing = ", ".join(f"{name} {columns[name]}" for name in rows.column_names)
    return spark.createDataFrame([tuple(row.values()) for row in rows.to_pylist()], listing)
