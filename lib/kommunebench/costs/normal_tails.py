"""The normal distribution far out in its lower tail, where naive ratios lose every digit."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx, log_ndtr

Array = NDArray[np.floating[Any]]


def mills_ratio(z: Array) -> Array:
    """φ(z)/Φ(z), any shape; exact to rounding for every z (0 far to the right)."""
    with np.errstate(over="ignore"):
        ratio: Array = np.sqrt(2.0 / np.pi) / erfcx(-z / np.sqrt(2.0))
    return ratio


def scaled_log_cdf(z: Array) -> Array:
    """log Φ(z) + z²/2, any shape, without cancellation for negative z."""
    # erfcx overflows for large positive z, where the plain sum is accurate.
    tail = np.log(0.5 * erfcx(-np.minimum(z, 0.0) / np.sqrt(2.0)))
    return np.where(z < 0.0, tail, log_ndtr(z) + 0.5 * np.square(z))
