"""The national models as rows of gold.national_models, so that a model is fitted once a run."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Blocks
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.blocks.shared_passes import side_by_side
from kommunebench.benchmark.model.block_fit import grid_of, terms_at
from kommunebench.benchmark.model.national import CoxEstimate, ModelChoice, NationalModel
from kommunebench.errors import InputError
from kommunebench.gold import NATIONAL_MODELS
from kommunebench.stages.stage import StageInputs


def model_rows(models: Sequence[NationalModel]) -> pd.DataFrame:
    """One row per group in the columns of gold.national_models; matrices row by row."""
    rows = []
    for model in models:
        estimate = model.estimate
        effects = () if model.unit_effects is None else model.unit_effects.names
        assert model.log_factors is not None
        rows.append(
            {
                "group": model.name,
                "terms": [*model.design.terms, *effects],
                "centre": [*model.design.centre.tolist(), *(0.0 for _ in effects)],
                "coefficients": estimate.beta.tolist(),
                "bread": estimate.bread.ravel().tolist(),
                "covariance": estimate.covariance.ravel().tolist(),
                "se_robust": estimate.se_robust.tolist(),
                "omitted": estimate.omitted.tolist(),
                "log_likelihood": estimate.log_likelihood,
                "log_likelihood_null": estimate.log_likelihood_null,
                "event_times": model.grid.time.tolist(),
                "log_factors": model.log_factors.tolist(),
            }
        )
    return pd.DataFrame(rows)


def read_models(
    inputs: StageInputs, blocks: Blocks, layout: RecordLayout, choice: ModelChoice
) -> tuple[NationalModel, ...]:
    """The models of the run as they were fitted; the likelihood's terms come from one pass over the
    spells. Raises InputError where the run has no models."""
    rows = {row["group"]: row for row in inputs.read(NATIONAL_MODELS).collect()}
    missing = [name for name in layout.group_names if name not in rows]
    if missing:
        raise InputError(f"no model of the groups {missing} in this run; run benchmark first.")

    def read(group: int, seat: Blocks) -> NationalModel:
        row = rows[layout.group_names[group]]
        beta = np.array(row["coefficients"], float)
        p, grid = len(beta), grid_of(np.array(row["event_times"], float))
        estimate = CoxEstimate(
            beta=beta,
            bread=np.array(row["bread"], float).reshape(p, p),
            covariance=np.array(row["covariance"], float).reshape(p, p),
            se_robust=np.array(row["se_robust"], float),
            omitted=np.array(row["omitted"], bool),
            log_likelihood=row["log_likelihood"],
            log_likelihood_null=row["log_likelihood_null"],
        )
        return NationalModel(
            name=row["group"],
            design=layout.designs[group],
            estimate=estimate,
            grid=grid,
            terms=terms_at(seat, group, grid, beta, choice),
            choice=choice,
            unit_effects=None if layout.unit_effects is None else layout.unit_effects[group],
            log_factors=np.array(row["log_factors"], float),
        )

    return tuple(side_by_side(blocks, read, len(layout.group_names)))
