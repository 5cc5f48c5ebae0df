"""Observed against expected successes of the share model by group of cases (method, section 7)."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from scipy import special, stats

from kommunebench.benchmark.blocks.block import Floats, SpellBlock
from kommunebench.benchmark.checks.calibration import Breakdown, counted_by_group, with_limits
from kommunebench.benchmark.checks.facts import FactBlocks
from kommunebench.benchmark.shares.model import ShareModel, probabilities


def share_calibration(
    blocks: FactBlocks,
    models: Sequence[ShareModel],
    breakdowns: Mapping[str, Breakdown],
    unit_breakdowns: Mapping[str, Sequence[str]],
    confidence_level: float,
) -> pd.DataFrame:
    """Columns of gold.calibration: successes observed and expected by tenth of the predicted log
    odds and by every value of the breakdowns, as ``calibration`` of durations. The limits are the
    exact ones of a share (Clopper and Pearson 1934): of the cases of a group so many can succeed
    and no more."""
    models = tuple(models)
    counted = counted_by_group(
        blocks,
        partial(probabilities, models=models),
        partial(_log_odds, models=models),
        breakdowns,
        unit_breakdowns,
    )
    return with_limits(counted, *_binomial_limits(counted, confidence_level))


def _log_odds(block: SpellBlock, models: Sequence[ShareModel]) -> Floats:
    values: Floats = special.logit(probabilities(block, models))
    return values


def _binomial_limits(rows: pd.DataFrame, confidence_level: float) -> tuple[Floats, Floats]:
    """Exact limits of the counts of successes, each (n,)."""
    n_cases = rows["spells"].to_numpy(float)
    observed, tail = rows["observed_events"].to_numpy(float), (1 - confidence_level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(observed > 0, stats.beta.ppf(tail, observed, n_cases - observed + 1), 0.0)
        high = stats.beta.ppf(1 - tail, observed + 1, n_cases - observed)
    return low * n_cases, np.where(observed < n_cases, high, 1.0) * n_cases
