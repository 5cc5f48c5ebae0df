"""Arrays with one place a week of a person."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column


def from_week_0(values: "Column", offset: "Column", length: "Column") -> "Column":
    """Values of weeks 0 to length - 1 from an array whose place ``offset`` is week 0; null before
    its first."""
    padded = F.concat(F.array_repeat(F.lit(None).cast("string"), -offset), values)
    return F.when(offset < 0, F.slice(padded, F.lit(1), length)).otherwise(
        F.slice(values, offset + 1, length)
    )
