"""The populations of the fact sheet's other analyses (method, section 9), with true effects of
their own: pupils and young people who grew up in Denmark, and immigrants of working age in a spell
without work or education."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kommunebench.simulation.country import Floats
from kommunebench.simulation.identities import other_numbers, person_ids
from kommunebench.simulation.lives import (
    LAST_MONDAY,
    NEVER,
    baseline_hazard,
    monday_of,
    weeks_to_success,
)
from kommunebench.simulation.people import Days, year_of
from kommunebench.simulation.plan import SimulationPlan
from kommunebench.simulation.residents import add_working_life

SETTLED, YOUTH = 1, 2
# Persons at scale 1: some hundred spells, and pupils, in a municipality of middling size.
SETTLED_PERSONS, YOUTH_PERSONS = 14_000, 9_000
EFFECT_SD = {
    "school_exams": 0.25,
    "upper_secondary": 0.20,
    "immigrants_up_to_10_years": 0.15,
    "immigrants_over_10_years": 0.15,
}
HORIZON = 156
EXAMS = 7
_DISCONTINUED = 0.25
_NAT = np.datetime64("NaT")
_YEAR = np.timedelta64(365, "D")
_ORIGINS = {
    "turkey": 0.20, "iraq": 0.14, "lebanon": 0.12, "pakistan": 0.11, "somalia": 0.12, "iran": 0.08, "bosnia_herzegovina": 0.10,
    "afghanistan": 0.08, "vietnam": 0.05,
}  # fmt: skip
_AFRICA, _EUROPE = ("somalia",), ("bosnia_herzegovina",)
# Codes of education invented where the official list is an input; `codes/disced15.csv` of the
# delivery maps them.
EDUCATION_GROUPS = {"0900": 10, "1199": 20, "4080": 30, "5290": 50, "7390": 70}
_TRUE: dict[str, dict[str, float]] = {
    "school_exams": {"constant": 1.15, "women": 0.35, "arrived_7_12": -0.60, "origin_africa": -0.45, "origin_europe": 0.30},
    "upper_secondary": {"constant": 0.25, "women": 0.45, "arrived_7_12": -0.70, "origin_africa": -0.40, "origin_europe": 0.30},
    "immigrants_up_to_10_years": {
        "women": -0.35, "age_25_39": -0.10, "age_40_64": -0.55, "origin_africa": -0.40, "origin_europe": 0.25,
        "education_upper_secondary": 0.30, "education_higher": 0.45,
    },
    "immigrants_over_10_years": {
        "women": -0.25, "age_25_39": -0.20, "age_40_64": -0.70, "origin_africa": -0.35, "origin_europe": 0.15,
        "education_upper_secondary": 0.40, "education_higher": 0.55,
    },
}  # fmt: skip
# Level of the weekly hazard, share of it in the first week, weeks until it is reached.
_BASELINE = {
    "immigrants_up_to_10_years": (0.0095, 0.5, 26.0),
    "immigrants_over_10_years": (0.0080, 0.5, 26.0),
}


@dataclass(frozen=True, slots=True)
class OtherEffects:
    """True effects (K,) of each of the four analyses: log odds of the shares, log hazard of the
    durations."""

    by_analysis: dict[str, Floats]


def draw_other_effects(plan: SimulationPlan) -> OtherEffects:
    """Drawn once for a seed, mean zero; zero where no municipality differs."""
    rng = np.random.default_rng([plan.seed, 9])
    drawn = {name: rng.normal(0.0, sd, len(plan.country.code)) for name, sd in EFFECT_SD.items()}
    return OtherEffects({n: (e - e.mean()) * plan.municipalities_differ for n, e in drawn.items()})


def true_terms() -> pd.DataFrame:
    """Coefficients of the four models as written beside the registers: analysis, term, coefficient."""
    baseline = [
        (a, f"baseline_{n}", v)
        for a, b in _BASELINE.items()
        for n, v in zip(("level", "first", "ramp"), b, strict=True)
    ]
    rows = [
        (analysis, term, value)
        for analysis, terms in _TRUE.items()
        for term, value in terms.items()
    ]
    return pd.DataFrame(rows + baseline, columns=["analysis", "term", "coefficient"])


def _predictor(analysis: str, flags: dict[str, np.ndarray]) -> Floats:
    total = np.zeros(len(flags["women"]))
    for term, value in _TRUE[analysis].items():
        total += value * flags[term] if term in flags else value
    return total


def _common(
    plan: SimulationPlan, kind: int, first: int, count: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Identity, sex, origin and municipality of persons; their position in the country and the
    origin's term."""
    identifier = person_ids(other_numbers(kind, first, count), plan.seed)
    position = rng.choice(len(plan.country.code), count, p=plan.country.weight)
    place = plan.country.code[position]
    origin = rng.choice(
        list(_ORIGINS), count, p=np.array(list(_ORIGINS.values())) / sum(_ORIGINS.values())
    )
    persons = pd.DataFrame(
        {
            "person_id": identifier,
            "outside": "",
            "sex": rng.integers(1, 3, count),
            "country_code": [plan.codes[o] for o in origin],
            "family_id": identifier,
            "family_position": 1,
            "family_code": 5,
            "place": place,
            "first_place": place,
            "moved_to": place,
            "in_bef": True,
            "gp_contacts": 0,
            "selection_date": np.datetime64("2008-01-01"),
        }
    )
    return persons, position, origin


