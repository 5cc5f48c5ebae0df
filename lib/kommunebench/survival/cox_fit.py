"""A fitted Cox model and what it gives: baseline, expected durations, residuals, tests."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.errors import InputError
from kommunebench.survival.argument_labels import as_label_codes
from kommunebench.survival.arguments import (
    Column,
    Table,
    as_frame,
    as_matrix,
    as_positive_number,
    refuse_misaligned,
)
from kommunebench.survival.baseline import (
    BaselineMethod,
    Baselines,
    baseline_factors,
    expected_durations,
)
from kommunebench.survival.cox_sums import CoxRows, Ties
from kommunebench.survival.curves import Floats, SurvivalCurve
from kommunebench.survival.diagnostics import concordance, proportionality
from kommunebench.survival.partial_likelihood import score_residuals


@dataclass(frozen=True, slots=True, kw_only=True)
class CoxData:
    """The checked rows a model was fitted to: kept with the fit for baseline, residuals and tests.

    The covariates in ``rows`` are those given less ``centre`` (p,), which is zero but for columns
    far from zero: nothing is lost to rounding where a year or an amount is a covariate.
    """

    rows: CoxRows
    centre: Floats
    duration: Floats
    stratum: np.ndarray
    strata_names: tuple[object, ...]
    ties: Ties


@dataclass(frozen=True, slots=True, kw_only=True)
class CoxFit:
    """A fitted model. Series and frames are indexed by term, in the order of the covariates.

    ``coefficients`` are 0 for the terms in ``aliased``, which were left out because the rows at
    risk at the events cannot tell them from earlier ones; their standard errors are NaN. ``ridge``:
    prior standard deviation by term, where there was one. ``se`` from ``covariance``, which is
    ``bread`` times the information times ``bread``; ``bread`` is the inverse of information plus
    ridge, so that without a ridge both are the inverse information. ``se_robust``: clustered, None
    without clusters. ``log_likelihood`` is without the ridge's penalty; ``score_statistic`` that of
    all coefficients zero.
    """

    coefficients: pd.Series
    se: pd.Series
    se_robust: pd.Series | None
    covariance: pd.DataFrame
    bread: pd.DataFrame
    aliased: tuple[str, ...]
    ridge: dict[str, float]
    log_likelihood: float
    log_likelihood_null: float
    score_statistic: float
    iterations: int
    data: CoxData

    @property
    def linear_predictor(self) -> Floats:
        """x beta + offset of each row (n,), x as given."""
        beta = self.coefficients.to_numpy()
        return self.data.rows.predictor(beta) + float(self.data.centre @ beta)

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
        coefficients' uncertainty, by the delta method. With covariates far from zero the curve at
        zero may be 0 or 1 throughout; expected_duration does not suffer from that. Raises
        InputError for another method.
        """
        baselines, covariance = self._baselines(method), self.covariance.to_numpy()
        beta, centre = self.coefficients.to_numpy(), self.data.centre
        curves = {
            name: baselines.curve(stratum, covariance, centre, float(centre @ beta))
            for stratum, name in enumerate(self.data.strata_names)
        }
        return curves[None] if list(curves) == [None] else curves

    def expected_duration(
        self,
        covariates: Table,
        horizon: float,
        strata: Column | Table | None = None,
        method: BaselineMethod = "kalbfleisch_prentice",
    ) -> Floats:
        """Area under S0(t)^exp(x beta) from 0 to the horizon, one value a row of the covariates
        (offset zero).

        An infinite horizon gives the mean where the baseline ends at zero. Raises InputError for
        columns that are not the model's in its order, unknown strata, and a horizon that is not
        positive, or infinite where the baseline stays above zero.
        """
        x = self._design(covariates)
        refuse_misaligned({"covariates": covariates, "strata": strata})
        horizon = as_positive_number("horizon", horizon)
        predictor = (x - self.data.centre) @ self.coefficients.to_numpy()
        codes = self._stratum_codes(strata, len(predictor))
        baselines = self._baselines(method)
        result = np.empty(len(predictor))
        for stratum in np.unique(codes):
            rows = np.flatnonzero(codes == stratum)
            time, log_survival = baselines.log_survival(stratum)
            result[rows] = expected_durations(
                time, log_survival, predictor[rows] - baselines.shift, horizon
            )
        return result

    def concordance(self) -> float:
        """Harrell's C of the model on the rows it was fitted to (diagnostics.concordance)."""
        predictor = self.data.rows.predictor(self.coefficients.to_numpy())
        return concordance(self.data.rows, self.data.duration, predictor)

    def proportionality_test(self) -> pd.DataFrame:
        """Test of proportional hazards per term: columns chi2, p_value (NaN for aliased terms;
        diagnostics.proportionality)."""
        return proportionality(
            self.data.rows, self.coefficients, self.covariance.to_numpy(), self.data.ties
        )

    def _baselines(self, method: BaselineMethod) -> Baselines:
        return baseline_factors(
            self.data.rows, self.coefficients.to_numpy(), method, self._followed_to()
        )

    def _followed_to(self) -> Floats:
        last = np.zeros(len(self.data.strata_names))
        counted = self.data.rows.weights > 0
        np.maximum.at(last, self.data.stratum[counted], self.data.duration[counted])
        return last

    def _design(self, covariates: Table) -> Floats:
        """The matrix of a table with the model's columns."""
        frame, names = as_frame("covariates", covariates), list(self.coefficients.index)
        if [str(name) for name in frame.columns] != names:
            raise InputError(
                f"covariates: columns must be {names}, in this order; got {list(frame.columns)}."
            )
        return as_matrix("covariates", frame)

    def _stratum_codes(self, strata: Column | Table | None, length: int) -> np.ndarray:
        names = self.data.strata_names
        if names == (None,):
            if strata is not None:
                raise InputError("strata: the model is not stratified.")
            return np.zeros(length, np.intp)
        if strata is None:
            raise InputError("strata: the model is stratified; give each row's stratum.")
        return as_label_codes("strata", strata, length, names)
