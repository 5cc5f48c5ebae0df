"""Spells without work and education of settled immigrants, and what comes in and after them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kommunebench.simulation.calendar_days import Days
from kommunebench.simulation.country import Floats
from kommunebench.simulation.kept import kept_or_none
from kommunebench.simulation.lives import (
    LAST_MONDAY,
    MAX_SPELLS,
    NEVER,
    Weeks,
    baseline_hazard,
    weeks_to_success,
)
from kommunebench.simulation.other_truth import (
    BASELINES,
    OVER_10,
    UP_TO_10,
    draw_other_effects,
    predictor,
)
from kommunebench.simulation.plan import SimulationPlan

HORIZON, WINDOW = 156, 13
_LAST_DAY = np.datetime64("2016-12-31")
_NAT = np.datetime64("NaT")
_YEAR = np.timedelta64(365, "D")
_STUDIES = 0.25
_KEEPS_JOB = 0.35


@dataclass(frozen=True, slots=True)
class SettledPeople:
    """Persons whose spells are drawn (n,): Monday of the first spell, birth, arrival, terms of the
    models that do not change, and municipality by position."""

    start: Days
    birth: Days
    arrival: Days
    values: dict[str, Floats]
    position: NDArray[np.intp]


def draw_spells(
    plan: SimulationPlan, people: SettledPeople, rng: np.random.Generator
) -> dict[str, Any]:
    """Columns of the spells and of what happens in and after them. A spell that ends in work may be
    followed by another when the work ends; one that ends in education is the last one: education is
    followed by work that lasts."""
    start, count = people.start, len(people.start)
    gone = _departures(count, rng)
    limit = (LAST_MONDAY - start).astype(int) // 7 - (WINDOW - 1)
    other = rng.choice(len(plan.country.code), count)
    other = np.where(other == people.position, (other + 1) % len(plan.country.code), other)
    columns: dict[str, Any] = {"moved_to": plan.country.code[other]}
    study, week = np.full(count, NEVER), np.zeros(count, int)
    is_open, counts = np.ones(count, bool), np.ones(count, bool)
    for nth in range(1, MAX_SPELLS + 1):
        end = week + _weeks(plan, people, week, rng)
        # Work begun lasts its thirteen weeks: whoever leaves or dies does so after them.
        for name in ("death", "left"):
            near = is_open & (gone[name] >= end) & (gone[name] < end + WINDOW + 1)
            gone[name] = np.where(near, end + WINDOW + 1, gone[name])
        absent = np.minimum(gone["death"], gone["left"])
        ended = np.minimum.reduce([end, absent, gone["move"], week + HORIZON, limit])
        begun = counts & is_open & (week < np.minimum.reduce([absent, gone["move"], limit]))
        success = begun & (end == ended)
        columns[f"true_start{nth}"] = np.where(begun, week, -1)
        columns[f"true_end{nth}"] = np.where(begun, ended, -1)
        columns[f"true_event{nth}"] = success.astype(int)
        happens = is_open & (end < absent) & (_day(start, end) < _LAST_DAY)
        studies = happens & (rng.random(count) < _STUDIES)
        study = np.where(studies, end, study)
        lasting = (rng.random(count) < _KEEPS_JOB) | (nth == MAX_SPELLS)
        length = np.where(lasting, 600, WINDOW + rng.geometric(1 / 45.0, count))
        works = happens & ~studies
        columns |= _job(nth + 1, start, works, end, np.minimum(end + length, absent))
        is_open, counts = works & ~lasting, counts & success
        week = np.where(works, end + length, week)
    return columns | _education(start, study, absent, columns) | _dates(start, gone)


def _job(
    slot: int, start: Days, works: NDArray[np.bool_], first: Weeks, until: Weeks
) -> dict[str, Any]:
    """Columns of the job in a slot, from a week to the one it ends before."""
    return {
        f"job{slot}_start": np.where(works, _day(start, first), _NAT),
        f"job{slot}_end": np.where(works, _last(_day(start, until, -1)), _NAT),
        f"job{slot}_hours": 37.0,
    }


def _weeks(
    plan: SimulationPlan, people: SettledPeople, week: Weeks, rng: np.random.Generator
) -> Weeks:
    """Weeks to the first success of the spells that begin in a week; the model is that of the time
    in Denmark at the spell's start."""
    effects = draw_other_effects(plan).by_analysis
    day = _day(people.start, np.minimum(week, 450))
    age = (day - people.birth).astype(int) / 365.25
    over_10 = (day - people.arrival).astype(int) / 365.25 >= 11
    values = people.values | {
        "age_25_39": ((age >= 25) & (age < 40)).astype(float),
        "age_40_64": (age >= 40).astype(float),
    }
    weeks = np.empty(len(people.start), int)
    for analysis, rows in ((UP_TO_10, ~over_10), (OVER_10, over_10)):
        log_hazard = predictor(analysis, values) + effects[analysis][people.position]
        weeks[rows] = weeks_to_success(baseline_hazard(*BASELINES[analysis]), log_hazard[rows], rng)
    return weeks


def _departures(count: int, rng: np.random.Generator) -> dict[str, Weeks]:
    """Weeks of moves, deaths and departures; nothing after death or departure."""

    def first(rate: float) -> Weeks:
        return np.minimum(np.ceil(rng.exponential(1.0 / rate, count)), NEVER).astype(int)

    gone = {
        name: first(rate) for name, rate in (("move", 0.0008), ("death", 0.00003), ("left", 0.0002))
    }
    gone["left"] = np.where(gone["left"] < gone["death"], gone["left"], NEVER)
    last = np.minimum(gone["death"], gone["left"])
    gone["move"] = np.where(gone["move"] < last, gone["move"], NEVER)
    return gone


def _education(start: Days, study: Weeks, absent: Weeks, columns: dict[str, Any]) -> dict[str, Any]:
    """Two years of a vocational education that a spell ended in, and the lasting work after it."""
    studies = study < NEVER
    begins = _day(start, np.minimum(study, 600))
    gone = _last(_day(start, np.minimum(absent, 600), -1))
    ends = np.minimum(begins + 2 * _YEAR, gone)
    work = studies & (ends < gone)
    last_slot = MAX_SPELLS + 1
    return {
        "study": kept_or_none(studies, np.full(len(start), "4080")),
        "study_from": np.where(studies, begins, _NAT),
        "study_until": np.where(studies, ends, _NAT),
        f"job{last_slot}_start": np.where(
            work, ends + np.timedelta64(1, "D"), columns[f"job{last_slot}_start"]
        ),
        f"job{last_slot}_end": np.where(work, gone, columns[f"job{last_slot}_end"]),
    }


def _dates(start: Days, gone: dict[str, Weeks]) -> dict[str, Any]:
    return {
        f"{name}_date": np.where(week < 450, _day(start, np.minimum(week, 450), day), _NAT)
        for (name, week), day in zip(gone.items(), (0, 3, 2), strict=True)
    }


def _day(start: Days, weeks: np.ndarray, more: int = 0) -> Days:
    result: Days = start + (7 * np.minimum(weeks, 2000) + more).astype("timedelta64[D]")
    return result


def _last(day: Days) -> Days:
    return np.minimum(day, _LAST_DAY)
