"""Rows of one person in one place, so that everything after it happens without moving rows between
tasks."""

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Some 160 weeks each: about 800,000 rows of the weekly panel, a few seconds of work. The number of
# tasks follows from the persons, because Spark sees only few small rows before they become weeks
# and would put them all into one task.
PERSONS_A_TASK = 5_000


def tasks_for(persons: "DataFrame") -> int:
    """In how many tasks the weeks of these persons are made and read."""
    return max(1, ceil(persons.count() / PERSONS_A_TASK))


def by_person(frame: "DataFrame", n_tasks: int) -> "DataFrame":
    """The same rows, those of one person in one of ``n_tasks`` partitions."""
    return frame.repartition(n_tasks, "person_id")
