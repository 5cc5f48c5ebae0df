"""A fitted frontier brought back from standardised coordinates to the user's units."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.costs.frontier_inputs import FrontierInputs, StandardisedInputs
from kommunebench.costs.frontier_likelihood import FrontierLikelihood
from kommunebench.costs.frontier_null import NullFit
from kommunebench.costs.frontier_optimum import Optimum
from kommunebench.costs.normal_tails import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierSolution:
    """Parameters by name, covariances, log-likelihood and scales; ``shape``: parameters of u, None
    without inefficiency."""

    parameters: pd.Series
    covariance: pd.DataFrame
    covariance_robust: pd.DataFrame
    log_likelihood: float
    sigma_u: float
    sigma_v: float
    shape: Array | None
    residual: Array

    def standard_errors(self, terms: list[str], robust: bool = False) -> pd.Series:
        """Standard errors of the named parameters, from information or sandwich."""
        covariance = self.covariance_robust if robust else self.covariance
        return pd.Series(np.sqrt(np.diag(covariance)), index=covariance.index)[terms]


def solution_with_inefficiency(
    inputs: FrontierInputs, data: StandardisedInputs, model: FrontierLikelihood, optimum: Optimum
) -> FrontierSolution:
    """The model with inefficiency in the user's units."""
    gamma, sigma_v, shape = model.split(optimum.params)
    shape = model.distribution.rescaled(shape, data.scale)
    noise = [] if model.fixed_noise else [np.log(sigma_v * data.scale)]
    names = (
        *inputs.terms,
        *(() if model.fixed_noise else ("ln_sigma_v",)),
        *model.distribution.parameter_names,
    )
    values = np.concatenate([data.ols + data.scale * data.back @ gamma, noise, shape])
    return FrontierSolution(
        parameters=pd.Series(values, index=list(names)),
        covariance=_in_users_units(optimum.covariance, data, names),
        covariance_robust=_in_users_units(optimum.covariance_robust, data, names),
        log_likelihood=log_likelihood_in_users_scale(optimum.log_likelihood, data),
        sigma_u=model.distribution.sigma_u(shape),
        sigma_v=sigma_v * data.scale,
        shape=shape,
        residual=data.scale * (data.y - data.X @ gamma),
    )


def solution_without_inefficiency(
    inputs: FrontierInputs, data: StandardisedInputs, null: NullFit
) -> FrontierSolution:
    """The model without inefficiency in the user's units."""
    noise = [np.log(null.sigma_v * data.scale)] if null.sigma_v > 0.0 else []
    names = (*inputs.terms, *(("ln_sigma_v",) if null.sigma_v > 0.0 else ()))
    values = np.concatenate([data.ols + data.scale * data.back @ null.coefficients, noise])
    return FrontierSolution(
        parameters=pd.Series(values, index=list(names)),
        covariance=_in_users_units(null.optimum.covariance, data, names),
        covariance_robust=_in_users_units(null.optimum.covariance_robust, data, names),
        log_likelihood=log_likelihood_in_users_scale(null.optimum.log_likelihood, data),
        sigma_u=0.0,
        sigma_v=null.sigma_v * data.scale,
        shape=None,
        residual=data.scale * (data.y - data.X @ null.coefficients),
    )


def _in_users_units(
    covariance: Array, data: StandardisedInputs, names: tuple[str, ...]
) -> pd.DataFrame:
    k = len(data.ols)
    jacobian = np.eye(len(covariance))
    jacobian[:k, :k] = data.scale * data.back
    return pd.DataFrame(jacobian @ covariance @ jacobian.T, index=list(names), columns=list(names))


def log_likelihood_in_users_scale(log_likelihood: float, data: StandardisedInputs) -> float:
    """Log-likelihood of the outcome itself: densities change with the unit of measurement."""
    return log_likelihood - len(data.y) * float(np.log(data.scale))
