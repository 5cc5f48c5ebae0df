"""Young people who grew up in Denmark, with their brothers, sisters and parents: marks of the
9th-grade exams and education (fact sheet, sections 3 and 4)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kommunebench.simulation.calendar_days import Days, year_of
from kommunebench.simulation.country import Floats
from kommunebench.simulation.exam_marks import draw_marks, exempt_shares
from kommunebench.simulation.identities import other_numbers, person_ids
from kommunebench.simulation.kept import kept_or_none
from kommunebench.simulation.other_truth import (
    draw_held_educations,
    draw_other_effects,
    origin_values,
    predictor,
    urban_share,
)
from kommunebench.simulation.parents import Families, draw_families, parents_of, parents_values
from kommunebench.simulation.plan import SimulationPlan

YOUTH = 2
YOUTH_PERSONS = 17_000
REFERENCE = np.datetime64("2012-10-01")
_NAT = np.datetime64("NaT")
_YEAR, _DAY = np.timedelta64(365, "D"), np.timedelta64(1, "D")
_DANISH_ORIGIN, _ABROAD_AT_15 = 0.02, 0.01
_DISCONTINUED = 0.25
_MOVES, _MOVE_TO = 0.3, ("101", "751", "461", "851")
MENTAL_ILLNESS, _OTHER_ILLNESS = 0.06, 0.05


def draw_youth(plan: SimulationPlan, first: int, count: int) -> list[pd.DataFrame]:
    """Persons ``first`` … of the population, and their parents. ``true_event1``: passed the exams;
    ``true_event2``: completed an upper secondary education by 1 October 2012, or, if younger than
    20 then, later."""
    rng = np.random.default_rng([plan.seed, 4, first])
    families = draw_families(plan, first, count, rng)
    persons = identities_of(plan, first, count, families, rng)
    schooling = schooling_of(families.child_birth, rng)
    mental = rng.random(count) < MENTAL_ILLNESS
    passed, completed = (
        _succeeds(
            plan,
            analysis,
            conditions(plan, analysis, persons, families, schooling=schooling, mental=mental),
            families,
            rng,
        )
        for analysis in ("school_exams", "upper_secondary")
    )
    abroad = (rng.random(count) < _ABROAD_AT_15) & (
        families.child_birth < np.datetime64("1992-10-01")
    )
    exam_year = np.where(abroad | (schooling.exam_year < 2002), np.nan, schooling.exam_year)
    youth = persons.assign(
        exam_year=exam_year,
        marks=kept_or_none(
            ~np.isnan(exam_year), draw_marks(passed, exempt_shares(plan)[families.child_place], rng)
        ),
        school_from=schooling.ends - 300 * _DAY,
        school_until=schooling.ends,
        mental_illness=mental,
        musculoskeletal=rng.random(count) < _OTHER_ILLNESS,
        left_date=np.where(abroad, families.child_birth + 14 * _YEAR + 200 * _DAY, _NAT),
        back_date=np.where(abroad, families.child_birth + 17 * _YEAR, _NAT),
        true_event1=passed.astype(int),
        true_event2=completed.astype(int),
        **_education(families.child_birth, schooling, completed, rng),
    )
    return [_with_work(_with_moves(youth, rng)), parents_of(plan, first, families, rng)]


@dataclass(frozen=True, slots=True)
class Schooling:
    """Year of the exams, the last day of school, and age on 1 June of that year (n,)."""

    exam_year: NDArray[np.intp]
    ends: Days
    age: NDArray[np.intp]


def schooling_of(birth: Days, rng: np.random.Generator) -> Schooling:
    """Most pupils turn 16 in the year of the exams; some are a year younger or older."""
    shift = rng.choice([-1, 0, 1], len(birth), p=[0.04, 0.84, 0.12])
    year = year_of(birth) + 16 + shift
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    june = first + np.timedelta64(151, "D")
    age = ((june - birth).astype(int) / 365.2425).astype(int)
    return Schooling(year, first + np.timedelta64(175, "D"), age)


def identities_of(
    plan: SimulationPlan, first: int, count: int, families: Families, rng: np.random.Generator
) -> pd.DataFrame:
    """Who the young people are, where they live, and to whom they belong."""
    identifier = person_ids(other_numbers(YOUTH, first, count), plan.seed)
    place = plan.country.code[families.child_place]
    danish = rng.random(count) < _DANISH_ORIGIN
    mother = families.mother_id[families.of_child]
    # One in two thousand stands in the register as its own mother.
    own_parent = rng.random(count) < 1 / 2000
    return pd.DataFrame(
        {
            "person_id": identifier,
            "role": "youth",
            "outside": "",
            "sex": rng.integers(1, 3, count),
            "birth_date": families.child_birth,
            "arrival": families.child_arrival,
            "country_code": np.where(
                danish, 5100, [plan.codes[o] for o in families.origin[families.of_child]]
            ),
            "ie_type": np.where(danish, 1, np.where(np.isnat(families.child_arrival), 3, 2)),
            "mother_id": np.where(own_parent, identifier, mother),
            "father_id": families.father_id[families.of_child],
            "family_id": mother,
            "family_position": 3,
            "family_code": 1,
            "place": place,
            "first_place": place,
            "in_bef": True,
            "in_dream": True,
            "on_benefit": False,
            "gp_contacts": rng.choice([0, 2, 6, 10], count, p=[0.3, 0.45, 0.18, 0.07]),
            "selection_date": np.datetime64("2008-01-01"),
        }
    )


def conditions(
    plan: SimulationPlan,
    analysis: str,
    persons: pd.DataFrame,
    families: Families,
    *,
    schooling: Schooling,
    mental: NDArray[np.bool_],
) -> dict[str, Floats]:
    """The terms of an analysis' logistic model by name (n,), as they are in the year it measures
    them."""
    exams = analysis == "school_exams"
    birth_year = year_of(families.child_birth)
    year = schooling.exam_year - 1 if exams else birth_year + 15
    month, day = (6, 1) if exams else (12, 31)
    measured = _date(schooling.exam_year if exams else year, month, day)
    years = (measured - families.child_arrival).astype(float) / 365.2425
    years = np.where(np.isnat(families.child_arrival), np.nan, years)
    age_now = 2012 - birth_year
    return {
        **origin_values(persons["sex"].to_numpy(), families.origin[families.of_child]),
        **parents_values(families, year),
        "years_0_5": (years < 6).astype(float),
        "years_6_10": ((years >= 6) & (years < 11)).astype(float),
        "years_11_plus": (years >= 11).astype(float),
        "mental_illness": mental.astype(float),
        "urban_share": urban_share(plan)[families.child_place],
        "age_15_or_less": (schooling.age <= 15).astype(float),
        "age_17_plus": (schooling.age >= 17).astype(float),
        "age_years_above_20": np.clip(age_now - 20, 0, 9).astype(float),
    }


def _succeeds(
    plan: SimulationPlan,
    analysis: str,
    values: dict[str, Floats],
    families: Families,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Success by the analysis' logistic model."""
    effect = draw_other_effects(plan).by_analysis[analysis][families.child_place]
    chance: Floats = 1 / (1 + np.exp(-predictor(analysis, values) - effect))
    return np.asarray(rng.random(len(chance)) < chance)


