"""The arrays engine: the spells collected on the driver, the chain in NumPy, replicates as Spark
tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kommunebench.benchmark.bootstrap import prepare_bootstrap
from kommunebench.benchmark.chain import UnitEstimates, estimate_chain, unit_estimates
from kommunebench.benchmark.expected import GroupModel, proportionality_table
from kommunebench.benchmark.influence import (
    ChainEstimates,
    LogIndicatorCovariance,
    influence_covariance,
)
from kommunebench.benchmark.resampling import person_keys
from kommunebench.benchmark.spell_arrays import Floats, SpellArrays, spell_arrays
from kommunebench.stages.model_spells import collect_spells, covariate_specs
from kommunebench.stages.replicates import run_replicates
from kommunebench.stages.stage import StageInputs

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True, slots=True)
class ArrayEstimation:
    """A chain estimated in memory: stages.estimation.Estimation."""

    inputs: StageInputs
    spells: pd.DataFrame
    arrays: SpellArrays
    chain: ChainEstimates

    @property
    def units(self) -> UnitEstimates:
        """Every unit's durations."""
        return unit_estimates(self.arrays, self.chain)

    @property
    def models(self) -> Sequence[GroupModel]:
        """Every group's model."""
        return self.chain.models

    def proportionality(self) -> pd.DataFrame:
        """The rows of gold.proportionality."""
        return proportionality_table(self.chain.models)

    def expected_durations(self) -> "DataFrame":
        """The rows of gold.expected_durations."""
        predictor = np.empty(len(self.spells))
        for model in self.chain.models:
            with np.errstate(divide="ignore"):
                predictor[model.rows] = np.log(model.risk)
        rows = self.spells[["spell_id", "municipality_code"]].assign(
            linear_predictor=predictor, expected_duration=self.chain.expected_by_spell
        )
        return self.inputs.spark.createDataFrame(rows)

    def covariance(self) -> LogIndicatorCovariance:
        """Covariance of the log indicators over units."""
        return influence_covariance(self.arrays, self.chain)

    def bootstrap(self, replicates: int, seed: int) -> Floats:
        """Log indicators (R, K, 2) of replicates 0 … R - 1, made by Spark tasks that get all
        spells."""
        prepared = prepare_bootstrap(
            self.arrays, self.chain.models, person_keys(self.spells["person_id"])
        )
        return run_replicates(self.inputs, prepared, replicates, seed)


def estimate_arrays(inputs: StageInputs) -> ArrayEstimation:
    """The chain of all spells, collected in a fixed order. Raises InputError and ConvergenceError
    as estimate_chain."""
    spells = collect_spells(inputs)
    follow_up = "potential_follow_up" if spells["potential_follow_up"].notna().all() else None
    arrays = spell_arrays(
        spells,
        unit="municipality_code",
        duration="duration",
        event="event",
        person="person_id",
        group="model_group",
        follow_up=follow_up,
        horizon=inputs.settings.observation.horizon_weeks,
    )
    model = inputs.settings.model
    chain = estimate_chain(
        arrays,
        spells,
        covariate_specs(inputs),
        model.ties,
        model.baseline,
        model.municipality_effects,
    )
    return ArrayEstimation(inputs, spells, arrays, chain)
