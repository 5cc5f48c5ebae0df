"""The indicators over the spells begun in the first and in the second half of the window."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Floats, SpellBlock
from kommunebench.benchmark.checks.facts import UNKNOWN, FactBlocks, Facts, taken, with_units
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.pace import PaceScale
from kommunebench.benchmark.comparison.spread import estimate_spread
from kommunebench.benchmark.durations.chain import ChainEstimate, estimate_chain
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.influence.pace_scale import (
    LogHazardSums,
    log_hazard_sums,
    pace_scale_of,
)
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.verdict_rules import VerdictIndicator

HALF = "half"
# Their names among the checks, in order.
HALVES = ("first_half", "second_half")


@dataclass(frozen=True, slots=True, kw_only=True)
class Halves:
    """Per half of the window (2, K): performance, spells and events of every unit; NaN where a unit
    has no spell in a half."""

    performance: Floats
    n_spells: Floats
    n_events: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """Over ``units`` units judged that have both halves: ``covariance_of_halves`` of the two paces;
    ``repeated_share``, that over the run's variance between units of the pace over the whole window
    (1 where what is measured is lasting, 0 where it is not; NaN where that variance is zero), with
    its jackknife error, in which the quotient is taken to first order; ``correlation``; how many
    are above 0 in the first half and of them in the second."""

    units: int
    covariance_of_halves: float
    repeated_share: float
    repeated_share_se: float
    correlation: float
    better_first: int
    better_again: int


def estimate_halves(
    blocks: FactBlocks,
    chain: ChainEstimate,
    indicator: Indicator,
    verdict_indicator: VerdictIndicator = "robust",
) -> Halves:
    """The performances in each half, expected and observed, under the national model of the whole
    window; ``verdict_indicator``: whose observed side. Spells of unknown half are left out."""
    estimate = partial(estimate_chain, models=chain.models, measure=chain.measure)
    n_units = len(chain.n_spells)
    return halves_by(
        blocks,
        by_half,
        estimate,
        n_units=n_units,
        indicator=indicator,
        verdict_indicator=verdict_indicator,
    )


def halves_by(
    blocks: FactBlocks,
    recode: Callable[..., SpellBlock],
    estimate: Callable[[Blocks], ChainEstimate],
    *,
    n_units: int,
    indicator: Indicator,
    verdict_indicator: VerdictIndicator = "robust",
) -> Halves:
    """The performances in each half, as ``estimate`` gives them for blocks in which ``recode`` (by
    ``n_units``) has made every unit two."""
    halved = blocks.recoded(partial(recode, n_units=n_units))
    # Units without spells in a half give quotients of zeros, which stay in their own cells.
    with np.errstate(divide="ignore", invalid="ignore"):
        both = estimate(halved)
        performance = indicator.performance(both.expected, both.observed_side(verdict_indicator))
    shape = (2, n_units)
    return Halves(
        performance=np.where(np.isfinite(performance), performance, np.nan).reshape(shape),
        n_spells=both.n_spells.reshape(shape),
        n_events=both.counts.events.sum(axis=1).reshape(shape),
    )


def by_half(
    block: SpellBlock, facts: Facts, *, n_units: int, fact: str = HALF, second_from: int = 1
) -> SpellBlock:
    """Every unit twice: with the spells of the first half, then with those of the second, whose
    code of the fact is ``second_from`` or higher."""
    codes = facts[fact]
    half = np.where(codes < 0, UNKNOWN, codes >= second_from)
    kept = np.flatnonzero(half >= 0)
    lengths = tuple(int((half[group.rows] >= 0).sum()) for group in block.groups)
    cells = taken(block, kept, lengths)
    return with_units(cells, block.unit[kept] + n_units * half[kept], 2 * n_units)


def scale_of_run(blocks: FactBlocks, chain: ChainEstimate, indicator: Indicator) -> PaceScale:
    """The scale between the run's performances and paces, by one pass over the spells; ``chain``:
    of the model that carries the verdicts."""
    sums = blocks.total_with_facts(
        partial(_log_hazard_sums, hazards=chain.hazards, measure=chain.measure)
    )
    return pace_scale_of(chain, sums, indicator)


def _log_hazard_sums(
    block: SpellBlock, facts: Facts, hazards: tuple[GroupHazards, ...], measure: Measure
) -> LogHazardSums:
    return log_hazard_sums(block, hazards, measure)


def stability(
    halves: Floats, judged: np.ndarray, pace: Floats, se: Floats, *, least_units: int
) -> Stability | None:
    """How lasting the paces are, over units (K,) ``judged`` over the whole window and with a pace
    in both ``halves`` (2, K); ``pace`` and its error ``se`` (K,), as in the run's spread, of the
    whole window. The variance between units is that of all judged, as the run states it. None with
    fewer than ``least_units`` units that have both halves."""
    known = judged & np.isfinite(pace) & np.isfinite(se)
    both, y, s = halves[:, known], pace[known], se[known]
    repeated = np.isfinite(both).all(axis=0)
    if repeated.sum() < least_units:
        return None
    n = len(y)
    covariance, variance = _covariance(both[:, repeated]), _variance(y, s)
    share = covariance / variance if variance > 0 else np.nan
    # The quotient to first order in its two terms: a unit without which the variance is zero, as it
    # may be where one unit stands out, leaves no quotient of its own.
    left_out = [
        _covariance(both[:, others & repeated]) - share * _variance(y[others], s[others])
        for others in ~np.eye(n, dtype=bool)
    ]
    error = np.sqrt((n - 1) / n * np.sum((np.array(left_out) - np.mean(left_out)) ** 2))
    first, second = both[:, repeated]
    return Stability(
        units=len(first),
        covariance_of_halves=covariance,
        repeated_share=share,
        repeated_share_se=float(error) / variance if variance > 0 else np.nan,
        correlation=float(np.corrcoef(first, second)[0, 1]),
        better_first=int((first > 0).sum()),
        better_again=int(((first > 0) & (second > 0)).sum()),
    )


def _covariance(both: Floats) -> float:
    """Of the paces of units in the two halves (2, n)."""
    return float(np.cov(both)[0, 1])


def _variance(y: Floats, s: Floats) -> float:
    """Between units, of paces with their errors."""
    return estimate_spread(y, s, 0.95).tau ** 2
