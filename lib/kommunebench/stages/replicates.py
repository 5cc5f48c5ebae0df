"""Bootstrap replicates as Spark tasks: each task gets the prepared spells once and a block of
replicate numbers."""

import pickle
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pandas as pd

from kommunebench.benchmark.bootstrap import PreparedBootstrap, bootstrap_log_indicators
from kommunebench.benchmark.spell_arrays import Floats
from kommunebench.stages.stage import StageInputs

# A block is a few batches: long enough to pay for the start of a task, short enough to spread over
# a cluster.
REPLICATES_PER_TASK = 128
# What a function may carry to the tasks (Spark Connect refuses messages of 128 MiB).
CAPTURED_BYTES = 64 * 2**20
_SCHEMA = "replicate int, unit int, plain double, robust double"


def run_replicates(
    inputs: StageInputs, prepared: PreparedBootstrap, replicates: int, seed: int
) -> Floats:
    """Log indicators (R, K, 2) of replicates 0 … R - 1, in order, whichever task made which.

    Where the spells are too many to travel with a function, the driver makes the replicates itself;
    the numbers are the same.
    """
    if len(pickle.dumps(prepared)) > CAPTURED_BYTES:
        return bootstrap_log_indicators(prepared, range(replicates), seed)
    blocks = [
        (start, min(start + REPLICATES_PER_TASK, replicates))
        for start in range(0, replicates, REPLICATES_PER_TASK)
    ]
    frame = inputs.spark.createDataFrame(blocks, "first int, last int").repartition(
        len(blocks), "first"
    )
    made = frame.mapInPandas(_task(prepared, seed), _SCHEMA).toPandas()
    result = np.full((replicates, prepared.arrays.units, 2), np.nan)
    result[made["replicate"], made["unit"]] = made[["plain", "robust"]].to_numpy()
    return result


def _task(
    prepared: PreparedBootstrap, seed: int
) -> Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]:
    return partial(_make_blocks, prepared=prepared, seed=seed)


def _make_blocks(
    blocks: Iterator[pd.DataFrame], prepared: PreparedBootstrap, seed: int
) -> Iterator[pd.DataFrame]:
    for frame in blocks:
        for first, last in frame.itertuples(index=False):
            yield _long(bootstrap_log_indicators(prepared, range(first, last), seed), first)


def _long(drawn: Floats, first: int) -> pd.DataFrame:
    """One row per replicate and unit."""
    count, units, _ = drawn.shape
    return pd.DataFrame(
        {
            "replicate": np.repeat(np.arange(first, first + count, dtype=np.int32), units),
            "unit": np.tile(np.arange(units, dtype=np.int32), count),
            "plain": drawn[:, :, 0].ravel(),
            "robust": drawn[:, :, 1].ravel(),
        }
    )