def _origin_flags(persons: pd.DataFrame, origin: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "women": (persons["sex"] == 2).to_numpy(float),
        "origin_africa": np.isin(origin, _AFRICA).astype(float),
        "origin_europe": np.isin(origin, _EUROPE).astype(float),
    }


def draw_settled(plan: SimulationPlan, first: int, count: int) -> pd.DataFrame:
    """Immigrants 16-64, half of them at most ten years in Denmark, who lose their work between 2008
    and 2012: the spell's first Monday is ``origin_monday``, its true end in weeks ``true_end1``."""
    rng = np.random.default_rng([plan.seed, 3, first])
    persons, position, origin = _common(plan, SETTLED, first, count, rng)
    effects = draw_other_effects(plan).by_analysis
    start = monday_of(
        np.datetime64("2008-06-02") + rng.integers(0, 4 * 365, count).astype("timedelta64[D]")
    )
    recent = (first + np.arange(count)) % 2 == 0
    years = np.where(recent, rng.integers(1, 10, count), rng.integers(11, 26, count))
    age = np.maximum(rng.integers(18, 62, count), np.where(recent, 18, years))
    birth = start - (age * 365.25 + rng.integers(1, 364, count)).astype(int).astype(
        "timedelta64[D]"
    )
    arrival = np.maximum(
        start - (years * 365.25 + rng.integers(1, 360, count)).astype(int).astype("timedelta64[D]"),
        birth,
    )
    education = rng.choice(
        ["", "0900", "4080", "1199", "5290", "7390"], count, p=[0.35, 0.25, 0.18, 0.08, 0.09, 0.05]
    )
    flags = _origin_flags(persons, origin) | {
        "age_25_39": ((age >= 25) & (age < 40)).astype(float),
        "age_40_64": (age >= 40).astype(float),
        "education_upper_secondary": np.isin(education, ("4080", "1199")).astype(float),
        "education_higher": np.isin(education, ("5290", "7390")).astype(float),
    }
    weeks = np.empty(count, int)
    for analysis, own in (
        ("immigrants_up_to_10_years", recent),
        ("immigrants_over_10_years", ~recent),
    ):
        log_hazard = _predictor(analysis, flags) + effects[analysis][position]
        weeks[own] = weeks_to_success(baseline_hazard(*_BASELINE[analysis]), log_hazard[own], rng)
    gone = {
        name: _first(rate, count, rng)
        for name, rate in (("move", 0.0008), ("death", 0.00003), ("left", 0.0002))
    }
    gone["move"] = np.where(
        gone["move"] < np.minimum(gone["death"], gone["left"]), gone["move"], NEVER
    )
    gone["left"] = np.where(gone["left"] < gone["death"], gone["left"], NEVER)
    # Work begun lasts its thirteen weeks.
    for name in ("death", "left"):
        gone[name] = np.where(
            (gone[name] >= weeks) & (gone[name] < weeks + 14), weeks + 14, gone[name]
        )
    last_week = (LAST_MONDAY - start).astype(int) // 7 - 12
    ended = np.minimum.reduce([*gone.values(), np.minimum(HORIZON, last_week)])
    success, study = weeks <= ended, rng.random(count) < 0.25
    absent = np.minimum(gone["death"], gone["left"])
    last_day = np.minimum(_day(start, np.minimum(absent, 600), -1), np.datetime64("2016-12-31"))
    begun = (weeks < np.minimum(absent, 450)) & (_day(start, np.minimum(weeks, 600)) < last_day)
    other = rng.choice(len(plan.country.code), count)
    other = np.where(other == position, (other + 1) % len(plan.country.code), other)
    before = np.maximum(
        start - (140 + rng.integers(0, 900, count)).astype("timedelta64[D]"), arrival
    )
    return persons.assign(
        role="settled",
        birth_date=birth,
        arrival=arrival,
        ie_type=2,
        permit_date=np.where(arrival >= np.datetime64("2007-01-01"), arrival, _NAT),
        **{
            name: np.where(arrival >= np.datetime64("2007-01-01"), code, np.nan)
            for name, code in _WORK_PERMIT.items()
        },
        education=_where(education != "", education),
        education_date=np.where(education == "", _NAT, birth + 24 * _YEAR),
        origin_day=start,
        origin_monday=start,
        on_benefit=rng.random(count) < 0.7,
        benefit=np.where(rng.random(count) < 0.5, "unemployment", "social_assistance"),
        in_dream=True,
        job1_start=before,
        job1_end=start - np.timedelta64(1, "D"),
        job1_hours=37.0,
        job2_start=np.where(begun & ~study, _day(start, weeks), _NAT),
        job2_end=np.where(begun & ~study, last_day, _NAT),
        job2_hours=37.0,
        study_from=np.where(begun & study, _day(start, weeks), _NAT),
        study_until=np.where(
            begun & study, np.minimum(_day(start, weeks) + 2 * _YEAR, last_day), _NAT
        ),
        study=_where(begun & study, np.full(count, "4080")),
        study_completed=False,
        moved_to=np.where(gone["move"] < 450, plan.country.code[other], persons["place"]),
        move_date=_when(start, gone["move"], 0),
        death_date=_when(start, gone["death"], 3),
        left_date=_when(start, gone["left"], 2),
        true_start1=0,
        true_end1=np.where(success, weeks, ended),
        true_event1=success.astype(int),
    )


