"""The share models as rows of gold.national_models, so that a model is fitted once a run."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.comparison.models import WITHIN
from kommunebench.benchmark.shares.judgement import ShareModels
from kommunebench.benchmark.shares.model import ShareModel
from kommunebench.stages.stage import StageInputs
from kommunebench.stages.stored_models import (
    StoredRow,
    fitted_values,
    stored_row,
    stored_rows,
)


def share_model_rows(name: str, models: Sequence[ShareModel]) -> pd.DataFrame:
    """One row per group in the columns of gold.national_models, under the name of the model, the
    constant among the terms; there is no baseline."""
    rows = [
        stored_row(
            name,
            model,
            model,
            terms=model.names,
            coefficients=model.coefficients,
            se_robust=np.sqrt(np.diag(model.covariance_robust)),
        )
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
    rows: Mapping[tuple[str, str], StoredRow], layout: RecordLayout, name: str, group: int
) -> ShareModel:
    row = rows[name, layout.group_names[group]]
    model = ShareModel(
        name=row["group"],
        design=layout.designs[group],
        unit_effects=layout.effects_of(group) if name == WITHIN else None,
        coefficients=np.array(row["coefficients"], float),
        covariance_robust=np.full((len(row["coefficients"]),) * 2, np.nan),
        **fitted_values(row),
    )
    return model.with_second_stage()
