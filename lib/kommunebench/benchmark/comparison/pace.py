"""The pace of a unit: how much greater the hazard is there than elsewhere with the same people
(method, section 7, "Scale").

The performance of a unit is a curved function of the log hazard there. The method takes it for a
straight line. Then a unit that chance has helped gets a larger standard error and one that chance
has hindered a smaller one, which is trusted too much, and tiers are wrong more often than they
state. On the scale of the log hazard itself it is the other way round, because the variance is
that of a number of events. The scale half-way between is the one on which an error does not
depend on what was estimated: exactly so, to first order, for shares of cases that are alike, whose
variance is p (1 - p) / n while p changes by p (1 - p) in the log odds; nearly so for durations
(docs/evidence/uncertainty.md). ``VerdictRules.pace`` "linear" gives the method's. What is read as a
hazard ratio of its own, that which would erase a verdict, is on the scale of the log hazard itself.
"""

from dataclasses import dataclass, replace

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.shrinkage import Posterior
from kommunebench.benchmark.comparison.spread import Spread
from kommunebench.verdict_rules import VerdictRules

# How much of the bend of the log hazard a scale has.
_HALF_WAY, _WHOLE = 0.5, 1.0
# What shrunk_columns gives.
SHRUNK_COLUMNS = (
    "indicator_shrunk",
    "shrunk_low",
    "shrunk_high",
    "reliability",
    "false_sign_rate",
)


@dataclass(frozen=True, slots=True)
class PaceScale:
    """Per unit (K,) the first and the second derivative g and c of its performance y in the log
    hazard, at the expected measure.

    With x = y / g and kappa = c / g the log hazard is, to second order, x - kappa x^2 / 2, and the
    pace x - bend kappa x^2 / 2, where ``bend`` is one half. Where that bends towards zero it is
    x / (1 + bend kappa x / 2), so that it rises everywhere; it is x where c is zero.
    """

    slope: Floats
    curvature: Floats
    bend: float = _HALF_WAY

    @staticmethod
    def straight(slope: Floats) -> "PaceScale":
        """The scale without curvature."""
        return PaceScale(slope, np.zeros_like(slope))

    @staticmethod
    def at_expected(
        indicator: Indicator, expected: Floats, first: Floats, second: Floats
    ) -> "PaceScale":
        """From the expected measure (K,) and its first and second derivative in the log hazard."""
        derivative = indicator.derivative(expected)
        return PaceScale(
            -derivative * first,
            -derivative * second - indicator.second_derivative(expected) * first**2,
        )

    def of_units(self, units: np.ndarray) -> "PaceScale":
        """The scale of some units."""
        return replace(self, slope=self.slope[units], curvature=self.curvature[units])

    def under(self, rules: VerdictRules) -> "PaceScale":
        """The scale that the rules ask for."""
        if rules.pace == "curved":
            return self
        return PaceScale.straight(self.slope)

    @property
    def of_log_hazard(self) -> "PaceScale":
        """The scale of the log hazard itself, to second order; straight where this one is."""
        return replace(self, bend=_WHOLE)

    def pace(self, performance: Floats) -> Floats:
        """Pace of performances (…, K)."""
        x, bend = performance / self.slope, self._by_x
        flattens = bend * x > 0
        return np.where(flattens, x / (1.0 + np.abs(bend * x)), x * (1.0 + np.abs(bend * x)))

    def performance(self, pace: Floats) -> Floats:
        """Performance of paces (…, K), the inverse of ``pace``; infinite for paces that no
        performance has."""
        bend = self._by_x
        size = np.abs(bend * pace)
        with np.errstate(divide="ignore", invalid="ignore"):
            steeper = np.where(size < 1.0, pace / (1.0 - size), np.copysign(np.inf, pace))
        # The positive root of |bend| x^2 + x = pace.
        flatter = pace * 2.0 / (1.0 + np.sqrt(1.0 + 4.0 * size))
        return self.slope * np.where(bend * pace > 0, steeper, flatter)

    def slope_at(self, performance: Floats) -> Floats:
        """The derivative of the performance in the pace, at performances (…, K)."""
        bent = self._by_x * performance / self.slope
        size = np.abs(bent)
        return self.slope * np.where(bent > 0, (1.0 + size) ** 2, 1.0 / (1.0 + 2.0 * size))

    @property
    def _by_x(self) -> Floats:
        """bend kappa / 2 (K,)."""
        return 0.5 * self.bend * self.curvature / self.slope


@dataclass(frozen=True, slots=True)
class Paces:
    """Per unit (K,): ``performance``, the pace ``value`` (nearly the log of a hazard ratio, above 0
    is faster) and its error ``se``, and the scale between the two."""

    performance: Floats
    scale: PaceScale
    value: Floats
    se: Floats

    def columns(self, half_width: Floats) -> dict[str, Floats]:
        """Columns of the gold table of indicators: the pace with its interval, and the smallest
        hazard ratio of an unmeasured circumstance that would erase the verdict (1 where the verdict
        is *as expected*): that of the interval's nearer end. ``half_width`` (K,): of the
        performances' intervals."""
        low, high = self.performance - half_width, self.performance + half_width
        log_hazard = self.scale.of_log_hazard
        nearer = np.maximum(log_hazard.pace(low), -log_hazard.pace(high))
        with np.errstate(over="ignore"):
            to_erase = np.exp(np.maximum(nearer, 0.0))
        return {
            "pace": self.value,
            "pace_low": self.scale.pace(low),
            "pace_high": self.scale.pace(high),
            "hazard_ratio_to_erase": to_erase,
        }


def paces_of(performance: Floats, se: Floats, scale: PaceScale) -> Paces:
    """The paces of performances (K,) with their errors ``se``, by the delta method."""
    # A unit whose predictions are all 0 or 1 has no pace.
    with np.errstate(divide="ignore", invalid="ignore"):
        return Paces(performance, scale, scale.pace(performance), se / scale.slope_at(performance))


def shrunk_columns(
    known: Posterior, paces: Paces, spread: Spread, indicator: Indicator, rules: VerdictRules
) -> dict[str, Floats]:
    """Columns by name, each (K,), from the posterior of the paces: shrunk indicator with its
    interval, translated back on the unit's own scale; reliability tau^2 / (tau^2 + se^2);
    probability that the true pace lies on the other side of 0 than the posterior says (local false
    sign rate)."""
    tail = (1 - rules.confidence_level) / 2
    low, high = indicator.printed_interval(
        paces.scale.performance(known.quantile(tail)),
        paces.scale.performance(known.quantile(1 - tail)),
    )
    below = known.probability_below(0.0)
    return {
        "indicator_shrunk": indicator.printed(paces.scale.performance(known.mean)),
        "shrunk_low": low,
        "shrunk_high": high,
        "reliability": spread.tau**2 / (spread.tau**2 + paces.se**2),
        "false_sign_rate": np.minimum(below, 1.0 - below),
    }