def _date(year: NDArray[np.intp], month: int, day: int) -> Days:
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    result: Days = np.asarray(months + np.timedelta64(day - 1, "D"), "datetime64[D]")
    return result


def _education(
    birth: Days, schooling: Schooling, completed: NDArray[np.bool_], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """The education begun after school, and the highest completed one. Who is 20 on 1 October 2012
    has completed it by then; a few have it from abroad."""
    count = len(birth)
    begins = completed | (rng.random(count) < _DISCONTINUED)
    length = np.where(completed, 1000 + rng.integers(0, 450, count), rng.integers(100, 500, count))
    until = schooling.ends + 40 * _DAY + length.astype("timedelta64[D]")
    of_age = birth <= REFERENCE - 20 * _YEAR - 5 * _DAY
    until = np.where(completed & of_age, np.minimum(until, REFERENCE - 10 * _DAY), until)
    held_with, held_without = draw_held_educations(count, rng)
    programme = np.where(completed, held_with, np.where(rng.random(count) < 0.5, "1199", "4080"))
    held = completed & (until <= np.datetime64("2016-09-30"))
    foreign = held & (rng.random(count) < 0.02)
    source = np.where(foreign, rng.choice(["3", "17"], count), "15")
    return {
        "study": kept_or_none(begins, programme),
        "study_from": np.where(begins, schooling.ends + 40 * _DAY, _NAT),
        "study_until": np.where(begins, until, _NAT),
        "study_completed": held,
        "education": np.where(held, held_with, held_without),
        "education_date": np.where(held, until, schooling.ends),
        "education_source": source.astype(object),
    }


def _with_moves(youth: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Many move to a university town when they are grown up; it is not where they went to
    school."""
    moves = rng.random(len(youth)) < _MOVES
    birth = youth["birth_date"].to_numpy().astype("datetime64[D]")
    date = birth + 19 * _YEAR + rng.integers(0, 1000, len(youth)).astype("timedelta64[D]")
    return youth.assign(
        moved_to=rng.choice(_MOVE_TO, len(youth)),
        move_date=np.where(moves & (date <= np.datetime64("2016-12-01")), date, _NAT),
    )


def _with_work(youth: pd.DataFrame) -> pd.DataFrame:
    """Immigrants work from the day after their education on: none of them has a spell without work
    and education. Nothing reads the work of those who were born here."""
    after = youth["study_until"].fillna(youth["school_until"]).to_numpy().astype("datetime64[D]")
    immigrant = youth["ie_type"].to_numpy() == 2
    from_day = np.maximum(
        after,
        youth["back_date"].fillna(pd.Timestamp("1900-01-01")).to_numpy().astype("datetime64[D]"),
    )
    from_day = from_day + _DAY
    works = immigrant & (from_day <= np.datetime64("2016-12-01"))
    return youth.assign(
        job1_start=np.where(works, from_day, _NAT),
        job1_end=np.where(works, np.datetime64("2016-12-31"), _NAT),
        job1_hours=37.0,
        origin_monday=np.datetime64("2016-12-26"),
        origin_day=np.datetime64("2016-12-26"),
    )
