"""The spells of a model packed into records by Spark tasks, and read back in batches."""

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from kommunebench.benchmark.blocks.person_keys import person_keys
from kommunebench.benchmark.blocks.records import RecordLayout, encode_spells
from kommunebench.benchmark.covariates.constant import ValuesByUnit, values_by_unit
from kommunebench.benchmark.covariates.counts import CovariateCounts, count_covariates
from kommunebench.benchmark.covariates.design import DesignPlan, plan_design
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.errors import in_model_of
from kommunebench.verdict_rules import EVENTS_PER_COLUMN

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PACKED_SCHEMA = "person_key long, spell_ids array<string>, records binary, facts binary"
_COUNTS_SCHEMA = "model_group string, result binary"


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """What the design of a group's model is decided from: counts of its covariates, and the values
    they take within units."""

    covariates: CovariateCounts
    values: ValuesByUnit

    @staticmethod
    def zero() -> "GroupCounts":
        """The counts of no spells."""
        return GroupCounts(CovariateCounts.zero(), ValuesByUnit.zero())

    def merge(self, other: "GroupCounts") -> "GroupCounts":
        """The counts of both sets of spells."""
        return GroupCounts(self.covariates.merge(other.covariates), self.values.merge(other.values))

    def design(
        self,
        group: str,
        specs: Sequence[CovariateSpec],
        events_per_column: float = EVENTS_PER_COLUMN,
    ) -> DesignPlan:
        """The design of the group. Raises InputError as plan_design, with its name in front."""
        with in_model_of(group):
            return plan_design(self.covariates, specs, events_per_column)


def count_by_group(spells: "DataFrame", specs: tuple[CovariateSpec, ...]) -> dict[str, GroupCounts]:
    """The counts of every group, in the order of their names, from one pass over the model's
    spells."""
    names = [spec.column for spec in specs]
    task = partial(_count_covariates, specs=specs)
    counted = spells.select("model_group", "municipality_code", "duration", "event", *names)
    counts: dict[str, GroupCounts] = {}
    for row in counted.mapInArrow(task, _COUNTS_SCHEMA).collect():
        known = counts.get(row["model_group"], GroupCounts.zero())
        counts[row["model_group"]] = known.merge(pickle.loads(row["result"]))
    return {name: counts[name] for name in sorted(counts)}


def pack_spells(
    spells: "DataFrame",
    layout: RecordLayout,
    specs: tuple[CovariateSpec, ...],
    n_tasks: int,
    fact_names: tuple[str, ...] = (),
) -> "DataFrame":
    """The model's spells as records, a row a person, in the columns of PACKED_SCHEMA, made and
    written in ``n_tasks`` partitions; ``fact_names``: columns of codes that are kept beside the
    records, four bytes a spell and fact."""
    by_person = spells.repartition(n_tasks, "person_id")
    task = partial(_pack, layout=layout, categories=_categories(specs), fact_names=fact_names)
    ordered = by_person.sortWithinPartitions("person_id", "spell_id")
    return ordered.mapInArrow(task, PACKED_SCHEMA)


