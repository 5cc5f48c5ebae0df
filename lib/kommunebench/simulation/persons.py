"""Blocks of newcomers and of persons just outside the population, with the households around
them."""

from typing import Any

import numpy as np
import pandas as pd

from kommunebench.simulation.calendar_days import Days
from kommunebench.simulation.households import draw_children, draw_partners
from kommunebench.simulation.identities import (
    PARTNER_SLOT,
    SECOND_SLOT,
    newcomer_numbers,
    person_ids,
)
from kommunebench.simulation.kept import kept_or_none
from kommunebench.simulation.latent import CONDITIONS, DATE_COLUMNS
from kommunebench.simulation.lives import MAX_SPELLS, NEVER, Lives, Weeks, draw_lives
from kommunebench.simulation.partners_education import with_education
from kommunebench.simulation.people import Newcomers, draw_newcomers
from kommunebench.simulation.plan import SimulationPlan
from kommunebench.simulation.side_jobs import JOB_SLOTS

BLOCK = 2000
OUTSIDER_SHARE = 0.25
# A person can be given a new number (registers, section 1).
RENUMBERED_SHARE = 1 / 2000
_NAT = np.datetime64("NaT")
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


def draw_block(plan: SimulationPlan, block: int) -> list[pd.DataFrame]:
    """All persons of a block, in frames of different columns: newcomers with partners and children,
    and the outsiders in proportion."""
    rng = np.random.default_rng([plan.seed, 1, block])
    n_newcomers = min(BLOCK, plan.newcomers - block * BLOCK)
    outsiders = round(n_newcomers * OUTSIDER_SHARE)
    width = BLOCK + round(BLOCK * OUTSIDER_SHARE)
    parts: list[pd.DataFrame] = []
    for role, count, first, offset in (
        ("newcomer", n_newcomers, block * BLOCK, 0),
        ("outsider", outsiders, 7 * block * BLOCK, n_newcomers),
    ):
        people = draw_newcomers(count, plan.country, plan.codes, rng, first=first, seed=plan.seed)
        lives = draw_lives(people, plan.country, rng)
        numbers = newcomer_numbers(block * width + offset, count)
        frame = newcomer_frame(plan, people, lives, numbers, role=role, rng=rng)
        if role == "outsider":
            frame = _push_outside(plan, frame, rng)
        parts += [
            frame,
            # A stream of its own: it moves no other draw.
            with_education(plan, draw_partners(frame, rng), rng.spawn(1)[0]),
            draw_children(frame, people.child_births, numbers, plan.seed, rng),
        ]
    return parts


def _weeks_later(lives: Lives, week: Weeks, day: int = 0) -> Days:
    """Day of an event in a week since the origin; NaT where it never comes."""
    happens = week < 600
    return np.where(
        happens,
        lives.origin_monday + (7 * np.where(happens, week, 0) + day).astype("timedelta64[D]"),
        _NAT,
    )


