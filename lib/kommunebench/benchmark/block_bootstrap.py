"""The person bootstrap over blocks of spells: a batch of replicates at a time, every step one pass
(method, section 7).

The same replicates as benchmark.bootstrap makes of spells in memory, to the tolerance replicates
are fitted to: the same weights, the same chord steps from the full data's fit, the same equations.
Memory does not grow with spells.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from kommunebench.benchmark.block_models import BlockModel
from kommunebench.benchmark.bootstrap import BATCH
from kommunebench.benchmark.replicate_sums import (
    Draw,
    ReplicateModel,
    ReplicateRisks,
    ReplicateScores,
    replicate_baseline_ties,
    replicate_multiplier_ties,
    replicate_risks,
    replicate_scores,
)
from kommunebench.benchmark.replicate_units import (
    ReplicateUnits,
    RiskGrid,
    areas_on_grid,
    backwards_weeks,
    replicate_units,
)
from kommunebench.benchmark.shared_passes import side_by_side
from kommunebench.benchmark.spell_arrays import Flags, Floats
from kommunebench.benchmark.spell_blocks import Blocks
from kommunebench.survival.tie_equation import solve_cells

_ITERATIONS = 80
_TOLERANCE = 1e-9


def bootstrap_blocks(
    blocks: Blocks, models: Sequence[BlockModel], replicates: int, seed: int
) -> Floats:
    """Log indicators (R, K, 2), plain and robust, of replicates 0 … R - 1; NaN where a unit has no
    spells in one, or its model did not settle."""
    curvature = side_by_side(
        blocks, lambda number, own: _curvature(own, models[number], number), len(models)
    )
    parts = []
    for start in range(0, replicates, BATCH):
        draw = Draw(seed, tuple(range(start, min(start + BATCH, replicates))))
        parts.append(_batch(blocks, models, curvature, draw))
    return np.concatenate(parts)


def _batch(
    blocks: Blocks, models: Sequence[BlockModel], curvature: Sequence[Floats], draw: Draw
) -> Floats:
    def climb(number: int, own: Blocks) -> tuple[ReplicateModel, Flags]:
        return _climb(own, models[number], number, curvature[number], draw)

    climbed = side_by_side(blocks, climb, len(models))
    fitted, settled = (
        [model for model, _ in climbed],
        np.logical_and.reduce([own for _, own in climbed]),
    )
    risks = blocks.total(partial(replicate_risks, models=tuple(fitted), draw=draw))
    factors = _baselines(blocks, fitted, risks, draw, models[0].national.baseline)
    fitted = [replace(model, log_factors=own) for model, own in zip(fitted, factors, strict=True)]
    grid = RiskGrid.between(risks.low, risks.high)
    units = blocks.total(partial(replicate_units, models=tuple(fitted), draw=draw, grid=grid))
    multiplier = _multipliers(blocks, fitted, units, draw)
    return _log_indicators(fitted, units, multiplier, grid, settled)


def _log_indicators(
    models: Sequence[ReplicateModel],
    units: ReplicateUnits,
    multiplier: Floats,
    grid: RiskGrid,
    settled: Flags,
) -> Floats:
    """Log indicators (R, K, 2) from the sums by unit."""
    count, horizon = multiplier.shape[2], multiplier.shape[1]
    total = units.ended.sum(axis=1)
    expected, robust = horizon * units.certain, horizon * units.certain
    for g, model in enumerate(models):
        for replicate in range(count):
            factors, risks = model.log_factors[:, replicate], grid.risks(g, replicate)
            gathered = units.gathered[g, :, :, replicate]
            expected[:, replicate] += (
                gathered @ areas_on_grid(_log_survival(factors[None]), risks)[0]
            )
            # An infinite multiplier in a week without events of the group leaves the group's curve
            # as it is.
            with np.errstate(invalid="ignore"):
                own = np.where(factors == 0, 0.0, multiplier[:, :, replicate] * factors)
            robust[:, replicate] += np.sum(
                gathered * areas_on_grid(_log_survival(own), risks), axis=1
            )
    observed = _kaplan_meier_areas(backwards_weeks(units.ended), units.deaths)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_expected = np.log(expected / total)
        plain, conditional = log_expected - np.log(observed), log_expected - np.log(robust / total)
    # A replicate whose model did not settle counts for no unit; bootstrap_se leaves it out.
    gone = (total == 0) | ~settled[None, :]
    return np.stack(
        [np.where(gone, np.nan, plain), np.where(gone, np.nan, conditional)], axis=-1
    ).transpose(1, 0, 2)


def _log_survival(factors: Floats) -> Floats:
    """log S after 0, 1 … H - 1 weeks of curves (C, H)."""
    return np.concatenate([np.zeros((len(factors), 1)), np.cumsum(factors, axis=1)[:, :-1]], axis=1)


def _kaplan_meier_areas(at_risk: Floats, events: Floats) -> Floats:
    """Area under Kaplan-Meier by unit and replicate (K, R)."""
    stay = np.divide(at_risk - events, at_risk, out=np.ones_like(at_risk), where=at_risk > 0)
    return 1.0 + np.cumprod(stay, axis=1)[:, :-1].sum(axis=1)


def _baselines(
    blocks: Blocks, models: Sequence[ReplicateModel], risks: ReplicateRisks, draw: Draw, method: str
) -> Floats:
    """Log factors by group, week and replicate (G, H, R)."""
    at_risk = np.cumsum(risks.ended[:, ::-1], axis=1)[:, ::-1]
    if method == "breslow":
        return -np.divide(risks.deaths, at_risk, out=np.zeros_like(at_risk), where=risks.deaths > 0)
    solved = solve_cells(
        lambda factor: blocks.total(
            partial(replicate_baseline_ties, models=tuple(models), draw=draw, factor=factor)
        ),
        risks.number.ravel().astype(np.intp),
        risks.deaths.ravel(),
        risks.own.ravel(),
        at_risk.ravel(),
    )
    # Everyone at risk succeeding in a week leaves nobody: a large finite factor keeps products
    # finite.
    return np.maximum(solved, -1e3).reshape(at_risk.shape)


def _multipliers(
    blocks: Blocks, models: Sequence[ReplicateModel], units: ReplicateUnits, draw: Draw
) -> Floats:
    """The conditional Kaplan-Meier multipliers of all units, weeks and replicates (K, H, R)."""
    solved = solve_cells(
        lambda factor: blocks.total(
            partial(replicate_multiplier_ties, models=tuple(models), draw=draw, factor=factor)
        ),
        units.number.ravel().astype(np.intp),
        units.deaths.ravel(),
        units.own.ravel(),
        units.right.ravel(),
    )
    return np.where(
        backwards_weeks(units.ended) > 0, np.abs(solved.reshape(units.ended.shape)), 1.0
    )


def _scores(
    blocks: Blocks, model: BlockModel, number: int, beta: Floats, draw: Draw, squares: bool = False
) -> tuple[Floats, Floats, Floats]:
    """Log likelihood (R,), gradient (p, R), and the risk sets' sums of squares (p, R) where asked
    for, Breslow ties."""
    grid = model.national.grid
    part = partial(
        replicate_scores,
        number=number,
        grid=grid,
        beta=beta,
        centre=_centre(model),
        draw=draw,
        squares=squares,
    )
    sums: ReplicateScores = blocks.total(part)
    at_risk = np.cumsum(sums.leaving0[::-1], axis=0)[::-1]
    hazard = np.divide(sums.events, at_risk, out=np.zeros_like(at_risk), where=at_risk > 0)
    log = np.log(at_risk, out=np.zeros_like(at_risk), where=sums.events > 0)
    running = np.cumsum(hazard, axis=0)
    gradient = sums.event_x - np.einsum("mpr,mr->pr", sums.leaving1, running)
    curvature = np.einsum("mpr,mr->pr", sums.leaving2, running) if squares else gradient
    return sums.value - (sums.events * log).sum(axis=0), gradient, curvature


def _centre(model: BlockModel) -> float:
    """The predictor at the covariates' means: risks stay in range."""
    return float(model.scaling.centre @ model.national.beta)


