"""Recovery over many simulated countries, without Spark: `python -m benchmarks.recovery_seeds
--seeds 50 --persons 17000`.

Persons and spells come from the simulator's own functions; coefficients are estimated with the main
analysis' whole design, men and women apart, and municipalities judged as in a run. Three countries
a seed: no effects; effects drawn independently of whom a municipality received; report-like ones,
which go with it. Prints Markdown.
"""

import argparse
import sys
import time
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.simulated_spells import SimulatedSpells, draw_spells, main_specs
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.comparison.models import POOLED, WITHIN
from kommunebench.benchmark.comparison.published import published_columns
from kommunebench.benchmark.durations.measure import Measure
from kommunebench.benchmark.in_memory import fit_models
from kommunebench.benchmark.model.national import ModelChoice
from kommunebench.benchmark.model.tables import coefficient_table
from kommunebench.benchmark.verdict_models import judge_models, models_for
from kommunebench.errors import ConvergenceError
from kommunebench.simulation.lives import BASELINE, HORIZON, baseline_hazard
from kommunebench.verdict_rules import VerdictModel, VerdictRules

# Rarer levels have coefficients that are not normal in one country: they are listed apart.
FEW_EVENTS = 20
COUNTRIES = ("none", "independent", "report")
MODELS: tuple[VerdictModel, ...] = (WITHIN, POOLED)

# Of figures that are not listed no single value is true. Those of spread and flags are looked at
# only where no municipality has an effect.
TRUTH = {
    "spread of log robust indicator / chance": 1.0,
    "spread of z, robust": 1.0,
    "flagged, robust": 0.05,
    "mean log indicator, robust": 0.0,
    "slope of log robust indicator on the true one": 1.0,
    "coverage of 95 % intervals": 0.95,
}


@dataclass(frozen=True, slots=True)
class Recovered:
    """One country: coefficients beside the truth with the events behind each, and figures of its
    municipalities by the model that judged them."""

    coefficients: pd.DataFrame
    figures: dict[str, dict[str, float]]


def recover(seed: int, persons: int, effects: str) -> Recovered | None:
    """Draw one country and estimate it; None where a level has so few persons that its coefficient
    has no finite value."""
    drawn = draw_spells(seed, persons, effects)
    laid_out = drawn.laid_out(unit_effects=True)
    try:
        models = fit_models(laid_out.blocks, laid_out.layout, ModelChoice(), models_for(WITHIN))
    except ConvergenceError as error:
        print(f"seed {seed}, effects {effects}: {error}", file=sys.stderr)
        return None
    figures = {}
    for name in MODELS:
        rules = VerdictRules(verdict_model=name)
        results = judge_models(
            laid_out.blocks,
            laid_out.facts,
            {fitted: models[fitted] for fitted in models_for(name)},
            measure=Measure.named("restricted_mean", HORIZON),
            indicator=Indicator("ratio", "restricted_mean"),
            min_spells=100,
            rules=rules,
        )
        judged = published_columns(results.comparison, rules)
        judged = judged[judged["included"].astype(bool) & judged["ci_low"].notna()]
        figures[name] = _municipalities(judged, drawn)
    return Recovered(_coefficients(coefficient_table(models[POOLED]), drawn), figures)


def _coefficients(estimated: pd.DataFrame, drawn: SimulatedSpells) -> pd.DataFrame:
    rows = estimated[~estimated["is_reference"].astype(bool)].copy()
    truth = drawn.country.coefficients
    rows["truth"] = [truth[g][t] for g, t in zip(rows["group"], rows["term"], strict=True)]
    rows["events"] = [
        _events(drawn.table, g, t) for g, t in zip(rows["group"], rows["term"], strict=True)
    ]
    return rows[np.isfinite(rows["coefficient"])]


def _events(spells: pd.DataFrame, sex: str, term: str) -> int:
    """Successes of the spells a term speaks of."""
    successes = spells[(spells["sex"] == sex) & (spells["event"] == 1)]
    for spec in main_specs():
        if spec.kind != "category":
            if spec.column == term:
                return int((successes[spec.column].to_numpy(float) != 0).sum())
            continue
        values = successes[spec.column].astype(str)
        for value, count in values.value_counts().items():
            if spec.term(str(value)) == term:
                return int(count)
    return 0


def true_log_indicators(drawn: SimulatedSpells) -> pd.Series:
    """What a municipality's effect makes of its spells' mean duration: log of the mean without it
    less log of the mean with it."""
    spells, country = drawn.table, drawn.country
    effect = pd.Series(country.effect, country.code).reindex(spells["unit"]).to_numpy()
    areas = {name: np.empty(len(spells)) for name in ("without", "with")}
    for sex, shape in BASELINE.items():
        of_sex = (spells["sex"] == sex).to_numpy()
        hazard = baseline_hazard(*shape)[:HORIZON]
        for name, log_risk in (
            ("without", spells["true_predictor"]),
            ("with", spells["true_predictor"] + effect),
        ):
            areas[name][of_sex] = np.exp(
                -np.exp(log_risk.to_numpy()[of_sex])[:, None] * hazard[None, :]
            ).sum(axis=1)
    means = pd.DataFrame({"unit": spells["unit"], **areas}).groupby("unit").mean()
    return np.log(means["without"]) - np.log(means["with"])


