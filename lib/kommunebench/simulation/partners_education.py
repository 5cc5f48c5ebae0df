"""The education of partners who immigrated: those who came as children and were 20 to 29 years old
in 2012 are among the persons that the fact sheet's second analysis compares."""

import numpy as np
import pandas as pd

from kommunebench.simulation.calendar_days import year_of
from kommunebench.simulation.country import Floats
from kommunebench.simulation.kept import kept_or_none
from kommunebench.simulation.other_truth import (
    draw_held_educations,
    draw_other_effects,
    origin_values,
    predictor,
    urban_share,
)
from kommunebench.simulation.plan import SimulationPlan
from kommunebench.simulation.youth import REFERENCE

_ANALYSIS = "upper_secondary"
_LEVELS = ("upper", "higher")
_NAT, _YEAR = np.datetime64("NaT"), np.timedelta64(365, "D")


def with_education(
    plan: SimulationPlan, partners: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """The partners with the highest education of those from abroad: upper secondary or more by the
    second analysis' logistic model of young people whose parents are not known, completed at 19 to
    22 years, else less. What was completed before the arrival was brought along."""
    immigrated = partners["ie_type"].to_numpy() == 2
    birth, arrival = (
        partners[name].to_numpy().astype("datetime64[D]") for name in ("birth_date", "arrival")
    )
    count = len(partners)
    completed = rng.random(count) < 1 / (1 + np.exp(-_log_odds(plan, partners, birth, arrival)))
    held_with, held_without = draw_held_educations(count, rng)
    until = birth + (19 + rng.integers(0, 4, count)) * _YEAR
    until = np.where(birth <= REFERENCE - 20 * _YEAR, np.minimum(until, REFERENCE), until)
    date = np.where(completed, until, birth + 16 * _YEAR)
    brought = rng.choice(["3", "17"], count)
    return partners.assign(
        education=kept_or_none(immigrated, np.where(completed, held_with, held_without)),
        education_date=np.where(immigrated, date, _NAT),
        education_source=kept_or_none(immigrated, np.where(date < arrival, brought, "15")),
    )


def _log_odds(
    plan: SimulationPlan, partners: pd.DataFrame, birth: np.ndarray, arrival: np.ndarray
) -> Floats:
    """Of the partners (n,), as the analysis measures them in the year they turned 15."""
    terms_of_code = {code: origin for origin, code in plan.codes.items()}
    origin = partners["country_code"].map(terms_of_code).fillna("").to_numpy(str)
    december = (year_of(birth) + 16 - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    years = (december - arrival).astype(float) / 365.2425
    home = partners["first_place"].where(partners["place_until"].notna(), partners["place"])
    place = pd.Index(plan.country.code).get_indexer(pd.Index(home))
    zeros, ones = np.zeros(len(partners)), np.ones(len(partners))
    values = {
        **origin_values(partners["sex"].to_numpy(), origin),
        **{f"{parent}_none": ones for parent in ("mother", "father")},
        **{f"{parent}_{level}": zeros for parent in ("mother", "father") for level in _LEVELS},
        "mother_mental_illness": zeros,
        "mental_illness": zeros,
        "years_0_5": (years < 6).astype(float),
        "years_6_10": ((years >= 6) & (years < 11)).astype(float),
        "years_11_plus": (years >= 11).astype(float),
        "urban_share": urban_share(plan)[place],
        "age_years_above_20": np.clip(2012 - year_of(birth) - 20, 0, 9).astype(float),
    }
    return predictor(_ANALYSIS, values) + draw_other_effects(plan).by_analysis[_ANALYSIS][place]
