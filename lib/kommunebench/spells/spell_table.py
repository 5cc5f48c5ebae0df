"""Spells of an analysis with their covariates."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.settings import AnalysisSettings
from kommunebench.spells.covariates import add_covariates_of_spells
from kommunebench.spells.registers import RegisterFrames

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

SUCCESS, MOVED = "success", "moved_municipality"
END_OF_FOLLOW_UP, END_OF_DATA = "end_of_follow_up", "end_of_data"
# Table 2.1's three outcomes (method, section 4).
UNFINISHED = (MOVED, END_OF_FOLLOW_UP, END_OF_DATA)


def build_spells(
    candidates: "DataFrame",
    population: "DataFrame",
    registers: RegisterFrames,
    settings: AnalysisSettings,
) -> "DataFrame":
    """The candidates that count (rows of find_spell_candidates), in the columns of silver.spells
    without the analysis."""
    kept = candidates.where(F.col("lost").isNull())
    spells = add_covariates_of_spells(kept, population, registers, settings)
    return spells.withColumns(
        {
            "spell_id": spell_id(),
            "duration": F.col("end_week") - F.col("start_week"),
            "potential_follow_up": F.col("last_followed_week") - F.col("start_week"),
            "outcome": outcome_of(F.col("end_reason")),
            # Measured for immigrants in a spell only.
            "education": F.lit(None).cast("string"),
            "remarks": F.lit(None).cast("array<string>"),
        }
    )


def spell_id() -> "Column":
    """The id of a spell: its person's, and its start week with at least three digits."""
    return F.concat_ws("-", "person_id", F.format_string("%03d", "start_week"))


def outcome_of(end_reason: "Column") -> "Column":
    """success, unfinished (moved, still open) or left."""
    return (
        F.when(end_reason == SUCCESS, F.lit("success"))
        .when(end_reason.isin(*UNFINISHED), F.lit("unfinished"))
        .otherwise(F.lit("left"))
    )
