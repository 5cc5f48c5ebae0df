"""Families of the young people: how many children they have, when they came, what the parents
learned, and which parents the registers do not have."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kommunebench.simulation.calendar_days import Days, year_of
from kommunebench.simulation.country import Floats, Texts
from kommunebench.simulation.identities import numbers_of_kind, person_ids
from kommunebench.simulation.kept import kept_or_none
from kommunebench.simulation.other_truth import (
    EDUCATION_LEVELS,
    draw_origins,
    municipality_shares,
)
from kommunebench.simulation.people import Flags
from kommunebench.simulation.plan import SimulationPlan

MOTHER, FATHER = 3, 4
_NAT = np.datetime64("NaT")
_YEAR = np.timedelta64(365, "D")
_NEVER = np.datetime64("2100-01-01")
# Births of the first child: a part in the years whose pupils sit the exams of 2008 to 2012.
_RECENT, _RECENT_FROM, _OLDER_FROM = 0.48, np.datetime64("1992-01-01"), np.datetime64("1982-10-01")
_RECENT_DAYS, _OLDER_DAYS = 4 * 365 + 300, 3_350
_EDUCATIONS = {
    "": 0.30,
    "0900": 0.25,
    "4080": 0.20,
    "1199": 0.08,
    "5199": 0.05,
    "5290": 0.07,
    "7390": 0.05,
}
_NO_ID = {MOTHER: 0.03, FATHER: 0.10}
_NOBODY, _LEFT, _DEAD, _NOT_IN_UDDA = 0.01, 0.04, 0.02, 0.03
_MENTAL_ILLNESS, _OTHER_ILLNESS = 0.12, 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The mothers, or the fathers, of the families (F,). ``id``: as the children's register has it,
    None where it has none; ``is_there``: whether the person exists; absent from ``gone`` on."""

    id: NDArray[np.object_]
    is_there: Flags
    birth: Days
    arrival: Days
    gone: Days
    dies: Flags
    education: Texts
    in_udda: Flags
    mental_illness: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """Families (F,) and their children (n,). ``of_child``: family of each child; ``child_place``:
    municipality by position; ``child_arrival``: NaT for who was born here."""

    of_child: NDArray[np.intp]
    origin: Texts
    child_place: NDArray[np.intp]
    child_birth: Days
    child_arrival: Days
    mother: Parent
    father: Parent

    @property
    def mother_id(self) -> NDArray[np.object_]:
        """The mother's identity (F,), None where the register has none."""
        return self.mother.id

    @property
    def father_id(self) -> NDArray[np.object_]:
        """The father's identity (F,), None where the register has none."""
        return self.father.id


def draw_families(
    plan: SimulationPlan, first: int, count: int, rng: np.random.Generator
) -> Families:
    """Families of ``count`` children, of one, two or three each, numbered by their first child."""
    of_child = np.repeat(np.arange(count), rng.choice([1, 2, 3], count, p=[0.4, 0.4, 0.2]))[:count]
    starts = np.flatnonzero(np.diff(of_child, prepend=-1))
    number_of_child = np.arange(count) - starts[of_child]
    families = len(starts)
    recent = rng.random(families) < _RECENT
    eldest = np.where(
        recent,
        _RECENT_FROM + rng.integers(0, _RECENT_DAYS, families).astype("timedelta64[D]"),
        _OLDER_FROM + rng.integers(0, _OLDER_DAYS, families).astype("timedelta64[D]"),
    )
    gap = rng.integers(400, 1100, count) * number_of_child
    birth = np.minimum(eldest[of_child] + gap.astype("timedelta64[D]"), np.datetime64("1996-12-28"))
    # Most families came before their first child; the others with children of up to twelve years,
    # a few with older ones.
    before = rng.random(families) < 0.55
    came = eldest + np.where(
        before, -rng.integers(200, 15 * 365, families), rng.integers(100, 14 * 365, families)
    ).astype("timedelta64[D]")
    came = np.minimum(came, np.datetime64("2006-06-30"))
    arrived = came[of_child]
    place = rng.choice(len(plan.country.code), families, p=municipality_shares(plan))
    return Families(
        of_child=of_child,
        origin=draw_origins(families, rng),
        child_place=place[of_child],
        child_birth=birth,
        child_arrival=np.where(birth < arrived, arrived, _NAT),
        mother=_draw_parent(plan, MOTHER, first + starts, eldest=eldest, came=came, rng=rng),
        father=_draw_parent(plan, FATHER, first + starts, eldest=eldest, came=came, rng=rng),
    )


