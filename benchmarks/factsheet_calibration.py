"""Shares and spreads of the fact sheet's analyses in simulated countries, in a minute and without
Spark: `python -m benchmarks.factsheet_calibration [--seeds 3]`.

What the constants of kommunebench.simulation.other_truth are set by. For each analysis: cases or
spells, the national share, municipalities large enough, the difference of the outer fifths in
percentage points (the fact sheet's potential) and the spread of the true effects. The newcomers are
among the immigrants of at most ten years, as in the registers. Prints Markdown, means over the
seeds.
"""

import argparse
import warnings

import numpy as np
import pandas as pd

from kommunebench.benchmark import benchmark_spells
from kommunebench.simulation.calendar_days import year_of
from kommunebench.simulation.earlier import EARLIER_PERSONS, lives_of_earlier
from kommunebench.simulation.lives import WINDOW, Lives, draw_lives, start_monday
from kommunebench.simulation.other_truth import OVER_10, UP_TO_10, draw_other_effects
from kommunebench.simulation.people import AGE_GROUPS, Newcomers, draw_newcomers
from kommunebench.simulation.persons import BLOCK
from kommunebench.simulation.plan import SimulationPlan, plan_country
from kommunebench.simulation.settled import SETTLED_PERSONS, draw_settled
from kommunebench.simulation.youth import YOUTH_PERSONS, draw_youth

HORIZON = 156
_LAST_MONDAY, _LAST_START = np.datetime64("2012-12-24"), np.datetime64("2012-12-31")
_LEAST = {"school_exams": 30, "upper_secondary": 50}
_LEAST_SPELLS = 100
ACT = "integration_act_work_or_education"


def newcomers(plan: SimulationPlan, seed: int) -> pd.DataFrame:
    """Spells of analysis 5: newcomers of the main analysis, and those of 2007; permits and spells
    to 2012, work or education as success."""
    rng = np.random.default_rng([seed, 5])
    people = draw_newcomers(plan.newcomers, plan.country, plan.codes, rng, seed=seed)
    lives = draw_lives(people, plan.country, rng)
    parts = [act_spells(people, lives, plan.country.code)]
    for first in range(0, round(plan.scale * EARLIER_PERSONS), BLOCK):
        own = lives_of_earlier(plan, first, BLOCK)
        spells = act_spells(own.people, own.lives, plan.country.code)
        parts.append(spells.assign(person=spells["person"] + plan.newcomers + first))
    return pd.concat(parts, ignore_index=True)


def act_spells(people: Newcomers, lives: Lives, codes: np.ndarray) -> pd.DataFrame:
    """Spells of these persons in analysis 5."""
    monday = start_monday(lives)
    who, number = np.nonzero((lives.spell_start >= 0) & (monday <= _LAST_START))
    start, end = lives.spell_start[who, number], lives.spell_end[who, number]
    success = lives.spell_event[who, number] | (end == lives.study_week[who])
    last = (_LAST_MONDAY - lives.origin_monday[who]).astype(int) // 7 - (WINDOW - 1)
    spells = pd.DataFrame(
        {
            "unit": codes[people.place[who]],
            "person": who,
            "duration": np.minimum(end, last) - start,
            "event": (success & (end <= last)).astype(int),
            "sex": np.where(people.sex[who] == 1, "men", "women"),
            "basis": people.basis[who],
            "age": np.array(AGE_GROUPS)[people.age_group[who]],
            "origin": people.origin[who],
            "year": year_of(monday[who, number]).astype(str),
            "course": people.danish_course[who],
        }
    )
    return spells[spells["duration"] > 0]


