"""Spells in blocks inside Spark tasks: the one place that runs a sum over blocks on a cluster.

A sum over the packed spells (silver.model_persons) is one pass of mapInArrow: a task adds up the
results of its blocks, the driver those of the tasks. What travels is of the size of units, weeks
and terms.

The results of many tasks meet in levels, as in a tournament: a merging task takes a few of them at
a time and hands one on, until few enough are left for the driver. So no process holds more of them
because there are more spells.
"""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from kommunebench.benchmark.blocks.block import SpellBlock, Sums, merged, spells_of_block
from kommunebench.benchmark.blocks.records import RecordLayout, block_of_records
from kommunebench.benchmark.checks.facts import Facts
from kommunebench.benchmark.durations.chain import expected_measure, linear_predictor
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.model.national import NationalModel
from kommunebench.stages.packed_spells import read_facts, read_records

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

S = TypeVar("S", bound=Sums)
# A result of 64 replicates is 47 MiB (98 units, 156 weeks). The driver, which takes 1 GB at most,
# collects so many of them, and a merging task has so many at hand at a time.
_DIRECT_RESULTS, _FAN_IN = 8, 4
# Where a block would leave cores idle, tasks take fewer spells: no fewer than pay for their start.
_FEW_SPELLS, _FEW_TASKS = 5_000, 8
_TASK_SCHEMA = "first long, result binary"
_RESULT_SCHEMA = f"task long, {_TASK_SCHEMA}"
EXPECTED_SCHEMA = (
    "spell_id string, municipality_code string, linear_predictor double, expected double"
)


@dataclass(frozen=True, slots=True)
class SparkBlocks:
    """Blocks of the rows of silver.model_persons: benchmark.blocks.block.Blocks on a cluster.

    ``n_tasks``: how many tasks a pass has at most (tasks_for_spells).
    """

    packed: "DataFrame"
    layout: RecordLayout
    n_tasks: int = 1

    def total(self, part: Callable[[SpellBlock], S]) -> S:
        """One pass over all spells; results of tasks are added in an order that does not depend on
        who finished first."""
        return sum_over_tasks(self.packed, self.layout, self.n_tasks, part)


def tasks_for_spells(n_spells: int, layout: RecordLayout) -> int:
    """In how many partitions so many spells are packed, and so the most tasks a pass over them has:
    a block each. Spark may read several of these small files in one task."""
    blocks = ceil(n_spells / spells_of_block(layout.most_columns))
    return max(1, blocks, min(_FEW_TASKS, ceil(n_spells / _FEW_SPELLS)))


def sum_over_tasks(
    packed: "DataFrame",
    layout: RecordLayout,
    n_tasks: int,
    sums_of: Callable[..., S],
    *,
    fact_names: tuple[str, ...] | None = None,
) -> S:
    """The merged results of a function of a block, or of a block and its facts where their names
    are given, over all packed spells.

    ``n_tasks``: how many tasks a pass has at most; the levels of merging follow from it.
    """
    task = partial(_sum_blocks, sums_of=sums_of, layout=layout, fact_names=fact_names)
    names = ("person_key", "records", *(() if fact_names is None else ("facts",)))
    results = packed.select(*names).mapInArrow(task, _TASK_SCHEMA)
    if n_tasks > _DIRECT_RESULTS:
        results = _merged_in_levels(results, n_tasks, _merge_results)
    rows = sorted(results.collect(), key=lambda row: row["first"])
    return merged(pickle.loads(row["result"]) for row in rows)


def _merged_in_levels(
    results: "DataFrame", n_results: int, merge: Callable[[pa.Table], pa.Table]
) -> "DataFrame":
    """The results of as many tasks merged into no more than the driver collects.

    Neighbouring tasks form a group. A merging task takes one group after the other, so that groups
    which the hash of their number puts into the same partition are not held together.
    """
    from pyspark.sql import functions as F

    results = results.withColumn("task", F.spark_partition_id().cast("long"))
    while n_results > _DIRECT_RESULTS:
        n_results = ceil(n_results / _FAN_IN)
        grouped = results.withColumn("task", F.floor(F.col("task") / _FAN_IN))
        by_group = grouped.repartition(n_results, "task").groupBy("task")
        results = by_group.applyInArrow(merge, _RESULT_SCHEMA)
    return results


