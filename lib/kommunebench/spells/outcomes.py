"""Tables 2.1 and 2.2: spells by outcome, sex and residence basis; and which municipalities are
compared."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.risk_sets import count_risk_sets

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

__all__ = [
    "compared_municipalities",
    "count_by_place",
    "count_outcomes",
    "count_risk_sets",
    "keep_compared",
    "kind_of_basis",
    "others_than_family",
]

TOTAL = "total"
REFUGEE, FAMILY_REUNIFIED = "refugee", "family_reunified"
NOT_FAMILY_REUNIFIED = "not_family_reunified"


def compared_municipalities(spells: "DataFrame", min_spells: int) -> "DataFrame":
    """municipality_code of the municipalities that have enough spells to be compared."""
    sizes = spells.groupBy("municipality_code").agg(F.count(F.lit(1)).alias("size"))
    return sizes.where(F.col("size") >= min_spells).select("municipality_code")


def keep_compared(spells: "DataFrame", min_spells: int) -> "DataFrame":
    """Spells of the municipalities that have enough of them to be compared."""
    return spells.join(
        F.broadcast(compared_municipalities(spells, min_spells)), "municipality_code", "left_semi"
    )


def count_outcomes(spells: "DataFrame") -> "DataFrame":
    """breakdown, value, outcome, spells, share, mean_weeks.

    breakdown is sex or residence_basis, its values with total. ``share`` is of the value's spells.
    ``mean_weeks`` of outcome total is over all spells by their length as it was, of outcome success
    over those alone.
    """
    rows = _by_place(spells).select(
        "place.*", F.explode(F.array("outcome", F.lit(TOTAL))).alias("outcome"), "duration"
    )
    counted = rows.groupBy("breakdown", "value", "outcome").agg(
        F.count(F.lit(1)).alias("spells"), F.avg("duration").alias("mean_weeks")
    )
    totals = counted.where(F.col("outcome") == TOTAL).select(
        "breakdown", "value", F.col("spells").alias("all_spells")
    )
    shares = counted.join(F.broadcast(totals), ["breakdown", "value"], "inner")
    return shares.withColumn("share", F.col("spells") / F.col("all_spells")).drop("all_spells")


def count_by_place(spells: "DataFrame") -> "DataFrame":
    """breakdown, value, week, events, censored: weekly counts for each value's pooled curve."""
    rows = _by_place(spells).select("place.*", "duration", "event")
    return rows.groupBy("breakdown", "value", F.col("duration").alias("week")).agg(
        F.sum("event").alias("events"), F.sum(1 - F.col("event")).alias("censored")
    )


def _by_place(spells: "DataFrame") -> "DataFrame":
    """Each spell once per cell it counts in: its sex, its residence basis where it is known, and
    the total of both breakdowns."""
    cells = (
        ("sex", F.col("sex")),
        ("sex", F.lit(TOTAL)),
        ("residence_basis", kind_of_basis()),
        ("residence_basis", F.lit(TOTAL)),
    )
    places = F.array(
        *(F.struct(F.lit(name).alias("breakdown"), value.alias("value")) for name, value in cells)
    )
    rows = spells.select(F.explode(places).alias("place"), "outcome", "duration", "event")
    return rows.where(F.col("place.value").isNotNull())


def others_than_family(settings: AnalysisSettings) -> str:
    """What spells are called whose residence basis is not family reunification: they are of
    refugees, except among immigrants, most of whom have no permit that is known."""
    return REFUGEE if settings.immigrants is None else NOT_FAMILY_REUNIFIED


def kind_of_basis(others: str = REFUGEE) -> "Column":
    """family_reunified or the ``others``, by the residence basis of a spell; null where it is
    missing."""
    basis = F.col("residence_basis")
    return F.when(basis.startswith("family"), F.lit(FAMILY_REUNIFIED)).when(
        basis.isNotNull(), F.lit(others)
    )
