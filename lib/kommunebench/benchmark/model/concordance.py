"""How well a national model orders spells, or cases, by their risk: Harrell's concordance from sums
over blocks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from kommunebench.benchmark.blocks.block import Blocks, FieldSums, Floats, SpellBlock, backwards
from kommunebench.benchmark.durations.risk_sets import RiskRange
from kommunebench.benchmark.model.national import NationalModel

# Classes of equal width between the smallest and the largest log risk of a group. Pairs in one
# class count as ties, which moves the concordance by less than a thousandth.
_CLASSES = 1_024

# The log risks of a block's spells of one group (n_g,); minus infinity where there is no hazard.
LogRisk = Callable[[SpellBlock, int], Floats]


@dataclass(frozen=True, slots=True)
class _ClassCounts(FieldSums):
    """Spells by group, week in which they leave the risk sets, and class of log risk (G, H, C): all
    of them, and those that leave by an event."""

    leaving: Floats
    events: Floats


def log_risk_of(block: SpellBlock, group: int, models: Sequence[NationalModel]) -> Floats:
    """Log risks of a block's spells of one group (n_g,) under hazard models, in a unit of average
    effect; minus infinity in a level without events."""
    with np.errstate(divide="ignore"):
        return np.log(models[group].hazards.risk(block.groups[group])[:, 0])


def concordance_over_blocks(blocks: Blocks, log_risk: LogRisk) -> float:
    """The share of pairs of a group of which the spell with the higher risk has its event first,
    ties in the risk counting half; NaN without any pair.

    A pair is a spell with an event within the horizon and one of the same group that is observed
    longer, or as long without an event (Harrell, Lee and Mark 1996). Spells of different groups are
    no pair, because each group has a baseline of its own. survival.diagnostics has the exact number
    of one fit in memory.
    """
    span = blocks.total(partial(_range, log_risk=log_risk))
    counts = blocks.total(partial(_counts, log_risk=log_risk, span=span))
    outlasting = backwards(counts.leaving, 1) - counts.events
    below = np.cumsum(outlasting, axis=2) - 0.5 * outlasting
    pairs = (counts.events.sum(axis=2) * outlasting.sum(axis=2)).sum()
    return float((counts.events * below).sum() / pairs) if pairs else float("nan")


def _range(block: SpellBlock, log_risk: LogRisk) -> RiskRange:
    """Smallest and largest finite log risk of each group (G,)."""
    risks = [log_risk(block, group) for group in range(len(block.groups))]
    finite = [risk[np.isfinite(risk)] for risk in risks]
    return RiskRange(
        np.array([np.min(risk, initial=np.inf) for risk in finite]),
        np.array([np.max(risk, initial=-np.inf) for risk in finite]),
    )


def _counts(block: SpellBlock, log_risk: LogRisk, span: RiskRange) -> _ClassCounts:
    shape = (len(block.groups), block.horizon, _CLASSES)
    leaving, events = np.zeros(shape), np.zeros(shape)
    for code, group in enumerate(block.groups):
        of_class = _classes(log_risk(block, code), float(span.low[code]), float(span.high[code]))
        cell = block.exit_week[group.rows] * _CLASSES + of_class
        seen = block.seen[group.rows]
        for counted, cells in ((leaving, cell), (events, cell[seen])):
            counted[code] = np.bincount(cells, minlength=shape[1] * _CLASSES).reshape(shape[1:])
    return _ClassCounts(leaving, events)


def _classes(log_risk: Floats, low: float, high: float) -> np.ndarray:
    """The class of each log risk (n,). The first and the last are for infinite ones."""
    width = (high - low) / (_CLASSES - 2) if high > low else 1.0
    inside = np.isfinite(log_risk)
    of_class = np.where(log_risk > 0, _CLASSES - 1, 0)
    position = ((log_risk[inside] - low) / width).astype(np.intp)
    of_class[inside] = 1 + np.minimum(position, _CLASSES - 3)
    return of_class
