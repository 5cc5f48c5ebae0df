"""The Spark engine: spells packed once, every step of the chain a sum over blocks in tasks. No
spell reaches the driver."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyspark.sql import functions as F

from kommunebench.benchmark.block_bootstrap import bootstrap_blocks
from kommunebench.benchmark.block_chain import BlockChain, estimate_blocks
from kommunebench.benchmark.block_models import BlockModel, proportionality_over
from kommunebench.benchmark.chain import UnitEstimates
from kommunebench.benchmark.design import UnitColumns
from kommunebench.benchmark.influence import LogIndicatorCovariance, covariance_over
from kommunebench.benchmark.spell_arrays import Floats
from kommunebench.benchmark.spell_records import RecordLayout
from kommunebench.errors import InputError
from kommunebench.silver import MODEL_PERSONS
from kommunebench.stages.blocks import SparkBlocks, pack_spells, plan_designs
from kommunebench.stages.model_spells import covariate_specs, model_spells
from kommunebench.stages.stage import StageInputs
from kommunebench.storage import materialise

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Where the cluster does not say how many partitions a shuffle has.
_PARTITIONS = 200


@dataclass(frozen=True, slots=True)
class SparkEstimation:
    """A chain estimated over blocks: stages.estimation.Estimation. ``facts``: per unit, what a
    native aggregation counts."""

    blocks: SparkBlocks
    facts: pd.DataFrame
    chain: BlockChain

    @property
    def units(self) -> UnitEstimates:
        """Every unit's durations."""
        point, size = self.chain.point, self.facts["spells"].to_numpy(float)
        known = self.facts["followed"].sum() == size.sum()
        short = self.facts["short"].to_numpy(float) / size if known else np.full(len(size), np.nan)
        return UnitEstimates(
            self.blocks.layout.unit_names,
            size,
            self.facts["persons"].to_numpy(float),
            self.facts["events"].to_numpy(float),
            short,
            point.counts,
            self.chain.observed,
            point.expected,
            point.robust,
        )

    @property
    def models(self) -> Sequence[BlockModel]:
        """Every group's model."""
        return self.chain.models

    def proportionality(self) -> pd.DataFrame:
        """The rows of gold.proportionality, from one more pass."""
        return proportionality_over(self.blocks, self.chain.models)

    def expected_durations(self) -> "DataFrame":
        """The rows of gold.expected_durations, made in the tasks that write them."""
        return self.blocks.durations(self.chain.point.models)

    def covariance(self) -> LogIndicatorCovariance:
        """Covariance of the log indicators over units: influences summed by person in tasks."""
        return covariance_over(self.blocks, self.chain.point)

    def bootstrap(self, replicates: int, seed: int) -> Floats:
        """Log indicators (R, K, 2) of replicates 0 … R - 1, a few at a time over all blocks."""
        return bootstrap_blocks(self.blocks, self.chain.models, replicates, seed)


def estimate_spark(inputs: StageInputs) -> SparkEstimation:
    """The chain over blocks. Raises InputError and ConvergenceError as the arrays engine."""
    settings = inputs.settings
    spells, horizon = model_spells(inputs), settings.observation.horizon_weeks
    facts = unit_facts(spells, horizon)
    groups = sorted(row[0] for row in spells.select("model_group").distinct().collect())
    specs = covariate_specs(inputs)
    designs = plan_designs(spells, tuple(groups), specs)
    names = tuple(facts["municipality_code"])
    effects = _unit_columns(spells, names, groups) if settings.model.municipality_effects else None
    layout = RecordLayout(names, tuple(groups), designs, horizon, effects)
    partitions = shuffle_partitions(inputs)
    packed = pack_spells(spells, layout, specs, partitions)
    analysis = f"analysis = '{settings.name}'"
    metadata = {"stage": "model_persons", "run_id": inputs.run_id, "analysis": settings.name}
    kept = materialise(
        inputs.store, MODEL_PERSONS, inputs.own(MODEL_PERSONS, packed), analysis, metadata
    )
    blocks = SparkBlocks(kept, layout, partitions)
    model = settings.model
    chain = estimate_blocks(
        blocks, layout.group_names, designs, model.ties, model.baseline, effects
    )
    return SparkEstimation(blocks, facts, chain)


def _unit_columns(
    spells: "DataFrame", names: Sequence[str], groups: Sequence[str]
) -> tuple[UnitColumns, ...]:
    """The columns of the units' effects of every group, from spells and events by group and unit."""
    counted = spells.groupBy("model_group", "municipality_code").agg(
        F.count(F.lit(1)).alias("n"), F.sum("event").alias("d")
    )
    found = counted.toPandas().set_index(["model_group", "municipality_code"])
    columns = []
    for group in groups:
        own = found.loc[group].reindex(list(names)).fillna(0)
        columns.append(
            UnitColumns.of_counts(own["n"].to_numpy(float), own["d"].to_numpy(float), names)
        )
    return tuple(columns)


def unit_facts(spells: "DataFrame", horizon: int) -> pd.DataFrame:
    """Per unit, in the order of their codes: spells, persons, events, followed (with known
    follow-up), short (of them below the horizon).

    Raises InputError naming column and count for values that cannot be used.
    """
    follow_up, duration = F.col("potential_follow_up"), F.col("duration")
    problems = {
        "municipality_code: missing": F.col("municipality_code").isNull(),
        "model_group: missing": F.col("model_group").isNull(),
        "person_id: missing": F.col("person_id").isNull(),
        "duration: missing, zero or negative": F.coalesce(duration < 1, F.lit(True)),
        "event: neither 0 nor 1": F.coalesce(~F.col("event").isin(0, 1), F.lit(True)),
        "potential_follow_up: shorter than the duration": F.coalesce(
            follow_up < duration, F.lit(False)
        ),
    }
    counted = spells.groupBy("municipality_code").agg(
        F.count(F.lit(1)).alias("spells"),
        F.count_distinct("person_id").alias("persons"),
        F.sum("event").alias("events"),
        F.count(follow_up).alias("followed"),
        F.count_if(follow_up < horizon).alias("short"),
        *(F.count_if(rule).alias(text) for text, rule in problems.items()),
    )
    found = counted.toPandas()
    if found.empty:
        raise InputError("spells: no rows.")
    total = int(found["spells"].sum())
    breaches = [
        f"{text} in {int(found[text].sum())} of {total} rows"
        for text in problems
        if found[text].sum()
    ]
    # Whether a short follow-up is an error depends on all spells having one, as in memory.
    if found["followed"].sum() < total:
        breaches = [text for text in breaches if not text.startswith("potential_follow_up")]
    if breaches:
        raise InputError("; ".join(breaches) + ".")
    return found.sort_values("municipality_code", ignore_index=True)


def shuffle_partitions(inputs: StageInputs) -> int:
    """How many parts the packed spells are written in: a cluster's shuffle partitions."""
    setting = inputs.spark.conf.get("spark.sql.shuffle.partitions")
    return int(setting) if setting and setting.isdigit() else _PARTITIONS
