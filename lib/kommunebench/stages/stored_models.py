"""The national models as rows of gold.national_models, so that a model is fitted once a run."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Blocks
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.blocks.shared_passes import side_by_side
from kommunebench.benchmark.comparison.models import WITHIN
from kommunebench.benchmark.model.block_fit import grid_of, terms_at
from kommunebench.benchmark.model.national import CoxEstimate, ModelChoice, NationalModel
from kommunebench.errors import InputError
from kommunebench.gold import NATIONAL_MODELS
from kommunebench.stages.stage import StageInputs

if TYPE_CHECKING:
    from pyspark.sql import Row


def model_rows(name: str, models: Sequence[NationalModel]) -> pd.DataFrame:
    """One row per group in the columns of gold.national_models, under the name of the model;
    matrices row by row."""
    rows = []
    for model in models:
        estimate = model.estimate
        effects = () if model.unit_effects is None else model.unit_effects.names
        assert model.log_factors is not None
        rows.append(
            {
                "model": name,
                "group": model.name,
                "terms": [*effects, *model.design.terms],
                "centre": [*(0.0 for _ in effects), *model.design.centre.tolist()],
                "coefficients": estimate.beta.tolist(),
                "bread": estimate.bread.ravel().tolist(),
                "covariance": estimate.covariance.ravel().tolist(),
                "se_robust": estimate.se_robust.tolist(),
                "omitted": estimate.omitted.tolist(),
                "prior_sd": estimate.prior_sd.tolist(),
                "log_likelihood": estimate.log_likelihood,
                "log_likelihood_null": estimate.log_likelihood_null,
                "event_times": model.grid.time.tolist(),
                "log_factors": model.log_factors.tolist(),
            }
        )
    return pd.DataFrame(rows)


def stored_rows(
    inputs: StageInputs, layout: RecordLayout, names: Sequence[str]
) -> dict[tuple[str, str], "Row"]:
    """The rows of gold.national_models by model and group. Raises InputError where the run lacks
    one."""
    rows = {(row["model"], row["group"]): row for row in inputs.rows(NATIONAL_MODELS).to_pylist()}
    wanted = [(name, group) for name in names for group in layout.group_names]
    missing = [" ".join(pair) for pair in wanted if pair not in rows]
    if missing:
        raise InputError(f"no models {missing} in this run; run benchmark first.")
    return rows


def read_models(
    inputs: StageInputs,
    blocks: Blocks,
    layout: RecordLayout,
    choice: ModelChoice,
    names: Sequence[str],
) -> dict[str, tuple[NationalModel, ...]]:
    """The models of the run as they were fitted, by name; the likelihood's terms come from one pass
    over the spells. Raises InputError where the run has no models."""
    rows = stored_rows(inputs, layout, names)
    wanted = [(name, group) for name in names for group in range(len(layout.group_names))]

    def read(position: int, seat: Blocks) -> NationalModel:
        name, group = wanted[position]
        row = rows[name, layout.group_names[group]]
        effects = layout.effects_of(group) if name == WITHIN else None
        beta = np.array(row["coefficients"], float)
        p, grid = len(beta), grid_of(np.array(row["event_times"], float))
        estimate = CoxEstimate(
            beta=beta,
            bread=np.array(row["bread"], float).reshape(p, p),
            covariance=np.array(row["covariance"], float).reshape(p, p),
            se_robust=np.array(row["se_robust"], float),
            omitted=np.array(row["omitted"], bool),
            prior_sd=np.array(row["prior_sd"], float),
            log_likelihood=row["log_likelihood"],
            log_likelihood_null=row["log_likelihood_null"],
        )
        return NationalModel(
            name=row["group"],
            design=layout.designs[group],
            estimate=estimate,
            grid=grid,
            terms=terms_at(seat, group, grid, beta, choice=choice, effects=effects),
            choice=choice,
            unit_effects=effects,
            log_factors=np.array(row["log_factors"], float),
        ).with_second_stage()

    models = side_by_side(blocks, read, len(wanted))
    n_groups = len(layout.group_names)
    return {
        name: tuple(models[first * n_groups : (first + 1) * n_groups])
        for first, name in enumerate(names)
    }
