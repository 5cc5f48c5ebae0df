"""Weighted least squares with the standard errors this project prints, on statsmodels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import t as student_t
from statsmodels.regression.linear_model import RegressionResultsWrapper

from kommunebench.costs.linear_inputs import LinearInputs, check_linear_inputs
from kommunebench.costs.normal_tails import Array
from kommunebench.errors import InputError
from kommunebench.survival.argument_labels import as_labels
from kommunebench.survival.arguments import Column, Table, as_frame, as_matrix, column_names


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionFit:
    """A (weighted) least squares fit; Series are by column of X, ``fitted`` and ``residuals`` of
    length n.

    ``se`` is the classical standard error, ``se_hc0`` and ``se_hc1`` heteroscedasticity-robust,
    ``se_clustered`` robust to correlation within clusters with the factor G/(G-1)·(n-1)/(n-k) (None
    without clusters). ``p_values`` are two-sided from t with ``df_residual`` degrees of freedom.
    ``r_squared`` is about the weighted mean. ``sigma`` depends on the scale of the weights.
    ``leverage`` is the diagonal of the hat matrix, ``cooks_distance`` that of Cook (1977), NaN
    where a row has leverage one; both length n. ``inputs`` and ``basis_covariance`` (k by k, of the
    coefficients on the orthogonal basis) serve predictions.
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
    inputs: LinearInputs
    basis_coefficients: Array
    basis_covariance: Array


@dataclass(frozen=True, slots=True)
class Vertex:
    """Turning point of a quadratic, in units of the regressor, with its delta-method standard
    error."""

    location: float
    se: float


def fit_regression(
    y: Column,
    X: Table,
    *,
    weights: Column | None = None,
    cluster: Column | Table | None = None,
) -> RegressionFit:
    """(Weighted) least squares of y on the columns of X, which carries its constant.

    Estimated on an orthogonal basis of the columns, so that neither their size nor their distance
    from zero matters. Names of columns become texts; ``cluster`` labels may be combinations of
    several columns. Raises InputError for missing values, weights not above zero, unequal
    lengths, too few rows, collinear columns, no constant, a single cluster.
    """
    inputs = check_linear_inputs(y, X, weights, spare_rows=1, others={"cluster": cluster})
    # The constant is in the span of the basis, although no column of the basis shows it.
    model = sm.WLS(
        inputs.y_standardised, inputs.design.basis, weights=inputs.weights, hasconst=True
    )
    result = model.fit(method="qr")
    coefficients = pd.Series(inputs.on_columns(result.params), index=_names(inputs))
    covariance = _on_columns(result.cov_params(), inputs)
    t_values = coefficients / _errors(covariance)
    residuals = inputs.y_scale * np.asarray(result.resid)
    return RegressionFit(
        coefficients=coefficients,
        covariance=covariance,
        **_standard_errors(result, inputs, covariance, cluster),
        t_values=t_values,
        p_values=pd.Series(
            2.0 * student_t.sf(t_values.abs(), result.df_resid), index=_names(inputs)
        ),
        r_squared=float(result.rsquared),
        r_squared_adjusted=float(result.rsquared_adj),
        f_statistic=float(result.fvalue),
        sigma=float(np.sqrt(result.scale)) * inputs.y_scale,
        df_residual=int(result.df_resid),
        n=len(inputs.y),
        fitted=inputs.y - residuals,
        residuals=residuals,
        **_influence(result, inputs),
        inputs=inputs,
        basis_coefficients=np.asarray(result.params),
        basis_covariance=np.asarray(result.cov_params()),
    )


