"""The national model with a hazard that is constant within intervals: a Poisson regression of
events on weeks at risk, the model of the earlier analyses (Holford 1980; Friedman 1982)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, Flags, Floats, Indices, SpellBlock
from kommunebench.benchmark.covariates.unit_effects import UnitEffects
from kommunebench.benchmark.model.likelihood import fit_columns, in_fit
from kommunebench.benchmark.model.national import NationalModel
from kommunebench.errors import ConvergenceError

_ITERATIONS, _HALVINGS = 50, 30
# After a step this small (in standard errors) the next one is below rounding.
_SETTLED = 1e-6
# A likelihood that falls by less than this part of itself has not fallen.
_ROUNDING = 1e-10


@dataclass(frozen=True, slots=True)
class _Sums:
    """Of one group at some coefficients: log-likelihood, its gradient (q,), minus its Hessian
    (q, q), over the covariates and then the intervals."""

    value: float
    gradient: Floats
    information: Floats

    def merge(self, other: "_Sums") -> "_Sums":
        return _Sums(
            self.value + other.value,
            self.gradient + other.gradient,
            self.information + other.information,
        )


@dataclass(frozen=True, slots=True)
class _Exposure:
    """Events and weeks at risk times relative hazard by interval (J,)."""

    events: Floats
    risk_weeks: Floats

    def merge(self, other: "_Exposure") -> "_Exposure":
        return _Exposure(self.events + other.events, self.risk_weeks + other.risk_weeks)


def piecewise_models(
    blocks: Blocks, models: Sequence[NationalModel], cuts: Sequence[int], horizon: int
) -> tuple[NationalModel, ...]:
    """The models with coefficients and baselines of a hazard that is constant between the cuts
    (weeks) and the horizon, with effects of the units where the models given have them; uncertainty
    of the coefficients stays that of the models given.

    The coefficients maximise the Poisson likelihood of events up to the horizon with the logarithm
    of the weeks at risk as offset; levels without events, omitted terms and priors are those of the
    models given. Raises ConvergenceError naming the group.
    """
    inside = sorted({cut for cut in cuts if 0 < cut < horizon})
    edges = np.array([0, *inside, horizon])
    return tuple(_piecewise(blocks, g, model, edges) for g, model in enumerate(models))


def _piecewise(blocks: Blocks, g: int, model: NationalModel, edges: Indices) -> NationalModel:
    beta, effects = model.estimate.beta, model.unit_effects
    exposure = blocks.total(partial(_exposure, g=g, beta=beta, edges=edges, effects=effects))
    # Intervals without events have hazard zero, the limit of the likelihood.
    alive = np.flatnonzero(exposure.events > 0)
    free = np.concatenate([~model.estimate.omitted, np.ones(len(alive), bool)])
    precision = np.zeros(len(free))
    precision[: len(beta)] = model.estimate.prior_sd**-2.0
    start = np.log(exposure.events[alive] / exposure.risk_weeks[alive])
    sums_of = partial(_poisson_sums, g=g, edges=edges, alive=alive, effects=effects)
    fitted = _climb(blocks, sums_of, np.concatenate([beta, start]), free, precision)
    if fitted is None:
        raise ConvergenceError(
            f"model of group {model.name}: the Poisson regression of the piecewise-constant hazard"
            " does not settle; leave the check piecewise out, or join intervals."
        )
    log_factors = np.zeros(int(edges[-1]))
    hazard = np.zeros(len(edges) - 1)
    hazard[alive] = np.exp(fitted[len(beta) :])
    log_factors[:] = -np.repeat(hazard, np.diff(edges))
    estimate = replace(model.estimate, beta=fitted[: len(beta)])
    refitted = replace(model, estimate=estimate).with_second_stage()
    return refitted.with_baseline(log_factors)


def _climb(
    blocks: Blocks,
    sums_of: Callable[..., _Sums],
    start: Floats,
    free: Flags,
    precision: Floats,
) -> Floats | None:
    """Newton's method with step halving over the coefficients that are ``free``; None where it does
    not settle."""
    theta, sums = start, blocks.total(partial(sums_of, theta=start))
    for _ in range(_ITERATIONS):
        gradient = (sums.gradient - precision * theta)[free]
        curvature = (sums.information + np.diag(precision))[np.ix_(free, free)]
        step = np.zeros(len(theta))
        step[free] = np.linalg.solve(curvature, gradient)
        size = float(np.sqrt(step[free] @ curvature @ step[free]))
        value = _penalised(sums, theta, precision)
        lowest = value - _ROUNDING * (1 + abs(value))
        for halving in range(_HALVINGS):
            moved = theta + step * 0.5**halving
            reached = blocks.total(partial(sums_of, theta=moved))
            if _penalised(reached, moved, precision) >= lowest:
                break
        theta, sums = moved, reached
        if size < _SETTLED:
            return theta
    return None


def _penalised(sums: _Sums, theta: Floats, precision: Floats) -> float:
    return sums.value - 0.5 * float(precision @ theta**2)


def weeks_at_risk(duration: Indices, edges: Indices) -> Floats:
    """Weeks (n, J) that spells spend in each interval."""
    reached = np.minimum(duration[:, None], edges[None, 1:]) - edges[None, :-1]
    return np.maximum(reached, 0).astype(float)


def _in_fit(
    block: SpellBlock, g: int, edges: Indices, effects: UnitEffects | None
) -> tuple[Floats, Floats, Indices]:
    """Columns (n, u + p), weeks at risk (n, J), and interval of the event (-1: none) of the spells
    in the fit."""
    group = block.groups[g]
    kept = in_fit(group, effects)
    duration = block.duration[group.rows][kept]
    interval = np.searchsorted(edges, duration, side="left") - 1
    seen = block.seen[group.rows][kept]
    columns = fit_columns(group.x[kept], group.unit[kept], effects)
    return columns, weeks_at_risk(duration, edges), np.where(seen, interval, -1)


def _exposure(
    block: SpellBlock, g: int, beta: Floats, edges: Indices, effects: UnitEffects | None
) -> _Exposure:
    x, weeks, interval = _in_fit(block, g, edges, effects)
    events = np.bincount(interval[interval >= 0], minlength=weeks.shape[1]).astype(float)
    return _Exposure(events, np.exp(x @ beta) @ weeks)


def _poisson_sums(
    block: SpellBlock,
    theta: Floats,
    *,
    g: int,
    edges: Indices,
    alive: Indices,
    effects: UnitEffects | None,
) -> _Sums:
    x, weeks, interval = _in_fit(block, g, edges, effects)
    p = x.shape[1]
    weeks = weeks[:, alive]
    events = (interval[:, None] == alive[None, :]).astype(float)
    happened, predictor = events.sum(axis=1), x @ theta[:p]
    expected = weeks * np.exp(predictor[:, None] + theta[p:])
    mean = expected.sum(axis=1)
    value = float(happened @ predictor + events.sum(axis=0) @ theta[p:] - mean.sum())
    gradient = np.concatenate([x.T @ (happened - mean), (events - expected).sum(axis=0)])
    cross = x.T @ expected
    diagonal = np.diag(expected.sum(axis=0))
    information = np.block([[(x.T * mean) @ x, cross], [cross.T, diagonal]])
    return _Sums(value, gradient, information)
