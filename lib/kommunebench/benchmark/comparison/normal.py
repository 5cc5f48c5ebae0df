"""Quantiles of the standard normal distribution."""

from scipy import stats


def two_sided_z(confidence_level: float) -> float:
    """The standard normal quantile that encloses this share: 1.96 at 0.95."""
    return float(stats.norm.ppf(0.5 + confidence_level / 2))
