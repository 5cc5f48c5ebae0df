"""What the fact sheet's other populations are drawn from: municipality effects and coefficients of
the four analyses beside the refugees' and family-reunified persons', and how the newcomers of 2007
differ from later ones."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kommunebench.simulation.country import Floats
from kommunebench.simulation.plan import SimulationPlan

UP_TO_10, OVER_10 = "immigrants_up_to_10_years", "immigrants_over_10_years"
# Newcomers of 2007, who are in the fact sheet's fifth analysis beside those of the main analysis.
EARLIER = "newcomers_of_2007"
# Log odds of the two shares; log hazard of the two durations, of which a part goes with the main
# analysis: who does well with newcomers does so with other immigrants, less so with those who have
# been here long.
EFFECT_SD = {
    "school_exams": 0.25,
    "upper_secondary": 0.20,
    UP_TO_10: 0.06,
    OVER_10: 0.03,
    EARLIER: 1.4,
}
WITH_MAIN_ANALYSIS = {UP_TO_10: 0.85, OVER_10: 0.2}
# Log hazard of the newcomers of 2007 against later ones alike in everything else. It is what brings
# the fifth analysis' share and spread near the printed ones, which the persons that table 2.1 and
# appendix 6.1 describe cannot have; `python -m benchmarks.factsheet_calibration`.
EARLIER_LOG_HAZARD = -2.5
ORIGINS = {
    "turkey": 0.20,
    "iraq": 0.14,
    "lebanon": 0.12,
    "pakistan": 0.11,
    "somalia": 0.12,
    "iran": 0.08,
    "bosnia_herzegovina": 0.10,
    "afghanistan": 0.08,
    "vietnam": 0.05,
}
_AFRICA, _EUROPE = ("somalia",), ("bosnia_herzegovina",)
# Codes of education are invented, because the official list is an input; `codes/education_levels`
# of the delivery maps them to levels of DISCED-15.
EDUCATION_LEVELS = {
    "0900": 10,
    "0590": 15,
    "1199": 20,
    "2999": 29,
    "4080": 30,
    "5199": 35,
    "5290": 50,
    "6390": 60,
    "7390": 70,
}
# What those hold who completed an upper secondary education, and those who did not: next to basic
# school the traps.
_WITH = {"1199": 0.48, "4080": 0.40, "5290": 0.12}
_WITHOUT = {"0900": 0.84, "5199": 0.08, "0590": 0.04, "2999": 0.04}
TRUE_TERMS: dict[str, dict[str, float]] = {
    "school_exams": {
        "constant": 1.55,
        "women": 0.35,
        "years_0_5": -0.90,
        "years_6_10": -0.45,
        "years_11_plus": -0.20,
        "origin_africa": -0.45,
        "origin_europe": 0.30,
        "mother_none": -0.25,
        "mother_upper": 0.30,
        "mother_higher": 0.75,
        "father_none": -0.15,
        "father_upper": 0.20,
        "father_higher": 0.55,
        "mental_illness": -0.50,
        "mother_mental_illness": -0.40,
        "urban_share": -0.30,
        "age_15_or_less": 0.15,
        "age_17_plus": -0.50,
    },
    "upper_secondary": {
        "constant": 0.05,
        "women": 0.45,
        "years_0_5": -0.80,
        "years_6_10": -0.40,
        "years_11_plus": -0.20,
        "origin_africa": -0.40,
        "origin_europe": 0.30,
        "mother_none": -0.20,
        "mother_upper": 0.30,
        "mother_higher": 0.70,
        "father_none": -0.10,
        "father_upper": 0.25,
        "father_higher": 0.50,
        "mental_illness": -0.80,
        "mother_mental_illness": -0.30,
        "urban_share": -0.20,
        "age_years_above_20": 0.07,
    },
    UP_TO_10: {
        "women": -0.35,
        "age_25_39": -0.10,
        "age_40_64": -0.55,
        "origin_africa": -0.40,
        "origin_europe": 0.25,
        "education_upper_secondary": 0.30,
        "education_higher": 0.45,
    },
    OVER_10: {
        "women": -0.25,
        "age_25_39": -0.20,
        "age_40_64": -0.70,
        "origin_africa": -0.35,
        "origin_europe": 0.15,
        "education_upper_secondary": 0.40,
        "education_higher": 0.55,
    },
}
# Level of the weekly hazard, share of it in the first week, weeks until the level is reached.
BASELINES = {UP_TO_10: (0.0072, 0.5, 26.0), OVER_10: (0.0056, 0.5, 26.0)}
_URBAN_LOW, _URBAN_HIGH, _URBAN_GROWTH = 0.45, 0.99, 0.002
URBAN_YEARS = range(2006, 2013)


@dataclass(frozen=True, slots=True)
class OtherEffects:
    """True effects (K,) of each of the four analyses and of the newcomers of 2007: log odds of the
    shares, log hazard of the durations."""

    by_analysis: dict[str, Floats]


def draw_other_effects(plan: SimulationPlan) -> OtherEffects:
    """Drawn once for a seed, mean zero; zero where no municipality differs."""
    rng = np.random.default_rng([plan.seed, 9])
    effects = {}
    for name, spread in EFFECT_SD.items():
        drawn = rng.normal(0.0, spread, len(plan.country.code))
        drawn = drawn + WITH_MAIN_ANALYSIS.get(name, 0.0) * plan.country.effect
        effects[name] = (drawn - drawn.mean()) * plan.municipalities_differ
    return OtherEffects(effects)


def true_terms() -> pd.DataFrame:
    """Coefficients of the models as written beside the registers: analysis, term, coefficient."""
    baseline = [
        (analysis, f"baseline_{name}", value)
        for analysis, numbers in BASELINES.items()
        for name, value in zip(("level", "first", "ramp"), numbers, strict=True)
    ]
    rows = [
        (analysis, term, value)
        for analysis, terms in TRUE_TERMS.items()
        for term, value in terms.items()
    ]
    earlier = [(EARLIER, "log_hazard_against_later_newcomers", EARLIER_LOG_HAZARD)]
    return pd.DataFrame(rows + baseline + earlier, columns=["analysis", "term", "coefficient"])


def predictor(analysis: str, values: dict[str, Floats]) -> Floats:
    """Sum of coefficient times value over the terms of an analysis (n,); the constant is one for
    everybody."""
    total = np.zeros(len(values["women"]))
    for term, coefficient in TRUE_TERMS[analysis].items():
        total += coefficient * (1.0 if term == "constant" else values[term])
    return total


def origin_values(sex: NDArray[np.int64], origin: NDArray[np.str_]) -> dict[str, Floats]:
    """Sex and groups of origin as the models' terms."""
    return {
        "women": (sex == 2).astype(float),
        "origin_africa": np.isin(origin, _AFRICA).astype(float),
        "origin_europe": np.isin(origin, _EUROPE).astype(float),
    }


