"""What the hazard model and the share model of one group have in common: terms, effects of the
units, and what of these goes with columns that are constant within units (method, section 6)."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.covariates.design import DesignPlan
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.model.priors import is_held
from kommunebench.benchmark.model.second_stage import SecondStage, second_stage


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupModel(ABC):
    """One group's model over all units.

    ``unit_effects``: the columns of units' effects with which the terms begin, if the model has
    them; the columns of the design follow. ``second_stage``: the regression of these effects on
    columns of the design that are constant within units (None without such columns).
    """

    name: str
    design: DesignPlan
    unit_effects: UnitEffects | None = None
    second_stage: SecondStage | None = None

    @property
    @abstractmethod
    def term_coefficients(self) -> Floats:
        """Coefficients (u + p,) of the effects' columns and of the design's."""

    @property
    @abstractmethod
    def term_covariance(self) -> Floats:
        """Their covariance by the model (u + p, u + p)."""

    @property
    @abstractmethod
    def term_prior_sd(self) -> Floats:
        """Standard deviations (u + p,) of the normal priors on them, infinite where there is
        none."""

    @property
    def is_held(self) -> bool:
        """Whether every level and unit has a prior: without, the likelihood has no finite
        maximum."""
        return is_held(self.design, self.term_prior_sd, self.n_effects)

    @property
    def n_effects(self) -> int:
        """Number of columns of units' effects, which come before those of the design."""
        return 0 if self.unit_effects is None else len(self.unit_effects.units)

    @property
    def shared(self) -> slice:
        """Positions of the design's columns among the terms."""
        return slice(self.n_effects, None)

    @property
    def fit_beta(self) -> Floats:
        """Coefficients (p,) of the design's columns in the fit, 0 for those of the second stage."""
        return self.term_coefficients[self.shared]

    @property
    def beta(self) -> Floats:
        """Coefficients (p,) of predictions: those of the fit and of the second stage."""
        beta = self.fit_beta.copy()
        if self.unit_effects is not None and self.second_stage is not None:
            beta[self.unit_effects.constant.positions] = self.second_stage.coefficients
        return beta

    @property
    def level(self) -> float:
        """What is added to x beta in predictions, which are of a unit of average effect: the
        columns of the effects are such that their mean is zero, and so is the mean of what the
        second stage predicts."""
        if self.second_stage is None:
            return 0.0
        return -float(self.second_stage.mean @ self.second_stage.coefficients)

    @property
    def remaining_effects(self) -> Floats:
        """Centred effects (K,) of the units less what the second stage predicts of them; 0 for
        units outside the fit."""
        effects = self.unit_effects
        assert effects is not None
        alpha = effects.centred(self.term_coefficients[: self.n_effects])
        if self.second_stage is None:
            return alpha
        gap = effects.constant.values - self.second_stage.mean
        return alpha - np.where(effects.with_events, gap @ self.second_stage.coefficients, 0.0)

    @property
    def effects_covariance(self) -> Floats:
        """Covariance (u, u) of the effects' columns."""
        return self.term_covariance[: self.n_effects, : self.n_effects]

    def with_second_stage(self) -> Self:
        """The same with the second stage where the design has columns that are constant within
        units."""
        effects = self.unit_effects
        if effects is None or not len(effects.constant.positions):
            return self
        coefficients = self.term_coefficients[: self.n_effects]
        fitted = second_stage(effects, coefficients, self.effects_covariance)
        return replace(self, second_stage=fitted)

    def without_second_stage(self) -> Self:
        """The same without what the second stage predicts."""
        return replace(self, second_stage=None)
