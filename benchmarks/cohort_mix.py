"""Municipalities that differ in whom they received and when, and in nothing else: `python -m
benchmarks.cohort_mix --countries 60`.

No municipality has an effect, so that every indicator's truth is 1. A third of the municipalities
(taken in turn by size) received one arrival in ten in the last two years before follow-up ends, a
third nearly half, a third eight in ten. Late arrivals have the lowest hazards and are censored
first. Printed as Markdown: the plain and the robust indicator's mean distance from 1 with its Monte
Carlo error (countries are independent), what is called better than expected (nominal 2.5 %), and
the spread the indicators would show.
"""

import argparse
import time

import numpy as np
import pandas as pd

from benchmarks.coverage import estimate
from benchmarks.simulated_countries import draw_country, municipality_sizes

MIXES = {"one in ten late": 0.10, "nearly half late": 0.45, "eight in ten late": 0.80}


def country(seed: int) -> pd.DataFrame:
    """One country: a row per municipality compared."""
    sizes = municipality_sizes()
    kind = np.arange(len(sizes)) % len(MIXES)
    drawn = draw_country(seed, "none", sizes, np.array(list(MIXES.values()))[kind])
    table = estimate(drawn).indicators.assign(mix=np.array(list(MIXES))[kind], country=seed)
    table = table[table["included"].astype(bool) & table["no_verdict_reason"].isna()].reset_index(
        drop=True
    )
    result = table[["country", "mix", "spells"]].copy()
    half = np.log(table["ci_high"].to_numpy(float) / table["ci_low"].to_numpy(float)) / 2
    quantile = half / table["indicator_robust_se"].to_numpy(float)
    for name, column in (("plain", "indicator"), ("robust", "indicator_robust")):
        log, se = np.log(table[column].to_numpy(float)), table[f"{column}_se"].to_numpy(float)
        result[name], result[f"{name}_better"], result[f"{name}_excess"] = (
            log,
            log > quantile * se,
            log**2 - se**2,
        )
    return result


def main() -> None:
    """Run the countries and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--countries", type=int, default=60)
    options = parser.parse_args()
    started = time.perf_counter()
    rows = pd.concat([country(seed) for seed in range(1, options.countries + 1)])
    print(f"### Different cohort mixes, no municipality effects: {options.countries} countries\n")
    print(
        "| municipalities | plain off 1, % | robust off 1, % | plain: called better, % | robust:"
        " called better, % |"
    )
    print("|---|---:|---:|---:|---:|")
    for name in (*MIXES, "all", "all of 1,000 spells or more"):
        chosen = rows[rows["mix"] == name] if name in MIXES else rows
        chosen = chosen[chosen["spells"] >= 1000] if "1,000" in name else chosen
        by_country = chosen.groupby("country")[
            ["plain", "robust", "plain_better", "robust_better"]
        ].mean()
        mean, error = (
            100 * by_country.mean(),
            100 * by_country.std(ddof=1) / np.sqrt(len(by_country)),
        )
        cells = [f"{mean[column]:+.2f} ± {error[column]:.2f}" for column in ("plain", "robust")]
        cells += [
            f"{mean[column]:.1f} ± {error[column]:.1f}"
            for column in ("plain_better", "robust_better")
        ]
        print(f"| {name} | {' | '.join(cells)} |")
    # What is left of the mean square after the errors' own variance: 0 where there is nothing but
    # chance.
    spread = {
        name: float(np.sqrt(max(rows[f"{name}_excess"].mean(), 0.0)))
        for name in ("plain", "robust")
    }
    print(
        f"\nRoot mean square beyond chance: plain {100 * spread['plain']:.2f} %, robust"
        f" {100 * spread['robust']:.2f} %."
    )
    print(f"\n{time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
