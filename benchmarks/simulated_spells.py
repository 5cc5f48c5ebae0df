"""Spells of a simulated country without Spark, from the simulator's own functions, with the
covariates the main analysis uses."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.in_memory import SpellsInMemory, lay_out_spells
from kommunebench.settings import load_analysis
from kommunebench.simulation.calendar_days import year_of
from kommunebench.simulation.country import Country
from kommunebench.simulation.lives import (
    HORIZON,
    draw_lives,
    fixed_predictor,
    last_followed_week,
    start_monday,
    start_predictor,
)
from kommunebench.simulation.people import AGE_GROUPS, Newcomers, child_counts, draw_newcomers
from kommunebench.simulation.plan import plan_country

INDEPENDENT_SD = 0.12
LAST_START = np.datetime64("2015-12-31")


@dataclass(frozen=True, slots=True)
class SimulatedSpells:
    """``table``: a row per spell (person, unit, sex, duration, event, outcome, follow_up and the
    main analysis' covariates; the week since ``origin_monday`` in which it begins, and whether it
    ends in education)."""

    table: pd.DataFrame
    country: Country
    people: Newcomers

    def laid_out(self, *, unit_effects: bool = False) -> SpellsInMemory:
        """The spells in the library's blocks, under the main analysis' model."""
        columns = spell_columns(
            self.table,
            unit="unit",
            duration="duration",
            event="event",
            person="person",
            group="sex",
            follow_up="follow_up",
            horizon=HORIZON,
        )
        return lay_out_spells(self.table, columns, main_specs(), unit_effects=unit_effects)


def draw_spells(seed: int, persons: int | None, effects: str) -> SimulatedSpells:
    """Spells of a country with so many newcomers (None: those of scale 1), as they are before
    registers are written from them.

    ``effects``: report, none, or ``independent``: of whom a municipality received.
    """
    plan = plan_country(1.0, seed, 0.0, "report" if effects == "report" else "none")
    if effects == "independent":
        drawn = np.random.default_rng([seed, 6]).normal(0.0, INDEPENDENT_SD, len(plan.country.code))
        plan = replace(plan, country=replace(plan.country, effect=drawn))
    rng = np.random.default_rng([seed, 5])
    people = draw_newcomers(persons or plan.newcomers, plan.country, plan.codes, rng, seed=seed)
    lives = draw_lives(people, plan.country, rng)
    monday = start_monday(lives)
    who, spell_order = np.nonzero((lives.spell_start >= 0) & (monday <= LAST_START))
    begin, end, event = (
        a[who, spell_order] for a in (lives.spell_start, lives.spell_end, lives.spell_event)
    )
    gone = (
        lives.death_week,
        lives.left_week,
        lives.study_week,
        lives.maternity_week,
        lives.pension_week,
    )
    left = np.minimum.reduce(gone)[who] <= end
    start_day = np.maximum(monday[who, spell_order], lives.origin_date[who])
    without = replace(plan.country, effect=np.zeros(len(plan.country.code)))
    predictor = fixed_predictor(people, without)[who] + start_predictor(
        people.sex[who], plan.country, start_day, begin
    )
    table = covariates(people, plan.country).iloc[who].reset_index(drop=True)
    table = table.assign(
        person=who,
        unit=plan.country.code[people.place[who]],
        sex=np.where(people.sex[who] == 1, "men", "women"),
        refugee=people.is_refugee[who],
        duration=np.maximum(end - begin, 1),
        event=event.astype(int),
        outcome=np.where(event, "success", np.where(left, "left", "unfinished")),
        follow_up=np.minimum(HORIZON, last_followed_week(lives.origin_monday))[who] - begin,
        start_year=year_of(start_day).astype(str),
        weeks_since_permit=begin.astype(float),
        true_predictor=predictor,
        begin=begin,
        origin_monday=lives.origin_monday[who],
        studies=lives.study_week[who] == end,
    )
    return SimulatedSpells(table, plan.country, people)


_MARKET = {
    "local_unemployment_percent": "unemployment",
    "local_jobs_per_18_64": "jobs",
    "local_jobs_skilled": "skilled",
}


def covariates(people: Newcomers, country: Country) -> pd.DataFrame:
    """One row per person, columns as the analysis names them; the local labour market is that of
    the selection year."""
    year = year_of(people.selection)
    market = {
        column: country.market(figure, year, people.place) for column, figure in _MARKET.items()
    }
    return pd.DataFrame(
        {
            "permit_year": np.maximum(year_of(people.permit), 2008).astype(str),
            "age_group": np.array(AGE_GROUPS)[people.age_group],
            "match_group": people.match_group,
            "danish_education": people.danish_course,
            "residence_basis": people.basis,
            "origin": people.origin,
            "family_type": people.family_type,
            "danish_partner": people.danish_partner,
            "gp_contacts": people.gp_class,
            **market,
            **people.flags,
            **child_counts(people),
        }
    )


def main_specs() -> tuple[CovariateSpec, ...]:
    """The covariates of the main analysis, as its settings have them."""
    chosen = load_analysis("integration_employment").model.covariates
    return tuple(
        CovariateSpec(c.column, c.kind, c.column if c.prefix is None else c.prefix, c.reference)
        for c in chosen
    )
