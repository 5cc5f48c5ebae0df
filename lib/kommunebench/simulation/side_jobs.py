"""Jobs of newcomers as days: the ones that are successes, and the short, subsidised or part-time
ones that are none."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Weeks = NDArray[np.int64]
_NEVER = 10_000
# Three jobs that end spells, one that does not.
JOB_SLOTS = 4
SIDE_JOB_SHARE = 0.15
_END = np.datetime64("2016-12-31")
# Contracts by weekly hours; 19.9 is within the tolerance of 20 and paid as it is.
_HOURS, _HOUR_SHARES = (37.0, 30.0, 25.0, 20.0, 19.9), (0.70, 0.12, 0.08, 0.098, 0.002)


@dataclass(frozen=True, slots=True)
class SideJob:
    """A job early in a long wait that is no success: its weeks and weekly hours; whether a wage
    subsidy is paid beside it."""

    weeks: int
    hours: float
    subsidised: bool = False
    benefit_only: bool = False


# Six weeks have too few hours over thirteen, twelve weeks end in benefit; nineteen hours are too
# few, and a subsidy is a transfer.
SIDE_JOBS = (
    SideJob(6, 37.0),
    SideJob(10, 12.0),
    SideJob(12, 37.0, benefit_only=True),
    SideJob(13, 19.0),
    SideJob(26, 37.0, subsidised=True, benefit_only=True),
)


@dataclass(frozen=True, slots=True)
class Jobs:
    """Per person and slot (n, 4): first day, last day (NaT: none), weekly hours; whether the fourth
    is subsidised (n,)."""

    start: NDArray[np.datetime64]
    end: NDArray[np.datetime64]
    hours: NDArray[np.float64]
    subsidised: NDArray[np.bool_]


def job_table(
    origin_monday: NDArray[np.datetime64],
    job_start: Weeks,
    job_weeks: Weeks,
    gone: Weeks,
    *,
    on_benefit: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Jobs:
    """Jobs begun in given weeks since the origin, cut where the person is gone, and the fourth
    column of those that are no success."""
    n = len(origin_monday)
    kind = rng.integers(0, len(SIDE_JOBS), n)
    weeks, hours, subsidised, needs = (
        np.array([getattr(job, name) for job in SIDE_JOBS])[kind]
        for name in ("weeks", "hours", "subsidised", "benefit_only")
    )
    side = (rng.random(n) < SIDE_JOB_SHARE) & (job_start[:, 0] > 60) & (on_benefit | ~needs)
    side_start = np.where(side, rng.integers(2, 14, n), _NEVER)
    starts = np.column_stack([job_start, side_start])
    ends = np.minimum(starts + np.column_stack([job_weeks, weeks]), gone[:, None]) - 1
    drawn = rng.choice(_HOURS, job_start.shape, p=_HOUR_SHARES)
    exists = (starts < _NEVER) & (ends >= starts)
    first = origin_monday[:, None] + (7 * np.where(exists, starts, 0)).astype("timedelta64[D]")
    last = origin_monday[:, None] + (7 * np.where(exists, ends, 0) + 6).astype("timedelta64[D]")
    exists &= first <= _END
    nat = np.datetime64("NaT")
    return Jobs(
        np.where(exists, first, nat),
        np.where(exists, np.minimum(last, _END), nat),
        np.column_stack([drawn, hours]),
        subsidised & side,
    )
