"""The benchmark indicator: how observed and expected measure of a unit are set against each
other."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.durations.measure import MeasureName

IndicatorName = Literal["ratio", "difference", "inverse"]
PERCENTAGE_POINTS = 100.0


@dataclass(frozen=True, slots=True)
class Indicator:
    """A ratio, its inverse, or a difference, of a restricted mean or of a share.

    Everything is estimated on a *performance scale* y on which more is better (sooner, or a larger
    share) and 0 is as expected: the log of the ratio, or the difference (weeks; percentage points
    of shares). What is printed: ``ratio``, above 1 is better (expected over observed restricted
    mean; observed over expected share); ``inverse``, its reciprocal, below 1 is better (the
    report's appendix 3); ``difference``, observed less expected.
    """

    name: IndicatorName
    measure: MeasureName

    @property
    def is_logarithmic(self) -> bool:
        """Whether y is the logarithm of a ratio."""
        return self.name != "difference"

    @property
    def _sign(self) -> float:
        """1 where less of the measure is better (a duration), -1 where more is (a share)."""
        return 1.0 if self.measure == "restricted_mean" else -1.0

    @property
    def _unit(self) -> float:
        return PERCENTAGE_POINTS if self.measure == "share" else 1.0

    def performance(self, expected: Floats, observed: Floats) -> Floats:
        """y of each unit; infinite or NaN where a ratio has no logarithm."""
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.is_logarithmic:
                return self._sign * (np.log(expected) - np.log(observed))
        return self._sign * self._unit * (expected - observed)

    def derivative(self, value: Floats) -> Floats:
        """The derivative of y in the expected measure, and minus that in the observed one, each at
        its value; NaN where y has no value either."""
        if self.is_logarithmic:
            nowhere = np.full_like(value, np.nan)
            return np.divide(self._sign, value, out=nowhere, where=value != 0)
        return np.full_like(value, self._sign * self._unit)

    def second_derivative(self, value: Floats) -> Floats:
        """The derivative of ``derivative``, at a value of the measure; NaN where y has none."""
        if self.is_logarithmic:
            nowhere = np.full_like(value, np.nan)
            return np.divide(-self._sign, value**2, out=nowhere, where=value != 0)
        return np.zeros_like(value)

    def printed(self, performance: Floats) -> Floats:
        """The indicator as it is printed."""
        with np.errstate(over="ignore"):
            if self.name == "ratio":
                return np.exp(performance)
            if self.name == "inverse":
                return np.exp(-performance)
        return -self._sign * performance

    def as_ratio(self, printed: Floats, observed: Floats) -> Floats:
        """The ratio, above 1 where the result is better than expected, that a printed indicator
        stands for; ``observed``: the observed measure that is in it, from which a difference gives
        the expected one of the same model."""
        if self.name == "ratio":
            return printed
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.name == "inverse":
                return 1.0 / printed
            return (self.expected(printed, observed) / observed) ** self._sign

    def expected(self, printed: Floats, observed: Floats) -> Floats:
        """The expected measure, of the model a printed indicator is of, that it sets against the
        observed one."""
        if not self.is_logarithmic:
            return observed - printed / self._unit
        with np.errstate(divide="ignore", invalid="ignore"):
            return observed * self.as_ratio(printed, observed) ** self._sign

    def printed_interval(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Limits of the printed indicator from limits of y."""
        ends = self.printed(low), self.printed(high)
        return np.minimum(*ends), np.maximum(*ends)
