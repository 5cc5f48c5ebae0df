"""Are the stated uncertainties right? Many countries whose truth is known: `python -m
benchmarks.coverage --countries 300`.

Countries without municipality effects, with effects independent of the mix, and with effects that
go with it as the report's do (spread 0.12 in the log hazard), each with and without local markets
that never change; what is true, and how countries are drawn, is written in
benchmarks/simulated_countries.py. Every country is estimated by the library's own benchmark_spells
on spells alone, once with the model within municipalities and once with the pooled one. Printed as
Markdown, with Monte Carlo errors (countries are independent):

1. coverage of the 95 % intervals of the robust indicator by size of municipality, and of the plain
   indicator's with the same quantiles; slope of the estimated on the true log indicator; coverage
   of the shrunk indicators' intervals; share of wrong orders among pairs in different tiers, as
   stated and as realised (by the true pace); coverage of rank intervals and of the spread's;
2. without effects: how often an assessment, a flag after Benjamini and Hochberg, or more than one
   tier appears;
3. the ratio of the bootstrap's to the analytic standard error, municipality by municipality,
   wherever a verdict is given.

Seeds are 1, 2, 3 …; the same command prints the same figures (but the time). With ``--keep FOLDER``
the outcome of every country is kept there, so that a study which was stopped goes on where it was
and one with more countries estimates only those it adds; remove the folder when the library's
estimates change.
"""

import argparse
import os
import pickle
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.simulated_countries import (
    COVARIATES,
    HORIZON,
    MARKETS,
    Effects,
    TrueCountry,
    draw_country,
    true_order,
)
from kommunebench.benchmark import Benchmark, benchmark_spells
from kommunebench.verdict_rules import VerdictModel

CLASSES = {"100": (100, 150), "300": (250, 350), "3,675": (2500, 4500), "all": (100, 9999)}
MODELS: tuple[VerdictModel, ...] = ("within", "pooled")
EFFECTS: tuple[Effects, ...] = ("none", "independent", "report")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One country under one model: a row per municipality with a verdict, and figures of the
    whole."""

    units: pd.DataFrame
    whole: dict[str, float]


@dataclass(frozen=True, slots=True)
class Task:
    """One country to draw and estimate."""

    seed: int
    effects: Effects
    markets: bool


def estimate(
    country: TrueCountry, replicates: int = 0, seed: int = 1, model: VerdictModel = "within"
) -> Benchmark:
    """The benchmark of a country's spells, as a user runs it."""
    markets = [name for name in MARKETS if name in country.spells]
    return benchmark_spells(
        country.spells,
        unit="unit",
        duration="duration",
        event="event",
        covariates=[*COVARIATES, *markets],
        person="person",
        group="sex",
        horizon=HORIZON,
        min_spells=100,
        replicates=replicates,
        seed=seed,
        model=model,
    )


def study(task: Task, keep: Path | None = None) -> dict[str, Outcome]:
    """Draw one country and estimate it with each model, or read its outcome from the folder
    ``keep``."""
    name = f"{task.effects}_{'markets' if task.markets else 'plain'}_{task.seed}.pickle"
    kept = None if keep is None else keep / name
    if kept is not None and kept.exists():
        outcomes: dict[str, Outcome] = pickle.loads(kept.read_bytes())
        return outcomes
    country = draw_country(task.seed, task.effects, markets=task.markets)
    outcomes = {model: outcome(country, estimate(country, model=model)) for model in MODELS}
    if kept is not None:
        # Under another name first: a study may be stopped while it writes.
        partial_file = kept.with_suffix(".partial")
        partial_file.write_bytes(pickle.dumps(outcomes))
        partial_file.rename(kept)
    return outcomes


