"""What the stages benchmark and uncertainty ask of an engine, and which engine runs: arrays on the
driver or blocks in Spark tasks."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from kommunebench.benchmark.chain import UnitEstimates
from kommunebench.benchmark.expected import TableModel
from kommunebench.benchmark.influence import LogIndicatorCovariance
from kommunebench.benchmark.spell_arrays import Floats
from kommunebench.stages.model_spells import model_spells
from kommunebench.stages.stage import StageInputs

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class Estimation(Protocol):
    """The chain estimated, by whichever engine; the driver sees nothing that grows with spells
    unless it holds them all."""

    @property
    def units(self) -> UnitEstimates:
        """Every unit's durations."""
        ...

    @property
    def models(self) -> Sequence[TableModel]:
        """Every group's model."""
        ...

    def proportionality(self) -> pd.DataFrame:
        """The rows of gold.proportionality."""
        ...

    def expected_durations(self) -> "DataFrame":
        """The rows of gold.expected_durations."""
        ...

    def covariance(self) -> LogIndicatorCovariance:
        """Covariance of the log indicators over units."""
        ...

    def bootstrap(self, replicates: int, seed: int) -> Floats:
        """Log indicators (R, K, 2) of replicates 0 … R - 1."""
        ...


def estimate(inputs: StageInputs) -> Estimation:
    """The chain of an analysis, by the engine of its settings; auto takes arrays up to
    model.collect_limit_rows spells.

    Raises InputError and ConvergenceError, in the same words from either engine.
    """
    from kommunebench.stages.array_engine import estimate_arrays
    from kommunebench.stages.block_engine import estimate_spark

    model = inputs.settings.model
    engine = model.engine
    if engine == "auto":
        engine = "spark" if model_spells(inputs).count() > model.collect_limit_rows else "arrays"
    return estimate_spark(inputs) if engine == "spark" else estimate_arrays(inputs)
