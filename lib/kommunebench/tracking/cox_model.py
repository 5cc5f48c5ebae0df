"""The national hazard model as MLflow serves it: expected duration or share for new rows, from
coefficients and baseline kept as JSON."""

import json
from typing import Any

import mlflow
import numpy as np
import pandas as pd


class ExpectedDurationModel(mlflow.pyfunc.PythonModel):
    """What the analysis measures of S0(t) ** exp(x beta), one value a row: the area up to the
    horizon, or the share with the event within it. Numbers are centred as in the fit, at the point
    where the baseline is defined, so that large numbers such as calendar years lose no digits."""

    def load_context(self, context: Any) -> None:
        """Read coefficients, baseline and covariate declarations."""
        with open(context.artifacts["cox_model"], encoding="utf-8") as handle:
            self.content = json.load(handle)

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> np.ndarray:
        """Expected durations in the analysis' unit of time, or shares (0 to 1). Raises ValueError
        for a group without a model."""
        group = self.content["group"]
        groups = (
            model_input[group].astype(str) if group else pd.Series("all", index=model_input.index)
        )
        unknown = sorted(set(groups) - set(self.content["groups"]))
        if unknown:
            raise ValueError(
                f"{group}: no model for {unknown}; known: {sorted(self.content['groups'])}"
            )
        expected = np.empty(len(model_input))
        for name, model in self.content["groups"].items():
            rows = (groups == name).to_numpy()
            predictor = self._linear_predictor(model_input[rows], model)
            log_survival = np.array([0.0, *model["log_survival"]])
            curves = np.exp(np.exp(predictor)[:, None] * log_survival)
            is_share = self.content["measure"] == "share"
            expected[rows] = 1 - curves[:, -1] if is_share else curves[:, :-1].sum(axis=1)
        return expected

    def _linear_predictor(self, rows: pd.DataFrame, model: dict[str, Any]) -> np.ndarray:
        """x beta; minus infinity in a level without events in the data: survival stays at 1."""
        betas = {
            term: -np.inf if beta is None else beta for term, beta in model["coefficients"].items()
        }
        predictor = np.zeros(len(rows))
        for covariate in self.content["covariates"]:
            name, values = covariate["column"], rows[covariate["column"]]
            if covariate["kind"] == "category":
                terms = covariate["prefix"] + values.astype(str)
                predictor += terms.map(betas).fillna(0.0).to_numpy(float)
                continue
            numeric, beta = values.to_numpy(float), betas.get(name, 0.0)
            if np.isneginf(beta):
                predictor[numeric == 1] = -np.inf
            else:
                predictor += (numeric - model["centres"].get(name, 0.0)) * beta
            if np.isneginf(betas.get(f"{name}_0", 0.0)):
                predictor[numeric == 0] = -np.inf
        return predictor


mlflow.models.set_model(ExpectedDurationModel())
