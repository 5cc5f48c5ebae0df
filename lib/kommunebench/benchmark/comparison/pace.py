"""The pace of a unit: how much greater the hazard is there than elsewhere with the same people
(method, section 7, "Scale").

The performance of a unit is a curved function of the log hazard there. The method takes it for a
straight line. Then a unit that chance has helped gets a larger standard error and one that chance
has hindered a smaller one, which is trusted too much, and tiers are wrong more often than they
state. On the scale of the log hazard itself it is the other way round, because the variance is
that of a number of events. The scale half-way between is the one on which an error does not
depend on what was estimated: exactly so, to first order, for shares of cases that are alike, whose
variance is p (1 - p) / n while p changes by p (1 - p) in the log odds; nearly so for durations
(docs/evidence/uncertainty.md). ``VerdictRules.pace`` "linear" gives the method's.
"""

from dataclasses import dataclass

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.shrinkage import Posterior
from kommunebench.benchmark.comparison.spread import Spread
from kommunebench.verdict_rules import VerdictRules

# Of the curvature c / g; one half would be the log hazard itself.
_HALF_WAY = 0.25
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

    With x = y / g and kappa = c / g the pace is x / (1 + kappa x / 4), whose second derivative is
    half of that of the log hazard in y, and which is finite for every performance that a unit can
    have. It is x where c is zero.
    """

    slope: Floats
    curvature: Floats

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

    @staticmethod
    def from_pairs(performance: Floats, pace: Floats) -> "PaceScale":
        """The scale on which at least two different performances of every unit (J, K) have the
        given finite paces: y = pace g + (y pace) kappa / 4, solved by least squares."""
        known = np.isfinite(performance) & np.isfinite(pace)
        performance, pace = np.where(known, performance, 0.0), np.where(known, pace, 0.0)
        product = performance * pace
        a, b, d = (pace**2).sum(0), (pace * product).sum(0), (product**2).sum(0)
        u, v = (pace * performance).sum(0), (product * performance).sum(0)
        determinant = a * d - b**2
        with np.errstate(divide="ignore", invalid="ignore"):
            slope, bend = (d * u - b * v) / determinant, (a * v - b * u) / determinant
        return PaceScale(slope, bend * slope / _HALF_WAY)

    def of_units(self, units: np.ndarray) -> "PaceScale":
        """The scale of some units."""
        return PaceScale(self.slope[units], self.curvature[units])

    def under(self, rules: VerdictRules) -> "PaceScale":
        """The scale that the rules ask for."""
        if rules.pace == "curved":
            return self
        return PaceScale.straight(self.slope)

    def pace(self, performance: Floats) -> Floats:
        """Pace of performances (…, K); infinite for performances beyond what any unit can have."""
        x = performance / self.slope
        denominator = 1.0 + self._bend * x
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(denominator <= 0, np.copysign(np.inf, x), x / denominator)

    def performance(self, pace: Floats) -> Floats:
        """Performance of paces (…, K), the inverse of ``pace``."""
        denominator = 1.0 - self._bend * pace
        with np.errstate(divide="ignore", invalid="ignore"):
            x = np.where(denominator <= 0, np.copysign(np.inf, pace), pace / denominator)
        return self.slope * x

    def slope_at(self, performance: Floats) -> Floats:
        """The derivative of the performance in the pace, at performances (…, K)."""
        return self.slope * (1.0 + self._bend * performance / self.slope) ** 2

    @property
    def _bend(self) -> Floats:
        return _HALF_WAY * self.curvature / self.slope


@dataclass(frozen=True, slots=True)
class Paces:
    """Per unit (K,): ``performance``, the pace ``value`` (log of a hazard ratio, above 0 is faster)
    and its standard error ``se``, and the scale between the two."""

    performance: Floats
    scale: PaceScale
    value: Floats
    se: Floats

    def columns(self, half_width: Floats) -> dict[str, Floats]:
        """Columns of the gold table of indicators: the pace with its interval, and the smallest
        hazard ratio of an unmeasured circumstance that would erase the verdict (1 where the verdict
        is *as expected*): that of the interval's nearer end. ``half_width`` (K,): of the
        performances' intervals."""
        low = self.scale.pace(self.performance - half_width)
        high = self.scale.pace(self.performance + half_width)
        with np.errstate(over="ignore"):
            to_erase = np.exp(np.maximum(np.maximum(low, -high), 0.0))
        return {
            "pace": self.value,
            "pace_low": low,
            "pace_high": high,
            "hazard_ratio_to_erase": to_erase,
        }


def paces_of(performance: Floats, se: Floats, scale: PaceScale) -> Paces:
    """The paces of performances (K,) with standard errors, by the delta method."""
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
