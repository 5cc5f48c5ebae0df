"""The share models as rows of gold.national_models, so that a model is fitted once a run."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.comparison.models import POOLED
from kommunebench.benchmark.shares.model import ShareModel
from kommunebench.errors import InputError
from kommunebench.gold import NATIONAL_MODELS
from kommunebench.stages.stage import StageInputs


def share_model_rows(models: Sequence[ShareModel]) -> pd.DataFrame:
    """One row per group in the columns of gold.national_models, the constant among the terms; there
    is no baseline."""
    rows = [
        {
            "model": POOLED,
            "group": model.name,
            "terms": list(model.names),
            "centre": [0.0, *model.design.centre.tolist()],
            "coefficients": model.beta.tolist(),
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


def read_share_models(inputs: StageInputs, layout: RecordLayout) -> tuple[ShareModel, ...]:
    """The models of the run as they were fitted. Raises InputError where the run has none."""
    rows = {row["group"]: row for row in inputs.read(NATIONAL_MODELS).collect()}
    missing = [name for name in layout.group_names if name not in rows]
    if missing:
        raise InputError(f"no model of the groups {missing} in this run; run benchmark first.")
    models = []
    for name, design in zip(layout.group_names, layout.designs, strict=True):
        row = rows[name]
        size = len(row["coefficients"])
        models.append(
            ShareModel(
                name=name,
                design=design,
                beta=np.array(row["coefficients"], float),
                bread=np.array(row["bread"], float).reshape(size, size),
                covariance=np.array(row["covariance"], float).reshape(size, size),
                covariance_robust=np.full((size, size), np.nan),
                omitted=np.array(row["omitted"], bool),
                log_likelihood=row["log_likelihood"],
                log_likelihood_null=row["log_likelihood_null"],
            )
        )
    return tuple(models)
