"""Limits of a funnel plot (method, section 7)."""

import numpy as np

from kommunebench.benchmark.blocks.block import Floats


def funnel_limits(s: Floats, tau: float, z: float) -> tuple[Floats, Floats]:
    """Half widths on the performance scale of a funnel's limits at standard errors s: chance alone,
    and with overdispersion (Spiegelhalter 2005)."""
    return z * s, z * np.sqrt(s**2 + tau**2)
