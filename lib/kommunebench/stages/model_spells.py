"""The spells a model is fitted to, whichever way the analysis starts: one frame with the same
columns."""

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from kommunebench.benchmark.design import CovariateSpec
from kommunebench.silver import SPELLS
from kommunebench.spell_files import IMPORTED_SPELLS
from kommunebench.stages.stage import StageInputs

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame

# Where the spells of a model come from: made from registers, or imported.
SPELL_TABLES = (SPELLS, IMPORTED_SPELLS)
KEYS = (
    "spell_id",
    "person_id",
    "model_group",
    "municipality_code",
    "duration",
    "potential_follow_up",
    "event",
)


def model_spells(inputs: StageInputs) -> "DataFrame":
    """KEYS and one column per covariate of the settings; numbers as double, categories as text."""
    settings = inputs.settings
    if settings.starts_from == "spells":
        spells = inputs.read(IMPORTED_SPELLS)
        covariates = {
            c.column: F.try_element_at("covariates", F.lit(c.column))
            for c in settings.model.covariates
        }
    else:
        group = F.col(settings.model.group) if settings.model.group else F.lit("all")
        spells = inputs.read(SPELLS).withColumn("model_group", group)
        covariates = {c.column: F.col(c.column) for c in settings.model.covariates}
    kinds = {
        c.column: "string" if c.kind == "category" else "double" for c in settings.model.covariates
    }
    named = (covariates[name].cast(kind).alias(name) for name, kind in kinds.items())
    return spells.select(*KEYS, *named)


def collect_spells(inputs: StageInputs) -> "pd.DataFrame":
    """The spells on the driver in a fixed order, so that no result depends on partitions. Only up
    to model.collect_limit_rows."""
    return model_spells(inputs).toPandas().sort_values(["spell_id"], ignore_index=True)


def covariate_specs(inputs: StageInputs) -> tuple[CovariateSpec, ...]:
    """The covariates as the benchmark's functions take them."""
    return tuple(
        CovariateSpec(c.column, c.kind, c.column if c.prefix is None else c.prefix, c.reference)
        for c in inputs.settings.model.covariates
    )
