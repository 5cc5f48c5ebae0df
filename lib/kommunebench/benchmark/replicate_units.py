"""Sums by unit of bootstrap replicates over blocks: risk sets, tied events, and weights gathered on
a grid of risks."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from kommunebench.benchmark.chain_sums import backwards
from kommunebench.benchmark.replicate_sums import Draw, ReplicateModel, grouping
from kommunebench.benchmark.spell_arrays import Floats, Indices
from kommunebench.benchmark.spell_blocks import SpellBlock

# As benchmark.areas: a spell's area is a smooth function of its log risk, exact to 1e-3 weeks by
# cubics on 32 nodes.
NODES = 32
_RANGE = 12.0


@dataclass(frozen=True, slots=True)
class RiskGrid:
    """Log risks at equal steps for each group and replicate: ``first`` and ``step`` (G, R)."""

    first: Floats
    step: Floats

    @staticmethod
    def between(low: Floats, high: Floats) -> "RiskGrid":
        """The grid over the risks drawn; a risk of exp(-12) of the largest has an area within a
        thousandth of a week of the horizon."""
        high = np.where(np.isfinite(high), high, 0.0)
        low = np.maximum(np.where(np.isfinite(low), low, high), high - _RANGE)
        step = np.maximum((high - low) / (NODES - 3), 1e-6)
        return RiskGrid(low - step, step)

    def risks(self, group: int, replicate: int) -> Floats:
        """The nodes' risks (J,)."""
        return np.exp(self.first[group, replicate] + self.step[group, replicate] * np.arange(NODES))


@dataclass(frozen=True, slots=True)
class ReplicateUnits:
    """By unit, week and replicate (K, H, R): spells that leave (``ended``), ``deaths`` and
    ``number`` of events, and of a = -r l the sums over the risk sets (``right``) and over the
    events (``own``); ``gathered`` (G, K, J, R): weights on the grid of risks; ``certain`` (K, R):
    weights in levels without events."""

    ended: Floats
    deaths: Floats
    number: Floats
    right: Floats
    own: Floats
    gathered: Floats
    certain: Floats

    def merge(self, other: "ReplicateUnits") -> "ReplicateUnits":
        """The sums of both sets of spells."""
        return ReplicateUnits(
            *(getattr(self, f.name) + getattr(other, f.name) for f in fields(self))
        )


def replicate_units(
    block: SpellBlock, models: Sequence[ReplicateModel], draw: Draw, grid: RiskGrid
) -> ReplicateUnits:
    """The sums of a block."""
    units, size, count = block.units, block.horizon, draw.count
    ended, deaths, number, right, own_risk = (np.zeros((units, size, count)) for _ in range(5))
    gathered, certain = np.zeros((len(models), units, NODES, count)), np.zeros((units, count))
    for g, (model, group) in enumerate(zip(models, block.groups, strict=True)):
        unit, last = block.unit[group.rows], block.last[group.rows]
        weights, risk = draw.weights(block.person[group.rows]), model.risk(group)
        own = np.flatnonzero(~group.certain)
        _gather(
            gathered[g], np.log(risk[own]), weights[own], unit[own], grid.first[g], grid.step[g]
        )
        certain += grouping(unit[group.certain], units) @ weights[group.certain]
        risk *= weights
        by_cell, seen = (
            grouping(unit * size + last, units * size),
            np.flatnonzero(block.seen[group.rows]),
        )
        at_event = grouping((unit * size + last)[seen], units * size)
        shape = (units, size, count)
        ended += (by_cell @ weights).reshape(shape)
        deaths += (at_event @ weights[seen]).reshape(shape)
        number += (at_event @ (weights[seen] > 0).astype(float)).reshape(shape)
        # Sums over risk sets of a = -r l: a group's risk at risk times its own factor.
        right -= backwards_weeks((by_cell @ risk).reshape(shape)) * model.log_factors[None]
        own_risk -= (at_event @ risk[seen]).reshape(shape) * model.log_factors[None]
    return ReplicateUnits(ended, deaths, number, right, own_risk, gathered, certain)


def backwards_weeks(values: Floats) -> Floats:
    """Running sums from the last week to the first, of (K, H, R)."""
    return backwards(values.transpose(0, 2, 1)).transpose(0, 2, 1)


def _gather(
    target: Floats, log_risk: Floats, weights: Floats, unit: Indices, first: Floats, step: Floats
) -> None:
    """Add the weights to the nodes around their log risks (K, J, R), with cubic Lagrange weights."""
    _, nodes, count = target.shape
    position = (np.maximum(log_risk, first + step) - first) / step
    base = np.clip(position.astype(np.intp), 1, nodes - 3)
    u = position - base
    parts = (
        -u * (u - 1) * (u - 2) / 6,
        (u + 1) * (u - 1) * (u - 2) / 2,
        -(u + 1) * u * (u - 2) / 2,
        (u + 1) * u * (u - 1) / 6,
    )
    cell = (unit[:, None] * nodes + base) * count + np.arange(count)
    flat = target.reshape(-1)
    for offset, part in enumerate(parts):
        flat += np.bincount(
            (cell + (offset - 1) * count).ravel(), (weights * part).ravel(), flat.size
        )


def areas_on_grid(log_survival: Floats, risks: Floats) -> Floats:
    """Area under exp(risk log S) of every curve (C, H) at every risk (C, J)."""
    return np.stack([np.exp(risk * log_survival).sum(axis=1) for risk in risks], axis=1)
