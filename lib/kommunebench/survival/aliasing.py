"""Columns that add nothing to the columns before them: found by a Cholesky decomposition of their
Gram matrix, column after column, as R's coxph does."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kommunebench.survival.curves import Floats

# R's coxph.control(toler.chol): a column counts as a combination of others where less than this
# share of it is left once they are taken out.
TOLERANCE = float(np.finfo(float).eps ** 0.75)
# A column is named as a part of a combination where it accounts for at least this share of it.
_NAMED = 1e-6


@dataclass(frozen=True, slots=True)
class Aliasing:
    """Which of p columns add nothing to the columns before them.

    ``aliased`` (p,) marks them; ``combinations`` has, for each marked column, the positions of the
    earlier columns it is made of (none where the column does not vary at all).
    """

    aliased: NDArray[np.bool_]
    combinations: dict[int, tuple[int, ...]]

    def describe(self, names: Sequence[object]) -> str:
        """A clause for a message: each marked column and what it is made of."""
        return "; ".join(
            f"['{names[column]}'] is a combination of {[str(names[k]) for k in parts]}"
            if parts
            else f"['{names[column]}'] does not vary"
            for column, parts in self.combinations.items()
        )


def find_aliased(gram: Floats) -> Aliasing:
    """The columns that add nothing to those before them, from their Gram matrix (p, p) about their
    means: correlations, or the information about coefficients of columns of unit spread.

    A column is marked where what is left of its diagonal, once the columns before it are taken out,
    is at most TOLERANCE times the largest diagonal (R's rule).
    """
    left = np.array(gram, float)
    p = len(left)
    floor = TOLERANCE * float(np.max(np.diag(left), initial=0.0))
    aliased = np.zeros(p, bool)
    combinations: dict[int, tuple[int, ...]] = {}
    for column in range(p):
        pivot = left[column, column]
        if pivot > floor:
            rest = slice(column + 1, None)
            left[rest, rest] -= np.outer(left[rest, column], left[column, rest]) / pivot
            continue
        aliased[column] = True
        before = np.flatnonzero(~aliased[:column])
        combinations[column] = _parts(gram, column, before) if gram[column, column] > floor else ()
    return Aliasing(aliased, combinations)


def _parts(gram: Floats, column: int, before: NDArray[np.intp]) -> tuple[int, ...]:
    """The columns among ``before`` that the column is a combination of."""
    share = np.linalg.solve(gram[np.ix_(before, before)], gram[before, column])
    size = np.abs(share) * np.sqrt(np.diag(gram)[before] / gram[column, column])
    return tuple(before[size > _NAMED].tolist())
