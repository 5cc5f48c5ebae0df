"""Hazard models of many bootstrap replicates at once, started from the national model."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import linalg

from kommunebench.benchmark.blocks.block import Blocks, Flags, Floats
from kommunebench.benchmark.bootstrap.effects import replicate_hazards
from kommunebench.benchmark.bootstrap.scores import ReplicateLikelihood, ReplicateScore
from kommunebench.benchmark.bootstrap.secants import Secants
from kommunebench.benchmark.bootstrap.weights import Draw
from kommunebench.benchmark.durations.risk_sets import UnitWeights, Weights
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.benchmark.model.national import NationalModel

_ITERATIONS = 80
# A replicate has settled when the gain still in reach is below this share of its log likelihood.
_TOLERANCE = 1e-9
# No step moves a coefficient by more than this many standard deviations of its covariate.
_LONGEST_STEP = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicateStart:
    """What replicates of one group start from: the national ``model`` and, by effect of the K
    units and term of the design, its coefficients ``beta`` (K + p,), the ``curvature`` (K + p,) of
    the full data's likelihood, its inverse information ``bread`` (K + p, K + p), the standard
    deviation of each column, and the ``precision`` (K + p, K + p) of the priors."""

    model: NationalModel
    beta: Floats
    bread: Floats
    curvature: Floats
    column_sd: Floats
    precision: Floats


class ReplicateObjective(Protocol):
    """The log likelihoods of many replicates."""

    def score(self, beta: Floats, weights: Weights, *, squares: bool = False) -> ReplicateScore:
        """Value, gradient and curvature by term at coefficients (p, R)."""
        ...


class ClimbStart(Protocol):
    """What a climb starts from: ``bread`` (p, p), ``curvature`` (p,), ``column_sd`` (p,) and
    ``precision`` (p, p) of ReplicateStart."""

    @property
    def bread(self) -> Floats: ...

    @property
    def curvature(self) -> Floats: ...

    @property
    def column_sd(self) -> Floats: ...

    @property
    def precision(self) -> Floats: ...


def replicate_start(blocks: Blocks, group: int, model: NationalModel) -> ReplicateStart:
    """One pass over the full data at the national coefficients."""
    beta, bread = model.estimate.beta, model.estimate.bread
    precision = np.diag(model.estimate.prior_sd**-2.0)
    if model.unit_effects is not None:
        of_design = np.eye(len(beta) - model.n_effects)
        to_units = linalg.block_diag(model.unit_effects.centring, of_design)
        to_columns = linalg.block_diag(model.unit_effects.contrasts, of_design)
        beta, bread = to_units @ beta, to_units @ bread @ to_units.T
        precision = to_columns.T @ precision @ to_columns
    squares = np.zeros(len(beta))
    if len(beta):
        likelihood = ReplicateLikelihood(blocks, group, model)
        squares = likelihood.score(beta[:, None], UnitWeights(), squares=True).squares[:, 0]
    spells_at_risk = float(model.terms.weight.sum())
    return ReplicateStart(
        model=model,
        beta=beta,
        bread=bread,
        curvature=squares,
        column_sd=np.sqrt(np.maximum(squares, 1e-300) / max(spells_at_risk, 1e-300)),
        precision=precision,
    )


def fit_replicates(
    blocks: Blocks, group: int, start: ReplicateStart, draw: Draw
) -> tuple[GroupHazards, Flags]:
    """Coefficients of all replicates of a batch by limited-memory BFGS, and which of them settled.

    The full data's information serves every replicate, scaled term by term to the replicate's own
    curvature and corrected by its own steps, so that a step costs one pass. A level without events
    in a replicate drifts until the likelihood levels off; a unit without any is taken out. Where
    the model has a prior on every term, both stay where that holds them.
    """
    model, count = start.model, draw.count
    beta, settled = np.repeat(start.beta[:, None], count, axis=1), np.ones(count, bool)
    if len(beta):
        likelihood = ReplicateLikelihood(blocks, group, model)
        # Units with few events are far from where the national model has them.
        matched = likelihood.matched(beta, draw, held=model.is_held)
        climb = Climb(likelihood, start, draw, matched)
        settled, beta = climb.run(), climb.beta
    n_units = len(beta) - len(model.design.terms)
    hazards = replicate_hazards(blocks, group, model, draw, (beta[:n_units], beta[n_units:]))
    return hazards, settled


class Climb:
    """The state of the fits: where each replicate is, and what it has reached."""

    def __init__(
        self, likelihood: ReplicateObjective, start: ClimbStart, draw: Draw, beta: Floats
    ) -> None:
        self.likelihood, self.start, self.draw, self.beta = likelihood, start, draw, beta
        first = self._penalised(likelihood.score(beta, draw, squares=True), beta)
        self.value, self.gradient = first.value, first.gradient
        prior = np.diag(start.precision)[:, None]
        curvature = np.maximum(start.curvature[:, None] + prior, 1e-300)
        ratio = np.sqrt(np.maximum(first.squares + prior, 0.0) / curvature)
        self.scaling = np.clip(ratio, 0.2, 5.0)
        self.damping = np.ones(beta.shape[1])
        self.secants = Secants()

    def run(self) -> Flags:
        """Climb until every replicate has settled or the iterations are used up."""
        moving = np.ones(self.beta.shape[1], bool)
        for _ in range(_ITERATIONS):
            step = self.secants.step(self.gradient, self._inverse_information)
            gain = 0.5 * np.einsum("pr,pr->r", self.gradient, step)
            # A replicate that has settled stays where it is, so that its numbers do not depend on
            # the others of its batch.
            moving &= gain > _TOLERANCE * np.abs(self.value)
            if not moving.any():
                break
            self._take(step, moving)
        return ~moving

    def _inverse_information(self, gradient: Floats) -> Floats:
        """The full data's inverse information, scaled to the curvature of each replicate, times a
        gradient (p, R)."""
        return (self.start.bread @ (gradient / self.scaling)) / self.scaling

    def _take(self, step: Floats, moving: Flags) -> None:
        furthest = (_LONGEST_STEP / self.start.column_sd)[:, None]
        damped = np.clip(self.damping[moving] * step[:, moving], -furthest, furthest)
        proposal = self.beta[:, moving] + damped
        reached = self._penalised(self.likelihood.score(proposal, self.draw.only(moving)), proposal)
        kept = reached.value >= self.value[moving] - 1e-9 * np.abs(self.value[moving])
        better = np.zeros(len(moving), bool)
        better[moving] = kept
        moved, fallen = np.zeros_like(self.beta), np.zeros_like(self.beta)
        moved[:, better] = proposal[:, kept] - self.beta[:, better]
        fallen[:, better] = self.gradient[:, better] - reached.gradient[:, kept]
        self.secants.add(moved, fallen)
        self.beta[:, better] = proposal[:, kept]
        self.value[better] = reached.value[kept]
        self.gradient[:, better] = reached.gradient[:, kept]
        self.damping[moving] = np.where(
            kept, np.minimum(2 * self.damping[moving], 1.0), self.damping[moving] / 2
        )

    def _penalised(self, score: ReplicateScore, beta: Floats) -> ReplicateScore:
        """The score with the priors."""
        pull = self.start.precision @ beta
        return ReplicateScore(
            score.value - 0.5 * (pull * beta).sum(axis=0), score.gradient - pull, score.squares
        )
