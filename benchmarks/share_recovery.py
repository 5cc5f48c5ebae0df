"""Recovery of the truth by the fact sheet's analyses over many simulated countries, without Spark:
`python -m benchmarks.share_recovery --seeds 50 [--analysis school_exams …] [--model pooled]`.

Persons come from the simulator's own functions. Pupils with exams and residents of 20 to 29 have
the true terms of its logistic models as covariates, and mothers as clusters; settled immigrants the
true terms of their hazards; the newcomers of the main analysis its whole design, and persons are
the clusters. Two countries a seed: no effects of municipalities, and effects as the simulator draws
them, which among newcomers go with whom a municipality received; so a third has effects that do
not. Prints Markdown: slope and correlation of the estimated on the true difference, coverage of
the 95 % intervals, what is called better or worse without any effect, coefficients, and the
potential raw and shrunk, all but the coefficients of the model that carries the verdicts.
"""

import argparse
import sys
import time
import warnings
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd
from scipy import optimize, special

from benchmarks import spell_shares
from benchmarks.markdown import row, table
from kommunebench.benchmark import benchmark_cases
from kommunebench.benchmark.comparison.fifths import fifths_from_highest
from kommunebench.errors import ConvergenceError
from kommunebench.simulation.other_truth import TRUE_TERMS, draw_other_effects, predictor
from kommunebench.simulation.parents import draw_families
from kommunebench.simulation.plan import SimulationPlan, plan_country
from kommunebench.simulation.youth import (
    MENTAL_ILLNESS,
    YOUTH_PERSONS,
    conditions,
    identities_of,
    schooling_of,
)
from kommunebench.verdict_rules import VerdictModel

LEAST = {"school_exams": 30, "upper_secondary": 50}
# Report-like effects of newcomers go with whom a municipality received.
EFFECTS = {spell_shares.ACT: ("none", "independent", "report")}
_REFERENCE = np.datetime64("2012-10-01")
_YEAR = np.timedelta64(365, "D")


@dataclass(frozen=True, slots=True)
class Country:
    """Cases of one analysis: covariates by name, unit, mother, outcome; log odds without and with
    the municipality's effect (n,)."""

    cases: pd.DataFrame
    covariates: list[str]
    without: np.ndarray
    with_effect: np.ndarray


def draw(analysis: str, seed: int, effects: str) -> Country:
    """One country. ``effects``: report (as the simulator draws them) or none."""
    plan: SimulationPlan = plan_country(1.0, seed, 0.0, effects)
    rng = np.random.default_rng([seed, 40, effects == "none"])
    families = draw_families(plan, 0, YOUTH_PERSONS, rng)
    persons = identities_of(plan, 0, YOUTH_PERSONS, families, rng)
    schooling = schooling_of(families.child_birth, rng)
    mental = rng.random(YOUTH_PERSONS) < MENTAL_ILLNESS
    values = conditions(plan, analysis, persons, families, schooling=schooling, mental=mental)
    terms = [name for name in TRUE_TERMS[analysis] if name != "constant"]
    without = predictor(analysis, values)
    effect = draw_other_effects(plan).by_analysis[analysis][families.child_place]
    cases = pd.DataFrame({name: values[name] for name in terms}).assign(
        unit=persons["place"],
        mother=persons["mother_id"].fillna(persons["person_id"]),
        outcome=(rng.random(len(without)) < special.expit(without + effect)).astype(int),
    )
    if analysis == "school_exams":
        looked_at = (schooling.exam_year >= 2008) & (schooling.exam_year <= 2012)
    else:
        born = families.child_birth
        looked_at = (born <= _REFERENCE - 20 * _YEAR) & (born > _REFERENCE - 30 * _YEAR)
    kept = np.flatnonzero(looked_at)
    return Country(
        cases.iloc[kept].reset_index(drop=True), terms, without[kept], (without + effect)[kept]
    )


def true_differences(country: Country) -> pd.Series:
    """By unit, in percentage points: the mean true probability less that of the same persons in an
    average municipality, whose constant makes both alike over the nation."""
    total = special.expit(country.with_effect).sum()
    constant = optimize.brentq(
        lambda shift: special.expit(country.without + shift).sum() - total, -3.0, 3.0
    )
    gap = special.expit(country.with_effect) - special.expit(country.without + constant)
    return 100 * pd.Series(gap).groupby(country.cases["unit"].to_numpy()).mean()


@dataclass(frozen=True, slots=True)
class Recovered:
    """One country: figures of its municipalities, and z values of its coefficients against the
    truth."""

    figures: dict[str, float]
    z: pd.Series


def recover(analysis: str, seed: int, effects: str, model: VerdictModel) -> Recovered | None:
    """Draw one country and estimate it; None, and said, where a municipality's effect has no finite
    value."""
    try:
        return _recover(analysis, seed, effects, model)
    except ConvergenceError as error:
        print(f"{analysis}, seed {seed}, effects {effects}: {error}", file=sys.stderr)
        return None


