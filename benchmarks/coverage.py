"""Are the stated uncertainties right? Many countries whose truth is known: `python -m
benchmarks.coverage`.

Half of the studies run on countries with municipality effects (spread 0.12 in the log hazard), half
on countries without; what is true, and how countries are drawn, is written in
benchmarks/simulated_countries.py. Everything is estimated by the library's own benchmark_spells on
spells alone. Printed as Markdown:

1. coverage of the 95 % intervals of the robust indicator by size of municipality, beside the plain
   indicator's, bias, and the spread of (estimate - truth) / standard error;
2. tiers: realised share of wrong orders among pairs in different tiers against the share stated;
   coverage of rank intervals, of the shrunk indicators' intervals and of the interval of the
   spread;
3. without effects: how often an assessment, a flag after Benjamini and Hochberg, or more than one
   tier appears;
4. the ratio of the bootstrap's to the analytic standard error, municipality by municipality,
   wherever a verdict is given.

Seeds are 1, 2, 3 …; the same command prints the same figures (but the time).
"""

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.simulated_countries import (
    COVARIATES,
    EFFECT_SD,
    HORIZON,
    TrueCountry,
    draw_country,
    true_order,
)
from kommunebench.benchmark import Benchmark, benchmark_spells

CLASSES = {
    "about 100 (100-150)": (100, 150),
    "about 300 (250-350)": (250, 350),
    "about 3,000 (3,675)": (2500, 4500),
    "all": (100, 9999),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One country: a row per municipality with a verdict, and figures of the whole."""

    units: pd.DataFrame
    whole: dict[str, float]


def estimate(country: TrueCountry, replicates: int = 0, seed: int = 1) -> Benchmark:
    """The benchmark of a country's spells, as a user runs it."""
    return benchmark_spells(
        country.spells,
        unit="unit",
        duration="duration",
        event="event",
        covariates=list(COVARIATES),
        person="person",
        group="sex",
        horizon=HORIZON,
        min_spells=100,
        replicates=replicates,
        seed=seed,
    )


def study(task: tuple[int, float]) -> Outcome:
    """Draw and estimate one country: (seed, spread of effects)."""
    seed, effect_sd = task
    country = draw_country(seed, effect_sd)
    result = estimate(country)
    table = result.indicators.assign(truth=country.log_indicator)
    judged = table[table["no_verdict_reason"].isna()].reset_index(drop=True).infer_objects()
    truth = judged["truth"].to_numpy(float)
    units = pd.DataFrame({"spells": judged["spells"], "truth": truth})
    for name, column in (("robust", "indicator_robust"), ("plain", "indicator")):
        units[f"{name}_error"] = np.log(judged[column].to_numpy(float)) - truth
        units[f"{name}_z"] = units[f"{name}_error"] / judged[f"{column}_se"]
    units["covered"] = _inside(judged, "ci_low", "ci_high", np.exp(truth))
    # The plain indicator's interval with the same quantiles of t.
    half = np.log(judged["ci_high"].to_numpy(float) / judged["ci_low"].to_numpy(float)) / 2
    units["plain_covered"] = (
        units["plain_error"].abs() <= half * judged["indicator_se"] / judged["indicator_robust_se"]
    )
    units["shrunk_covered"] = _inside(judged, "shrunk_low", "shrunk_high", np.exp(truth))
    units["rank_covered"] = _inside(judged, "rank_low", "rank_high", true_order(truth))
    units["called"] = judged["assessment"] != "as_expected"
    units["plain_better"] = (
        units["plain_error"] + truth > half * judged["indicator_se"] / judged["indicator_robust_se"]
    )
    units["flagged"] = judged["assessment_fdr"] != "as_expected"
    wrong, apart = _wrong_orders(truth, judged["tier"].to_numpy(float))
    summary = result.summary
    return Outcome(
        units,
        {
            "compared": float(summary["units_compared"]),
            "judged": len(judged),
            "tiers": float(summary["tiers"]),
            "stated": float(summary["tier_error_rate"]),
            "wrong": wrong,
            "apart": apart,
            "share_apart": float(summary["share_pairs_apart"]),
            "tau_covered": float(summary["tau_low"] <= truth.std(ddof=1) <= summary["tau_high"]),
            "tau": float(summary["tau"]),
            "true_tau": float(truth.std(ddof=1)),
            "any_flag": float(units["flagged"].any()),
            "plain_bias": float(summary["mean_log_plain_to_robust"]),
        },
    )


def _inside(table: pd.DataFrame, low: str, high: str, value: np.ndarray) -> np.ndarray:
    return (table[low].to_numpy(float) <= value) & (value <= table[high].to_numpy(float))


def _wrong_orders(truth: np.ndarray, tier: np.ndarray) -> tuple[float, float]:
    """Pairs in different tiers whose true order is the other way round, and pairs in different
    tiers."""
    apart = tier[:, None] < tier[None, :]
    return float((apart & (truth[:, None] < truth[None, :])).sum()), float(apart.sum())


def _share(values: pd.Series, countries: int) -> str:
    """Per cent with its Monte Carlo error, countries as clusters of whatever size."""
    by_country = values.astype(float).groupby(level=0).agg(["sum", "size"])
    mean = by_country["sum"].sum() / by_country["size"].sum()
    error = (
        np.sqrt(((by_country["sum"] - mean * by_country["size"]) ** 2).sum())
        / by_country["size"].sum()
    )
    return f"{100 * mean:.1f} ± {100 * error:.1f}" if countries > 1 else f"{100 * mean:.1f}"


def print_coverage(title: str, outcomes: list[Outcome]) -> None:
    """Table 1 for one kind of country."""
    units = pd.concat({number: outcome.units for number, outcome in enumerate(outcomes)})
    print(f"\n#### {title}\n")
    print(
        "| spells | intervals | coverage robust, % | coverage plain, % | bias robust, % | bias"
        " plain, % | spread of z, robust |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, (low, high) in CLASSES.items():
        own = units[units["spells"].between(low, high)]
        print(
            f"| {name} | {len(own):,} | {_share(own['covered'], len(outcomes))} |"
            f" {_share(own['plain_covered'], len(outcomes))} |"
            f" {100 * own['robust_error'].mean():.2f} | {100 * own['plain_error'].mean():.2f} |"
            f" {own['robust_z'].std():.3f} |"
        )


def print_comparison(outcomes: list[Outcome]) -> None:
    """Table 2: tiers, ranks, shrinkage, spread where municipalities differ."""
    units = pd.concat({number: outcome.units for number, outcome in enumerate(outcomes)})
    whole = pd.DataFrame([outcome.whole for outcome in outcomes])
    several = whole[whole["tiers"] > 1]
    realised = several["wrong"] / several["apart"]
    gap = (realised - several["stated"]).std(ddof=1) / np.sqrt(max(len(several), 1))
    print(
        "\n#### Municipalities that differ: tiers, ranks, shrinkage, spread\n\n| figure | value"
        " |\n|---|---:|"
    )
    print(
        f"| countries with more than one tier | {len(several)} of {len(whole)};"
        f" {several['tiers'].mean():.1f} tiers on average |"
    )
    print(f"| share of pairs in different tiers | {100 * several['share_apart'].mean():.1f} % |")
    print(f"| wrong orders among them, stated | {100 * several['stated'].mean():.2f} % |")
    print(
        f"| wrong orders among them, realised | {100 * realised.mean():.2f} % (± {100 * gap:.2f}"
        " against stated) |"
    )
    print(f"| coverage of 95 % rank intervals | {_share(units['rank_covered'], len(outcomes))} % |")
    print(
        "| coverage of 95 % intervals of shrunk indicators |"
        f" {_share(units['shrunk_covered'], len(outcomes))} % |"
    )
    print(
        f"| coverage of 95 % intervals of the spread | {100 * whole['tau_covered'].mean():.1f} % |"
    )
    print(
        f"| spread estimated / true, mean | {whole['tau'].mean():.4f} /"
        f" {whole['true_tau'].mean():.4f} |"
    )


def print_nothing_there(outcomes: list[Outcome]) -> None:
    """Table 3: what is called a difference where there is none."""
    units = pd.concat({number: outcome.units for number, outcome in enumerate(outcomes)})
    whole = pd.DataFrame([outcome.whole for outcome in outcomes])
    print(
        "\n#### No municipality differs: what is called a difference all the same\n\n| figure |"
        " value | nominal |\n|---|---:|---:|"
    )
    print(f"| assessed better or worse | {_share(units['called'], len(outcomes))} % | 5 % |")
    for name, (low, high) in list(CLASSES.items())[1:3]:
        own = units[units["spells"].between(low, high)]
        print(
            f"| called better by the plain indicator, {name} |"
            f" {_share(own['plain_better'], len(outcomes))} % | 2.5 % |"
        )
    flagged = whole["any_flag"].mean()
    error = np.sqrt(flagged * (1 - flagged) / len(whole))
    print(
        f"| countries with any flag at a false discovery rate of 5 % | {100 * flagged:.1f} ±"
        f" {100 * error:.1f} % | at most 5 % |"
    )
    one = (whole["tiers"] == 1).mean()
    print(f"| countries with one tier | {100 * one:.1f} % | at least 95 % |")
    print(
        f"| mean log plain - log robust | {100 * whole['plain_bias'].mean():.2f} % | 0 without"
        " calendar censoring |"
    )


def print_bootstrap(countries: int, replicates: int) -> None:
    """Table 4: bootstrap against analytic error."""
    print(
        f"\n#### Bootstrap of {replicates} replicates against the analytic error, robust log"
        " indicator\n"
    )
    print(
        "| country | municipalities with a verdict | median ratio | lowest | highest | outside"
        " 0.9-1.1 |\n|---|---:|---:|---:|---:|---:|"
    )
    for seed in range(1, countries + 1):
        table = estimate(draw_country(seed), replicates, seed).indicators
        own = table[table["no_verdict_reason"].isna()]
        ratio = (own["se_bootstrap_robust"] / own["indicator_robust_se"]).to_numpy(float)
        outside = int(((ratio < 0.9) | (ratio > 1.1)).sum())
        print(
            f"| {seed} | {len(own)} | {np.median(ratio):.3f} | {ratio.min():.3f} |"
            f" {ratio.max():.3f} | {outside} |",
            flush=True,
        )


def main() -> None:
    """Run the studies."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--countries", type=int, default=300, help="countries with, and as many without, effects"
    )
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--bootstrap-countries", type=int, default=3)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    # One thread a process: matrices are small, and processes are what there are several of.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    started = time.perf_counter()
    seeds = range(options.first_seed, options.first_seed + options.countries)
    results: dict[float, list[Outcome]] = {}
    for effect_sd in (EFFECT_SD, 0.0):
        tasks = [(seed, effect_sd) for seed in seeds]
        if options.processes > 1:
            with ProcessPoolExecutor(options.processes) as pool:
                results[effect_sd] = list(pool.map(study, tasks, chunksize=4))
        else:
            results[effect_sd] = [study(task) for task in tasks]
    judged = sum(outcome.whole["judged"] for outcome in results[EFFECT_SD])
    compared = sum(outcome.whole["compared"] for outcome in results[EFFECT_SD])
    print(
        f"### Coverage: {options.countries} countries with and {options.countries} without"
        " municipality effects\n"
    )
    print(f"{100 * judged / compared:.1f} % of the municipalities compared have a verdict.")
    print_coverage("Municipalities that differ", results[EFFECT_SD])
    print_coverage("No municipality differs", results[0.0])
    print_coverage("Both together", [*results[EFFECT_SD], *results[0.0]])
    print_comparison(results[EFFECT_SD])
    print_nothing_there(results[0.0])
    if options.bootstrap_countries:
        print_bootstrap(options.bootstrap_countries, options.replicates)
    print(f"\n{time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