def settled(plan: SimulationPlan) -> dict[str, pd.DataFrame]:
    """Spells of settled immigrants to 2012, by analysis; newcomers are not among them."""
    persons = draw_settled(plan, 0, round(plan.scale * SETTLED_PERSONS))
    last = (pd.Timestamp(_LAST_MONDAY) - persons["origin_monday"]).dt.days // 7 - (WINDOW - 1)
    parts = []
    for number in (1, 2, 3):
        start, end = persons[f"true_start{number}"], persons[f"true_end{number}"]
        day = persons["origin_monday"] + pd.to_timedelta(7 * start, unit="D")
        years = (day - persons["arrival"]).dt.days / 365.25
        age = ((day - persons["birth_date"]).dt.days / 365.25).astype(int)
        spells = pd.DataFrame(
            {
                "unit": persons["place"],
                "person": persons["person_id"],
                "duration": np.minimum(end, last) - start,
                "event": (persons[f"true_event{number}"].eq(1) & (end <= last)).astype(int),
                "analysis": np.where(years >= 11, OVER_10, UP_TO_10),
                "sex": np.where(persons["sex"] == 1, "men", "women"),
                "country": persons["country_code"].astype(str),
                "education": persons["education"].fillna("none"),
                "age": (age // 10).astype(str),
            }
        )
        parts.append(spells[(start >= 0) & (start < last)])
    together = pd.concat(parts)
    return {str(name): own for name, own in together.groupby("analysis")}


def durations(spells: pd.DataFrame, least: int) -> dict[str, float]:
    """Share within three years over the country, and the difference of the outer fifths."""
    covariates = [c for c in spells if c not in ("unit", "person", "duration", "event", "sex")]
    usable = [c for c in covariates if spells[c].nunique() > 1]
    result = benchmark_spells(
        spells, unit="unit", duration="duration", event="event", covariates=usable, person="person",
        group="sex", horizon=HORIZON, min_spells=least, measure="share", indicator="difference",
    )  # fmt: skip
    compared = result.indicators[result.indicators["included"]]
    share = np.average(compared["observed_share"], weights=compared["cases"])
    return _figures(len(spells), float(share), compared["difference_plain"])


def shares(plan: SimulationPlan) -> dict[str, dict[str, float]]:
    """The two shares, each municipality against the country without conditions."""
    youth = draw_youth(plan, 0, round(plan.scale * YOUTH_PERSONS))[0]
    birth = youth["birth_date"]
    of_age = (birth > "1982-10-01") & (birth <= "1992-10-01")
    sat = youth["exam_year"].between(2008, 2012) & youth["ie_type"].ne(1)
    found = {}
    for name, rows, column in (
        ("school_exams", sat, "true_event1"),
        ("upper_secondary", of_age & youth["ie_type"].ne(1), "true_event2"),
    ):
        own = youth[rows].groupby("place")[column].agg(["size", "mean"])
        compared = own[own["size"] >= _LEAST[name]]
        national = float(youth.loc[rows, column].mean())
        found[name] = _figures(int(rows.sum()), national, 100 * (compared["mean"] - national))
    return found


def _figures(rows: int, share: float, differences: pd.Series) -> dict[str, float]:
    ordered = np.sort(differences.to_numpy(float))
    fifth = max(len(ordered) // 5, 1)
    potential = ordered[-fifth:].mean() - ordered[:fifth].mean()
    return {
        "cases or spells": rows,
        "national share (%)": 100 * share,
        "municipalities": len(ordered),
        "outer fifths apart (points)": potential,
    }


def country(seed: int) -> pd.DataFrame:
    """One row per analysis."""
    plan = plan_country(1.0, seed, 0.0, "report")
    effects = draw_other_effects(plan).by_analysis | {ACT: plan.country.effect}
    rows = shares(plan)
    of_settled, act = settled(plan), newcomers(plan, seed)
    together = pd.concat([of_settled[UP_TO_10], act]).fillna("none").astype({"person": str})
    rows[UP_TO_10] = durations(together, _LEAST_SPELLS)
    rows[OVER_10] = durations(of_settled[OVER_10], _LEAST_SPELLS)
    rows[ACT] = durations(act, _LEAST_SPELLS)
    table = pd.DataFrame(rows).T
    table["spread of true effects"] = pd.Series({n: np.std(e) for n, e in effects.items()})
    return table


def main() -> None:
    """Print the means over the seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    tables = [country(seed) for seed in range(1, options.seeds + 1)]
    mean = sum(tables[1:], tables[0]) / len(tables)
    print(f"| analysis | {' | '.join(mean.columns)} |\n|---|{'---:|' * len(mean.columns)}")
    for name, row in mean.iterrows():
        print(f"| {name} | {' | '.join(f'{value:,.2f}' for value in row)} |")


if __name__ == "__main__":
    main()
