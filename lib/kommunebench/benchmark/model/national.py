"""The national model of one group: what either fitter returns and everything after it uses."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.covariates.design import DesignPlan
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.survival.baseline import BaselineMethod
from kommunebench.survival.cox_sums import Terms
from kommunebench.survival.partial_likelihood import Ties
from kommunebench.survival.risk_sets import EventGrid


class ModelChoice(NamedTuple):
    """Tied events, and the estimate of the baseline."""

    ties: Ties = "breslow"
    baseline: BaselineMethod = "kalbfleisch_prentice"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoxEstimate:
    """Coefficients of p terms with their uncertainty.

    ``beta`` (p,); ``bread`` (p, p): inverse of the information plus the priors' precision, zero for
    omitted terms: what turns score residuals into influences on the coefficients; ``covariance``
    (p, p) and ``se_robust`` (p,), persons as clusters; ``omitted`` (p,): terms that the rows at
    risk at the events cannot tell from those before them.
    """

    beta: Floats
    bread: Floats
    covariance: Floats
    se_robust: Floats
    omitted: np.ndarray
    log_likelihood: float
    log_likelihood_null: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalModel:
    """One group's model over all units.

    ``terms``: the likelihood's sums at the coefficients over the event times of ``grid``;
    ``log_factors`` (H,): log baseline factors of weeks 1 … H at covariates zero, numbers centred
    (None before they are known); ``unit_effects``: the columns of units' effects that the terms end
    with, where the model has them.
    """

    name: str
    design: DesignPlan
    estimate: CoxEstimate
    grid: EventGrid
    terms: Terms
    choice: ModelChoice
    unit_effects: UnitEffects | None = None
    log_factors: Floats | None = None

    @property
    def n_shared(self) -> int:
        """Number of terms that predictions use: all but the effects of the units."""
        return len(self.design.terms)

    @property
    def hazards(self) -> GroupHazards:
        """Relative hazards and baseline, in one version."""
        factors = np.zeros((0, 1)) if self.log_factors is None else self.log_factors[:, None]
        # The columns of the units' effects are such that their mean effect is zero.
        return GroupHazards(self.estimate.beta[:, None], self.n_shared, factors, np.zeros(1))

    def with_baseline(self, log_factors: Floats) -> "NationalModel":
        """The same with its baseline."""
        return replace(self, log_factors=log_factors)
