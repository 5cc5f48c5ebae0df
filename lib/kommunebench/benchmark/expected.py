"""The expected side: a Cox model per group, its baseline, and the expected duration of every spell
(method, section 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from kommunebench.benchmark.design import CovariateSpec, Design, UnitColumns, build_design
from kommunebench.benchmark.spell_arrays import Floats, Indices, SpellArrays
from kommunebench.survival.baseline import (
    BaselineMethod,
    breslow_log_factors,
    kalbfleisch_prentice_log_factors,
)
from kommunebench.survival.cox import CoxFit, fit_cox
from kommunebench.survival.partial_likelihood import Ties

_BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class GroupModel:
    """The model of one group. ``rows``: its spells; ``x`` (n_g, p) uncentred; ``risk`` (n_g,) exp(x
    beta), 0 in a level without events; ``log_factors`` (H,): log baseline factor of weeks 1 … H
    (Kalbfleisch-Prentice's, or minus Breslow's hazard); ``units``: where the model has effects of
    the units, the last columns of x, which the fit has and the expected durations have not."""

    name: str
    rows: Indices
    design: Design
    fit: CoxFit | None
    x: Floats
    risk: Floats
    log_factors: Floats
    baseline: BaselineMethod = "kalbfleisch_prentice"
    units: UnitColumns | None = None

    @property
    def log_survival(self) -> Floats:
        """log S0 after 0, 1 … H - 1 weeks (H,)."""
        return log_survival_of(self.log_factors)


def log_survival_of(log_factors: Floats) -> Floats:
    """log S0 after 0, 1 … H - 1 weeks (H,) from the log factors of weeks 1 … H."""
    return np.concatenate([[0.0], np.cumsum(log_factors)[:-1]])


def fit_group_models(
    arrays: SpellArrays,
    spells: pd.DataFrame,
    specs: Sequence[CovariateSpec],
    ties: Ties = "breslow",
    baseline: BaselineMethod = "kalbfleisch_prentice",
    unit_effects: bool = False,
) -> tuple[GroupModel, ...]:
    """A model per group over all units, with effects of the units or without.

    Raises InputError and ConvergenceError as fit_cox, with the group's name in front.
    """

    def fit(number: int) -> GroupModel:
        rows = np.flatnonzero(arrays.group == number)
        try:
            return _fit_group(
                arrays,
                rows,
                build_design(spells.iloc[rows], arrays.event[rows], specs),
                ties,
                baseline,
                unit_effects,
            )
        except ValueError as error:
            raise type(error)(f"model of group {arrays.group_names[number]}: {error}") from error

    return tuple(fit(number) for number in range(len(arrays.group_names)))


def _fit_group(
    arrays: SpellArrays,
    rows: Indices,
    design: Design,
    ties: Ties,
    baseline: BaselineMethod,
    unit_effects: bool,
) -> GroupModel:
    x = design.matrix.to_numpy(float).reshape(len(rows), -1)
    columns, left_out, unit = None, design.certain, arrays.unit[rows]
    covariates = design.matrix
    if unit_effects:
        spells, events = (
            np.bincount(unit, minlength=arrays.units),
            np.bincount(unit, arrays.event[rows], arrays.units),
        )
        columns = UnitColumns.of_counts(spells, events, arrays.unit_names)
        x = np.concatenate([x, columns.matrix(unit)], axis=1)
        left_out = left_out | ~columns.kept[unit]
        covariates = pd.DataFrame(x, columns=[*design.terms, *columns.names])
    informative = np.flatnonzero(~left_out)
    own = rows[informative]
    fit = fit_cox(
        arrays.duration[own],
        arrays.event[own],
        covariates.iloc[informative],
        cluster=arrays.person[own],
        ties=ties,
    )
    beta, p = fit.coefficients.to_numpy(), len(design.terms)
    risk = np.where(design.certain, 0.0, np.exp(x[:, :p] @ beta[:p]))
    in_fit = risk if columns is None else np.where(left_out, 0.0, np.exp(x @ beta))
    estimate = breslow_log_factors if baseline == "breslow" else kalbfleisch_prentice_log_factors
    factors = estimate(
        arrays.duration[rows], arrays.event[rows], in_fit, np.ones(len(rows)), arrays.horizon
    )
    return GroupModel(
        arrays.group_names[arrays.group[rows[0]]],
        rows,
        design,
        fit,
        x,
        risk,
        factors,
        baseline,
        columns,
    )


def area_under(log_survival: Floats, risk: Floats) -> Floats:
    """Sum over k of exp(risk log S0(k)): each row's area under its curve. ``log_survival`` (H,) for
    all rows or (n, H) row by row."""
    result = np.empty(len(risk))
    for start in range(0, len(risk), _BLOCK):
        part = slice(start, start + _BLOCK)
        curves = log_survival[part] if log_survival.ndim == 2 else log_survival[None, :]
        result[part] = survival_matrix(curves, risk[part]).sum(axis=1)
    return result


def survival_matrix(log_survival: Floats, risk: Floats) -> Floats:
    """exp(risk log S0), rows by weeks; 1 where the risk is 0, whatever the baseline."""
    with np.errstate(invalid="ignore"):
        exponent = risk[:, None] * log_survival
    if np.isneginf(log_survival).any():
        exponent = np.where(risk[:, None] == 0, 0.0, exponent)
    return np.exp(exponent)


def expected_by_spell(arrays: SpellArrays, models: Sequence[GroupModel]) -> Floats:
    """Expected duration of every spell (n,)."""
    expected = np.empty(len(arrays.duration))
    for model in models:
        expected[model.rows] = area_under(model.log_survival, model.risk)
    return expected


class FittedTerms(Protocol):
    """A fitted model as its table shows it: Series by term."""

    @property
    def coefficients(self) -> pd.Series: ...
    @property
    def se(self) -> pd.Series: ...
    @property
    def se_robust(self) -> pd.Series | None: ...


class PlannedTerms(Protocol):
    """Terms of the columns, references and levels without events."""

    @property
    def terms(self) -> tuple[str, ...]: ...
    @property
    def references(self) -> tuple[str, ...]: ...
    @property
    def no_events(self) -> tuple[str, ...]: ...


class TableModel(Protocol):
    """One group's model, whichever engine fitted it."""

    @property
    def name(self) -> str: ...
    @property
    def fit(self) -> FittedTerms | None: ...
    @property
    def design(self) -> PlannedTerms: ...
    @property
    def log_factors(self) -> Floats: ...


