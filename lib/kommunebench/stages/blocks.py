"""Spells in blocks inside Spark tasks: the one place that runs a sum over blocks on a cluster.

Spells are written once as compact records, a row a person (silver.model_persons). A sum over them
is one pass of mapInArrow: a task adds up the results of its blocks, the driver those of the tasks.
What travels is of the size of units, weeks and terms.
"""

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from kommunebench.benchmark.chain_sums import expected_durations
from kommunebench.benchmark.design import (
    CovariateCounts,
    CovariateSpec,
    DesignPlan,
    count_covariates,
    plan_design,
)
from kommunebench.benchmark.resampling import person_keys
from kommunebench.benchmark.spell_blocks import NationalModel, SpellBlock, Sums, merged
from kommunebench.benchmark.spell_records import RecordLayout, block_of_records, encode_spells
from kommunebench.errors import InputError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

S = TypeVar("S", bound=Sums)
# Spells of a block: enough that sums by unit and week cost little beside the spells, few enough
# that a task needs some 200 MB.
BLOCK_SPELLS = 50_000
# Results of more tasks than this are added up by a few tasks first: 64 replicates are 40 MB a task,
# and a driver takes 1 GB at most.
_DIRECT_RESULTS, _MERGING_TASKS = 8, 4
_RESULT_SCHEMA = "first long, result binary"
PACKED_SCHEMA = "person_key long, spell_ids array<string>, records binary"
_DURATIONS = (
    "spell_id string, municipality_code string, linear_predictor double, expected_duration double"
)


@dataclass(frozen=True, slots=True)
class SparkBlocks:
    """Blocks of the rows of silver.model_persons: benchmark.spell_blocks.Blocks on a cluster."""

    packed: "DataFrame"
    layout: RecordLayout
    partitions: int = 1

    def total(self, part: Callable[[SpellBlock], S]) -> S:
        """One pass over all spells; results of tasks are added in an order that does not depend on
        who finished first."""
        task = partial(_sum_blocks, part=part, layout=self.layout)
        results = self.packed.select("person_key", "records").mapInArrow(task, _RESULT_SCHEMA)
        if self.partitions > _DIRECT_RESULTS:
            results = results.repartition(_MERGING_TASKS, "first").mapInArrow(
                _merge_results, _RESULT_SCHEMA
            )
        rows = results.collect()
        return merged(
            pickle.loads(row["result"]) for row in sorted(rows, key=lambda row: row["first"])
        )

    def durations(self, models: tuple[NationalModel, ...]) -> "DataFrame":
        """Expected duration of every spell in the columns of gold.expected_durations, made by the
        tasks that write them."""
        task = partial(_expected_durations, models=models, layout=self.layout)
        return self.packed.select("person_key", "spell_ids", "records").mapInArrow(task, _DURATIONS)


def plan_designs(
    spells: "DataFrame", group_names: tuple[str, ...], specs: tuple[CovariateSpec, ...]
) -> tuple[DesignPlan, ...]:
    """The design of every group, from one pass of counts over the model's spells. Raises InputError
    as plan_design."""
    names = [spec.column for spec in specs]
    task = partial(_count_covariates, specs=specs)
    rows = (
        spells.select("model_group", "event", *names)
        .mapInArrow(task, "model_group string, result binary")
        .collect()
    )
    counts = {name: CovariateCounts.zero() for name in group_names}
    for row in rows:
        counts[row["model_group"]] = counts[row["model_group"]].merge(pickle.loads(row["result"]))
    designs = []
    for name in group_names:
        try:
            designs.append(plan_design(counts[name], specs))
        except InputError as error:
            raise InputError(f"model of group {name}: {error}") from error
    return tuple(designs)


def pack_spells(
    spells: "DataFrame", layout: RecordLayout, specs: tuple[CovariateSpec, ...], partitions: int
) -> "DataFrame":
    """The model's spells as records, a row a person, in the columns of PACKED_SCHEMA."""
    gathered = spells.repartition(partitions, "person_id").sortWithinPartitions(
        "person_id", "spell_id"
    )
    return gathered.mapInArrow(
        partial(_pack, layout=layout, categories=_categories(specs)), PACKED_SCHEMA
    )


def _categories(specs: tuple[CovariateSpec, ...]) -> tuple[str, ...]:
    return (
        "municipality_code",
        "model_group",
        *(spec.column for spec in specs if spec.kind == "category"),
    )


def _frame(table: pa.Table, categories: tuple[str, ...]) -> pd.DataFrame:
    """A batch as pandas, text as categories: no string is made twice."""
    return table.to_pandas(categories=[name for name in categories if name in table.column_names])


def _count_covariates(
    batches: Iterator[pa.RecordBatch], specs: tuple[CovariateSpec, ...]
) -> Iterator[pa.RecordBatch]:
    counts: dict[str, CovariateCounts] = {}
    for batch in batches:
        frame = _frame(pa.Table.from_batches([batch]), _categories(specs))
        for name, own in frame.groupby("model_group", observed=True):
            found = count_covariates(own, own["event"].to_numpy(), specs)
            counts[str(name)] = counts.get(str(name), CovariateCounts.zero()).merge(found)
    names = list(counts)
    yield pa.RecordBatch.from_arrays(
        [
            pa.array(names, pa.string()),
            pa.array([pickle.dumps(counts[name]) for name in names], pa.binary()),
        ],
        ["model_group", "result"],
    )


