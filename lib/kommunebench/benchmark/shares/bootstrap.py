"""The cluster bootstrap of the share model, a batch of replicates at a time: the weights, the climb
and the tolerances of the bootstrap of durations."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from scipy import special

from kommunebench.benchmark.blocks.block import Blocks, Flags, Floats, SpellBlock, grouping
from kommunebench.benchmark.blocks.shared_passes import side_by_side
from kommunebench.benchmark.bootstrap.replicates import BATCH
from kommunebench.benchmark.bootstrap.weights import Draw
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.model.likelihood import Matrices
from kommunebench.benchmark.shares.likelihood import linear_predictor
from kommunebench.benchmark.shares.model import ShareModel
from kommunebench.benchmark.shares.replicates import (
    ShareStart,
    fit_share_replicates,
    share_start,
)


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

    def start(group: int, seat: Blocks) -> ShareStart:
        return share_start(seat, group, models[group])

    starts = side_by_side(blocks, start, len(models))
    batches = [replicates[first : first + BATCH] for first in range(0, len(replicates), BATCH)]
    made = [_batch(blocks, starts, indicator, Draw(seed, tuple(batch))) for batch in batches]
    return np.repeat(np.concatenate(made)[:, :, None], 2, axis=2)


def _batch(
    blocks: Blocks, starts: Sequence[ShareStart], indicator: Indicator, draw: Draw
) -> Floats:
    def fit(group: int, seat: Blocks) -> tuple[Floats, Flags]:
        return fit_share_replicates(seat, group, starts[group], draw)

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
