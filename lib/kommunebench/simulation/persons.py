"""The latent table: everybody who stands in a register, one row each, in blocks of newcomers drawn independently of one another."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kommunebench.simulation.country import Country
from kommunebench.simulation.lives import MAX_SPELLS, Lives, draw_lives
from kommunebench.simulation.people import MAX_CHILDREN, Days, Newcomers, draw_newcomers

BLOCK = 2000
# Identities of a newcomer and of the household around them: partner, children, a second number.
_SLOTS = 8
PARTNER_SLOT, CHILD_SLOT, SECOND_ID_SLOT = 1, 2, 7
OUTSIDER_SHARE = 0.25
_NAT = np.datetime64("NaT")

DATE_COLUMNS = (
    "birth_date",
    "arrival",
    "permit_date",
    "selection_date",
    "death_date",
    "left_date",
    "back_date",
    "place_until",
    "move_date",
    "origin_monday",
    "study_from",
    "maternity_from",
    "pension_from",
    *(f"job{k}_start" for k in range(1, 5)),
    *(f"job{k}_end" for k in range(1, 5)),
)
CONDITIONS = (
    "specialist",
    "hospital_4_days_plus",
    "mental_illness",
    "musculoskeletal",
    "cardiovascular",
    "nervous_system",
    "nutritional",
    "pain",
    "eye",
    "dentist",
)
# Reasons to stand outside the population, each with its share of the outsiders.
OUTSIDE = {
    "worker": 0.25,
    "student": 0.20,
    "eu_citizen": 0.20,
    "humanitarian": 0.02,
    "child": 0.10,
    "early": 0.08,
    "late": 0.05,
    "young": 0.02,
    "old": 0.02,
    "western": 0.03,
    "unmapped": 0.01,
    "not_in_bef": 0.01,
    "no_arrival": 0.01,
}
_PERMIT_CODES = {
    "refugee_convention": (1, 901, 0),
    "refugee_b_status": (1, 902, 0),
    "refugee_temporary": (1, 903, 0),
    "refugee_quota": (1, 904, 0),
    "family_refugee": (5, 951, 1),
    "family_danish_nordic": (5, 951, 2),
    "family_foreigner": (5, 951, 3),
    "worker": (3, 310, 1),
    "student": (6, 610, 1),
    "eu_citizen": (4, 410, 1),
    "humanitarian": (1, 905, 0),
    "child": (5, 952, 1),
    "unmapped": (2, 777, 9),
}
_FAMILY_CODES = {"married": 1, "cohabiting": 4, "single": 5}


@dataclass(frozen=True, slots=True)
class SimulationPlan:
    """What every block needs to know. ``levels``: baseline hazards of men and women; ``codes``: a country code by origin term."""

    country: Country
    codes: dict[str, int]
    western_codes: tuple[int, ...]
    levels: tuple[float, float]
    seed: int
    newcomers: int
    background: int


def person_ids(index: np.ndarray, seed: int) -> np.ndarray:
    """Twelve digits each, different for different numbers, the same in every register (multiplication modulo 10^12 by a unit)."""
    number = (index.astype(object) * 387_420_489 + seed * 7_919_191 + 104_729) % 10**12
    return np.array([f"{value:012d}" for value in number], dtype=object)


def draw_block(plan: SimulationPlan, block: int) -> pd.DataFrame:
    """All persons of a block: newcomers with partners and children, and the outsiders in proportion."""
    rng = np.random.default_rng([plan.seed, 1, block])
    own = min(BLOCK, plan.newcomers - block * BLOCK)
    outsiders = round(own * OUTSIDER_SHARE)
    people = draw_newcomers(own + outsiders, plan.country, plan.codes, rng)
    lives = draw_lives(people, plan.country, plan.levels, rng)
    base = (block * (BLOCK + round(BLOCK * OUTSIDER_SHARE)) + np.arange(own + outsiders)) * _SLOTS
    role = np.where(np.arange(own + outsiders) < own, "newcomer", "outsider")
    frame = _newcomer_frame(plan, people, lives, base, role, rng)
    frame = _push_outside(plan, frame, rng)
    household = [_partners(frame, rng), _children(frame, people, base, plan.seed, rng)]
    return pd.concat([frame, *household], ignore_index=True).drop(columns=["base"])


def _weeks_later(lives: Lives, week: np.ndarray, day: int = 0) -> Days:
    """Day of an event in a week since the origin; NaT where it never comes."""
    happens = week < 600
    return np.where(happens, lives.origin_monday + (7 * np.where(happens, week, 0) + day).astype("timedelta64[D]"), _NAT)


def _where(kept: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The values where kept, None elsewhere."""
    result = np.full(len(values), None, dtype=object)
    result[kept] = values[kept]
    return result


