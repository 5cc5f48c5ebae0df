"""Which side of a join is small enough to be sent to every task whole."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# A person of a population has a handful of rows in a register's window, of some fifty bytes: rows
# of so many persons take some tens of megabytes in every task.
BROADCAST_PERSONS = 200_000


def small_side(rows: "DataFrame", persons: "DataFrame") -> "DataFrame":
    """Rows of a population's persons as the small side of a join: broadcast for a population of at
    most BROADCAST_PERSONS, else left to Spark, which then moves both sides.

    Spark cannot tell by itself that these rows are few: it knows the size of the register they are
    taken from.
    """
    # A count by way of a limit stops where the answer is known.
    few = persons.limit(BROADCAST_PERSONS + 1).count() <= BROADCAST_PERSONS
    return F.broadcast(rows) if few else rows
