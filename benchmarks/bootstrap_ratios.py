"""The person bootstrap against the naive loop, at report size: `python -m
benchmarks.bootstrap_ratios --replicates 1000 [--model pooled]`.

36,583 spells in the municipalities of appendix table 5.1, two sexes, 70 covariates. Ours: all
replicates of the whole chain (two models, baselines, expected, plain and robust observed durations
of every municipality), in as many processes as there are cores, as Spark's workers do it. The naive
loop: the same chain from its beginning on each replicate's repeated spells with the library's own
functions; and, as a lower bound for anybody without it, only the two Cox models by lifelines. Both
are timed on a few replicates and extrapolated. The log indicators of those replicates must agree
with ours to 1e-3 (a twentieth of the smallest standard error), or nothing is printed. The model is
the one that carries the verdicts, with effects of the municipalities, unless the pooled one is
asked for.
"""

import argparse
import os
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd

from benchmarks.simulated_countries import HORIZON, municipality_sizes
from kommunebench.benchmark.blocks.block import Floats
from kommunebench.benchmark.blocks.columns import spell_columns
from kommunebench.benchmark.blocks.person_keys import person_keys
from kommunebench.benchmark.bootstrap.replicates import bootstrap_performance
from kommunebench.benchmark.bootstrap.weights import poisson_weights
from kommunebench.benchmark.comparison.indicator import Indicator
from kommunebench.benchmark.covariates.specification import infer_specs
from kommunebench.benchmark.durations.chain import ChainEstimate
from kommunebench.benchmark.in_memory import SpellsInMemory, estimate_in_memory, lay_out_spells
from kommunebench.benchmark.model.national import ModelChoice

ROWS, COLUMNS, DUMMIES = 36_583, 70, 50
SEED, AGREE = 11, 1e-3
RATIO = Indicator("ratio", "restricted_mean")
NAMES = [f"x{j}" for j in range(COLUMNS)]


def report_sized_spells(rows: int = ROWS) -> pd.DataFrame:
    """Spells, as many as the report has: unit, person (every eighth or so has two spells), sex,
    duration, event and 70 covariates; a third are events."""
    rng = np.random.default_rng(1)
    share = rng.uniform(0.03, 0.5, DUMMIES)
    x = np.hstack(
        [rng.random((rows, DUMMIES)) < share, rng.standard_normal((rows, COLUMNS - DUMMIES))]
    ).astype(float)
    beta = rng.normal(0.0, 0.15, COLUMNS)
    waited = np.ceil(rng.exponential(1 / (0.0036 * np.exp((x - x.mean(axis=0)) @ beta))))
    ceiling = np.minimum(rng.integers(20, 260, rows), HORIZON)
    sizes = municipality_sizes()
    person = rng.integers(0, int(rows * 4), rows)
    spells = pd.DataFrame(x, columns=NAMES)
    return spells.assign(
        unit=rng.choice(len(sizes), rows, p=sizes / sizes.sum()).astype(str),
        person=person.astype(str),
        sex=np.where(person % 2 == 0, "women", "men"),
        duration=np.minimum(waited, ceiling),
        event=(waited <= ceiling).astype(int),
    )


def laid_out(spells: pd.DataFrame) -> SpellsInMemory:
    """The spells in the library's blocks."""
    columns = spell_columns(
        spells,
        unit="unit",
        duration="duration",
        event="event",
        person="person",
        group="sex",
        horizon=HORIZON,
    )
    return lay_out_spells(spells, columns, infer_specs(spells, NAMES), unit_effects=True)


def naive(spells: pd.DataFrame, weights: Floats, *, within: bool) -> Floats:
    """Log indicators (K, 2) of one replicate: its spells repeated, the chain from the beginning."""
    rows = np.repeat(spells.index.to_numpy(), weights.astype(int))
    repeated = spells.loc[rows].reset_index(drop=True)
    chain = estimate_in_memory(
        laid_out(repeated), ModelChoice(), "restricted_mean", unit_effects=within
    )
    return np.stack(
        [
            RATIO.performance(chain.expected, observed)
            for observed in (chain.observed.value, chain.robust)
        ],
        axis=-1,
    )


