"""Rows that are equal in everything a Cox model sees, merged into one with the sum of their
weights."""

from dataclasses import dataclass

import numpy as np

from kommunebench.survival.curves import Floats
from kommunebench.survival.risk_sets import Indices

_SAMPLE = 4096
# Finding equal rows costs about one pass over the covariates, and a fit about twelve: it pays where
# at most this share of the rows remains.
_WORTH = 2 / 3


@dataclass(frozen=True, slots=True)
class MergedRows:
    """``rows`` (k,): one of each set of equal rows; ``member`` (n,): the set of every row."""

    rows: Indices
    member: Indices

    def weights(self, weights: Floats) -> Floats:
        """Sums of the rows' weights (k,)."""
        return np.bincount(self.member, weights, len(self.rows)).astype(float)


def equal_rows(columns: Floats, marks: Indices) -> MergedRows | None:
    """Rows equal in all ``columns`` (n, p) and in ``marks`` (n,), None where so few are equal that
    merging would not pay.

    Under Efron's ties every row with an event must have another mark, because the number of tied
    events counts. A sample is looked at first, so that data without equal rows cost next to
    nothing.
    """
    n = len(columns)
    chosen = (
        np.arange(n) if n <= _SAMPLE else np.random.default_rng(0).choice(n, _SAMPLE, replace=False)
    )
    if _distinct(_keys(columns[chosen], marks[chosen]), n) > _WORTH * n:
        return None
    keys = _keys(columns, marks)
    _, rows, member = np.unique(keys, return_index=True, return_inverse=True)
    # Equal rows have equal keys; whether rows with equal keys are equal is checked.
    same = marks[rows[member]] == marks
    for start in range(0, n, 65_536):
        block = slice(start, start + 65_536)
        same[block] &= (columns[rows[member[block]]] == columns[block]).all(axis=1)
    return MergedRows(rows, member) if same.all() and len(rows) <= _WORTH * n else None


def _keys(columns: Floats, marks: Indices) -> Floats:
    directions = np.random.default_rng(1).normal(size=columns.shape[1] + 1)
    return np.einsum("np,p->n", columns, directions[1:]) + marks * directions[0]


def _distinct(keys: Floats, n: int) -> float:
    """How many distinct rows there are among n, estimated from the keys of a sample of s rows: with
    k distinct rows, about s^2 / (2 k) pairs in the sample are equal."""
    s = len(keys)
    _, counts = np.unique(keys, return_counts=True)
    if s == n:
        return float(len(counts))
    pairs = float((counts * (counts - 1) / 2).sum())
    return min(float(n), s * (s - 1) / 2 / pairs) if pairs else float(n)