def _recover(analysis: str, seed: int, effects: str, model: VerdictModel) -> Recovered:
    if analysis in spell_shares.ANALYSES:
        drawn = spell_shares.draw(analysis, seed, effects)
        judged = spell_shares.judge(drawn, model)
        figures = _figures(judged.indicators, judged.summary, drawn.true_differences())
        return Recovered(figures, judged.z)
    country = draw(analysis, seed, effects)
    result = benchmark_cases(
        country.cases,
        unit="unit",
        outcome="outcome",
        covariates=country.covariates,
        cluster="mother",
        min_cases=LEAST[analysis],
        model=model,
    )
    rows = result.coefficients.set_index("term").loc[country.covariates]
    truth = pd.Series(TRUE_TERMS[analysis])[country.covariates]
    return Recovered(
        _figures(result.indicators, result.summary, true_differences(country)),
        (rows["coefficient"] - truth) / rows["se_robust"],
    )


def _figures(indicators: pd.DataFrame, summary: pd.Series, truth: pd.Series) -> dict[str, float]:
    rows = indicators.set_index("municipality_code")
    rows = rows[rows["included"].astype(bool) & rows["ci_low"].notna()]
    true = truth[rows.index].to_numpy()
    # What is expected within municipalities is that of an average one, not of the nation.
    gap = rows["difference"].to_numpy(float) - true
    true = true + np.average(gap, weights=rows["cases"].to_numpy(float))
    estimated, shrunk = (rows[name].to_numpy(float) for name in ("difference", "difference_shrunk"))
    fifth = fifths_from_highest(estimated)
    outer = (fifth == 1, fifth == 5)
    potential, after, right = (
        values[outer[0]].mean() - values[outer[1]].mean() for values in (estimated, shrunk, true)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.cov(estimated, true)[0, 1] / np.var(true, ddof=1)
        correlation = np.corrcoef(estimated, true)[0, 1]
    return {
        "units": len(rows),
        "slope": float(slope),
        "correlation": float(correlation),
        "coverage": float(((rows["ci_low"] <= true) & (true <= rows["ci_high"])).mean()),
        "shrunk_coverage": float(
            ((rows["shrunk_low"] <= true) & (true <= rows["shrunk_high"])).mean()
        ),
        "judged": float(rows["assessment"].isin(["better", "worse"]).mean()),
        "tau": float(summary["tau"]),
        "raw": float(potential),
        "shrunk": float(after),
        "true": float(right),
    }


def main() -> None:
    """Print what was recovered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    every = (*LEAST, *spell_shares.ANALYSES)
    parser.add_argument("--analysis", nargs="*", choices=every, default=every)
    parser.add_argument("--effects", nargs="*", choices=("none", "independent", "report"))
    parser.add_argument("--model", choices=get_args(VerdictModel), default="within")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    started = time.monotonic()
    table(
        f"Shares recovered over {options.seeds} simulated countries, model {options.model}",
        "analysis", "effects", "slope", "correlation", "coverage of 95 % intervals (%)",
        "coverage of shrunk intervals (%)", "judged better or worse (%)", "spread of the odds (%)",
        "potential raw / shrunk / true (points)", "z of coefficients: mean, sd",
    )  # fmt: skip
    for analysis in options.analysis:
        for effects in options.effects or EFFECTS.get(analysis, ("none", "report")):
            seeds = range(1, options.seeds + 1)
            drawn = (recover(analysis, seed, effects, options.model) for seed in seeds)
            countries = [country for country in drawn if country is not None]
            _print(analysis, effects, countries)
    print(f"\n{time.monotonic() - started:.0f} s")


def _print(analysis: str, effects: str, countries: list[Recovered]) -> None:
    figures = pd.DataFrame([country.figures for country in countries])
    mean, z = figures.mean(), np.concatenate([country.z.to_numpy() for country in countries])
    error = 1.96 * figures.std() / np.sqrt(len(figures))
    known = effects != "none"
    row(
        analysis,
        effects,
        f"{mean['slope']:.2f} ± {error['slope']:.2f}" if known else "–",
        f"{mean['correlation']:.2f}" if known else "–",
        f"{100 * mean['coverage']:.1f} ± {100 * error['coverage']:.1f}",
        f"{100 * mean['shrunk_coverage']:.1f}",
        f"{100 * mean['judged']:.1f}",
        f"{100 * mean['tau']:.1f}",
        f"{mean['raw']:.1f} / {mean['shrunk']:.1f} / {mean['true']:.1f}",
        f"{z.mean():+.2f}, {z.std():.2f}",
    )


if __name__ == "__main__":
    main()
