"""The national model as MLflow serves it: expected duration or share for new rows, from
coefficients (and the baseline of a hazard model) kept as JSON. Imports nothing of kommunebench:
MLflow keeps this file with the model, which loads where the package is not."""

import json
from typing import Any

import mlflow
import numpy as np
import pandas as pd


class NationalModel(mlflow.pyfunc.PythonModel):
    """One value a row. Of a hazard model, what the analysis measures of S0(t) ** exp(x beta): the
    area up to the horizon, or the share with the event within it. Of a share model, the expected
    probability, 1 / (1 + exp(-x beta)). Numbers are centred as the coefficients are, so that those
    of a baseline lose no digits of large numbers such as calendar years."""

    def load_context(self, context: Any) -> None:
        """Read coefficients, baseline and covariate declarations."""
        with open(context.artifacts["national_model"], encoding="utf-8") as handle:
            self.content = json.load(handle)

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> np.ndarray:
        """Expected durations in the analysis' unit of time, or shares (0 to 1). Raises ValueError
        for a group without a model, and naming column and values for levels the model does not
        have and for missing values."""
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
            where = f" in the model of {name}" if group else ""
            predictor = self._linear_predictor(model_input[rows], model, where)
            expected[rows] = self._expected(predictor, model)
        return expected

    def _expected(self, predictor: np.ndarray, model: dict[str, Any]) -> np.ndarray:
        """What the analysis measures (n,) at these linear predictors (n,), which are infinite in a
        level in which nobody or everybody has the event."""
        if "log_survival" not in model:
            with np.errstate(over="ignore"):
                return 1.0 / (1.0 + np.exp(-predictor))
        log_survival = np.array([0.0, *model["log_survival"]])
        curves = np.exp(np.exp(predictor)[:, None] * log_survival)
        is_share = self.content["measure"] == "share"
        return 1 - curves[:, -1] if is_share else curves[:, :-1].sum(axis=1)

    def _linear_predictor(
        self, rows: pd.DataFrame, model: dict[str, Any], where: str
    ) -> np.ndarray:
        """x beta and the constant (n,); infinite in a level at the limit."""
        # Infinite coefficients are kept as text, which JSON has no number for.
        betas = {term: float(beta) for term, beta in model["coefficients"].items()}
        predictor = np.full(len(rows), model.get("constant", 0.0))
        limits = np.zeros((2, len(rows)), bool)  # nobody has the event; everybody has
        for covariate in self.content["covariates"]:
            values = rows[covariate["column"]]
            if covariate["kind"] == "category":
                added = _of_levels(covariate, values, betas, where)
            else:
                added = _of_numbers(covariate, values, betas, model["centres"], where)
            limits |= np.isneginf(added), np.isposinf(added)
            predictor += np.where(np.isfinite(added), added, 0.0)
        if limits.all(axis=0).any():
            raise ValueError(
                f"{int(limits.all(axis=0).sum())} rows have a level in which nobody has the event"
                f" and one in which everybody has{where}."
            )
        predictor[limits[0]], predictor[limits[1]] = -np.inf, np.inf
        return predictor


def _of_levels(
    covariate: dict[str, Any], values: pd.Series, betas: dict[str, float], where: str
) -> np.ndarray:
    """Coefficients of the rows' levels of a category (n,); 0 in the reference."""
    column, prefix = covariate["column"], covariate["prefix"]
    _refuse_missing(column, values)
    levels = values.astype(str)
    added = (prefix + levels).map(betas)
    unknown = sorted(set(levels[added.isna()]))
    if unknown:
        known = sorted(t.removeprefix(prefix) for t in betas if t.startswith(prefix))
        of_known = f"; known: {known}" if prefix else ""
        raise ValueError(f"{column}: no level {unknown}{where}{of_known}.")
    return added.to_numpy(float)


def _of_numbers(
    covariate: dict[str, Any],
    values: pd.Series,
    betas: dict[str, float],
    centres: dict[str, float],
    where: str,
) -> np.ndarray:
    """What a number or indicator adds (n,). Where 0 and 1 are levels, one of them may be at the
    limit, and the other is then the reference."""
    column = covariate["column"]
    _refuse_missing(column, values)
    numbers = values.to_numpy(float)
    if np.isinf(numbers).any():
        raise ValueError(f"{column}: infinite in {int(np.isinf(numbers).sum())} rows{where}.")
    if covariate["kind"] == "indicator" and not np.isin(numbers, (0.0, 1.0)).all():
        others = sorted({float(x) for x in numbers} - {0.0, 1.0})
        raise ValueError(f"{column}: an indicator is 0 or 1, not {others[:5]}{where}.")
    at_one, at_zero = betas.get(column, 0.0), betas.get(f"{column}_0", 0.0)
    if np.isfinite(at_one):
        added = (numbers - centres.get(column, 0.0)) * at_one
    else:
        added = np.where(numbers == 1, at_one, 0.0)
    return np.where(numbers == 0, added + at_zero, added)


def _refuse_missing(column: str, values: pd.Series) -> None:
    missing = int(values.isna().sum())
    if missing:
        raise ValueError(
            f"{column}: missing in {missing} of {len(values)} rows; the model has a value, or a"
            " level for unknown, in every row."
        )


mlflow.models.set_model(NationalModel())
