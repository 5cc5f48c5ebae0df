"""The packed spells with their facts, in memory or inside Spark tasks."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from kommunebench.benchmark.blocks.block import SpellBlock, Sums
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.checks.facts import FactBlocks, Facts, MemoryFacts, Recoded
from kommunebench.silver import MODEL_LAYOUT, MODEL_PERSONS
from kommunebench.stages.blocks import sum_over_tasks
from kommunebench.stages.estimation import InMemory, InTasks
from kommunebench.stages.packed_spells import read_facts
from kommunebench.stages.spell_facts import fact_of
from kommunebench.stages.stage import StageInputs

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

S = TypeVar("S", bound=Sums)


@dataclass(frozen=True, slots=True)
class SparkFacts:
    """Blocks with facts of the rows of silver.model_persons, on a cluster."""

    packed: "DataFrame"
    layout: RecordLayout
    n_tasks: int
    fact_names: tuple[str, ...]

    def total_with_facts(self, sums_of: Callable[[SpellBlock, Facts], S]) -> S:
        """As FactBlocks: one pass over all spells."""
        return sum_over_tasks(
            self.packed, self.layout, self.n_tasks, sums_of, fact_names=self.fact_names
        )

    def recoded(self, recode: Callable[[SpellBlock, Facts], SpellBlock]) -> Recoded:
        """As FactBlocks, made anew in every pass."""
        return Recoded(self, recode)


def read_labels(inputs: StageInputs) -> dict[str, list[str]]:
    """The labels of each fact's codes, by fact; empty where the spells have none."""
    labels = json.loads(inputs.rows(MODEL_LAYOUT)["facts"][0].as_py())
    return {fact_of(column): names for column, names in labels.items()}


def fact_blocks(
    inputs: StageInputs, engine: InMemory | InTasks, fact_names: tuple[str, ...]
) -> FactBlocks:
    """The blocks of an engine with their facts."""
    if isinstance(engine, InTasks):
        blocks = engine.blocks
        return SparkFacts(blocks.packed, blocks.layout, blocks.n_tasks, fact_names)
    table = inputs.read(MODEL_PERSONS).select("person_key", "facts").toArrow()
    return MemoryFacts(engine.blocks, read_facts(table.sort_by("person_key"), fact_names))
