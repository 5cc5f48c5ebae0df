"""The national model of one group: what either fitter returns and everything after it uses."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.covariates.design import DesignPlan
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.benchmark.model.second_stage import SecondStage, second_stage
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

    ``unit_effects``: the columns of units' effects that the terms of ``estimate`` begin with, where
    the model has them; the columns of the design follow. ``second_stage``: what of these effects
    goes with columns of the design that are constant within units (None without such columns).
    ``terms``: the likelihood's sums at the coefficients over the event times of ``grid``;
    ``log_factors`` (H,): log baseline factors of weeks 1 … H at covariates zero, numbers centred,
    in a unit of average effect (None before they are known).
    """

    name: str
    design: DesignPlan
    estimate: CoxEstimate
    grid: EventGrid
    terms: Terms
    choice: ModelChoice
    unit_effects: UnitEffects | None = None
    second_stage: SecondStage | None = None
    log_factors: Floats | None = None

    @property
    def n_effects(self) -> int:
        """Number of columns of units' effects, which come before those of the design."""
        return 0 if self.unit_effects is None else len(self.unit_effects.units)

    @property
    def shared(self) -> slice:
        """Positions of the design's columns among the terms of the estimate."""
        return slice(self.n_effects, None)

    @property
    def fit_beta(self) -> Floats:
        """Coefficients (p,) of the design's columns in the fit, 0 for those of the second stage."""
        return self.estimate.beta[self.shared]

    @property
    def beta(self) -> Floats:
        """Coefficients (p,) of predictions: those of the fit and of the second stage."""
        beta = self.fit_beta.copy()
        if self.unit_effects is not None and self.second_stage is not None:
            beta[self.unit_effects.constant.positions] = self.second_stage.coefficients
        return beta

    @property
    def hazards(self) -> GroupHazards:
        """Relative hazards and baseline, in one version."""
        factors = np.zeros((0, 1)) if self.log_factors is None else self.log_factors[:, None]
        beta = self.beta[:, None]
        if self.unit_effects is None:
            return GroupHazards(beta, np.zeros(1), factors)
        # The columns of the units' effects are such that their mean effect is zero, and so is the
        # mean of what the second stage predicts.
        level = 0.0
        if self.second_stage is not None:
            level = -float(self.second_stage.mean @ self.second_stage.coefficients)
        effects = self.unit_effects.in_fit(self.estimate.beta[: self.n_effects])
        return GroupHazards(
            beta, np.array([level]), factors, self.fit_beta[:, None], effects[:, None]
        )

    @property
    def remaining_effects(self) -> Floats:
        """Centred effects (K,) of the units less what the second stage predicts of them; 0 for
        units without events."""
        effects = self.unit_effects
        assert effects is not None
        alpha = effects.centred(self.estimate.beta[: self.n_effects])
        if self.second_stage is None:
            return alpha
        gap = effects.constant.values - self.second_stage.mean
        return alpha - np.where(effects.with_events, gap @ self.second_stage.coefficients, 0.0)

    def with_baseline(self, log_factors: Floats) -> "NationalModel":
        """The same with its baseline."""
        return replace(self, log_factors=log_factors)

    def with_second_stage(self) -> "NationalModel":
        """The same with the second stage where the design has columns that are constant within
        units."""
        effects = self.unit_effects
        if effects is None or not len(effects.constant.positions):
            return self
        columns = slice(0, self.n_effects)
        fitted = second_stage(
            effects, self.estimate.beta[columns], self.estimate.covariance[columns, columns]
        )
        return replace(self, second_stage=fitted)

    def without_second_stage(self) -> "NationalModel":
        """The same without what the second stage predicts."""
        return replace(self, second_stage=None)
