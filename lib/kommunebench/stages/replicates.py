"""Bootstrap replicates as Spark tasks: each task gets all packed spells and some replicates."""

import pickle
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import ceil

import numpy as np
import pandas as pd
from pyspark.sql import SparkSession

from kommunebench.benchmark.blocks.block import Floats, MemoryBlocks
from kommunebench.benchmark.blocks.records import RecordLayout, memory_blocks
from kommunebench.benchmark.bootstrap.replicates import BATCH, bootstrap_performance
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.model.national import NationalModel

# Replicates a task makes: a few batches, which pay for its start and can be spread over a cluster.
_REPLICATES_PER_TASK = 2 * BATCH
# What a function may carry to the tasks (Spark Connect refuses messages of 128 MiB).
_CARRIED_BYTES = 64 * 2**20
_SCHEMA = "replicate int, unit int, plain double, robust double"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work(ABC):
    """What replicates of durations or of shares are made from; the spells or cases as compact
    records."""

    records: np.ndarray
    keys: np.ndarray
    layout: RecordLayout
    indicator: Indicator
    seed: int

    def blocks(self) -> MemoryBlocks:
        """The spells or cases in blocks."""
        return memory_blocks(self.records, self.keys, self.layout)

    @abstractmethod
    def make(self, blocks: MemoryBlocks, first: int, last: int) -> Floats:
        """Performances (last - first, K, 2) of replicates first … last - 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicateWork(Work):
    """All that replicates of durations are made from."""

    models: tuple[NationalModel, ...]
    measure: Measure

    def make(self, blocks: MemoryBlocks, first: int, last: int) -> Floats:
        """Performances (last - first, K, 2) of replicates first … last - 1."""
        return bootstrap_performance(
            blocks,
            self.models,
            self.measure,
            self.indicator,
            replicates=range(first, last),
            seed=self.seed,
        )


def run_replicates(spark: SparkSession, work: Work, replicates: int) -> Floats:
    """Performances (R, K, 2) of replicates 0 … R - 1, in order, whichever task made which.

    Where the spells are too many to travel with a function, the driver makes the replicates itself
    on all its cores; the numbers are the same.
    """
    if len(pickle.dumps(work)) > _CARRIED_BYTES:
        return work.make(work.blocks(), 0, replicates)
    # A range is cut into as many partitions as it has numbers: a task each. By a hash of the
    # numbers some tasks would get two, and others none.
    n_tasks = ceil(replicates / _REPLICATES_PER_TASK)
    starts = spark.range(0, replicates, _REPLICATES_PER_TASK, n_tasks)
    task = partial(_make, work=work, replicates=replicates)
    made = starts.mapInPandas(task, _SCHEMA).toPandas()
    result = np.full((replicates, len(work.layout.unit_names), 2), np.nan)
    result[made["replicate"], made["unit"]] = made[["plain", "robust"]].to_numpy()
    return result


def _make(frames: Iterator[pd.DataFrame], work: Work, replicates: int) -> Iterator[pd.DataFrame]:
    """The replicates that begin at the numbers of a task."""
    blocks = None
    for frame in frames:
        for first in frame["id"].tolist():
            blocks = work.blocks() if blocks is None else blocks
            last = min(first + _REPLICATES_PER_TASK, replicates)
            yield _long(work.make(blocks, first, last), first)


def _long(performance: Floats, first: int) -> pd.DataFrame:
    """One row per replicate and unit."""
    count, units, _ = performance.shape
    return pd.DataFrame(
        {
            "replicate": np.repeat(np.arange(first, first + count, dtype=np.int32), units),
            "unit": np.tile(np.arange(units, dtype=np.int32), count),
            "plain": performance[:, :, 0].ravel(),
            "robust": performance[:, :, 1].ravel(),
        }
    )