_WORK_PERMIT = {"category": 3, "ground": 310, "explanation": 1}


def _where(kept: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The values where kept, None elsewhere."""
    result = np.full(len(values), None, dtype=object)
    result[kept] = values[kept]
    return result


def _first(rate: float, count: int, rng: np.random.Generator) -> np.ndarray:
    return np.minimum(np.ceil(rng.exponential(1.0 / rate, count)), NEVER).astype(int)


def _day(start: Days, weeks: np.ndarray, more: int = 0) -> Days:
    result: Days = start + (7 * weeks + more).astype("timedelta64[D]")
    return result


def _when(start: Days, weeks: np.ndarray, more: int) -> Days:
    return np.where(weeks < 450, _day(start, np.minimum(weeks, 450), more), _NAT)


def draw_youth(plan: SimulationPlan, first: int, count: int) -> pd.DataFrame:
    """Descendants, and immigrants who came at 0-12 years, born 1983-1996: marks of the 9th-grade
    exams from 2002, youth education."""
    rng = np.random.default_rng([plan.seed, 4, first])
    persons, position, origin = _common(plan, YOUTH, first, count, rng)
    effects = draw_other_effects(plan).by_analysis
    birth = np.datetime64("1983-01-01") + rng.integers(0, 14 * 365, count).astype("timedelta64[D]")
    descendant, arrival_age = rng.random(count) < 0.6, rng.integers(0, 13, count)
    arrival = np.where(
        descendant,
        _NAT,
        birth + arrival_age * _YEAR + rng.integers(1, 300, count).astype("timedelta64[D]"),
    )
    flags = _origin_flags(persons, origin) | {
        "arrived_7_12": (~descendant & (arrival_age >= 7)).astype(float)
    }
    passed, completed = (
        rng.random(count) < 1 / (1 + np.exp(-_predictor(name, flags) - effects[name][position]))
        for name in ("school_exams", "upper_secondary")
    )
    exam_year = year_of(birth) + 16
    school_ends = (exam_year - 1970).astype("datetime64[Y]").astype(
        "datetime64[D]"
    ) + np.timedelta64(212, "D")
    begins = completed | (rng.random(count) < _DISCONTINUED)
    until = school_ends + np.where(
        completed, 3 * 365 + rng.integers(0, 500, count), rng.integers(100, 500, count)
    ).astype("timedelta64[D]")
    programme = np.where(rng.random(count) < 0.55, "1199", "4080")
    held = completed & (until <= np.datetime64("2016-09-30"))
    youth = persons.assign(
        role="youth",
        birth_date=birth,
        arrival=arrival,
        ie_type=np.where(descendant, 3, 2),
        exam_year=np.where(exam_year >= 2002, exam_year, np.nan),
        marks=_where(exam_year >= 2002, _marks(passed, rng)),
        study=_where(begins, programme),
        study_from=np.where(begins, school_ends, _NAT),
        study_until=np.where(begins, until, _NAT),
        study_completed=held,
        education=np.where(held, programme, "0900"),
        education_date=np.where(held, until, school_ends),
        true_event1=passed.astype(int),
        true_event2=completed.astype(int),
    )
    grown = add_working_life(youth, rng)
    # Work comes after the education.
    free = np.where(begins, until + np.timedelta64(30, "D"), np.datetime64("1990-01-01"))
    starts = np.maximum(grown["job1_start"].to_numpy().astype("datetime64[D]"), free)
    ends = grown["job1_end"].to_numpy().astype("datetime64[D]")
    works = ~np.isnat(starts) & (starts < ends)
    return grown.assign(
        job1_start=np.where(works, starts, _NAT), job1_end=np.where(works, ends, _NAT), on_benefit=False,
        in_dream=rng.random(count) < 0.9,
    )  # fmt: skip


def _marks(passed: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Marks of the compulsory and drawn exams, with commas: their mean is 2 or higher for who
    passed and below for who did not; three in a hundred were absent or ill from one (87, 89)."""
    n = len(passed)
    good = rng.choice([2, 4, 7, 10, 12], (n, EXAMS), p=[0.28, 0.30, 0.25, 0.12, 0.05])
    poor = rng.choice([-3, 0, 2], (n, EXAMS), p=[0.15, 0.45, 0.40])
    # One mark below 2 at least, among those that are not replaced below.
    poor[:, 0] = np.minimum(poor[:, 0], 0)
    marks = np.where(passed[:, None], good, poor).astype(str)
    absent = rng.random(n) < 0.03
    marks[absent, EXAMS - 1] = np.where(rng.random(absent.sum()) < 0.5, "87", "89")
    return np.array([",".join(row) for row in marks], dtype=object)
