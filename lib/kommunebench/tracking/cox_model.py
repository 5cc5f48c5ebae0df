"""The Cox model as MLflow serves it: expected duration for new rows from coefficients and baseline
kept as JSON."""

import json
from typing import Any

import mlflow
import numpy as np
import pandas as pd


class ExpectedDurationModel(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Area under S0(t) ** exp(x beta) up to the horizon, one value a row."""

    def load_context(self, context: Any) -> None:
        """Read coefficients, baseline and covariate declarations."""
        with open(context.artifacts["cox_model"], encoding="utf-8") as handle:
            self.content = json.load(handle)

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> np.ndarray:
        """Expected durations in the analysis' unit of time. Raises ValueError for a group without a
        model."""
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
            predictor = self._linear_predictor(model_input[rows], model["coefficients"])
            log_survival = np.log(
                np.clip(np.array([1.0, *model["baseline_survival"][:-1]]), 1e-300, 1.0)
            )
            expected[rows] = np.exp(np.exp(predictor)[:, None] * log_survival[None, :]).sum(axis=1)
        return expected

    def _linear_predictor(
        self, rows: pd.DataFrame, coefficients: dict[str, float | None]
    ) -> np.ndarray:
        predictor = np.zeros(len(rows))
        for covariate in self.content["covariates"]:
            values = rows[covariate["column"]]
            if covariate["kind"] == "category":
                terms = covariate["prefix"] + values.astype(str)
                # A level without events in the data has no finite coefficient: its survival stays
                # at 1.
                betas = {
                    term: -np.inf if beta is None else beta for term, beta in coefficients.items()
                }
                predictor += terms.map(betas).fillna(0.0).to_numpy(float)
            else:
                predictor += values.to_numpy(float) * (coefficients.get(covariate["column"]) or 0.0)
        return predictor


mlflow.models.set_model(ExpectedDurationModel())
