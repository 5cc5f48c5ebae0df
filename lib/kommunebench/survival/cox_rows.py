"""The rows a Cox model is computed from: risk sets, covariates, weights and offsets, which can be
cut into blocks and standardised on the way."""

from dataclasses import dataclass

import numpy as np

from kommunebench.survival.curves import Floats
from kommunebench.survival.risk_sets import RiskSets


@dataclass(frozen=True, slots=True)
class ColumnScaling:
    """Columns are taken as (x - ``centre``) / ``scale``, both (p,)."""

    centre: Floats
    scale: Floats


@dataclass(frozen=True, slots=True)
class CoxRows:
    """A block of n rows laid out over the event times of the whole: covariates ``x`` (n, p), case
    ``weights`` and ``offset`` (n,).

    With a ``scaling`` the covariates of the model are the scaled columns, here and in all sums; the
    scaled matrix is never written out as a whole.
    """

    risk: RiskSets
    x: Floats
    weights: Floats
    offset: Floats
    scaling: ColumnScaling | None = None

    def predictor(self, beta: Floats) -> Floats:
        """Covariates times beta, plus the offset (n,)."""
        if self.scaling is None:
            return self.x @ beta + self.offset
        unscaled = beta / self.scaling.scale
        return self.x @ unscaled + (self.offset - self.scaling.centre @ unscaled)

    def scaled_sums(self, sums: Floats, weight: Floats | float) -> Floats:
        """Sums of x (…, p) whose weights add up to ``weight`` (…), turned into sums of the
        covariates."""
        if self.scaling is None:
            return sums
        return (sums - np.multiply.outer(weight, self.scaling.centre)) / self.scaling.scale

    def gram(self, row_weight: Floats, block_size: int) -> Floats:
        """Gram matrix (p, p) of the covariates, each row counted by its weight; no more than
        ``block_size`` rows are copied at a time."""
        root = np.sqrt(row_weight)
        p = self.x.shape[1]
        gram = np.zeros((p, p))
        for start in range(0, len(root), block_size):
            rows = slice(start, start + block_size)
            weighted = self._times(root[rows], rows)
            gram += weighted.T @ weighted
        if self.scaling is None:
            return gram
        return gram / np.outer(self.scaling.scale, self.scaling.scale)

    def _times(self, factor: Floats, rows: slice) -> Floats:
        """Some rows of the covariates, centred, not divided by the scale, times a factor each."""
        if self.scaling is None:
            return self.x[rows] * factor[:, None]
        centred = self.x[rows] - self.scaling.centre
        centred *= factor[:, None]
        return centred

    def blocks(self, size: int) -> list["CoxRows"]:
        """Consecutive blocks of at most ``size`` rows, nothing copied: what is computed of a block
        stays in the processor's cache."""
        starts = range(0, max(len(self.weights), 1), size)
        return [self._take(slice(start, start + size)) for start in starts]

    def _take(self, rows: slice) -> "CoxRows":
        return CoxRows(
            self.risk.take(rows), self.x[rows], self.weights[rows], self.offset[rows], self.scaling
        )
