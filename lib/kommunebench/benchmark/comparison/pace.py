"""The pace of a unit: how much greater the hazard is there than elsewhere with the same people
(method, section 7, "Scale")."""

from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.shrinkage import Posterior
from kommunebench.benchmark.comparison.spread import Spread
from kommunebench.verdict_rules import VerdictRules

# What shrunk_columns gives.
SHRUNK_COLUMNS = (
    "indicator_shrunk",
    "shrunk_low",
    "shrunk_high",
    "reliability",
    "false_sign_rate",
)


@dataclass(frozen=True, slots=True)
class Paces:
    """Per unit (K,): ``performance``, its derivative ``slope`` in the log hazard, the pace
    ``value`` = performance / slope (log of a hazard ratio, above 0 is faster) and its standard
    error ``se``."""

    performance: Floats
    slope: Floats
    value: Floats
    se: Floats

    def columns(self, half_width: Floats) -> dict[str, Floats]:
        """Columns of the gold table of indicators: the pace with its interval, and the smallest
        hazard ratio of an unmeasured circumstance that would erase the verdict (1 where the verdict
        is *as expected*). ``half_width`` (K,): of the performances' intervals."""
        beyond = np.maximum(np.abs(self.performance) - half_width, 0.0)
        with np.errstate(over="ignore"):
            to_erase = np.exp(beyond / self.slope)
        return {
            "pace": self.value,
            "pace_low": (self.performance - half_width) / self.slope,
            "pace_high": (self.performance + half_width) / self.slope,
            "hazard_ratio_to_erase": to_erase,
        }


def paces_of(performance: Floats, se: Floats, slope: Floats) -> Paces:
    """The paces of performances (K,) with their standard errors and slopes."""
    return Paces(performance, slope, performance / slope, se / slope)


def shrunk_columns(
    known: Posterior, paces: Paces, spread: Spread, indicator: Indicator, rules: VerdictRules
) -> dict[str, Floats]:
    """Columns by name, each (K,), from the posterior of the paces: shrunk indicator with its
    interval, translated back by the unit's own slope; reliability tau^2 / (tau^2 + se^2);
    probability that the true pace lies on the other side of 0 than the posterior says (local false
    sign rate)."""
    tail = (1 - rules.confidence_level) / 2
    low, high = indicator.printed_interval(
        paces.slope * known.quantile(tail), paces.slope * known.quantile(1 - tail)
    )
    below = known.probability_below(0.0)
    return {
        "indicator_shrunk": indicator.printed(paces.slope * known.mean),
        "shrunk_low": low,
        "shrunk_high": high,
        "reliability": spread.tau**2 / (spread.tau**2 + paces.se**2),
        "false_sign_rate": np.minimum(below, 1.0 - below),
    }
