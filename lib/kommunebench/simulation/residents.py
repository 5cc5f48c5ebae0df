"""Residents outside the population: working lives, benefits and pensions in realistic
proportion."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kommunebench.simulation.identities import other_numbers, person_ids
from kommunebench.simulation.plan import SimulationPlan

_NAT = np.datetime64("NaT")
_FIRST, _LAST = np.datetime64("2008-01-01"), np.datetime64("2016-12-31")
BACKGROUND = 0
# Of adults of working age: with a job, and of the others with a benefit; jobs a working life holds
# within the nine years.
_WORKING, _ON_BENEFIT, _SECOND_JOB = 0.78, 0.45, 0.35
_BENEFITS, _BENEFIT_SHARES = (
    ("unemployment", "social_assistance", "sick", "disability_pension"),
    (0.35, 0.3, 0.1, 0.25),
)
_YEAR = np.timedelta64(365, "D")


def add_working_life(
    persons: pd.DataFrame,
    rng: np.random.Generator,
    may_change_job: NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """The persons with up to two jobs between 18 and 65 years, and a benefit while they have none;
    old-age pension from 65. ``may_change_job``: who may have a second job, none: everybody."""
    n = len(persons)
    birth = persons["birth_date"].to_numpy().astype("datetime64[D]")
    arrival = (
        persons["arrival"].to_numpy().astype("datetime64[D]")
        if "arrival" in persons
        else np.full(n, _NAT)
    )
    left = (
        persons["left_date"].to_numpy().astype("datetime64[D]")
        if "left_date" in persons
        else np.full(n, _NAT)
    )
    present = np.where(np.isnat(arrival), _FIRST, np.maximum(arrival, _FIRST))
    from_day = np.maximum(present, birth + (18 + rng.integers(0, 5, n)) * _YEAR) + rng.integers(
        0, 120, n
    ).astype("timedelta64[D]")
    until = np.minimum(
        np.minimum(_LAST, birth + 65 * _YEAR),
        np.where(np.isnat(left), _LAST, left - np.timedelta64(1, "D")),
    )
    span = (until - from_day).astype(int)
    works = (rng.random(n) < _WORKING) & (span > 60)
    twice = works & (rng.random(n) < _SECOND_JOB) & (span > 400)
    twice &= True if may_change_job is None else may_change_job
    broken = (rng.uniform(0.3, 0.6, n) * np.maximum(span, 0)).astype(int).astype("timedelta64[D]")
    first_end = np.where(twice, from_day + broken, until)
    second_start = first_end + rng.integers(20, 150, n).astype("timedelta64[D]")
    benefit = rng.choice(_BENEFITS, n, p=_BENEFIT_SHARES)
    retired = np.asarray(birth + np.timedelta64(round(65 * 365.25), "D"), "datetime64[D]")
    retires = (retired <= _LAST) & (np.isnat(left) | (retired < left))
    on_benefit = (rng.random(n) < np.where(works, 0.3, _ON_BENEFIT)) & (span > 60)
    benefit = np.where(works & (benefit == "disability_pension"), "unemployment", benefit)
    return persons.assign(
        job1_start=np.where(works, from_day, _NAT),
        job1_end=np.where(works, first_end, _NAT),
        job1_hours=np.where(rng.random(n) < 0.75, 37.0, 28.0),
        job2_start=np.where(twice, second_start, _NAT),
        job2_end=np.where(twice, until, _NAT),
        job2_hours=37.0,
        origin_monday=from_day,
        origin_day=from_day,
        on_benefit=on_benefit,
        benefit=benefit,
        pension_from=np.where(retires, retired, _NAT),
        in_dream=on_benefit | retires | (rng.random(n) < 0.55),
    )


def draw_background(plan: SimulationPlan, first: int, count: int) -> pd.DataFrame:
    """Residents who have nothing to do with the analysis: they make reading cost what it costs."""
    rng = np.random.default_rng([plan.seed, 2, first])
    identifier = person_ids(other_numbers(BACKGROUND, first, count), plan.seed)
    place = plan.country.code[rng.choice(len(plan.country.code), count, p=plan.country.weight)]
    birth = np.datetime64("2016-09-01") - rng.integers(0, 95 * 365, count).astype("timedelta64[D]")
    dies = rng.random(count) < 0.09
    death = np.where(
        dies,
        np.maximum(_FIRST, birth) + rng.integers(1, 3200, count).astype("timedelta64[D]"),
        _NAT,
    )
    death = np.where(death <= _LAST, death, _NAT)
    persons = pd.DataFrame(
        {
            "person_id": identifier,
            "role": "background",
            "outside": "",
            "sex": rng.integers(1, 3, count),
            "birth_date": birth,
            "country_code": 5100,
            "ie_type": 1,
            "family_id": identifier,
            "family_position": 1,
            "family_code": 5,
            "place": place,
            "first_place": place,
            "moved_to": place,
            "in_bef": True,
            "gp_contacts": 0,
            "death_date": death,
            # Who dies leaves everything the day before.
            "left_date": death,
            "selection_date": np.datetime64("2008-01-01"),
        }
    )
    return add_working_life(persons, rng).assign(left_date=_NAT)
