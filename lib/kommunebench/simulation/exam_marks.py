"""Marks of the compulsory exams, and why pupils have none."""

import numpy as np
from numpy.typing import NDArray

from kommunebench.simulation.country import Floats
from kommunebench.simulation.plan import SimulationPlan

# Letters of KARAKTERAARSAG for exams, with how often they are given: absent and ill most.
REASONS = {
    "B": 0.05,
    "D": 0.10,
    "D15": 0.05,
    "D16": 0.05,
    "D17": 0.05,
    "G": 0.15,
    "N": 0.10,
    "S": 0.20,
    "U": 0.25,
}
MIN_MARKS = 4
_SUBJECTS = (4, 5, 6, 7, 8)
_FEW, _ONE_MISSING = 0.01, 0.03


def exempt_shares(plan: SimulationPlan) -> Floats:
    """Share of the pupils without any mark (K,): more of them in some municipalities than in
    others."""
    rng = np.random.default_rng([plan.seed, 81])
    shares: Floats = rng.beta(2.0, 26.0, len(plan.country.code))
    return shares


def draw_marks(
    passed: NDArray[np.bool_], exempt_share: Floats, rng: np.random.Generator
) -> NDArray[np.object_]:
    """Marks or reasons (n,) with commas, in the order of the subjects. The mean of who passed is 2
    or more, of a few exactly 2, and below 2 of who did not.

    ``exempt_share`` (n,): chance to be without any mark. A few others have three marks only, a few
    lack one.
    """
    count = len(passed)
    subjects = rng.choice(_SUBJECTS, count, p=[0.1, 0.2, 0.2, 0.2, 0.3])
    good = rng.choice([2, 4, 7, 10, 12], (count, 8), p=[0.28, 0.30, 0.25, 0.12, 0.05])
    poor = rng.choice([-3, 0, 2], (count, 8), p=[0.15, 0.45, 0.40])
    poor[:, 0] = np.minimum(poor[:, 0], 0)
    exactly = passed & (rng.random(count) < 0.01)
    good[exactly] = 2
    marks = np.where(passed[:, None], good, poor).astype(str).astype(object)
    reason = rng.choice(list(REASONS), count, p=list(REASONS.values()))
    exempt = rng.random(count) < exempt_share
    few = ~exempt & (rng.random(count) < _FEW)
    one = ~exempt & ~few & (rng.random(count) < _ONE_MISSING) & (subjects > MIN_MARKS)
    marks[exempt] = reason[exempt, None]
    marks[few, MIN_MARKS - 1 :] = reason[few, None]
    # The last subject, so that the first mark of who did not pass stays.
    rows = np.flatnonzero(one)
    marks[rows, subjects[rows] - 1] = reason[rows]
    return np.array(
        [",".join(row[:n_subjects]) for row, n_subjects in zip(marks, subjects, strict=True)],
        dtype=object,
    )
