"""The national hazard model of one group: what either fitter returns and everything after it
uses."""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.model.group_model import GroupModel
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.survival.cox_terms import Terms
from kommunebench.survival.partial_likelihood import Ties
from kommunebench.survival.piecewise import Intervals
from kommunebench.survival.risk_sets import EventGrid
from kommunebench.verdict_rules import PIECEWISE_CUTS

Baseline = Literal["kalbfleisch_prentice", "breslow", "piecewise"]


class ModelChoice(NamedTuple):
    """Tied events, and the baseline: an estimate after Cox's model, or a hazard that is constant
    between the ``cuts`` (weeks) and the horizon, which is estimated together with the coefficients
    (method, section 6)."""

    ties: Ties = "breslow"
    baseline: Baseline = "kalbfleisch_prentice"
    cuts: tuple[int, ...] = PIECEWISE_CUTS

    def intervals(self, horizon: int) -> Intervals | None:
        """The intervals of weeks 1 … ``horizon`` in which the hazard is constant; None of a Cox
        model."""
        return Intervals.between(self.cuts, horizon) if self.baseline == "piecewise" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardEstimate:
    """Coefficients of p terms with their uncertainty.

    ``beta`` (p,); ``bread`` (p, p): inverse of the information plus the priors' precision, zero for
    omitted terms: what turns score residuals into influences on the coefficients; ``covariance``
    (p, p) and ``se_robust`` (p,), persons as clusters; ``omitted`` (p,): terms that the rows at
    risk at the events cannot tell from those before them; ``prior_sd`` (p,): standard deviations of
    the normal priors on the coefficients, infinite where there is none.
    """

    beta: Floats
    bread: Floats
    covariance: Floats
    se_robust: Floats
    omitted: np.ndarray
    prior_sd: Floats
    log_likelihood: float
    log_likelihood_null: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalModel(GroupModel):
    """One group's hazard model over all units.

    ``terms``: the likelihood's sums at the coefficients over the event times of ``grid``, which
    are all weeks up to the horizon if the hazard is constant within intervals;
    ``log_factors`` (H,): log baseline factors of weeks 1 … H at covariates zero, numbers centred,
    in a unit of average effect (None before they are known).
    """

    estimate: HazardEstimate
    grid: EventGrid
    terms: Terms
    choice: ModelChoice
    log_factors: Floats | None = None

    @property
    def term_coefficients(self) -> Floats:
        """As GroupModel."""
        return self.estimate.beta

    @property
    def term_covariance(self) -> Floats:
        """As GroupModel."""
        return self.estimate.covariance

    @property
    def term_prior_sd(self) -> Floats:
        """As GroupModel."""
        return self.estimate.prior_sd

    @property
    def intervals(self) -> Intervals | None:
        """As ModelChoice, of the times of ``grid``."""
        return self.choice.intervals(len(self.grid.time))

    @property
    def hazards(self) -> GroupHazards:
        """Relative hazards and baseline, in one version."""
        factors = np.zeros((0, 1)) if self.log_factors is None else self.log_factors[:, None]
        beta = self.beta[:, None]
        if self.unit_effects is None:
            return GroupHazards(beta, np.zeros(1), factors)
        effects = self.unit_effects.in_fit(self.estimate.beta[: self.n_effects])
        return GroupHazards(
            beta, np.array([self.level]), factors, self.fit_beta[:, None], effects[:, None]
        )

    def with_baseline(self, log_factors: Floats) -> "NationalModel":
        """The same with its baseline."""
        return replace(self, log_factors=log_factors)
