"""The cluster bootstrap of the share model, a batch of replicates at a time: the weights, the climb
and the tolerances of the bootstrap of durations."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import special

from kommunebench.benchmark.blocks.block import Blocks, Flags, Floats, SpellBlock, grouping
from kommunebench.benchmark.blocks.shared_passes import side_by_side
from kommunebench.benchmark.bootstrap.fit import Climb
from kommunebench.benchmark.bootstrap.replicates import BATCH
from kommunebench.benchmark.bootstrap.scores import ReplicateScore
from kommunebench.benchmark.bootstrap.weights import Draw
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.durations.risk_sets import UnitWeights, Weights
from kommunebench.benchmark.model.block_fit import prior_precision
from kommunebench.benchmark.model.likelihood import Matrices
from kommunebench.benchmark.shares.likelihood import linear_predictor, with_constant
from kommunebench.benchmark.shares.model import ShareModel


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """What the replicates of one group start from; see ReplicateStart."""

    beta: Floats
    bread: Floats
    curvature: Floats
    column_sd: Floats
    precision: Floats


@dataclass(frozen=True, slots=True)
class _ReplicateLikelihood:
    """The log-likelihoods of one group in many replicates."""

    blocks: Blocks
    group: int

    def score(self, beta: Floats, weights: Weights, *, squares: bool = False) -> ReplicateScore:
        """Value (R,), gradient and sums of squares (p + 1, R) at coefficients (p + 1, R)."""
        sums = partial(_block_scores, group=self.group, beta=beta, weights=weights, squares=squares)
        return ReplicateScore(*self.blocks.total(sums).totals)


def _block_scores(
    block: SpellBlock, *, group: int, beta: Floats, weights: Weights, squares: bool
) -> Matrices:
    cases = block.groups[group]
    in_fit = ~cases.zero_hazard
    weight = weights.of(block)[cases.rows][in_fit]
    outcome, x = block.event[cases.rows][in_fit].astype(float)[:, None], cases.x[in_fit]
    predictor = linear_predictor(x, beta)
    value = np.sum(weight * (outcome * predictor - np.logaddexp(0.0, predictor)), axis=0)
    share = special.expit(predictor)
    gradient = with_constant(weight * (outcome - share), x)
    curvature = np.zeros((0, weight.shape[1]))
    if squares:
        curvature = with_constant(weight * share * (1.0 - share), x**2)
    return Matrices((value, gradient, curvature))


def bootstrap_shares(
    blocks: Blocks,
    models: Sequence[ShareModel],
    indicator: Indicator,
    *,
    replicates: Sequence[int],
    seed: int,
) -> Floats:
    """Performances (R, K, 2) of the replicates of these numbers, the second equal to the first
    (there is no robust share); NaN where a unit has no cases in one, or where the replicate's model
    did not settle. The blocks' ``person`` must be keys of clusters."""

    def start(group: int, seat: Blocks) -> _Start:
        return _replicate_start(seat, group, models[group])

    starts = side_by_side(blocks, start, len(models))
    batches = [replicates[first : first + BATCH] for first in range(0, len(replicates), BATCH)]
    made = [_batch(blocks, starts, indicator, Draw(seed, tuple(batch))) for batch in batches]
    return np.repeat(np.concatenate(made)[:, :, None], 2, axis=2)


def _replicate_start(blocks: Blocks, group: int, model: ShareModel) -> _Start:
    """One pass over the full data at the national coefficients."""
    likelihood = _ReplicateLikelihood(blocks, group)
    score = likelihood.score(model.beta[:, None], UnitWeights(), squares=True)
    curvature = score.squares[:, 0]
    # In units of the constant's curvature: the mean square of each column.
    sd = np.sqrt(np.maximum(curvature, 1e-300) / curvature[0])
    precision = prior_precision(model.design.priors, model.names, np.ones(len(sd)))
    return _Start(
        beta=model.beta, bread=model.bread, curvature=curvature, column_sd=sd, precision=precision
    )


def _batch(blocks: Blocks, starts: Sequence[_Start], indicator: Indicator, draw: Draw) -> Floats:
    def fit(group: int, seat: Blocks) -> tuple[Floats, Flags]:
        beta = np.repeat(starts[group].beta[:, None], draw.count, axis=1)
        climb = Climb(_ReplicateLikelihood(seat, group), starts[group], draw, beta)
        settled = climb.run()
        return climb.beta, settled

    fits = side_by_side(blocks, fit, len(starts))
    betas = tuple(beta for beta, _ in fits)
    sums = blocks.total(partial(_unit_sums, betas=betas, weights=draw))
    total, events, expected = sums.totals
    with np.errstate(divide="ignore", invalid="ignore"):
        performance = indicator.performance(expected / total, events / total)
    # A replicate whose model did not settle counts for no unit; bootstrap_se leaves it out.
    settled = np.logical_and.reduce([flags for _, flags in fits])
    performance[:, ~settled] = np.nan
    return performance.T


def _unit_sums(block: SpellBlock, betas: Sequence[Floats], weights: Draw) -> Matrices:
    """Weights, successes and expected successes by unit and replicate, each (K, R)."""
    weight, by_unit = weights.of(block), grouping(block.unit, block.n_units)
    outcome = block.event.astype(float)[:, None]
    expected = weight * outcome
    events = by_unit @ expected
    for beta, cases in zip(betas, block.groups, strict=True):
        share = special.expit(linear_predictor(cases.x, beta))
        known = cases.zero_hazard[:, None]
        expected[cases.rows] = weight[cases.rows] * np.where(known, outcome[cases.rows], share)
    return Matrices((by_unit @ weight, events, by_unit @ expected))