def _pack(
    batches: Iterator[pa.RecordBatch], layout: RecordLayout, categories: tuple[str, ...]
) -> Iterator[pa.RecordBatch]:
    """Rows in order of person to a row a person; the last person of a batch waits for the next."""
    waiting: pa.Table | None = None
    for batch in batches:
        table = pa.Table.from_batches([batch])
        table = table if waiting is None else pa.concat_tables([waiting, table])
        person = table.column("person_id").to_numpy(zero_copy_only=False)
        whole = int(np.flatnonzero(person == person[-1])[0]) if len(person) else 0
        waiting = table.slice(whole)
        if whole:
            yield _persons(table.slice(0, whole), layout, categories)
    if waiting is not None and len(waiting):
        yield _persons(waiting, layout, categories)


def _persons(table: pa.Table, layout: RecordLayout, categories: tuple[str, ...]) -> pa.RecordBatch:
    person = table.column("person_id").to_numpy(zero_copy_only=False)
    starts = np.flatnonzero(np.concatenate([[True], person[1:] != person[:-1]]))
    bounds = np.append(starts, len(person)).astype(np.int32)
    records = encode_spells(
        _frame(table.drop_columns(["person_id", "spell_id"]), categories),
        "municipality_code",
        "model_group",
        layout,
    )
    offsets = pa.py_buffer((bounds.astype(np.int64) * layout.dtype.itemsize).astype(np.int32))
    keys = person_keys(pd.Series(person[starts], dtype=object)).view(np.int64)
    return pa.RecordBatch.from_arrays(
        [
            pa.array(keys),
            pa.ListArray.from_arrays(pa.array(bounds), table.column("spell_id").combine_chunks()),
            pa.Array.from_buffers(pa.binary(), len(starts), [None, offsets, pa.py_buffer(records)]),
        ],
        ["person_key", "spell_ids", "records"],
    )


def _blocks(batches: Iterator[pa.RecordBatch], layout: RecordLayout) -> Iterator[SpellBlock]:
    """Batches of persons as blocks of about BLOCK_SPELLS spells."""
    waiting: list[tuple[np.ndarray, np.ndarray]] = []
    for batch in batches:
        if batch.num_rows:
            waiting.append(_records(batch, layout))
        if sum(len(records) for records, _ in waiting) >= BLOCK_SPELLS:
            yield _joined(waiting, layout)
            waiting = []
    if waiting:
        yield _joined(waiting, layout)


def _joined(parts: list[tuple[np.ndarray, np.ndarray]], layout: RecordLayout) -> SpellBlock:
    return block_of_records(
        np.concatenate([r for r, _ in parts]), np.concatenate([p for _, p in parts]), layout
    )


def _records(batch: pa.RecordBatch, layout: RecordLayout) -> tuple[np.ndarray, np.ndarray]:
    """A batch's records and their persons' keys; the records are read where Arrow put them."""
    column = batch.column("records").cast(pa.binary())
    size = layout.dtype.itemsize
    offsets = np.frombuffer(column.buffers()[1], np.int32)[
        column.offset : column.offset + len(column) + 1
    ]
    records = np.frombuffer(column.buffers()[2], np.uint8)[offsets[0] : offsets[-1]].view(
        layout.dtype
    )
    return records, np.repeat(batch.column("person_key").to_numpy(), np.diff(offsets) // size)


def _sum_blocks(
    batches: Iterator[pa.RecordBatch], part: Callable[[SpellBlock], S], layout: RecordLayout
) -> Iterator[pa.RecordBatch]:
    """One row: the sum over a task's blocks, and the smallest key seen."""
    total, first = None, 0
    for block in _blocks(batches, layout):
        found, lowest = part(block), int(block.person.min())
        total, first = (
            (found, lowest) if total is None else (total.merge(found), min(first, lowest))
        )
    if total is not None:
        yield _result(first, total)


def _merge_results(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The results of several tasks as one, added in the order of their keys."""
    rows = sorted((row["first"], row["result"]) for batch in batches for row in batch.to_pylist())
    if rows:
        yield _result(rows[0][0], merged(pickle.loads(result) for _, result in rows))


def _result(first: int, total: Sums) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [pa.array([first], pa.int64()), pa.array([pickle.dumps(total)], pa.binary())],
        ["first", "result"],
    )


def _expected_durations(
    batches: Iterator[pa.RecordBatch], models: tuple[NationalModel, ...], layout: RecordLayout
) -> Iterator[pa.RecordBatch]:
    names = pa.array(layout.unit_names, pa.string())
    for batch in batches:
        block = block_of_records(*_records(batch, layout), layout)
        expected = expected_durations(block, models)
        predictor = np.empty(len(expected))
        with np.errstate(divide="ignore"):
            for model, group in zip(models, block.groups, strict=True):
                predictor[group.rows] = np.log(model.risk(group))
        yield pa.RecordBatch.from_arrays(
            [
                batch.column("spell_ids").flatten(),
                names.take(pa.array(block.unit)),
                pa.array(predictor),
                pa.array(expected),
            ],
            ["spell_id", "municipality_code", "linear_predictor", "expected_duration"],
        )
