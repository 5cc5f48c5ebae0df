"""Do the same units do well in two analyses? The rank correlation, and what chance does to it."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.comparison.normal import two_sided_z

_LEAST_UNITS = 4


@dataclass(frozen=True, slots=True)
class RankCorrelation:
    """Spearman's ``correlation`` over ``units`` units. If the analyses had nothing to do with each
    other, it would lie within plus or minus ``by_chance`` with the probability asked for;
    ``ceiling``: the greatest that the uncertainty of both leaves to be seen on average."""

    units: int
    correlation: float
    by_chance: float
    ceiling: float


def rank_correlation(
    one: Floats, other: Floats, chance_shares: tuple[float, float], confidence_level: float
) -> RankCorrelation | None:
    """The correlation of two analyses' results (K,), missing where a unit is not compared; None for
    fewer than four units in both.

    ``chance_shares``: the part of each analysis' variation that is chance. Chance that is
    independent between the analyses shrinks a correlation by the square root of the product of
    their reliabilities (Spearman 1904); under no relation the variance is 1 / (n - 1) (Kendall and
    Gibbons 1990).
    """
    both = np.isfinite(one) & np.isfinite(other)
    n = int(both.sum())
    if n < _LEAST_UNITS:
        return None
    reliabilities = [1.0 - share for share in chance_shares]
    return RankCorrelation(
        units=n,
        correlation=float(stats.spearmanr(one[both], other[both]).statistic),
        by_chance=min(1.0, two_sided_z(confidence_level) / np.sqrt(n - 1.0)),
        ceiling=float(np.sqrt(np.prod(reliabilities))),
    )
