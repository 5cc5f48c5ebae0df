"""Immigrants of working age who live in Denmark and lose their work or end their schooling: up to
three spells without work and education (fact sheet, section 5)."""

from typing import Any

import numpy as np
import pandas as pd

from kommunebench.simulation.calendar_days import Days
from kommunebench.simulation.identities import other_numbers, person_ids
from kommunebench.simulation.kept import kept_or_none
from kommunebench.simulation.lives import (
    monday_of,
)
from kommunebench.simulation.other_truth import (
    draw_origins,
    municipality_shares,
    origin_values,
)
from kommunebench.simulation.plan import SimulationPlan
from kommunebench.simulation.settled_households import Households, settled_households
from kommunebench.simulation.settled_spells import SettledPeople, draw_spells

SETTLED = 1
SETTLED_PERSONS = 18_000
_NAT = np.datetime64("NaT")
_YEAR = np.timedelta64(365, "D")
_PUPILS = 0.04
# Permits of arrivals from 1997 to 2006. Later ones work: the main analysis is about refugees and
# families who arrive from 2008 on, and nobody here shall be one of them.
_PERMITS = {
    (1, 901, 0): 0.28, (1, 902, 0): 0.12, (5, 951, 1): 0.15, (5, 951, 2): 0.20, (5, 951, 3): 0.10,
    (3, 310, 1): 0.15,
}  # fmt: skip
_WORK_PERMIT = (3, 310, 1)
# Of some who came earlier the register says only that.
_CAME_BEFORE, _ONE_IN = (9999, 0, 0), 10
_FIRST_PERMITS, _ONLY_WORK_FROM = np.datetime64("1997-01-01"), np.datetime64("2006-12-01")
_EDUCATIONS = {
    "": 0.33,
    "0900": 0.25,
    "4080": 0.17,
    "1199": 0.08,
    "5199": 0.03,
    "5290": 0.09,
    "7390": 0.05,
}
UPPER_SECONDARY, HIGHER = ("4080", "1199"), ("5290", "7390")
_FOREIGN_SOURCES = ("3", "17", "9", "18")


def draw_settled(plan: SimulationPlan, first: int, count: int) -> pd.DataFrame:
    """Persons ``first`` … of the population: a third of them are at most ten years in Denmark when
    their first spell starts, at ``origin_monday``. True weeks of their spells are counted from it:
    ``true_start1``, ``true_end1``, ``true_event1`` and so on, -1 where there is no such spell."""
    rng = np.random.default_rng([plan.seed, 3, first])
    start = monday_of(
        np.datetime64("2008-06-02") + rng.integers(0, 4 * 365, count).astype("timedelta64[D]")
    )
    recent = (first + np.arange(count)) % 3 == 0
    pupil = rng.random(count) < _PUPILS
    years = np.where(recent, rng.integers(1, 10, count), rng.integers(11, 31, count))
    years = np.where(pupil, np.minimum(years, 14), years)
    age = np.maximum(rng.integers(18, 62, count), np.where(recent, 18, years))
    age = np.where(pupil, rng.integers(16, 18, count), age)
    birth = start - (age * 365.25 + rng.integers(1, 364, count)).astype(int).astype(
        "timedelta64[D]"
    )
    arrival = start - (years * 365.25 + rng.integers(1, 360, count)).astype(int).astype(
        "timedelta64[D]"
    )
    arrival = np.maximum(arrival, birth)
    persons = _identities(plan, first, count, rng)
    household = settled_households(persons["sex"].to_numpy(), age, pupil, [plan.seed, 3, first, 1])
    persons = _living_together(plan, persons, household)
    education = rng.choice(list(_EDUCATIONS), count, p=list(_EDUCATIONS.values()))
    education = np.where(pupil, "", education)
    values = origin_values(persons["sex"].to_numpy(), persons.pop("origin").to_numpy(str)) | {
        "education_upper_secondary": np.isin(education, UPPER_SECONDARY).astype(float),
        "education_higher": np.isin(education, HIGHER).astype(float),
    }
    position = persons.pop("position").to_numpy()
    lives = draw_spells(plan, SettledPeople(start, birth, arrival, values, position), rng)
    before = np.maximum(
        start - (140 + rng.integers(0, 900, count)).astype("timedelta64[D]"), arrival
    )
    return persons.assign(
        role="settled",
        birth_date=birth,
        arrival=arrival,
        ie_type=2,
        **_permits(arrival, first + np.arange(count), rng),
        education=kept_or_none(education != "", education),
        education_date=np.where(education == "", _NAT, birth + 24 * _YEAR),
        education_source=_sources(arrival, birth + 24 * _YEAR, rng),
        origin_day=start,
        origin_monday=start,
        on_benefit=(rng.random(count) < 0.7) & ~pupil,
        benefit=np.where(rng.random(count) < 0.5, "unemployment", "social_assistance"),
        in_dream=True,
        school_from=np.where(pupil, before, _NAT),
        school_until=np.where(pupil, start - np.timedelta64(1, "D"), _NAT),
        job1_start=np.where(pupil, _NAT, before),
        job1_end=np.where(pupil, _NAT, start - np.timedelta64(1, "D")),
        job1_hours=37.0,
        study_completed=False,
        **lives,
    )