def _curvature(blocks: Blocks, model: BlockModel, number: int) -> Floats:
    """The full data's sums of squares (p,), every weight 1."""
    return _scores(blocks, model, number, model.national.beta[:, None], Draw(0, ()), squares=True)[
        2
    ][:, 0]


def _climb(
    blocks: Blocks, model: BlockModel, number: int, curvature: Floats, draw: Draw
) -> tuple[ReplicateModel, Flags]:
    """Coefficients of all replicates by the chord method of benchmark.replicate_cox, and which
    replicates settled."""
    count, p = draw.count, len(model.national.beta)
    beta = np.repeat(model.national.beta[:, None], count, axis=1)
    open_ = np.ones(count, bool)
    if p:
        value, gradient, squares = _scores(blocks, model, number, beta, draw, squares=True)
        scaling = np.clip(np.sqrt(np.maximum(squares, 0.0) / curvature[:, None]), 0.2, 5.0)
        furthest, damping = 2.0 / model.scaling.scale[:, None], np.ones(count)
        for _ in range(_ITERATIONS):
            step = (model.national.covariance @ (gradient / scaling)) / scaling
            gain = 0.5 * np.einsum("pr,pr->r", gradient, step)
            # A replicate that has arrived stays where it is, so that its numbers do not depend on
            # the others of its batch.
            open_ &= gain > _TOLERANCE * np.abs(value)
            if not open_.any():
                break
            proposal = beta[:, open_] + np.clip(
                damping[open_] * step[:, open_], -furthest, furthest
            )
            reached, slope, _ = _scores(blocks, model, number, proposal, draw.some(open_))
            better = np.zeros(count, bool)
            better[open_] = reached >= value[open_] - 1e-9 * np.abs(value[open_])
            kept = better[open_]
            beta[:, better], value[better], gradient[:, better] = (
                proposal[:, kept],
                reached[kept],
                slope[:, kept],
            )
            damping[open_] = np.where(kept, np.minimum(2 * damping[open_], 1.0), damping[open_] / 2)
    else:
        open_[:] = False
    return ReplicateModel(beta, _centre(model), np.zeros((0, count))), ~open_