def coefficient_table(models: Sequence[TableModel]) -> pd.DataFrame:
    """Columns of gold.cox_coefficients. A level without events has coefficient minus infinity and
    no standard error."""
    from scipy import stats

    rows: list[dict[str, object]] = []
    for model in models:
        fit = model.fit
        assert fit is not None
        robust = fit.se_robust if fit.se_robust is not None else fit.se * np.nan
        # Effects of the units stand beside the terms of the fit and are not among those of the
        # table.
        for term in model.design.terms:
            z = fit.coefficients[term] / fit.se[term]
            rows.append(
                {
                    "group": model.name,
                    "term": term,
                    "is_reference": False,
                    "coefficient": fit.coefficients[term],
                    "se": fit.se[term],
                    "se_robust": robust[term],
                    "z": z,
                    "p_value": 2 * stats.norm.sf(abs(z)),
                }
            )
        rows += [
            {"group": model.name, "term": term, "is_reference": True, "coefficient": 0.0}
            for term in model.design.references
        ]
        rows += [
            {"group": model.name, "term": term, "is_reference": False, "coefficient": -np.inf}
            for term in model.design.no_events
        ]
    names = ["group", "term", "is_reference", "coefficient", "se", "se_robust", "z", "p_value"]
    return pd.DataFrame(rows, columns=names)


def proportionality_table(models: Sequence[GroupModel]) -> pd.DataFrame:
    """Columns of gold.proportionality: the Schoenfeld test of every term of every group."""
    frames = []
    for model in models:
        assert model.fit is not None
        test = model.fit.proportionality_test().loc[list(model.design.terms)]
        frames.append(
            test.assign(group=model.name, term=test.index)[["group", "term", "chi2", "p_value"]]
        )
    return pd.concat(frames, ignore_index=True)


def baseline_table(models: Sequence[TableModel]) -> pd.DataFrame:
    """Columns of gold.cox_baseline: survival at covariates zero after each week, and minus its
    logarithm."""
    frames = []
    for model in models:
        hazard = -np.cumsum(model.log_factors)
        weeks = np.arange(1, len(hazard) + 1)
        frames.append(
            pd.DataFrame(
                {
                    "group": model.name,
                    "week": weeks,
                    "baseline_survival": np.exp(-hazard),
                    "cumulative_hazard": hazard,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