def _municipalities(judged: pd.DataFrame, drawn: SimulatedSpells) -> dict[str, float]:
    log = np.log(judged["indicator_robust"].to_numpy(float))
    error = judged["indicator_robust_se"].to_numpy(float)
    plain = np.log(judged["indicator"].to_numpy(float))
    figures = {
        "spread of log robust indicator / chance": float(log.var(ddof=1) / (error**2).mean()),
        "spread of z, robust": float((log / error).std(ddof=1)),
        "flagged, robust": float((judged["assessment"] != "as_expected").mean()),
        "mean log indicator, robust": float(log.mean()),
        "mean log indicator, plain": float(plain.mean()),
    }
    if (drawn.country.effect == 0).all():
        return figures
    truth = true_log_indicators(drawn).reindex(judged["municipality_code"]).to_numpy()
    # The national model takes the mean of the effects into its baseline.
    gap = log - truth
    centred = gap - np.average(gap, weights=judged["spells"])
    half = (np.log(judged["ci_high"]) - np.log(judged["ci_low"])).to_numpy(float) / 2
    slope = np.polyfit(truth - truth.mean(), log - log.mean(), 1, w=1 / error)[0]
    return {
        "slope of log robust indicator on the true one": float(slope),
        "coverage of 95 % intervals": float((np.abs(centred) <= half).mean()),
        "correlation with the true indicator": float(np.corrcoef(log, truth)[0, 1]),
    }


def _summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Bias of each term over countries with its Monte Carlo error."""
    by = rows.assign(bias=rows["coefficient"] - rows["truth"]).groupby(["group", "term"])
    table = by.agg(
        countries=("bias", "size"), truth=("truth", "first"), bias=("bias", "mean"),
        spread=("bias", "std"),
        model_se=("se", "mean"), events=("events", "mean"),
    )  # fmt: skip
    table["mc_se"] = table["spread"] / np.sqrt(table["countries"])
    return table.assign(
        z=table["bias"] / table["mc_se"], se_ratio=table["model_se"] / table["spread"]
    )


def _say_figures(recovered: dict[str, list[Recovered]]) -> None:
    """A row for each figure of the municipalities: its mean over countries beside the truth."""
    print(
        "| effects | model | figure | countries | mean | Monte Carlo SE | truth | deviation in SE"
        " |\n|---|---|---|---:|---:|---:|---:|---:|"
    )
    for effects, countries in recovered.items():
        for model in MODELS:
            figures = pd.DataFrame([country.figures[model] for country in countries])
            for name, values in figures.items():
                error = values.std(ddof=1) / np.sqrt(len(values))
                known = TRUTH.get(str(name))
                gap = "" if known is None else f"{(values.mean() - known) / error:.2f}"
                print(
                    f"| {effects} | {model} | {name} | {len(values)} | {values.mean():.4f} |"
                    f" {error:.4f} | {'' if known is None else known} | {gap} |"
                )


def _say_coefficients(effects: str, summary: pd.DataFrame, every: bool) -> None:
    often, rare = summary[summary["events"] >= FEW_EVENTS], summary[summary["events"] < FEW_EVENTS]
    inside = int((often["z"].abs() <= 2).sum())
    print(
        f"\nEffects {effects}: {len(often)} coefficients with {FEW_EVENTS} events or more; bias"
        f" within 2 Monte Carlo standard errors for {inside} ({100 * inside / len(often):.1f} %; 95"
        " % expected where every bias is zero); root mean square of bias/SE"
        f" {np.sqrt((often['z'] ** 2).mean()):.2f} (1 expected); largest |bias| in model SE"
        f" {(often['bias'] / often['model_se']).abs().max():.2f}; model SE / spread: median"
        f" {often['se_ratio'].median():.2f}. Rarer: {len(rare)}, within 2:"
        f" {int((rare['z'].abs() <= 2).sum())}."
    )
    shown = summary if every else often[often["z"].abs() > 2]
    if not len(shown):
        return
    print(
        "\n| sex | term | truth | bias | Monte Carlo SE | bias/SE | bias / model SE | events"
        " |\n|---|---|---:|---:|---:|---:|---:|---:|"
    )
    for (sex, term), r in shown.iterrows():
        figures = (
            f"{r['truth']:.3f} | {r['bias']:.4f} | {r['mc_se']:.4f} | {r['z']:.2f} |"
            f" {r['bias'] / r['model_se']:.2f}"
        )
        print(f"| {sex} | {term} | {figures} | {r['events']:.0f} |")


def main() -> None:
    """Run the countries and print mean, Monte Carlo error and truth."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--persons", type=int, default=17_000)
    parser.add_argument(
        "--every-term",
        action="store_true",
        help="list all coefficients, not only those beyond 2 errors",
    )
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=RuntimeWarning)
    started = time.perf_counter()
    seeds = range(1, options.seeds + 1)
    recovered = {
        e: [r for seed in seeds if (r := recover(seed, options.persons, e)) is not None]
        for e in COUNTRIES
    }
    _say_figures(recovered)
    for effects, countries in recovered.items():
        if not countries:
            print(f"\nEffects {effects}: no country with a finite estimate; take more --persons.")
            continue
        _say_coefficients(
            effects, _summary(pd.concat([c.coefficients for c in countries])), options.every_term
        )
    seconds = time.perf_counter() - started
    print(
        f"\n{options.persons:,} newcomers a country; {options.seeds} seeds, less those without a"
        f" finite estimate; {seconds:.0f} s."
    )


if __name__ == "__main__":
    main()