def read_records(
    batch: pa.RecordBatch | pa.Table, layout: RecordLayout
) -> tuple[np.ndarray, np.ndarray]:
    """The records (n,) of a batch of packed persons, and the key of each one's person (n,)."""
    chunks = batch.to_batches() if isinstance(batch, pa.Table) else [batch]
    records, keys = [np.zeros(0, layout.dtype)], [np.zeros(0, np.int64)]
    for chunk in chunks:
        if not chunk.num_rows:
            continue
        data, sizes = _bytes_of(chunk.column("records"))
        records.append(data.view(layout.dtype))
        person = chunk.column("person_key").to_numpy()
        keys.append(np.repeat(person, sizes // layout.dtype.itemsize))
    return np.concatenate(records), np.concatenate(keys)


def read_facts(
    batch: pa.RecordBatch | pa.Table, fact_names: Sequence[str]
) -> dict[str, np.ndarray]:
    """The codes (n,) of every fact of a batch's spells, in the order of read_records."""
    chunks = batch.to_batches() if isinstance(batch, pa.Table) else [batch]
    codes = [np.zeros((0, len(fact_names)), np.intp)]
    for chunk in chunks:
        if chunk.num_rows and fact_names:
            data, _ = _bytes_of(chunk.column("facts"))
            codes.append(data.view("<i4").reshape(-1, len(fact_names)).astype(np.intp))
    table = np.concatenate(codes)
    return {name: table[:, place] for place, name in enumerate(fact_names)}


def _bytes_of(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The bytes of a binary column, one row after the other, and how many each row has."""
    column = column.cast(pa.binary())
    offsets = np.frombuffer(column.buffers()[1], np.int32)
    offsets = offsets[column.offset : column.offset + len(column) + 1]
    data = np.frombuffer(column.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    return data, np.diff(offsets)


def _categories(specs: tuple[CovariateSpec, ...]) -> tuple[str, ...]:
    names = (spec.column for spec in specs if spec.kind == "category")
    return ("municipality_code", "model_group", *names)


def _frame(table: pa.Table, categories: tuple[str, ...]) -> pd.DataFrame:
    """A batch as pandas, text as categories: no string is made twice."""
    return table.to_pandas(categories=[name for name in categories if name in table.column_names])


def _count_covariates(
    batches: Iterator[pa.RecordBatch], specs: tuple[CovariateSpec, ...]
) -> Iterator[pa.RecordBatch]:
    counts: dict[str, GroupCounts] = {}
    for batch in batches:
        frame = _frame(pa.Table.from_batches([batch]), _categories(specs))
        for group, spells in frame.groupby("model_group", observed=True):
            counted = count_covariates(
                spells, spells["duration"].to_numpy(), spells["event"].to_numpy(), specs
            )
            values = values_by_unit(spells, spells["municipality_code"], specs)
            known = counts.get(str(group), GroupCounts.zero())
            counts[str(group)] = known.merge(GroupCounts(counted, values))
    results = [pickle.dumps(counted) for counted in counts.values()]
    yield pa.RecordBatch.from_arrays(
        [pa.array(list(counts), pa.string()), pa.array(results, pa.binary())],
        ["model_group", "result"],
    )


def _pack(
    batches: Iterator[pa.RecordBatch],
    layout: RecordLayout,
    categories: tuple[str, ...],
    fact_names: tuple[str, ...] = (),
) -> Iterator[pa.RecordBatch]:
    """Rows in order of person to a row a person; the last person of a batch waits for the next."""
    waiting: pa.Table | None = None
    for batch in batches:
        table = pa.Table.from_batches([batch])
        table = table if waiting is None else pa.concat_tables([waiting, table])
        person = table.column("person_id").to_numpy(zero_copy_only=False)
        complete = int(np.flatnonzero(person == person[-1])[0]) if len(person) else 0
        waiting = table.slice(complete)
        if complete:
            yield _persons(table.slice(0, complete), layout, categories, fact_names)
    if waiting is not None and len(waiting):
        yield _persons(waiting, layout, categories, fact_names)


def _persons(
    table: pa.Table,
    layout: RecordLayout,
    categories: tuple[str, ...],
    fact_names: tuple[str, ...],
) -> pa.RecordBatch:
    person = table.column("person_id").to_numpy(zero_copy_only=False)
    starts = np.flatnonzero(np.concatenate([[True], person[1:] != person[:-1]]))
    bounds = np.append(starts, len(person)).astype(np.int32)
    spells = _frame(table.drop_columns(["person_id", "spell_id", *fact_names]), categories)
    records = encode_spells(
        spells,
        layout,
        duration=spells["duration"].to_numpy(),
        event=spells["event"].to_numpy(),
        unit=spells["municipality_code"].array,
        group=spells["model_group"].array,
    )
    keys = person_keys(pd.Series(person[starts], dtype=object)).view(np.int64)
    facts = np.empty((len(person), len(fact_names)), "<i4")
    for place, name in enumerate(fact_names):
        facts[:, place] = table.column(name).to_numpy()
    return pa.RecordBatch.from_arrays(
        [
            pa.array(keys),
            pa.ListArray.from_arrays(pa.array(bounds), table.column("spell_id").combine_chunks()),
            _binary(records, layout.dtype.itemsize, bounds),
            _binary(facts, 4 * len(fact_names), bounds),
        ],
        ["person_key", "spell_ids", "records", "facts"],
    )


def _binary(rows: np.ndarray, row_bytes: int, bounds: np.ndarray) -> pa.Array:
    """Rows of a fixed width as one binary value a person, cut at the bounds."""
    offsets = pa.py_buffer((bounds.astype(np.int64) * row_bytes).astype(np.int32))
    n_persons = len(bounds) - 1
    return pa.Array.from_buffers(pa.binary(), n_persons, [None, offsets, pa.py_buffer(rows)])
