"""Share models of recoded cases: of some of the cases only, or of cases in other units."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Floats, SpellBlock
from kommunebench.benchmark.blocks.records import RecordLayout
from kommunebench.benchmark.checks.facts import FactBlocks, Facts, taken, with_units
from kommunebench.benchmark.checks.recoded_effects import recoded_effects
from kommunebench.benchmark.checks.redesign import Recode
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.design import (
    MOST_EVENTS_WITH_PRIOR,
    PRIOR_SD,
    DesignPlan,
    too_few_events,
)
from kommunebench.benchmark.shares.chain import estimate_shares
from kommunebench.benchmark.shares.fit import column_outcomes, fit_shares
from kommunebench.benchmark.shares.influence import share_covariance


@dataclass(frozen=True, slots=True, kw_only=True)
class RecodedShares:
    """What a model of recoded cases says of the units, each (K,): performance with its standard
    error, NaN where a unit has no cases; cases and successes."""

    performance: Floats
    se: Floats
    n_cases: Floats
    n_events: Floats


def shares_of_recoded(
    blocks: FactBlocks,
    recode: Recode,
    layout: RecordLayout,
    indicator: Indicator,
    *,
    unit_effects: bool,
) -> RecodedShares:
    """The model fitted anew to recoded cases, with effects of the units or without, and what it
    says of them; the columns are those of ``layout``. A level in which few of these cases succeed
    or few fail, none included, has a prior, as in any share model; with effects of the units so
    have all levels of a covariate whose reference none of these cases has.

    Raises InputError and ConvergenceError as fit_shares.
    """
    recoded = blocks.recoded(recode)
    designs = tuple(
        _with_priors(recoded, group, design, layout.events_per_column)
        for group, design in enumerate(layout.designs)
    )
    effects = recoded_effects(recoded, layout, of_outcomes=True) if unit_effects else None
    redesigned = replace(layout, designs=designs, unit_effects=effects)
    models = fit_shares(recoded, redesigned, unit_effects=unit_effects)
    # Units without cases give quotients of zeros, which stay their own.
    with np.errstate(divide="ignore", invalid="ignore"):
        chain = estimate_shares(recoded, models)
        performance = indicator.performance(chain.expected, chain.robust)
        there = chain.n_spells > 0
        # Nothing of a unit without cases enters the covariance of another.
        filled = replace(
            chain,
            n_spells=np.where(there, chain.n_spells, 1.0),
            expected=np.where(there, chain.expected, 0.5),
            observed=replace(chain.observed, value=np.where(there, chain.observed.value, 0.5)),
        )
        covariance = share_covariance(recoded, models, filled, indicator)
        se = np.sqrt(np.diag(covariance.robust))
    usable = there & np.isfinite(performance)
    return RecodedShares(
        performance=np.where(usable, performance, np.nan),
        se=np.where(usable, se, np.nan),
        n_cases=chain.n_spells,
        n_events=chain.counts.events.sum(axis=1),
    )


def _with_priors(
    blocks: Blocks, group: int, design: DesignPlan, events_per_column: float
) -> DesignPlan:
    """The design with the prior on levels in which few of these cases succeed or few fail, or on
    all levels where all of these cases have few of either for as many columns."""
    successes, failures, between = blocks.total(
        partial(column_outcomes, group=group, effects=None)
    ).totals
    fewest = np.minimum(successes, failures)
    n_columns = int(np.count_nonzero((successes + failures)[1:]))
    scarce = too_few_events(fewest[0], n_columns, events_per_column)
    is_level = (between == 0) & (successes + failures > 0)
    few = is_level & (scarce | (fewest <= MOST_EVENTS_WITH_PRIOR))
    columns = tuple(
        replace(column, prior_sd=PRIOR_SD if is_few else None)
        for column, is_few in zip(design.columns, few[1:], strict=True)
    )
    return replace(design, columns=columns, scarce=scarce)


def from_code(block: SpellBlock, facts: Facts, *, fact: str, first: int) -> SpellBlock:
    """The cases whose code of the fact is ``first`` or higher; those of which it is not known are
    left out."""
    return _kept(block, np.asarray(facts[fact] >= first))


def in_unit_of(block: SpellBlock, facts: Facts, *, fact: str) -> SpellBlock:
    """The cases in the units that are the codes of the fact; those without one are left out."""
    known = np.asarray(facts[fact] >= 0)
    return with_units(_kept(block, known), facts[fact][known], block.n_units)


def _kept(block: SpellBlock, inside: np.ndarray) -> SpellBlock:
    lengths = tuple(int(inside[group.rows].sum()) for group in block.groups)
    return taken(block, np.flatnonzero(inside), lengths)
