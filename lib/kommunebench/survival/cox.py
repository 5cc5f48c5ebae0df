"""Cox's proportional hazards model: ties, case weights, delayed entry, strata, offset, clusters."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from kommunebench.errors import InputError
from kommunebench.survival import checks
from kommunebench.survival.baseline import kalbfleisch_prentice
from kommunebench.survival.curves import Floats, SurvivalCurve
from kommunebench.survival.newton import maximise
from kommunebench.survival.partial_likelihood import Ties, likelihood, score_residuals, terms
from kommunebench.survival.risk_sets import RiskSets, lay_out

BaselineMethod = Literal["kalbfleisch_prentice", "breslow"]


@dataclass(frozen=True, slots=True)
class CoxData:
    """The checked rows a model was fitted to: kept with the fit for baseline, residuals and tests."""

    risk: RiskSets
    x: Floats
    weights: Floats
    offset: Floats
    duration: Floats
    strata_names: tuple[object, ...]
    ties: Ties


@dataclass(frozen=True, slots=True)
class CoxFit:
    """A fitted model. Series are indexed by covariate; ``se`` from the information, ``se_robust`` clustered (None without)."""

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
        return self.data.x @ self.coefficients.to_numpy() + self.data.offset

    def score_residuals(self) -> Floats:
        """Unweighted score residuals (n, p)."""
        data = self.data
        return score_residuals(data.risk, data.x, self.linear_predictor, data.weights, data.ties)

    def baseline(self, method: BaselineMethod = "kalbfleisch_prentice") -> "SurvivalCurve | dict[object, SurvivalCurve]":
        """Survival at covariates (and offset) zero; a dict by stratum where the model is stratified.

        Kalbfleisch-Prentice's product limit (Kaplan-Meier where there are no covariates) or exp(-Breslow's hazard). Standard
        errors are Tsiatis' (1981), of the hazard including the coefficients' uncertainty, by the delta method.
        """
        curves = {name: self._baseline_of(number, method) for number, name in enumerate(self.data.strata_names)}
        return curves[None] if list(curves) == [None] else curves

    def expected_duration(
        self,
        covariates: pd.DataFrame,
        horizon: float,
        strata: ArrayLike | None = None,
        method: BaselineMethod = "kalbfleisch_prentice",
    ) -> Floats:
        """Area under S0(t)^exp(x beta) from 0 to the horizon, one value a row of the covariates.

        Raises InputError for columns that are not the model's, unknown strata, or a horizon that is not positive.
        """
        if list(covariates.columns) != list(self.coefficients.index):
            raise InputError(f"covariates: columns must be {list(self.coefficients.index)}, got {list(covariates.columns)}.")
        if not horizon > 0:
            raise InputError(f"horizon: must be positive, got {horizon}.")
        predictor = checks.design(covariates, len(covariates)) @ self.coefficients.to_numpy()
        baseline = self.baseline(method)
        if isinstance(baseline, SurvivalCurve):
            return expected_durations(baseline, predictor, horizon)
        names = np.asarray(strata if strata is not None else [], dtype=object)
        if len(names) != len(predictor):
            raise InputError(f"strata: the model is stratified; give one of {list(baseline)} per row.")
        unknown = sorted({str(name) for name in names if name not in baseline})
        if unknown:
            raise InputError(f"strata: {unknown} not in the model; known: {list(baseline)}.")
        result = np.empty(len(predictor))
        for name, curve in baseline.items():
            rows = np.flatnonzero(names == name)
            result[rows] = expected_durations(curve, predictor[rows], horizon)
        return result

    def concordance(self) -> float:
        """Harrell's C: share of comparable pairs in which the row with the higher predictor had its event first."""
        from lifelines.utils import concordance_index

        return float(concordance_index(self.data.duration, -self.linear_predictor, self.data.risk.event))

    def proportionality_test(self) -> pd.DataFrame:
        """Test of proportional hazards per term: correlation of scaled Schoenfeld residuals with time (Grambsch and Therneau 1994).

        Columns chi2, p_value; one degree of freedom each.
        """
        data = self.data
        own = np.flatnonzero(data.risk.event & (data.weights > 0))
        r = data.weights * np.exp(self.linear_predictor)
        t = terms(data.risk, data.x, r, data.weights, "breslow")
        mean = np.zeros((len(data.risk.time), data.x.shape[1]))
        mean[t.at] = t.mean
        residual = data.x[own] - mean[data.risk.last[own] - 1]
        scaled = residual @ self.covariance.to_numpy() * len(own)
        time = data.duration[own] - data.duration[own].mean()
        chi2 = (time @ scaled) ** 2 / (len(own) * np.diag(self.covariance) * (time @ time))
        return pd.DataFrame({"chi2": chi2, "p_value": stats.chi2.sf(chi2, 1)}, index=self.coefficients.index)

    def _baseline_of(self, number: int, method: BaselineMethod) -> SurvivalCurve:
        data = self.data
        r = np.exp(self.linear_predictor)
        inside = np.flatnonzero(data.risk.stratum == number)
        at_risk = data.risk.over_risk_sets(data.weights * r)
        deaths = data.risk.at_events(data.weights)
        t = terms(data.risk, data.x, data.weights * r, data.weights, data.ties)
        m = len(data.risk.time)
        if method == "kalbfleisch_prentice":
            rows = np.flatnonzero(data.risk.event & (data.weights > 0))
            factors = kalbfleisch_prentice(data.risk.last[rows] - 1, data.weights[rows], r[rows], at_risk)
        elif method == "breslow":
            factors = -np.bincount(t.at, t.weight / t.denominator, m)
        else:
            raise InputError(f"method: '{method}' is neither kalbfleisch_prentice nor breslow.")
        survival = np.exp(np.cumsum(factors[inside]))
        variance = np.cumsum(np.bincount(t.at, t.weight / t.denominator**2, m)[inside])
        drift = np.zeros((m, data.x.shape[1]))
        np.add.at(drift, t.at, t.mean * (t.weight / t.denominator)[:, None])
        drift = np.cumsum(drift[inside], axis=0)
        variance = variance + np.einsum("ij,jk,ik->i", drift, self.covariance.to_numpy(), drift)
        counted = data.risk.over_risk_sets(data.weights)
        return SurvivalCurve(
            data.risk.time[inside],
            counted[inside],
            deaths[inside],
            np.zeros(len(inside)),
            survival,
            survival * np.sqrt(variance),
        )


