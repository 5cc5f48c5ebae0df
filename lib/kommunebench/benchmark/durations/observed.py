"""The observed side: Kaplan-Meier per unit from weekly counts (method, section 5)."""

from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.blocks.block import Flags, Floats, Indices
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.survival.curves import greenwood_terms


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """Per unit and week 1 … H (K, H): at risk just before the week, events in it. Spells longer
    than H are at risk to H."""

    at_risk: Floats
    events: Floats

    @property
    def survival(self) -> Floats:
        """Kaplan-Meier after 0, 1 … H weeks (K, H + 1)."""
        return kaplan_meier(self.at_risk, self.events)

    @property
    def pooled(self) -> "UnitCounts":
        """The counts of all units together (1, H)."""
        return UnitCounts(
            self.at_risk.sum(axis=0, keepdims=True), self.events.sum(axis=0, keepdims=True)
        )


def kaplan_meier(at_risk: Floats, events: Floats) -> Floats:
    """Survival after 0, 1 … H weeks (K, H + 1, …) from counts or weights (K, H, …)."""
    stay = np.divide(at_risk - events, at_risk, out=np.ones_like(at_risk), where=at_risk > 0).clip(
        min=0.0
    )
    return np.concatenate([np.ones_like(stay[:, :1]), np.cumprod(stay, axis=1)], axis=1)


@dataclass(frozen=True, slots=True)
class Observed:
    """Per unit (K,): the measure of Kaplan-Meier, its standard error, whether the curve was carried
    forward flat, last week with somebody at risk."""

    value: Floats
    se: Floats
    tail_extended: Flags
    support: Indices


def observed_of(counts: UnitCounts, longest: Indices, measure: Measure) -> Observed:
    """The measure of every unit's Kaplan-Meier curve; ``longest`` (K,): its longest duration.

    The variance is the sum over weeks of (what lies to the right)^2 d / (Y (Y - d)), Greenwood's of
    a sum of survivals (Klein and Moeschberger 2003, 4.5.2).
    """
    survival, horizon = counts.survival, counts.at_risk.shape[1]
    right = measure.to_the_right(survival)
    se = np.sqrt(np.sum(right**2 * greenwood_terms(counts.at_risk, counts.events), axis=1))
    # After the longest duration the curve is flat; that is an extension unless it had reached zero.
    week = np.minimum(longest, horizon)
    closed = np.take_along_axis(survival, week[:, None], axis=1)[:, 0] == 0
    extended = (longest < horizon) & ~closed
    return Observed(measure.of_survival(survival, 1), se, extended, week)
