"""Means, spreads and correlations of covariates whose rows lie in many blocks."""

from dataclasses import dataclass

import numpy as np

from kommunebench.survival.curves import Floats


@dataclass(frozen=True, slots=True)
class ColumnMoments:
    """Of n rows and p columns: smallest and largest values, means (p,), and the Gram matrix (p, p)
    about the means."""

    n: int
    low: Floats
    high: Floats
    mean: Floats
    gram: Floats

    def merge(self, other: "ColumnMoments") -> "ColumnMoments":
        """The moments of both sets of rows (Chan, Golub and LeVeque 1983: no digits are lost to
        large means)."""
        if self.n == 0 or other.n == 0:
            return other if self.n == 0 else self
        n, gap = self.n + other.n, other.mean - self.mean
        return ColumnMoments(
            n,
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
            self.mean + gap * other.n / n,
            self.gram + other.gram + np.outer(gap, gap) * (self.n * other.n / n),
        )

    @property
    def scale(self) -> Floats:
        """Standard deviation of each column (p,)."""
        return np.sqrt(np.diag(self.gram) / self.n)


def column_moments(x: Floats) -> ColumnMoments:
    """The moments of one block of rows (n, p)."""
    if len(x) == 0:
        none = np.zeros(x.shape[1])
        return ColumnMoments(0, none, none, none, np.zeros((x.shape[1], x.shape[1])))
    mean = x.mean(axis=0)
    centred = x - mean
    # Columns whose squares are not numbers are refused by their scale (refuse_extreme_columns).
    with np.errstate(over="ignore", invalid="ignore"):
        gram = centred.T @ centred
    return ColumnMoments(len(x), x.min(axis=0), x.max(axis=0), mean, gram)
