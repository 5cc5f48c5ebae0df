"""Weighted least squares with the standard errors this project prints, on statsmodels."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import ArrayLike

from kommunebench.costs.normal_tails import Array
from kommunebench.errors import InputError

SHOWN_ROWS = 5


@dataclass(frozen=True, slots=True)
class RegressionFit:
    """A (weighted) least squares fit; Series are by column of X, ``fitted`` and ``residuals`` of
    length n.

    ``se`` is the classical standard error, ``se_hc0`` and ``se_hc1`` heteroscedasticity-robust,
    ``se_clustered`` robust to correlation within clusters with the factor G/(G-1)·(n-1)/(n-k) (None
    without clusters). ``p_values`` are two-sided from t with ``df_residual`` degrees of freedom.
    ``sigma`` depends on the scale of the weights. ``leverage`` is the diagonal of the hat matrix,
    ``cooks_distance`` that of Cook (1977); both length n.
    """

    coefficients: pd.Series
    se: pd.Series
    se_hc0: pd.Series
    se_hc1: pd.Series
    se_clustered: pd.Series | None
    t_values: pd.Series
    p_values: pd.Series
    covariance: pd.DataFrame
    r_squared: float
    r_squared_adjusted: float
    f_statistic: float
    sigma: float
    df_residual: int
    n: int
    fitted: Array
    residuals: Array
    leverage: Array
    cooks_distance: Array


@dataclass(frozen=True, slots=True)
class Vertex:
    """Turning point of a quadratic, in units of the regressor, with its delta-method standard
    error."""

    location: float
    se: float


def fit_regression(
    y: ArrayLike,
    X: pd.DataFrame,
    *,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> RegressionFit:
    """(Weighted) least squares of y on the columns of X, which carries its constant.

    Raises InputError for missing values, weights not above zero, unequal lengths, too few rows,
    collinear columns.
    """
    outcome = np.asarray(y, dtype=float)
    weight = np.ones(len(outcome)) if weights is None else np.asarray(weights, dtype=float)
    _check(outcome, X, weight)
    # statsmodels takes the constant for granted only if it is told so; here the total is always
    # about the mean.
    result = sm.WLS(outcome, X.to_numpy(dtype=float), weights=weight, hasconst=True).fit()
    # Influence is that of the equivalent unweighted regression on the weighted rows.
    influence = sm.OLS(result.model.wendog, result.model.wexog).fit().get_influence()
    names = X.columns

    def by_term(values: Array) -> pd.Series:
        return pd.Series(np.asarray(values), index=names)

    clustered = None if cluster is None else by_term(_clustered_se(result, cluster))
    return RegressionFit(
        coefficients=by_term(result.params),
        se=by_term(result.bse),
        se_hc0=by_term(result.HC0_se),
        se_hc1=by_term(result.HC1_se),
        se_clustered=clustered,
        t_values=by_term(result.tvalues),
        p_values=by_term(result.pvalues),
        covariance=pd.DataFrame(result.cov_params(), index=names, columns=names),
        r_squared=float(result.rsquared),
        r_squared_adjusted=float(result.rsquared_adj),
        f_statistic=float(result.fvalue),
        sigma=float(np.sqrt(result.scale)),
        df_residual=int(result.df_resid),
        n=len(outcome),
        fitted=np.asarray(result.fittedvalues),
        residuals=np.asarray(result.resid),
        leverage=np.asarray(influence.hat_matrix_diag),
        cooks_distance=np.asarray(influence.cooks_distance[0]),
    )


def predict_mean(fit: RegressionFit, X: pd.DataFrame) -> tuple[Array, Array]:
    """Predicted mean and its standard error at the rows of X (columns as in the fit), arrays of its
    length."""
    missing = [str(name) for name in fit.coefficients.index if name not in X.columns]
    if missing:
        raise InputError(f"X lacks the columns {', '.join(missing)} of the fitted regression.")
    design = X[list(fit.coefficients.index)].to_numpy(dtype=float)
    variance = ((design @ fit.covariance.to_numpy()) * design).sum(axis=1)
    return design @ fit.coefficients.to_numpy(), np.sqrt(variance)


def quadratic_vertex(fit: RegressionFit, linear: str, quadratic: str) -> Vertex:
    """Where ``linear·x + quadratic·x²`` turns: -b₁/(2b₂)."""
    b1, b2 = float(fit.coefficients[linear]), float(fit.coefficients[quadratic])
    gradient = np.array([-1.0 / (2.0 * b2), b1 / (2.0 * b2**2)])
    covariance = fit.covariance.loc[[linear, quadratic], [linear, quadratic]].to_numpy()
    return Vertex(-b1 / (2.0 * b2), float(np.sqrt(gradient @ covariance @ gradient)))


def _clustered_se(
    result: sm.regression.linear_model.RegressionResultsWrapper, cluster: ArrayLike
) -> Array:
    codes = pd.factorize(np.asarray(cluster))[0]
    if len(codes) != int(result.nobs):
        raise InputError(
            f"cluster has {len(codes)} rows, y has {int(result.nobs)}: they must be equal."
        )
    robust = result.get_robustcov_results(
        "cluster", groups=codes, use_correction=True, df_correction=False
    )
    return np.asarray(robust.bse)


def _check(outcome: Array, X: pd.DataFrame, weight: Array) -> None:
    n, k = X.shape
    if not len(outcome) == len(weight) == n:
        raise InputError(
            f"y has {len(outcome)} rows, X {n}, weights {len(weight)}: they must be equal."
        )
    if n <= k:
        raise InputError(f"{n} rows cannot carry {k} terms ({', '.join(map(str, X.columns))}).")
    columns = {"y": outcome, "weights": weight} | {
        f"X, column {c}": X[c].to_numpy(dtype=float) for c in X.columns
    }
    for name, values in columns.items():
        bad = np.flatnonzero(~np.isfinite(values) | (name == "weights") & (values <= 0.0))
        if len(bad):
            rows = ", ".join(map(str, bad[:SHOWN_ROWS]))
            raise InputError(
                f"{name}: {len(bad)} values are missing or unusable; first rows (from 0): {rows}."
            )
    design = X.to_numpy(dtype=float)
    length = np.linalg.norm(design, axis=0)
    _, r = np.linalg.qr(design / np.where(length > 0.0, length, 1.0))
    collinear = [
        str(name)
        for name, length_left in zip(X.columns, np.abs(np.diag(r)), strict=True)
        if length_left < 1e-10
    ]
    if collinear:
        raise InputError(
            f"X, column {', '.join(collinear)}: a linear function of the columns before it. Leave"
            " it out."
        )
