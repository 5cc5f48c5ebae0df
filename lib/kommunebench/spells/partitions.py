"""Rows of one person in one place, so that everything after it happens without moving rows between
tasks."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Where the platform chooses the number itself ("auto"), adaptive planning would see few small rows
# before they are exploded into weeks, and put them all into one task.
_PARTITIONS_WHERE_AUTOMATIC = 64


def by_person(frame: "DataFrame") -> "DataFrame":
    """The same rows, those of one person in one partition, in as many partitions as the session
    shuffles into."""
    configured = frame.sparkSession.conf.get("spark.sql.shuffle.partitions") or ""
    number = int(configured) if configured.isdigit() else _PARTITIONS_WHERE_AUTOMATIC
    return frame.repartition(number, "person_id")