def predict_mean(fit: RegressionFit, X: Table) -> tuple[Array, Array]:
    """Predicted mean and its standard error at the rows of X (columns as in the fit), arrays of its
    length."""
    frame = as_frame("X", X)
    position = {name: j for j, name in enumerate(column_names("X", frame))}
    missing = [name for name in fit.inputs.terms if name not in position]
    if missing:
        raise InputError(f"X lacks the columns {', '.join(missing)} of the fitted regression.")
    columns = as_matrix("X", frame.iloc[:, [position[name] for name in fit.inputs.terms]])
    inputs = fit.inputs
    basis = inputs.design.basis_at(columns)
    mean = inputs.y_mean * (columns @ inputs.design.constant)
    mean += inputs.y_scale * (basis @ fit.basis_coefficients)
    variance = np.einsum("ij,jk,ik->i", basis, fit.basis_covariance, basis)
    return mean, inputs.y_scale * np.sqrt(variance)


def quadratic_vertex(fit: RegressionFit, linear: str, quadratic: str) -> Vertex:
    """Where ``linear·x + quadratic·x²`` turns: -b₁/(2b₂), with the error of the delta method.

    Raises InputError for terms that the fit does not have, and where b₂ is zero.
    """
    unknown = [name for name in (linear, quadratic) if name not in fit.coefficients.index]
    if unknown:
        raise InputError(f"The regression has no term {', '.join(map(str, unknown))}.")
    b1, b2 = float(fit.coefficients[linear]), float(fit.coefficients[quadratic])
    if b2**2 == 0.0:
        raise InputError(
            f"The coefficient of {quadratic} is zero: a straight line has no turning point."
        )
    gradient = pd.Series(0.0, index=fit.coefficients.index)
    gradient[linear], gradient[quadratic] = -1.0 / (2.0 * b2), b1 / (2.0 * b2**2)
    # On the basis, where the two terms do not cancel however far from zero x is.
    on_basis = fit.inputs.y_scale * (gradient.to_numpy() @ fit.inputs.design.back)
    return Vertex(-b1 / (2.0 * b2), float(np.sqrt(on_basis @ fit.basis_covariance @ on_basis)))


def _names(inputs: LinearInputs) -> pd.Index:
    return pd.Index(inputs.terms)


def _on_columns(basis_covariance: Array, inputs: LinearInputs) -> pd.DataFrame:
    """Covariance of the coefficients of X from that of the coefficients on the basis."""
    back = inputs.y_scale * inputs.design.back
    names = _names(inputs)
    return pd.DataFrame(back @ np.asarray(basis_covariance) @ back.T, index=names, columns=names)


def _errors(covariance: pd.DataFrame) -> pd.Series:
    return pd.Series(np.sqrt(np.diag(covariance)), index=covariance.index)


def _standard_errors(
    result: RegressionResultsWrapper,
    inputs: LinearInputs,
    covariance: pd.DataFrame,
    cluster: Column | Table | None,
) -> dict[str, Any]:
    """The four kinds of standard errors by the names of their fields."""
    clustered = None
    if cluster is not None:
        codes, labels = as_labels("cluster", cluster, len(inputs.y))
        if len(labels) < 2:
            raise InputError(
                "cluster: all rows are in one cluster; a clustered error needs at least two."
            )
        robust = result.get_robustcov_results(
            "cluster", groups=codes, use_correction=True, df_correction=False
        )
        clustered = _errors(_on_columns(robust.cov_params(), inputs))
    return {
        "se": _errors(covariance),
        "se_hc0": _errors(_on_columns(result.cov_HC0, inputs)),
        "se_hc1": _errors(_on_columns(result.cov_HC1, inputs)),
        "se_clustered": clustered,
    }


def _influence(result: RegressionResultsWrapper, inputs: LinearInputs) -> dict[str, Any]:
    """Leverage and Cook's distance of the weighted rows, by the names of their fields."""
    basis, weights = inputs.design.basis, inputs.weights
    leverage = np.square(basis).sum(axis=1) * weights / weights.sum()
    leftover = np.where(leverage < 1.0 - 1e-12, 1.0 - leverage, np.nan)
    squared = weights * np.square(np.asarray(result.resid)) / (basis.shape[1] * result.scale)
    return {"leverage": leverage, "cooks_distance": squared * leverage / np.square(leftover)}
