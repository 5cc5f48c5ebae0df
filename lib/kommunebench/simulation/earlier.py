"""Newcomers of 2007: too early for the main analysis, in the window of the fact sheet's fifth
one."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kommunebench.simulation.calendar_days import year_of
from kommunebench.simulation.identities import newcomer_numbers
from kommunebench.simulation.lives import Lives, draw_lives
from kommunebench.simulation.other_truth import (
    EARLIER,
    EARLIER_LOG_HAZARD,
    draw_other_effects,
    municipality_shares,
)
from kommunebench.simulation.people import Newcomers, draw_newcomers
from kommunebench.simulation.persons import newcomer_frame
from kommunebench.simulation.plan import SimulationPlan

EARLIER_PERSONS = 8_000
_YEAR = 2007
# Their numbers begin far beyond those of the newcomers of the main analysis.
_FIRST_NUMBER = 10**8


@dataclass(frozen=True, slots=True)
class EarlierLives:
    """Who the persons of a block are, what happens to them, and the generator they left."""

    people: Newcomers
    lives: Lives
    rng: np.random.Generator


def draw_earlier(plan: SimulationPlan, first: int, count: int) -> pd.DataFrame:
    """Persons ``first`` … of the newcomers of 2007, as the columns of the latent table."""
    drawn = lives_of_earlier(plan, first, count)
    numbers = newcomer_numbers(_FIRST_NUMBER + first, count)
    return newcomer_frame(plan, drawn.people, drawn.lives, numbers, role="earlier", rng=drawn.rng)


def lives_of_earlier(plan: SimulationPlan, first: int, count: int) -> EarlierLives:
    """The same as they were drawn. They live alone, so that they need no rows of others; in work
    and education they are like later newcomers, with the hazard and the municipalities' effects of
    ``other_truth``."""
    rng = np.random.default_rng([plan.seed, 5, first])
    effect = draw_other_effects(plan).by_analysis[EARLIER] + EARLIER_LOG_HAZARD
    country = replace(plan.country, weight=municipality_shares(plan), effect=effect)
    people = _alone(
        _in_year(draw_newcomers(count, country, plan.codes, rng, first=first, seed=plan.seed))
    )
    return EarlierLives(people, draw_lives(people, country, rng), rng)


def _in_year(people: Newcomers) -> Newcomers:
    """The same persons with their dates moved by whole years, so that they arrive in 2007."""
    years = year_of(people.arrival) - _YEAR
    days = (years * 365.2425).round().astype("timedelta64[D]")
    return replace(
        people,
        arrival=people.arrival - days,
        permit=people.permit - days,
        selection=people.selection - days,
        birth=people.birth - days,
    )


def _alone(people: Newcomers) -> Newcomers:
    count = len(people.sex)
    return replace(
        people,
        family_type=np.full(count, "single"),
        danish_partner=np.zeros(count, bool),
        child_births=np.full(people.child_births.shape, np.datetime64("NaT", "D")),
    )
