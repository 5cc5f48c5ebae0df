"""The national model as it is logged: coefficients and baselines that may leave, in the form that
tracking/served_model.py reads."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from kommunebench.benchmark.shares.model import CONSTANT
from kommunebench.settings import AnalysisSettings
from kommunebench.survival.curves import Floats

# JSON has no infinity: a survival of exp(-1e6) is 0.
_CURVE_ENDS = -1e6


def hazard_model(
    settings: AnalysisSettings, tables: Mapping[str, pd.DataFrame], models: pd.DataFrame | None
) -> dict[str, Any] | None:
    """The hazard model of each group whose baseline may leave, from the published ``tables`` and
    the ``models`` as they were fitted; None where there is none."""
    coefficients, baselines = (tables.get(name) for name in ("cox_coefficients", "cox_baseline"))
    if coefficients is None or baselines is None or models is None:
        return None
    groups = {}
    for _, model in models.iterrows():
        weeks = baselines.loc[baselines["group"] == model["group"], "week"].to_numpy(float)
        if not len(weeks):
            continue
        log_survival = _between_shown(np.array(model["log_factors"], float), weeks)
        groups[str(model["group"])] = {
            "coefficients": _of_group(coefficients, model["group"]),
            "centres": dict(zip(model["terms"], map(float, model["centre"]), strict=True)),
            "log_survival": log_survival.tolist(),
        }
    return _described(settings, groups)


def share_model(
    settings: AnalysisSettings, tables: Mapping[str, pd.DataFrame]
) -> dict[str, Any] | None:
    """The share model of each group, with numbers that count from zero, as its published table of
    coefficients has it; None where there is none."""
    coefficients = tables.get("logit_coefficients")
    if coefficients is None:
        return None
    groups = {}
    for name in coefficients["group"].unique():
        terms = _of_group(coefficients, name)
        constant = terms.pop(CONSTANT)
        groups[str(name)] = {"constant": constant, "coefficients": terms, "centres": {}}
    return _described(settings, groups)


def _of_group(coefficients: pd.DataFrame, group: str) -> dict[str, float | str]:
    """Coefficients of a group by term, 0 of the references among them, so that a level the model
    does not have is told from one of them. What is infinite is text, which JSON has no number
    for."""
    rows = coefficients[coefficients["group"] == group]
    values = rows["coefficient"].astype(float)
    return {
        str(term): value if np.isfinite(value) else str(value)
        for term, value in zip(rows["term"], values, strict=True)
    }


def _described(settings: AnalysisSettings, groups: dict[str, Any]) -> dict[str, Any] | None:
    """The groups' models with the covariates they are asked with; None without a group."""
    if not groups:
        return None
    covariates = [
        {
            "column": c.column,
            "kind": c.kind,
            "prefix": _prefix(c.column if c.prefix is None else c.prefix),
        }
        for c in settings.model.covariates
    ]
    return {
        "group": settings.model.group,
        "horizon": settings.observation.horizon_weeks,
        "measure": settings.measure,
        "covariates": covariates,
        "groups": groups,
    }


def _prefix(prefix: str) -> str:
    return f"{prefix}_" if prefix else ""


def _between_shown(log_factors: Floats, shown_weeks: Floats) -> Floats:
    """Log survival after every week, with a straight line of survival between the weeks shown, the
    last of which is the last of all: the weeks between do not tell when single persons had the
    event."""
    # A week in which all of the group at risk have the event ends its curve.
    survival = np.exp(np.cumsum(np.maximum(log_factors, _CURVE_ENDS)))
    weeks = np.arange(1.0, len(survival) + 1)
    shown = np.sort(shown_weeks)
    at_shown = survival[shown.astype(int) - 1]
    straight = np.interp(weeks, np.append(0.0, shown), np.append(1.0, at_shown))
    with np.errstate(divide="ignore"):
        between: Floats = np.maximum(np.log(straight), _CURVE_ENDS)
    return between
