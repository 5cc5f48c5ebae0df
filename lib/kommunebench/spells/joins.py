"""Which side of a join is small enough to be sent to every task whole."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# A person of a population has a handful of rows in a register's window, of some fifty bytes: rows
# of so many persons take some tens of megabytes in every task.
BROADCAST_PERSONS = 200_000


def are_few(persons: "DataFrame") -> bool:
    """Whether a population has at most BROADCAST_PERSONS, so that what is known of it by person is
    the small side of a join. Counts ``persons``, whose making should therefore be cheap."""
    # A count by way of a limit stops where the answer is known.
    return persons.limit(BROADCAST_PERSONS + 1).count() <= BROADCAST_PERSONS


def small_side(rows: "DataFrame", few: bool) -> "DataFrame":
    """Rows of a population's persons as the small side of a join: broadcast where the persons are
    ``few``, else left to Spark, which then moves both sides.

    Spark cannot tell by itself that these rows are few: it knows the size of the register they are
    taken from.
    """
    return F.broadcast(rows) if few else rows


def only_those_of(rows: "DataFrame", keys: "DataFrame", few: bool) -> "DataFrame":
    """The rows of a register that a join by the columns of ``keys`` looks for: all others are left
    out before anything is moved between tasks. Of many persons all rows, which move once."""
    return rows.join(F.broadcast(keys), keys.columns, "left_semi") if few else rows
