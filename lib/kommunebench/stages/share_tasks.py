"""What of the share model runs in Spark tasks: bootstrap replicates, and each case's expected
share."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
from scipy import special

from kommunebench.benchmark.blocks.block import Floats, MemoryBlocks
from kommunebench.benchmark.blocks.records import RecordLayout, block_of_records
from kommunebench.benchmark.shares.bootstrap import bootstrap_shares
from kommunebench.benchmark.shares.model import ShareModel, probabilities
from kommunebench.stages.estimation import InMemory, InTasks
from kommunebench.stages.packed_spells import read_records
from kommunebench.stages.replicates import Work, run_replicates

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_EXPECTED_SCHEMA = (
    "spell_id string, municipality_code string, linear_predictor double, expected_share double"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareReplicateWork(Work):
    """All that replicates of a share model are made from."""

    models: tuple[ShareModel, ...]

    def make(self, blocks: MemoryBlocks, first: int, last: int) -> Floats:
        """Performances (last - first, K, 2) of replicates first … last - 1."""
        return bootstrap_shares(
            blocks, self.models, self.indicator, replicates=range(first, last), seed=self.seed
        )


def run_share_replicates(
    engine: InMemory | InTasks, models: tuple[ShareModel, ...], replicates: int, seed: int
) -> Floats:
    """Performances (R, K, 2) of replicates 0 … R - 1: by tasks that get all cases, or a batch at a
    time over all blocks."""
    indicator = engine.spells.indicator
    if isinstance(engine, InTasks):
        return bootstrap_shares(
            engine.blocks, models, indicator, replicates=range(replicates), seed=seed
        )
    work = ShareReplicateWork(
        records=engine.records,
        keys=engine.keys,
        layout=engine.spells.layout,
        models=models,
        indicator=indicator,
        seed=seed,
    )
    return run_replicates(engine.spells.spark, work, replicates)


def expected_by_case(
    packed: "DataFrame", layout: RecordLayout, models: tuple[ShareModel, ...]
) -> "DataFrame":
    """Expected share of every case, made by the tasks that write them."""
    from pyspark.sql import functions as F

    task = partial(_expected, layout=layout, models=models)
    rows = packed.select("person_key", "spell_ids", "records").mapInArrow(task, _EXPECTED_SCHEMA)
    return rows.withColumn("expected_duration", F.lit(None).cast("double"))


def _expected(
    batches: Iterator[pa.RecordBatch], layout: RecordLayout, models: tuple[ShareModel, ...]
) -> Iterator[pa.RecordBatch]:
    names = pa.array(layout.unit_names, pa.string())
    for batch in batches:
        block = block_of_records(*read_records(batch, layout), layout)
        expected = probabilities(block, models)
        yield pa.RecordBatch.from_arrays(
            [
                batch.column("spell_ids").flatten().take(pa.array(block.position)),
                names.take(pa.array(block.unit)),
                pa.array(special.logit(expected)),
                pa.array(expected),
            ],
            ["spell_id", "municipality_code", "linear_predictor", "expected_share"],
        )
