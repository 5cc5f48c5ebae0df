"""Normal priors on the coefficients of a model: those of its design, and those of every level and
unit where the likelihood has no finite maximum without them."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from kommunebench.benchmark.blocks.block import Flags, Floats
from kommunebench.benchmark.covariates.design import PRIOR_SD, DesignPlan
from kommunebench.errors import ConvergenceError
from kommunebench.survival.column_moments import ColumnMoments

Fitted = TypeVar("Fitted")
# So many standard deviations of its prior from zero, a number is not held by it. About sixteen
# events in the order of a number take its coefficient there.
_CONFLICT = 4.0


def prior_deviations(design: DesignPlan, names: Sequence[str]) -> Floats:
    """Standard deviation (p,) of the prior on each term; infinite where there is none."""
    priors = design.priors
    return np.array([priors.get(name, np.inf) for name in names], float)


def prior_precision(prior_sd: Floats, scale: Floats) -> Floats:
    """Precision (p,) of the priors on coefficients of columns divided by ``scale``."""
    return 1.0 / (prior_sd * scale) ** 2


def is_held(design: DesignPlan, prior_sd: Floats, n_effects: int) -> bool:
    """Whether effects of units, which are the first ``n_effects`` terms, have a prior (p,), or
    without such effects terms beyond those to which the design gives one."""
    if n_effects:
        return bool(np.isfinite(prior_sd[:n_effects]).any())
    return int(np.isfinite(prior_sd).sum()) > len(design.priors)


def fit_or_hold(
    fit: Callable[[Floats], tuple[Fitted, Floats]],
    prior_sd: Floats,
    moments: Callable[[], ColumnMoments],
    n_effects: int = 0,
) -> tuple[Fitted, Floats]:
    """What ``fit`` gives, beside its coefficients (p,), with these priors (p,), and the priors.

    Where columns together order the events without exception, every level and every effect of a
    unit has a prior, and where that is not enough every number, too. A number that the prior does
    not hold is refused: it is most often the outcome in another form. ``moments``: of the columns,
    the first ``n_effects`` of which are effects of units. Raises ConvergenceError where the priors
    do not help.
    """
    try:
        return fit(prior_sd)[0], prior_sd
    except ConvergenceError:
        spread, is_level = _spread(moments(), n_effects)
    held = np.where(is_level, np.minimum(prior_sd, PRIOR_SD), prior_sd)
    try:
        return fit(held)[0], held
    except ConvergenceError:
        of_all = np.divide(PRIOR_SD, spread, out=np.full(len(spread), np.inf), where=spread > 0)
        with_numbers = np.minimum(held, of_all)
        fitted, beta = fit(with_numbers)
        if np.any(np.abs(beta[~is_level]) > _CONFLICT * with_numbers[~is_level]):
            raise
    return fitted, with_numbers


def _spread(moments: ColumnMoments, n_effects: int) -> tuple[Floats, Flags]:
    """What a prior on each column (p,) is measured in, 0 where the column does not vary, and which
    are levels or units.

    Those differ from all others by one. Numbers are measured in their standard deviation; they are
    centred, so that none of them has zero as its smallest value.
    """
    varies = moments.high > moments.low
    is_level = (moments.low == 0.0) & (moments.high == 1.0)
    is_level[:n_effects] = varies[:n_effects]
    spread = np.where(is_level, 1.0, np.where(varies, moments.scale, 0.0))
    return spread, is_level
