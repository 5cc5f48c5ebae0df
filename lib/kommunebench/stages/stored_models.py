"""The national models as rows of gold.national_models, so that a model is fitted once a run."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.block import Blocks, Floats
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.blocks.shared_passes import side_by_side
from kommunebench.benchmark.comparison.models import WITHIN
from kommunebench.benchmark.model.block_fit import grid_of, terms_at
from kommunebench.benchmark.model.group_model import GroupModel
from kommunebench.benchmark.model.national import HazardEstimate, ModelChoice, NationalModel
from kommunebench.errors import InputError
from kommunebench.gold import NATIONAL_MODELS
from kommunebench.stages.stage import StageInputs

StoredRow = dict[str, Any]


class Fitted(Protocol):
    """What the fits of durations and of shares hand back alike."""

    @property
    def bread(self) -> Floats:
        """Inverse of the information plus the priors' precision (p, p)."""
        ...

    @property
    def covariance(self) -> Floats:
        """Of the coefficients, by the model (p, p)."""
        ...

    @property
    def omitted(self) -> np.ndarray:
        """Terms the data cannot tell from others (p,)."""
        ...

    @property
    def prior_sd(self) -> Floats:
        """Standard deviations of the priors (p,)."""
        ...

    @property
    def log_likelihood(self) -> float:
        """At the coefficients."""
        ...

    @property
    def log_likelihood_null(self) -> float:
        """Without covariates."""
        ...


def model_rows(name: str, models: Sequence[NationalModel]) -> pd.DataFrame:
    """One row per group in the columns of gold.national_models, under the name of the model;
    matrices row by row."""
    rows = []
    for model in models:
        effects = () if model.unit_effects is None else model.unit_effects.names
        assert model.log_factors is not None
        row = stored_row(
            name,
            model,
            model.estimate,
            terms=[*effects, *model.design.terms],
            coefficients=model.estimate.beta,
            se_robust=model.estimate.se_robust,
        )
        row["event_times"] = model.grid.time.tolist()
        row["log_factors"] = model.log_factors.tolist()
        rows.append(row)
    return pd.DataFrame(rows)


def stored_row(
    name: str,
    model: GroupModel,
    fitted: Fitted,
    *,
    terms: Sequence[str],
    coefficients: Floats,
    se_robust: Floats,
) -> StoredRow:
    """A row of gold.national_models without a baseline. ``terms``: the constant and effects of
    units first, where there are any; the columns of the design follow."""
    centre = model.design.centre.tolist()
    return {
        "model": name,
        "group": model.name,
        "terms": list(terms),
        "centre": [0.0] * (len(terms) - len(centre)) + centre,
        "coefficients": coefficients.tolist(),
        "bread": fitted.bread.ravel().tolist(),
        "covariance": fitted.covariance.ravel().tolist(),
        "se_robust": se_robust.tolist(),
        "omitted": fitted.omitted.tolist(),
        "prior_sd": fitted.prior_sd.tolist(),
        "log_likelihood": fitted.log_likelihood,
        "log_likelihood_null": fitted.log_likelihood_null,
        "event_times": [],
        "log_factors": [],
    }


def fitted_values(row: StoredRow) -> dict[str, Any]:
    """What is Fitted, by name, from a row of gold.national_models."""
    size = len(row["coefficients"])
    return {
        "bread": np.array(row["bread"], float).reshape(size, size),
        "covariance": np.array(row["covariance"], float).reshape(size, size),
        "omitted": np.array(row["omitted"], bool),
        "prior_sd": np.array(row["prior_sd"], float),
        "log_likelihood": row["log_likelihood"],
        "log_likelihood_null": row["log_likelihood_null"],
    }


def stored_rows(
    inputs: StageInputs, layout: RecordLayout, names: Sequence[str]
) -> dict[tuple[str, str], StoredRow]:
    """The rows of gold.national_models by model and group. Raises InputError where the run lacks
    one."""
    rows = {(row["model"], row["group"]): row for row in inputs.rows(NATIONAL_MODELS).to_pylist()}
    wanted = [(name, group) for name in names for group in layout.group_names]
    missing = [" ".join(pair) for pair in wanted if pair not in rows]
    if missing:
        raise InputError(f"no models {missing} in this run; run benchmark first.")
    return rows


def models_of_run(inputs: StageInputs, wanted: Sequence[str]) -> tuple[str, ...]:
    """Names of the models that the run has fitted, those ``wanted`` first whether it has them or
    not."""
    stored = inputs.rows(NATIONAL_MODELS)["model"].to_pylist()
    return tuple(dict.fromkeys((*wanted, *stored)))


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
        grid = grid_of(np.array(row["event_times"], float))
        se_robust = np.array(row["se_robust"], float)
        estimate = HazardEstimate(beta=beta, se_robust=se_robust, **fitted_values(row))
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
