"""Weekly counts of how spells end, by the breakdowns of table 2.1 and 2.2."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.spells.outcomes import REFUGEE, kind_of_basis
from kommunebench.spells.spell_table import UNFINISHED

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# The competing ends; a spell that is still followed at its end is censored (``open``).
SUCCESS, LEFT, MOVED, OPEN = "success", "left", "moved", "open"
COMPETING_ENDS = (SUCCESS, LEFT, MOVED)


def count_ends(spells: "DataFrame", others: str = REFUGEE) -> "DataFrame":
    """breakdown, value, week, end, spells: of all spells, by sex, and by residence basis
    (family_reunified and the ``others``; left out where it is missing)."""
    cells = (
        ("all", F.lit("all")),
        ("sex", F.col("sex")),
        ("residence_basis", kind_of_basis(others)),
    )
    places = F.array(
        *(F.struct(F.lit(name).alias("breakdown"), value.alias("value")) for name, value in cells)
    )
    rows = spells.select(
        F.col("duration").alias("week"),
        _end(F.col("end_reason")).alias("end"),
        F.explode(places).alias("place"),
    ).where(F.col("place.value").isNotNull())
    return rows.groupBy("place.breakdown", "place.value", "week", "end").agg(
        F.count(F.lit(1)).alias("spells")
    )


def _end(end_reason: "Column") -> "Column":
    move, *still_open = UNFINISHED
    return (
        F.when(end_reason == "success", F.lit(SUCCESS))
        .when(end_reason == move, F.lit(MOVED))
        .when(end_reason.isin(*still_open), F.lit(OPEN))
        .otherwise(F.lit(LEFT))
    )
