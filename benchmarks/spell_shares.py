"""Spells of the fact sheet's analyses 3 to 5 in simulated countries, without Spark: with the truth
they were drawn from, and judged by shares within three years as a run judges them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from benchmarks.simulated_spells import draw_spells, main_specs
from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.models import WITHIN
from kommunebench.benchmark.comparison.published import published_columns
from kommunebench.benchmark.covariates.specification import CovariateSpec
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.in_memory import fit_models, lay_out_spells
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.benchmark.model.tables import coefficient_table
from kommunebench.benchmark.verdict_models import judge_models, models_for
from kommunebench.simulation.lives import BASELINE, HORIZON, STUDY_RATE, WINDOW, baseline_hazard
from kommunebench.simulation.other_truth import (
    BASELINES,
    OVER_10,
    TRUE_TERMS,
    UP_TO_10,
    draw_other_effects,
    origin_values,
    predictor,
)
from kommunebench.simulation.plan import plan_country
from kommunebench.simulation.settled import HIGHER, SETTLED_PERSONS, UPPER_SECONDARY, draw_settled
from kommunebench.verdict_rules import VerdictModel, VerdictRules

ACT = "integration_act_work_or_education"
ANALYSES = (UP_TO_10, OVER_10, ACT)
LAST_MONDAY, LAST_START = np.datetime64("2012-12-24"), np.datetime64("2012-12-31")
LEAST_SPELLS = 100
# In the registers most immigrants of at most ten years are newcomers; here settled ones take their
# place, so that municipalities are as large.
PERSONS = {UP_TO_10: 3 * SETTLED_PERSONS, OVER_10: SETTLED_PERSONS}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnSpells:
    """Spells of one analysis: ``table`` (unit, person, sex, duration, event, covariates), how the
    covariates enter, the ``truth`` by sex and term; and per spell the log hazard ``without`` the
    municipality's effect, the ``effect``, the cumulative baseline hazard of three years, and what
    is added to it for everybody."""

    table: pd.DataFrame
    specs: tuple[CovariateSpec, ...]
    truth: dict[str, dict[str, float]]
    without: np.ndarray
    effect: np.ndarray
    cumulative: np.ndarray
    added: float = 0.0

    def true_differences(self) -> pd.Series:
        """By unit, in percentage points: the mean true share within three years less that of the
        same persons without effects, whose level makes both alike over the nation."""
        total = self._shares(self.without + self.effect)

        def excess(level: float) -> float:
            return float((self._shares(self.without + level) - total).sum())

        level = optimize.brentq(excess, -3.0, 3.0)
        gap = total - self._shares(self.without + level)
        return 100 * pd.Series(gap).groupby(self.table["unit"].to_numpy()).mean()

    def _shares(self, log_hazard: np.ndarray) -> np.ndarray:
        return -np.expm1(-np.exp(log_hazard) * self.cumulative - self.added)


def draw(analysis: str, seed: int, effects: str) -> DrawnSpells:
    """The spells of one country. ``effects``: report (as the simulator draws them), none, or of
    newcomers independent (of whom a municipality received)."""
    return _of_newcomers(seed, effects) if analysis == ACT else _settled(analysis, seed, effects)


def settled_spells(analysis: str, persons: pd.DataFrame) -> pd.DataFrame:
    """Spells to 2012 of settled immigrants in one of the analyses, with the terms of its model."""
    last = (pd.Timestamp(LAST_MONDAY) - persons["origin_monday"]).dt.days // 7 - (WINDOW - 1)
    education = persons["education"].fillna("")
    fixed = {
        "education_upper_secondary": education.isin(UPPER_SECONDARY).astype(float),
        "education_higher": education.isin(HIGHER).astype(float),
    }
    parts = []
    for number in (1, 2, 3):
        start, end = persons[f"true_start{number}"], persons[f"true_end{number}"]
        day = persons["origin_monday"] + pd.to_timedelta(7 * start, unit="D")
        over_10 = (day - persons["arrival"]).dt.days / 365.25 >= 11
        age = (day - persons["birth_date"]).dt.days / 365.25
        spells = pd.DataFrame(
            {
                "unit": persons["place"],
                "person": persons["person_id"],
                "sex": np.where(persons["sex"] == 1, "men", "women"),
                "country_code": persons["country_code"],
                "duration": np.minimum(end, last) - start,
                "event": (persons[f"true_event{number}"].eq(1) & (end <= last)).astype(int),
                "age_25_39": ((age >= 25) & (age < 40)).astype(float),
                "age_40_64": (age >= 40).astype(float),
                **fixed,
            }
        )
        counted = (start >= 0) & (start < last) & (over_10 == (analysis == OVER_10))
        parts.append(spells[counted])
    return pd.concat(parts, ignore_index=True)


def _settled(analysis: str, seed: int, effects: str) -> DrawnSpells:
    plan = plan_country(1.0, seed, 0.0, effects)
    table = settled_spells(analysis, draw_settled(plan, 0, PERSONS[analysis]))
    origin = {code: name for name, code in plan.codes.items()}
    names = table["country_code"].map(origin).to_numpy(str)
    values = origin_values(np.where(table["sex"] == "men", 1, 2), names)
    terms = [term for term in TRUE_TERMS[analysis] if term != "women"]
    table = table.assign(**{name: values[name] for name in terms if name in values})
    without = predictor(analysis, {**{t: table[t].to_numpy() for t in terms}, **values})
    effect = pd.Series(draw_other_effects(plan).by_analysis[analysis], plan.country.code)
    truth = {term: TRUE_TERMS[analysis][term] for term in terms}
    return DrawnSpells(
        table=table,
        specs=tuple(CovariateSpec(term, "indicator", term) for term in terms),
        truth={"men": truth, "women": truth},
        without=without,
        effect=effect[table["unit"]].to_numpy(),
        cumulative=np.full(len(table), baseline_hazard(*BASELINES[analysis])[HORIZON]),
    )


def _of_newcomers(seed: int, effects: str) -> DrawnSpells:
    """Newcomers of the main analysis in analysis 5; those of 2007 have another truth."""
    drawn = draw_spells(seed, None, effects)
    table = drawn.table
    last = (LAST_MONDAY - table["origin_monday"].to_numpy("datetime64[D]")).astype(int) // 7
    last -= WINDOW - 1
    begin = table["begin"].to_numpy()
    monday = table["origin_monday"] + pd.to_timedelta(7 * begin, unit="D")
    kept = np.flatnonzero((begin < last) & (monday <= pd.Timestamp(LAST_START)).to_numpy())
    end = begin + table["duration"].to_numpy()
    success = table["event"].eq(1).to_numpy() | table["studies"].to_numpy()
    table = table.assign(
        duration=np.minimum(end, last) - begin, event=(success & (end <= last)).astype(int)
    )
    table = table.iloc[kept].reset_index(drop=True)
    effect = pd.Series(drawn.country.effect, drawn.country.code)
    baseline = {sex: baseline_hazard(*shape)[HORIZON] for sex, shape in BASELINE.items()}
    return DrawnSpells(
        table=table,
        specs=main_specs(),
        truth=drawn.country.coefficients,
        without=table["true_predictor"].to_numpy(),
        effect=effect[table["unit"]].to_numpy(),
        cumulative=table["sex"].map(baseline).to_numpy(),
        added=STUDY_RATE * HORIZON,
    )


@dataclass(frozen=True, slots=True)
class JudgedSpells:
    """Indicators and summary of one country, and its coefficients beside the truth."""

    indicators: pd.DataFrame
    summary: pd.Series
    z: pd.Series


def judge(drawn: DrawnSpells, model: VerdictModel) -> JudgedSpells:
    """The country as a run judges it, by the difference of shares."""
    columns = spell_columns(
        drawn.table, unit="unit", duration="duration", event="event", person="person",
        group="sex", horizon=HORIZON,
    )  # fmt: skip
    rules, indicator = VerdictRules(verdict_model=model), Indicator("difference", "share")
    laid_out = lay_out_spells(drawn.table, columns, drawn.specs, unit_effects=model == WITHIN)
    names = models_for(rules.verdict_model)
    results = judge_models(
        laid_out.blocks,
        laid_out.facts,
        fit_models(laid_out.blocks, laid_out.layout, ModelChoice(), names),
        measure=Measure.named("share", HORIZON),
        indicator=indicator,
        min_spells=LEAST_SPELLS,
        rules=rules,
    )
    rows = coefficient_table(results.pooled.chain.models)
    # A level with few events is drawn towards zero by its prior.
    rows = rows[~rows["is_reference"].astype(bool) & rows["mark"].isna()]
    truth = [drawn.truth[g][t] for g, t in zip(rows["group"], rows["term"], strict=True)]
    z = (rows["coefficient"] - truth) / rows["se_robust"]
    return JudgedSpells(published_columns(results.comparison, rules), results.summary, z)