def _newcomer_frame(
    plan: SimulationPlan, people: Newcomers, lives: Lives, base: np.ndarray, role: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    codes, n = plan.country.code, len(base)
    permit = np.array([_PERMIT_CODES[basis] for basis in people.basis])
    other = rng.choice(len(codes), n, p=plan.country.weight)
    moved_to = np.where(other == people.place, (other + 1) % len(codes), other)
    with_partner = people.family_type != "single"
    identifier = person_ids(base, plan.seed)
    frame = pd.DataFrame(
        {
            "base": base,
            "person_id": identifier,
            "role": role,
            "outside": "",
            "sex": people.sex,
            "birth_date": people.birth,
            "country_code": people.country_code.astype("int64"),
            "ie_type": 2,
            "arrival": people.arrival,
            "permit_date": people.permit,
            "selection_date": people.selection,
            "category": permit[:, 0],
            "ground": permit[:, 1],
            "explanation": permit[:, 2],
            "family_id": identifier,
            "family_position": 1,
            "family_code": [_FAMILY_CODES[t] for t in people.family_type],
            "partner_id": _where(with_partner, person_ids(base + PARTNER_SLOT, plan.seed)),
            "danish_partner": people.danish_partner,
            "death_date": _weeks_later(lives, lives.death_week, 3),
            "left_date": _weeks_later(lives, lives.left_week, 2),
            "back_date": _weeks_later(lives, lives.back_week, 2),
            "first_place": codes[moved_to],
            "place_until": _weeks_later(lives, np.where(lives.place_weeks > 0, lives.place_weeks, 9999)),
            "place": codes[people.place],
            "move_date": _weeks_later(lives, lives.move_week),
            "moved_to": codes[moved_to],
            "course": _where(people.danish_course != "unknown", people.danish_course),
            "match_group": _where(people.match_group == "2_3", np.where(rng.random(n) < 0.5, "2", "3")),
            "origin_monday": lives.origin_monday,
            "on_benefit": lives.on_benefit,
            "in_bef": True,
            "in_dream": lives.on_benefit | (rng.random(n) < 0.6),
            "study_from": _weeks_later(lives, lives.study_week),
            "maternity_from": _weeks_later(lives, lives.maternity_week),
            "pension_from": _weeks_later(lives, lives.pension_week),
            "gp_contacts": people.gp_contacts,
            **{name: people.flags[name] for name in CONDITIONS},
            **{f"job{k + 1}_start": lives.job_start[:, k] for k in range(4)},
            **{f"job{k + 1}_end": lives.job_end[:, k] for k in range(4)},
            **{f"job{k + 1}_hours": lives.job_hours[:, k] for k in range(4)},
            **{f"true_start{k + 1}": lives.spell_start[:, k] for k in range(MAX_SPELLS)},
            **{f"true_end{k + 1}": lives.spell_end[:, k] for k in range(MAX_SPELLS)},
            **{f"true_event{k + 1}": lives.spell_event[:, k].astype(int) for k in range(MAX_SPELLS)},
        }
    )
    frame.loc[frame["match_group"].isna() & frame["on_benefit"], "match_group"] = "1"
    return frame


def _push_outside(plan: SimulationPlan, frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Give every outsider the one thing that keeps them out of the population."""
    rows = np.flatnonzero(frame["role"] == "outsider")
    shares = np.array(list(OUTSIDE.values()))
    kind = rng.choice(list(OUTSIDE), len(rows), p=shares / shares.sum())
    frame.loc[rows, "outside"] = kind
    for name, codes in _PERMIT_CODES.items():
        own = rows[kind == name]
        if len(own) and name in OUTSIDE:
            frame.loc[own, ["category", "ground", "explanation"]] = codes
    dates = [column for column in DATE_COLUMNS if column != "birth_date"]
    year = pd.to_datetime(frame["arrival"]).dt.year
    for name, to in (("early", year - 8), ("late", pd.Series(2016, frame.index))):
        own = rows[kind == name]
        shift = ((to - year).loc[own].to_numpy(float) * 365.2425).round().astype("timedelta64[D]")
        for column in dates:
            frame.loc[own, column] = frame.loc[own, column].to_numpy().astype("datetime64[D]") + shift
    for name, years in (("young", 16), ("old", 67), ("child", 8)):
        own = rows[kind == name]
        frame.loc[own, "birth_date"] = frame.loc[own, "selection_date"] - np.timedelta64(round(years * 365.2425) + 40, "D")
    western = rows[kind == "western"]
    frame.loc[western, "country_code"] = rng.choice(np.array(plan.western_codes, "int64"), len(western))
    frame.loc[rows[kind == "not_in_bef"], "in_bef"] = False
    frame.loc[rows[kind == "no_arrival"], "arrival"] = _NAT
    return frame


def _household(frame: pd.DataFrame, identifiers: np.ndarray, **columns: Any) -> pd.DataFrame:
    """Household members of the given persons: they live where they live, and have no permit, job or benefit of their own."""
    kept = [
        "birth_date",
        "country_code",
        "family_id",
        "family_code",
        "first_place",
        "place_until",
        "place",
        "move_date",
        "moved_to",
        "left_date",
        "back_date",
        "selection_date",
    ]
    members = frame[kept].assign(
        person_id=identifiers, outside="", on_benefit=False, in_dream=False, gp_contacts=0, in_bef=True
    )
    return members.assign(**columns)


def _partners(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    own = frame[frame["partner_id"].notna()]
    danish = own["danish_partner"].to_numpy(bool)
    years = rng.integers(-5 * 365, 5 * 365, len(own)).astype("timedelta64[D]")
    birth = (own["birth_date"].to_numpy().astype("datetime64[D]") + years).astype("datetime64[D]")
    return _household(
        own,
        own["partner_id"].to_numpy(),
        role="partner",
        sex=3 - own["sex"].to_numpy(),
        birth_date=birth,
        family_position=2,
        country_code=np.where(danish, 5100, own["country_code"]),
        ie_type=np.where(danish, 1, 2),
        partner_id=own["person_id"].to_numpy(),
        arrival=np.where(danish, _NAT, np.datetime64("2001-05-14")),
    )


def _children(frame: pd.DataFrame, people: Newcomers, base: np.ndarray, seed: int, rng: np.random.Generator) -> pd.DataFrame:
    parts = []
    for k in range(MAX_CHILDREN):
        rows = np.flatnonzero(~np.isnat(people.child_births[:, k]))
        own = frame.iloc[rows]
        parts.append(
            _household(
                own,
                person_ids(base[rows] + CHILD_SLOT + k, seed),
                role="child",
                sex=rng.integers(1, 3, len(rows)),
                birth_date=people.child_births[rows, k],
                family_position=3,
                ie_type=2,
                arrival=own["arrival"].to_numpy(),
            )
        )
    return pd.concat(parts, ignore_index=True)


def draw_background(plan: SimulationPlan, block: int) -> pd.DataFrame:
    """Residents who have nothing to do with the analysis: they make reading cost what it costs."""
    rng = np.random.default_rng([plan.seed, 2, block])
    n = min(BLOCK, plan.background - block * BLOCK)
    index = -1 - (block * BLOCK + np.arange(n))
    birth = np.datetime64("2016-01-01") - rng.integers(0, 95 * 365, n).astype("timedelta64[D]")
    place = plan.country.code[rng.choice(len(plan.country.code), n, p=plan.country.weight)]
    identifier = person_ids(index, plan.seed)
    start = np.datetime64("2008-01-07") + rng.integers(0, 2500, n).astype("timedelta64[D]")
    adult = (birth < np.datetime64("1990-01-01")) & (birth > np.datetime64("1950-01-01"))
    works = adult & (rng.random(n) < 0.6)
    end = np.minimum(start + rng.integers(60, 1500, n).astype("timedelta64[D]"), np.datetime64("2016-12-31"))
    return pd.DataFrame(
        {
            "person_id": identifier,
            "role": "background",
            "outside": "",
            "sex": rng.integers(1, 3, n),
            "birth_date": birth,
            "country_code": 5100,
            "ie_type": 1,
            "family_id": identifier,
            "family_position": 1,
            "family_code": 5,
            "partner_id": None,
            "place": place,
            "first_place": place,
            "moved_to": place,
            "in_bef": True,
            "in_dream": adult & (rng.random(n) < 0.8),
            "on_benefit": rng.random(n) < 0.15,
            "gp_contacts": np.where(rng.random(n) < 0.1, 40, 0),
            "job1_start": np.where(works, start, _NAT),
            "job1_end": np.where(works, end, _NAT),
            "job1_hours": 37.0,
            "origin_monday": np.datetime64("2008-01-07"),
            "selection_date": np.datetime64("2012-06-01"),
        }
    )
