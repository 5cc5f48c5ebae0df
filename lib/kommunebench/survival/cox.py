"""Cox's proportional hazards model: ties, case weights, delayed entry, strata, offset, clusters."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from kommunebench.errors import ConvergenceError, InputError
from kommunebench.survival import checks
from kommunebench.survival.baseline import (
    BaselineMethod,
    Baselines,
    baseline_factors,
    expected_durations,
)
from kommunebench.survival.cox_sums import CoxRows, Ties
from kommunebench.survival.curves import Floats, SurvivalCurve
from kommunebench.survival.diagnostics import concordance, proportionality
from kommunebench.survival.merging import equal_rows
from kommunebench.survival.newton import Maximum, maximise
from kommunebench.survival.partial_likelihood import PartialLikelihood, score_residuals
from kommunebench.survival.risk_sets import lay_out
from kommunebench.survival.threads import block_threads

# Rows computed with at a time: their covariates stay in the processor's cache.
ROWS = 8192


@dataclass(frozen=True, slots=True)
class CoxData:
    """The checked rows a model was fitted to: kept with the fit for baseline, residuals and tests."""

    rows: CoxRows
    duration: Floats
    stratum: np.ndarray
    strata_names: tuple[object, ...]
    ties: Ties


@dataclass(frozen=True, slots=True)
class CoxFit:
    """A fitted model. Series are indexed by covariate; ``se`` from the information, ``se_robust``
    clustered (None without)."""

    coefficients: pd.Series
    se: pd.Series
    se_robust: pd.Series | None
    covariance: pd.DataFrame
    log_likelihood: float
    log_likelihood_null: float
    score_statistic: float
    iterations: int
    data: CoxData

    @property
    def linear_predictor(self) -> Floats:
        """x beta + offset of each row, uncentred."""
        return self.data.rows.predictor(self.coefficients.to_numpy())

    def score_residuals(self) -> Floats:
        """Unweighted score residuals (n, p)."""
        return score_residuals(self.data.rows, self.coefficients.to_numpy(), self.data.ties)

    def baseline(
        self, method: BaselineMethod = "kalbfleisch_prentice"
    ) -> SurvivalCurve | dict[object, SurvivalCurve]:
        """Survival at covariates (and offset) zero; a dict by stratum where the model is
        stratified.

        Kalbfleisch-Prentice's product limit (Kaplan-Meier where there are no covariates) or
        exp(-Breslow's hazard). Standard errors are Tsiatis' (1981), of the hazard including the
        coefficients' uncertainty, by the delta method. Raises InputError for another method.
        """
        factors = self._baselines(method)
        covariance = self.covariance.to_numpy()
        curves = {
            name: factors.curve(number, covariance)
            for number, name in enumerate(self.data.strata_names)
        }
        return curves[None] if list(curves) == [None] else curves

    def expected_duration(
        self,
        covariates: pd.DataFrame,
        horizon: float,
        strata: ArrayLike | None = None,
        method: BaselineMethod = "kalbfleisch_prentice",
    ) -> Floats:
        """Area under S0(t)^exp(x beta) from 0 to the horizon, one value a row of the covariates
        (offset zero).

        Raises InputError for columns that are not the model's, unknown strata, or a horizon that is
        not positive.
        """
        if list(covariates.columns) != list(self.coefficients.index):
            raise InputError(
                f"covariates: columns must be {list(self.coefficients.index)}, got"
                f" {list(covariates.columns)}."
            )
        if not horizon > 0:
            raise InputError(f"horizon: must be positive, got {horizon}.")
        predictor = checks.design(covariates, len(covariates)) @ self.coefficients.to_numpy()
        codes = self._stratum_codes(strata, len(predictor))
        factors = self._baselines(method)
        result = np.empty(len(predictor))
        for number in range(len(self.data.strata_names)):
            rows = np.flatnonzero(codes == number)
            time, log_survival = factors.log_survival(number)
            result[rows] = expected_durations(
                time, log_survival, predictor[rows] - factors.shift, horizon
            )
        return result

    def concordance(self) -> float:
        """Harrell's C of the model on its own rows (diagnostics.concordance)."""
        return concordance(self.data.rows, self.data.duration, self.linear_predictor)

    def proportionality_test(self) -> pd.DataFrame:
        """Test of proportional hazards per term: columns chi2, p_value
        (diagnostics.proportionality)."""
        return proportionality(
            self.data.rows, self.coefficients, self.covariance.to_numpy(), self.data.ties
        )

    def _baselines(self, method: BaselineMethod) -> Baselines:
        return baseline_factors(
            self.data.rows, self.coefficients.to_numpy(), method, self._followed_to()
        )

    def _followed_to(self) -> Floats:
        last = np.zeros(len(self.data.strata_names))
        np.maximum.at(
            last, self.data.stratum, np.where(self.data.rows.weights > 0, self.data.duration, 0.0)
        )
        return last

    def _stratum_codes(self, strata: ArrayLike | None, length: int) -> np.ndarray:
        names = self.data.strata_names
        if names == (None,):
            if strata is not None:
                raise InputError("strata: the model is not stratified.")
            return np.zeros(length, np.intp)
        if strata is None:
            raise InputError(f"strata: the model is stratified; give one of {list(names)} per row.")
        given = np.asarray(strata, dtype=object)
        if len(given) != length:
            raise InputError(f"strata: {len(given)} values, expected {length}, one per row.")
        codes = pd.Index(names).get_indexer(pd.Index(given))
        unknown = sorted({str(value) for value in given[codes < 0]})
        if unknown:
            raise InputError(f"strata: {unknown} not in the model; known: {list(names)}.")
        return codes


def fit_cox(
    duration: ArrayLike,
    event: ArrayLike,
    covariates: pd.DataFrame,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    ties: Ties = "breslow",
) -> CoxFit:
    """Fit hazard(t | x) = hazard0(t) exp(x beta) by the partial likelihood (Cox 1972).

    ``covariates``: numeric, already dummy coded, no constant. At risk at t: entry < t <= duration.
    ``cluster`` gives robust standard errors, score residuals summed within clusters, no
    small-sample factor (Lin and Wei 1989). Raises InputError naming argument, column and first
    rows; ConvergenceError naming separated or indistinguishable terms.
    """
    time, happened, start, weight = checks.durations(duration, event, entry, weights)
    x = checks.design(covariates, len(time))
    names = [str(name) for name in covariates.columns]
    shift = np.zeros(len(time)) if offset is None else checks.numbers("offset", offset, len(time))
    if ties not in ("breslow", "efron"):
        raise InputError(f"ties: '{ties}' is neither breslow nor efron.")
    if not (happened & (weight > 0)).any():
        raise InputError("event: no event in any row; a hazard cannot be estimated.")
    checks.refuse_constant_columns(x, weight > 0, names)
    codes, strata_names = (
        _codes("strata", strata, len(time))
        if strata is not None
        else (np.zeros(len(time), np.intp), (None,))
    )
    clusters = None if cluster is None else _codes("cluster", cluster, len(time))[0]
    data = CoxData(
        CoxRows(lay_out(time, happened, start, codes), x, weight, shift),
        time,
        codes,
        strata_names,
        ties,
    )
    return _fit(data, _without_repetition(data, start), names, clusters)


def _without_repetition(data: CoxData, start: Floats) -> CoxRows:
    """The rows the model is fitted to: equal ones as one with the sum of their weights, where that
    makes them a good deal fewer."""
    rows, risk = data.rows, data.rows.risk
    if rows.offset.any() or not rows.x.shape[1]:
        return rows
    marks = (risk.first * (len(risk.grid.time) + 1) + risk.last) * 2 + risk.event
    if data.ties == "efron":
        # Tied events are as many as there are rows of them: each keeps a mark of its own.
        marks[risk.event] = -1 - np.arange(int(risk.event.sum()))
    merged = equal_rows(rows.x, marks)
    if merged is None:
        return rows
    own = merged.rows
    layout = lay_out(data.duration[own], risk.event[own], start[own], data.stratum[own], risk.grid)
    return CoxRows(layout, rows.x[own], merged.weights(rows.weights), rows.offset[own])


def _fit(data: CoxData, rows: CoxRows, names: list[str], clusters: np.ndarray | None) -> CoxFit:
    # Standardised columns keep the sums small; the coefficients are put back on their own scale.
    centre, scale = checks.mean_and_spread(rows.x)
    checks.refuse_extreme_columns(scale, names)
    scaled = CoxRows(rows.risk, rows.x, rows.weights, rows.offset, centre, scale)
    blocks = scaled.blocks(ROWS)
    with block_threads(len(blocks)) as threads:
        found = _maximise(PartialLikelihood(blocks, data.ties, threads), rows, names)
    covariance = np.linalg.inv(found.information) / np.outer(scale, scale)
    coefficients = pd.Series(found.coefficients / scale, names)
    se = pd.Series(np.sqrt(np.diag(covariance)), names)
    robust = None if clusters is None else _robust_se(data, found, scale, clusters, coefficients)
    return CoxFit(
        coefficients,
        se,
        robust,
        pd.DataFrame(covariance, names, names),
        found.value,
        found.start_value,
        found.start_statistic,
        found.iterations,
        data,
    )


def _maximise(likelihood: PartialLikelihood, rows: CoxRows, names: list[str]) -> Maximum:
    """The maximum; where columns turn out hard to tell apart, those that depend on others among all
    rows are named first."""
    try:
        found = maximise(likelihood, np.zeros(len(names)), names)
    except ConvergenceError:
        checks.refuse_dependent_columns(rows.x[rows.weights > 0], names)
        raise
    values = np.linalg.eigvalsh(found.information)
    if len(values) and values[0] < 1e-7 * values[-1]:
        checks.refuse_dependent_columns(rows.x[rows.weights > 0], names)
    return found


def _codes(argument: str, values: ArrayLike, length: int) -> tuple[np.ndarray, tuple[object, ...]]:
    series = pd.Series(np.asarray(values))
    if len(series) != length:
        raise InputError(f"{argument}: {len(series)} values, expected {length}, one per row.")
    checks.refuse(argument, series.isna().to_numpy(), "missing")
    codes, names = pd.factorize(series, sort=True)
    return codes.astype(np.intp), tuple(names.tolist())


def _robust_se(
    data: CoxData, found: Maximum, scale: Floats, clusters: np.ndarray, coefficients: pd.Series
) -> pd.Series:
    residuals = (
        score_residuals(data.rows, coefficients.to_numpy(), data.ties) * data.rows.weights[:, None]
    )
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.diff(clusters[order], prepend=-1))
    summed = np.add.reduceat(residuals[order], starts, axis=0)
    influence = (summed / scale) @ np.linalg.inv(found.information) / scale
    return pd.Series(np.sqrt(np.einsum("ij,ij->j", influence, influence)), coefficients.index)