def _draw_parent(
    plan: SimulationPlan,
    kind: int,
    position: NDArray[np.intp],
    *,
    eldest: Days,
    came: Days,
    rng: np.random.Generator,
) -> Parent:
    """The mothers, or fathers, of families whose eldest child and arrival are given."""
    count = len(position)
    identifier = person_ids(numbers_of_kind(kind, position), plan.seed)
    without, nobody = rng.random(count) < _NO_ID[kind], rng.random(count) < _NOBODY
    birth = eldest - rng.integers(19 * 365, 38 * 365, count).astype("timedelta64[D]")
    leaves, dies = rng.random(count) < _LEFT, rng.random(count) < _DEAD
    day = np.datetime64("1998-01-01") + rng.integers(0, 17 * 365, count).astype("timedelta64[D]")
    gone = np.where((leaves | dies) & (day > came + _YEAR), day, _NEVER)
    return Parent(
        id=kept_or_none(~without, identifier),
        is_there=~without & ~nobody,
        birth=birth,
        arrival=came,
        gone=gone,
        dies=dies & ~leaves,
        education=rng.choice(list(_EDUCATIONS), count, p=list(_EDUCATIONS.values())),
        in_udda=rng.random(count) >= _NOT_IN_UDDA,
        mental_illness=rng.random(count) < _MENTAL_ILLNESS,
    )


def parents_values(families: Families, year: NDArray[np.intp]) -> dict[str, Floats]:
    """Terms of the parents for each child (n,), as they are measured in the child's year: a parent
    who is not in the population register in December is not known."""
    values: dict[str, Floats] = {}
    for name, parent in (("mother", families.mother), ("father", families.father)):
        known = _known(parent, families.of_child, year)
        education = np.where(
            known & parent.in_udda[families.of_child], parent.education[families.of_child], ""
        )
        level = np.array([EDUCATION_LEVELS.get(code, 0) for code in education])
        values |= {
            f"{name}_none": (level == 0).astype(float),
            f"{name}_upper": np.isin(level, (20, 30)).astype(float),
            f"{name}_higher": (level >= 40).astype(float),
            f"{name}_mental_illness": (known & parent.mental_illness[families.of_child]).astype(
                float
            ),
        }
    return values


def _known(parent: Parent, of_child: NDArray[np.intp], year: NDArray[np.intp]) -> Flags:
    gone, came = year_of(parent.gone)[of_child], year_of(parent.arrival)[of_child]
    known: Flags = parent.is_there[of_child] & (came <= year) & (gone > year)
    return known


def parents_of(
    plan: SimulationPlan, first: int, families: Families, rng: np.random.Generator
) -> pd.DataFrame:
    """The mothers and fathers who exist, with what the registers hold of them. They have neither
    work nor benefits here: no analysis reads them."""
    eldest = np.flatnonzero(np.diff(families.of_child, prepend=-1))
    place = plan.country.code[families.child_place[eldest]]
    parts = []
    for sex, parent in ((2, families.mother), (1, families.father)):
        there = np.flatnonzero(parent.is_there)
        count = len(there)
        birth, gone = parent.birth[there], parent.gone[there]
        completed = birth + 23 * _YEAR + rng.integers(0, 1500, count).astype("timedelta64[D]")
        # A few completions are dated before the birth.
        completed = np.where(rng.random(count) < 0.0005, birth - _YEAR, completed)
        education = parent.education[there]
        source = np.where(
            completed < parent.arrival[there], rng.choice(["3", "17", "18"], count), "15"
        )
        dies, leaves = parent.dies[there], ~parent.dies[there]
        parts.append(
            pd.DataFrame(
                {
                    "person_id": parent.id[there],
                    "role": "parent",
                    "outside": "",
                    "sex": sex,
                    "birth_date": birth,
                    "arrival": parent.arrival[there],
                    "country_code": [plan.codes[o] for o in families.origin[there]],
                    "ie_type": 2,
                    "family_id": families.mother_id[there],
                    "family_position": 1 if sex == 2 else 2,
                    "family_code": 1,
                    "place": place[there],
                    "first_place": place[there],
                    "moved_to": place[there],
                    "in_bef": True,
                    "in_dream": False,
                    "on_benefit": False,
                    "not_in_udda": ~parent.in_udda[there],
                    "education": kept_or_none(education != "", education),
                    "education_date": np.where(education == "", _NAT, completed),
                    "education_source": source.astype(object),
                    "death_date": np.where(dies & (gone < _NEVER), gone, _NAT),
                    "left_date": np.where(leaves & (gone < _NEVER), gone, _NAT),
                    "selection_date": np.datetime64("2008-01-01"),
                    "gp_contacts": rng.choice(
                        [0, 2, 6, 10, 18], count, p=[0.2, 0.36, 0.24, 0.11, 0.09]
                    ),
                    "mental_illness": parent.mental_illness[there],
                    "musculoskeletal": rng.random(count) < _OTHER_ILLNESS,
                    "cardiovascular": rng.random(count) < _OTHER_ILLNESS,
                    "pain": rng.random(count) < _OTHER_ILLNESS,
                    "dentist": rng.random(count) < 0.4,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