def _identities(
    plan: SimulationPlan, first: int, count: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Identity, sex, origin and municipality, the latter by its ``position`` in the country, which
    like ``origin`` is for the caller only."""
    identifier = person_ids(other_numbers(SETTLED, first, count), plan.seed)
    position = rng.choice(len(plan.country.code), count, p=municipality_shares(plan))
    origin = draw_origins(count, rng)
    return pd.DataFrame(
        {
            "person_id": identifier,
            "outside": "",
            "sex": rng.integers(1, 3, count),
            "country_code": [plan.codes[o] for o in origin],
            "in_bef": True,
            "gp_contacts": 0,
            "selection_date": np.datetime64("2008-01-01"),
            "origin": origin,
            "position": position,
        }
    )


def _living_together(
    plan: SimulationPlan, persons: pd.DataFrame, household: Households
) -> pd.DataFrame:
    """The persons with their families; all of a family live where its first member does."""
    head, partner = household.head, household.partner
    identifier, position = persons["person_id"].to_numpy(), persons["position"].to_numpy()[head]
    place = plan.country.code[position]
    return persons.assign(
        family_id=identifier[head],
        family_position=household.place_in_family,
        family_code=household.family_code,
        partner_id=kept_or_none(partner >= 0, identifier[partner]),
        place=place,
        first_place=place,
        position=position,
    )


def _permits(arrival: Days, numbers: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    """Permit codes and dates: none before 1997, when the files begin, but for one in ten persons
    by their ``numbers``, who have a row that says so."""
    codes = np.array(list(_PERMITS))[
        rng.choice(len(_PERMITS), len(arrival), p=list(_PERMITS.values()))
    ]
    codes = np.where((arrival >= _ONLY_WORK_FROM)[:, None], np.array(_WORK_PERMIT), codes)
    codes = np.where((arrival < _FIRST_PERMITS)[:, None], np.array(_CAME_BEFORE), codes)
    known = (arrival >= _FIRST_PERMITS) | (numbers % _ONE_IN == 0)
    columns = {
        name: np.where(known, codes[:, k], np.nan)
        for k, name in enumerate(("category", "ground", "explanation"))
    }
    return {"permit_date": np.where(known, arrival, _NAT), **columns}


def _sources(arrival: Days, completed: Days, rng: np.random.Generator) -> np.ndarray:
    """HF_KILDE: education completed before the arrival was brought along."""
    foreign = rng.choice(_FOREIGN_SOURCES, len(arrival))
    return np.where(completed < arrival, foreign, "15").astype(object)
