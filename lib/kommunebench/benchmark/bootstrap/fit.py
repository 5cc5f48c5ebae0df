"""Cox models of many bootstrap replicates at once, started from the national model."""

from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Flags, Floats, SpellBlock, grouping
from kommunebench.benchmark.bootstrap.scores import ReplicateLikelihood, ReplicateScore
from kommunebench.benchmark.bootstrap.weights import Draw
from kommunebench.benchmark.durations.risk_sets import UnitWeights, Weights
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.benchmark.model.national import NationalModel

_ITERATIONS = 80
# A replicate has settled when the gain still in reach is below this share of its log likelihood.
_TOLERANCE = 1e-9
# No step moves a coefficient by more than this many standard deviations of its covariate.
_LONGEST_STEP = 2.0


@dataclass(frozen=True, slots=True)
class ReplicateStart:
    """What replicates of one group start from: the national ``model``, the ``curvature`` (p,) of
    the full data's likelihood by term, the standard deviation of each column, the ``precision``
    (p,) of the priors on levels with few events."""

    model: NationalModel
    curvature: Floats
    column_sd: Floats
    precision: Floats

    @property
    def bread(self) -> Floats:
        """The inverse (p, p) of the full data's information."""
        return self.model.estimate.bread


class ReplicateObjective(Protocol):
    """The log likelihoods of many replicates."""

    def score(self, beta: Floats, weights: Weights, *, squares: bool = False) -> ReplicateScore:
        """Value, gradient and curvature by term at coefficients (p, R)."""
        ...


class ClimbStart(Protocol):
    """What a climb starts from: ``bread`` (p, p), ``curvature`` (p,), ``column_sd`` (p,) and
    ``precision`` (p,) of ReplicateStart."""

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
    beta = model.estimate.beta
    likelihood = ReplicateLikelihood(blocks, group, model.grid)
    n_terms = len(beta)
    if not n_terms:
        return ReplicateStart(model, np.zeros(0), np.zeros(0), np.zeros(0))
    score = likelihood.score(beta[:, None], UnitWeights(), squares=True)
    spells_at_risk = float(model.terms.weight.sum())
    sd = np.sqrt(np.maximum(score.squares[:, 0], 1e-300) / spells_at_risk)
    priors = model.design.priors
    names = [*model.design.terms, *(() if model.unit_effects is None else model.unit_effects.names)]
    precision = np.array([1.0 / priors[name] ** 2 if name in priors else 0.0 for name in names])
    return ReplicateStart(model, score.squares[:, 0], sd, precision)


def fit_replicates(
    blocks: Blocks, group: int, start: ReplicateStart, draw: Draw
) -> tuple[GroupHazards, Flags]:
    """Coefficients of all replicates of a batch by a preconditioned chord method, and which of them
    settled.

    The full data's information serves every replicate, scaled term by term to the replicate's own
    curvature, so that a step costs one pass. A level without events in a replicate drifts until the
    likelihood levels off.
    """
    model, count = start.model, draw.count
    beta = np.repeat(model.estimate.beta[:, None], count, axis=1)
    if not len(beta):
        return _hazards(model, beta, np.zeros(count)), np.ones(count, bool)
    climb = Climb(ReplicateLikelihood(blocks, group, model.grid), start, draw, beta)
    settled = climb.run()
    mean_effect = np.zeros(count)
    if model.unit_effects is not None:
        unit_weights = blocks.total(partial(_unit_weights, group=group, weights=draw)).total
        effects = np.zeros(unit_weights.shape)
        effects[model.unit_effects.units] = climb.beta[model.n_shared :]
        centred = effects - model.unit_effects.share @ climb.beta[model.n_shared :]
        mean_effect = (unit_weights * centred).sum(axis=0) / unit_weights.sum(axis=0)
    return _hazards(model, climb.beta, mean_effect), settled


def _hazards(model: NationalModel, beta: Floats, mean_effect: Floats) -> GroupHazards:
    """Hazards whose baseline is not known yet."""
    return GroupHazards(beta, model.n_shared, np.zeros((0, beta.shape[1])), mean_effect)


@dataclass(frozen=True, slots=True)
class _UnitWeights:
    """Weights of the spells in the fit by unit (K, R)."""

    total: Floats

    def merge(self, other: "_UnitWeights") -> "_UnitWeights":
        return _UnitWeights(self.total + other.total)


def _unit_weights(block: SpellBlock, group: int, weights: Draw) -> _UnitWeights:
    spells = block.groups[group]
    in_fit = ~spells.outside_fit
    by_unit = grouping(block.unit[spells.rows][in_fit], block.n_units)
    return _UnitWeights(by_unit @ weights.of(block)[spells.rows][in_fit])


class Climb:
    """The state of the chord method: where each replicate is, and what it has reached."""

    def __init__(
        self, likelihood: ReplicateObjective, start: ClimbStart, draw: Draw, beta: Floats
    ) -> None:
        self.likelihood, self.start, self.draw, self.beta = likelihood, start, draw, beta
        first = self._penalised(likelihood.score(beta, draw, squares=True), beta)
        self.value, self.gradient = first.value, first.gradient
        curvature = np.maximum(start.curvature, 1e-300)[:, None]
        ratio = np.sqrt(np.maximum(first.squares, 0.0) / curvature)
        self.scaling = np.clip(ratio, 0.2, 5.0)
        self.damping = np.ones(beta.shape[1])

    def run(self) -> Flags:
        """Climb until every replicate has settled or the iterations are used up."""
        moving = np.ones(self.beta.shape[1], bool)
        bread = self.start.bread
        for _ in range(_ITERATIONS):
            step = (bread @ (self.gradient / self.scaling)) / self.scaling
            gain = 0.5 * np.einsum("pr,pr->r", self.gradient, step)
            # A replicate that has settled stays where it is, so that its numbers do not depend on
            # the others of its batch.
            moving &= gain > _TOLERANCE * np.abs(self.value)
            if not moving.any():
                break
            self._take(step, moving)
        return ~moving

    def _take(self, step: Floats, moving: Flags) -> None:
        furthest = (_LONGEST_STEP / self.start.column_sd)[:, None]
        damped = np.clip(self.damping[moving] * step[:, moving], -furthest, furthest)
        proposal = self.beta[:, moving] + damped
        reached = self._penalised(self.likelihood.score(proposal, self.draw.only(moving)), proposal)
        kept = reached.value >= self.value[moving] - 1e-9 * np.abs(self.value[moving])
        better = np.zeros(len(moving), bool)
        better[moving] = kept
        self.beta[:, better] = proposal[:, kept]
        self.value[better] = reached.value[kept]
        self.gradient[:, better] = reached.gradient[:, kept]
        self.damping[moving] = np.where(
            kept, np.minimum(2 * self.damping[moving], 1.0), self.damping[moving] / 2
        )

    def _penalised(self, score: ReplicateScore, beta: Floats) -> ReplicateScore:
        """The score with the priors on levels with few events."""
        precision = self.start.precision[:, None]
        return ReplicateScore(
            score.value - 0.5 * (precision * beta**2).sum(axis=0),
            score.gradient - precision * beta,
            score.squares,
        )
