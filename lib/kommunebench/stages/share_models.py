"""The share models as rows of gold.national_models, so that a model is fitted once a run."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Blocks
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.blocks.shared_passes import side_by_side
from kommunebench.benchmark.comparison.models import WITHIN
from kommunebench.benchmark.shares.fit import fit_priors
from kommunebench.benchmark.shares.judgement import ShareModels
from kommunebench.benchmark.shares.model import ShareModel
from kommunebench.stages.stage import StageInputs
from kommunebench.stages.stored_models import stored_rows


def share_model_rows(name: str, models: Sequence[ShareModel]) -> pd.DataFrame:
    """One row per group in the columns of gold.national_models, under the name of the model, the
    constant among the terms; there is no baseline."""
    rows = [
        {
            "model": name,
            "group": model.name,
            "terms": list(model.names),
            "centre": [*(0.0 for _ in range(1 + model.n_effects)), *model.design.centre.tolist()],
            "coefficients": model.coefficients.tolist(),
            "bread": model.bread.ravel().tolist(),
            "covariance": model.covariance.ravel().tolist(),
            "se_robust": np.sqrt(np.diag(model.covariance_robust)).tolist(),
            "omitted": model.omitted.tolist(),
            "log_likelihood": model.log_likelihood,
            "log_likelihood_null": model.log_likelihood_null,
            "event_times": [],
            "log_factors": [],
        }
        for model in models
    ]
    return pd.DataFrame(rows)


def read_share_models(
    inputs: StageInputs, blocks: Blocks, layout: RecordLayout, names: Sequence[str]
) -> dict[str, ShareModels]:
    """The models of the run as they were fitted, by name; their priors come from one pass over the
    cases. Raises InputError where the run has no models."""
    rows = stored_rows(inputs, layout, names)

    def read(position: int, seat: Blocks) -> ShareModels:
        name = names[position]
        models = []
        for group, group_name in enumerate(layout.group_names):
            row, design = rows[name, group_name], layout.designs[group]
            effects = layout.effects_of(group) if name == WITHIN else None
            size = len(row["coefficients"])
            model = ShareModel(
                name=group_name,
                design=design,
                unit_effects=effects,
                coefficients=np.array(row["coefficients"], float),
                bread=np.array(row["bread"], float).reshape(size, size),
                covariance=np.array(row["covariance"], float).reshape(size, size),
                covariance_robust=np.full((size, size), np.nan),
                omitted=np.array(row["omitted"], bool),
                priors=fit_priors(seat, group, design, effects),
                log_likelihood=row["log_likelihood"],
                log_likelihood_null=row["log_likelihood_null"],
            )
            models.append(model.with_second_stage())
        return tuple(models)

    return dict(zip(names, side_by_side(blocks, read, len(names)), strict=True))
