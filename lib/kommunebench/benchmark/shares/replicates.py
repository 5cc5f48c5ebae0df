"""Share models of many bootstrap replicates at once, started from the national model."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import linalg, special

from kommunebench.benchmark.blocks.block import (
    Blocks,
    FieldSums,
    Flags,
    Floats,
    Indices,
    SpellBlock,
    grouping,
)
from kommunebench.benchmark.bootstrap.effects import replicate_predictions
from kommunebench.benchmark.bootstrap.fit import Climb
from kommunebench.benchmark.bootstrap.scores import FAR_OUT, ReplicateScore
from kommunebench.benchmark.bootstrap.weights import Draw
from kommunebench.benchmark.durations.risk_sets import UnitWeights, Weights
from kommunebench.benchmark.model.likelihood import in_fit
from kommunebench.benchmark.shares.model import ShareModel


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareStart:
    """What the replicates of one group start from: the national ``model``, and by intercept (one,
    or one a unit, J in all) and term of the design as ReplicateStart."""

    model: ShareModel
    beta: Floats
    bread: Floats
    curvature: Floats
    column_sd: Floats
    precision: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums(FieldSums):
    """Sums over one group's cases in the fit at coefficients: log-likelihoods (R,); by intercept
    (J, R) ``weight``, ``events``, ``expected`` events and their curvature ``spread``; for the
    design (p, R) ``gradient`` and curvature ``squares`` (no rows where it is not wanted)."""

    value: Floats
    weight: Floats
    events: Floats
    expected: Floats
    spread: Floats
    gradient: Floats
    squares: Floats

    @property
    def has_both(self) -> Flags:
        """Intercepts (J, R) whose cases are neither all successes nor all failures."""
        return np.asarray((self.events > 0) & (self.events < self.weight))


@dataclass(frozen=True, slots=True)
class _ReplicateLikelihood:
    """The log-likelihoods of one group in many replicates, as functions of the J intercepts and the
    design's p coefficients; no unit is singled out as a reference here."""

    blocks: Blocks
    group: int
    model: ShareModel

    def score(self, beta: Floats, weights: Weights, *, squares: bool = False) -> ReplicateScore:
        """Value (R,), gradient and sums of squares (J + p, R) at coefficients (J + p, R)."""
        sums = self.sums(beta, weights, squares=squares)
        return ReplicateScore(
            sums.value,
            np.concatenate([sums.events - sums.expected, sums.gradient]),
            np.concatenate([sums.spread, sums.squares]),
        )

    def matched(self, beta: Floats, weights: Weights) -> Floats:
        """The coefficients with the intercepts of units moved towards as many expected successes as
        the unit has in the replicate; where all or none succeed, far beyond all others, or where
        they are if priors hold them."""
        effects = self.model.unit_effects
        if effects is None:
            return beta
        sums = self.sums(beta, weights)
        some = sums.has_both
        gap = np.zeros_like(sums.weight)
        gap[some] = special.logit(sums.events[some] / sums.weight[some])
        gap[some] -= special.logit(sums.expected[some] / sums.weight[some])
        known = beta[: len(gap)]
        limit = np.where(sums.events > 0, FAR_OUT, -FAR_OUT)
        intercepts = np.where(some, known + gap, known if self.model.is_held else limit)
        return np.concatenate([intercepts, beta[len(gap) :]])

    def sums(self, beta: Floats, weights: Weights, *, squares: bool = False) -> _Sums:
        """One pass over the cases; ``squares``: whether the curvature is wanted."""
        sums_of_block = partial(
            _block_sums,
            group=self.group,
            model=self.model,
            beta=beta,
            weights=weights,
            squares=squares,
        )
        return self.blocks.total(sums_of_block)


def _intercepts(model: ShareModel, unit: Indices) -> tuple[Indices, int]:
    """Which intercept cases of these units have, and how many there are."""
    if model.unit_effects is None:
        return np.zeros_like(unit), 1
    return unit, len(model.unit_effects.with_events)


def _block_sums(
    block: SpellBlock,
    *,
    group: int,
    model: ShareModel,
    beta: Floats,
    weights: Weights,
    squares: bool,
) -> _Sums:
    cases = block.groups[group]
    inside = in_fit(cases, model.unit_effects)
    code, n_intercepts = _intercepts(model, cases.unit[inside])
    by_intercept = grouping(code, n_intercepts)
    weight, x = weights.of(block)[cases.rows][inside], cases.x[inside]
    event = block.event[cases.rows][inside].astype(float)[:, None]
    predictor = x @ beta[n_intercepts:]
    predictor += beta[code]
    value = np.sum(weight * (event * predictor - np.logaddexp(0.0, predictor)), axis=0)
    share = special.expit(predictor)
    events, expected = weight * event, weight * share
    spread = expected * (1.0 - share) if squares else np.zeros((len(x), 0))
    return _Sums(
        value=value,
        weight=by_intercept @ weight,
        events=by_intercept @ events,
        expected=by_intercept @ expected,
        spread=by_intercept @ spread,
        gradient=x.T @ (events - expected),
        squares=(x**2).T @ spread if squares else np.zeros((x.shape[1], 0)),
    )


def share_start(blocks: Blocks, group: int, model: ShareModel) -> ShareStart:
    """One pass over the full data at the national coefficients."""
    to_intercepts = to_columns = np.eye(len(model.coefficients))
    if model.unit_effects is not None:
        effects = model.unit_effects
        of_units = np.column_stack([effects.with_events.astype(float), effects.centring])
        of_design = np.eye(len(model.design.terms))
        to_intercepts = linalg.block_diag(of_units, of_design)
        # The constant has no prior.
        contrasts = np.vstack([np.zeros(len(effects.with_events)), effects.contrasts])
        to_columns = linalg.block_diag(contrasts, of_design)
    beta = to_intercepts @ model.coefficients
    likelihood = _ReplicateLikelihood(blocks, group, model)
    curvature = likelihood.score(beta[:, None], UnitWeights(), squares=True).squares[:, 0]
    n_intercepts = len(beta) - len(model.design.terms)
    # In units of all cases' curvature: the mean square of each column.
    sd = np.sqrt(np.maximum(curvature, 1e-300) / curvature[:n_intercepts].sum())
    return ShareStart(
        model=model,
        beta=beta,
        bread=to_intercepts @ model.bread @ to_intercepts.T,
        curvature=curvature,
        column_sd=sd,
        precision=to_columns.T @ np.diag(model.prior_sd**-2.0) @ to_columns,
    )


def fit_share_replicates(
    blocks: Blocks, group: int, start: ShareStart, draw: Draw
) -> tuple[Floats, Flags]:
    """Constant and coefficients of the predictions of all replicates of a batch (p + 1, R), by the
    method of fit_replicates, and which of them settled."""
    model = start.model
    likelihood = _ReplicateLikelihood(blocks, group, model)
    first = np.repeat(start.beta[:, None], draw.count, axis=1)
    climb = Climb(likelihood, start, draw, likelihood.matched(first, draw))
    settled, beta = climb.run(), climb.beta
    if model.unit_effects is None:
        return beta, settled
    n_units = len(model.unit_effects.with_events)
    sums = likelihood.sums(beta, draw)
    weight = np.where(sums.has_both, sums.weight, 0.0)
    fitted = beta[:n_units], beta[n_units:]
    predicted, level = replicate_predictions(model, fitted, weight, draw)
    return np.concatenate([level[None, :], predicted]), settled