def expected_durations(baseline: SurvivalCurve, predictor: Floats, horizon: float) -> Floats:
    """Area under S0(t)^exp(predictor) from 0 to the horizon, one value a row; a predictor of minus infinity gives the horizon."""
    inside = baseline.time < horizon
    widths = np.diff(np.concatenate([[0.0], baseline.time[inside], [horizon]]))
    with np.errstate(divide="ignore"):
        log_survival = np.log(baseline.survival[inside])
    result = np.empty(len(predictor))
    for start in range(0, len(predictor), 4096):
        r = np.exp(predictor[start : start + 4096])
        with np.errstate(invalid="ignore"):
            curve = np.exp(np.where(r[:, None] == 0, 0.0, r[:, None] * log_survival[None, :]))
        result[start : start + 4096] = widths[0] + curve @ widths[1:]
    return result


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

    ``covariates``: numeric, already dummy coded, no constant. At risk at t: entry < t <= duration. ``cluster`` gives robust standard
    errors, score residuals summed within clusters, no small-sample factor (Lin and Wei 1989). Raises InputError naming
    argument, column and first rows; ConvergenceError naming separated or indistinguishable terms.
    """
    time, happened, start, weight = checks.durations(duration, event, entry, weights)
    x = checks.design(covariates, len(time))
    names = [str(name) for name in covariates.columns]
    shift = np.zeros(len(time)) if offset is None else checks.numbers("offset", offset, len(time))
    if ties not in ("breslow", "efron"):
        raise InputError(f"ties: '{ties}' is neither breslow nor efron.")
    if not (happened & (weight > 0)).any():
        raise InputError("event: no event in any row; a hazard cannot be estimated.")
    if names:
        checks.refuse_dependent_columns(x[weight > 0], names)
    codes, strata_names = _strata(strata, len(time))
    risk = lay_out(time, happened, start, codes)
    data = CoxData(risk, x, weight, shift, time, strata_names, ties)
    # Centring keeps the sums small; coefficients do not depend on it.
    centre = x.mean(axis=0) if names else np.zeros(0)
    scale = x.std(axis=0) if names else np.ones(0)
    centred = (x - centre) / scale
    result = maximise(
        lambda b: likelihood(risk, centred, centred @ b + shift, weight, ties), np.zeros(len(names)), np.ones(len(names)), names
    )
    null = likelihood(risk, centred, shift, weight, ties)
    score = float(null.gradient @ np.linalg.solve(null.information, null.gradient)) if names else 0.0
    inverse = np.linalg.inv(result.likelihood.information) / np.outer(scale, scale)
    covariance = pd.DataFrame(inverse, names, names)
    coefficients = pd.Series(result.coefficients / scale, names)
    se = pd.Series(np.sqrt(np.diag(inverse)), names)
    robust = None if cluster is None else _robust_se(data, coefficients, inverse, cluster)
    return CoxFit(coefficients, se, robust, covariance, result.likelihood.value, null.value, score, result.iterations, data)


def _strata(strata: ArrayLike | None, length: int) -> tuple[np.ndarray, tuple[object, ...]]:
    if strata is None:
        return np.zeros(length, np.intp), (None,)
    values = pd.Series(np.asarray(strata))
    if len(values) != length:
        raise InputError(f"strata: {len(values)} values, expected {length}.")
    checks.refuse("strata", values.isna().to_numpy(), "missing")
    codes, names = pd.factorize(values, sort=True)
    return codes.astype(np.intp), tuple(names.tolist())


def _robust_se(data: CoxData, coefficients: pd.Series, inverse: Floats, cluster: ArrayLike) -> pd.Series:
    values = pd.Series(np.asarray(cluster))
    if len(values) != len(data.x):
        raise InputError(f"cluster: {len(values)} values, expected {len(data.x)}.")
    checks.refuse("cluster", values.isna().to_numpy(), "missing")
    predictor = data.x @ coefficients.to_numpy() + data.offset
    residuals = score_residuals(data.risk, data.x, predictor, data.weights, data.ties) * data.weights[:, None]
    summed = pd.DataFrame(residuals).groupby(values.to_numpy()).sum().to_numpy()
    influence = summed @ inverse
    return pd.Series(np.sqrt(np.einsum("ij,ij->j", influence, influence)), coefficients.index)