def newcomer_frame(
    plan: SimulationPlan,
    people: Newcomers,
    lives: Lives,
    numbers: np.ndarray,
    *,
    role: str,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The columns of newcomers in a role, from who they are and what happens to them."""
    codes, n = plan.country.code, len(numbers)
    permit = np.array([_PERMIT_CODES[basis] for basis in people.basis])
    other = rng.choice(len(codes), n, p=plan.country.weight)
    moved_to = np.where(other == people.place, (other + 1) % len(codes), other)
    with_partner = people.family_type != "single"
    identifier = person_ids(numbers, plan.seed)
    renumbered = rng.random(n) < RENUMBERED_SHARE
    match = np.where(rng.random(n) < 0.5, "2", "3")
    job_ready = people.on_benefit & (people.match_group == "other")
    columns: dict[str, Any] = {
        "person_id": identifier,
        "second_id": kept_or_none(renumbered, person_ids(numbers + SECOND_SLOT, plan.seed)),
        "renumbered": np.where(renumbered, lives.origin_monday + np.timedelta64(400, "D"), _NAT),
        "role": role,
        "outside": "",
        "sex": people.sex,
        "birth_date": people.birth,
        "country_code": people.country_code,
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
        "partner_id": kept_or_none(with_partner, person_ids(numbers + PARTNER_SLOT, plan.seed)),
        "danish_partner": people.danish_partner,
        "death_date": _weeks_later(lives, lives.death_week, 3),
        "left_date": _weeks_later(lives, lives.left_week, 2),
        "back_date": _weeks_later(lives, lives.back_week, 2),
        "first_place": codes[moved_to],
        "place_until": _weeks_later(
            lives, np.where(lives.place_weeks > 0, lives.place_weeks, NEVER)
        ),
        "place": codes[people.place],
        "move_date": _weeks_later(lives, lives.move_week),
        "moved_to": codes[moved_to],
        "course": kept_or_none(people.danish_course != "unknown", people.danish_course),
        "match_group": np.where(
            people.match_group == "2_3", match, kept_or_none(job_ready, np.full(n, "1", object))
        ),
        "origin_day": lives.origin_date,
        "origin_monday": lives.origin_monday,
        "on_benefit": people.on_benefit,
        "benefit": "integration",
        "in_bef": True,
        "in_dream": people.in_dream,
        "study_from": _weeks_later(lives, lives.study_week),
        "maternity_from": _weeks_later(lives, lives.maternity_week),
        "pension_from": _weeks_later(lives, lives.pension_week),
        "gp_contacts": people.gp_contacts,
        "job4_subsidised": lives.jobs.subsidised,
        **{name: people.flags[name] for name in CONDITIONS},
    }
    for k in range(JOB_SLOTS):
        columns |= {
            f"job{k + 1}_start": lives.jobs.start[:, k],
            f"job{k + 1}_end": lives.jobs.end[:, k],
            f"job{k + 1}_hours": lives.jobs.hours[:, k],
        }
    for k in range(MAX_SPELLS):
        columns |= {
            f"true_start{k + 1}": lives.spell_start[:, k],
            f"true_end{k + 1}": lives.spell_end[:, k],
            f"true_event{k + 1}": lives.spell_event[:, k].astype(int),
        }
    return pd.DataFrame(columns)


def _push_outside(
    plan: SimulationPlan, frame: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Give every outsider the one thing that keeps them out of the population."""
    shares = np.array(list(OUTSIDE.values()))
    kind = rng.choice(list(OUTSIDE), len(frame), p=shares / shares.sum())
    frame["outside"] = kind
    for name, codes in _PERMIT_CODES.items():
        if name in OUTSIDE:
            frame.loc[kind == name, ["category", "ground", "explanation"]] = codes
    year = pd.to_datetime(frame["arrival"]).dt.year
    for name, to in (("early", year - 8), ("late", pd.Series(2016, frame.index))):
        of_kind = kind == name
        shift = ((to - year)[of_kind].to_numpy(float) * 365.2425).round().astype("timedelta64[D]")
        # The whole life is moved, so that nothing in it comes out of order.
        for column in (c for c in DATE_COLUMNS if c in frame):
            frame.loc[of_kind, column] = (
                frame.loc[of_kind, column].to_numpy().astype("datetime64[D]") + shift
            )
    for name, years in (("young", 16), ("old", 67), ("child", 8)):
        of_kind = kind == name
        frame.loc[of_kind, "birth_date"] = frame.loc[of_kind, "selection_date"] - np.timedelta64(
            round(years * 365.2425) + 40, "D"
        )
        if name != "old":
            _live_alone(frame, of_kind)
    western = kind == "western"
    frame.loc[western, "country_code"] = rng.choice(
        np.array(plan.western_codes, np.int32), int(western.sum())
    )
    frame.loc[kind == "not_in_bef", "in_bef"] = False
    frame.loc[kind == "no_arrival", "arrival"] = _NAT
    return frame


def _live_alone(frame: pd.DataFrame, minors: np.ndarray) -> None:
    """Minors have no partner, job, benefit or pension."""
    frame.loc[minors, ["partner_id", "course", "match_group"]] = None
    frame.loc[minors, ["on_benefit", "in_dream", "danish_partner", "job4_subsidised"]] = False
    frame.loc[minors, "family_code"] = _FAMILY_CODES["single"]
    dates = [
        c
        for c in DATE_COLUMNS
        if c.startswith("job") or c in ("maternity_from", "pension_from", "study_from")
    ]
    frame.loc[minors, dates] = _NAT