def lifelines_models(spells: pd.DataFrame, weights: Floats) -> None:
    """The two Cox models of one replicate by lifelines, nothing else."""
    from lifelines import CoxPHFitter

    for _, of_sex in spells.assign(weight=weights).query("weight > 0").groupby("sex"):
        CoxPHFitter().fit(
            of_sex[[*NAMES, "duration", "event", "weight"]],
            "duration",
            "event",
            weights_col="weight",
        )


def some(spells: SpellsInMemory, chain: ChainEstimate, replicates: list[int]) -> Floats:
    """Log indicators of some replicates."""
    return bootstrap_performance(
        spells.blocks, chain.models, chain.measure, RATIO, replicates=replicates, seed=SEED
    )


def processor_seconds() -> float:
    """Seconds the processors have spent on this process and its finished children."""
    this_process, children = (
        resource.getrusage(resource.RUSAGE_SELF),
        resource.getrusage(resource.RUSAGE_CHILDREN),
    )
    return this_process.ru_utime + this_process.ru_stime + children.ru_utime + children.ru_stime


def main() -> None:
    """Print Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=ROWS, help="spells; the report has as many")
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument(
        "--naive", type=int, default=3, help="replicates the naive loop is timed on"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--model", choices=["within", "pooled"], default="within")
    options = parser.parse_args()
    spells = report_sized_spells(options.rows)
    in_blocks = laid_out(spells)
    within = options.model == "within"
    chain = estimate_in_memory(in_blocks, ModelChoice(), "restricted_mean", unit_effects=within)
    keys = person_keys(spells["person"])
    # One thread a process from here on, here and in the workers.
    from threadpoolctl import threadpool_limits

    started, used = time.perf_counter(), processor_seconds()
    with threadpool_limits(1):
        every_replicate = np.arange(options.replicates)
        n_tasks = min(4 * options.processes, options.replicates)
        tasks = [task.tolist() for task in np.array_split(every_replicate, n_tasks)]
        with ProcessPoolExecutor(
            options.processes, initializer=partial(threadpool_limits, 1)
        ) as pool:
            drawn = np.concatenate(list(pool.map(partial(some, in_blocks, chain), tasks)))
    ours, used = time.perf_counter() - started, processor_seconds() - used
    weights = poisson_weights(keys, np.arange(options.naive), SEED)
    times: dict[str, list[float]] = {
        "naive loop, same functions": [],
        "naive loop, only the Cox models, by lifelines": [],
    }
    for replicate in range(options.naive):
        started = time.perf_counter()
        alone = naive(spells, weights[:, replicate], within=within)
        gap = np.nanmax(np.abs(alone - drawn[replicate]))
        times["naive loop, same functions"].append(time.perf_counter() - started)
        if gap > AGREE:
            sys.exit(f"replicate {replicate}: the naive loop's log indicators differ by {gap:.1e}")
        started = time.perf_counter()
        lifelines_models(spells, weights[:, replicate])
        times["naive loop, only the Cox models, by lifelines"].append(time.perf_counter() - started)
    print(
        f"### {options.replicates:,} bootstrap replicates of the whole chain,"
        f" {options.rows:,} × {COLUMNS}, {options.model} ({options.processes} processes)\n"
    )
    print("| way | seconds | processor seconds | ratio |\n|---|---:|---:|---:|")
    print(f"| **kommunebench** | {ours:.1f} | {used:.1f} | 1 |")
    for name, seconds in times.items():
        # One replicate keeps one core busy, so that as many loops as cores run side by side.
        whole = float(np.mean(seconds)) * options.replicates / options.processes
        print(
            f"| {name} (from {len(seconds)}, on all cores) | {whole:.0f} | | {whole / ours:.0f} |"
        )


if __name__ == "__main__":
    main()