def expected_by_spell(
    packed: "DataFrame", layout: RecordLayout, models: tuple[NationalModel, ...], measure: Measure
) -> "DataFrame":
    """Expected duration or share of every spell in the columns of EXPECTED_SCHEMA, made by the
    tasks that write them."""
    task = partial(_expected, models=models, layout=layout, measure=measure)
    return packed.select("person_key", "spell_ids", "records").mapInArrow(task, EXPECTED_SCHEMA)


def _batches(
    batches: Iterator[pa.RecordBatch], layout: RecordLayout
) -> Iterator[list[pa.RecordBatch]]:
    """Batches of persons, as many at a time as make a block."""
    waiting, n_bytes = [], 0
    enough = spells_of_block(layout.most_columns) * layout.dtype.itemsize
    for batch in batches:
        if batch.num_rows:
            waiting.append(batch)
            n_bytes += pc.sum(pc.binary_length(batch.column("records"))).as_py()
        if n_bytes >= enough:
            yield waiting
            waiting, n_bytes = [], 0
    if waiting:
        yield waiting


def _blocks(
    batches: Iterator[pa.RecordBatch],
    layout: RecordLayout,
    fact_names: tuple[str, ...] | None = None,
) -> Iterator[tuple[SpellBlock, Facts]]:
    """The blocks of batches of persons, each with its facts."""
    for several in _batches(batches, layout):
        table = pa.Table.from_batches(several)
        block = block_of_records(*read_records(table, layout), layout)
        facts = read_facts(table, fact_names) if fact_names else {}
        yield block, {name: codes[block.position] for name, codes in facts.items()}


def _sum_blocks(
    batches: Iterator[pa.RecordBatch],
    sums_of: Callable[..., S],
    layout: RecordLayout,
    fact_names: tuple[str, ...] | None = None,
) -> Iterator[pa.RecordBatch]:
    """One row: the sum over a task's blocks, and the smallest key of a person seen."""
    total, first = None, 0
    for block, facts in _blocks(batches, layout, fact_names):
        result = sums_of(block) if fact_names is None else sums_of(block, facts)
        smallest = int(block.person.min())
        if total is None:
            total, first = result, smallest
        else:
            total, first = total.merge(result), min(first, smallest)
    if total is not None:
        yield _result(first, total)


def _merge_results(results: pa.Table) -> pa.Table:
    """The few results of a group of tasks as one, added to a running sum in the order of their
    keys: one of them is unpacked at a time."""
    keys, packed = results.column("first").to_pylist(), results.column("result")
    in_order = sorted(range(len(keys)), key=keys.__getitem__)
    total = merged(pickle.loads(packed[place].as_buffer()) for place in in_order)
    result = pa.Table.from_batches([_result(keys[in_order[0]], total)])
    return result.add_column(0, "task", results.column("task").slice(0, 1))


def _result(first: int, total: Sums) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array([first], pa.int64()), pa.array([pickle.dumps(total)], pa.binary())],
        ["first", "result"],
    )


def _expected(
    batches: Iterator[pa.RecordBatch],
    models: tuple[NationalModel, ...],
    layout: RecordLayout,
    measure: Measure,
) -> Iterator[pa.RecordBatch]:
    names = pa.array(layout.unit_names, pa.string())
    hazards = tuple(model.hazards for model in models)
    for batch in batches:
        block = block_of_records(*read_records(batch, layout), layout)
        ids = batch.column("spell_ids").flatten().take(pa.array(block.position))
        yield pa.RecordBatch.from_arrays(
            [
                ids,
                names.take(pa.array(block.unit)),
                pa.array(linear_predictor(block, models)),
                pa.array(expected_measure(block, hazards, measure)),
            ],
            ["spell_id", "municipality_code", "linear_predictor", "expected"],
        )