def outcome(country: TrueCountry, result: Benchmark) -> Outcome:
    """What one benchmark of a country says, beside the truth."""
    table = result.indicators.assign(truth=country.log_indicator, pace_truth=country.effect)
    judged = table[table["no_verdict_reason"].isna()].reset_index(drop=True).infer_objects()
    truth, pace = judged["truth"].to_numpy(float), judged["pace_truth"].to_numpy(float)
    units = pd.DataFrame({"spells": judged["spells"], "truth": truth})
    for name, column in (("robust", "indicator_robust"), ("plain", "indicator")):
        units[f"{name}_error"] = np.log(judged[column].to_numpy(float)) - truth
        units[f"{name}_z"] = units[f"{name}_error"] / judged[f"{column}_se"]
    units["covered"] = _inside(judged, "ci_low", "ci_high", np.exp(truth))
    # The plain indicator's interval with the same quantiles of t.
    half = np.log(judged["ci_high"].to_numpy(float) / judged["ci_low"].to_numpy(float)) / 2
    plain_half = half * judged["indicator_se"] / judged["indicator_robust_se"]
    units["plain_covered"] = units["plain_error"].abs() <= plain_half
    units["shrunk_covered"] = _inside(judged, "shrunk_low", "shrunk_high", np.exp(truth))
    units["rank_covered"] = _inside(judged, "rank_low", "rank_high", true_order(pace))
    units["called"] = judged["assessment"] != "as_expected"
    units["flagged"] = judged["assessment_fdr"] != "as_expected"
    wrong, apart = _wrong_orders(pace, judged["tier"].to_numpy(float))
    summary = result.summary
    spread = float(pace.std(ddof=1))
    centred = truth - truth.mean()
    slope = centred @ (units["robust_error"] + truth) / max(centred @ centred, 1e-300)
    return Outcome(
        units,
        {
            "judged_share": len(judged) / float(summary["units_compared"]),
            "slope": float(slope),
            "tiers": float(summary["tiers"]),
            "stated": float(summary["tier_error_rate"]),
            "wrong": wrong,
            "apart": apart,
            "share_apart": float(summary["share_pairs_apart"]),
            "tau_covered": float(summary["tau_low"] <= spread <= summary["tau_high"]),
            "any_flag": float(units["flagged"].any()),
        },
    )


def _inside(table: pd.DataFrame, low: str, high: str, value: np.ndarray) -> np.ndarray:
    return (table[low].to_numpy(float) <= value) & (value <= table[high].to_numpy(float))


def _wrong_orders(truth: np.ndarray, tier: np.ndarray) -> tuple[float, float]:
    """Pairs in different tiers whose true order is the other way round, and pairs in different
    tiers."""
    apart = tier[:, None] < tier[None, :]
    return float((apart & (truth[:, None] < truth[None, :])).sum()), float(apart.sum())


def _share(values: pd.Series) -> str:
    """Per cent with its Monte Carlo error, countries (level 0) as clusters of whatever size."""
    by_country = values.astype(float).groupby(level=0).agg(["sum", "size"])
    total = by_country["size"].sum()
    mean = by_country["sum"].sum() / total
    error = np.sqrt(((by_country["sum"] - mean * by_country["size"]) ** 2).sum()) / total
    return f"{100 * mean:.1f} ± {100 * error:.1f}"


def _mean(values: pd.Series, decimals: int, factor: float = 1.0) -> str:
    error = values.std(ddof=1) / np.sqrt(len(values))
    return f"{factor * values.mean():.{decimals}f} ± {factor * error:.{decimals}f}"


def coverage_row(task: Task, model: str, outcomes: list[Outcome]) -> str:
    """One row of table 1."""
    units = pd.concat({number: outcome.units for number, outcome in enumerate(outcomes)})
    whole = pd.DataFrame([outcome.whole for outcome in outcomes])
    by_size = [
        _share(units.loc[units["spells"].between(*bounds), "covered"])
        for bounds in CLASSES.values()
    ]
    has_effects = task.effects != "none"
    several = whole[whole["tiers"] > 1]
    tiers = ["", "", ""]
    if len(several) > 1:
        gap = several["wrong"] / several["apart"] - several["stated"]
        tiers = [
            f"{100 * several['stated'].mean():.1f}",
            f"{100 * (several['wrong'] / several['apart']).mean():.1f}",
            _mean(gap, 2, 100.0),
        ]
    cells = [
        task.effects,
        "yes" if task.markets else "no",
        model,
        *by_size,
        _share(units["plain_covered"]) if model == "pooled" else "",
        _mean(whole["slope"], 2) if has_effects else "",
        _share(units["shrunk_covered"]),
        *(tiers if has_effects else ["", "", ""]),
        _share(units["rank_covered"]) if has_effects else "",
        f"{100 * whole['tau_covered'].mean():.0f}" if has_effects else "",
    ]
    return "| " + " | ".join(cells) + " |"


