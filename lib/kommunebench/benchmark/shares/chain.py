"""Expected and observed share of every unit. A case is a spell that lasts one period: what compares
durations then compares shares."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, SpellBlock
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.durations.multipliers import UnitCurves
from kommunebench.benchmark.durations.observed import UnitCounts, observed_of
from kommunebench.benchmark.model.likelihood import Matrices
from kommunebench.benchmark.shares.model import ShareModel, probabilities

# The one period that a case lasts.
PERIODS = 1


def estimate_shares(blocks: Blocks, models: Sequence[ShareModel]) -> ChainEstimate:
    """Expected and observed share of every unit (K,). Nobody is censored, so that the robust share
    is the plain one, and there are no hazards; a directly standardised share is not computed."""
    sums = blocks.total(partial(_unit_sums, models=tuple(models)))
    n_cases, n_events, expected = sums.totals
    measure = Measure.named("share", PERIODS)
    counts = UnitCounts(n_cases[:, None], n_events[:, None])
    observed = observed_of(counts, np.full(len(n_cases), PERIODS), measure)
    no_curves = UnitCurves(
        np.ones((len(n_cases), PERIODS, 1)), np.zeros((0, len(n_cases), PERIODS, 1), bool)
    )
    return ChainEstimate(
        models=(),
        measure=measure,
        counts=counts,
        observed=observed,
        n_spells=n_cases,
        expected=expected / n_cases,
        robust=observed.value,
        direct=np.full(len(n_cases), np.nan),
        curves=no_curves,
    )


def _unit_sums(block: SpellBlock, models: Sequence[ShareModel]) -> Matrices:
    counted = (np.ones(len(block.event)), block.event.astype(float), probabilities(block, models))
    return Matrices(tuple(block.unit_sums(values) for values in counted))
