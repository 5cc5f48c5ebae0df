"""The share models as rows of gold.national_models, so that a model is fitted once a run."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.comparison.models import WITHIN
from kommunebench.benchmark.shares.judgement import ShareModels
from kommunebench.benchmark.shares.model import ShareModel
from kommunebench.stages.stage import StageInputs
from kommunebench.stages.stored_models import stored_rows

if TYPE_CHECKING:
    from pyspark.sql import Row


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
            "prior_sd": model.prior_sd.tolist(),
            "log_likelihood": model.log_likelihood,
            "log_likelihood_null": model.log_likelihood_null,
            "event_times": [],
            "log_factors": [],
        }
        for model in models
    ]
    return pd.DataFrame(rows)


def read_share_models(
    inputs: StageInputs, layout: RecordLayout, names: Sequence[str]
) -> dict[str, ShareModels]:
    """The models of the run as they were fitted, by name. Raises InputError where the run has no
    models."""
    rows = stored_rows(inputs, layout, names)
    groups = range(len(layout.group_names))
    return {name: tuple(_read(rows, layout, name, group) for group in groups) for name in names}


def _read(
    rows: Mapping[tuple[str, str], "Row"], layout: RecordLayout, name: str, group: int
) -> ShareModel:
    row = rows[name, layout.group_names[group]]
    size = len(row["coefficients"])
    model = ShareModel(
        name=row["group"],
        design=layout.designs[group],
        unit_effects=layout.effects_of(group) if name == WITHIN else None,
        coefficients=np.array(row["coefficients"], float),
        bread=np.array(row["bread"], float).reshape(size, size),
        covariance=np.array(row["covariance"], float).reshape(size, size),
        covariance_robust=np.full((size, size), np.nan),
        omitted=np.array(row["omitted"], bool),
        prior_sd=np.array(row["prior_sd"], float),
        log_likelihood=row["log_likelihood"],
        log_likelihood_null=row["log_likelihood_null"],
    )
    return model.with_second_stage()
