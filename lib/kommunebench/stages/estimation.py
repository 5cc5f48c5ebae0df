"""Where the chain runs: over blocks in memory on the driver, or over blocks in Spark tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Floats, MemoryBlocks
from kommunebench.benchmark.blocks.layout_json import layout_from_json
from kommunebench.benchmark.blocks.records import RecordLayout, memory_blocks
from kommunebench.benchmark.blocks.shared_passes import side_by_side
from kommunebench.benchmark.bootstrap.replicates import bootstrap_performance
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.models import WITHIN
from kommunebench.benchmark.comparison.table import UnitFacts
from kommunebench.benchmark.durations.chain import ChainEstimate, with_baselines
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.in_memory import fit_models
from kommunebench.benchmark.model.block_fit import fit_over_blocks
from kommunebench.benchmark.model.national import ModelChoice, NationalModel
from kommunebench.silver import MODEL_LAYOUT, MODEL_PERSONS, MODEL_UNITS
from kommunebench.stages.blocks import SparkBlocks, tasks_for_spells
from kommunebench.stages.packed_spells import read_records
from kommunebench.stages.replicates import ReplicateWork, run_replicates
from kommunebench.stages.stage import StageInputs

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedSpells:
    """The packed spells of an analysis and what is known of their units."""

    spark: "SparkSession"
    packed: "DataFrame"
    layout: RecordLayout
    facts: UnitFacts
    measure: Measure
    indicator: Indicator
    choice: ModelChoice


@dataclass(frozen=True, slots=True)
class InMemory:
    """The spells on the driver; replicates are Spark tasks."""

    spells: PackedSpells
    records: np.ndarray
    keys: np.ndarray
    blocks: MemoryBlocks

    def fit(self, names: Sequence[str]) -> dict[str, tuple[NationalModel, ...]]:
        """The models of these names with their baselines."""
        return fit_models(self.blocks, self.spells.layout, self.spells.choice, names)

    def bootstrap(self, chain: ChainEstimate, replicates: int, seed: int) -> Floats:
        """Performances (R, K, 2) of replicates 0 … R - 1, made by tasks that get all spells."""
        work = ReplicateWork(
            records=self.records,
            keys=self.keys,
            layout=self.spells.layout,
            models=chain.models,
            measure=chain.measure,
            indicator=self.spells.indicator,
            seed=seed,
        )
        return run_replicates(self.spells.spark, work, replicates)


@dataclass(frozen=True, slots=True)
class InTasks:
    """The spells in blocks inside Spark tasks; no spell reaches the driver."""

    spells: PackedSpells
    blocks: SparkBlocks

    def fit(self, names: Sequence[str]) -> dict[str, tuple[NationalModel, ...]]:
        """The models of these names with their baselines; their passes over the spells are
        shared."""
        layout, choice = self.spells.layout, self.spells.choice

        def fit(position: int, seat: Blocks) -> tuple[NationalModel, ...]:
            within = names[position] == WITHIN
            models = fit_over_blocks(seat, layout, choice, unit_effects=within)
            return with_baselines(seat, models)

        return dict(zip(names, side_by_side(self.blocks, fit, len(names)), strict=True))

    def bootstrap(self, chain: ChainEstimate, replicates: int, seed: int) -> Floats:
        """Performances (R, K, 2) of replicates 0 … R - 1, a batch at a time over all blocks."""
        return bootstrap_performance(
            self.blocks,
            chain.models,
            chain.measure,
            self.spells.indicator,
            replicates=range(replicates),
            seed=seed,
        )


def read_packed(inputs: StageInputs) -> PackedSpells:
    """The packed spells of a run's analysis."""
    settings = inputs.settings
    layout = layout_from_json(inputs.rows(MODEL_LAYOUT)["layout"][0].as_py())
    units = inputs.rows(MODEL_UNITS).to_pandas().sort_values("municipality_code")
    n_spells = units["spells"].to_numpy(float)
    is_known = units["followed"].sum() == n_spells.sum()
    facts = UnitFacts(
        names=layout.unit_names,
        persons=units["persons"].to_numpy(float),
        events_ever=units["events"].to_numpy(float),
        short_follow_up=units["short"].to_numpy(float) / n_spells
        if is_known
        else np.full(len(n_spells), np.nan),
    )
    return PackedSpells(
        spark=inputs.spark,
        packed=inputs.read(MODEL_PERSONS),
        layout=layout,
        facts=facts,
        measure=Measure.named(settings.measure, layout.horizon),
        indicator=Indicator(settings.indicator, settings.measure),
        choice=ModelChoice(
            settings.model.ties, settings.model.baseline, settings.model.piecewise_cuts
        ),
    )


def choose_engine(inputs: StageInputs, spells: PackedSpells) -> InMemory | InTasks:
    """The engine of the settings; ``auto`` takes the memory of the driver up to
    model.collect_limit_cells spells times columns, those of the units included, because a fit
    within units writes them out."""
    model = inputs.settings.model
    engine = model.engine
    n_spells = sum(inputs.rows(MODEL_UNITS)["spells"].to_pylist())
    if engine == "auto":
        cells = n_spells * spells.layout.most_columns
        engine = "spark" if cells > model.collect_limit_cells else "arrays"
    if engine == "spark":
        n_tasks = tasks_for_spells(n_spells, spells.layout)
        return InTasks(spells, SparkBlocks(spells.packed, spells.layout, n_tasks))
    records, keys = collect_records(spells)
    return InMemory(spells, records, keys, memory_blocks(records, keys, spells.layout))


def collect_records(spells: PackedSpells) -> tuple[np.ndarray, np.ndarray]:
    """The records (n,) and person keys (n,) on the driver, in an order that does not depend on
    partitions."""
    table = spells.packed.select("person_key", "records").toArrow().sort_by("person_key")
    return read_records(table, spells.layout)