def draw_origins(count: int, rng: np.random.Generator) -> NDArray[np.str_]:
    """Terms of the countries of origin."""
    shares = np.array(list(ORIGINS.values()))
    return rng.choice(list(ORIGINS), count, p=shares / shares.sum())


def draw_held_educations(
    count: int, rng: np.random.Generator
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Codes of the highest education (n,) with an upper secondary one completed, and without."""
    held_with, held_without = (
        rng.choice(list(shares), count, p=list(shares.values())) for shares in (_WITH, _WITHOUT)
    )
    return held_with, held_without


def municipality_shares(plan: SimulationPlan) -> Floats:
    """Where the other populations live (K,): more evenly spread than newcomers, so that a
    municipality like Billund has enough of them to be compared."""
    flat = plan.country.weight**0.4
    return np.asarray(flat / flat.sum(), np.float64)


def urban_share(plan: SimulationPlan) -> Floats:
    """Share of residents in towns (K,) in the first of URBAN_YEARS: higher where more people
    live."""
    rng = np.random.default_rng([plan.seed, 10])
    rank = np.argsort(np.argsort(plan.country.weight)) / (len(plan.country.weight) - 1)
    shares = _URBAN_LOW + (_URBAN_HIGH - _URBAN_LOW) * (0.7 * rank + 0.3 * rng.random(len(rank)))
    return np.asarray(np.round(np.minimum(shares, _URBAN_HIGH - 0.02), 3), np.float64)


def urban_table(plan: SimulationPlan) -> pd.DataFrame:
    """Rows of municipal/urban_share.csv: a little more each year."""
    shares = urban_share(plan)
    years = [
        pd.DataFrame(
            {
                "municipality_code": plan.country.code,
                "year": year,
                "urban_share": np.round(shares + _URBAN_GROWTH * (year - URBAN_YEARS[0]), 4),
            }
        )
        for year in URBAN_YEARS
    ]
    return pd.concat(years, ignore_index=True)