def nothing_row(task: Task, model: str, outcomes: list[Outcome]) -> str:
    """One row of table 2."""
    units = pd.concat({number: outcome.units for number, outcome in enumerate(outcomes)})
    whole = pd.DataFrame([outcome.whole for outcome in outcomes])
    cells = [
        "yes" if task.markets else "no",
        model,
        _share(units["called"]),
        _share(whole["any_flag"]),
        f"{100 * (whole['tiers'] == 1).mean():.1f}",
    ]
    return "| " + " | ".join(cells) + " |"


def print_header() -> None:
    """The headings of table 1."""
    sizes = " | ".join(f"coverage, {name} spells" for name in list(CLASSES)[:-1])
    print(
        f"| effects | markets | model | {sizes} | coverage, all | plain | slope | shrunk |"
        " tier error stated | realised | realised less stated | ranks | spread |"
    )
    print("|---|---|---|" + "---:|" * 12)


def print_nothing_there(results: dict[tuple[Effects, bool], list[dict[str, Outcome]]]) -> None:
    """Table 2: what is called a difference where there is none."""
    print("\n| markets | model | called better or worse, % | any flag, % | one tier, % |")
    print("|---|---|---:|---:|---:|")
    for (effects, markets), countries in results.items():
        if effects == "none":
            for model in MODELS:
                outcomes = [country[model] for country in countries]
                print(nothing_row(Task(0, effects, markets), model, outcomes), flush=True)


def print_bootstrap(countries: int, replicates: int) -> None:
    """Table 3: bootstrap against analytic error, of the model within municipalities."""
    print(
        f"\n#### Bootstrap of {replicates} replicates against the analytic error, robust log"
        " indicator within municipalities, with markets\n"
    )
    print(
        "| country | municipalities with a verdict | median ratio | lowest | highest | outside"
        " 0.9-1.1 |\n|---|---:|---:|---:|---:|---:|"
    )
    for seed in range(1, countries + 1):
        country = draw_country(seed, "report", markets=True)
        table = estimate(country, replicates, seed).indicators
        judged = table[table["no_verdict_reason"].isna()]
        ratio = (judged["se_bootstrap_robust"] / judged["indicator_robust_se"]).to_numpy(float)
        outside = int(((ratio < 0.9) | (ratio > 1.1)).sum())
        print(
            f"| {seed} | {len(judged)} | {np.median(ratio):.3f} | {ratio.min():.3f} |"
            f" {ratio.max():.3f} | {outside} |",
            flush=True,
        )


def main() -> None:
    """Run the studies."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--countries", type=int, default=300, help="countries of each kind")
    parser.add_argument(
        "--effects",
        nargs="+",
        choices=EFFECTS,
        default=EFFECTS,
        help="kinds of effects of municipalities, each with and without markets (default: all)",
    )
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--bootstrap-countries", type=int, default=3)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder of the outcomes of finished countries")
    options = parser.parse_args()
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    study_one = partial(study, keep=options.keep)
    # One thread a process: matrices are small, and processes are what there are several of.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    started = time.perf_counter()
    seeds = range(options.first_seed, options.first_seed + options.countries)
    results: dict[tuple[Effects, bool], list[dict[str, Outcome]]] = {}
    print(f"### Coverage: {options.countries} countries of each kind\n")
    print_header()
    for effects, markets in product(options.effects, (False, True)):
        tasks = [Task(seed, effects, markets) for seed in seeds]
        if options.processes > 1:
            with ProcessPoolExecutor(options.processes) as pool:
                countries = list(pool.map(study_one, tasks, chunksize=4))
        else:
            countries = [study_one(task) for task in tasks]
        results[effects, markets] = countries
        for model in MODELS:
            outcomes = [country[model] for country in countries]
            print(coverage_row(tasks[0], model, outcomes), flush=True)
    if "none" in options.effects:
        print_nothing_there(results)
    every = [
        country[model].whole for kind in results.values() for country in kind for model in MODELS
    ]
    judged = np.mean([whole["judged_share"] for whole in every])
    print(f"\n{100 * judged:.1f} % of the municipalities compared have a verdict.")
    if options.bootstrap_countries:
        print_bootstrap(options.bootstrap_countries, options.replicates)
    print(f"\n{time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
