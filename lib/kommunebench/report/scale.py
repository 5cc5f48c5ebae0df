"""What an indicator measures and on which scale: the one place that knows measure, form, centre,
direction and units."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.settings.analysis import AnalysisSettings

Measure = Literal["restricted_mean", "share"]
Form = Literal["ratio", "difference", "inverse"]

# An axis of ratios never reaches further than this factor from 1, one of shares never further
# than this many percentage points from 0.
_WIDEST_RATIO = 100.0
_WIDEST_SHARE = 100.0


@dataclass(frozen=True, slots=True)
class IndicatorScale:
    """``measure``: durations or shares are compared. ``form``: ratio, its inverse, or observed less
    expected. A ratio is expected/observed for durations and observed/expected for shares, so that
    in both a unit above 1 has the event sooner, or more often, than expected."""

    measure: Measure = "restricted_mean"
    form: Form = "ratio"

    @property
    def logarithmic(self) -> bool:
        """Whether standard errors are of the log and axes are logarithmic."""
        return self.form != "difference"

    @property
    def centre(self) -> float:
        """The indicator of a unit that is exactly as expected."""
        return 1.0 if self.logarithmic else 0.0

    @property
    def higher_is_sooner(self) -> bool:
        """Whether a higher indicator means that the event comes sooner (durations) or to more
        (shares)."""
        return self.form == "ratio" or (self.measure == "share" and self.form == "difference")

    @property
    def as_printed(self) -> bool:
        """Whether the indicator is the printed report's: expected over observed duration."""
        return self.measure == "restricted_mean" and self.form == "ratio"

    @property
    def sign(self) -> int:
        """1 where a higher indicator is the sooner one, else -1: turns a distance from the centre
        into one on which sooner is positive, and back."""
        return 1 if self.higher_is_sooner else -1

    @property
    def quantity(self) -> Literal["duration", "share"]:
        """What the columns of observed and expected values are called after."""
        return "share" if self.measure == "share" else "duration"

    @property
    def decimals(self) -> int:
        """Decimals an indicator is printed with in tables."""
        return 3 if self.logarithmic else 1

    @property
    def factor(self) -> float:
        """What observed and expected values of the tables are multiplied by to be shown: shares
        are shown in percent."""
        return 100.0 if self.measure == "share" else 1.0

    def position(self, indicator: ArrayLike) -> NDArray[np.float64]:
        """Distance from the centre on the scale on which intervals are symmetric: the log of a
        ratio, a difference as it is. Infinite for a ratio of 0 or infinity."""
        values = np.asarray(indicator, float)
        if not self.logarithmic:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log(values)

    def indicator(self, position: ArrayLike) -> NDArray[np.float64]:
        """The indicator at a distance from the centre; the inverse of ``position``."""
        values = np.asarray(position, float)
        if not self.logarithmic:
            return values
        with np.errstate(over="ignore"):
            return np.exp(values)

    def expected(self, observed: ArrayLike, indicator: ArrayLike) -> NDArray[np.float64]:
        """The expected value an indicator of an observed value stands for, in the observed value's
        unit."""
        indicator_of = Indicator(self.form, self.measure)
        in_table = np.asarray(observed, float) / self.factor
        return self.factor * indicator_of.expected(np.asarray(indicator, float), in_table)

    def widest(self, horizon: float) -> float:
        """The largest distance from the centre that an axis shows."""
        if self.logarithmic:
            return float(np.log(_WIDEST_RATIO))
        return _WIDEST_SHARE if self.measure == "share" else float(horizon)


def scale_of(settings: AnalysisSettings) -> IndicatorScale:
    """The scale an analysis' settings ask for."""
    return IndicatorScale(settings.measure, settings.indicator)
