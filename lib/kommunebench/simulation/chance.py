"""Chance that depends on the seed and the row only, never on the partition; identities on a day."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column


def chance(seed: int, *parts: "Column | str") -> "Column":
    """A number in [0, 1) from the seed and the parts."""
    bits = F.xxhash64(F.lit(seed), *(F.col(p) if isinstance(p, str) else p for p in parts))
    return F.pmod(bits, F.lit(1_000_003)) / F.lit(1_000_003.0)


def identity_on(day: "Column") -> "Column":
    """The person's identity on a day: a few were given a second one at some time."""
    return F.when(
        F.coalesce(day >= F.col("renumbered"), F.lit(False)), F.col("second_id")
    ).otherwise(F.col("person_id"))


def present_on(day: "Column") -> "Column":
    """Whether a person is born, arrived, alive and not abroad on a day."""
    return (
        F.coalesce(F.col("arrival") <= day, F.lit(True))
        & (F.col("birth_date") <= day)
        & F.coalesce(F.col("death_date") > day, F.lit(True))
        & ~(
            F.coalesce(F.col("left_date") <= day, F.lit(False))
            & F.coalesce(F.col("back_date") > day, F.lit(True))
        )
    )
