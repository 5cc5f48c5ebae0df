"""Hazards of bootstrap replicates from their coefficients: the unit of average effect, and the
second stage, in each replicate's own weights."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, FieldSums, Floats, SpellBlock, grouping
from kommunebench.benchmark.bootstrap.weights import Draw
from kommunebench.benchmark.model.group_model import GroupModel
from kommunebench.benchmark.model.hazards import GroupHazards
from kommunebench.benchmark.model.national import NationalModel
from kommunebench.benchmark.model.second_stage import projection_of

# Tells the draws of units from other draws of the same seed and replicate.
_UNIT_STREAM = 1


@dataclass(frozen=True, slots=True)
class UnitTotals(FieldSums):
    """Weights of one group's spells, and of their events, by unit (K, R)."""

    weight: Floats
    events: Floats


def unit_totals(block: SpellBlock, group: int, weights: Draw) -> UnitTotals:
    """The totals of a block's spells."""
    spells = block.groups[group]
    weight, event = weights.of(block)[spells.rows], block.event[spells.rows]
    return UnitTotals(
        np.asarray(grouping(spells.unit, block.n_units) @ weight),
        np.asarray(grouping(spells.unit[event], block.n_units) @ weight[event]),
    )


def replicate_hazards(
    blocks: Blocks,
    group: int,
    model: NationalModel,
    draw: Draw,
    fitted: tuple[Floats, Floats],
) -> GroupHazards:
    """Hazards without their baseline, from what was ``fitted``: the effects of the units (K, R) and
    the coefficients of the design (p, R).

    As in the national model, the mean effect is taken over the spells in units with events in the
    replicate. The second stage keeps the national weights of these units, and the units are drawn
    anew as well: their deviations from the regression are normal with the national standard
    deviation, the same for all groups.
    """
    unknown = np.zeros((0, draw.count))
    (alpha, design_beta), effects = fitted, model.unit_effects
    if effects is None:
        return GroupHazards(design_beta, np.zeros(draw.count), unknown)
    totals = blocks.total(partial(unit_totals, group=group, weights=draw))
    counted = effects.with_events[:, None] & (totals.events > 0)
    weight = np.where(counted, totals.weight, 0.0)
    predicted, level = replicate_predictions(model, fitted, weight, draw)
    in_fit = np.where(effects.with_events[:, None], alpha, -np.inf)
    return GroupHazards(predicted, level, unknown, design_beta, in_fit)


def replicate_predictions(
    model: GroupModel, fitted: tuple[Floats, Floats], weight: Floats, draw: Draw
) -> tuple[Floats, Floats]:
    """Coefficients (p, R) and level (R,) of the replicates' predictions, which are of a unit of
    average effect, from what was ``fitted`` (see replicate_hazards); ``weight`` (K, R): of the
    spells of the units that are in a replicate's fit, else 0."""
    (alpha, design_beta), effects = fitted, model.unit_effects
    assert effects is not None
    share = weight / np.maximum(weight.sum(axis=0), 1e-300)
    level = (share * alpha).sum(axis=0)
    predicted, second = design_beta.copy(), model.second_stage
    if second is not None:
        values = effects.constant.values
        kept = ~second.omitted
        columns = np.column_stack([np.ones(len(values)), (values - second.mean)[:, kept]])
        projection = projection_of(columns, np.where(weight > 0, second.weights[:, None], 0.0).T)
        drawn = alpha + second.tau * unit_deviations(draw, len(values))
        gamma = np.zeros((len(second.omitted), draw.count))
        gamma[kept] = np.einsum("rqk,kr->qr", projection, drawn)[1:]
        predicted[effects.constant.positions] = gamma
        level -= ((values.T @ share) * gamma).sum(axis=0)
    return predicted, level


def unit_deviations(draw: Draw, n_units: int) -> Floats:
    """Standard normal deviations of the units (K, R), by seed, replicate and unit."""
    streams = [
        np.random.default_rng([_UNIT_STREAM, draw.seed, replicate]) for replicate in draw.numbers
    ]
    return np.stack([stream.standard_normal(n_units) for stream in streams], axis=1)
